"""Checks of the service lines: modifiers, charges, edits, limits."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from billing.rules import same_day
from billing.rules.facts import ClaimFacts
from billing.rules.modifiers import (
    DISCIPLINE_MODIFIERS,
    DISCIPLINE_SOURCE,
    MOST_MODIFIERS,
    conflicts,
    too_many,
)
from billing.rules.ncci import (
    addon_findings,
    evaluation_findings,
    pair_findings,
    same_minutes_findings,
    services_behind,
)
from billing.rules.types import Finding, Service, error

GUIDE = "ASC X12N 005010X222A1"


def discipline_modifier(facts: ClaimFacts) -> list[Finding]:
    """Missing where the payer wants one, or another discipline's."""
    if facts.policy is None or not facts.policy.discipline_modifier:
        return []
    codes = [
        line.code
        for line in facts.therapy_lines
        if not any(modifier in DISCIPLINE_MODIFIERS for modifier in line.modifiers)
    ]
    wrong = _conflicts(facts, "discipline_modifier")
    if not codes:
        return wrong
    message = (
        f"{', '.join(dict.fromkeys(codes))}: the payer wants {facts.discipline.modifier} on every "
        "therapy line."
    )
    return wrong + error(
        "discipline_modifier", message, DISCIPLINE_SOURCE, "claim.lines", *dict.fromkeys(codes)
    )


def evaluation_discipline(facts: ClaimFacts) -> list[Finding]:
    return _conflicts(facts, "evaluation_discipline")


def assistant_pairing(facts: ClaimFacts) -> list[Finding]:
    return _conflicts(facts, "assistant_pairing")


def modifier_conflict(facts: ClaimFacts) -> list[Finding]:
    return _conflicts(facts, "modifier_conflict")


def _conflicts(facts: ClaimFacts, check: str) -> list[Finding]:
    found = [
        _at_lines(finding)
        for line in facts.known_lines
        for finding in conflicts(
            line.code, facts.discipline, facts.codes[line.code], line.modifiers
        )
        if finding.check == check
    ]
    # Therapist's and assistant's line of one code say the same once.
    return [finding for n, finding in enumerate(found) if finding not in found[:n]]


def _at_lines(finding: Finding) -> Finding:
    return replace(finding, field="claim.lines")


def _in_the_chart(finding: Finding) -> Finding:
    """Lines and their distinct modifiers follow from what was logged: services, times, regions."""
    return replace(finding, field="visit.services")


def modifier_count(facts: ClaimFacts) -> list[Finding]:
    return [
        _at_lines(too_many(line.code, line.modifiers))
        for line in facts.lines
        if len(line.modifiers) > MOST_MODIFIERS
    ]


def duplicate_line(facts: ClaimFacts) -> list[Finding]:
    times = Counter((line.code, frozenset(line.modifiers)) for line in facts.lines)
    codes = [code for (code, _), count in times.items() if count > 1]
    if not codes:
        return []
    message = f"{', '.join(codes)}: a code has one line a day. Put its units together."
    return error(
        "duplicate_line",
        message,
        "First Coast, timed codes on several lines",
        "claim.lines",
        *codes,
    )


def addon_without_base(facts: ClaimFacts) -> list[Finding]:
    found = addon_findings([line.code for line in facts.lines], facts.codes)
    return [_in_the_chart(finding) for finding in found]


def charge_not_positive(facts: ClaimFacts) -> list[Finding]:
    codes = [line.code for line in facts.lines if line.charge <= 0]
    if not codes:
        return []
    message = f"{', '.join(codes)}: the charge is zero or less. Enter the fee."
    return error("charge_not_positive", message, f"{GUIDE}, SV102", "payer.fees", *codes)


def charge_total(facts: ClaimFacts) -> list[Finding]:
    lines = sum((line.charge for line in facts.lines), Decimal(0))
    if lines == facts.total_charge:
        return []
    message = f"The lines come to {lines:.2f} and the claim says {facts.total_charge:.2f}."
    return error("charge_total", message, f"{GUIDE}, CLM02", "claim.lines")


def ncci(facts: ClaimFacts) -> list[Finding]:
    return [finding for finding in _pairs(facts) if finding.check == "ncci"]


def distinct_modifier(facts: ClaimFacts) -> list[Finding]:
    return [finding for finding in _pairs(facts) if finding.check == "distinct_modifier"]


def _pairs(facts: ClaimFacts) -> list[Finding]:
    if facts.policy is None or not facts.policy.ncci:
        return []
    carried: dict[str, frozenset[str]] = {}
    for line in facts.known_lines:
        carried[line.code] = carried.get(line.code, frozenset()) | frozenset(line.modifiers)
    behind = services_behind(carried, _known_services(facts), facts.codes)
    on = facts.date_of_service
    found = pair_findings(behind, carried, facts.edits, on)
    found += same_day.pair_findings(behind, carried, facts.elsewhere, facts.edits, facts.codes, on)
    return [_in_the_chart(finding) for finding in found]


def _known_services(facts: ClaimFacts) -> list[Service]:
    return [service for service in facts.services if service.code in facts.codes]


def mue(facts: ClaimFacts) -> list[Finding]:
    if facts.policy is None or not facts.policy.mue:
        return []
    units: dict[str, list[int]] = {}
    for line in facts.lines:
        units.setdefault(line.code, []).append(line.units)
    found = same_day.limit_findings(units, facts.elsewhere, facts.mue or {})
    return [_in_the_chart(finding) for finding in found]


def same_minutes(facts: ClaimFacts) -> list[Finding]:
    services = _known_services(facts)
    found = same_minutes_findings(services, facts.codes)
    found += same_day.same_minutes_findings(services, facts.elsewhere, facts.codes)
    return [_in_the_chart(finding) for finding in found]


def evaluation_per_day(facts: ClaimFacts) -> list[Finding]:
    if facts.policy is None or not facts.policy.ncci:
        return []
    services = _known_services(facts)
    found = evaluation_findings(services, facts.codes)
    found += same_day.evaluation_findings(services, facts.elsewhere, facts.codes)
    return [_in_the_chart(finding) for finding in found]


def place_of_service(facts: ClaimFacts) -> list[Finding]:
    if len(facts.place_of_service) == 2 and facts.place_of_service.isdecimal():
        return []
    message = "Say where the visit took place: 11 for the office, 12 for the patient's home."
    return error("place_of_service", message, f"{GUIDE}, CLM05-1", "visit.place_of_service")


CHECKS = (
    discipline_modifier,
    evaluation_discipline,
    assistant_pairing,
    modifier_conflict,
    modifier_count,
    duplicate_line,
    addon_without_base,
    charge_not_positive,
    charge_total,
    ncci,
    distinct_modifier,
    mue,
    same_minutes,
    evaluation_per_day,
    place_of_service,
)
