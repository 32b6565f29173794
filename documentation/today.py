"""A clinician's day: who comes, and how far each note is."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from documentation import due, session_content
from documentation.due import Due
from documentation.models import Visit
from documentation.rules.session import Code
from people.models import Clinic, Patient, Therapist, User
from scheduling.models import Appointment

MOST_UNSIGNED = 50


@dataclass(frozen=True)
class NoteState:
    """How far a note is, in words and tone."""

    label: str
    tone: str
    missing: int = 0


NOT_OPENED = NoteState("Not opened", "muted")
SIGNED = NoteState("Signed", "success")
WAITS = NoteState("Waits for co-signature", "info")


@dataclass(frozen=True)
class Row:
    """An appointment, a walk-in visit, or both in one."""

    patient: Patient
    clinic: Clinic
    therapist: Therapist
    state: NoteState
    appointment: Appointment | None = None
    visit: Visit | None = None
    may_open: bool = False
    days_old: int = 0
    due: tuple[Due, ...] = ()

    @property
    def url(self) -> str:
        """Where one tap leads: the session while it is being written, then the note."""
        if self.visit is None:
            return reverse("documentation:open-visit", args=[self.appointment_pk])
        if self.visit.note.is_signed:
            return self.visit.note.get_absolute_url()
        return self.visit.get_absolute_url()

    @property
    def appointment_pk(self) -> int:
        return self.appointment.pk if self.appointment is not None else 0


def state_of(visit: Visit, codes: Mapping[str, Code]) -> NoteState:
    if visit.note.is_signed:
        return SIGNED if visit.note.is_final else WAITS
    missing = session_content.missing_count(visit, codes)
    return (
        NoteState("Draft", "warning", missing) if missing else NoteState("Ready to sign", "accent")
    )


def today_for(user: User) -> dt.date:
    """The calendar day where this person works."""
    clinic = user.visible_clinics().filter(is_active=True).order_by("pk").first()
    return timezone.localdate(timezone=clinic.zone) if clinic else timezone.localdate()


def day_of(*, day: dt.date, user: User, therapist: Therapist | None) -> list[Row]:
    """The day's appointments and walk-ins, of one therapist or of all whom `user` may see."""
    appointments = list(
        Appointment.objects.visible_to(user)
        .live()
        .filter(_on(day, user), *_booked_with(therapist))
        .for_day_sheet()
    )
    visits = session_content.with_session(Visit.objects.visible_to(user)).filter(
        Q(appointment__in=[appointment.pk for appointment in appointments])
        | Q(appointment=None, date_of_service=day) & _treated_by(therapist)
    )
    codes = session_content.all_codes()
    by_appointment = {}
    walk_ins = []
    for visit in visits.order_by("opened_at", "pk"):
        if visit.appointment_id is None:
            walk_ins.append(visit)
        else:
            by_appointment[visit.appointment_id] = visit
    rows = [
        _row_of(appointment, by_appointment.get(appointment.pk), codes)
        for appointment in appointments
    ] + [_walk_in(visit, codes) for visit in walk_ins]
    return _with_what_is_due(rows, day=day, user=user)


def _with_what_is_due(rows: list[Row], *, day: dt.date, user: User) -> list[Row]:
    """Beside each patient, what presses in their running cases."""
    if not rows:
        return rows
    patients = {row.patient.pk for row in rows}
    cases = due.running_cases(user).filter(patient__in=patients)
    pressing = due.by_patient(cases, today=day)
    return [replace(row, due=tuple(pressing.get(row.patient.pk, ()))) for row in rows]


def unsigned_before(
    *, day: dt.date, user: User, therapist: Therapist | None
) -> tuple[list[Row], int]:
    """The oldest unsigned notes of earlier days, and how many there are in all."""
    waiting = (
        Visit.objects.visible_to(user)
        .filter(_treated_by(therapist), date_of_service__lt=day, note__signed_at=None)
        .exclude(note=None)
    )
    codes = session_content.all_codes()
    oldest = session_content.with_session(waiting).order_by("date_of_service", "pk")
    rows = [
        Row(
            patient=visit.patient,
            clinic=visit.clinic,
            therapist=visit.assistant or visit.student or visit.therapist,
            state=state_of(visit, codes),
            visit=visit,
            days_old=(day - visit.date_of_service).days,
        )
        for visit in oldest[:MOST_UNSIGNED]
    ]
    count = len(rows) if len(rows) < MOST_UNSIGNED else waiting.count()
    return rows, count


def _treated_by(therapist: Therapist | None) -> Q:
    if therapist is None:
        return Q()
    return Q(therapist=therapist) | Q(assistant=therapist) | Q(student=therapist)


def _booked_with(therapist: Therapist | None) -> list[Q]:
    """A student learns from their supervisor's patients: the day of both is theirs."""
    if therapist is None:
        return []
    if therapist.is_student:
        return [Q(therapist__in=[therapist.pk, therapist.supervisor_id])]
    return [Q(therapist=therapist)]


def _on(day: dt.date, user: User) -> Q:
    """Starts on that day on the wall clock of its own clinic."""
    zones: Iterable[str] = (
        user.visible_clinics().order_by("time_zone").values_list("time_zone", flat=True).distinct()
    )
    spans = Q(pk=None)
    for zone in zones:
        midnight = dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(zone))
        next_one = dt.datetime.combine(
            day + dt.timedelta(days=1), dt.time(), zoneinfo.ZoneInfo(zone)
        )
        spans |= Q(clinic__time_zone=zone, starts_at__gte=midnight, starts_at__lt=next_one)
    return spans


def may_open(appointment: Appointment) -> bool:
    """Whether its day has come and it takes place."""
    zone = appointment.clinic.zone
    day = timezone.localdate(appointment.starts_at, zone)
    return appointment.is_live and day <= timezone.localdate(timezone=zone)


def _row_of(appointment: Appointment, visit: Visit | None, codes: Mapping[str, Code]) -> Row:
    return Row(
        patient=appointment.patient,
        clinic=appointment.clinic,
        therapist=appointment.therapist,
        state=state_of(visit, codes) if visit is not None else NOT_OPENED,
        appointment=appointment,
        visit=visit,
        may_open=visit is None and may_open(appointment),
    )


def _walk_in(visit: Visit, codes: Mapping[str, Code]) -> Row:
    return Row(
        patient=visit.patient,
        clinic=visit.clinic,
        therapist=visit.assistant or visit.student or visit.therapist,
        state=state_of(visit, codes),
        visit=visit,
    )
