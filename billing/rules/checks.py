"""Why was this claim held back? Every check there is, and the one function that runs them.

A check is a function of a claim's facts that returns what it found; its name is the id a finding
bears. All of them always run: a biller wants to see everything at once.
"""

from collections.abc import Callable
from dataclasses import replace

from billing.rules import (
    checks_coverage,
    checks_earlier,
    checks_lines,
    checks_parties,
    checks_places,
    checks_visit,
)
from billing.rules.checks_parties import npi_is_valid
from billing.rules.facts import ClaimFacts
from billing.rules.types import Finding

Check = Callable[[ClaimFacts], list[Finding]]

ALL_CHECKS: tuple[Check, ...] = (
    *checks_visit.CHECKS,
    *checks_lines.CHECKS,
    *checks_parties.CHECKS,
    *checks_places.CHECKS,
    *checks_coverage.CHECKS,
    *checks_earlier.CHECKS,
)


def scrub(facts: ClaimFacts) -> list[Finding]:
    """All findings in the order of the checks, then what coding found that no check repeats."""
    findings = [finding for check in ALL_CHECKS for finding in check(facts)]
    said = {(finding.check, finding.codes) for finding in findings}
    return findings + [
        replace(finding, field=finding.field or "visit.services")
        for finding in facts.coding
        if (finding.check, finding.codes) not in said
    ]


__all__ = ["ALL_CHECKS", "Check", "npi_is_valid", "scrub"]
