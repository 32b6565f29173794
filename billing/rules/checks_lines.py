"""Checks of the service lines: modifiers, charges, edits, limits."""

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from billing.rules import same_day, threshold
from billing.rules.assistants import SOURCE as ASSISTANT_SOURCE
from billing.rules.assistants import split_lines
from billing.rules.checks_visit import code_unknown, units_minutes
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
from billing.rules.notices import NEVER_COVERED, NOTICE_MODIFIERS
from billing.rules.notices import SOURCE as NOTICE_SOURCE
from billing.rules.types import Finding, Service, error, warning
from billing.rules.units import bill_units

GUIDE = "ASC X12N 005010X222A1"
MOST_LINES = 50  # loop 2400
_CHART = "visit.services"
CPT_MODIFIERS = frozenset(
    "22 23 24 25 26 27 32 33 47 50 51 52 53 54 55 56 57 58 59 62 63 66 73 74 76 77 78 79 80 81 82 "
    "90 91 92 93 95 96 97 99".split()
)


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


def line_count(facts: ClaimFacts) -> list[Finding]:
    """A second claim for the rest would be read as a duplicate of the first: a person decides."""
    if len(facts.lines) <= MOST_LINES:
        return []
    message = (
        f"The visit makes {len(facts.lines)} lines and a claim holds {MOST_LINES}. Two claims of "
        "one visit would be denied as duplicates: take services together or leave some out."
    )
    return error("line_count", message, f"{GUIDE}, loop 2400", "visit.services")


def modifier_unknown(facts: ClaimFacts) -> list[Finding]:
    wrong = {line.code: [m for m in line.modifiers if not _is_modifier(m)] for line in facts.lines}
    codes = [code for code, modifiers in wrong.items() if modifiers]
    if not codes:
        return []
    message = " ".join(
        f"{code} carries {', '.join(wrong[code])}, which is no modifier." for code in codes
    )
    return error("modifier_unknown", message, "CPT, appendix A; HCPCS level II", _CHART, *codes)


def _is_modifier(text: str) -> bool:
    """CPT's are two digits of a short list; those of HCPCS level II begin with a letter."""
    return text in CPT_MODIFIERS or re.fullmatch(r"[A-Z][A-Z0-9]", text) is not None


def charge_cents(facts: ClaimFacts) -> list[Finding]:
    codes = [line.code for line in facts.lines if line.charge != round(line.charge, 2)]
    if not codes:
        return []
    message = f"{', '.join(codes)}: the charge has a part smaller than a cent. Correct the fee."
    return error("charge_cents", message, f"{GUIDE}, SV102", "payer.fees", *codes)


def charge_below_allowed(facts: ClaimFacts) -> list[Finding]:
    """Payers pay the lower of the two, so the rest is given away."""
    codes = [
        line.code
        for line in facts.lines
        if line.allowed is not None and 0 < line.charge < line.allowed
    ]
    if not codes:
        return []
    message = f"{', '.join(codes)}: charged below what the payer allows. Raise the fee."
    return warning(
        "charge_below_allowed", message, "CMS Pub. 100-04, ch. 12, § 20", "payer.fees", *codes
    )


def assistant_modifier(facts: ClaimFacts) -> list[Finding]:
    """CQ or CO on the units that the minutes say are the assistant's, and on no others.

    A later payer's lines repeat what the first was billed.
    """
    if facts.sequence > 1:
        return []
    policy, own = facts.policy, facts.discipline.assistant_modifier
    if policy is None or not policy.assistant_modifier or own is None or not facts.lines:
        return []
    if code_unknown(facts) or units_minutes(facts):
        return []
    timed = Counter[str]()
    billed = Counter[tuple[str, bool]]()
    for line in facts.lines:
        billed[line.code, own in line.modifiers] += line.units
        if facts.codes[line.code].timed:
            timed[line.code] += line.units
    units = bill_units(facts.services, policy.unit_rule, facts.codes, choice=timed)
    split = split_lines(facts.services, units, facts.codes, assistant_modifier=True)
    borne_out = Counter[tuple[str, bool]]()
    for each in split.lines:
        borne_out[each.code, each.assistant] += each.units
    codes = sorted({code for code, whose in (billed - borne_out) | (borne_out - billed)})
    if not codes:
        return []
    message = (
        f"{', '.join(codes)}: the minutes give the assistant other units than those with {own}. "
        "Correct the minutes or check again."
    )
    return error("assistant_modifier", message, ASSISTANT_SOURCE, _CHART, *codes)


def assistant_evaluation(facts: ClaimFacts) -> list[Finding]:
    codes = [
        service.code
        for service in _known_services(facts)
        if facts.codes[service.code].evaluation and service.assistant_minutes
    ]
    if not codes:
        return []
    message = f"{', '.join(codes)}: an assistant may not evaluate. Correct who furnished it."
    return error(
        "assistant_evaluation", message, "CMS Pub. 100-02, ch. 15, § 230.2 C", _CHART, *codes
    )


def kx(facts: ClaimFacts) -> list[Finding]:
    """Above the year's amount without KX, or with it below."""
    policy = facts.policy
    if policy is None or not policy.kx or facts.threshold is None or facts.accrued is None:
        return []
    limit = facts.threshold.of(facts.discipline)
    used = threshold.accrued_of(facts.discipline, facts.accrued)
    found: list[Finding] = []
    for line in facts.therapy_lines:
        carried = frozenset(line.modifiers)
        if NEVER_COVERED in carried:
            continue
        passed = threshold.passes(used, line.allowed, limit)
        used = used if passed.accrued_after is None else passed.accrued_after
        if passed.kx and "KX" not in carried:
            say = warning if carried & set(NOTICE_MODIFIERS) else error
            liable = threshold.liable_without_kx(carried)
            message = (
                f"{line.code} lies above the year's {limit:.2f} without KX: it will be denied, and "
                f"the {liable} bears it."
            )
            found += say("kx", message, threshold.SOURCE, "patient.notices", line.code)
        elif "KX" in carried and not passed.kx:
            message = (
                f"{line.code} carries KX below the year's {limit:.2f}: routine KX is treated as "
                "abusive billing. Take it off."
            )
            found += warning("kx", message, threshold.SOURCE, "patient.notices", line.code)
    return found


def notice_absent(facts: ClaimFacts) -> list[Finding]:
    """GA or GX says that the patient was told in writing: the notice must be on file."""
    codes = [
        line.code
        for line in facts.lines
        for said in ("GA", "GX")
        if said in line.modifiers
        and not any(n.kind == said and n.covers(line.code, facts.discipline) for n in facts.notices)
    ]
    if not codes:
        return []
    message = (
        f"{', '.join(codes)}: the line says the patient was given a notice, and none is on file "
        "for the day. Record it, or take the modifier off."
    )
    return error("notice_absent", message, NOTICE_SOURCE, "patient.notices", *codes)


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
    line_count,
    modifier_unknown,
    charge_cents,
    charge_below_allowed,
    assistant_modifier,
    assistant_evaluation,
    kx,
    notice_absent,
)
