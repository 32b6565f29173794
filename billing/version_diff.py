"""What one released version of a claim says otherwise than another, in a biller's words.

Works on the frozen JSON of `billing.frozen`, whatever fields a claim has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from billing.rules.words import spoken

LISTS = {
    "lines": "Line",
    "diagnoses": "Diagnosis",
    "modifiers": "modifier",
    "pointers": "pointer",
    "other payers": "Earlier payer",
    "adjudications": "earlier payer",
    "adjustments": "adjustment",
}
# How a biller writes what the frozen fields call otherwise.
WORDS = {"id": "ID", "npi": "NPI", "line1": "line 1", "line2": "line 2"}


@dataclass(frozen=True)
class Change:
    """One value that differs; empty where one of the two has none."""

    where: str
    before: str
    after: str


def changes(before: Any, after: Any) -> list[Change]:
    """Every value that differs, in the order the claim says them."""
    return list(_compare(before, after, ()))


def _compare(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        old, new = before or {}, after or {}
        for name in dict.fromkeys([*old, *new]):
            if name != "is":
                yield from _compare(old.get(name), new.get(name), (*path, name.replace("_", " ")))
    elif _is_list_of_objects(before) or _is_list_of_objects(after):
        for place, (one, other) in enumerate(zip_longest(before or [], after or []), start=1):
            yield from _compare(one, other, _numbered(path, place))
    else:
        change = Change(_said(path), _shown(before), _shown(after))
        if change.before != change.after:
            yield change


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _numbered(path: tuple[str, ...], number: int) -> tuple[str, ...]:
    name = LISTS.get(path[-1], path[-1].capitalize()) if path else ""
    return (*path[:-1], f"{name} {number}")


def _said(path: tuple[str, ...]) -> str:
    parts = [" ".join(WORDS.get(word, word) for word in part.split()) for part in path]
    # A company's name is kept as the name of a name.
    words = ", ".join(part for part, _ in groupby(parts))
    return words[:1].upper() + words[1:]


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(_shown(item) for name, item in value.items() if name != "is" and item)
    return _day(value) if isinstance(value, str) else str(value)


def _day(text: str) -> str:
    """A frozen day as the pages write days; any other text as it is."""
    if not (len(text) == 10 and text[4] == text[7] == "-"):
        return text
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return text
    return spoken(day)
