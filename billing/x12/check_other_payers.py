"""Do the decisions of earlier payers in an 837P account for what was charged?"""

from collections.abc import Iterator
from decimal import Decimal

from billing.x12.check_parties import check_party
from billing.x12.codes import AdjustmentGroup, BenefitsAssignment, Relationship, Release
from billing.x12.outline import Loop
from billing.x12.patterns import ADJUSTMENT_REASON, PROCEDURE, has_form
from billing.x12.problems import Report
from billing.x12.read import Segment, to_amount, to_day


def check_other_payers(report: Report, claim: Loop) -> None:
    """Loops 2320 and 2430 of one claim."""
    others = list(claim.within("2320"))
    coverage = claim.nearest("2000B")
    order = [coverage.get("SBR", 1) if coverage else "", *(o.get("SBR", 1) for o in others)]
    ids = [other.one("2330B").get("NM1", 9) for other in others]
    if len(set(order)) != len(order):
        report.add("other-payer", "Two payers stand in the same place (SBR01).", claim.segments[0])
    if len(set(ids)) != len(ids) or "" in ids:
        report.add("other-payer", "Other payers need ids that tell them apart.", claim.segments[0])
    for other in others:
        _check_other_payer(report, claim, other)
    for line in claim.within("2400"):
        for decision in line.within("2430"):
            _check_decision(report, line, decision, ids)


def _check_other_payer(report: Report, claim: Loop, other: Loop) -> None:
    opening = other.segments[0]
    if other.get("SBR", 2) not in list(Relationship):
        report.add("code", "SBR02 is not a relationship.", opening)
    information = other.first("OI")
    if information and (
        information.get(3) not in list(BenefitsAssignment)
        or information.get(6) not in list(Release)
    ):
        report.add("code", "OI03 or OI06 holds a code that is not known.", information)
    for loop in (other.one("2330A"), other.one("2330B")):
        check_party(report, loop)
    payer = other.one("2330B").get("NM1", 9)
    decisions = [
        decision
        for line in claim.within("2400")
        for decision in line.within("2430")
        if decision.get("SVD", 1) == payer
    ]
    own = _adjustments(report, other)
    by_line = [row for decision in decisions for row in _adjustments(None, decision)]
    paid = _amount(other, "D")
    if paid is None:
        if own or decisions:
            report.add("other-payer", "Adjustments stand without what was paid (D).", opening)
        return
    total = _sum(own) + _sum(by_line) + paid
    if total != to_amount(claim.get("CLM", 2)):
        report.add("balance", "Paid plus adjusted is not the charge of the claim.", opening)
    if decisions:
        lines = sum((to_amount(d.get("SVD", 2)) or Decimal(0) for d in decisions), Decimal(0))
        if paid != lines - _sum(own):
            report.add("balance", "Paid for the claim is not paid for the lines.", opening)
    elif other.one("2330B").first("DTP", "573") is None:
        report.add("date", "The day of the decision (573) is missing.", opening)
    left = _amount(other, "EAF")
    if left is not None and left != _sum([*own, *by_line], AdjustmentGroup.PATIENT):
        report.add("balance", "What is left (EAF) is not the patient's adjustments.", opening)


def _check_decision(report: Report, line: Loop, decision: Loop, payers: list[str]) -> None:
    opening = decision.segments[0]
    if opening.get(1) not in payers:
        report.add("other-payer", "SVD01 is not one of the claim's other payers.", opening)
    if opening.get(3, 1) != "HC" or not has_form(PROCEDURE, opening.get(3, 2)):
        report.add("procedure", "SVD03 is not a CPT or HCPCS code.", opening)
    paid = to_amount(opening.get(2))
    adjusted = _sum(_adjustments(report, decision))
    if paid is None or paid + adjusted != to_amount(line.get("SV1", 2)):
        report.add("balance", "Paid plus adjusted is not the charge of the line.", opening)
    when = decision.first("DTP", "573")
    if when is None or to_day(when.get(3)) is None:
        report.add("date", "The day of the decision (573) is missing.", opening)


def _amount(loop: Loop, qualifier: str) -> Decimal | None:
    segment = loop.first("AMT", qualifier)
    return to_amount(segment.get(2)) if segment else None


def _sum(rows: list[tuple[str, Decimal]], group: str = "") -> Decimal:
    return sum((amount for name, amount in rows if group in ("", name)), Decimal(0))


def _adjustments(report: Report | None, loop: Loop) -> list[tuple[str, Decimal]]:
    """Group and amount of every triplet; with a `report`, what is malformed is noted in it."""
    rows = []
    for segment in loop.all("CAS"):
        good = segment.get(1) in list(AdjustmentGroup)
        for reason, text in _triplets(segment):
            amount = to_amount(text)
            good &= has_form(ADJUSTMENT_REASON, reason) and amount is not None
            rows.append((segment.get(1), amount or Decimal(0)))
        if report and not good:
            report.add("adjustment", "CAS is not a group with reasons and amounts.", segment)
    return rows


def _triplets(segment: Segment) -> Iterator[tuple[str, str]]:
    for position in range(2, len(segment.elements) + 1, 3):
        yield segment.get(position), segment.get(position + 1)
