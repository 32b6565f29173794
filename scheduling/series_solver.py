"""When can all visits of a series be? Worked out from diaries alone, every conflict named.

The visits are spread over the week, one a day, with one therapist at one time as far as that
goes. What is in the way of a visit is told beside it, with the nearest times that would do.
Whatever is chosen from the answer, no two visits fall on one day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations, pairwise

from scheduling.finder import NOTHING, Diary, Held, Opening, Search, held, opening_at, openings_of
from scheduling.slots import GRID_MINUTES, Span, instant, is_on_the_clock

ALTERNATIVES = 3
NEAR, FAR = 3, 6  # days around a visit in which its alternatives are looked for
A_DAY_COSTS = 180  # minutes of the clock that one day's distance weighs
ANOTHER_THERAPIST_COSTS = 60


class Trouble(StrEnum):
    """What stands in the way of a visit."""

    NOT_ON_THE_CLOCK = "not_on_the_clock"  # the hour that is skipped in spring
    PAST = "past"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"  # the clinic is shut or the therapist is away
    CROWDED = "crowded"  # it touches the minutes kept free after a visit
    THERAPIST = "therapist"
    PATIENT = "patient"
    ROOM = "room"  # or equipment: nothing of what is needed is free
    SAME_DAY = "same_day"  # the patient has another visit that day
    PLAN_ENDS = "plan_ends"  # past the last day of the plan of care
    NOT_PAID_FOR = "not_paid_for"  # no authorization covers it, or it is used up


# What can never be booked, whatever the desk says.
NEVER = {
    Trouble.NOT_ON_THE_CLOCK, Trouble.PAST, Trouble.THERAPIST, Trouble.PATIENT, Trouble.ROOM,
}  # fmt: skip


class TooFewDays(Exception):
    """More visits a week are asked for than there are days on which somebody works."""

    def __init__(self, weekdays: Sequence[int]) -> None:
        super().__init__(len(weekdays))
        self.weekdays = tuple(weekdays)


@dataclass(frozen=True)
class Wish:
    """What the desk asks for. `weekdays` are fixed, or empty: then `per_week` of them are
    chosen. Without `at` the best time between `search.wanted`'s times is chosen."""

    search: Search
    starts_on: dt.date
    visits: int
    per_week: int = 1
    weekdays: tuple[int, ...] = ()
    at: dt.time | None = None
    same_therapist: bool = True
    days_taken: frozenset[dt.date] = frozenset()  # on which the patient has a visit already
    last_day: dt.date | None = None  # of the plan of care
    paid_until: dt.date | None = None  # the last day of the last authorization that is needed
    none_left: bool = False  # and that one is used up by the visits before


@dataclass(frozen=True)
class Target:
    """Where one visit is wanted: the first choice, whatever is in its way."""

    position: int
    day: dt.date
    time: dt.time
    diary: Diary


@dataclass(frozen=True)
class PlannedVisit:
    """One visit of the answer. Without troubles its place is free."""

    position: int
    day: dt.date
    place: Opening
    troubles: tuple[Trouble, ...] = ()
    alternatives: tuple[Opening, ...] = field(default=())

    @property
    def is_free(self) -> bool:
        return not self.troubles

    @property
    def may_be_forced(self) -> bool:
        """Whether the desk may book it there all the same."""
        return NEVER.isdisjoint(self.troubles)


# --- Which days of the week ---------------------------------------------------------------------


def spread(weekdays: Iterable[int], per_week: int) -> list[tuple[int, ...]]:
    """The choices of `per_week` days that lie furthest apart, a week being a ring; of equals
    those with the fewest days in a row."""

    def gaps(days: tuple[int, ...]) -> tuple[list[int], int]:
        around = [later - earlier for earlier, later in pairwise([*days, days[0] + 7])]
        in_a_row = min(one + other for one, other in pairwise([*around, around[0]]))
        return sorted(around), in_a_row

    choices = list(combinations(sorted(set(weekdays)), per_week))
    if not choices:
        return []
    best = max(gaps(days) for days in choices)
    return [days for days in choices if gaps(days) == best]


def days_of(starts_on: dt.date, weekdays: Iterable[int], visits: int) -> list[dt.date]:
    """The first `visits` days from `starts_on` that fall on one of the weekdays."""
    wanted = set(weekdays)
    found: list[dt.date] = []
    day = starts_on
    while len(found) < visits:
        if day.weekday() in wanted:
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def weekdays_worked(search: Search) -> list[int]:
    """The weekdays on which somebody's hours leave room for the visit at the time of day."""
    wanted = search.wanted
    earliest, latest = _minutes(wanted.from_time, 0), _minutes(wanted.to_time, 24 * 60)
    return sorted(
        {
            hours.weekday
            for diary in search.diaries
            for hours in diary.hours
            if min(_minutes(hours.ends_at, 0), latest) - max(_minutes(hours.starts_at, 0), earliest)
            >= wanted.minutes
        }
    )


# --- One visit ----------------------------------------------------------------------------------


