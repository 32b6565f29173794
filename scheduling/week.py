"""What the Week shows: one therapist's days, in every clinic where they work and you do too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from people.models import Clinic, Therapist, User
from scheduling import availability, board, slots
from scheduling.board import Column
from scheduling.day import today_at
from scheduling.models import Appointment, AppointmentType, Closure, WeeklyHours
from scheduling.slots import Hours, Span

Status = Appointment.Status
DAYS = 7
WEEKDAYS = 5  # Monday to Friday stand there always, the weekend when it is worked


@dataclass(frozen=True)
class WeekSheet:
    """A therapist's week, seen by one person."""

    therapist: Therapist
    monday: dt.date
    clinic: Clinic  # where a click into an hour nobody works in would book
    columns: list[Column]
    days: list[tuple[dt.date, list[Appointment]]]  # live ones and no-shows
    cancelled: int
    types: Collection[AppointmentType]

    @property
    def last(self) -> dt.date:
        return self.columns[-1].date

    @property
    def title(self) -> str:
        """November 23 – 27, or November 30 – December 4."""
        end = f"{self.last:%B} {self.last.day}"
        if self.last.month == self.monday.month:
            end = str(self.last.day)
        return f"{self.monday:%B} {self.monday.day} – {end}"

    @property
    def appointments(self) -> list[Appointment]:
        return [row for _, rows in self.days for row in rows]

    @property
    def is_now(self) -> bool:
        return self.monday <= today_at(self.clinic) < self.monday + dt.timedelta(days=DAYS)

    @property
    def today(self) -> dt.date:
        return today_at(self.clinic)

    def shows(self, row: Appointment) -> bool:
        return not self.types or row.type_id in {chosen.pk for chosen in self.types}

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The week as a table: its days, what is booked on each, and what closes them."""
        return [
            {
                "date": date,
                "column": column,
                "rows": [row for row in rows if self.shows(row)],
                "shut": sorted({shade.reason for shade in column.shut}),
            }
            for column, (date, rows) in zip(self.columns, self.days, strict=True)
        ]

    @property
    def counts(self) -> dict[str, Any]:
        shown = [row for row in self.appointments if self.shows(row)]
        return {
            "appointments": len([row for row in shown if row.status != Status.NO_SHOW]),
            "hours": f"{sum(row.minutes for row in shown if row.is_live) / 60:.1f}",
        }


def monday_of(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def span_of(monday: dt.date, clinic: Clinic) -> Span:
    """The week's seven days on the clinic's wall clock."""
    return Span(
        slots.instant(monday, slots.MIDNIGHT, clinic.zone),
        slots.instant(monday + dt.timedelta(days=DAYS), slots.MIDNIGHT, clinic.zone),
    )


def lay_out(
    *,
    therapist: Therapist,
    date: dt.date,
    clinic: Clinic,
    user: User,
    types: Collection[AppointmentType] = (),
) -> WeekSheet:
    """The week's days. The number of queries grows neither with appointments nor with clinics."""
    monday = monday_of(date)
    span = span_of(monday, clinic)
    clinics = {row.pk: row for row in user.visible_clinics().filter(is_active=True)}
    clinics.setdefault(clinic.pk, clinic)
    # Another clinic's midnight may be hours away; its days are cut on its own wall clock below.
    margin = dt.timedelta(hours=14)
    rows = (
        Appointment.objects.visible_to(user)
        .filter(therapist=therapist)
        .overlapping(span.starts_at - margin, span.ends_at + margin)
        .for_day_sheet()
    )
    by_day: dict[dt.date, list[Appointment]] = {}
    for row in rows:
        by_day.setdefault(row.starts_at.astimezone(row.clinic.zone).date(), []).append(row)
    closures = Closure.objects.overlapping(span.starts_at - margin, span.ends_at + margin).filter(
        Q(clinic__in=clinics) | Q(therapist=therapist)
    )
    hours = _hours(therapist, clinics)
    columns = [
        _column(date, therapist, clinic, clinics, hours, list(closures), by_day.get(date, []))
        for date in (monday + dt.timedelta(days=offset) for offset in range(DAYS))
    ]
    shown = [
        column
        for offset, column in enumerate(columns)
        if offset < WEEKDAYS or column.working or by_day.get(column.date)
    ]
    return WeekSheet(
        therapist=therapist,
        monday=monday,
        clinic=clinic,
        columns=shown,
        days=[
            (
                column.date,
                [row for row in by_day.get(column.date, []) if row.status != Status.CANCELLED],
            )
            for column in shown
        ],
        cancelled=sum(
            row.status == Status.CANCELLED
            for column in shown
            for row in by_day.get(column.date, [])
        ),
        types=types,
    )


