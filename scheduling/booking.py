"""Book, move, cancel, check in: every change of an appointment, and nothing else changes one.

Each verb locks before it looks. Whoever books or moves locks the therapists, then the rooms,
then the patients and their authorizations (each in the order of their keys), then the
appointment; so two desks that want the same slot queue up, and nobody deadlocks. The database's
exclusion constraints stand behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from people import audit
from people.models import Clinic, Patient, Therapist, User
from scheduling import availability, budget, fitness
from scheduling.facts import (
    Conflict,
    Held,
    NotBookable,
    OutsideHours,
    OverBudget,
    SlotTaken,
    Stale,
    WrongStatus,
)
from scheduling.models import Appointment, AppointmentType, Room, Series
from scheduling.slots import Span

__all__ = [
    "KEEP",
    "Conflict",
    "NotBookable",
    "OutsideHours",
    "OverBudget",
    "SlotTaken",
    "Stale",
    "WrongStatus",
    "book",
    "cancel",
    "check_in",
    "complete",
    "confirm",
    "move",
    "no_show",
    "start_session",
    "undo_check_in",
]

Status = Appointment.Status
EXCLUSIONS = {f"no_two_live_appointments_of_a_{held}" for held in Held}


class Keep(Enum):
    """The room is to stay as it is (`None` means: no room)."""

    ROOM = "room"


KEEP = Keep.ROOM


@transaction.atomic
def book(
    *,
    patient: Patient,
    therapist: Therapist,
    clinic: Clinic,
    appointment_type: AppointmentType,
    starts_at: dt.datetime,
    by: User | None,
    minutes: int | None = None,
    room: Room | None = None,
    remark: str = "",
    anyway: bool = False,
    series: Series | None = None,
    series_position: int | None = None,
    over_budget_reason: str = "",
) -> Appointment:
    """A new appointment, as long as its type unless told; or the next one of a series. By nobody
    when the patient takes it.

    Raises `NotBookable`, `SlotTaken`, or, unless the desk says `anyway`, `OutsideHours`, or,
    unless it gives a reason, `OverBudget`.
    """
    therapist, room, patient = _lock(therapists=[therapist], room=room, patient=patient)
    span = _span(starts_at, appointment_type.minutes if minutes is None else minutes)
    fitness.check(
        span=span,
        patient=patient,
        therapist=therapist,
        clinic=clinic,
        appointment_type=appointment_type,
        room=room,
        is_new=True,
    )
    wanted = Appointment(
        patient=patient,
        therapist=therapist,
        clinic=clinic,
        room=room,
        type=appointment_type,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        remark=remark,
        booked_by=by,
        series=series,
        series_position=series_position,
    )
    _refuse_taken(wanted)
    _refuse_closed(wanted, anyway=anyway)
    budget.reserve(wanted, reason=over_budget_reason, by=by)
    with _constraint_as_fact(wanted):
        wanted.save(force_insert=True)
    audit.record(by=by, action="appointment.booked", patient=patient, target=wanted)
    budget.record_over(wanted, by=by)
    return wanted


@transaction.atomic
def move(
    *,
    appointment: Appointment,
    version: int,
    by: User,
    starts_at: dt.datetime | None = None,
    minutes: int | None = None,
    therapist: Therapist | None = None,
    room: Room | Keep | None = KEEP,
    anyway: bool = False,
    with_series: bool = False,
    over_budget_reason: str = "",
) -> Appointment:
    """Change when, with whom, where or how long; what is not named stays.

    `version` is the one the mover saw: somebody else's change in between raises `Stale`, which
    carries the appointment as it is now. Otherwise as `book`, and `WrongStatus` once treatment
    has begun. A visit of a series that is moved on its own leaves the series' later changes
    behind; `with_series` says that this is one of those changes.
    """
    seen = Appointment.objects.for_day_sheet().get(pk=appointment.pk)
    to_therapist = therapist if therapist is not None else seen.therapist
    to_room = seen.room if isinstance(room, Keep) else room
    # The therapist left behind is locked too, so that two moves in opposite directions queue up.
    to_therapist, to_room, patient = _lock(
        therapists=[to_therapist, seen.therapist], room=to_room, patient=seen.patient
    )
    moved = _locked(appointment)
    if moved.version != version:
        raise Stale(moved)
    if moved.status not in Appointment.MOVABLE:
        raise WrongStatus(moved, "moved")

    was_on = moved.starts_at.astimezone(moved.clinic.zone).date()
    was = {name: getattr(moved, name) for name in ("starts_at", "ends_at", "therapist", "room")}
    span = _span(
        moved.starts_at if starts_at is None else starts_at,
        moved.minutes if minutes is None else minutes,
    )
    fitness.check(
        span=span,
        patient=patient,
        therapist=to_therapist,
        clinic=moved.clinic,
        appointment_type=moved.type,
        room=to_room,
    )
    fitness.check_day_of_arrival(moved, span)
    moved.starts_at, moved.ends_at = span.starts_at, span.ends_at
    moved.therapist, moved.room = to_therapist, to_room
    changed = [name for name, value in was.items() if getattr(moved, name) != value]
    if not changed:
        return moved
    _refuse_taken(moved)
    _refuse_closed(moved, anyway=anyway)
    reserved: list[str] = []
    if moved.starts_at.astimezone(moved.clinic.zone).date() != was_on:
        reserved = budget.reserve(moved, reason=over_budget_reason, by=by)
    moved.version += 1
    if moved.series_id is not None and not with_series:
        moved.detached_from_series_at = timezone.now()
    with _constraint_as_fact(moved):
        moved.save(
            update_fields=[
                "starts_at", "ends_at", "therapist", "room", "version", "detached_from_series_at",
                *reserved,
            ]
        )  # fmt: skip
    audit.record(
        by=by, action="appointment.moved", patient=patient, target=moved, fields=sorted(changed)
    )
    if reserved:
        budget.record_over(moved, by=by)
    return moved


@transaction.atomic
def confirm(appointment: Appointment, *, by: User) -> Appointment:
    """The patient has said they will come."""
    return _record_status(_locked(appointment), Status.CONFIRMED, by=by)


@transaction.atomic
def check_in(appointment: Appointment, *, by: User) -> Appointment:
    """The patient stands at the desk. Refused before the day; late entries are welcome."""
    appointment = _locked(appointment)
    fitness.check_has_dawned(appointment)
    return _record_status(appointment, Status.ARRIVED, by=by, arrived_at=timezone.now())


@transaction.atomic
def undo_check_in(appointment: Appointment, *, by: User) -> Appointment:
    """The wrong patient was checked in."""
    return _record_status(_locked(appointment), Status.BOOKED, by=by, arrived_at=None)


@transaction.atomic
def no_show(appointment: Appointment, *, by: User) -> Appointment:
    """The patient did not come. The time is free again; refused before the appointment began."""
    appointment = _locked(appointment)
    fitness.check_has_begun(appointment)
    return _record_status(appointment, Status.NO_SHOW, by=by)


@transaction.atomic
def cancel(appointment: Appointment, *, reason: str, by: User) -> Appointment:
    """Called off, with a reason. The time is free again."""
    reason = fitness.clean_reason(reason)
    return _record_status(_locked(appointment), Status.CANCELLED, by=by, cancel_reason=reason)


@transaction.atomic
def start_session(appointment: Appointment, *, by: User) -> Appointment:
    """Treatment begins. A patient whom nobody checked in arrives with it."""
    appointment = _locked(appointment)
    if appointment.status in (Status.BOOKED, Status.CONFIRMED):
        appointment = check_in(appointment, by=by)
    return _record_status(appointment, Status.IN_SESSION, by=by)


@transaction.atomic
def complete(appointment: Appointment, *, by: User) -> Appointment:
    """Treatment is over."""
    return _record_status(_locked(appointment), Status.COMPLETED, by=by)


def _locked(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("clinic", "type", "patient", "therapist__user", "room")
        .get(pk=appointment.pk)
    )


def _record_status(appointment: Appointment, status: str, *, by: User, **facts: Any) -> Appointment:
    """Move to the status and write it down. Twice is once: a status that already holds stays."""
    if appointment.status == status:
        return appointment
    move_to(appointment, status, **facts)
    audit.record(
        by=by,
        action=f"appointment.{status}",
        patient=appointment.patient,
        target=appointment,
    )
    return appointment


def move_to(appointment: Appointment, status: str, **facts: Any) -> None:
    """The one writer of an appointment's status; its row is locked by the caller."""
    if status not in Appointment.ALLOWED[Status(appointment.status)]:
        raise WrongStatus(appointment, status)
    appointment.status = status
    appointment.version += 1
    for name, value in facts.items():
        setattr(appointment, name, value)
    appointment.save(update_fields=["status", "version", *facts])


