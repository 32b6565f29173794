"""Until which day a plan of care is certified."""

import datetime as dt
from dataclasses import dataclass

LONGEST_CERTIFICATION = 90  # calendar days; the day it begins is the first of them
SOURCE = "CMS Pub. 100-02, ch. 15, § 220.1.3"


@dataclass(frozen=True)
class Validity:
    """The last day a certification can reach, and what sets that limit."""

    through: dt.date
    limit: str
    source: str = SOURCE

    def covers(self, day: dt.date) -> bool:
        return day <= self.through


def validity(*, begins_on: dt.date, starts_on: dt.date, duration_weeks: int) -> Validity:
    """The plan's own duration or 90 days, whichever ends first.

    `begins_on` is the day the 90 days count from: first treatment for an initial plan, the
    plan's own start for one that renews it.
    """
    by_duration = starts_on + dt.timedelta(days=7 * duration_weeks - 1)
    by_ninety_days = begins_on + dt.timedelta(days=LONGEST_CERTIFICATION - 1)
    if by_duration <= by_ninety_days:
        return Validity(by_duration, f"the plan's {duration_weeks} weeks")
    return Validity(by_ninety_days, f"{LONGEST_CERTIFICATION} days")
