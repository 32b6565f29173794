"""Book, change and call off whole series: all visits in one transaction, or none.

Whoever does so first locks everybody and everything the visits need, in the order of `locking`,
and then lets `booking` do each visit; so a series waits its turn once, and never meets halfway
with another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import Clinic, Patient, Therapist, User
from scheduling import booking, budget, locking
from scheduling.answers import REFUSALS, Refusal
from scheduling.facts import SeriesRefused
from scheduling.models import Appointment, AppointmentType, Equipment, Room, Series


@dataclass(frozen=True)
class Visit:
    """One visit as it was chosen. `appointment` and `version` are those of the visit that is to
    be moved there; `anyway` and the reason answer what was asked about this one."""

    position: int
    starts_at: dt.datetime
    therapist: Therapist
    room: Room | None = None
    equipment: tuple[Equipment, ...] = ()
    anyway: bool = False
    over_budget_reason: str = ""
    appointment: Appointment | None = None
    version: int = 0

    def lies_on(self, other: Appointment, minutes: int) -> bool:
        """Whether the visit, moved, would touch where the other one is now."""
        ends_at = self.starts_at + dt.timedelta(minutes=minutes)
        return self.starts_at < other.ends_at and other.starts_at < ends_at


@transaction.atomic
def book(
    *,
    patient: Patient,
    clinic: Clinic,
    appointment_type: AppointmentType,
    minutes: int,
    rule: dict[str, Any],
    visits: Sequence[Visit],
    by: User,
    rest: bool = False,
) -> Series:
    """All the visits as one series. Raises `SeriesRefused` with what is in the way of which, and
    then nothing is booked; with `rest` those that can be are, if there are any."""
    _lock(patient, visits)
    series = Series.objects.create(
        patient=patient,
        clinic=clinic,
        type=appointment_type,
        rule=rule,
        visits=len(visits),
        made_by=by,
    )
    booked: list[Appointment] = []

    def book_one(visit: Visit) -> None:
        booked.append(
            booking.book(
                patient=patient,
                therapist=visit.therapist,
                clinic=clinic,
                appointment_type=appointment_type,
                starts_at=visit.starts_at,
                minutes=minutes,
                room=visit.room,
                equipment=visit.equipment,
                anyway=visit.anyway,
                over_budget_reason=visit.over_budget_reason,
                series=series,
                series_position=len(booked) + 1,
                by=by,
            )
        )

    _each(sorted(visits, key=lambda visit: visit.starts_at), book_one, rest=rest)
    if len(booked) != series.visits:
        series.visits = len(booked)
        series.save(update_fields=["visits"])
    audit.record(by=by, action="series.booked", patient=patient, target=series, visits=len(booked))
    return series


@transaction.atomic
def move(*, series: Series, visits: Sequence[Visit], by: User, rest: bool = False) -> int:
    """Move these visits of the series to where they were chosen to be; how many were moved.
    Refused as `book` refuses; a visit that somebody changed meanwhile is refused as `Stale`."""
    _lock(series.patient, visits)
    moved: list[int] = []

    def move_one(visit: Visit) -> None:
        assert visit.appointment is not None  # only visits that are there can be moved
        booking.move(
            appointment=visit.appointment,
            version=visit.version,
            starts_at=visit.starts_at,
            therapist=visit.therapist,
            room=visit.room,
            equipment=visit.equipment,
            anyway=visit.anyway,
            over_budget_reason=visit.over_budget_reason,
            with_series=True,
            by=by,
        )
        moved.append(visit.position)

    _each(in_free_order(visits), move_one, rest=rest)
    audit.record(
        by=by,
        action="series.moved",
        patient=series.patient,
        target=series,
        visits=len(moved),
    )
    return len(moved)


@transaction.atomic
def cancel(*, series: Series, appointments: Collection[Appointment], reason: str, by: User) -> int:
    """Call these visits of the series off; how many were. What was cancelled meanwhile stays so;
    a visit whose treatment has begun refuses them all."""
    problems: dict[int, Refusal] = {}
    count = 0
    for row in sorted(appointments, key=lambda row: row.pk):
        try:
            booking.cancel(row, reason=reason, by=by)
        except REFUSALS as refusal:
            problems[row.series_position or 0] = refusal
        else:
            count += 1
    if problems:
        raise SeriesRefused(problems)
    audit.record(
        by=by,
        action="series.cancelled",
        patient=series.patient,
        target=series,
        visits=count,
    )
    return count


def changeable(series: Series, *, since: int = 1) -> list[Appointment]:
    """The visits from a place in the series on that a change of it reaches: still to come, not
    begun, and never moved on their own."""
    return list(
        series.appointments.for_day_sheet()
        .filter(
            series_position__gte=since,
            starts_at__gt=timezone.now(),
            status__in=(Appointment.Status.BOOKED, Appointment.Status.CONFIRMED),
            detached_from_series_at=None,
        )
        .order_by("series_position")
    )


def in_free_order(visits: Sequence[Visit]) -> list[Visit]:
    """The visits in an order in which each finds its place already left by the others: a series
    moved two days on begins with its last visit."""
    waiting = list(visits)
    ordered: list[Visit] = []
    while waiting:
        free = next(
            (
                visit
                for visit in waiting
                if not any(
                    visit.lies_on(other.appointment, visit.appointment.minutes)
                    for other in waiting
                    if other is not visit
                    and other.appointment is not None
                    and visit.appointment is not None
                )
            ),
            waiting[0],
        )
        waiting.remove(free)
        ordered.append(free)
    return ordered


def _each(visits: Iterable[Visit], act: Callable[[Visit], None], *, rest: bool) -> None:
    """Do each visit; refusals are collected, and undo them all unless the `rest` is wanted."""
    problems: dict[int, Refusal] = {}
    done = 0
    for visit in visits:
        try:
            act(visit)
        except REFUSALS as refusal:
            problems[visit.position] = refusal
        else:
            done += 1
    if problems and not (rest and done):
        raise SeriesRefused(problems)


def _lock(patient: Patient, visits: Sequence[Visit]) -> None:
    moved = [visit.appointment for visit in visits if visit.appointment is not None]
    therapists = [visit.therapist for visit in visits] + [row.therapist for row in moved]
    if not therapists:
        return
    locking.lock_therapists(*therapists)
    locking.lock_things(
        rooms=[visit.room for visit in visits],
        equipment=[piece for visit in visits for piece in visit.equipment],
        patients=[patient],
    )
    budget.lock(patient)
