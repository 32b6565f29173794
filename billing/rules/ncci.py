"""May these codes go together today, and how many units of one are believed?

Pairs come from the NCCI procedure-to-procedure file, limits from the medically-unlikely-edit file;
both are handed in for the date of service. What the policy manual forbids without any pair (two
therapy services in the same minutes, two evaluations of one discipline) is here too.
docs/rules/ncci.md works the cases by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from billing.rules.types import (
    CodeFacts,
    Discipline,
    Finding,
    MueLimit,
    PtpEdit,
    Service,
    Severity,
)

# NCCI Policy Manual 2026, ch. I, § E. 59 or one of its four parts say "distinct"; the others
# bypass an edit for reasons of their own. 22, 76 and 77 never do.
DISTINCT = ("59", "XE", "XS", "XP", "XU")
ANATOMIC = frozenset(
    ["E1", "E2", "E3", "E4", "FA", "TA", "LT", "RT", "LC", "LD", "LM", "RC", "RI"]
    + [f"F{n}" for n in range(1, 10)]
    + [f"T{n}" for n in range(1, 10)]
)
BYPASS = frozenset([*DISTINCT, "24", "25", "27", "57", "58", "78", "79", "91"]) | ANATOMIC

# NCCI Policy Manual 2026, ch. XI, § S speaks of these by number.
SPINAL_MANIPULATION = frozenset({"98940", "98941", "98942"})

MANUAL = "NCCI Policy Manual 2026, ch. XI"


def in_force(edit: PtpEdit, on: date) -> bool:
    """The deletion date is the last day in force; indicator 9 was never in force."""
    return (
        edit.modifier_indicator != 9
        and (edit.effective_on is None or edit.effective_on <= on)
        and (edit.deleted_on is None or on <= edit.deleted_on)
    )


def edits_between(codes: Iterable[str], edits: Iterable[PtpEdit], on: date) -> list[PtpEdit]:
    """The edits in force among these codes, whichever column each stands in; each pair once."""
    present = set(codes)
    found = {
        (edit.column1, edit.column2): edit
        for edit in edits
        if edit.column1 in present and edit.column2 in present and in_force(edit, on)
    }
    return [found[pair] for pair in sorted(found)]


@dataclass(frozen=True)
class Evidence:
    """What shows that two services were apart, and the X modifier that says so."""

    x_modifier: str
    reason: str


def shared_regions(one: Iterable[Service], other: Iterable[Service]) -> set[str]:
    return _regions(one) & _regions(other)


def _regions(services: Iterable[Service]) -> set[str]:
    return {" ".join(r.casefold().split()) for service in services for r in service.regions}


def overlap(one: Service, other: Service) -> bool:
    """They share a minute. One that ends when the other starts does not."""
    return any(
        begin < other_end and other_begin < end
        for begin, end in one.spans
        for other_begin, other_end in other.spans
    )


def evidence_apart(one: Sequence[Service], other: Sequence[Service]) -> Evidence | None:
    """Different minutes, or different regions; None when nothing in the log shows either.

    Beside spinal manipulation only another region counts (ch. XI, § S).
    """
    if any(overlap(a, b) for a in one for b in other):
        return None
    manipulation = any(s.code in SPINAL_MANIPULATION for s in (*one, *other))
    timed = all(s.spans for s in (*one, *other))
    if timed and not manipulation:
        return Evidence("XU", "the two were done in different minutes")
    if all(s.regions for s in (*one, *other)) and not shared_regions(one, other):
        return Evidence("XS", "the two were done on different regions")
    return None


def services_behind(
    codes: Iterable[str], services: Sequence[Service], facts: Mapping[str, CodeFacts]
) -> dict[str, list[Service]]:
    """What was done for each billed code; a first code and its add-on are one piece of work."""

    def work(code: str) -> str:
        return (facts[code].base_code or code) if facts[code].timed else code

    return {
        code: [service for service in services if work(service.code) == work(code)]
        for code in dict.fromkeys(codes)
    }


def pair_findings(
    behind: Mapping[str, Sequence[Service]],
    modifiers: Mapping[str, frozenset[str]],
    edits: Iterable[PtpEdit],
    on: date,
) -> list[Finding]:
    """What the edits among these codes cost, given the modifiers their lines carry."""
    findings = []
    for edit in edits_between(behind, edits, on):
        one, other = behind[edit.column1], behind[edit.column2]
        carried = modifiers.get(edit.column1, frozenset()) | modifiers.get(
            edit.column2, frozenset()
        )
        pair = {edit.column1, edit.column2}
        if edit.modifier_indicator == 0:
            findings.append(_denied(edit, "No modifier bypasses this edit."))
        elif not carried & BYPASS:
            findings.append(
                _denied(
                    edit,
                    f"Only if the two were apart, in time or in region, may {edit.column2} carry "
                    "59 or an X modifier.",
                )
            )
        elif pair & SPINAL_MANIPULATION and (same := shared_regions(one, other)):
            findings.append(
                _denied(
                    edit,
                    f"Both were done on the same region ({', '.join(sorted(same))}): no modifier "
                    "makes them distinct.",
                )
            )
        elif carried & set(DISTINCT) and evidence_apart(one, other) is None:
            findings.append(
                Finding(
                    check="distinct_modifier",
                    severity=Severity.WARNING,
                    message=(
                        f"{edit.column1} and {edit.column2} carry a modifier that says they were "
                        "apart, but the log shows neither different minutes nor different regions."
                    ),
                    source=f"{MANUAL}, § P.2 and § S",
                    codes=(edit.column1, edit.column2),
                )
            )
    return findings


def _denied(edit: PtpEdit, what_now: str) -> Finding:
    bypassable = edit.modifier_indicator == 1
    return Finding(
        check="ncci",
        severity=Severity.ERROR,
        message=(
            f"{edit.column1} includes {edit.column2} on the same day: {edit.column2} would be "
            f"denied. {what_now}"
        ),
        source="CMS NCCI procedure-to-procedure edits, practitioner file",
        codes=(edit.column1, edit.column2),
        extras={
            "column1": edit.column1,
            "column2": edit.column2,
            "modifier_indicator": edit.modifier_indicator,
            "bypass_modifiers": list(DISTINCT) if bypassable else [],
            "suggested_line": edit.column2 if bypassable else None,
        },
    )


def same_minutes_findings(
    services: Sequence[Service], facts: Mapping[str, CodeFacts]
) -> list[Finding]:
    """Two therapy services in the same minutes, edit or none (ch. XI, § P.2).

    A supervised modality may run beside another service: nobody stands by it one on one.
    """
    hands_on = [
        service
        for service in services
        if facts[service.code].therapy and not facts[service.code].supervised_modality
    ]
    clashes = dict.fromkeys(
        (one.code, other.code) for one, other in combinations(hands_on, 2) if overlap(one, other)
    )
    return [
        Finding(
            check="same_minutes",
            severity=Severity.ERROR,
            message=(
                f"{' and '.join(codes)} are logged in the same minutes. A minute is billed once: "
                "correct the times."
            ),
            source=f"{MANUAL}, § P.2; CMS Pub. 100-04, ch. 5, § 20.3",
            codes=codes,
        )
        for codes in clashes
    ]


def evaluation_findings(
    services: Sequence[Service], facts: Mapping[str, CodeFacts]
) -> list[Finding]:
    """One physical and one occupational evaluation or re-evaluation a date (ch. XI, § P.1)."""
    by_discipline: dict[Discipline, list[str]] = {}
    for service in services:
        discipline = facts[service.code].evaluation
        if discipline in (Discipline.PT, Discipline.OT):
            by_discipline.setdefault(discipline, []).extend([service.code] * service.count)
    return [
        Finding(
            check="evaluation_per_day",
            severity=Severity.ERROR,
            message=f"Only one {discipline} evaluation or re-evaluation a day is paid: keep one.",
            source=f"{MANUAL}, § P.1",
            codes=tuple(dict.fromkeys(codes)),
        )
        for discipline, codes in by_discipline.items()
        if len(codes) > 1
    ]


def addon_findings(billed: Sequence[str], facts: Mapping[str, CodeFacts]) -> list[Finding]:
    """An add-on is paid only beside the code it adds to (NCCI add-on code file)."""
    bases = [(code, facts[code].base_code) for code in dict.fromkeys(billed) if code in facts]
    return [
        Finding(
            check="addon_without_base",
            severity=Severity.ERROR,
            message=f"{code} adds to {base}, and {base} is not billed.",
            source="CMS NCCI add-on code edits",
            codes=(code,),
        )
        for code, base in bases
        if base and base not in billed
    ]


@dataclass(frozen=True)
class MueVerdict:
    """`denied_units`: beyond a limit by date every unit of the code is denied, not the excess."""

    limit: MueLimit
    within: bool
    denied_units: int
    appealable: bool | None


def judge_units(units_of_lines: Sequence[int], limit: MueLimit) -> MueVerdict:
    """The units of one code on one date, line by line (NCCI Policy Manual, ch. I, § V)."""
    if limit.adjudication_indicator == 1:
        denied = sum(units for units in units_of_lines if units > limit.units)
    else:
        denied = sum(units_of_lines) if sum(units_of_lines) > limit.units else 0
    if not denied:
        return MueVerdict(limit, within=True, denied_units=0, appealable=None)
    # 2 is absolute; 1 and 3 may be paid on appeal when the chart proves the need.
    appealable = limit.adjudication_indicator != 2
    return MueVerdict(limit, within=False, denied_units=denied, appealable=appealable)


def mue_findings(
    units_of_lines: Mapping[str, Sequence[int]], limits: Mapping[str, MueLimit]
) -> list[Finding]:
    findings = []
    for code, units in units_of_lines.items():
        if code not in limits:
            continue
        verdict = judge_units(units, limits[code])
        if verdict.within:
            continue
        findings.append(
            Finding(
                check="mue",
                severity=Severity.WARNING if verdict.appealable else Severity.ERROR,
                message=(
                    f"{sum(units)} units of {code} are more than the {verdict.limit.units} a day "
                    f"that are believed: all {verdict.denied_units} would be denied"
                    + (
                        ", to be won back only on appeal with the note."
                        if verdict.appealable
                        else ", and no appeal can change that."
                    )
                ),
                source="CMS NCCI medically unlikely edits, practitioner table",
                codes=(code,),
                extras={
                    "mue": verdict.limit.units,
                    "mai": verdict.limit.adjudication_indicator,
                    "denied_units": verdict.denied_units,
                    "appealable_with_documentation": verdict.appealable,
                },
            )
        )
    return findings
