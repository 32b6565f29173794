"""The PDF of a version that was amended before its own was made: from what the version says."""

from __future__ import annotations

from django.db import models, transaction

from documentation import amending, papers
from documentation.models import NoteVersion, NoteVersionPdf
from documentation.pdf import Pages
from people.models import User


def render(version: NoteVersion) -> None:
    """Make it, once. A second call finds it and leaves."""
    if papers.begin(_rows(version)) is None:
        return
    try:
        content = as_pdf(version)
    except Exception as error:
        papers.give_up_or_wait(_rows(version), error)
        raise
    with transaction.atomic():
        row = _rows(version).select_for_update().defer("file_bytes").first()
        if row is not None and row.status == NoteVersionPdf.Status.WAITING:
            papers.keep(row, content)


def as_pdf(version: NoteVersion) -> bytes:
    """What the version said when it was put aside, with the addenda of that time."""
    return Pages(amending.as_note(version), until=version.put_aside_at).as_pdf()


def ask_again(*, version: NoteVersion, by: User) -> bool:
    """Have a PDF that failed tried anew; whether there was one."""
    note = version.note
    return papers.ask_again(
        _rows(version),
        by=by,
        action="note.pdf_asked_again",
        patient=note.visit.patient,
        target=note,
    )


def _rows(version: NoteVersion) -> models.QuerySet[NoteVersionPdf]:
    return NoteVersionPdf.objects.filter(version=version)
