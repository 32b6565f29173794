"""Open a visit and log what was done, until the note is signed."""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation import session_content
from documentation.models import (
    Draft,
    Episode,
    Goal,
    Note,
    ProcedureCode,
    ServiceEntry,
    TimedEntry,
    Visit,
)
from documentation.rules import session
from documentation.rules.findings import Finding
from documentation.session_rows import write_rows
from people import audit
from people.models import Clinic, Patient, Therapist, User
from scheduling import booking
from scheduling.models import Appointment

CHANGEABLE = (
    "minutes",
    "assistant_minutes",
    "goal",
    "details",
    "narrative",
    "narrative_is_own",
)


class AlreadySigned(Exception):
    """The note is signed: what was done is written in stone, corrections are addenda."""


class NotTreatable(Exception):
    """No visit can be opened here; the message says why."""


class EntryRefused(Exception):
    """A service cannot be logged like this; `errors` has a sentence per field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(sorted(self.errors))


# --- Opening ------------------------------------------------------------------------------------


@transaction.atomic
def open_visit(*, appointment: Appointment, by: User) -> Visit:
    """The appointment's visit, opened now or before: there is one, however often this is asked.

    Raises `NotTreatable`, or what `booking.start_session` raises for a day that is still to come.
    """
    # The row lock lets the second of two taps find the first one's visit.
    appointment = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "clinic", "type", "patient", "therapist__user", "therapist__supervisor__user"
        )
        .get(pk=appointment.pk)
    )
    opened = Visit.objects.filter(appointment=appointment).first()
    if opened is not None:
        return opened
    if not appointment.is_live:
        status = appointment.get_status_display().lower()
        raise NotTreatable(f"This appointment is {status}: there is no visit to open.")
    if appointment.status != Appointment.Status.COMPLETED:
        booking.start_session(appointment, by=by)
    return _open(
        appointment=appointment,
        patient=appointment.patient,
        clinic=appointment.clinic,
        treats=_student_of(appointment.therapist, by) or appointment.therapist,
        day=timezone.localdate(appointment.starts_at, appointment.clinic.zone),
        kind=Note.Kind.EVALUATION if appointment.type.is_evaluation else Note.Kind.DAILY,
        by=by,
    )


@transaction.atomic
def open_walk_in(
    *, patient: Patient, by: User, therapist: Therapist | None = None, clinic: Clinic | None = None
) -> Visit:
    """A visit of today without an appointment; asked twice, the unsigned one of today is found."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    clinic = clinic or patient.clinic
    treats = therapist or _clinician(by)
    day = timezone.localdate(timezone=clinic.zone)
    seat = "therapist"
    if treats.is_supervised:
        seat = "student" if treats.is_student else "assistant"
    opened = Visit.objects.filter(
        appointment=None,
        patient=patient,
        clinic=clinic,
        date_of_service=day,
        note__signed_at=None,
        **{seat: treats},
    ).first()
    if opened is not None:
        return opened
    return _open(
        appointment=None,
        patient=patient,
        clinic=clinic,
        treats=treats,
        day=day,
        kind=Note.Kind.DAILY,
        by=by,
    )


def _clinician(user: User) -> Therapist:
    therapist = Therapist.objects.select_related("user", "supervisor__user").filter(user=user)
    found = therapist.filter(is_active=True).first()
    if found is None:
        raise NotTreatable("Choose who treats: your account is not a clinician's.")
    return found


def _student_of(therapist: Therapist, by: User) -> Therapist | None:
    """The student who opens a visit of the therapist they learn from: they treat in it."""
    return (
        Therapist.objects.select_related("user", "supervisor__user")
        .filter(user=by, is_active=True, credential__in=Therapist.STUDENTS, supervisor=therapist.pk)
        .first()
    )


