"""Which modifiers a line gets, why each, and in what order.

Discipline (GP, GO, GN), assistant (CQ, CO), distinct service (59 or X), threshold (KX), the notices
a patient was given (GA, GX, GY, GZ), and what the clinician logged. docs/rules/modifiers.md works
the cases by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules import assistants, ncci, notices, same_day, threshold
from billing.rules.types import (
    AppliedModifier,
    CodeFacts,
    Discipline,
    Finding,
    Line,
    Notice,
    PolicyFacts,
    PtpEdit,
    Service,
    Severity,
    Threshold,
)

MOST_MODIFIERS = 4  # SV101-3 to SV101-6 of the 837P, item 24D of the CMS-1500
DISCIPLINE_MODIFIERS = {each.modifier: each for each in Discipline}
ASSISTANT_MODIFIERS = {"CQ": "GP", "CO": "GO"}  # each with the only one it may stand beside
NOTICE_MODIFIERS = notices.NOTICE_MODIFIERS
DISCIPLINE_SOURCE = "CMS Pub. 100-04, ch. 5, § 20.1"
DISTINCT_SOURCE = f"{ncci.MANUAL}, § P.2; CMS CR 11168"


@dataclass(frozen=True)
class Year:
    """What the calendar year allows and what of it is used; None for what nobody knows."""

    threshold: Threshold | None = None
    accrued: Mapping[Discipline, Decimal] | None = None


@dataclass(frozen=True)
class Modified:
    """The modifiers of each line, in the order of the lines and in the payer's order."""

    lines: tuple[tuple[AppliedModifier, ...], ...]
    findings: tuple[Finding, ...]


def modify_lines(
    lines: Sequence[Line],
    services: Sequence[Service],
    facts: Mapping[str, CodeFacts],
    policy: PolicyFacts,
    *,
    on: date,
    edits: Sequence[PtpEdit] = (),
    allowed: Sequence[Decimal | None] = (),
    year: Year | None = None,
    given: Sequence[Notice] = (),
    elsewhere: Sequence[same_day.Elsewhere] = (),
) -> Modified:
    """Modifiers for every line. `allowed` are the lines' amounts, which only KX needs; `given` the
    notices that hold on the date; `elsewhere` what other claims bill for the patient's day."""
    behind = ncci.services_behind((line.code for line in lines), services, facts)
    across = list(same_day.pairs_across(behind, elsewhere, edits, on)) if policy.ncci else []
    edits = ncci.edits_between(behind, edits, on) if policy.ncci else []
    logged = {
        (line.code, line.discipline): tuple(
            dict.fromkeys(m for service in _own(line, behind) for m in service.modifiers)
        )
        for line in lines
    }
    findings = [
        finding
        for (code, discipline), carried in logged.items()
        for finding in conflicts(code, discipline, facts[code], carried)
    ]
    distinct = _distinct_across(behind, across, facts, policy) | _distinct(behind, edits, policy)
    applied: list[dict[str, AppliedModifier]] = []
    for line in lines:
        own = _own(line, behind)
        # Once the minutes say whose each unit is, CQ goes where they say.
        measured = policy.assistant_modifier and any(s.assistant_minutes for s in own)
        entered = [
            code
            for code in logged[line.code, line.discipline]
            if not (measured and code in ASSISTANT_MODIFIERS)
        ]
        found = [
            *(AppliedModifier(code, "Logged with the service", "The visit") for code in entered),
            distinct.get(line.code),
            _discipline(line, facts[line.code], policy, entered),
            _assistant(line, own),
            *(() if set(entered) & set(NOTICE_MODIFIERS) else notices.modifiers_of(line, given)),
        ]
        applied.append({m.code: m for m in found if m})

    findings += _distinct_for_nothing(logged, [*edits, *(pair.edit for pair in across)], policy)
    findings += _threshold(lines, applied, facts, policy, allowed, year or Year())
    findings += notices.findings(lines, given)
    modified = [
        sorted(each.values(), key=lambda m: place_of(m.code, policy.modifier_order))
        for each in applied
    ]
    findings += [
        too_many(line.code, [m.code for m in each])
        for line, each in zip(lines, modified, strict=True)
        if len(each) > MOST_MODIFIERS
    ]
    return Modified(tuple(tuple(each[:MOST_MODIFIERS]) for each in modified), tuple(findings))


def place_of(code: str, order: Sequence[str]) -> int:
    """Where the payer wants a modifier; one it does not name comes last, as it was logged."""
    kinds = (ncci.DISTINCT, DISCIPLINE_MODIFIERS, ASSISTANT_MODIFIERS, NOTICE_MODIFIERS)
    same_kind = next((kind for kind in kinds if code in kind), (code,))
    return next((n for n, named in enumerate(order) if named in same_kind), len(order))


def _own(line: Line, behind: Mapping[str, Sequence[Service]]) -> list[Service]:
    return [s for s in behind[line.code] if s.discipline is line.discipline]


