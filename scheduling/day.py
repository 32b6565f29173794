"""What the Day shows: who works or which room is used, what is booked, when nobody is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from people.models import Clinic, Therapist, User
from scheduling import availability, board, slots
from scheduling.board import ROOMS_LAST, Column
from scheduling.models import Appointment, AppointmentType, Closure, Room
from scheduling.slots import Span
from web.templatetags.pt import clock

Status = Appointment.Status
BY_THERAPIST, BY_ROOM = "therapist", "room"


@dataclass(frozen=True)
class Filters:
    """What somebody wants to see of a day; nothing chosen is everything."""

    therapist: Therapist | None = None
    discipline: str = ""
    types: Collection[AppointmentType] = field(default_factory=tuple)

    def shows(self, row: Appointment) -> bool:
        """Whether the type is one of those chosen: the others fade, and leave the list."""
        return not self.types or row.type_id in {chosen.pk for chosen in self.types}

    def wants(self, therapist: Therapist) -> bool:
        if self.therapist is not None:
            return therapist.pk == self.therapist.pk
        return not self.discipline or therapist.discipline == self.discipline


@dataclass(frozen=True)
class DaySheet:
    """One clinic's day, seen by one person."""

    clinic: Clinic
    date: dt.date
    by: str
    columns: list[Column]
    appointments: list[Appointment]  # live ones and no-shows, in order of time
    cancelled: list[Appointment]
    filters: Filters

    @property
    def is_today(self) -> bool:
        return self.date == today_at(self.clinic)

    @property
    def has_dawned(self) -> bool:
        """Whether patients of this day may be checked in: today's, and days before."""
        return self.date <= today_at(self.clinic)

    @property
    def is_by_room(self) -> bool:
        return self.by == BY_ROOM

    @property
    def listed(self) -> list[Appointment]:
        """What the list shows: only the chosen types, when some are chosen."""
        return [row for row in self.appointments if self.filters.shows(row)]

    @property
    def notices(self) -> list[str]:
        """Closures and leave of the day, a line each; a whole clinic's once."""
        told: dict[str, None] = {}
        for column in self.columns:
            for shade in column.shut:
                is_all = shade.reason.startswith("Closed")
                who = self.clinic.name if is_all else column.name
                told[f"{who} · {shade.reason}, {_within(shade.span, self)}"] = None
        return list(told)

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


def _within(span: Span, sheet: DaySheet) -> str:
    whole = slots.whole_day(sheet.date, sheet.clinic.zone)
    if span.holds(whole):
        return "all day"
    if span.ends_at >= whole.ends_at:
        return f"from {clock(span.starts_at.astimezone(sheet.clinic.zone))}"
    if span.starts_at <= whole.starts_at:
        return f"until {clock(span.ends_at.astimezone(sheet.clinic.zone))}"
    return availability.in_words(span, sheet.clinic)


def today_at(clinic: Clinic) -> dt.date:
    return timezone.now().astimezone(clinic.zone).date()


def lay_out(
    *, clinic: Clinic, date: dt.date, user: User, filters: Filters | None = None, by: str = ""
) -> DaySheet:
    """The day's columns and appointments. The number of queries does not grow with either."""
    filters = filters or Filters()
    whole = slots.whole_day(date, clinic.zone)
    rows = (
        Appointment.objects.visible_to(user)
        .overlapping(whole.starts_at, whole.ends_at)
        .filter(clinic=clinic)
        .for_day_sheet()
    )
    if filters.therapist is not None:
        rows = rows.filter(therapist=filters.therapist)
    appointments = [row for row in rows if filters.wants(row.therapist)]
    lay = _rooms if by == BY_ROOM else _therapists
    return DaySheet(
        clinic=clinic,
        date=date,
        by=by or BY_THERAPIST,
        columns=lay(clinic, date, appointments, filters),
        appointments=[row for row in appointments if row.status != Status.CANCELLED],
        cancelled=[row for row in appointments if row.status == Status.CANCELLED],
        filters=filters,
    )


