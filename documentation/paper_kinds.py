"""The kinds of PDF there are, for the one page that shows all of them.

Each app registers its own in `AppConfig.ready`, so that this floor never names a paper of a higher
one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse

from documentation import handout, pdf, plan_pdf, version_pdf
from documentation.models import (
    HomeProgram,
    HomeProgramPdf,
    Note,
    NotePdf,
    NoteVersion,
    NoteVersionPdf,
    PlanPdf,
)
from documentation.tasks import (
    render_handout,
    render_note_pdf,
    render_plan_pdf,
    render_version_pdf,
)
from people.access import CLINICAL, READS_CHARTS
from people.models import Clinic, Patient, User


@dataclass(frozen=True)
class Shown:
    """One PDF as the list names it: what it is, whose, where it was asked for, where it opens.
    One of many patients is nobody's."""

    title: str
    patient: Patient | None
    clinic: Clinic
    page: str
    file: str


@dataclass(frozen=True)
class Kind:
    """One kind of PDF: who sees its rows and who may have one tried again."""

    key: str
    label: str
    reads: tuple[str, ...]
    asks: tuple[str, ...]
    visible: Callable[[User], models.QuerySet[Any]]
    shown: Callable[[Any], Shown]
    ask_again: Callable[[Any, User], bool]
    ring: Callable[[Any], Any]
    redraw: Callable[[Any], bytes]  # once more from what is frozen: the same bytes


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.key] = kind


def every_kind() -> list[Kind]:
    return [kind for _, kind in sorted(_kinds.items())]


def kinds_for(user: User) -> list[Kind]:
    return [kind for kind in every_kind() if user.has_role(*kind.reads)]


# --- Ours ---------------------------------------------------------------------------------------


def _notes(user: User) -> models.QuerySet[NotePdf]:
    rows = NotePdf.objects.filter(note__in=Note.objects.visible_to(user))
    rows = rows.select_related("note__visit__patient", "note__visit__clinic")
    return rows.defer("file_bytes", "note__content")


def _note(row: NotePdf) -> Shown:
    visit = row.note.visit
    return Shown(
        title=f"{row.note.get_kind_display()}, {visit.date_of_service:%b} "
        f"{visit.date_of_service.day}, {visit.date_of_service.year}",
        patient=visit.patient,
        clinic=visit.clinic,
        page=row.note.get_absolute_url(),
        file=reverse("documentation:note-pdf", args=[row.note_id]),
    )


def _versions(user: User) -> models.QuerySet[NoteVersionPdf]:
    rows = NoteVersionPdf.objects.filter(version__in=NoteVersion.objects.visible_to(user))
    rows = rows.select_related("version__note__visit__patient", "version__note__visit__clinic")
    return rows.defer("file_bytes", "version__content", "version__page", "version__note__content")


def _version(row: NoteVersionPdf) -> Shown:
    version, visit = row.version, row.version.note.visit
    return Shown(
        title=f"{version.get_kind_display()}, {visit.date_of_service:%b} "
        f"{visit.date_of_service.day}, {visit.date_of_service.year}, version {version.number}",
        patient=visit.patient,
        clinic=visit.clinic,
        page=version.get_absolute_url(),
        file=reverse("documentation:note-version-pdf", args=[version.pk]),
    )


def _handouts(user: User) -> models.QuerySet[HomeProgramPdf]:
    rows = HomeProgramPdf.objects.filter(program__in=HomeProgram.objects.visible_to(user))
    return rows.select_related("program__patient__clinic").defer("file_bytes")


def _handout(row: HomeProgramPdf) -> Shown:
    program = row.program
    return Shown(
        title=f"Home program {program.version}",
        patient=program.patient,
        clinic=program.patient.clinic,
        page=program.get_absolute_url(),
        file=reverse("documentation:home-program-pdf", args=[program.pk]),
    )


def _plans(user: User) -> models.QuerySet[PlanPdf]:
    rows = PlanPdf.objects.visible_to(user)
    rows = rows.select_related("sending__plan__episode__patient", "sending__plan__episode__clinic")
    return rows.defer("file_bytes", "sending__content", "sending__signature", "sending__image")


def _plan(row: PlanPdf) -> Shown:
    plan = row.sending.plan
    return Shown(
        title=f"Plan of care from {plan.starts_on:%b} {plan.starts_on.day}, "
        f"{plan.starts_on.year}, {row.get_copy_display().lower()}",
        patient=plan.episode.patient,
        clinic=plan.episode.clinic,
        page=plan.episode.get_absolute_url(),
        file=reverse("documentation:plan-pdf", args=[row.pk]),
    )


def register_own() -> None:
    register(
        Kind(
            key="note",
            label="Note",
            reads=READS_CHARTS,
            asks=CLINICAL,
            visible=_notes,
            shown=_note,
            ask_again=lambda row, by: pdf.ask_again(note=row.note, by=by),
            ring=lambda row: render_note_pdf.delay(row.note_id),
            redraw=lambda row: pdf.Pages(row.note).as_pdf(),
        )
    )
    register(
        Kind(
            key="note-version",
            label="Earlier version of a note",
            reads=READS_CHARTS,
            asks=CLINICAL,
            visible=_versions,
            shown=_version,
            ask_again=lambda row, by: version_pdf.ask_again(version=row.version, by=by),
            ring=lambda row: render_version_pdf.delay(row.version_id),
            redraw=lambda row: version_pdf.as_pdf(row.version),
        )
    )
    register(
        Kind(
            key="handout",
            label="Home program",
            reads=READS_CHARTS,
            asks=CLINICAL,
            visible=_handouts,
            shown=_handout,
            ask_again=lambda row, by: handout.ask_again(program=row.program, by=by),
            ring=lambda row: render_handout.delay(row.program_id),
            redraw=lambda row: handout.as_pdf(row.program, row.shown),
        )
    )
    register(
        Kind(
            key="plan",
            label="Plan of care",
            reads=READS_CHARTS,
            asks=CLINICAL,
            visible=_plans,
            shown=_plan,
            ask_again=lambda row, by: plan_pdf.ask_again(pdf=row, by=by),
            ring=lambda row: render_plan_pdf.delay(row.pk),
            redraw=plan_pdf.as_pdf,
        )
    )