def _distinct(
    behind: Mapping[str, Sequence[Service]], edits: Sequence[PtpEdit], policy: PolicyFacts
) -> dict[str, AppliedModifier]:
    """59 or X for column 2 of each edit that the log shows to be bypassed by right.

    Either column would do since July 2019; column 2 is where older payers look.
    """
    distinct: dict[str, AppliedModifier] = {}
    for edit in edits:
        one, other = behind[edit.column1], behind[edit.column2]
        already = any(ncci.BYPASS & set(s.modifiers) for s in (*one, *other))
        evidence = ncci.evidence_apart(one, other)
        if edit.modifier_indicator != 1 or already or evidence is None:
            continue
        distinct.setdefault(
            edit.column2,
            AppliedModifier(
                "59" if policy.distinct_modifier == "59" else evidence.x_modifier,
                f"{edit.column1} includes {edit.column2}, and {evidence.reason}",
                DISTINCT_SOURCE,
            ),
        )
    return distinct


def _distinct_across(
    behind: Mapping[str, Sequence[Service]],
    across: Sequence[same_day.Pair],
    facts: Mapping[str, CodeFacts],
    policy: PolicyFacts,
) -> dict[str, AppliedModifier]:
    """59 or X for this claim's code of each edit with another claim, unless that one bears it."""
    distinct: dict[str, AppliedModifier] = {}
    for pair in across:
        if pair.edit.modifier_indicator != 1 or pair.other.code not in facts:
            continue
        both = pair.behind(behind, facts)
        logged = {m for service in both[pair.own] for m in service.modifiers}
        evidence = ncci.evidence_apart(both[pair.own], both[pair.other.code])
        if evidence is None or ncci.BYPASS & (logged | set(pair.other.modifiers)):
            continue
        distinct.setdefault(
            pair.own,
            AppliedModifier(
                "59" if policy.distinct_modifier == "59" else evidence.x_modifier,
                f"{pair.edit.column1} includes {pair.edit.column2} (claim {pair.other.claim}), and "
                f"{evidence.reason}",
                DISTINCT_SOURCE,
            ),
        )
    return distinct


def _discipline(
    line: Line, fact: CodeFacts, policy: PolicyFacts, entered: Sequence[str]
) -> AppliedModifier | None:
    if any(code in DISCIPLINE_MODIFIERS for code in entered):
        return None
    if policy.discipline_modifier and fact.therapy:
        return AppliedModifier(
            line.discipline.modifier,
            f"Furnished under {_ARTICLE[line.discipline]} plan of care",
            DISCIPLINE_SOURCE,
        )
    if line.assistant:
        return AppliedModifier(
            line.discipline.modifier,
            f"{line.discipline.assistant_modifier} may stand only beside it",
            assistants.SOURCE,
        )
    return None


_ARTICLE = {
    Discipline.PT: "a physical therapy",
    Discipline.OT: "an occupational therapy",
    Discipline.SLP: "a speech-language pathology",
}


def _assistant(line: Line, own: Sequence[Service]) -> AppliedModifier | None:
    code = line.discipline.assistant_modifier
    if not line.assistant or code is None:
        return None
    alone, minutes = sum(s.assistant_minutes for s in own), sum(s.minutes for s in own)
    return AppliedModifier(
        code,
        f"The assistant alone furnished {alone} of the {minutes} minutes of {line.code}",
        assistants.SOURCE,
    )


def conflicts(
    code: str, discipline: Discipline, fact: CodeFacts, modifiers: Sequence[str]
) -> list[Finding]:
    """What must not stand on one line together, or on this line at all."""
    findings: list[Finding] = []

    def say(check: str, severity: Severity, message: str, source: str) -> None:
        findings.append(Finding(check, severity, message, source, codes=(code,)))

    carried = [m for m in modifiers if m in DISCIPLINE_MODIFIERS]
    wrong = [m for m in carried if m != discipline.modifier]
    if wrong:
        say(
            "discipline_modifier",
            Severity.ERROR,
            f"{code} carries {' and '.join(wrong)}, but it was furnished under "
            f"{_ARTICLE[discipline]} plan of care: that is {discipline.modifier}.",
            DISCIPLINE_SOURCE,
        )
    if fact.evaluation and fact.evaluation is not discipline:
        say(
            "evaluation_discipline",
            Severity.ERROR,
            f"{code} is a {fact.evaluation} evaluation and stands on a {discipline} line.",
            DISCIPLINE_SOURCE,
        )
    for modifier, partner in ASSISTANT_MODIFIERS.items():
        if modifier in modifiers and partner not in (carried or [discipline.modifier]):
            say(
                "assistant_pairing",
                Severity.ERROR,
                f"{code} carries {modifier} without {partner}: the payer returns such a line.",
                DISCIPLINE_SOURCE,
            )
    distinct = [m for m in modifiers if m in ncci.DISTINCT]
    if "59" in distinct and len(distinct) > 1:
        say(
            "modifier_conflict",
            Severity.ERROR,
            f"{code} carries {' and '.join(distinct)}: use 59 or the X modifier, never both.",
            "NCCI Policy Manual 2026, ch. I, § E",
        )
    if "KX" in modifiers and "GA" in modifiers:
        say(
            "modifier_conflict",
            Severity.WARNING,
            f"{code} carries KX (necessary) and GA (expected to be denied as not necessary).",
            threshold.SOURCE,
        )
    return findings