def _open(
    *,
    appointment: Appointment | None,
    patient: Patient,
    clinic: Clinic,
    treats: Therapist,
    day: dt.date,
    kind: str,
    by: User,
) -> Visit:
    if patient.removed_at is not None:
        raise NotTreatable("This patient's record was removed.")
    therapist, assistant, student = treats, None, None
    if treats.is_supervised:
        # Assistants and students work under a therapist, whose visit it is
        # (CMS Pub. 100-02, ch. 15, §§ 230.1 and 230 B).
        if treats.supervisor is None:
            raise NotTreatable(f"{treats} has no supervising therapist on file.")
        therapist = treats.supervisor
        assistant, student = (None, treats) if treats.is_student else (treats, None)
    visit = Visit.objects.create(
        appointment=appointment,
        patient=patient,
        episode=_running_case(patient, therapist.discipline, day),
        clinic=clinic,
        therapist=therapist,
        assistant=assistant,
        student=student,
        date_of_service=day,
        place_of_service=clinic.place_of_service,
        opened_by=by,
    )
    Note.objects.create(visit=visit, kind=kind)
    audit.record(by=by, action="visit.opened", patient=patient, target=visit)
    return visit


def _running_case(patient: Patient, discipline: str, day: dt.date) -> Episode | None:
    """The patient's case of the discipline that runs on the day; of several the newest."""
    return (
        Episode.objects.filter(
            patient__in=Patient.objects.same_person(patient.pk),
            discipline=discipline,
            started_on__lte=day,
        )
        .exclude(discharged_on__lt=day)
        .order_by("-started_on", "-pk")
        .first()
    )


# --- Logging ------------------------------------------------------------------------------------


@transaction.atomic
def record_time(
    *,
    visit: Visit,
    code: str | ProcedureCode,
    minutes: int,
    by: User,
    assistant_minutes: int = 0,
    goal: Goal | int | None = None,
    details: Mapping[str, Any] | None = None,
    narrative: str = "",
    narrative_is_own: bool | None = None,
) -> TimedEntry:
    """Log a timed service. Raises `AlreadySigned` or `EntryRefused`."""
    key = str(uuid.uuid4())
    typed = {
        "key": key,
        "code": _code(code),
        "minutes": minutes,
        "assistant_minutes": assistant_minutes,
        "goal": _pk(goal),
        "details": dict(details or {}),
        "narrative": narrative,
        "narrative_is_own": bool(narrative) if narrative_is_own is None else narrative_is_own,
    }
    visit = _log(visit, typed, by=by, action="service.logged", timed=True)
    return visit.timed_entries.select_related("code").get(key=key)


@transaction.atomic
def record_service(
    *,
    visit: Visit,
    code: str | ProcedureCode,
    by: User,
    minutes: int | None = None,
    assistant_minutes: int = 0,
    narrative: str = "",
) -> ServiceEntry:
    """Log an untimed service. Raises `AlreadySigned` or `EntryRefused`."""
    key = str(uuid.uuid4())
    typed: dict[str, Any] = {
        "key": key,
        "code": _code(code),
        "minutes": minutes,
        "assistant_minutes": assistant_minutes,
        "goal": None,
        "details": {},
        "narrative": narrative,
        "narrative_is_own": True,
    }
    visit = _log(visit, typed, by=by, action="service.logged", timed=False)
    return visit.service_entries.select_related("code").get(key=key)


@transaction.atomic
def change_entry(
    *, entry: TimedEntry | ServiceEntry, by: User, **changes: Any
) -> TimedEntry | ServiceEntry:
    """Change minutes, assistant_minutes, goal, details, narrative or narrative_is_own."""
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise EntryRefused(dict.fromkeys(sorted(unknown), "This cannot be changed."))
    if "goal" in changes:
        changes["goal"] = _pk(changes["goal"])
    timed = isinstance(entry, TimedEntry)
    visit = lock_unsigned(entry.visit)
    content = session_content.content_of(visit)
    typed = next((row for row in content["entries"] if row["key"] == str(entry.key)), None)
    if typed is None:
        raise EntryRefused({"entry": "This service is no longer logged."})
    typed = {
        name: value for name, value in typed.items() if name not in ("furnished_by", "carried")
    }
    visit = _log(visit, typed | changes, by=by, action="service.changed", timed=timed)
    entries = visit.timed_entries if timed else visit.service_entries
    return entries.select_related("code").get(key=entry.key)


