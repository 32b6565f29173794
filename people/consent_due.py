"""Is this consent form to be signed on this day?

Values in, an answer out: what the form asks for, when it was signed last, and when the case began.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ONCE, YEARLY, EACH_CASE, NEVER = "once", "yearly", "each_case", "never"


@dataclass(frozen=True)
class Standing:
    """How one patient stands with one form."""

    required: str
    counts_days: int  # how long before an evaluation a signature still counts
    signed_on: dt.date | None  # the last signature
    signed_version: int
    asks_again_from: int  # the newest wording that everybody signs anew; 0 for none
    declined_on: dt.date | None


def is_due(standing: Standing, *, on: dt.date, case_began_on: dt.date | None) -> bool:
    """A refusal settles the day; the next visit asks again."""
    if standing.required == NEVER or standing.declined_on == on:
        return False
    signed_on = standing.signed_on
    if signed_on is None or standing.signed_version < standing.asks_again_from:
        return True
    if standing.required == YEARLY:
        return on >= a_year_after(signed_on)
    if standing.required == EACH_CASE and case_began_on is not None:
        return signed_on < case_began_on - dt.timedelta(days=standing.counts_days)
    return False


def a_year_after(day: dt.date) -> dt.date:
    """The same day of the next year; 29 February is followed by 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return dt.date(day.year + 1, 3, 1)
