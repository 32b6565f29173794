"""Who of those that wait fits a freed time best, and why?

What a patient cannot do (another day, a shorter notice) keeps them out; what they would rather
have, and how long and how urgently they wait, puts them in order. Each reason is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
NOON = dt.time(12)

# What counts how much. An urgent patient outranks three weeks of waiting; a wish for a therapist
# that is not met costs more than a fortnight of it.
URGENT = 25
THERAPIST_MET = 10
OTHER_THERAPIST = -20
FILLS_THE_TIME = 3
A_DAY_OF_WAITING = 1
MOST_DAYS = 40
ENDS_SOON = 15  # the authorization ends within SOON_DAYS
SOON_DAYS = 14


@dataclass(frozen=True)
class Opening:
    """A freed time on the clinic's wall clock."""

    on: dt.date
    starts: dt.time
    minutes: int
    clinic: int
    therapist: int
    therapist_name: str
    discipline: str
    evaluates: bool  # assistants do not
    hours_away: float

    def ends_after(self, minutes: int) -> dt.time:
        """When a visit of so many minutes would end, on the wall clock; none goes past midnight."""
        start = dt.datetime.combine(dt.date.min, self.starts)
        return (start + dt.timedelta(minutes=minutes)).time()


@dataclass(frozen=True)
class Waiting:
    """One entry of the list, and what matters to rank it."""

    id: int
    clinics: frozenset[int]
    discipline: str
    is_evaluation: bool
    minutes: int
    therapists: dict[int, str] = field(default_factory=dict)  # empty: any; names by id
    weekdays: frozenset[int] = frozenset()  # empty: any
    from_time: dt.time | None = None
    to_time: dt.time | None = None
    earliest_on: dt.date | None = None
    latest_on: dt.date | None = None
    notice_hours: int = 0
    urgent: bool = False
    days_waiting: int = 0
    authorization_ends_in: int | None = None  # days; None where there is none
    authorization_spent: bool = False


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for (or against) a match, in words."""

    text: str
    is_good: bool = True


@dataclass(frozen=True)
class Match:
    """Somebody who could take the time, how well it fits, and why."""

    id: int
    score: int
    reasons: tuple[Reason, ...]


def ranked(opening: Opening, waiting: Iterable[Waiting]) -> list[Match]:
    """Those who could take the time, the best first; of two alike, the one who waits longer."""
    fitting = [entry for entry in waiting if can_take(opening, entry)]
    matches = [(entry, match(opening, entry)) for entry in fitting]
    matches.sort(key=lambda pair: (-pair[1].score, -pair[0].days_waiting, pair[0].id))
    return [found for _, found in matches]


def can_take(opening: Opening, entry: Waiting) -> bool:
    """Whether the time is possible at all for them."""
    return (
        entry.minutes <= opening.minutes
        and opening.clinic in entry.clinics
        and opening.discipline == entry.discipline
        and (opening.evaluates or not entry.is_evaluation)
        and (not entry.weekdays or opening.on.weekday() in entry.weekdays)
        and (entry.from_time is None or opening.starts >= entry.from_time)
        and (entry.to_time is None or opening.ends_after(entry.minutes) <= entry.to_time)
        and (entry.earliest_on is None or opening.on >= entry.earliest_on)
        and (entry.latest_on is None or opening.on <= entry.latest_on)
        and opening.hours_away >= entry.notice_hours
    )


def match(opening: Opening, entry: Waiting) -> Match:
    """How well a possible time fits, with every reason that counted."""
    score, reasons = 0, []
    if entry.urgent:
        score += URGENT
        reasons.append(Reason("urgent"))
    if entry.from_time is not None or entry.to_time is not None:
        reasons.append(Reason(f"wants {window_in_words(entry.from_time, entry.to_time)}"))
    if entry.weekdays:
        reasons.append(Reason(f"wants {WEEKDAYS[opening.on.weekday()]}"))
    if entry.therapists:
        if opening.therapist in entry.therapists:
            score += THERAPIST_MET
            reasons.append(Reason(f"prefers {opening.therapist_name}"))
        else:
            score += OTHER_THERAPIST
            names = " or ".join(sorted(entry.therapists.values()))
            reasons.append(Reason(f"prefers {names}", is_good=False))
    if entry.days_waiting:
        days = "day" if entry.days_waiting == 1 else "days"
        reasons.append(Reason(f"waiting {entry.days_waiting} {days}"))
    score += min(entry.days_waiting, MOST_DAYS) * A_DAY_OF_WAITING
    if entry.authorization_spent:
        reasons.append(Reason("authorization is spent", is_good=False))
    elif entry.authorization_ends_in is not None and entry.authorization_ends_in <= SOON_DAYS:
        score += ENDS_SOON
        reasons.append(Reason(f"authorization ends {_in_days(entry.authorization_ends_in)}"))
    if entry.minutes == opening.minutes:
        score += FILLS_THE_TIME
        reasons.append(Reason(f"fills the {opening.minutes} minutes"))
    else:
        reasons.append(Reason(f"takes {entry.minutes} of {opening.minutes} minutes", is_good=False))
    return Match(entry.id, score, tuple(reasons))


def window_in_words(from_time: dt.time | None, to_time: dt.time | None) -> str:
    """mornings, afternoons, or the times themselves."""
    if from_time is None and to_time is None:
        return "any time of day"
    if to_time is not None and to_time <= NOON and from_time is None:
        return "mornings"
    if from_time is not None and from_time >= NOON and to_time is None:
        return "afternoons"
    if from_time is None:
        assert to_time is not None
        return f"times until {_clock(to_time)}"
    if to_time is None:
        return f"times from {_clock(from_time)}"
    return f"{_clock(from_time)} to {_clock(to_time)}"


def _clock(time: dt.time) -> str:
    return f"{time:%I:%M %p}".lstrip("0").lower()


def _in_days(days: int) -> str:
    if days <= 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {days} days"