@transaction.atomic
def remove_entry(*, entry: TimedEntry | ServiceEntry, by: User) -> None:
    visit = lock_unsigned(entry.visit)
    content = copy.deepcopy(session_content.content_of(visit))
    content["entries"] = [row for row in content["entries"] if row["key"] != str(entry.key)]
    store(visit, content, by=by)
    audit.record(
        by=by,
        action="service.removed",
        patient=visit.patient,
        target=visit,
        code=entry.code_id,
    )


def missing_for_signing(visit: Visit) -> list[Finding]:
    """Everything the visit lacks; what `is_required` blocks signing."""
    return session_content.findings_of(session_content.fresh(visit), session_content.all_codes())


# --- The one way to write -----------------------------------------------------------------------


def lock_unsigned(visit: Visit) -> Visit:
    """The visit under lock, with what stands on its page; signing takes the same lock."""
    Visit.objects.select_for_update().get(pk=visit.pk)
    locked = session_content.fresh(visit)
    if locked.note.is_signed:
        raise AlreadySigned("This note is signed: write an addendum.")
    return locked


def store(visit: Visit, content: dict[str, Any], *, by: User) -> session.Logged:
    """Keep the page as typed and bring the rows in line with its valid part. The visit is locked
    by the caller."""
    logged = session.read(content, session_content.surroundings_of(visit, content))
    write_rows(visit, logged)
    draft = session_content.draft_of(visit)
    Draft.objects.update_or_create(
        visit=visit,
        defaults={
            "content": content,
            "version": (draft.version if draft is not None else 0) + 1,
            "saved_at": timezone.now(),
            "saved_by": by,
        },
    )
    return logged


def _log(visit: Visit, typed: dict[str, Any], *, by: User, action: str, timed: bool) -> Visit:
    """Put one entry on the page, in place of the one with its key or at the end."""
    visit = lock_unsigned(visit)
    content = copy.deepcopy(session_content.content_of(visit))
    rows = content["entries"]
    places = [place for place, row in enumerate(rows) if row["key"] == typed["key"]]
    if places:
        rows[places[0]] = typed
    else:
        rows.append(typed)
    _refuse_wrong(visit, content, typed, timed=timed)
    store(visit, content, by=by)
    audit.record(by=by, action=action, patient=visit.patient, target=visit, code=typed["code"])
    return visit


def _refuse_wrong(
    visit: Visit, content: dict[str, Any], typed: Mapping[str, Any], *, timed: bool
) -> None:
    """A program gets a refusal where a page gets a message and may go on typing."""
    try:
        logged = session.read(content, session_content.surroundings_of(visit, content))
    except session.NotASession as error:
        raise EntryRefused({"entry": str(error)}) from None
    path = f"entries.{typed['key']}."
    errors = {
        at.removeprefix(path): text for at, text in logged.errors.items() if at.startswith(path)
    }
    entry = next(entry for entry in logged.entries if entry.key == typed["key"])
    if entry.code is not None and entry.code.timed != timed:
        word = (
            "timed: record its minutes" if entry.code.timed else "untimed: record it as a service"
        )
        errors["code"] = f"{entry.code.code} is {word}."
    if typed.get("assistant_minutes") and logged.assistant is None:
        errors["assistant_minutes"] = "No assistant treats in this visit."
    if errors:
        raise EntryRefused(errors)


def _code(code: str | ProcedureCode) -> str:
    return code.code if isinstance(code, ProcedureCode) else str(code).strip().upper()


def _pk(goal: Goal | int | None) -> int | None:
    return goal.pk if isinstance(goal, Goal) else goal
