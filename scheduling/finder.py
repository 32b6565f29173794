"""Which times are free for everybody a visit needs? The search behind "Find a time" and series.

Values in, values out. A diary is one therapist at one clinic; a pool is a set of things of which
one must be free (the clinic's rooms, its treadmills). Times asked for are those on each clinic's
wall clock; the instants handed out are UTC.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.slots import (
    MIDNIGHT,
    Hours,
    Span,
    free_gaps,
    instant,
    merged,
    starts_within,
    whole_day,
    working_blocks,
)

EVERY_DAY = frozenset(range(7))


class Busy:
    """Taken time, quick to ask about one stretch however much of it there is."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.spans = merged(spans)
        self._starts = [span.starts_at for span in self.spans]
        self._ends = [span.ends_at for span in self.spans]

    def during(self, span: Span) -> list[Span]:
        """What of it shares time with the stretch."""
        first = bisect_right(self._ends, span.starts_at)
        last = bisect_left(self._starts, span.ends_at)
        return self.spans[first:last]

    def is_free(self, span: Span) -> bool:
        return not self.during(span)


NOTHING = Busy()


@dataclass(frozen=True)
class Diary:
    """When one therapist works at one clinic, and what is taken of it.

    `kept` is what is taken with the minutes kept free after each visit (none given: the same).
    `joins` are the starts of groups of the wanted type that have a place left.
    """

    therapist: int
    clinic: int
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    closed: Busy = NOTHING
    taken: Busy = NOTHING
    kept: Busy | None = None
    joins: frozenset[dt.datetime] = frozenset()

    def is_spare(self, start: dt.datetime, wanted: Wanted) -> bool:
        """Whether nothing of the therapist's is touched, minutes kept free included."""
        busy = self.taken if self.kept is None else self.kept
        return busy.is_free(Span(start, start + wanted.with_buffer))

    def working(self, day: dt.date) -> list[Span]:
        """The hours of that day less what is closed."""
        whole = whole_day(day, self.zone)
        return working_blocks(
            day, zone=self.zone, hours=self.hours, closures=self.closed.during(whole)
        )


@dataclass(frozen=True)
class Pool:
    """Things at one clinic of which a visit holds one; the first that is free is taken."""

    clinic: int
    pieces: tuple[tuple[int, Busy], ...]
    is_rooms: bool = False

    def first_free(self, span: Span) -> int | None:
        return next((piece for piece, busy in self.pieces if busy.is_free(span)), None)


@dataclass(frozen=True)
class Wanted:
    """What a visit has to fit into. It begins and ends between `from_time` and `to_time`."""

    minutes: int
    buffer_minutes: int = 0
    weekdays: frozenset[int] = EVERY_DAY
    from_time: dt.time | None = None
    to_time: dt.time | None = None
    not_before: dt.datetime | None = None

    @property
    def length(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.minutes)

    @property
    def with_buffer(self) -> dt.timedelta:
        return self.length + dt.timedelta(minutes=self.buffer_minutes)

    def is_past(self, start: dt.datetime) -> bool:
        return self.not_before is not None and start < self.not_before

    def window(self, day: dt.date, zone: ZoneInfo) -> Span:
        """The part of the day that is asked for."""
        whole = whole_day(day, zone)
        # In the hour that comes twice the first pass begins it and the second ends it.
        return Span(
            instant(day, self.from_time, zone) if self.from_time else whole.starts_at,
            instant(day, self.to_time, zone, fold=1) if self.to_time else whole.ends_at,
        )


