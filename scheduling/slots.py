"""When is a therapist free? Working blocks, gaps and the nearest free times on the wall clock.

Hours are written on the wall clock, bookings and closures are instants. Each day is laid out on
the wall clock first and turned into instants once, so that a day with a clock change comes out
an hour shorter or longer by itself. All instants handed out are UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

MIDNIGHT = dt.time(0)
GRID_MINUTES = 15  # free times are offered on the quarter hour
DAYS_AHEAD = 14  # how far a search for free times looks when the day itself is full


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time: from its start up to, not including, its end. Both aware."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: Span) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, other: Span) -> bool:
        """Whether `other` lies wholly within."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


@dataclass(frozen=True, order=True)
class Hours:
    """From when to when somebody works on one weekday (Monday is 0), on the wall clock."""

    weekday: int
    starts_at: dt.time
    ends_at: dt.time


def instant(day: dt.date, time: dt.time, zone: ZoneInfo, *, fold: int = 0) -> dt.datetime:
    """The instant at which the wall clock shows `time`.

    In the hour that comes twice in autumn `fold=1` is its second pass; a time that is skipped in
    spring counts on from the hour before (02:30 is 03:30 summer time).
    """
    on_the_wall = dt.datetime.combine(day, time.replace(fold=fold), zone)
    return on_the_wall.astimezone(dt.UTC)


def is_on_the_clock(day: dt.date, time: dt.time, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows `time` at all on that day: in spring an hour is skipped."""
    shown = instant(day, time, zone).astimezone(zone)
    return (shown.date(), shown.time().replace(fold=0)) == (day, time.replace(fold=0))


def whole_day(day: dt.date, zone: ZoneInfo) -> Span:
    """Midnight to midnight on the wall clock: 23, 24 or 25 hours."""
    tomorrow = day + dt.timedelta(days=1)
    return Span(instant(day, MIDNIGHT, zone), instant(tomorrow, MIDNIGHT, zone))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as few spans: those that touch or overlap become one."""
    together: list[Span] = []
    for span in sorted(spans):
        if together and span.starts_at <= together[-1].ends_at:
            last = together[-1]
            together[-1] = Span(last.starts_at, max(last.ends_at, span.ends_at))
        else:
            together.append(span)
    return together


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of `spans` when `taken` is cut out of them."""
    busy = merged(taken)
    left: list[Span] = []
    for span in merged(spans):
        starts_at = span.starts_at
        for hole in busy:
            if not hole.overlaps(Span(starts_at, span.ends_at)):
                continue
            if hole.starts_at > starts_at:
                left.append(Span(starts_at, hole.starts_at))
            starts_at = max(starts_at, hole.ends_at)
            if starts_at >= span.ends_at:
                break
        if starts_at < span.ends_at:
            left.append(Span(starts_at, span.ends_at))
    return left


def working_blocks(
    day: dt.date, *, zone: ZoneInfo, hours: Iterable[Hours], closures: Iterable[Span] = ()
) -> list[Span]:
    """When somebody works on that day: the weekday's hours less what is closed."""
    on_that_day = [
        # Hours that end within the hour that comes twice run to the end of its second pass.
        Span(instant(day, block.starts_at, zone), instant(day, block.ends_at, zone, fold=1))
        for block in hours
        if block.weekday == day.weekday()
    ]
    return without((span for span in on_that_day if span.starts_at < span.ends_at), closures)


def free_gaps(working: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """When somebody works and nothing is booked."""
    return without(working, taken)


def starts_within(gap: Span, *, minutes: int, zone: ZoneInfo) -> Iterator[dt.datetime]:
    """Starts at which `minutes` fit into the gap: its beginning, then each quarter hour shown
    on the wall clock."""
    length = dt.timedelta(minutes=minutes)
    if gap.starts_at + length > gap.ends_at:
        return
    yield gap.starts_at
    shown = gap.starts_at.astimezone(zone)
    past_the_quarter = dt.timedelta(
        minutes=shown.minute % GRID_MINUTES, seconds=shown.second, microseconds=shown.microsecond
    )
    start = gap.starts_at - past_the_quarter + dt.timedelta(minutes=GRID_MINUTES)
    while start + length <= gap.ends_at:
        yield start
        start += dt.timedelta(minutes=GRID_MINUTES)


def next_free(
    wanted: dt.datetime,
    *,
    minutes: int,
    zone: ZoneInfo,
    hours: Sequence[Hours],
    closures: Sequence[Span],
    taken: Sequence[Span],
    also: Sequence[dt.datetime] = (),
    not_before: dt.datetime | None = None,
    count: int = 3,
) -> list[dt.datetime]:
    """The free starts nearest to `wanted`, in order of time. `also` are starts that are as good
    as free, whatever else is taken: those of groups with places left.

    Those of the same day come first; the days after fill up what is missing, each with the
    times nearest to the same time of day.
    """
    on_the_wall = wanted.astimezone(zone)
    found: list[dt.datetime] = []
    for ahead in range(DAYS_AHEAD + 1):
        day = on_the_wall.date() + dt.timedelta(days=ahead)
        aim = instant(day, on_the_wall.time(), zone)
        working = working_blocks(day, zone=zone, hours=hours, closures=closures)
        today = whole_day(day, zone)
        free = {
            start
            for gap in free_gaps(working, taken)
            for start in starts_within(gap, minutes=minutes, zone=zone)
        }
        free.update(start for start in also if today.starts_at <= start < today.ends_at)
        starts = [start for start in free if not_before is None or start >= not_before]
        starts.sort(key=lambda start: (abs(start - aim), start))
        found.extend(starts[: count - len(found)])
        if len(found) == count:
            break
    return sorted(found)
