"""Papers: what every kind of PDF has in common, from the row that waits to the bytes.

A paper is drawn from what its row or its record has frozen, by one renderer with the same fonts, so
that the same content gives the same bytes in any worker (docs/decisions/0009).
"""

from __future__ import annotations

import hashlib
import logging
import re
from functools import lru_cache
from typing import Any, TypeVar

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from documentation.models.pdf_row import MOST_ATTEMPTS, PdfRow
from people import audit
from people.models import Patient, User

logger = logging.getLogger(__name__)
for talkative in ("weasyprint.progress", "fontTools"):  # a dozen lines for each paper
    logging.getLogger(talkative).setLevel(logging.WARNING)

STOPPED = "The worker stopped while it was making this PDF."
IMPORT = re.compile(r'^@import "([a-z]+\.css)";$', re.MULTILINE)
Row = TypeVar("Row", bound=PdfRow)


# --- The row ------------------------------------------------------------------------------------


@transaction.atomic
def begin(rows: models.QuerySet[Row]) -> Row | None:
    """The row, counted as tried; None when there is nothing (more) to do.

    Each try is counted before it begins, so that a paper which kills its worker stops being tried
    and shows as failed instead of coming back for ever.
    """
    row = rows.select_for_update(of=("self",)).defer("file_bytes").first()
    if row is None or row.status != PdfRow.Status.WAITING:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        row.status = PdfRow.Status.FAILED
        row.problem = row.problem or STOPPED  # a try that ended in words left them here
        row.save(update_fields=["status", "problem"])
        return None
    row.attempts, row.problem = row.attempts + 1, ""
    row.save(update_fields=["attempts", "problem"])
    return row


def keep(row: PdfRow, content: bytes, **fields: Any) -> None:
    """Store the bytes; the caller holds the row's lock and has seen that it still waits."""
    row.status = PdfRow.Status.READY
    row.file_bytes, row.sha256 = content, hashlib.sha256(content).hexdigest()
    row.made_at, row.problem = timezone.now(), ""
    for name, value in fields.items():
        setattr(row, name, value)
    names = ["status", "file_bytes", "sha256", "made_at", "problem", *fields]
    row.save(update_fields=names)


@transaction.atomic
def give_up_or_wait(rows: models.QuerySet[Row], error: Exception) -> None:
    """Write down what went wrong; after the last try the row waits for a person."""
    row = rows.select_for_update(of=("self",)).defer("file_bytes").first()
    if row is None:  # put aside meanwhile
        return
    # The kind of error only: its words may quote what the paper says.
    logger.error("The %s was not made: %s", row, type(error).__name__)
    if row.status != PdfRow.Status.WAITING:
        return
    row.problem = in_plain_words(error)
    if row.attempts >= MOST_ATTEMPTS:
        row.status = PdfRow.Status.FAILED
    row.save(update_fields=["problem", "status"])


def in_plain_words(error: Exception) -> str:
    """What went wrong, for whoever reads the list; the technical name is for whoever mends it."""
    name = type(error).__name__
    if isinstance(error, MemoryError):
        return f"The server ran out of memory while it made this PDF ({name})."
    if isinstance(error, SoftTimeLimitExceeded):
        return f"It took too long to draw ({name})."
    if isinstance(error, OSError):
        return f"The server could not read something that PDFs are made with ({name})."
    return f"Something in it could not be drawn ({name})."


@transaction.atomic
def ask_again(
    rows: models.QuerySet[Row],
    *,
    by: User,
    action: str,
    patient: Patient | None,
    target: models.Model,
) -> bool:
    """Have a paper that failed tried anew; whether there was one."""
    row = rows.select_for_update(of=("self",)).defer("file_bytes").first()
    if row is None or row.status != PdfRow.Status.FAILED:
        return False
    wait_anew(row)
    audit.record(by=by, action=action, patient=patient, target=target)
    return True


def wait_anew(row: PdfRow, **fields: Any) -> None:
    """Put the row back in line, tries forgotten; the caller holds its lock."""
    row.status = PdfRow.Status.WAITING
    row.waiting_since, row.attempts, row.problem = timezone.now(), 0, ""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["status", "waiting_since", "attempts", "problem", *fields])


# --- The drawing --------------------------------------------------------------------------------


def lay_out(html: str, *, styles: str, more_styles: str = "") -> Any:
    """The pages of a paper; `styles` names its style sheet in static/css/pdf, `more_styles` are
    rules of this one paper.

    A page may fetch nothing, from nowhere: pictures stand in it as data.
    """
    import weasyprint  # noqa: PLC0415 -- slow import, and pages must open where Pango is missing

    fonts, nothing = _fonts()
    sheets = [_styles(styles)]
    if more_styles:
        sheets.append(weasyprint.CSS(string=more_styles, font_config=fonts, url_fetcher=nothing))
    return weasyprint.HTML(string=html, url_fetcher=nothing).render(
        stylesheets=sheets, font_config=fonts
    )


def write(document: Any, *, identifier: str) -> bytes:
    """The pages as a file that can be read aloud (PDF/UA-1)."""
    pdf: bytes | None = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode()
    )
    assert pdf is not None
    return pdf


def draw(html: str, *, styles: str, identifier: str) -> bytes:
    return write(lay_out(html, styles=styles), identifier=identifier)


@lru_cache(maxsize=1)
def _fonts() -> tuple[Any, Any]:
    """Fonts are read once for each worker: reading them anew costs 50 ms a note.

    They are the system's own. The pages' variable font costs half as much again and comes out in
    other bytes each time (docs/decisions/0009).
    """
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- slow import
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- slow import

    return FontConfiguration(), URLFetcher(allowed_protocols=("data",))


@lru_cache(maxsize=16)
def _styles(name: str) -> Any:
    import weasyprint  # noqa: PLC0415 -- slow import

    fonts, nothing = _fonts()
    return weasyprint.CSS(string=_sheet(name), font_config=fonts, url_fetcher=nothing)


def _sheet(name: str) -> str:
    """A style sheet, with the one it imports in its place: no paper may fetch anything."""
    text = (settings.BASE_DIR / "static" / "css" / "pdf" / name).read_text(encoding="utf-8")
    return IMPORT.sub(lambda found: _sheet(found[1]), text)