def too_many(code: str, modifiers: Sequence[str]) -> Finding:
    return Finding(
        check="modifier_count",
        severity=Severity.ERROR,
        message=(
            f"{code} needs {len(modifiers)} modifiers ({', '.join(modifiers)}) and a line holds "
            f"{MOST_MODIFIERS}: {', '.join(modifiers[MOST_MODIFIERS:])} found no place. Take one "
            "off, or bill 99 and name them in the narrative."
        ),
        source="837P SV101; CMS-1500 item 24D",
        codes=(code,),
    )


def _distinct_for_nothing(
    logged: Mapping[tuple[str, Discipline], Sequence[str]],
    edits: Sequence[PtpEdit],
    policy: PolicyFacts,
) -> list[Finding]:
    in_an_edit = {code for edit in edits for code in (edit.column1, edit.column2)}
    return [
        Finding(
            check="distinct_for_nothing",
            severity=Severity.WARNING,
            message=(
                f"{code} carries {', '.join(m for m in carried if m in ncci.DISTINCT)}, but none "
                "of today's codes includes it: take it off."
            ),
            source="NCCI Policy Manual 2026, ch. I, § E",
            codes=(code,),
        )
        for (code, _), carried in logged.items()
        if policy.ncci and code not in in_an_edit and set(ncci.DISTINCT) & set(carried)
    ]


def _threshold(
    lines: Sequence[Line],
    applied: Sequence[dict[str, AppliedModifier]],
    facts: Mapping[str, CodeFacts],
    policy: PolicyFacts,
    allowed: Sequence[Decimal | None],
    year: Year,
) -> list[Finding]:
    """Add KX line by line as the year's amount fills, and say what stands against it."""
    if not policy.kx or year.threshold is None or year.accrued is None:
        return []
    findings: list[Finding] = []
    used = {each: threshold.accrued_of(each, year.accrued) for each in Discipline}
    for index, line in enumerate(lines):
        if not facts[line.code].therapy or notices.NEVER_COVERED in applied[index]:
            continue
        limit = year.threshold.of(line.discipline)
        amount = allowed[index] if index < len(allowed) else None
        passed = threshold.passes(used[line.discipline], amount, limit)
        after = passed.accrued_after
        review = year.threshold.medical_review
        if after is not None:
            if review is not None and used[line.discipline] <= review < after:
                findings.append(_review(line, after, review))
            for each in Discipline:
                if (each in threshold.SHARED) == (line.discipline in threshold.SHARED):
                    used[each] = after
        carried = frozenset(applied[index])
        if passed.kx and carried.isdisjoint({"KX", *NOTICE_MODIFIERS}):
            comes_to = "is used up" if after is None else f"comes to {after:.2f} with this line"
            applied[index]["KX"] = AppliedModifier(
                "KX", f"The year's therapy {comes_to}, above {limit:.2f}", threshold.SOURCE
            )
        elif passed.kx and "KX" not in carried:
            findings.append(_denied_above(line, carried, limit))
        elif not passed.kx and "KX" in carried:
            findings.append(_kx_below(line, limit))
    return findings


def _review(line: Line, after: Decimal, review: Decimal) -> Finding:
    return Finding(
        check="medical_review",
        severity=Severity.WARNING,
        message=(
            f"With {line.code} the year's therapy comes to {after:.2f}, above {review:.2f}: "
            "Medicare may ask for the notes."
        ),
        source=threshold.SOURCE,
        codes=(line.code,),
    )


def _denied_above(line: Line, carried: frozenset[str], limit: Decimal) -> Finding:
    liable = threshold.liable_without_kx(carried)
    return Finding(
        check="kx",
        severity=Severity.WARNING,
        message=(
            f"{line.code} lies above the year's {limit:.2f} without KX: it will be denied, and "
            f"the {liable} bears it."
        ),
        source=threshold.SOURCE,
        codes=(line.code,),
        extras={"outcome": "deny", "liability": liable},
    )


def _kx_below(line: Line, limit: Decimal) -> Finding:
    return Finding(
        check="kx",
        severity=Severity.WARNING,
        message=(
            f"{line.code} carries KX below the year's {limit:.2f}: routine KX is treated as "
            "abusive billing. Take it off."
        ),
        source=threshold.SOURCE,
        codes=(line.code,),
    )