def place_of(target: Target, search: Search) -> Opening:
    """Where the target would be, whether it is free or not."""
    start = instant(target.day, target.time, target.diary.zone)
    span = Span(start, start + search.wanted.length)
    if start in target.diary.joins:
        return opening_at(span, target.diary, Held(whole=True))
    return opening_at(span, target.diary, held(span, search.pools_of(target.diary.clinic)))


def troubles_of(target: Target, search: Search) -> list[Trouble]:
    """All that stands in the way of a target; nothing when it is free."""
    diary, wanted = target.diary, search.wanted
    start = instant(target.day, target.time, diary.zone)
    span = Span(start, start + wanted.length)
    hours = replace(diary, closed=NOTHING).working(target.day)
    joins = start in diary.joins
    is_taken = not joins and not diary.taken.is_free(span)
    found = {
        Trouble.NOT_ON_THE_CLOCK: not is_on_the_clock(target.day, target.time, diary.zone),
        Trouble.PAST: wanted.is_past(start),
        Trouble.OUTSIDE_HOURS: not any(block.holds(span) for block in hours),
        Trouble.CLOSED: not diary.closed.is_free(span),
        Trouble.THERAPIST: is_taken,
        Trouble.CROWDED: not (joins or is_taken or diary.is_spare(start, wanted)),
        Trouble.PATIENT: not search.patient.is_free(span),
        Trouble.ROOM: not (joins or held(span, search.pools_of(diary.clinic)).whole),
    }
    return [trouble for trouble, is_there in found.items() if is_there]


def _is_covered(day: dt.date, wish: Wish) -> bool:
    """Whether a visit on this day lies within the plan of care and what is paid for."""
    ends = [end for end in (wish.last_day, wish.paid_until) if end is not None]
    return all(day <= end for end in ends)


def _would_stay_unpaid(day: dt.date, wish: Wish) -> bool:
    """Whether another day would not be paid for either, because all that is paid for is used."""
    return wish.none_left or _is_covered(day, wish)


# --- All visits ---------------------------------------------------------------------------------


def targets_of(wish: Wish) -> list[Target]:
    """The days, the time and the therapists that suit best. Raises `TooFewDays`."""
    if wish.weekdays:
        choices = [tuple(sorted(set(wish.weekdays)))]
    else:
        worked = weekdays_worked(wish.search)
        if len(worked) < wish.per_week:
            raise TooFewDays(worked)
        choices = spread(worked, wish.per_week)
    days, diary, time = _best_line(wish, choices)
    return [
        _nearest_target(Target(number, day, time, diary), wish)
        for number, day in enumerate(days, start=1)
    ]


def solve(wish: Wish) -> list[PlannedVisit]:
    """The whole series at once. Raises `TooFewDays`."""
    return answer(targets_of(wish), wish)


def answer(
    targets: Sequence[Target], wish: Wish, *, not_paid_for: Collection[int] = ()
) -> list[PlannedVisit]:
    """What is in the way of each target, and where else the visit could be. `not_paid_for` are
    the positions of visits that no authorization covers."""
    troubles = {
        target.position: _all_troubles(target, wish, not_paid_for=not_paid_for)
        for target in targets
    }
    alternatives = _share_out(
        {
            target: _alternatives(target, wish, {other.day for other in targets})
            for target in targets
            if troubles[target.position]
            and not (target.position in not_paid_for and _would_stay_unpaid(target.day, wish))
        }
    )
    return [
        PlannedVisit(
            position=target.position,
            day=target.day,
            place=place_of(target, wish.search),
            troubles=tuple(troubles[target.position]),
            alternatives=tuple(alternatives.get(target.position, ())),
        )
        for target in targets
    ]


def _all_troubles(target: Target, wish: Wish, *, not_paid_for: Collection[int]) -> list[Trouble]:
    found = troubles_of(target, wish.search)
    if target.day in wish.days_taken:
        found.append(Trouble.SAME_DAY)
    if wish.last_day is not None and target.day > wish.last_day:
        found.append(Trouble.PLAN_ENDS)
    if target.position in not_paid_for:
        found.append(Trouble.NOT_PAID_FOR)
    return found


def _share_out(wanted: Mapping[Target, Sequence[Opening]]) -> dict[int, list[Opening]]:
    """Each visit's alternatives, the nearest of every visit first. A day that one is offered is
    offered to no other, so that any choice keeps one visit a day."""
    owner: dict[dt.date, int] = {}
    shared: dict[int, list[Opening]] = {target.position: [] for target in wanted}
    for _ in range(ALTERNATIVES):
        for target, openings in wanted.items():
            mine = shared[target.position]
            for opening in openings:
                day = _day_of(opening, target.diary)
                if (
                    opening not in mine
                    and owner.setdefault(day, target.position) == target.position
                ):
                    mine.append(opening)
                    break
    return shared


