"""What the Day shows: who works, what is booked, when nobody is there, on the clinic's clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from people.models import Clinic, Therapist, User
from scheduling import availability, slots
from scheduling.models import Appointment, AppointmentType
from scheduling.slots import Span
from web.templatetags.pt import clock

Status = Appointment.Status


@dataclass(frozen=True)
class Column:
    """A therapist's column: when they work, which may be never."""

    therapist: Therapist
    working: list[Span]

    def hours(self, clinic: Clinic) -> str:
        """8–12, 1–5:30"""
        zone = clinic.zone
        return ", ".join(
            availability.in_short(block.starts_at.astimezone(zone), block.ends_at.astimezone(zone))
            for block in self.working
        )


@dataclass(frozen=True)
class DaySheet:
    """One clinic's day, seen by one person."""

    clinic: Clinic
    date: dt.date
    columns: list[Column]
    appointments: list[Appointment]  # live ones and no-shows, in order of time
    cancelled: list[Appointment]
    only_type: AppointmentType | None

    @property
    def is_today(self) -> bool:
        return self.date == today_at(self.clinic)

    @property
    def has_dawned(self) -> bool:
        """Whether patients of this day may be checked in: today's, and days before."""
        return self.date <= today_at(self.clinic)

    @property
    def listed(self) -> list[Appointment]:
        """What the list shows: only the chosen type, when one is chosen."""
        if self.only_type is None:
            return self.appointments
        return [row for row in self.appointments if row.type_id == self.only_type.pk]

    @property
    def counts(self) -> dict[str, int]:
        """How many are booked, here, done: what the desk asks at a glance."""
        statuses = [row.status for row in self.listed]
        return {
            "appointments": len([s for s in statuses if s != Status.NO_SHOW]),
            "arrived": statuses.count(Status.ARRIVED) + statuses.count(Status.IN_SESSION),
            "completed": statuses.count(Status.COMPLETED),
            "no_shows": statuses.count(Status.NO_SHOW),
        }


def today_at(clinic: Clinic) -> dt.date:
    return timezone.now().astimezone(clinic.zone).date()


def lay_out(
    *,
    clinic: Clinic,
    date: dt.date,
    user: User,
    only_therapist: Therapist | None = None,
    only_type: AppointmentType | None = None,
) -> DaySheet:
    """The day's columns and appointments. The number of queries does not grow with either."""
    whole = slots.whole_day(date, clinic.zone)
    rows = (
        Appointment.objects.visible_to(user)
        .overlapping(whole.starts_at, whole.ends_at)
        .filter(clinic=clinic)
        .for_day_sheet()
    )
    if only_therapist is not None:
        rows = rows.filter(therapist=only_therapist)
    appointments = list(rows)
    therapists = {row.pk: row for row in availability.therapists_of(clinic)}
    booked = {row.therapist_id: row.therapist for row in appointments if row.is_live}
    everyone = booked | therapists
    if only_therapist is not None:
        everyone = {only_therapist.pk: only_therapist}
    working = availability.blocks_on(date, clinic=clinic, therapists=list(everyone.values()))
    columns = [
        Column(therapist, working[pk])
        for pk, therapist in everyone.items()
        if working[pk] or pk in booked or only_therapist is not None
    ]
    columns.sort(key=lambda column: (column.therapist.user.last_name, column.therapist.pk))
    return DaySheet(
        clinic=clinic,
        date=date,
        columns=columns,
        appointments=[row for row in appointments if row.status != Status.CANCELLED],
        cancelled=[row for row in appointments if row.status == Status.CANCELLED],
        only_type=only_type,
    )


def for_calendar(sheet: DaySheet, *, may_book: bool) -> dict[str, Any]:
    """The day as the calendar in the browser takes it: wall-clock times without an offset, so
    that a browser in another time zone draws the clinic's day all the same."""
    zone = sheet.clinic.zone
    first, last = _shown_hours(sheet)
    shown = _shown(sheet, first, last)
    now = timezone.now().astimezone(zone)
    return {
        "date": sheet.date.isoformat(),
        "clinic": sheet.clinic.pk,
        "offset": f"{now:%z}"[:3] + ":" + f"{now:%z}"[3:],
        "scrollTo": _scroll_to(sheet, first),
        "from": f"{first:02}:00:00",
        "to": f"{last:02}:00:00",
        "mayBook": may_book,
        "columns": [
            {
                "id": column.therapist.pk,
                "name": column.therapist.user.get_full_name(),
                "credential": column.therapist.credential,
                "hours": column.hours(sheet.clinic) or "does not work this day",
            }
            for column in sheet.columns
        ],
        "appointments": [_card(row, sheet, may_book=may_book) for row in sheet.appointments],
        "closed": [
            {
                "therapist": column.therapist.pk,
                "start": _wall(hole.starts_at, zone),
                "end": _wall(hole.ends_at, zone),
            }
            for column in sheet.columns
            for hole in slots.without([shown], column.working)
        ],
    }


def _wall(moment: dt.datetime, zone: Any) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def _card(row: Appointment, sheet: DaySheet, *, may_book: bool) -> dict[str, Any]:
    zone = sheet.clinic.zone
    status = Status(row.status)
    return {
        "id": row.pk,
        "version": row.version,
        "therapist": row.therapist_id,
        "room": row.room_id,
        "start": _wall(row.starts_at, zone),
        "end": _wall(row.ends_at, zone),
        "from": clock(row.starts_at.astimezone(zone)),
        "to": clock(row.ends_at.astimezone(zone)),
        "minutes": row.minutes,
        "patient": row.patient.list_name,
        "type": row.type.name,
        "tint": row.type.tint,
        "place": row.room.name if row.room else "",
        "status": status.value,
        "statusLabel": status.label,
        "faded": sheet.only_type is not None and row.type_id != sheet.only_type.pk,
        "canMove": may_book and status in Appointment.MOVABLE,
        "url": row.get_absolute_url(),
    }


def _shown_hours(sheet: DaySheet) -> tuple[int, int]:
    """From which full hour to which the columns run: the clinic's, widened by what lies outside."""
    zone = sheet.clinic.zone
    opens, closes = sheet.clinic.opens_at, sheet.clinic.closes_at
    first, last = opens.hour, closes.hour + (closes.minute > 0)
    spans = [availability.span_of(row) for row in sheet.appointments]
    spans += [block for column in sheet.columns for block in column.working]
    for span in spans:
        start, end = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        first = min(first, start.hour if start.date() == sheet.date else 0)
        last = max(last, end.hour + (end.minute > 0) if end.date() == sheet.date else 24)
    return first, last


def _scroll_to(sheet: DaySheet, first: int) -> str:
    """Where the columns open: today an hour before now, else at their top."""
    if not sheet.is_today:
        return f"{first:02}:00:00"
    now = timezone.now().astimezone(sheet.clinic.zone)
    return f"{max(first, now.hour - 1):02}:00:00"


def _shown(sheet: DaySheet, first: int, last: int) -> Span:
    midnight = slots.whole_day(sheet.date, sheet.clinic.zone)
    start = slots.instant(sheet.date, dt.time(first), sheet.clinic.zone)
    if last == 24:
        return Span(start, midnight.ends_at)
    return Span(start, slots.instant(sheet.date, dt.time(last), sheet.clinic.zone, fold=1))
