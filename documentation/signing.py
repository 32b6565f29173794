"""Sign a note, co-sign it, add to it: after that it never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation import authority, charting
from documentation.authority import Standing
from documentation.charting import AlreadySigned
from documentation.confirming import confirm_password
from documentation.frozen import content_of, sha256_of, signed_content, signer_of
from documentation.models import Addendum, Note, NotePdf, Visit
from documentation.signals import note_signed
from people import audit
from people.models import User
from scheduling import booking

__all__ = [
    "LONGEST_ADDENDUM",
    "AlreadySigned",
    "BadAddendum",
    "ChangedSinceRead",
    "NotComplete",
    "NotSigned",
    "add_addendum",
    "cosign_note",
    "locked",
    "must_be_added",
    "put_signature",
    "sign_note",
]

LONGEST_ADDENDUM = 10_000  # characters


class NotSigned(Exception):
    """The note has no signature yet: it can be changed, not added to or co-signed."""


class NotComplete(Exception):
    """Something that must stand in the note is missing; `findings` say what and where."""

    def __init__(self, findings: Sequence[Any]) -> None:
        self.findings = list(findings)
        super().__init__("The note is not complete.")


class ChangedSinceRead(Exception):
    """The note is no longer the one that the signer had before them."""


class BadAddendum(Exception):
    """There is nothing to add, or more than an addendum holds."""


def sign_note(
    *,
    note: Note,
    by: User,
    password: str,
    takes_over: bool = False,
    as_read: str = "",
    supervised: bool = False,
) -> Note:
    """Ask for the signer's password, then put their signature under the note.

    `as_read` is the SHA-256 of what the signer read; with it, nothing else can be signed.
    `supervised` is a therapist's word that the visit's student was under their eyes throughout.
    """
    confirm_password(by=by, password=password)
    return put_signature(
        note=note, by=by, takes_over=takes_over, as_read=as_read, supervised=supervised
    )


@transaction.atomic
def put_signature(
    *, note: Note, by: User, takes_over: bool = False, as_read: str = "", supervised: bool = False
) -> Note:
    """Freeze the note under the signer's name, complete its appointment, and ring the bell.

    Whoever calls this has made sure that it is `by` who signs: screens and the API come through
    `sign_note`, which asks for the password; the demo clinic signs for its own people.
    """
    note = locked(note)
    if note.is_signed:
        raise AlreadySigned("This note is signed already.")
    standing = authority.standing_to_sign(note, by=by, takes_over=takes_over)
    findings = must_be_added(note.visit)
    if findings:
        raise NotComplete(findings)
    if as_read and sha256_of(content_of(note)) != as_read:
        raise ChangedSinceRead("The note was changed while you read it. Read it once more.")

    if standing.in_place_of is not None:
        _take_over(note.visit, standing)
    if standing.therapist.is_student and note.visit.student_id is None:
        note.visit.student = standing.therapist
        note.visit.save(update_fields=["student"])
    note.signed_at = timezone.now()
    note.signed_by = by
    note.signer_name = str(standing.therapist)
    note.cosign_needed = standing.needs_cosignature
    note.student_supervised = standing.attests and supervised
    note.content = signed_content(note, signature=_signature(note, standing))
    note.content_sha256 = sha256_of(note.content)
    note.save(
        update_fields=[
            "signed_at",
            "signed_by",
            "signer_name",
            "cosign_needed",
            "student_supervised",
            "content",
            "content_sha256",
        ]
    )
    _close_amendment(note)
    if note.visit.appointment is not None:
        booking.complete(note.visit.appointment, by=by)
    _ask_for_pdf(note)
    audit.record(
        by=by,
        action="note.signed",
        patient=note.visit.patient,
        target=note,
        sha256=note.content_sha256,
        in_place_of=standing.in_place_of.pk if standing.in_place_of else None,
        **_attested(note, standing),
    )
    _ring_when_final(note)
    return note


def cosign_note(
    *, note: Note, by: User, password: str, takes_over: bool = False, supervised: bool = False
) -> Note:
    """Ask for the supervisor's password, then put their name under another's note."""
    confirm_password(by=by, password=password)
    return put_cosignature(note=note, by=by, takes_over=takes_over, supervised=supervised)


@transaction.atomic
def put_cosignature(
    *, note: Note, by: User, takes_over: bool = False, supervised: bool = False
) -> Note:
    """Put the supervising therapist's name under an assistant's or a student's note; that makes
    it final.

    As with `put_signature`, the caller has made sure that it is `by` who co-signs.
    """
    note = locked(note)
    if not note.is_signed:
        raise NotSigned("Whoever treated has not signed this note yet.")
    if note.is_final:
        raise AlreadySigned("This note is final already.")
    standing = authority.standing_to_cosign(note, by=by, takes_over=takes_over)

    signer = signer_of(standing.therapist)
    note.cosigned_at = timezone.now()
    note.cosigned_by = by
    note.cosigner_name = str(standing.therapist)
    note.cosigner_licence = signer["licence"]
    note.student_supervised = standing.attests and supervised
    note.save(
        update_fields=[
            "cosigned_at",
            "cosigned_by",
            "cosigner_name",
            "cosigner_licence",
            "student_supervised",
        ]
    )
    _ask_for_pdf(note)
    audit.record(
        by=by,
        action="note.cosigned",
        patient=note.visit.patient,
        target=note,
        sha256=note.content_sha256,
        in_place_of=standing.in_place_of.pk if standing.in_place_of else None,
        **_attested(note, standing),
    )
    _ring_when_final(note)
    return note


@transaction.atomic
def add_addendum(*, note: Note, text: str, by: User) -> Addendum:
    """Add to a signed note what was wrong or left out; its PDF is made anew to show it."""
    text = text.strip()
    if not text:
        raise BadAddendum("Write what is to be added.")
    if len(text) > LONGEST_ADDENDUM:
        raise BadAddendum(f"An addendum holds {LONGEST_ADDENDUM:,} characters at most.")
    note = locked(note)
    if not note.is_signed:
        raise NotSigned("This note is not signed yet: change the note itself.")
    therapist = getattr(by, "therapist", None)
    addendum = Addendum.objects.create(
        note=note,
        text=text,
        written_by=by,
        writer_name=str(therapist) if therapist is not None else str(by),
        written_at=timezone.now(),
    )
    _ask_for_pdf(note)
    audit.record(
        by=by,
        action="addendum.written",
        patient=note.visit.patient,
        target=note,
        addendum=addendum.pk,
        sha256=sha256_of_text(text),
    )
    return addendum


def must_be_added(visit: Visit) -> list[Any]:
    """What keeps the note from being signed: the required among all that is missing."""
    return [finding for finding in charting.missing_for_signing(visit) if finding.is_required]


def sha256_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def locked(note: Note) -> Note:
    """The note under lock, and its visit before it: who records time takes the same lock, so
    nothing can be logged between the freezing and the signature."""
    visit = Visit.objects.select_for_update().get(pk=note.visit_id)
    held = Note.objects.select_for_update().get(pk=note.pk)
    held.visit = visit
    return held


def _take_over(visit: Visit, standing: Standing) -> None:
    """The colleague who signs is the one who treated; claims follow the visit."""
    visit.therapist = standing.therapist
    visit.save(update_fields=["therapist"])


def _signature(note: Note, standing: Standing) -> dict[str, Any]:
    assert note.signed_at is not None
    return signer_of(standing.therapist) | {
        "signed_at": note.signed_at.isoformat(),
        "in_place_of": str(standing.in_place_of) if standing.in_place_of else None,
        "cosignature_needed": standing.needs_cosignature,
        **_attested(note, standing),
    }


def _close_amendment(note: Note) -> None:
    if note.version > 1:
        amendment = note.amendments.get(number=note.version, withdrawn_at=None, signed_at=None)
        amendment.signed_at = note.signed_at
        amendment.save(update_fields=["signed_at"])


def _attested(note: Note, standing: Standing) -> dict[str, bool]:
    """What a therapist said of their supervision, where a student treated."""
    return {"student_supervised": note.student_supervised} if standing.attests else {}


def _ask_for_pdf(note: Note) -> None:
    """A row that waits; a final note has one. The bell, or the sweep, brings the worker."""
    if note.is_final:
        NotePdf.objects.update_or_create(
            note=note,
            defaults={
                "status": NotePdf.Status.WAITING,
                "waiting_since": timezone.now(),
                "attempts": 0,
                "problem": "",
            },
        )


def _ring_when_final(note: Note) -> None:
    if note.is_final:
        note_signed.send(sender=Note, note=note)
