"""How old is a note that nobody has signed? The groups its age falls into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Age:
    """Days since the visit, from `first` through `last`; the oldest group has no end."""

    label: str
    first: int
    last: int | None
    tone: str


AGES = (
    Age("Today", 0, 0, "muted"),
    Age("1–2 days", 1, 2, "info"),
    Age("3–7 days", 3, 7, "warning"),
    Age("8–30 days", 8, 30, "danger"),
    Age("Over 30 days", 31, None, "danger"),
)


def age_of(days: int) -> Age:
    """A visit that is dated ahead of today counts as today's."""
    days = max(days, 0)
    return next(age for age in AGES if age.last is None or days <= age.last)
