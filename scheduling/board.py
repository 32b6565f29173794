"""What Day and Week share: columns of hours, what is booked in them, and when nobody is there.

A board is told to the browser in wall-clock times without an offset, so that a browser in another
time zone draws the clinic's day all the same. Every column is drawn on the same date: a day's
columns are therapists or rooms, a week's are its days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from people.models import Clinic
from scheduling import availability, slots
from scheduling.models import Appointment, Closure
from scheduling.slots import Span
from web.templatetags.pt import clock

Status = Appointment.Status
ROOMS_LAST = "none"  # the column of what has no room


@dataclass(frozen=True)
class Shade:
    """A stretch in which nothing should be booked, and why; outside hours goes without saying."""

    span: Span
    reason: str = ""


@dataclass(frozen=True)
class Column:
    """One column: what it stands for, and when somebody works in it, which may be never."""

    key: str
    name: str
    clinic: Clinic  # on whose wall clock it reads
    date: dt.date
    working: list[Span]
    shut: list[Shade] = field(default_factory=list)
    more: str = ""  # beside the name: a credential
    idle: str = "does not work this day"
    where: dict[str, Any] = field(default_factory=dict)  # what a drop here means
    clinics: list[tuple[Span, Clinic]] = field(default_factory=list)  # of a day in several
    kept_free: list[Span] = field(default_factory=list)  # after visits, by their types' wish

    @property
    def hours(self) -> str:
        """8–12, 1–5:30"""
        zone = self.clinic.zone
        return ", ".join(
            availability.in_short(block.starts_at.astimezone(zone), block.ends_at.astimezone(zone))
            for block in self.working
        )

    def shades(self, first: int, last: int) -> list[Shade]:
        """What is shaded between two full hours: closures with their reason, then the rest."""
        shown = shown_span(self.date, self.clinic, first, last)
        shut = [
            Shade(part, shade.reason)
            for shade in self.shut
            for part in slots.without([shown], slots.without([shown], [shade.span]))
        ]
        open_or_told = [*self.working, *(shade.span for shade in shut)]
        outside = [Shade(hole) for hole in slots.without([shown], open_or_told)]
        return sorted([*shut, *outside], key=lambda shade: shade.span)


def why(closure: Closure) -> str:
    """A closure in the words that stand in its shaded stretch."""
    if closure.clinic_id:
        return f"Closed: {closure.reason}"
    if closure.therapist_id:
        return f"Away: {closure.reason}"
    return f"Out of use: {closure.reason}"


def shades_of(closures: Iterable[Closure]) -> list[Shade]:
    return [Shade(availability.span_of(row), why(row)) for row in closures]


def shown_span(date: dt.date, clinic: Clinic, first: int, last: int) -> Span:
    start = slots.instant(date, dt.time(first), clinic.zone)
    if last == 24:
        return Span(start, slots.whole_day(date, clinic.zone).ends_at)
    return Span(start, slots.instant(date, dt.time(last), clinic.zone, fold=1))


def shown_hours(
    columns: Sequence[Column], clinics: Iterable[Clinic], rows: Iterable[Appointment]
) -> tuple[int, int]:
    """From which full hour to which the columns run: the clinics', widened by what lies outside."""
    first, last = 24, 0
    for clinic in clinics:
        first = min(first, clinic.opens_at.hour)
        last = max(last, clinic.closes_at.hour + (clinic.closes_at.minute > 0))
    reach = [(block, column.date, column.clinic) for column in columns for block in column.working]
    dates = {column.date for column in columns}
    for row in rows:
        day = row.starts_at.astimezone(row.clinic.zone).date()
        # What began the evening before is drawn from midnight.
        reach.append((availability.span_of(row), day if day in dates else max(dates), row.clinic))
    for span, date, clinic in reach:
        start, end = span.starts_at.astimezone(clinic.zone), span.ends_at.astimezone(clinic.zone)
        first = min(first, start.hour if start.date() == date else 0)
        last = max(last, end.hour + (end.minute > 0) if end.date() == date else 24)
    return first, last


def wall(moment: dt.datetime, clinic: Clinic, *, drawn_on: dt.date, date: dt.date) -> str:
    """A moment of `date` as the board draws it, which may be on another date."""
    shown = moment.astimezone(clinic.zone).replace(tzinfo=None)
    return (shown + (drawn_on - date)).isoformat(timespec="seconds")


