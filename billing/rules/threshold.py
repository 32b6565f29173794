"""Has the year's therapy amount been passed, and who pays if nobody says KX?

Physical therapy and speech-language pathology share one amount, occupational therapy has its own;
what counts is the allowed amount of the calendar year from all providers.
Source: CMS Pub. 100-04, ch. 5, § 10.3; the amounts are handed in for the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from billing.rules.types import Discipline

SOURCE = "CMS Pub. 100-04, ch. 5, § 10.3"
SHARED = (Discipline.PT, Discipline.SLP)


def accrued_of(discipline: Discipline, accrued: Mapping[Discipline, Decimal]) -> Decimal:
    """What the year has used of the amount this discipline draws on."""
    bucket = SHARED if discipline in SHARED else (discipline,)
    return sum((accrued.get(each, Decimal(0)) for each in bucket), Decimal(0))


@dataclass(frozen=True)
class Passed:
    """`accrued_after` is None where the line has no known price."""

    kx: bool
    accrued_after: Decimal | None


def passes(accrued: Decimal, allowed: Decimal | None, threshold: Decimal) -> Passed:
    """Does this line lie above the threshold? Exactly at it is not above.

    The line that crosses counts as above: the manual says "services above the threshold" and
    not where a line begins. Any paid line is above once the amount is used up, whatever its price.
    """
    if allowed is None:
        return Passed(kx=accrued >= threshold, accrued_after=None)
    after = accrued + allowed
    return Passed(kx=after > threshold, accrued_after=after)


def liable_without_kx(modifiers: frozenset[str]) -> Literal["patient", "provider"]:
    """Who bears the denial of a line above the threshold that does not carry KX.

    The patient only if a mandatory notice was given before the visit, which GA says.
    """
    return "patient" if "GA" in modifiers else "provider"
