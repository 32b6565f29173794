"""Open a signed note again, for a reason that is written down; or withdraw that and let it stand.

The signed version is put aside whole and stays readable and verifiable; the visit can be written
as before it was signed, and the next signature makes a further version, which names the one that
it amends. A small thing is an addendum (`signing.add_addendum`); this is for what must be right in
the note itself, as minutes or a code.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation import authority, charting, frozen, session_content
from documentation.models import Amendment, Note, NotePdf, NoteVersion, NoteVersionPdf
from documentation.models.amendment import SIGNATURE
from documentation.signing import NotSigned, locked
from people import audit
from people.models import User

LONGEST_REASON = 1000  # characters
UNSIGNED: dict[str, Any] = {
    "signed_by_id": None,
    "signed_at": None,
    "signer_name": "",
    "content": None,
    "content_sha256": "",
    "cosign_needed": False,
    "cosigned_by_id": None,
    "cosigned_at": None,
    "cosigner_name": "",
    "cosigner_licence": "",
    "student_supervised": False,
}
PDF_FIELDS = (
    "status",
    "file_bytes",
    "sha256",
    "made_at",
    "waiting_since",
    "attempts",
    "problem",
)


class BadReason(Exception):
    """An amendment without its reason, or with one that is too long."""


class NotOpen(Exception):
    """There is no open amendment to withdraw."""


class CannotWithdraw(Exception):
    """The visit cannot be put back as it was; the amendment has to be signed."""


@transaction.atomic
def open_amendment(*, note: Note, reason: str, by: User, takes_over: bool = False) -> Amendment:
    """Put the signed version aside and let the note be written again.

    Raises `NotSigned`, `BadReason`, or what `authority.standing_to_amend` raises.
    """
    reason = reason.strip()
    if not reason:
        raise BadReason("Say why the signed note has to change.")
    if len(reason) > LONGEST_REASON:
        raise BadReason(f"A reason holds {LONGEST_REASON:,} characters at most.")
    note = locked(note)
    if not note.is_signed:
        raise NotSigned("This note is not signed: change the note itself.")
    standing = authority.standing_to_amend(note, by=by, takes_over=takes_over)

    version = NoteVersion.objects.create(
        note=note,
        number=note.version,
        kind=note.kind,
        page=session_content.content_of(session_content.fresh(note.visit)),
        **{name: getattr(note, name) for name in SIGNATURE},
    )
    _put_pdf_aside(note, version)
    amendment = Amendment.objects.create(
        note=note,
        number=note.version + 1,
        reason=reason,
        opened_by=by,
        opener_name=str(standing.therapist),
    )
    _write(note, UNSIGNED | {"version": note.version + 1})
    audit.record(
        by=by,
        action="note.amendment_opened",
        patient=note.visit.patient,
        target=note,
        amendment=amendment.pk,
        version=version.number,
        sha256=version.content_sha256,
        in_place_of=standing.in_place_of.pk if standing.in_place_of else None,
    )
    return amendment


@transaction.atomic
def withdraw(*, note: Note, by: User, takes_over: bool = False) -> Note:
    """Let the version that was put aside stand as before. What was written since is dropped.

    Raises `NotOpen`, `CannotWithdraw`, or what `authority.standing_to_sign` raises.
    """
    note = locked(note)
    amendment = open_amendment_of(note)
    if amendment is None:
        raise NotOpen("This note is not being amended.")
    if amendment.opened_by_id != by.pk:
        authority.standing_to_sign(note, by=by, takes_over=takes_over)
    version = NoteVersion.objects.get(note=note, number=amendment.number - 1)

    charting.store(session_content.fresh(note.visit), version.page, by=by)
    note.refresh_from_db()
    if _facts(frozen.content_of(note)) != _facts(version.content):
        raise CannotWithdraw(
            "What the signed version refers to has changed since: the visit cannot be put back as "
            "it was. Sign the amendment instead."
        )
    amendment.withdrawn_at, amendment.withdrawn_by = timezone.now(), by
    amendment.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _write(
        note,
        {name: getattr(version, name) for name in SIGNATURE} | {"version": version.number},
    )
    _put_pdf_back(note, version)
    version.delete()
    audit.record(
        by=by,
        action="note.amendment_withdrawn",
        patient=note.visit.patient,
        target=note,
        amendment=amendment.pk,
        sha256=note.content_sha256,
    )
    return note


def open_amendment_of(note: Note) -> Amendment | None:
    return note.amendments.filter(signed_at=None, withdrawn_at=None).first()


def _write(note: Note, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(note, name, value)
    note.save(update_fields=[name.removesuffix("_id") for name in values])


def _facts(content: dict[str, Any]) -> dict[str, Any]:
    """What a version says of the visit itself, without names and labels that may have changed."""
    services = [
        {
            name: service[name]
            for name in ("code", "minutes", "assistant_minutes", "narrative", "details")
        }
        for service in content["services"]
    ]
    seats = ("therapist", "assistant", "student")
    return {
        "kind": content["note"]["kind"],
        "services": services,
        "minutes": content["minutes"],
        "sections": content["sections"],
        "examination": content.get("examination"),
        "people": {seat: (content["visit"].get(seat) or {}).get("id") for seat in seats},
        "case": (content["episode"] or {}).get("id"),
    }


def _put_pdf_aside(note: Note, version: NoteVersion) -> None:
    """The bytes that were handed out stay those; where there were none yet, they are made."""
    row = NotePdf.objects.select_for_update().filter(note=note).first()
    if row is None:
        return
    values = {name: getattr(row, name) for name in PDF_FIELDS}
    NoteVersionPdf.objects.create(version=version, **values)
    row.delete()


def _put_pdf_back(note: Note, version: NoteVersion) -> None:
    row = NoteVersionPdf.objects.select_for_update().filter(version=version).first()
    if row is None:
        return
    values = {name: getattr(row, name) for name in PDF_FIELDS}
    NotePdf.objects.create(note=note, addenda_shown=note.addenda.count(), **values)
    row.delete()


def as_note(version: NoteVersion) -> Note:
    """The version in the shape of a note, never saved: what shows notes shows it too."""
    values = {name: getattr(version, name) for name in SIGNATURE}
    return Note(
        pk=version.note_id,
        visit_id=version.note.visit_id,
        kind=version.kind,
        version=version.number,
        **values,
    )