def tell(
    *,
    columns: Sequence[Column],
    cards: list[dict[str, Any]],
    drawn_on: dt.date,
    clinic: Clinic,
    hours: tuple[int, int],
    today: dt.date,
    more: dict[str, Any],
) -> dict[str, Any]:
    """The board as the browser takes it."""
    first, last = hours
    now = timezone.now().astimezone(clinic.zone)
    is_now = any(column.date == today for column in columns)
    one_date = len({column.date for column in columns}) == 1
    return more | {
        "date": drawn_on.isoformat(),
        "clinic": clinic.pk,
        "offset": f"{now:%z}"[:3] + ":" + f"{now:%z}"[3:],
        "scrollTo": f"{max(first, now.hour - 1) if is_now else first:02}:00:00",
        "from": f"{first:02}:00:00",
        "to": f"{last:02}:00:00",
        "columns": [
            _column(column, drawn_on, is_today=column.date == today and not one_date)
            for column in columns
        ],
        "appointments": cards,
        "closed": [
            {
                "column": column.key,
                "start": wall(
                    shade.span.starts_at, column.clinic, drawn_on=drawn_on, date=column.date
                ),
                "end": wall(shade.span.ends_at, column.clinic, drawn_on=drawn_on, date=column.date),
                "label": shade.reason,
            }
            for column in columns
            for shade in column.shades(first, last)
        ],
        "keptFree": [
            {
                "column": column.key,
                "start": wall(span.starts_at, column.clinic, drawn_on=drawn_on, date=column.date),
                "end": wall(span.ends_at, column.clinic, drawn_on=drawn_on, date=column.date),
            }
            for column in columns
            for span in column.kept_free
        ],
    }


def _column(column: Column, drawn_on: dt.date, *, is_today: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": column.key,
        "name": column.name,
        "credential": column.more,
        "hours": column.hours or column.idle,
        "where": column.where,
        "isToday": is_today,
    }
    if column.clinics:
        told["clinics"] = [
            {
                "from": wall(span.starts_at, clinic, drawn_on=drawn_on, date=column.date),
                "to": wall(span.ends_at, clinic, drawn_on=drawn_on, date=column.date),
                "clinic": clinic.pk,
            }
            for span, clinic in column.clinics
        ]
    return told


def blocks(rows: Iterable[Appointment]) -> list[tuple[Appointment, list[Appointment]]]:
    """What is drawn, each with all it stands for: a visit by itself, or a group's live members
    as one. Who was cancelled or did not come stands alone, if the group does not meet."""
    groups: dict[int, list[Appointment]] = {}
    drawn: list[Appointment] = []
    for row in rows:
        if row.group_id is None or not row.is_live:
            drawn.append(row)
        elif row.group_id in groups:
            groups[row.group_id].append(row)
        else:
            groups[row.group_id] = [row]
            drawn.append(row)
    return [
        (row, groups[row.group_id] if row.is_live and row.group_id else [row])
        for row in drawn
        if row.is_live or row.group_id not in groups
    ]


def card_of(members: list[Appointment], **options: Any) -> dict[str, Any]:
    """A visit's card, or a group's: how many of its places are taken, moved as a whole."""
    first = members[0]
    told = card(first, **options)
    group = first.group
    if group is None or not first.is_live:
        return told
    arrived = sum(row.status == Status.ARRIVED for row in members)
    one_status = len({row.status for row in members}) == 1
    return told | {
        "id": f"group-{group.pk}",
        "isGroup": True,
        "version": group.version,
        "patient": f"{first.type.name} {len(members)}/{group.capacity}",
        "name": first.type.name,
        "places": f"{len(members)}/{group.capacity}",
        "names": ", ".join(row.patient.list_name for row in members),
        "statusLabel": told["statusLabel"] if one_status else f"{arrived} arrived",
        "status": told["status"] if one_status else Status.BOOKED.value,
        "canMove": options["may_book"] and all(row.is_movable for row in members),
        "url": group.get_absolute_url(),
    }


def card(
    row: Appointment,
    *,
    column: str,
    under: str,
    drawn_on: dt.date,
    date: dt.date,
    faded: bool,
    may_book: bool,
) -> dict[str, Any]:
    """An appointment as it is drawn and as it is dragged. `date` is its column's day, `under`
    the line below the name."""
    clinic = row.clinic
    status = Status(row.status)
    return {
        "id": row.pk,
        "version": row.version,
        "column": column,
        "date": row.starts_at.astimezone(clinic.zone).date().isoformat(),
        "therapist": row.therapist_id,
        "room": row.room_id,
        "start": wall(row.starts_at, clinic, drawn_on=drawn_on, date=date),
        "end": wall(row.ends_at, clinic, drawn_on=drawn_on, date=date),
        "from": clock(row.starts_at.astimezone(clinic.zone)),
        "to": clock(row.ends_at.astimezone(clinic.zone)),
        "minutes": row.minutes,
        "patient": row.patient.list_name,
        "type": row.type.name,
        "tint": row.type.tint,
        "under": under,
        "status": status.value,
        "statusLabel": status.label,
        "faded": faded,
        "canMove": may_book and status in Appointment.MOVABLE,
        "url": row.get_absolute_url(),
    }


def kept_free(rows: Iterable[Appointment]) -> list[Span]:
    """The minutes after live visits that their types keep free, less what is booked there."""
    live = [row for row in rows if row.is_live]
    after = [
        Span(row.ends_at, row.ends_at + dt.timedelta(minutes=row.type.buffer_minutes))
        for row in live
        if row.type.buffer_minutes
    ]
    return slots.without(after, [availability.span_of(row) for row in live])
