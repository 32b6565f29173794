"""Are these two records one person? Points for what is alike, and the reasons in words.

Names come folded (no accents, no capitals), telephone numbers as they are stored.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ENOUGH = 60  # from here on the desk is asked
SURE = 90
LEAST_LETTERS = 4  # below, two names with one letter between them are two names


@dataclass(frozen=True)
class Known:
    """What is compared of one record."""

    last_name: str
    first_name: str
    birth_date: dt.date
    preferred_name: str = ""
    phones: frozenset[str] = frozenset()
    email: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Likeness:
    points: int
    reasons: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        return self.points >= ENOUGH

    @property
    def is_sure(self) -> bool:
        return self.points >= SURE


def compare(one: Known, other: Known) -> Likeness:
    """At most 100 points. Twins share a last name, a birth date and a telephone: their first names
    differ, which takes points away."""
    found = [_names(one, other), _birth_dates(one.birth_date, other.birth_date)]
    if one.phones & other.phones:
        found.append((25, "same telephone"))
    if one.email and one.email.lower() == other.email.lower():
        found.append((15, "same e-mail"))
    if one.sex != other.sex and "U" not in (one.sex, other.sex):
        found.append((-10, "another sex on claims"))
    points = sum(worth for worth, _ in found)
    return Likeness(max(0, min(100, points)), tuple(reason for _, reason in found if reason))


def _names(one: Known, other: Known) -> tuple[int, str]:
    same_last = one.last_name == other.last_name
    last = same_last or is_slip(one.last_name, other.last_name)
    first_names = ({one.first_name, one.preferred_name}, {other.first_name, other.preferred_name})
    shared = (first_names[0] & first_names[1]) - {""}
    first = bool(shared) or is_slip(one.first_name, other.first_name)
    if same_last and one.first_name == other.first_name:
        return 45, "same name"
    if (one.last_name, one.first_name) == (other.first_name, other.last_name):
        return 40, "first and last name exchanged"
    if last and first:
        return 35, "nearly the same name"
    if first:
        return 15, "same first name, another last name"
    if last:
        return -15, "same last name, another first name"
    return -40, "another name"


def _birth_dates(one: dt.date, other: dt.date) -> tuple[int, str]:
    if one == other:
        return 45, "same birth date"
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return 25, "day and month of birth exchanged"
    differing = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    if differing == 1:
        return 20, "birth dates differ in one digit"
    return -30, "other birth date"


def is_slip(one: str, other: str) -> bool:
    """Whether two words are the same but for one letter wrong, missing, too many or swapped."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < LEAST_LETTERS or len(long) - len(short) > 1:
        return False
    at = next((n for n, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]),
              len(short))  # fmt: skip
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    swapped = short[at : at + 2] == long[at : at + 2][::-1]
    return swapped and short[at + 2 :] == long[at + 2 :]
