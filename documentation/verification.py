"""Do signed notes and their PDFs still say what was signed? For `manage.py verify`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import models

from documentation.frozen import sha256_of
from documentation.models import (
    Addendum,
    Attachment,
    AttachmentFile,
    HomeProgramPdf,
    Note,
    NotePdf,
    NoteVersion,
    NoteVersionPdf,
    PlanPdf,
    PlanSending,
)
from documentation.models.pdf_row import PdfRow
from people import audit
from people.models import AuditEvent


def changed_notes() -> list[str]:
    """Signed notes that no longer have the SHA-256 stored beside them, or the one that the audit
    line wrote down when they were signed: who changes a note and its hash still meets the chain."""
    written = _hashes_in_the_audit_line("note.signed")
    found = []
    signed = Note.objects.exclude(signed_at=None).order_by("pk")
    for note in signed.only("pk", "content", "content_sha256").iterator(chunk_size=500):
        if note.content is None or sha256_of(note.content) != note.content_sha256:
            found.append(f"note {note.pk}: its content is not what was signed")
        elif note.pk not in written:
            found.append(f"note {note.pk}: the audit line knows nothing of its signature")
        elif written[note.pk] != note.content_sha256:
            found.append(f"note {note.pk}: its hash is not the one that was recorded at signing")
    return found


def changed_versions() -> list[str]:
    """Versions put aside by an amendment whose content is not what was signed, or whose hash the
    audit line does not know."""
    written = {(event.target_id, event.detail["sha256"]) for event in _events("note.signed")}
    found = []
    versions = NoteVersion.objects.order_by("pk")
    for row in versions.only("note", "number", "content", "content_sha256").iterator(500):
        if sha256_of(row.content) != row.content_sha256:
            found.append(f"{row}: its content is not what was signed")
        elif (row.note_id, row.content_sha256) not in written:
            found.append(f"{row}: its hash is not one that was recorded at signing")
    return found


def changed_addenda() -> list[str]:
    """Addenda whose text is not the one whose SHA-256 the audit line recorded."""
    written = {
        event.detail["addendum"]: event.detail["sha256"] for event in _events("addendum.written")
    }
    return [
        f"addendum {addendum.pk}: its text is not what was written"
        for addendum in Addendum.objects.order_by("pk").iterator(chunk_size=500)
        if hashlib.sha256(addendum.text.encode()).hexdigest() != written.get(addendum.pk)
    ]


def changed_pdfs() -> list[str]:
    """PDFs whose bytes no longer have the SHA-256 stored beside them."""
    put_aside = changed_papers(NoteVersionPdf.objects.select_related("version"))
    return changed_papers(NotePdf.objects.all()) + put_aside


def changed_handouts() -> list[str]:
    """Hand-outs whose bytes no longer have the SHA-256 stored beside them."""
    return changed_papers(HomeProgramPdf.objects.all())


def changed_plans() -> list[str]:
    """Plans of care that no longer say what was sent, or carry another signature than the one that
    the audit line wrote down."""
    sent, signed = _hashes_in_the_audit_line("plan.sent"), _hashes_in_the_audit_line("plan.signed")
    found = []
    for row in PlanSending.objects.order_by("pk").iterator(chunk_size=200):
        if sha256_of(row.content) != row.content_sha256 or sent.get(row.pk) != row.content_sha256:
            found.append(f"{row}: its content is not what was sent")
        if not row.signed_sha256:
            continue
        now = sha256_of(row.signed_value())
        if now != row.signed_sha256 or signed.get(row.pk) != row.signed_sha256:
            found.append(f"{row}: its signature is not the one that was given")
    return found


def changed_plan_pdfs() -> list[str]:
    """PDFs of plans whose bytes no longer have the SHA-256 stored beside them."""
    return changed_papers(PlanPdf.objects.all())


def changed_attachments() -> list[str]:
    """Documents whose bytes are not those whose SHA-256 the audit line wrote down."""
    written = audit.hashes_of("attachment.uploaded")
    with_bytes = set(AttachmentFile.objects.values_list("attachment_id", flat=True))
    found = [
        f"attachment {pk}: its bytes are gone"
        for pk in Attachment.objects.order_by("pk").values_list("pk", flat=True)
        if pk not in with_bytes
    ]
    files = AttachmentFile.objects.select_related("attachment").order_by("attachment_id")
    for file in files.iterator(chunk_size=10):
        sha256 = hashlib.sha256(bytes(file.content)).hexdigest()
        if sha256 != file.attachment.sha256 or written.get(file.attachment_id) != sha256:
            found.append(f"{file.attachment}: its bytes are not those that were uploaded")
    return found


def changed_papers(rows: models.QuerySet[Any]) -> list[str]:
    ready = rows.filter(status=PdfRow.Status.READY).order_by("pk")
    return [
        f"{row}: its bytes are not those that were made"
        for row in ready.iterator(chunk_size=50)
        if hashlib.sha256(bytes(row.file_bytes or b"")).hexdigest() != row.sha256
    ]


def _events(action: str) -> Iterator[AuditEvent]:
    return AuditEvent.objects.filter(action=action).order_by("pk").iterator(chunk_size=1000)


def _hashes_in_the_audit_line(action: str) -> dict[int, str]:
    return {
        event.target_id: event.detail["sha256"]
        for event in _events(action)
        if event.target_id is not None
    }
