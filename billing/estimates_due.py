"""Which self-pay patients still need an estimate, or the one made for them, and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from billing.estimates import NoRule, rule_on
from billing.models import Estimate, EstimateRequest
from billing.rules.estimates import LeadTimes, Planned, Promise, due_for, due_when_asked, uncovered
from people.models import Coverage, Patient, User
from scheduling.models import Appointment


@dataclass(frozen=True)
class Due:
    """One patient: by when, why, and whether it is to be made or only to be given."""

    patient: Patient
    on: dt.date
    today: dt.date
    visits: int = 0
    first_on: dt.date | None = None
    asked_on: dt.date | None = None
    estimate: Estimate | None = None  # made, not given yet

    @property
    def is_late(self) -> bool:
        return self.on < self.today

    @property
    def is_today(self) -> bool:
        return self.on == self.today


def due_list(user: User) -> list[Due]:
    """The most urgent first. Visits booked too near to their day for an estimate stay out."""
    try:
        times = rule_on(timezone.localdate()).times
    except NoRule:
        return []
    booked = _self_pay_visits(user)
    asked = list(
        EstimateRequest.objects.visible_to(user)
        .filter(Q(answered_by=None) | Q(answered_by__given_at=None))
        .select_related("patient__clinic", "answered_by")
        .defer("answered_by__file_bytes", "answered_by__content")
    )
    patients = {visit.patient_id: visit.patient for visit in booked}
    patients |= {row.patient_id: row.patient for row in asked}
    issued: dict[int, list[Estimate]] = {}
    for estimate in (
        Estimate.objects.filter(patient__in=list(patients), replaced_by=None)
        .prefetch_related("appointments")
        .defer("file_bytes", "content")
        .order_by("pk")
    ):
        issued.setdefault(estimate.patient_id, []).append(estimate)
    found = []
    for pk, patient in patients.items():
        due = _due_of(
            patient,
            [visit for visit in booked if visit.patient_id == pk],
            [row for row in asked if row.patient_id == pk],
            issued.get(pk, []),
            times,
        )
        if due is not None:
            found.append(due)
    return sorted(found, key=lambda due: (due.on, due.patient.list_name, due.patient.pk))


def _self_pay_visits(user: User) -> list[Appointment]:
    """Booked visits to come on whose day no card pays first."""
    # Whoever has a card without an end is out at once; the others' cards are looked at day by day.
    endless = Coverage.objects.filter(
        Q(patient=OuterRef("patient")) | Q(patient__merged_into=OuterRef("patient")),
        priority=Coverage.Priority.PRIMARY,
        starts_on__lte=timezone.localdate(),
        ends_on=None,
    )
    booked = list(
        Appointment.objects.visible_to(user)
        .filter(
            ~Exists(endless),
            status__in=(Appointment.Status.BOOKED, Appointment.Status.CONFIRMED),
            starts_at__gt=timezone.now(),
            patient__removed_at=None,
        )
        .select_related("patient__clinic", "clinic")
        .order_by("starts_at", "pk")
    )
    people = {visit.patient_id for visit in booked}
    cards: dict[int, list[Coverage]] = {}
    for card in Coverage.objects.filter(
        Q(patient__in=people) | Q(patient__merged_into__in=people),
        priority=Coverage.Priority.PRIMARY,
    ).select_related("patient"):
        cards.setdefault(card.patient.merged_into_id or card.patient_id, []).append(card)
    return [
        visit
        for visit in booked
        if not any(card.is_active_on(_day(visit)) for card in cards.get(visit.patient_id, ()))
    ]


def _due_of(
    patient: Patient,
    booked: list[Appointment],
    asked: list[EstimateRequest],
    issued: list[Estimate],
    times: LeadTimes,
) -> Due | None:
    planned = [_planned(visit) for visit in booked]
    given = [estimate for estimate in issued if estimate.given_at is not None]
    waiting = [estimate for estimate in issued if estimate.given_at is None]
    needed = _in_time(uncovered(planned, map(_promise, given)), times)
    unmade = _in_time(uncovered([visit for visit, _ in needed], map(_promise, waiting)), times)
    open_requests = [row for row in asked if row.answered_by is None]
    wanted = unmade or needed
    requests = open_requests or [row for row in asked if row.answered_by is not None]
    days = [day for _, day in needed] + [due_when_asked(row.asked_on, times) for row in asked]
    if not days:
        return None
    to_make = bool(unmade or open_requests)
    return Due(
        patient=patient,
        on=min(days),
        today=timezone.localdate(timezone=patient.clinic.zone),
        visits=len(wanted),
        first_on=min((visit.on for visit, _ in wanted), default=None),
        asked_on=min((row.asked_on for row in requests), default=None),
        estimate=None if to_make else _to_give(waiting, asked),
    )


def _to_give(waiting: list[Estimate], asked: list[EstimateRequest]) -> Estimate | None:
    answers = [row.answered_by for row in asked if row.answered_by is not None]
    return next(iter([*waiting, *answers]), None)


def _in_time(visits: Iterable[Planned], times: LeadTimes) -> list[tuple[Planned, dt.date]]:
    """The visits that were booked early enough for an estimate, each with the last day for it."""
    return [(visit, day) for visit in visits if (day := due_for(visit, times)) is not None]


def _planned(visit: Appointment) -> Planned:
    return Planned(
        id=visit.pk,
        booked_on=visit.booked_at.astimezone(visit.clinic.zone).date(),
        on=_day(visit),
        kind=visit.type_id,
    )


def _promise(estimate: Estimate) -> Promise:
    return Promise(
        visits=frozenset(visit.pk for visit in estimate.appointments.all()),
        more=estimate.more_visits,
        kind=estimate.more_type_id or 0,
        until=estimate.last_day,
    )


def _day(visit: Appointment) -> dt.date:
    return visit.starts_at.astimezone(visit.clinic.zone).date()