def _therapists(
    clinic: Clinic, date: dt.date, rows: list[Appointment], filters: Filters
) -> list[Column]:
    """A column for whoever works that day or has something booked."""
    booked = {row.therapist_id: row.therapist for row in rows if row.is_live}
    everyone = booked | {row.pk: row for row in availability.therapists_of(clinic)}
    everyone = {pk: row for pk, row in everyone.items() if filters.wants(row)}
    if filters.therapist is not None:
        everyone = {filters.therapist.pk: filters.therapist}
    hours = availability.weekly_hours(clinic, list(everyone.values()))
    whole = slots.whole_day(date, clinic.zone)
    closures = availability.closures_for(
        clinic, list(everyone.values()), starts_at=whole.starts_at, ends_at=whole.ends_at
    )
    columns = []
    for pk, therapist in everyone.items():
        shut = board.shades_of(row for row in closures if row.therapist_id in (None, pk))
        at_work = slots.working_blocks(date, zone=clinic.zone, hours=hours[pk])
        working = slots.without(at_work, [shade.span for shade in shut])
        # Leave is worth a column: where somebody would be, it says why they are not.
        is_shown = at_work or pk in booked or filters.therapist is not None
        if not is_shown:
            continue
        columns.append(
            Column(
                key=str(pk),
                name=therapist.user.get_full_name(),
                more=therapist.credential,
                clinic=clinic,
                date=date,
                working=working,
                shut=shut,
                idle="away this day" if at_work else "does not work this day",
                where={"therapist": pk},
                kept_free=board.kept_free(row for row in rows if row.therapist_id == pk),
            )
        )
    last_names = {str(pk): row.user.last_name for pk, row in everyone.items()}
    columns.sort(key=lambda column: (last_names[column.key], int(column.key)))
    return columns


def _rooms(
    clinic: Clinic, date: dt.date, rows: list[Appointment], filters: Filters
) -> list[Column]:
    """A column for each room in use, and one for what has none."""
    booked = {row.room_id for row in rows if row.is_live}
    rooms = Room.objects.filter(clinic=clinic).filter(Q(is_active=True) | Q(pk__in=booked))
    whole = slots.whole_day(date, clinic.zone)
    closures = Closure.objects.overlapping(whole.starts_at, whole.ends_at).filter(
        Q(clinic=clinic) | Q(room__clinic=clinic)
    )
    shut_at = list(closures)
    opening = Span(
        slots.instant(date, clinic.opens_at, clinic.zone),
        slots.instant(date, clinic.closes_at, clinic.zone, fold=1),
    )

    def column(pk: int | None, name: str) -> Column:
        shut = board.shades_of(row for row in shut_at if row.clinic_id or row.room_id == pk)
        return Column(
            key=ROOMS_LAST if pk is None else str(pk),
            name=name,
            clinic=clinic,
            date=date,
            working=slots.without([opening], [shade.span for shade in shut]),
            shut=shut,
            idle="closed this day",
            where={"room": "" if pk is None else pk},
        )

    return [*(column(room.pk, room.name) for room in rooms), column(None, "No room")]


def for_calendar(sheet: DaySheet, *, may_book: bool) -> dict[str, Any]:
    """The day as the calendar in the browser takes it."""
    return board.tell(
        columns=sheet.columns,
        cards=[
            _card(members, sheet, may_book=may_book)
            for _, members in board.blocks(sheet.appointments)
        ],
        drawn_on=sheet.date,
        clinic=sheet.clinic,
        hours=board.shown_hours(sheet.columns, [sheet.clinic], _drawn(sheet)),
        today=today_at(sheet.clinic),
        more={"by": sheet.by, "step": 1, "mayBook": may_book},
    )


def _drawn(sheet: DaySheet) -> list[Appointment]:
    return sheet.appointments if sheet.columns else []


def _card(members: list[Appointment], sheet: DaySheet, *, may_book: bool) -> dict[str, Any]:
    row = members[0]
    if sheet.is_by_room:
        column = ROOMS_LAST if row.room_id is None else str(row.room_id)
        parts = [row.therapist.user.last_name, row.type.name]
    else:
        column = str(row.therapist_id)
        parts = [row.type.name, row.room.name if row.room else ""]
    return board.card_of(
        members,
        column=column,
        under=" · ".join(filter(None, parts)),
        drawn_on=sheet.date,
        date=sheet.date,
        faded=not sheet.filters.shows(row),
        may_book=may_book,
    )
