"""A home program on paper: what was given, with pictures, made once and kept.

Everything on it is frozen with the version, so that a page made again says the same. The row counts
each try before it begins (see `pdf`).
"""

from __future__ import annotations

import base64
import hashlib
import io
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from documentation import home_programs
from documentation.models import HomeProgram, HomeProgramPdf
from documentation.pdf import MOST_ATTEMPTS
from people import audit, links
from people.models import PatientLink, User

logger = logging.getLogger(__name__)
STYLES = Path("static", "css", "pdf", "handout.css")


def address_of(link: PatientLink) -> str:
    """What the patient opens."""
    return str(settings.PUBLIC_URL + reverse("documentation:home", args=[links.token_of(link)]))


def qr_of(address: str) -> str:
    """A square to point a phone at, as a data address for an image."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=2)
    return _as_data(out.getvalue())


def _as_data(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def render(program: HomeProgram) -> None:
    """Make the hand-out, once. A second call finds it and leaves."""
    row = _begin(program)
    if row is None:
        return
    try:
        content = as_pdf(program)
    except Exception as error:
        _give_up_or_wait(program, error)
        raise
    with transaction.atomic():
        row = HomeProgramPdf.objects.select_for_update().get(program=program)
        if row.status != HomeProgramPdf.Status.WAITING:
            return
        row.status = HomeProgramPdf.Status.READY
        row.file_bytes, row.sha256 = content, hashlib.sha256(content).hexdigest()
        row.made_at, row.problem = timezone.now(), ""
        row.save(update_fields=["status", "file_bytes", "sha256", "made_at", "problem"])


def as_html(program: HomeProgram) -> str:
    patient = program.patient
    link = home_programs.open_link_of(patient)
    return render_to_string(
        "documentation/pdf/handout.html",
        {
            "program": program,
            "items": [_as_printed(item) for item in program.items.all()],
            "patient": patient,
            "clinic": patient.clinic,
            "qr": qr_of(address_of(link)) if link is not None else "",
            "created": (program.given_at or timezone.now()).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


def as_pdf(program: HomeProgram) -> bytes:
    import weasyprint  # noqa: PLC0415 -- slow import, and pages must open where Pango is missing

    fonts, styles, nothing = _looks()
    made: bytes | None = weasyprint.HTML(string=as_html(program), url_fetcher=nothing).write_pdf(
        stylesheets=[styles],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
        pdf_identifier=f"home-program-{program.pk}".encode(),
    )
    assert made is not None
    return made


@transaction.atomic
def ask_again(*, program: HomeProgram, by: User) -> bool:
    """Have a hand-out that failed tried anew; whether there was one."""
    row = HomeProgramPdf.objects.select_for_update().filter(program=program).first()
    if row is None or row.status != HomeProgramPdf.Status.FAILED:
        return False
    row.status = HomeProgramPdf.Status.WAITING
    row.waiting_since, row.attempts = timezone.now(), 0
    row.save(update_fields=["status", "waiting_since", "attempts"])
    audit.record(
        by=by, action="home_program.pdf_asked_again", patient=program.patient, target=program
    )
    return True


def _as_printed(item: Any) -> dict[str, Any]:
    """An exercise with its picture inside the page: a picture may be fetched from nowhere."""
    words = item.words
    picture = settings.BASE_DIR / "static" / words["picture"]
    return {"item": item, "words": words, "svg": _as_data(picture.read_bytes())}


def _begin(program: HomeProgram) -> HomeProgramPdf | None:
    with transaction.atomic():
        row = HomeProgramPdf.objects.select_for_update().filter(program=program).first()
        if row is None or row.status != HomeProgramPdf.Status.WAITING:
            return None
        if row.attempts >= MOST_ATTEMPTS:
            row.status = HomeProgramPdf.Status.FAILED
            row.problem = row.problem or "The worker stopped while it was making this PDF."
            row.save(update_fields=["status", "problem"])
            return None
        row.attempts += 1
        row.save(update_fields=["attempts"])
        return row


def _give_up_or_wait(program: HomeProgram, error: Exception) -> None:
    problem = f"{type(error).__name__} while making the PDF."
    logger.error(
        "The hand-out of home program %s was not made: %s", program.pk, type(error).__name__
    )
    with transaction.atomic():
        row = HomeProgramPdf.objects.select_for_update().get(program=program)
        if row.status != HomeProgramPdf.Status.WAITING:
            return
        row.problem = problem
        if row.attempts >= MOST_ATTEMPTS:
            row.status = HomeProgramPdf.Status.FAILED
        row.save(update_fields=["problem", "status"])


@lru_cache(maxsize=1)
def _looks() -> tuple[Any, Any, Any]:
    """Fonts and styles, read once for each worker (see `pdf._looks`)."""
    import weasyprint  # noqa: PLC0415 -- slow import
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- slow import
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- slow import

    nothing = URLFetcher(allowed_protocols=("data",))
    fonts = FontConfiguration()
    styles = weasyprint.CSS(
        string=(settings.BASE_DIR / STYLES).read_text(encoding="utf-8"),
        font_config=fonts,
        url_fetcher=nothing,
    )
    return fonts, styles, nothing