def _hours(therapist: Therapist, clinics: dict[int, Clinic]) -> dict[int, list[Hours]]:
    """The therapist's working hours by clinic; without any, while each clinic is open."""
    rows = list(WeeklyHours.objects.filter(therapist=therapist))
    if not rows:
        return {
            clinic.pk: [
                Hours(weekday, clinic.opens_at, clinic.closes_at)
                for weekday in availability.WORKDAYS
            ]
            for clinic in clinics.values()
        }
    hours: dict[int, list[Hours]] = {pk: [] for pk in clinics}
    for row in rows:
        if row.clinic_id in hours:
            hours[row.clinic_id].append(Hours(row.weekday, row.starts_at, row.ends_at))
    return hours


def _column(
    date: dt.date,
    therapist: Therapist,
    clinic: Clinic,
    clinics: dict[int, Clinic],
    hours: dict[int, list[Hours]],
    closures: list[Closure],
    rows: list[Appointment],
) -> Column:
    at_work = {
        pk: slots.working_blocks(date, zone=place.zone, hours=hours[pk])
        for pk, place in clinics.items()
    }
    whole = slots.whole_day(date, clinic.zone)
    # A clinic's holiday closes the day of whoever works there that day.
    shut = board.shades_of(
        row
        for row in closures
        if availability.span_of(row).overlaps(whole)
        and (row.therapist_id or at_work.get(row.clinic_id or 0))
    )
    blocks = [
        (block, clinics[pk])
        for pk, worked in at_work.items()
        for block in slots.without(worked, [shade.span for shade in shut])
    ]
    blocks.sort(key=lambda pair: pair[0])
    names = dict.fromkeys(place.name for _, place in blocks)
    return Column(
        key=date.isoformat(),
        name=f"{date:%a}, {date:%b} {date.day}",
        more=" / ".join(names) if len(clinics) > 1 else "",
        clinic=blocks[0][1] if blocks else clinic,
        date=date,
        working=[block for block, _ in blocks],
        shut=shut,
        idle="away" if any(at_work.values()) else "does not work",
        where={"date": date.isoformat()},
        clinics=blocks,
        kept_free=board.kept_free(rows),
    )


def for_calendar(sheet: WeekSheet, *, may_book: bool) -> dict[str, Any]:
    """The week as the calendar in the browser takes it, all its days drawn on its Monday."""
    many = len({row.clinic_id for row in sheet.appointments}) > 1
    cards = [
        board.card_of(
            members,
            column=date.isoformat(),
            under=" · ".join(filter(None, _under(row, is_one_of_many=many))),
            drawn_on=sheet.monday,
            date=date,
            faded=not sheet.shows(row),
            may_book=may_book,
        )
        for date, rows in sheet.days
        for row, members in board.blocks(rows)
    ]
    places = {row.clinic for row in sheet.appointments} | {sheet.clinic}
    return board.tell(
        columns=sheet.columns,
        cards=cards,
        drawn_on=sheet.monday,
        clinic=sheet.clinic,
        hours=board.shown_hours(sheet.columns, places, sheet.appointments),
        today=sheet.today,
        more={
            "by": "date",
            "step": DAYS,
            "mayBook": may_book,
            "fixed": {"therapist": sheet.therapist.pk},
        },
    )


def _under(row: Appointment, *, is_one_of_many: bool) -> tuple[str, ...]:
    room = row.room.name if row.room else ""
    return (row.type.name, row.clinic.name if is_one_of_many else "", room)