@dataclass(frozen=True, order=True)
class Opening:
    """A time with all that it takes: with whom, at which clinic, in which room, on what."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    therapist: int
    clinic: int
    room: int | None = None
    equipment: tuple[int, ...] = ()

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Search:
    """All that one search looks through."""

    wanted: Wanted
    diaries: tuple[Diary, ...]
    patient: Busy = NOTHING
    pools: tuple[Pool, ...] = ()

    def pools_of(self, clinic: int) -> list[Pool]:
        return [pool for pool in self.pools if pool.clinic == clinic]


@dataclass(frozen=True)
class FreeDay:
    """A day and its free times, in order of time."""

    day: dt.date
    openings: tuple[Opening, ...] = field(default=())


@dataclass(frozen=True)
class Held:
    """What a visit holds of its pools; not `whole` when one of them has nothing free."""

    whole: bool
    room: int | None = None
    equipment: tuple[int, ...] = ()


def held(span: Span, pools: Iterable[Pool]) -> Held:
    """One free piece of each pool; where none is free, the first: it is still one of them that
    is wanted."""
    whole, room, equipment = True, None, list[int]()
    for pool in pools:
        piece = pool.first_free(span)
        if piece is None:
            whole = False
            piece = pool.pieces[0][0] if pool.pieces else None
        if pool.is_rooms:
            room = piece
        elif piece is not None:
            equipment.append(piece)
    return Held(whole, room, tuple(equipment))


def openings_of(search: Search, diary: Diary, day: dt.date) -> Iterator[Opening]:
    """The therapist's free times of that day, on the quarter hour and where a gap begins."""
    wanted = search.wanted
    window = wanted.window(day, diary.zone)
    if day.weekday() not in wanted.weekdays or window.ends_at <= window.starts_at:
        return
    within = [
        Span(max(block.starts_at, window.starts_at), min(block.ends_at, window.ends_at))
        for block in diary.working(day)
        if block.overlaps(window)
    ]
    busy = diary.taken if diary.kept is None else diary.kept
    taken = [*busy.during(window), *search.patient.during(window)]
    pools = search.pools_of(diary.clinic)
    for gap in free_gaps(within, taken):
        for start in starts_within(gap, minutes=wanted.minutes, zone=diary.zone):
            span = Span(start, start + wanted.length)
            holds = held(span, pools)
            if holds.whole and diary.is_spare(start, wanted) and not wanted.is_past(start):
                yield opening_at(span, diary, holds)
    for start in sorted(diary.joins):
        span = Span(start, start + wanted.length)
        fits = any(block.holds(span) for block in within) and search.patient.is_free(span)
        if fits and not wanted.is_past(start):
            yield opening_at(span, diary, Held(whole=True))


def opening_at(span: Span, diary: Diary, holds: Held) -> Opening:
    return Opening(
        span.starts_at,
        span.ends_at,
        diary.therapist,
        diary.clinic,
        holds.room,
        holds.equipment,
    )


def free_days(
    search: Search, first: dt.date, *, days: int, enough: int | None = None
) -> list[FreeDay]:
    """The days from `first` on that have free times, until `enough` of them are found."""
    found: list[FreeDay] = []
    for ahead in range(days):
        day = first + dt.timedelta(days=ahead)
        openings = sorted(
            opening for diary in search.diaries for opening in openings_of(search, diary, day)
        )
        if openings:
            found.append(FreeDay(day, tuple(openings)))
        if enough is not None and len(found) == enough:
            break
    return found


def spaced(openings: Sequence[Opening], *, minutes: int) -> list[Opening]:
    """Fewer starts to choose from: for each therapist at least `minutes` lie between two."""
    kept: list[Opening] = []
    last: dict[tuple[int, int], dt.datetime] = {}
    apart = dt.timedelta(minutes=minutes)
    for opening in openings:
        who = (opening.therapist, opening.clinic)
        if who not in last or opening.starts_at - last[who] >= apart:
            kept.append(opening)
            last[who] = opening.starts_at
    return kept


class Condition(StrEnum):
    """What of a search may be loosened."""

    WEEKDAYS = "weekdays"
    TIME_OF_DAY = "time_of_day"
    ROOM = "room"
    PATIENT = "patient"


@dataclass(frozen=True)
class Loosened:
    """The first free time there would be without this condition."""

    condition: Condition
    first: Opening


def works_on(diaries: Iterable[Diary], weekdays: frozenset[int]) -> bool:
    """Whether anybody has hours on any of these weekdays."""
    return any(hours.weekday in weekdays for diary in diaries for hours in diary.hours)


def works_within(diaries: Iterable[Diary], wanted: Wanted) -> bool:
    """Whether anybody's hours on these weekdays leave room for the visit at this time of day."""
    earliest, latest = wanted.from_time or MIDNIGHT, wanted.to_time or dt.time.max
    return any(
        _minute(min(hours.ends_at, latest)) - _minute(max(hours.starts_at, earliest))
        >= wanted.minutes
        for diary in diaries
        for hours in diary.hours
        if hours.weekday in wanted.weekdays
    )


def loosen(search: Search, first: dt.date, *, days: int) -> list[Loosened]:
    """What each single condition costs, for a search that found nothing."""
    wanted = search.wanted
    without: dict[Condition, Search] = {}
    if wanted.weekdays != EVERY_DAY:
        without[Condition.WEEKDAYS] = replace(search, wanted=replace(wanted, weekdays=EVERY_DAY))
    if wanted.from_time is not None or wanted.to_time is not None:
        whole_day_long = replace(wanted, from_time=None, to_time=None)
        without[Condition.TIME_OF_DAY] = replace(search, wanted=whole_day_long)
    if search.pools:
        without[Condition.ROOM] = replace(search, pools=())
    if search.patient.spans:
        without[Condition.PATIENT] = replace(search, patient=NOTHING)
    return [
        Loosened(condition, found[0].openings[0])
        for condition, looser in without.items()
        if (found := free_days(looser, first, days=days, enough=1))
    ]


def _minute(time: dt.time) -> int:
    # The last microsecond of a day counts as its end.
    return 24 * 60 if time == dt.time.max else time.hour * 60 + time.minute
