"""When is a patient told of an appointment, and in which words? Decided from values alone.

A message goes out at its time, unless the clinic is quiet then: it waits until the quiet ends, or
goes before it began where that would be too late. Words have a closed set of placeholders.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scheduling.slots import instant

PLACEHOLDERS = {
    "first_name": "The patient's first name",
    "day": "Monday, March 2",
    "time": "9:00 am",
    "clinic": "The clinic's name",
    "clinic_phone": "Its telephone number",
    "therapist": "Dana, PT",
    "link": "Where to confirm, cancel or ask for another time",
}
NAMES_SOMEBODY = frozenset(("first_name", "therapist"))  # not in the subject of an e-mail
NOTICE = dt.timedelta(hours=1)  # told later than this before the start is told too late
BEFORE_QUIET = dt.timedelta(minutes=10)  # time for two sweeps

_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Quiet:
    """From when to when nobody is written to, on the wall clock; equal times: never quiet."""

    since: dt.time
    until: dt.time
    zone: ZoneInfo

    def around(self, at: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
        """The quiet stretch in which the instant lies, if it does."""
        if self.since == self.until:
            return None
        today = at.astimezone(self.zone).date()
        for day in (today - dt.timedelta(days=1), today):
            last = day if self.since < self.until else day + dt.timedelta(days=1)
            begin, end = instant(day, self.since, self.zone), instant(last, self.until, self.zone)
            if begin <= at < end:
                return begin, end
        return None


def send_at(wanted: dt.datetime, *, starts_at: dt.datetime, quiet: Quiet) -> dt.datetime:
    """When a message wanted at an instant goes out, about an appointment that starts then."""
    stretch = quiet.around(wanted)
    if stretch is None:
        return wanted
    begin, end = stretch
    return end if end <= starts_at - NOTICE else min(wanted, begin - BEFORE_QUIET)


def at_once(now: dt.datetime, *, starts_at: dt.datetime, quiet: Quiet) -> dt.datetime:
    """When news goes out that has just come up: it cannot go before the quiet began."""
    return max(now, send_at(now, starts_at=starts_at, quiet=quiet))


@dataclass(frozen=True)
class Told:
    """What a patient was told of an appointment, or is about to be."""

    kind: str
    hours_before: int | None
    starts_at: dt.datetime
    made_at: dt.datetime


def reminder_due(
    *,
    now: dt.datetime,
    starts_at: dt.datetime,
    leads: Iterable[int],
    told: Iterable[Told],
    quiet: Quiet,
) -> int | None:
    """Which reminder is due, by its hours before: of several the latest, none for a patient who
    has been told of this time since it fell due."""
    due = [
        (hours, at)
        for hours in leads
        if (at := send_at(starts_at - dt.timedelta(hours=hours), starts_at=starts_at, quiet=quiet))
        <= now
    ]
    if not due or now >= starts_at:
        return None
    hours, fell_due = min(due)
    of_this_time = [one for one in told if one.starts_at == starts_at]
    if any(one.made_at >= fell_due for one in of_this_time):
        return None
    if any((one.kind, one.hours_before) == ("reminder", hours) for one in of_this_time):
        return None
    return hours


@dataclass(frozen=True)
class Words:
    """A template as far as choosing it goes."""

    pk: int
    kind: str
    channel: str
    type_id: int | None
    hours_before: int | None


def best_words(
    templates: Iterable[Words], *, kind: str, channel: str, type_id: int, hours: int | None
) -> Words | None:
    """The template that fits most closely: its type first, then its hours before."""
    fitting = [
        words
        for words in templates
        if (words.kind, words.channel) == (kind, channel)
        and words.type_id in (None, type_id)
        and words.hours_before in (None, hours)
    ]
    return max(
        fitting,
        key=lambda words: (words.type_id is not None, words.hours_before is not None, words.pk),
        default=None,
    )


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The words with the facts in their places; what is no placeholder stays as it stands."""
    return _BRACED.sub(lambda found: facts.get(found[1], found[0]), text)


def problems_of_words(text: str, *, forbidden: Iterable[str], is_subject: bool) -> list[str]:
    """What is wrong with a template's words, a sentence each. `forbidden` are words that say what
    somebody is treated for: the names of appointment types."""
    used = _BRACED.findall(text)
    problems = []
    if unknown := sorted({name for name in used if name not in PLACEHOLDERS}):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        problems.append(f"{{{unknown[0]}}} stands for nothing. There are {known}.")
    if re.search(r"[{}]", _BRACED.sub("", text)):
        problems.append("A brace { or } stands alone.")
    if is_subject and NAMES_SOMEBODY.intersection(used):
        problems.append("The subject of an e-mail is seen by others: it names nobody.")
    if is_subject and ("\n" in text or "\r" in text):
        problems.append("A subject has one line.")
    plain = _BRACED.sub(" ", text)
    for word in sorted(forbidden, key=str.casefold):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain, re.IGNORECASE):
            problems.append(f"“{word}” says what the visit is for: messages do not.")
    return problems


def and_the_others(times: Sequence[str], *, most: int) -> str:
    """A line about further appointments booked at once: so many of them written out."""
    if not times:
        return ""
    if len(times) > most:
        more = "appointment" if len(times) == 1 else "appointments"
        return f"And {len(times)} more {more}."
    return "And also: " + "; ".join(times) + "."
