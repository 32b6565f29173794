"""A final note as a PDF: made from the frozen content, the same bytes whenever it is made again."""

from __future__ import annotations

import datetime as dt

from django.db import models, transaction
from django.template.loader import render_to_string

from documentation import frozen, papers, verifying
from documentation.models import Note, NotePdf
from people.models import User

STYLES = "note.css"


def render_note(note: Note) -> None:
    """Make the note's PDF, once. A second call finds it and leaves; after an addendum the row
    waits again, and then a call makes it anew."""
    row = papers.begin(_rows(note))
    while row is not None:
        pages = Pages(Note.objects.get(pk=note.pk))
        try:
            content = pages.as_pdf()
        except Exception as error:
            papers.give_up_or_wait(_rows(note), error)
            raise
        row = _keep(note, pages, content)


class Pages:
    """What one PDF of a note shows: the frozen content, the co-signature, the addenda so far."""

    def __init__(self, note: Note, *, until: dt.datetime | None = None) -> None:
        assert note.content is not None, "only a signed note has a PDF"
        self.content = note.content
        self.sha256 = note.content_sha256
        self.cosignature = frozen.cosignature_of(note)
        self.addenda = frozen.addenda_of(note, until=until)

    def as_html(self) -> str:
        content = frozen.as_read(self.content)
        return render_to_string(
            "documentation/pdf/note.html",
            {
                "content": content,
                "cosignature": self.cosignature,
                "addenda": self.addenda,
                "sha256": self.sha256,
                "verify": verifying.printed(self.sha256),
                # Without it the clock of the machine would change the bytes.
                "created": self.content["signature"]["signed_at"][:19] + "Z",
            },
        )

    def as_pdf(self) -> bytes:
        return papers.draw(self.as_html(), styles=STYLES, identifier=self.sha256)


def ask_again(*, note: Note, by: User) -> bool:
    """Have a PDF that failed tried anew; whether there was one."""
    patient = note.visit.patient
    return papers.ask_again(
        _rows(note), by=by, action="note.pdf_asked_again", patient=patient, target=note
    )


def _rows(note: Note) -> models.QuerySet[NotePdf]:
    return NotePdf.objects.filter(note=note)


def _keep(note: Note, pages: Pages, content: bytes) -> NotePdf | None:
    """Store the bytes if they still show everything; else return the row, to be made again."""
    with transaction.atomic():
        row = _rows(note).select_for_update().defer("file_bytes").first()
        if row is None or row.status == NotePdf.Status.READY:
            return None  # an amendment has put it aside meanwhile, or another worker was faster
        signed = Note.objects.only("content_sha256").get(pk=note.pk)
        if signed.content_sha256 != pages.sha256 or note.addenda.count() != len(pages.addenda):
            return row
        papers.keep(row, content, addenda_shown=len(pages.addenda))
    return None
