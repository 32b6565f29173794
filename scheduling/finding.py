"""Find a time: the next free times, day by day, or which condition to loosen.

One search for the page and for the API. It is as fast for twenty therapists as for one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from people.models.staff import Discipline
from scheduling import finder, free_time, slots
from scheduling.finder import Condition, FreeDay, Opening, Wanted
from scheduling.free_time import Loaded, Needs
from web.templatetags.pt import clock

DAYS_AHEAD = 56  # how far one search looks
DAYS_SHOWN = 5  # days with free times in one answer
WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
WITHOUT = {
    Condition.WEEKDAYS: "On any weekday",
    Condition.TIME_OF_DAY: "At any time of day",
    Condition.ROOM: "Whatever rooms and equipment are taken",
    Condition.PATIENT: "But for what the patient has booked already",
}


@dataclass(frozen=True)
class Hint:
    """Why nothing was found; `without` names the condition that would have to go."""

    sentence: str
    without: str = ""


@dataclass(frozen=True)
class Found:
    """Days with free times; or, when there are none, hints."""

    days: list[FreeDay]
    hints: list[Hint]
    loaded: Loaded

    @property
    def next_day(self) -> dt.date | None:
        """Where a search for later times begins; `None` when these are all there are."""
        return self.days[-1].day + dt.timedelta(days=1) if len(self.days) == DAYS_SHOWN else None


def find(needs: Needs, wanted: Wanted, *, first: dt.date) -> Found:
    """The free times of the next days that have any, from `first` on."""
    last = first + dt.timedelta(days=DAYS_AHEAD)
    starts_at, ends_at = bounds(needs, first, last)
    loaded = free_time.load(needs, wanted, first=starts_at, last=ends_at)
    days = finder.free_days(loaded.search, first, days=DAYS_AHEAD, enough=DAYS_SHOWN)
    return Found(days, [] if days else _hints(needs, loaded, first=first), loaded)


def bounds(needs: Needs, first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which these days lie at every one of the clinics."""
    wholes = [
        slots.whole_day(day, clinic.zone) for clinic in needs.clinics for day in (first, last)
    ]
    return min(whole.starts_at for whole in wholes), max(whole.ends_at for whole in wholes)


def _hints(needs: Needs, loaded: Loaded, *, first: dt.date) -> list[Hint]:
    search = loaded.search
    wanted = search.wanted
    hints = []
    if not search.diaries:
        hints.append(_nobody(needs))
    elif not finder.works_on(search.diaries, wanted.weekdays):
        hints.append(Hint(f"{_nobody_works(needs)} on {_any_of(wanted.weekdays)}."))
    elif not finder.works_within(search.diaries, wanted):
        hints.append(Hint(f"{_nobody_works(needs)} {window_in_words(wanted)} that long."))
    for each in finder.loosen(search, first, days=DAYS_AHEAD):
        then = moment_in_words(each.first, loaded)
        without = "" if each.condition is Condition.PATIENT else str(each.condition)
        hints.append(Hint(f"{WITHOUT[each.condition]}, the first free time is {then}.", without))
    if needs.therapists:
        hints += _with_anybody(needs, wanted, first=first)
    return hints or [
        Hint(f"Everything is taken or closed in the {DAYS_AHEAD // 7} weeks from this date.")
    ]


def _with_anybody(needs: Needs, wanted: Wanted, *, first: dt.date) -> list[Hint]:
    """The first free time with whoever may give such a visit."""
    anybody = replace(needs, therapists=())
    starts_at, ends_at = bounds(needs, first, first + dt.timedelta(days=DAYS_AHEAD))
    loaded = free_time.load(anybody, wanted, first=starts_at, last=ends_at)
    days = finder.free_days(loaded.search, first, days=DAYS_AHEAD, enough=1)
    if not days:
        return []
    opening = days[0].openings[0]
    who, then = loaded.therapists[opening.therapist], moment_in_words(opening, loaded)
    return [Hint(f"With any therapist, the first free time is {then}, with {who}.", "therapists")]


def _nobody(needs: Needs) -> Hint:
    kind = needs.appointment_type
    where = " or ".join(str(clinic) for clinic in needs.clinics)
    discipline = Discipline(kind.discipline).label.lower()
    if needs.therapists:
        return Hint(f"None of those chosen can give “{kind}” ({discipline}) at {where}.")
    return Hint(f"No therapist at {where} can give “{kind}” ({discipline}).")


def _nobody_works(needs: Needs) -> str:
    if not needs.therapists:
        return "Nobody works"
    if len(needs.therapists) == 1:
        return f"{needs.therapists[0]} does not work"
    return "None of those chosen works"


def _any_of(weekdays: Iterable[int]) -> str:
    names = [WEEKDAYS[weekday] for weekday in sorted(weekdays)]
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def window_in_words(wanted: Wanted) -> str:
    """between 8:00 am and 12:00 pm, after 5:00 pm, before 8:00 am"""
    if wanted.from_time and wanted.to_time:
        return f"between {clock(wanted.from_time)} and {clock(wanted.to_time)}"
    if wanted.from_time:
        return f"after {clock(wanted.from_time)}"
    return f"before {clock(wanted.to_time)}" if wanted.to_time else "at any time"


def moment_in_words(opening: Opening, loaded: Loaded) -> str:
    """Tue, Mar 3 at 9:00 am, on the wall clock of the opening's clinic."""
    at = opening.starts_at.astimezone(loaded.clinics[opening.clinic].zone)
    return f"{at:%a}, {at:%b} {at.day} at {clock(at)}"
