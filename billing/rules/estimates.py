"""When a good-faith estimate is due, which planned visits it covers, and when a bill outgrows it.

45 CFR 149.610(b)(1)(vi) counts business days from the day of scheduling; 45 CFR 149.620 says from
which difference a patient may dispute a bill. The numbers themselves are rows (`EstimateRule`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

DAY = dt.timedelta(days=1)
SATURDAY, SUNDAY = 5, 6

# 5 U.S.C. 6103(a): (month, day), or (month, weekday, which one of the month; -1 is the last).
FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
FLOATING = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))


@dataclass(frozen=True)
class LeadTimes:
    """From so many business days ahead, an estimate is due within so many after scheduling."""

    near_from: int
    near_within: int
    far_from: int
    far_within: int
    asked_within: int


@dataclass(frozen=True)
class Planned:
    """A booked visit: its number, the day it was booked, its day, its kind."""

    id: int
    booked_on: dt.date
    on: dt.date
    kind: int


@dataclass(frozen=True)
class Promise:
    """What a standing estimate covers: visits by number, and some more of a kind until a day."""

    visits: frozenset[int]
    more: int = 0
    kind: int = 0
    until: dt.date | None = None


def is_business_day(day: dt.date) -> bool:
    return day.weekday() not in (SATURDAY, SUNDAY) and day not in federal_holidays(day.year)


def federal_holidays(year: int) -> frozenset[dt.date]:
    """The days on which federal offices close; one on a weekend is kept on the next weekday, or
    the one before (5 U.S.C. 6103(b))."""
    days = {_observed(dt.date(year, month, day)) for month, day in FIXED}
    days.add(_observed(dt.date(year + 1, 1, 1)))  # New Year's Day may be kept in December
    days |= {_nth(year, month, weekday, which) for month, weekday, which in FLOATING}
    return frozenset(day for day in days if day.year == year)


def _observed(day: dt.date) -> dt.date:
    if day.weekday() == SATURDAY:
        return day - DAY
    return day + DAY if day.weekday() == SUNDAY else day


def _nth(year: int, month: int, weekday: int, which: int) -> dt.date:
    if which < 0:
        last = dt.date(year, month + 1, 1) - DAY
        return last - DAY * ((last.weekday() - weekday) % 7)
    first = dt.date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (which - 1))


def after_business_days(day: dt.date, count: int) -> dt.date:
    """The last day of so many business days after `day`, which itself does not count."""
    while count:
        day += DAY
        count -= is_business_day(day)
    return day


def has_business_days_before(booked_on: dt.date, on: dt.date, count: int) -> bool:
    """Whether the visit was booked at least so many business days before its day."""
    return after_business_days(booked_on, count) <= on


def due_for(visit: Planned, times: LeadTimes) -> dt.date | None:
    """The last day to give an estimate of the visit; None when it was booked too near for one."""
    if has_business_days_before(visit.booked_on, visit.on, times.far_from):
        return after_business_days(visit.booked_on, times.far_within)
    if has_business_days_before(visit.booked_on, visit.on, times.near_from):
        return after_business_days(visit.booked_on, times.near_within)
    return None


def due_when_asked(asked_on: dt.date, times: LeadTimes) -> dt.date:
    return after_business_days(asked_on, times.asked_within)


def uncovered(visits: Sequence[Planned], promises: Iterable[Promise]) -> list[Planned]:
    """The visits that no estimate covers, the first one first. Visits that an estimate only counts
    are taken up in order of their days."""
    left = sorted(visits, key=lambda visit: (visit.on, visit.id))
    for promise in promises:
        left = [visit for visit in left if visit.id not in promise.visits]
        more = promise.more
        still = []
        for visit in left:
            fits = visit.kind == promise.kind and promise.until and visit.on <= promise.until
            if more and fits:
                more -= 1
            else:
                still.append(visit)
        left = still
    return left


def is_over(billed: Decimal, expected: Decimal, dispute_over: Decimal) -> bool:
    """Whether the patient may dispute the bill: it exceeds the estimate by that much or more."""
    return billed - expected >= dispute_over


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - DAY).day))
