"""What the practice bills for the same patient and day on another claim, and what that forbids.

A payer judges the day, not the claim: an edit between two codes, a limit by date of service, a
minute that is billed twice hold across claims too. docs/rules/ncci.md works the cases by hand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from billing.rules import ncci
from billing.rules.types import (
    CodeFacts,
    Discipline,
    Finding,
    MueLimit,
    PtpEdit,
    Service,
    Severity,
)


@dataclass(frozen=True)
class Elsewhere:
    """One line of another live claim. `services` are all that was logged for its visit; `together`
    is false where another payer has it, or it was denied."""

    claim: str
    code: str
    units: int
    discipline: Discipline = Discipline.PT
    modifiers: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    together: bool = True


@dataclass(frozen=True)
class Pair:
    """An edit between a code of this claim and one of another."""

    edit: PtpEdit
    own: str
    other: Elsewhere

    def behind(
        self, services: Mapping[str, Sequence[Service]], facts: Mapping[str, CodeFacts]
    ) -> dict[str, Sequence[Service]]:
        """What was done for each of the two."""
        known = [service for service in self.other.services if service.code in facts]
        theirs = ncci.services_behind([self.other.code], known, facts)
        return {self.own: services[self.own], **theirs}


def pairs_across(
    own: Iterable[str], elsewhere: Iterable[Elsewhere], edits: Sequence[PtpEdit], on: date
) -> Iterator[Pair]:
    """The edits in force between these codes and the other claims', whichever column is whose."""
    others = [other for other in elsewhere if other.together]
    for code in dict.fromkeys(own):
        for other in others:
            if other.code == code:
                continue
            for edit in ncci.edits_between((code, other.code), edits, on):
                yield Pair(edit, code, other)


def pair_findings(
    behind: Mapping[str, Sequence[Service]],
    carried: Mapping[str, frozenset[str]],
    elsewhere: Sequence[Elsewhere],
    edits: Sequence[PtpEdit],
    facts: Mapping[str, CodeFacts],
    on: date,
) -> list[Finding]:
    """What `ncci.pair_findings` says of each pair across claims, with the other claim named."""
    found = []
    for pair in pairs_across(behind, elsewhere, edits, on):
        if pair.other.code not in facts:
            continue
        modifiers = {
            pair.own: carried.get(pair.own, frozenset()),
            pair.other.code: frozenset(pair.other.modifiers),
        }
        found += [
            replace(finding, message=f"With claim {pair.other.claim}: {finding.message}")
            for finding in ncci.pair_findings(
                pair.behind(behind, facts), modifiers, [pair.edit], on
            )
        ]
    return found


def units_of_the_day(
    units: Mapping[str, Sequence[int]],
    elsewhere: Iterable[Elsewhere],
    limits: Mapping[str, MueLimit],
) -> dict[str, list[int]]:
    """This claim's units with the other claims', where the limit counts by date and not by line."""
    counted = {code: list(lines) for code, lines in units.items()}
    for other in elsewhere:
        limit = limits.get(other.code)
        by_date = limit is not None and limit.adjudication_indicator != 1
        if other.together and other.code in counted and by_date:
            counted[other.code].append(other.units)
    return counted


def limit_findings(
    units: Mapping[str, Sequence[int]],
    elsewhere: Sequence[Elsewhere],
    limits: Mapping[str, MueLimit],
) -> list[Finding]:
    """What `ncci.mue_findings` says of the day, with the claims the other units stand on."""
    found = []
    for finding in ncci.mue_findings(units_of_the_day(units, elsewhere, limits), limits):
        others = [o for o in elsewhere if o.together and (o.code,) == finding.codes]
        if others and limits[others[0].code].adjudication_indicator != 1:
            said = " and ".join(f"{other.units} on claim {other.claim}" for other in others)
            finding = replace(finding, message=f"{finding.message} Of them {said}.")
        found.append(finding)
    return found


def same_minutes_findings(
    services: Sequence[Service], elsewhere: Iterable[Elsewhere], facts: Mapping[str, CodeFacts]
) -> list[Finding]:
    """A minute of one patient is billed once, whoever of the practice treated (ch. XI, § P.2)."""
    found: dict[tuple[str, str, str], Finding] = {}
    for other in elsewhere:
        for theirs in other.services:
            for ours in services:
                if not (_hands_on(ours, facts) and _hands_on(theirs, facts)):
                    continue
                if not ncci.overlap(ours, theirs):
                    continue
                key = (ours.code, theirs.code, other.claim)
                found[key] = Finding(
                    check="same_minutes",
                    severity=Severity.ERROR,
                    message=(
                        f"{ours.code} is logged in the same minutes as {theirs.code} of claim "
                        f"{other.claim}. A minute is billed once: correct the times."
                    ),
                    source=f"{ncci.MANUAL}, § P.2; CMS Pub. 100-04, ch. 5, § 20.3",
                    codes=(ours.code, theirs.code),
                )
    return list(found.values())


def _hands_on(service: Service, facts: Mapping[str, CodeFacts]) -> bool:
    fact = facts.get(service.code)
    return fact is not None and fact.therapy and not fact.supervised_modality


def evaluation_findings(
    services: Sequence[Service], elsewhere: Sequence[Elsewhere], facts: Mapping[str, CodeFacts]
) -> list[Finding]:
    """A second evaluation of the same discipline on the day, on another claim (ch. XI, § P.1)."""
    found = []
    for service in services:
        discipline = facts[service.code].evaluation
        if discipline not in (Discipline.PT, Discipline.OT):
            continue
        for other in elsewhere:
            fact = facts.get(other.code)
            if other.together and fact is not None and fact.evaluation is discipline:
                found.append(
                    Finding(
                        check="evaluation_per_day",
                        severity=Severity.ERROR,
                        message=(
                            f"Only one {discipline} evaluation or re-evaluation a day is paid, and "
                            f"claim {other.claim} bills {other.code}: keep one."
                        ),
                        source=f"{ncci.MANUAL}, § P.1",
                        codes=tuple(dict.fromkeys((service.code, other.code))),
                    )
                )
    return found
