"""Is this paper what was signed? What anybody may learn who holds the code of a note or of a plan
of care: that it was signed, by whom and when, and whether a later version holds; nothing of the
patient, nor what kind of document it is."""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from documentation.frozen import sha256_of
from documentation.models import (
    Note,
    NotePdf,
    NoteVersion,
    NoteVersionPdf,
    PlanPdf,
    PlanSending,
)
from documentation.qr import qr_of
from documentation.rules.codes import begins, code_of


@dataclass(frozen=True)
class Signed:
    """Who signed and when, on the clinic's clock."""

    name: str
    licence: str
    at: dt.datetime
    zone: str
    npi: str = ""  # of a provider, whose license we do not know
    on_paper: bool = False  # then only the day is known


@dataclass(frozen=True)
class Document:
    """A signed version of a note, or a signed plan of care, as strangers may know it."""

    code: str
    sha256: str
    practice: str
    signed: Signed
    is_intact: bool
    pdf_sha256: str
    cosigned: Signed | None = None
    waits_for_cosignature: bool = False
    version: int = 1
    amends: dt.date | None = None
    amended: bool = False
    later: Signed | None = None
    later_code: str = ""
    addenda: int = 0

    def is_its_pdf(self, chunks: Iterable[bytes]) -> bool:
        """Whether these bytes are the PDF as it was made last."""
        digest = hashlib.sha256()
        for chunk in chunks:
            digest.update(chunk)
        return bool(self.pdf_sha256) and digest.hexdigest() == self.pdf_sha256


def address_of(sha256: str) -> str:
    """Where the printed code leads."""
    return str(settings.PUBLIC_URL + reverse("documentation:verify", args=[code_of(sha256)]))


def printed(sha256: str) -> dict[str, str]:
    """What a paper bears to be verified by: its code, and the square that leads to its page."""
    address = address_of(sha256)
    code = code_of(sha256)
    place = address.removesuffix(f"{code}/").removeprefix("https://")
    return {"code": code, "place": place, "qr": qr_of(address)}


def find(code: str) -> Document | None:
    """What was signed with the hash that the code begins; None when there is nothing."""
    start = begins(code)
    if start is None:
        return None
    note = Note.objects.filter(content_sha256__startswith=start).exclude(signed_at=None).first()
    if note is not None:
        return _document(note, note, _sha256_of_pdf(NotePdf, note=note))
    version = (
        NoteVersion.objects.filter(content_sha256__startswith=start).select_related("note").first()
    )
    if version is not None:
        return _document(version, version.note, _sha256_of_pdf(NoteVersionPdf, version=version))
    signed = PlanSending.objects.filter(status=PlanSending.Status.SIGNED)
    plan = signed.filter(signed_sha256__startswith=start).first()
    return _plan(plan) if plan is not None else None


def _sha256_of_pdf(model: Any, **of: Any) -> str:
    rows = model.objects.filter(status=model.Status.READY, **of)
    return str(rows.values_list("sha256", flat=True).first() or "")


def _document(signed: Note | NoteVersion, note: Note, pdf_sha256: str) -> Document:
    content = signed.content
    assert content is not None
    assert signed.signed_at is not None
    zone = zoneinfo.ZoneInfo(content["clinic"]["time_zone"])
    signature = content["signature"]
    number = note.version if isinstance(signed, Note) else signed.number
    is_latest = isinstance(signed, Note)
    addenda = note.addenda.all()
    if isinstance(signed, NoteVersion):
        addenda = addenda.filter(written_at__lt=signed.put_aside_at)
    amends = content.get("amendment", {}).get("amends_signed_at")
    return Document(
        code=code_of(signed.content_sha256),
        sha256=signed.content_sha256,
        practice=content["practice"]["name"],
        signed=_signed(
            f"{signature['name']}, {signature['credential']}",
            signature["licence"],
            signed.signed_at,
            zone,
        ),
        cosigned=(
            _signed(signed.cosigner_name, signed.cosigner_licence, signed.cosigned_at, zone)
            if signed.cosigned_at is not None
            else None
        ),
        waits_for_cosignature=not signed.is_final,
        is_intact=sha256_of(content) == signed.content_sha256,
        version=number,
        amends=dt.datetime.fromisoformat(amends).astimezone(zone).date() if amends else None,
        amended=not is_latest,
        later=(
            _signed(note.signer_name, "", note.signed_at, zone)
            if not is_latest and note.signed_at is not None
            else None
        ),
        later_code=code_of(note.content_sha256) if not is_latest and note.is_final else "",
        addenda=addenda.count(),
        pdf_sha256=pdf_sha256,
    )


def _plan(sending: PlanSending) -> Document:
    """A plan as its provider signed it, which stays the last of its versions."""
    assert sending.signature is not None
    return Document(
        code=code_of(sending.signed_sha256),
        sha256=sending.signed_sha256,
        practice=sending.content["practice"]["name"],
        signed=_certified(sending.signature, sending.content["clinic"]["time_zone"]),
        is_intact=sha256_of(sending.signed_value()) == sending.signed_sha256,
        pdf_sha256=_sha256_of_pdf(PlanPdf, sending=sending, copy=PlanPdf.Copy.SIGNED),
    )


def _certified(signature: dict[str, Any], time_zone: str) -> Signed:
    name, npi = f"{signature['name']}, {signature['credential']}", signature["npi"]
    if signature["how"] == PlanSending.How.PAPER:
        day = dt.datetime.fromisoformat(signature["signed_on"])
        return Signed(name, "", day, "", npi=npi, on_paper=True)
    at = dt.datetime.fromisoformat(signature["signed_at"])
    return replace(_signed(name, "", at, zoneinfo.ZoneInfo(time_zone)), npi=npi)


def _signed(name: str, licence: str, at: dt.datetime, zone: zoneinfo.ZoneInfo) -> Signed:
    there = at.astimezone(zone)
    return Signed(name, licence, there.replace(tzinfo=None), f"{there:%Z}")