def _lock(
    *, therapists: Iterable[Therapist], room: Room | None, patient: Patient
) -> tuple[Therapist, Room | None, Patient]:
    """Lock whom an appointment needs, always in this order; returns the first therapist, the
    room and the patient as they are now. `no_key`: other rows may still point at them."""
    wanted = list(therapists)
    found = {
        therapist.pk: therapist
        for therapist in _rows_for_update(Therapist, {row.pk for row in wanted}, "user")
    }
    rooms = _rows_for_update(Room, {room.pk}, "clinic") if room is not None else []
    patients = _rows_for_update(Patient, {patient.pk}, "clinic")
    budget.lock(patient)
    return found[wanted[0].pk], rooms[0] if rooms else None, patients[0]


def _rows_for_update(model: type[models.Model], pks: set[int], related: str) -> list[Any]:
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related(related).filter(pk__in=pks).order_by("pk"))


def _span(starts_at: dt.datetime, minutes: int) -> Span:
    # To UTC before adding: on the wall clock an hour may be missing or come twice.
    start = starts_at.astimezone(dt.UTC)
    return Span(start, start + dt.timedelta(minutes=minutes))


def conflicts_of(wanted: Appointment) -> list[Conflict]:
    """The live appointments that hold the therapist, the room or the patient at that time."""
    held = Q(therapist=wanted.therapist_id) | Q(patient=wanted.patient_id)
    if wanted.room_id is not None:
        held |= Q(room=wanted.room_id)
    rivals = (
        Appointment.objects.live()
        .overlapping(wanted.starts_at, wanted.ends_at)
        .filter(held)
        .exclude(pk=wanted.pk)
        .for_day_sheet()
    )
    return [
        Conflict(of=of, with_appointment=rival)
        for rival in rivals
        for of in Held
        if (mine := getattr(wanted, f"{of}_id")) is not None and mine == getattr(rival, f"{of}_id")
    ]


def _refuse_taken(wanted: Appointment) -> None:
    if conflicts := conflicts_of(wanted):
        raise SlotTaken(conflicts)


def _refuse_closed(wanted: Appointment, *, anyway: bool) -> None:
    if anyway:
        return
    reasons = availability.why_closed(
        Span(wanted.starts_at, wanted.ends_at),
        clinic=wanted.clinic,
        therapist=wanted.therapist,
        room=wanted.room,
    )
    if reasons:
        raise OutsideHours(reasons)


@contextmanager
def _constraint_as_fact(wanted: Appointment) -> Iterator[None]:
    """The exclusion constraints' refusal, told as `SlotTaken`: somebody wrote without our locks."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) not in EXCLUSIONS:
            raise
        raise SlotTaken(conflicts_of(wanted)) from error
