"""Documents from outside: keep one, say what it is, take it off the chart.

What is kept never changes, and nothing is deleted. A document belongs to the chart, or to a case,
a plan of care or a visit of the patient; it stands beside what is signed and is no part of it.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from documentation import papers
from documentation.models import (
    Attachment,
    AttachmentFile,
    AttachmentThumbnail,
    Episode,
    PlanOfCare,
    Visit,
)
from documentation.received import Received
from people import audit
from people.changes import fill, write_changes
from people.models import Patient, Practice, User

MEGABYTE = 1024 * 1024
CAMERA_NAMES = ("img", "image", "dsc", "pxl", "photo", "scan", "untitled", "document", "screenshot")
OWNERS = ("episode", "plan", "visit")


class AlreadyThere(Exception):
    """The very same file is on this patient's chart: `attachment`."""

    def __init__(self, attachment: Attachment) -> None:
        super().__init__("already there")
        self.attachment = attachment


class AlreadyRemoved(Exception):
    """Somebody took it off the chart meanwhile."""


class IsEvidence(Exception):
    """A case names it as its signed order: `episode`."""

    def __init__(self, episode: Episode) -> None:
        super().__init__("evidence")
        self.episode = episode


def largest() -> int:
    """How many bytes a document may have, as the practice has set it."""
    practice = Practice.objects.only("largest_attachment_mb").first() or Practice()
    return practice.largest_attachment_mb * MEGABYTE


def too_large_in_words(most: int) -> str:
    return (
        f"This file is larger than {most // MEGABYTE} MB. "
        "Scan it in a lower resolution, or split it and add the parts."
    )


def title_from(name: str, kind: str) -> str:
    """What to call a document whose name nobody typed: its file's name, unless a device made that
    up."""
    stem = " ".join(PurePath(name).stem.replace("_", " ").split())
    words = "".join(sign if sign.isalpha() else " " for sign in stem.casefold()).split()
    if not words or words[0] in CAMERA_NAMES:
        return str(Attachment.Kind(kind).label)
    return stem[:120]


@transaction.atomic
def attach(
    *,
    patient: Patient,
    received: Received,
    kind: str,
    title: str,
    by: User,
    belongs_to: Episode | PlanOfCare | Visit | None = None,
) -> Attachment:
    """Keep the file on the patient's chart. Raises `AlreadyThere`, and `ValidationError` for what
    belongs to somebody else."""
    attachment = Attachment(
        patient=patient,
        content_type=received.content_type,
        sha256=received.sha256,
        size=len(received.content),
        pages=received.pages,
        uploaded_by=by,
    )
    fill(attachment, {"kind": kind, "title": title, **owner_of(patient, belongs_to)})
    attachment.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except IntegrityError:
        raise AlreadyThere(_same(attachment)) from None
    AttachmentFile.objects.create(attachment=attachment, content=received.content)
    AttachmentThumbnail.objects.create(attachment=attachment)
    audit.record(
        by=by,
        action="attachment.uploaded",
        patient=patient,
        target=attachment,
        kind=kind,
        sha256=received.sha256,
    )
    return attachment


def _same(attachment: Attachment) -> Attachment:
    return Attachment.objects.get(
        patient=attachment.patient, sha256=attachment.sha256, removed_at=None
    )


def owner_of(patient: Patient, row: Episode | PlanOfCare | Visit | None) -> dict[str, Any]:
    """What the document belongs to, as its fields: the row itself and the case around it."""
    episode = row.episode if isinstance(row, PlanOfCare | Visit) else row
    whose = row if isinstance(row, Visit) else episode
    same = Patient.objects.same_person(patient.pk)
    if whose is not None and not same.filter(pk=whose.patient_id).exists():
        raise ValidationError("This belongs to somebody else's chart.")
    return {
        "episode": episode,
        "plan": row if isinstance(row, PlanOfCare) else None,
        "visit": row if isinstance(row, Visit) else None,
    }


@transaction.atomic
def change(*, attachment: Attachment, by: User, **values: Any) -> Attachment:
    """Say anew what it is, or what it belongs to. Raises `AlreadyRemoved`."""
    row = _standing(attachment)
    changed = write_changes(row, values)
    if changed:
        audit.record(
            by=by,
            action="attachment.changed",
            patient=row.patient,
            target=row,
            fields=changed,
        )
    return row


@transaction.atomic
def remove(*, attachment: Attachment, reason: str, by: User) -> Attachment:
    """Take it off the chart; those who oversee still see it. Raises `AlreadyRemoved`, and
    `IsEvidence` while a case rests on it."""
    row = _standing(attachment)
    case = Episode.objects.filter(order_document=row).first()
    if case is not None:
        raise IsEvidence(case)
    row.removed_at, row.removed_by, row.removal_reason = timezone.now(), by, reason
    row.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    audit.record(by=by, action="attachment.removed", patient=row.patient, target=row)
    return row


def _standing(attachment: Attachment) -> Attachment:
    """The row, locked, if it is still on the chart."""
    rows = Attachment.objects.select_for_update(of=("self",)).select_related("patient")
    row = rows.get(pk=attachment.pk)
    if row.removed_at is not None:
        raise AlreadyRemoved
    return row


def ask_again(*, attachment: Attachment, by: User) -> bool:
    """Have a thumbnail that failed tried anew; whether there was one."""
    return papers.ask_again(
        thumbnails_of(attachment),
        by=by,
        action="attachment.thumbnail_asked_again",
        patient=attachment.patient,
        target=attachment,
    )


def thumbnails_of(attachment: Attachment) -> models.QuerySet[AttachmentThumbnail]:
    return AttachmentThumbnail.objects.filter(attachment=attachment)
