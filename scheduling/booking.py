"""Book, move, put back, cancel, check in: every change of one appointment, and nothing else
changes one (a whole group's are in `groups`).

Each verb locks before it looks, in the order `locking` gives; so two desks that want the same
slot queue up, and nobody deadlocks. The database's constraints stand behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import Clinic, Patient, Therapist, User
from scheduling import budget, conflicts, fitness, joining, missed, time_requests
from scheduling.conflicts import constraint_as_fact
from scheduling.facts import (
    Conflict,
    GroupFull,
    NotBookable,
    OutsideHours,
    OverBudget,
    SlotTaken,
    Stale,
    WrongStatus,
)
from scheduling.locking import lock_appointment
from scheduling.models import Appointment, AppointmentType, Equipment, Room, Series
from scheduling.slots import Span

__all__ = [
    "KEEP",
    "Conflict",
    "GroupFull",
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
    "restore",
    "start_session",
    "undo_check_in",
]

Status = Appointment.Status
PLACED = ("starts_at", "ends_at", "therapist", "room")
GONE = (Status.CANCELLED, Status.NO_SHOW)  # and can be put back


class Keep(Enum):
    """What is not named stays as it is (`None` means: no room)."""

    AS_IT_IS = "as it is"


KEEP = Keep.AS_IT_IS


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
    equipment: Collection[Equipment] = (),
    remark: str = "",
    anyway: bool = False,
    series: Series | None = None,
    series_position: int | None = None,
    over_budget_reason: str = "",
) -> Appointment:
    """A new appointment, as long as its type unless told; or the next one of a series. By nobody
    when the patient takes it. Where a group of that type meets, the patient joins it.

    Raises `NotBookable`, `SlotTaken`, `GroupFull`, or, unless the desk says `anyway`,
    `OutsideHours`, or, unless it gives a reason, `OverBudget`.
    """
    place = joining.lock_place(
        therapists=[therapist],
        patient=patient,
        clinic=clinic,
        appointment_type=appointment_type,
        room=room,
        equipment=equipment,
        span=span_of(starts_at, appointment_type.minutes if minutes is None else minutes),
    )
    joining.refuse_another_room(place, room)
    fitness.check(
        span=place.span,
        patient=place.patient,
        therapist=place.therapist,
        clinic=clinic,
        appointment_type=appointment_type,
        room=place.room,
        equipment=place.equipment,
        is_new=True,
    )
    wanted = Appointment(
        patient=place.patient,
        therapist=place.therapist,
        clinic=clinic,
        room=place.room,
        type=appointment_type,
        group=place.group,
        starts_at=place.span.starts_at,
        ends_at=place.span.ends_at,
        remark=remark,
        booked_by=by,
        series=series,
        series_position=series_position,
    )
    _refuse(wanted, place, anyway=anyway)
    budget.reserve(wanted, reason=over_budget_reason, by=by)
    with constraint_as_fact(wanted, place.equipment, group=place.group):
        joining.take_seat(wanted)
        wanted.save(force_insert=True)
        joining.hold(wanted, place.equipment)
    audit.record(by=by, action="appointment.booked", patient=place.patient, target=wanted)
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
    equipment: Collection[Equipment] | Keep = KEEP,
    anyway: bool = False,
    with_series: bool = False,
    over_budget_reason: str = "",
) -> Appointment:
    """Change when, with whom, where or how long; what is not named stays.

    `version` is the one the mover saw: somebody else's change in between raises `Stale`, which
    carries the appointment as it is now. Otherwise as `book`, and `WrongStatus` once treatment
    has begun. A member of a group leaves it for the group that meets there, or for a new one. A
    visit of a series that is moved on its own leaves the series' later changes behind;
    `with_series` says that this is one of those changes.
    """
    seen = Appointment.objects.for_day_sheet().with_equipment().get(pk=appointment.pk)
    had = list(seen.equipment.all())
    to_room = seen.room if isinstance(room, Keep) else room
    place = joining.lock_place(
        # The therapist left behind is locked too: two moves in opposite directions queue up.
        therapists=[therapist if therapist is not None else seen.therapist, seen.therapist],
        patient=seen.patient,
        clinic=seen.clinic,
        appointment_type=seen.type,
        room=to_room,
        equipment=had if isinstance(equipment, Keep) else equipment,
        span=span_of(
            seen.starts_at if starts_at is None else starts_at,
            seen.minutes if minutes is None else minutes,
        ),
    )
    moved = lock_appointment(appointment)
    if moved.version != version:
        raise Stale(moved)
    if moved.status not in Appointment.MOVABLE:
        raise WrongStatus(moved, "moved")
    stays = place.group is not None and place.group.pk == moved.group_id
    if stays and minutes is not None and minutes != moved.minutes:
        raise NotBookable(
            {"minutes": f"The group lasts {moved.minutes} minutes. Move the whole group instead."}
        )
    if stays or to_room != seen.room:
        joining.refuse_another_room(place, to_room)

    fitness.check(
        span=place.span,
        patient=place.patient,
        therapist=place.therapist,
        clinic=moved.clinic,
        appointment_type=moved.type,
        room=place.room,
        equipment=place.equipment,
        is_placed_anew=to_room != seen.room or not isinstance(equipment, Keep),
    )
    fitness.check_day_of_arrival(moved, place.span)
    was_on = day_of(moved)
    changed = _put(moved, place)
    if {piece.pk for piece in had} != {piece.pk for piece in place.equipment}:
        changed.append("equipment")
    if not changed:
        return moved
    _refuse(moved, place, anyway=anyway, stays=stays)
    reserved: list[str] = []
    if day_of(moved) != was_on:
        reserved = budget.reserve(moved, reason=over_budget_reason, by=by)
    moved.version += 1
    if moved.series_id is not None and not with_series:
        moved.detached_from_series_at = timezone.now()
    _write(moved, place, "detached_from_series_at", *reserved)
    audit.record(
        by=by,
        action="appointment.moved",
        patient=place.patient,
        target=moved,
        fields=sorted(changed),
    )
    if "starts_at" in changed:
        time_requests.close_moved(moved, by=by)
    if reserved:
        budget.record_over(moved, by=by)
    return moved


@transaction.atomic
def restore(
    appointment: Appointment, *, by: User, anyway: bool = False, over_budget_reason: str = ""
) -> Appointment:
    """Put a cancelled or missed appointment back where it was, if that is still free; a member
    of a group goes back into the group that meets there. Refused as `book` refuses, and with
    `WrongStatus` where nothing was called off. Twice is once."""
    seen = Appointment.objects.for_day_sheet().with_equipment().get(pk=appointment.pk)
    place = joining.lock_place(
        therapists=[seen.therapist],
        patient=seen.patient,
        clinic=seen.clinic,
        appointment_type=seen.type,
        room=seen.room,
        equipment=list(seen.equipment.all()),
        span=Span(seen.starts_at, seen.ends_at),
    )
    back = lock_appointment(appointment)
    if back.status == Status.BOOKED:
        return back
    if back.status not in GONE:
        raise WrongStatus(back, "put back")
    fitness.check(
        span=place.span,
        patient=place.patient,
        therapist=place.therapist,
        clinic=back.clinic,
        appointment_type=back.type,
        room=place.room,
        equipment=place.equipment,
    )
    _put(back, place)
    _refuse(back, place, anyway=anyway)
    reserved = budget.reserve(back, reason=over_budget_reason, by=by)
    facts = {"cancel_reason": "", "arrived_at": None} | missed.NOTHING_KEPT
    move_to(back, Status.BOOKED, save=False, **facts)
    _write(back, place, "status", *facts, *reserved)
    audit.record(by=by, action="appointment.restored", patient=place.patient, target=back)
    budget.record_over(back, by=by)
    return back


def _put(appointment: Appointment, place: joining.Place) -> list[str]:
    """Write the place into the row, not yet the database; the names of what differs."""
    was = {name: getattr(appointment, name) for name in PLACED}
    appointment.starts_at, appointment.ends_at = place.span.starts_at, place.span.ends_at
    appointment.therapist, appointment.room = place.therapist, place.room
    changed = [name for name, value in was.items() if getattr(appointment, name) != value]
    appointment.group = place.group
    return changed


def _refuse(
    wanted: Appointment, place: joining.Place, *, anyway: bool, stays: bool = False
) -> None:
    conflicts.refuse_taken(wanted, place.equipment)
    if not stays:
        joining.refuse_full(place.group)
    conflicts.refuse_closed(wanted, place.equipment, anyway=anyway)


def _write(appointment: Appointment, place: joining.Place, *also: str) -> None:
    """Save where it is put; equipment is given up before, and taken after, the time changes."""
    with constraint_as_fact(appointment, place.equipment, group=place.group):
        joining.let_go(appointment, but=place.equipment)
        joining.take_seat(appointment)
        appointment.save(update_fields=[*PLACED, "group", "version", *also])
        joining.hold(appointment, place.equipment)


@transaction.atomic
def confirm(appointment: Appointment, *, by: User | None) -> Appointment:
    """The patient has said they will come: to the desk, or (`by` nobody) by their link."""
    return record_status(lock_appointment(appointment), Status.CONFIRMED, by=by)


@transaction.atomic
def check_in(appointment: Appointment, *, by: User | None) -> Appointment:
    """The patient stands at the desk, or (`by` nobody) at a kiosk. Refused before the day; late
    entries are welcome."""
    appointment = lock_appointment(appointment)
    fitness.check_has_dawned(appointment)
    return record_status(appointment, Status.ARRIVED, by=by, arrived_at=timezone.now())


@transaction.atomic
def undo_check_in(appointment: Appointment, *, by: User) -> Appointment:
    """The wrong patient was checked in."""
    appointment = lock_appointment(appointment)
    if appointment.status in GONE:  # only `restore` looks whether the time is still free
        raise WrongStatus(appointment, Status.BOOKED)
    return record_status(appointment, Status.BOOKED, by=by, arrived_at=None)


@transaction.atomic
def no_show(appointment: Appointment, *, by: User) -> Appointment:
    """The patient did not come. The time is free again; refused before the appointment began."""
    appointment = lock_appointment(appointment)
    fitness.check_has_begun(appointment)
    facts = missed.facts_of_no_show(appointment)
    return record_status(appointment, Status.NO_SHOW, by=by, **facts)


@transaction.atomic
def cancel(appointment: Appointment, *, reason: str, by: User | None) -> Appointment:
    """Called off, with a reason. The time is free again."""
    reason = fitness.clean_reason(reason)
    appointment = lock_appointment(appointment)
    facts = missed.facts_of_cancelling(appointment)
    return record_status(appointment, Status.CANCELLED, by=by, cancel_reason=reason, **facts)


@transaction.atomic
def start_session(appointment: Appointment, *, by: User) -> Appointment:
    """Treatment begins. A patient whom nobody checked in arrives with it."""
    appointment = lock_appointment(appointment)
    if appointment.status in (Status.BOOKED, Status.CONFIRMED):
        appointment = check_in(appointment, by=by)
    return record_status(appointment, Status.IN_SESSION, by=by)


@transaction.atomic
def complete(appointment: Appointment, *, by: User) -> Appointment:
    """Treatment is over."""
    return record_status(lock_appointment(appointment), Status.COMPLETED, by=by)


def record_status(
    appointment: Appointment, status: str, *, by: User | None, **facts: Any
) -> Appointment:
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


def move_to(appointment: Appointment, status: str, *, save: bool = True, **facts: Any) -> None:
    """The one writer of an appointment's status; its row is locked by the caller."""
    if status not in Appointment.ALLOWED[Status(appointment.status)]:
        raise WrongStatus(appointment, status)
    appointment.status = status
    appointment.version += 1
    for name, value in facts.items():
        setattr(appointment, name, value)
    if save:
        appointment.save(update_fields=["status", "version", *facts])


def day_of(appointment: Appointment) -> dt.date:
    return appointment.starts_at.astimezone(appointment.clinic.zone).date()


def span_of(starts_at: dt.datetime, minutes: int) -> Span:
    # To UTC before adding: on the wall clock an hour may be missing or come twice.
    start = starts_at.astimezone(dt.UTC)
    return Span(start, start + dt.timedelta(minutes=minutes))
