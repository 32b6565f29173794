"""What a good-faith estimate says: the planned visits priced, and the words the rule wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from billing.models import EstimateRule
from billing.policies import fees_on
from billing.rules.words import spoken
from billing.superbill_content import patient_of, practice_of, stamp, therapist_of
from documentation.models import Episode, ProcedureCode
from people.models import Clinic, Patient
from scheduling.models import Appointment, AppointmentType
from web.templatetags.pt import money

Content = dict[str, Any]
Service = tuple[str, int]  # a code and its units


@dataclass(frozen=True)
class Plan:
    """What is expected: booked visits, some more of one type, and what each visit of a type is."""

    primary: str
    appointments: Sequence[Appointment]
    services: dict[int, tuple[Service, ...]]  # by type
    episode: Episode | None = None
    more_visits: int = 0
    more_type: AppointmentType | None = None
    more_until: dt.date | None = None
    separate: str = ""


@dataclass(frozen=True)
class Group:
    """Visits of one type at the same prices."""

    type: AppointmentType
    services: tuple[Service, ...]
    fees: tuple[Decimal, ...]
    days: list[dt.date] = field(default_factory=list)
    more: int = 0
    until: dt.date | None = None

    @property
    def visits(self) -> int:
        return len(self.days) + self.more

    @property
    def each(self) -> Decimal:
        return sum(
            (fee * units for (_, units), fee in zip(self.services, self.fees, strict=True)),
            Decimal(0),
        )

    @property
    def total(self) -> Decimal:
        return self.each * self.visits


@dataclass(frozen=True)
class Costed:
    groups: list[Group]
    clinic: Clinic | None = None  # where the first booked visit is

    @property
    def visits(self) -> int:
        return sum(group.visits for group in self.groups)

    @property
    def total(self) -> Decimal:
        return sum((group.total for group in self.groups), Decimal(0))

    @property
    def _days(self) -> list[dt.date]:
        days = [day for group in self.groups for day in group.days]
        return sorted([*days, *(group.until for group in self.groups if group.until)])

    @property
    def first_day(self) -> dt.date | None:
        return self._days[0] if self._days else None

    @property
    def last_day(self) -> dt.date | None:
        return self._days[-1] if self._days else None


class NoPrice(LookupError):
    """A code that is on no list of the practice's own on the day of a visit."""

    def __init__(self, code: str, day: dt.date) -> None:
        super().__init__(f"{code} has no price on {spoken(day)}.")
        self.code = code


def cost(plan: Plan) -> Costed:
    """The planned visits, priced by the practice's own list of each visit's day. Raises NoPrice."""
    lists: dict[dt.date, dict[str, Decimal]] = {}
    groups: dict[tuple[Any, ...], Group] = {}

    def prices(services: tuple[Service, ...], day: dt.date) -> tuple[Decimal, ...]:
        if day not in lists:
            lists[day] = fees_on(None, day)
        for code, _ in services:
            if code not in lists[day]:
                raise NoPrice(code, day)
        return tuple(lists[day][code] for code, _ in services)

    booked = sorted(plan.appointments, key=lambda visit: (visit.starts_at, visit.pk))
    for visit in booked:
        day = visit.starts_at.astimezone(visit.clinic.zone).date()
        services = plan.services[visit.type_id]
        fees = prices(services, day)
        group = groups.setdefault((visit.type_id, fees), Group(visit.type, services, fees))
        group.days.append(day)
    found = list(groups.values())
    if plan.more_visits and plan.more_type is not None and plan.more_until is not None:
        services = plan.services[plan.more_type.pk]
        fees = prices(services, plan.more_until)
        found.append(
            Group(plan.more_type, services, fees, more=plan.more_visits, until=plan.more_until)
        )
    return Costed(found, clinic=booked[0].clinic if booked else None)


def gather(
    patient: Patient,
    plan: Plan,
    costed: Costed,
    *,
    rule: EstimateRule,
    issued_at: dt.datetime,
    version: int,
) -> Content:
    """All that the paper shows, and what the form for a newer one begins with."""
    clinic = costed.clinic or patient.clinic
    labels = dict(ProcedureCode.objects.values_list("code", "label"))
    places = {visit.clinic.pk: visit.clinic for visit in plan.appointments} or {clinic.pk: clinic}
    therapists = {visit.therapist_id: visit.therapist for visit in plan.appointments}
    if not therapists and plan.episode is not None:
        therapists = {plan.episode.therapist_id: plan.episode.therapist}
    return {
        "version": version,
        "practice": practice_of(clinic),
        "patient": patient_of(patient),
        "primary": plan.primary,
        "first_day": spoken(costed.first_day) if costed.first_day else "",
        "last_day": spoken(costed.last_day) if costed.last_day else "",
        "diagnoses": [
            [row.code, row.label] for row in (plan.episode.diagnoses.all() if plan.episode else ())
        ],
        "places": [
            {"name": place.name, "address": place.one_line, "npi": place.npi, "state": place.state}
            for place in places.values()
        ],
        "therapists": [therapist_of(each) for each in therapists.values()],
        "groups": [_group(group, labels) for group in costed.groups],
        "visits": costed.visits,
        "total": money(costed.total),
        "separate": [line.strip() for line in plan.separate.splitlines() if line.strip()],
        "rule": {
            "dispute_over": money(rule.dispute_over),
            "dispute_days": rule.dispute_days,
            "dispute_where": rule.dispute_where,
            "most_months": rule.most_months,
            "source": rule.source,
        },
        "issued_on": spoken(issued_at.astimezone(clinic.zone).date()),
        "created": stamp(issued_at),
        "asked": {
            "episode": plan.episode.pk if plan.episode else None,
            "services": {str(kind): list(each) for kind, each in plan.services.items()},
            "more_visits": plan.more_visits,
            "more_type": plan.more_type.pk if plan.more_type else None,
            "more_until": plan.more_until.isoformat() if plan.more_until else None,
        },
    }


def _group(group: Group, labels: dict[str, str]) -> Content:
    return {
        "title": group.type.name,
        "days": [spoken(day) for day in group.days],
        "more": group.more,
        "until": spoken(group.until) if group.until else "",
        "visits": group.visits,
        "services": [
            {
                "code": code,
                "label": labels[code],
                "units": units,
                "fee": money(fee),
                "each": money(fee * units),
                "all": money(fee * units * group.visits),
            }
            for (code, units), fee in zip(group.services, group.fees, strict=True)
        ],
        "each": money(group.each),
        "total": money(group.total),
    }
