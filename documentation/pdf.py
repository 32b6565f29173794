"""A final note as a PDF: made from the frozen content, the same bytes whenever it is made again."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from documentation import frozen
from documentation.models import Note, NotePdf
from people import audit
from people.models import User

logger = logging.getLogger(__name__)
for talkative in ("weasyprint.progress", "fontTools"):  # a dozen lines for each note
    logging.getLogger(talkative).setLevel(logging.WARNING)

MOST_ATTEMPTS = 5
STYLES = Path("static", "css", "pdf", "note.css")


def render_note(note: Note) -> None:
    """Make the note's PDF, once. A second call finds it and leaves; after an addendum the row
    waits again, and then a call makes it anew.

    Each try is counted before it begins, so that a note which kills its worker stops being
    tried and shows as failed instead of coming back for ever.
    """
    row = _begin(note)
    while row is not None:
        pages = Pages(Note.objects.get(pk=note.pk))
        try:
            content = pages.as_pdf()
        except Exception as error:
            _give_up_or_wait(note, error)
            raise
        row = _keep(note, pages, content)


class Pages:
    """What one PDF of a note shows: the frozen content, the co-signature, the addenda so far."""

    def __init__(self, note: Note) -> None:
        assert note.content is not None, "only a signed note has a PDF"
        self.content = note.content
        self.sha256 = note.content_sha256
        self.cosignature = frozen.cosignature_of(note)
        self.addenda = frozen.addenda_of(note)

    def as_html(self) -> str:
        content = frozen.as_read(self.content)
        return render_to_string(
            "documentation/pdf/note.html",
            {
                "content": content,
                "cosignature": self.cosignature,
                "addenda": self.addenda,
                "sha256": self.sha256,
                # Without it the clock of the machine would change the bytes.
                "created": self.content["signature"]["signed_at"][:19] + "Z",
            },
        )

    def as_pdf(self) -> bytes:
        import weasyprint  # noqa: PLC0415 -- slow import, and pages must open where Pango is missing

        fonts, styles, nothing = _looks()
        pdf: bytes | None = weasyprint.HTML(string=self.as_html(), url_fetcher=nothing).write_pdf(
            stylesheets=[styles],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=self.sha256.encode(),
        )
        assert pdf is not None
        return pdf


@transaction.atomic
def ask_again(*, note: Note, by: User) -> bool:
    """Have a PDF that failed tried anew; whether there was one."""
    row = NotePdf.objects.select_for_update().filter(note=note).first()
    if row is None or row.status != NotePdf.Status.FAILED:
        return False
    row.status = NotePdf.Status.WAITING
    row.waiting_since = timezone.now()
    row.attempts = 0
    row.save(update_fields=["status", "waiting_since", "attempts"])
    audit.record(by=by, action="note.pdf_asked_again", patient=note.visit.patient, target=note)
    return True


def _begin(note: Note) -> NotePdf | None:
    """The row, counted as tried; None when there is nothing (more) to do."""
    with transaction.atomic():
        row = NotePdf.objects.select_for_update().filter(note=note).first()
        if row is None or row.status != NotePdf.Status.WAITING:
            return None
        if row.attempts >= MOST_ATTEMPTS:
            row.status = NotePdf.Status.FAILED
            row.problem = row.problem or "The worker stopped while it was making this PDF."
            row.save(update_fields=["status", "problem"])
            return None
        row.attempts += 1
        row.save(update_fields=["attempts"])
        return row


def _keep(note: Note, pages: Pages, content: bytes) -> NotePdf | None:
    """Store the bytes if they still show everything; else return the row, to be made again."""
    with transaction.atomic():
        row = NotePdf.objects.select_for_update().get(note=note)
        if row.status == NotePdf.Status.READY:
            return None
        if note.addenda.count() != len(pages.addenda):
            return row
        row.status = NotePdf.Status.READY
        row.file_bytes = content
        row.sha256 = hashlib.sha256(content).hexdigest()
        row.made_at = timezone.now()
        row.addenda_shown = len(pages.addenda)
        row.problem = ""
        row.save(
            update_fields=[
                "status",
                "file_bytes",
                "sha256",
                "made_at",
                "addenda_shown",
                "problem",
            ]
        )
    return None


def _give_up_or_wait(note: Note, error: Exception) -> None:
    # The kind of error only: its words may quote what the note says.
    problem = f"{type(error).__name__} while making the PDF."
    logger.error("The PDF of note %s was not made: %s", note.pk, type(error).__name__)
    with transaction.atomic():
        row = NotePdf.objects.select_for_update().get(note=note)
        if row.status != NotePdf.Status.WAITING:
            return
        row.problem = problem
        if row.attempts >= MOST_ATTEMPTS:
            row.status = NotePdf.Status.FAILED
        row.save(update_fields=["problem", "status"])


@lru_cache(maxsize=1)
def _looks() -> tuple[Any, Any, Any]:
    """Fonts and styles are read once for each worker: reading them anew costs 50 ms a note.
    The note itself may fetch nothing, from nowhere.

    The fonts are the system's own. The pages' variable font costs half as much again and comes
    out in other bytes each time (docs/decisions/0009).
    """
    import weasyprint  # noqa: PLC0415 -- slow import
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- slow import
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- slow import

    nothing = URLFetcher(allowed_protocols=())
    fonts = FontConfiguration()
    styles = weasyprint.CSS(
        string=(settings.BASE_DIR / STYLES).read_text(encoding="utf-8"),
        font_config=fonts,
        url_fetcher=nothing,
    )
    return fonts, styles, nothing
