"""What the Month shows: how many appointments each day has, how full it is, and what closes it."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from people.models import Clinic, Therapist, User
from scheduling import availability, slots
from scheduling.board import why
from scheduling.day import today_at
from scheduling.load import Load, load_of
from scheduling.models import Appointment, Closure
from scheduling.slots import Span


@dataclass(frozen=True)
class MonthDay:
    date: dt.date
    is_of_month: bool
    is_today: bool
    appointments: int = 0
    load: Load = field(default_factory=Load)
    shut: Sequence[str] = ()

    @property
    def free_hours(self) -> str:
        """Hours still free, to the half: 6 or 6.5."""
        return f"{self.load.free // 30 / 2:g}"


@dataclass(frozen=True)
class MonthSheet:
    """A clinic's month, or one therapist's in it, seen by one person."""

    clinic: Clinic
    therapist: Therapist | None
    first: dt.date
    weeks: list[list[MonthDay]]

    @property
    def days(self) -> list[MonthDay]:
        return [day for week in self.weeks for day in week if day.is_of_month]

    @property
    def appointments(self) -> int:
        return sum(day.appointments for day in self.days)

    @property
    def load(self) -> Load:
        return sum((day.load for day in self.days), Load())

    @property
    def free_hours(self) -> int:
        return self.load.free // 60

    @property
    def is_now(self) -> bool:
        return today_at(self.clinic).replace(day=1) == self.first


def dates_of(first: dt.date) -> list[list[dt.date]]:
    """The month's weeks from Sunday to Saturday, with the days of its neighbours at the edges."""
    return calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)


def lay_out(
    *, clinic: Clinic, date: dt.date, user: User, therapist: Therapist | None = None
) -> MonthSheet:
    """The month's days. The number of queries grows with neither days, therapists nor rows."""
    first = date.replace(day=1)
    dates = dates_of(first)
    span = Span(
        slots.whole_day(dates[0][0], clinic.zone).starts_at,
        slots.whole_day(dates[-1][-1], clinic.zone).ends_at,
    )
    rows = (
        Appointment.objects.visible_to(user)
        .live()
        .overlapping(span.starts_at, span.ends_at)
        .filter(clinic=clinic)
    )
    if therapist is not None:
        rows = rows.filter(therapist=therapist)
    booked: dict[dt.date, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for pk, starts_at, ends_at in rows.values_list("therapist", "starts_at", "ends_at"):
        day = starts_at.astimezone(clinic.zone).date()
        booked[day][pk].append(Span(starts_at, ends_at))
    everyone = [therapist] if therapist else list(availability.therapists_of(clinic))
    hours = availability.weekly_hours(clinic, everyone)
    closures = availability.closures_for(
        clinic, everyone, starts_at=span.starts_at, ends_at=span.ends_at
    )
    today = today_at(clinic)

    def lay_day(date: dt.date) -> MonthDay:
        whole = slots.whole_day(date, clinic.zone)
        shut = [row for row in closures if availability.span_of(row).overlaps(whole)]
        load = Load()
        for person in everyone:
            working = slots.working_blocks(
                date,
                zone=clinic.zone,
                hours=hours[person.pk],
                closures=[
                    availability.span_of(row)
                    for row in shut
                    if row.therapist_id in (None, person.pk)
                ],
            )
            load += load_of(working, booked[date][person.pk])
        return MonthDay(
            date=date,
            is_of_month=date.month == first.month,
            is_today=date == today,
            appointments=sum(len(spans) for spans in booked[date].values()),
            load=load,
            shut=_words(shut, everyone, is_one=therapist is not None),
        )

    return MonthSheet(
        clinic=clinic,
        therapist=therapist,
        first=first,
        weeks=[[lay_day(date) for date in week] for week in dates],
    )


def _words(shut: Sequence[Closure], everyone: Sequence[Therapist], *, is_one: bool) -> list[str]:
    """What closes a day: the clinic's closures by name, and who is away."""
    names = {person.pk: person.user.last_name for person in everyone}
    told: dict[str, None] = {}
    for row in shut:
        if row.clinic_id or is_one:
            told[why(row)] = None
        elif row.therapist_id in names:
            told[f"{names[row.therapist_id]} away"] = None
    return list(told)


def month_before(first: dt.date) -> dt.date:
    return (first - dt.timedelta(days=1)).replace(day=1)


def month_after(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)
