"""Which units of a code are the assistant's, and so stand on a line of their own.

Since 2022 a line that an assistant furnished is paid at 85 %, so each unit has one owner: a whole
block of 15 minutes belongs to whoever furnished it, and the last unit is the therapist's when the
therapist alone passed its midpoint. docs/rules/assistants.md works it by hand.

Source: 42 CFR 410.59/410.60 (2022), CMS therapy services page: the 10 % standard and its two
exceptions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from billing.rules.allocation import UNIT, add_ons_of, midpoint
from billing.rules.types import (
    CodeFacts,
    Discipline,
    Finding,
    Line,
    Service,
    Severity,
    UnitResult,
)

SOURCE = "CMS therapy services page, CQ/CO: 10 % standard and the 2022 exceptions"


@dataclass(frozen=True)
class Owned:
    """One code's units by owner. `unsettled`: CMS does not say whose the last two are."""

    therapist: int
    assistant: int
    unsettled: bool = False


@dataclass(frozen=True)
class SplitLines:
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]


def mostly_assistant(therapist: int, assistant: int) -> bool:
    """More than 10 % of the minutes were the assistant's alone; exactly 10 % is not more."""
    return 10 * assistant > therapist + assistant


def own_units(units: int, *, therapist: int, assistant: int, minutes_per_unit: int = UNIT) -> Owned:
    """Whose the billed units of one timed code are, from the minutes each furnished."""
    whose = Owned(therapist // minutes_per_unit, assistant // minutes_per_unit)
    left = units - whose.therapist - whose.assistant
    their_rest, assistant_rest = therapist % minutes_per_unit, assistant % minutes_per_unit
    if left >= 2:
        # Two units left of one code, 9 to 14 minutes each, 23 to 28 together: one each. With
        # fewer minutes the second came from the day's pool, which CMS does not speak of.
        both = their_rest + assistant_rest
        return Owned(
            whose.therapist + 1,
            whose.assistant + 1,
            unsettled=both < minutes_per_unit + midpoint(minutes_per_unit),
        )
    if left == 1:
        if their_rest < midpoint(minutes_per_unit) and mostly_assistant(their_rest, assistant_rest):
            return Owned(whose.therapist, whose.assistant + 1)
        return Owned(whose.therapist + 1, whose.assistant)
    return whose


def split_lines(
    services: Sequence[Service],
    result: UnitResult,
    facts: Mapping[str, CodeFacts],
    *,
    assistant_modifier: bool,
) -> SplitLines:
    """The lines of a visit: one per code, two where therapist and assistant share its units."""
    lines: list[Line] = []
    findings: list[Finding] = []
    for discipline, billed in result.by_discipline.items():
        own = [service for service in services if service.discipline is discipline]
        findings += _who_may(discipline, own, facts, assistant_modifier=assistant_modifier)
        for code, units in billed.items():
            whose = Owned(units, 0)
            if assistant_modifier and discipline.assistant_modifier:
                whose = _owned(code, units, own, facts)
            if whose.unsettled:
                findings.append(_unsettled(code))
            if whose.therapist:
                lines.append(Line(code, whose.therapist, discipline))
            if whose.assistant:
                lines.append(Line(code, whose.assistant, discipline, assistant=True))
    return SplitLines(tuple(lines), tuple(findings))


def _owned(
    code: str, units: int, services: Sequence[Service], facts: Mapping[str, CodeFacts]
) -> Owned:
    if not facts[code].timed:
        # The whole service is the measure; two of them on one day are looked at one by one.
        owners = Counter[bool]()
        for service in services:
            if service.code == code:
                owners[mostly_assistant(service.therapist_minutes, service.assistant_minutes)] += (
                    service.count
                )
        return Owned(owners[False], owners[True])

    first = facts[code].base_code or code
    add_on = add_ons_of(facts).get(first)
    family = [s for s in services if (facts[s.code].base_code or s.code) == first]
    therapist = sum(service.therapist_minutes for service in family)
    assistant = sum(service.assistant_minutes for service in family)
    if add_on:
        # The therapist's minutes fill the first code before the add-on; CMS has no example.
        length = facts[first].minutes_per_unit
        in_first = min(therapist, length)
        rest_of_first = min(assistant, length - in_first)
        if code == first:
            therapist, assistant = in_first, rest_of_first
        else:
            therapist, assistant = therapist - in_first, assistant - rest_of_first
    return own_units(
        units,
        therapist=therapist,
        assistant=assistant,
        minutes_per_unit=facts[code].minutes_per_unit,
    )


def _who_may(
    discipline: Discipline,
    services: Sequence[Service],
    facts: Mapping[str, CodeFacts],
    *,
    assistant_modifier: bool,
) -> list[Finding]:
    findings = [
        Finding(
            check="assistant_evaluation",
            severity=Severity.ERROR,
            message=(
                f"{service.code} is an evaluation, and {service.assistant_minutes} of its "
                f"{service.minutes} minutes are the assistant's. Only a therapist may evaluate."
            ),
            source="CMS Pub. 100-02, ch. 15, § 230.1 and 230.2",
            codes=(service.code,),
        )
        for service in services
        if facts[service.code].evaluation
        and mostly_assistant(service.therapist_minutes, service.assistant_minutes)
    ]
    helped = [service.code for service in services if service.assistant_minutes]
    if helped and assistant_modifier and discipline.assistant_modifier is None:
        findings.append(
            Finding(
                check="assistant_discipline",
                severity=Severity.WARNING,
                message=(
                    "Assistant minutes are logged for speech-language pathology. There is no "
                    "assistant modifier beside GN: bill the pathologist's own minutes."
                ),
                source=SOURCE,
                codes=tuple(dict.fromkeys(helped)),
            )
        )
    return findings


def _unsettled(code: str) -> Finding:
    return Finding(
        check="assistant_split",
        severity=Severity.WARNING,
        message=(
            f"Two units of {code} are left for therapist and assistant together, with fewer than "
            "23 minutes between them. CMS has no example of that; one unit each is billed."
        ),
        source=SOURCE,
        codes=(code,),
    )
