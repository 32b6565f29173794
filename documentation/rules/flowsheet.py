"""Which exercise had which dose at which visit? Lines by exercise, columns by visit.

A 97112 activity is one line, its dose as the note words it. Of other timed services each sentence
or clause in the therapist's words is one: the name is what stands before the first number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documentation.rules import neuro
from documentation.rules.narrative import say_dose, upper_first
from documentation.rules.vocabulary import load

DONE = "done"
MINUTES = "min"
_CLAUSE = re.compile(r";|\n|(?<=[^\d])[.](?:\s|$)|,\s+(?=[A-Za-z][^,;.]*\d+\s*[x×]\s*\d)")
_NUMBER = re.compile(r"\d")
NAME_MOST = 80


@dataclass(frozen=True)
class Treated:
    """One service of a visit."""

    code: str
    label: str
    minutes: int | None
    details: Mapping[str, Any] = field(default_factory=dict)
    narrative: str = ""


@dataclass(frozen=True)
class Day:
    """A visit: one column."""

    id: int
    on: dt.date
    services: Sequence[Treated]


@dataclass(frozen=True)
class Line:
    """An exercise, and its dose at each visit of the sheet; empty where it was not done."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A code with its minutes at each visit and its exercises."""

    code: str
    label: str
    minutes: tuple[str, ...]
    lines: tuple[Line, ...]


def exercises_of(service: Treated) -> list[tuple[str, str]]:
    """Name and dose of each exercise in a service."""
    if service.code == neuro.CODE:
        return _activities(service.details)
    return [split for clause in _CLAUSE.split(service.narrative) if (split := _split(clause))]


def _activities(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    entry, _ = neuro.read(dict(details))
    words = load()
    found = []
    for activity in entry.activities:
        technique = words.techniques.get(activity.technique)
        name = ": ".join(
            part for part in (technique.label if technique else "", activity.words) if part
        )
        if name:
            found.append((name, say_dose(activity, words) or DONE))
    return found


def _split(clause: str) -> tuple[str, str] | None:
    clause = clause.strip(" ,.")
    if not clause:
        return None
    number = _NUMBER.search(clause)
    if number is None or number.start() == 0:
        return upper_first(clause[:NAME_MOST]), DONE
    name = clause[: number.start()].strip(" ,:(@")
    return upper_first(name[:NAME_MOST]), clause[number.start() :].strip()


def lay_out(days: Sequence[Day]) -> list[Group]:
    """Codes and exercises in the order in which they first came."""
    labels: dict[str, str] = {}
    minutes: dict[str, dict[int, int]] = {}
    doses: dict[str, dict[str, tuple[str, dict[int, str]]]] = {}
    for place, day in enumerate(days):
        for service in day.services:
            labels.setdefault(service.code, service.label)
            spent = minutes.setdefault(service.code, {})
            spent[place] = spent.get(place, 0) + (service.minutes or 0)
            lines = doses.setdefault(service.code, {})
            for name, dose in exercises_of(service):
                _, cells = lines.setdefault(name.casefold(), (name, {}))
                cells[place] = f"{cells[place]}; {dose}" if place in cells else dose
    places = range(len(days))
    return [
        Group(
            code,
            labels[code],
            tuple(_minutes(minutes[code].get(place)) for place in places),
            tuple(
                Line(name, tuple(cells.get(place, "") for place in places))
                for name, cells in doses[code].values()
            ),
        )
        for code in labels
    ]


def _minutes(spent: int | None) -> str:
    if spent is None:
        return ""
    return f"{spent} {MINUTES}" if spent else DONE
