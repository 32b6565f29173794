"""A home program on paper: what was given, with pictures, made once and kept.

The exercises are frozen with the version. Whom it names, from which clinic and with which code is
frozen on the row when it is first made, so that a page made again says the same.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from documentation import home_programs, papers
from documentation.models import HomeProgram, HomeProgramPdf
from documentation.qr import as_data, qr_of
from people import links
from people.models import PatientLink, User

STYLES = "handout.css"


def address_of(link: PatientLink) -> str:
    """What the patient opens."""
    return str(settings.PUBLIC_URL + reverse("documentation:home", args=[links.token_of(link)]))


def render(program: HomeProgram) -> None:
    """Make the hand-out, once. A second call finds it and leaves; with a new link the row waits
    again, and then a call makes it anew."""
    row = papers.begin(_rows(program))
    while row is not None:
        try:
            shown = row.shown or _freeze(program)
            content = as_pdf(program, shown)
        except Exception as error:
            papers.give_up_or_wait(_rows(program), error)
            raise
        row = _keep(program, shown, content)


def as_html(program: HomeProgram, shown: dict[str, Any]) -> str:
    assert program.given_at is not None, "only what was given is put on paper"
    return render_to_string(
        "documentation/pdf/handout.html",
        {
            "program": program,
            "items": [_as_printed(item) for item in program.items.all()],
            "patient": shown["patient"],
            "clinic": shown["clinic"],
            "qr": qr_of(shown["address"]) if shown["address"] else "",
            "created": program.given_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


def as_pdf(program: HomeProgram, shown: dict[str, Any]) -> bytes:
    return papers.draw(
        as_html(program, shown), styles=STYLES, identifier=f"home-program-{program.pk}"
    )


def ask_again(*, program: HomeProgram, by: User) -> bool:
    """Have a hand-out that failed tried anew; whether there was one."""
    action = "home_program.pdf_asked_again"
    return papers.ask_again(
        _rows(program), by=by, action=action, patient=program.patient, target=program
    )


@transaction.atomic
def make_anew(*, program: HomeProgram) -> None:
    """The code on the paper opens no more: have it drawn with the one that does."""
    row = _rows(program).select_for_update().defer("file_bytes").first()
    if row is not None:
        papers.wait_anew(row, shown={})


def _rows(program: HomeProgram) -> models.QuerySet[HomeProgramPdf]:
    return HomeProgramPdf.objects.filter(program=program)


@transaction.atomic
def _freeze(program: HomeProgram) -> dict[str, Any]:
    """What the paper says besides the exercises, from now on."""
    row = _rows(program).select_for_update().defer("file_bytes").get()
    patient = program.patient
    link = home_programs.open_link_of(patient)
    row.shown = {
        "patient": patient.full_name,
        "clinic": {
            "name": patient.clinic.name,
            "address": patient.clinic.one_line,
            "phone": patient.clinic.phone,
        },
        "address": address_of(link) if link is not None else "",
    }
    row.save(update_fields=["shown"])
    shown: dict[str, Any] = row.shown
    return shown


def _keep(program: HomeProgram, shown: dict[str, Any], content: bytes) -> HomeProgramPdf | None:
    """Store the bytes if the code on them is still the one to show; else return the row."""
    with transaction.atomic():
        row = _rows(program).select_for_update().defer("file_bytes").get()
        if row.status != HomeProgramPdf.Status.WAITING:
            return None
        if row.shown != shown:
            return row
        papers.keep(row, content)
    return None


def _as_printed(item: Any) -> dict[str, Any]:
    """An exercise with its picture inside the page: a picture may be fetched from nowhere."""
    words = item.words
    picture = settings.BASE_DIR / "static" / words["picture"]
    return {"item": item, "words": words, "svg": as_data(picture.read_bytes())}