def _best_line(
    wish: Wish, choices: Sequence[tuple[int, ...]]
) -> tuple[list[dt.date], Diary, dt.time]:
    """The weekdays, the therapist and the time at which most visits are free; the first of
    equals, so that the therapist named first and the earliest time win."""
    best: tuple[int, list[dt.date], Diary, dt.time] | None = None
    starts: dict[tuple[int, dt.date], frozenset[dt.datetime]] = {}

    def is_free(diary: Diary, day: dt.date, time: dt.time) -> bool:
        if day in wish.days_taken:
            return False
        if wish.at is not None:  # it may lie off the quarter hour
            return not troubles_of(Target(0, day, time, diary), wish.search)
        key = diary.therapist, day
        if key not in starts:  # worked out once, then asked for every time of day
            found = openings_of(wish.search, diary, day)
            starts[key] = frozenset(opening.starts_at for opening in found)
        return instant(day, time, diary.zone) in starts[key]

    for weekdays in choices:
        days = days_of(wish.starts_on, weekdays, wish.visits)
        for diary in wish.search.diaries:
            for time in _times(wish, diary, weekdays):
                free = sum(is_free(diary, day, time) for day in days)
                if best is None or free > best[0]:
                    best = free, days, diary, time
                if free == wish.visits:
                    return days, diary, time
    if best is None:
        raise TooFewDays(())
    return best[1:]


def _times(wish: Wish, diary: Diary, weekdays: Iterable[int]) -> Iterator[dt.time]:
    """The times of day the visits may begin at: the one that is asked for, or each quarter hour
    of the therapist's hours within what is asked for."""
    if wish.at is not None:
        yield wish.at
        return
    wanted, days = wish.search.wanted, set(weekdays)
    earliest, latest = _minutes(wanted.from_time, 0), _minutes(wanted.to_time, 24 * 60)
    starts: set[int] = set()
    for hours in diary.hours:
        first = max(_minutes(hours.starts_at, 0), earliest)
        last = min(_minutes(hours.ends_at, 0), latest) - wanted.minutes
        if hours.weekday in days and first <= last:
            on_the_grid = -(-first // GRID_MINUTES) * GRID_MINUTES
            starts |= {first, *range(on_the_grid, last + 1, GRID_MINUTES)}
    yield from (dt.time(*divmod(start, 60)) for start in sorted(starts))


def _nearest_target(target: Target, wish: Wish) -> Target:
    """The same time with another therapist, where the series need not stay with one."""
    if wish.same_therapist or not troubles_of(target, wish.search):
        return target
    for diary in wish.search.diaries:
        other = replace(target, diary=diary)
        if not troubles_of(other, wish.search):
            return other
    return target


def _alternatives(target: Target, wish: Wish, spoken_for: set[dt.date]) -> list[Opening]:
    """The nearest free times, on that day and around it: near and at the time of day that was
    asked for; only if there are none, further off, and then at any time."""
    asked = wish.search
    any_time = replace(asked, wanted=replace(asked.wanted, from_time=None, to_time=None))
    for search, reach in ((asked, NEAR), (asked, FAR), (any_time, FAR)):
        found = _openings_around(target, wish, search, spoken_for, reach=reach)
        if found:
            return _one_a_day_first(found, target)
    return []


def _openings_around(
    target: Target, wish: Wish, search: Search, spoken_for: set[dt.date], *, reach: int
) -> list[tuple[int, Opening]]:
    """Free times within reach, each with what it costs to go there."""
    found: list[tuple[int, Opening]] = []
    for ahead in range(-reach, reach + 1):
        day = target.day + dt.timedelta(days=ahead)
        is_own_day = ahead == 0 and day not in wish.days_taken
        if not _is_covered(day, wish) or day < wish.starts_on:
            continue
        if (day in spoken_for or day in wish.days_taken) and not is_own_day:
            continue
        for diary in search.diaries:
            if wish.same_therapist and diary.therapist != target.diary.therapist:
                continue
            aim = instant(day, target.time, diary.zone)
            for opening in openings_of(search, diary, day):
                minutes_off = int(abs(opening.starts_at - aim).total_seconds()) // 60
                cost = abs(ahead) * A_DAY_COSTS + minutes_off
                if diary.therapist != target.diary.therapist:
                    cost += ANOTHER_THERAPIST_COSTS
                found.append((cost, opening))
    return sorted(found)


def _one_a_day_first(found: Sequence[tuple[int, Opening]], target: Target) -> list[Opening]:
    """The cheapest of each day, then the others."""
    of_the_day: dict[dt.date, Opening] = {}
    for _, opening in found:
        of_the_day.setdefault(_day_of(opening, target.diary), opening)
    first = list(of_the_day.values())
    # Of the others no visit is offered more than a few; the cheapest are enough to choose from.
    rest = [opening for _, opening in found[: 4 * ALTERNATIVES] if opening not in first]
    return first + rest


def _day_of(opening: Opening, diary: Diary) -> dt.date:
    return opening.starts_at.astimezone(diary.zone).date()


def _minutes(time: dt.time | None, if_none: int) -> int:
    return if_none if time is None else time.hour * 60 + time.minute
