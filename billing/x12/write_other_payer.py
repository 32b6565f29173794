"""What another payer covers and has decided: loops 2320, 2330A and 2330B, and the sums behind them.

The payer's own adjustments are replayed as they came. Sums that do not balance are refused:
what was charged is what was paid plus what was adjusted, line by line and for the claim (the rule
that remittances obey too, ASC X12N 005010X221 § 1.10.2.1).
"""

from collections.abc import Iterable
from decimal import Decimal

from billing.x12.codes import (
    AdjustmentGroup,
    BenefitsAssignment,
    ClaimFiling,
    MedicareSecondary,
    PayerIdKind,
    Relationship,
    Release,
    Responsibility,
)
from billing.x12.patterns import ADJUSTMENT_REASON
from billing.x12.segments import SegmentWriter, Simple
from billing.x12.types import Adjustment, Claim, LineAdjudication, OrganizationName, OtherPayer
from billing.x12.values import Choice, Count, Day, Identifier, Money, Text
from billing.x12.write_parties import (
    member_id,
    name_elements,
    refuse_wrong_medicare_reason,
    write_address,
)

ADJUSTMENTS_IN_SEGMENT = 6
MOST_ADJUSTMENT_SEGMENTS = 5
MOST_REMARK_CODES = 5
MOST_OTHER_PAYERS = 10


def write_other_payers(out: SegmentWriter, claim: Claim) -> None:
    """Loops 2320 to 2330B, one per other payer. Raises X12ValueError."""
    out.place.loop = "2320"
    others = claim.other_payers
    if len(others) > MOST_OTHER_PAYERS:
        raise out.refuse("SBR", "", f"has more than {MOST_OTHER_PAYERS} other payers")
    if claim.subscriber.responsibility != Responsibility.PRIMARY and not others:
        raise out.refuse("SBR", "", "is missing: a later payer is told who came first")
    order = [claim.subscriber.responsibility, *(other.responsibility for other in others)]
    if len(set(order)) != len(order):
        raise out.refuse("SBR", "SBR01", "puts two payers in the same place")
    if len({other.payer.id for other in others}) != len(others):
        raise out.refuse("NM1", "NM109", "names two other payers by one id")
    known = {other.payer.id for other in others}
    if not {row.payer_id for line in claim.lines for row in line.adjudications} <= known:
        raise out.refuse("SVD", "SVD01", "is not the id of one of the claim's other payers")
    for other in others:
        _write_other_payer(out, claim, other)


def _write_other_payer(out: SegmentWriter, claim: Claim, other: OtherPayer) -> None:
    out.place.loop = "2320"
    by_line = [
        row for line in claim.lines for row in line.adjudications if row.payer_id == other.payer.id
    ]
    _refuse_imbalance(out, claim, other, by_line)
    refuse_wrong_medicare_reason(out, other)
    out.seg(
        "SBR",
        Choice(other.responsibility, Responsibility),
        Choice(other.relationship, Relationship),
        Identifier(other.group_number, 50, required=False),
        "" if other.group_number else Text(other.group_name, 60, required=False, cut=True),
        Choice(other.medicare_secondary, MedicareSecondary, required=False),
        "",
        "",
        "",
        Choice(other.filing, ClaimFiling),
    )
    write_adjustments(out, other.adjustments)
    for qualifier, amount in (
        ("D", other.paid),
        ("A8", other.noncovered),
        ("EAF", other.remaining_liability),
    ):
        if amount is not None:
            out.seg("AMT", qualifier, Money(amount))
    out.seg(
        "OI",
        "",
        "",
        Choice(other.benefits_assignment, BenefitsAssignment),
        "P" if other.signature_by_provider else "",
        "",
        Choice(other.release, Release),
    )
    if len(other.remark_codes) > MOST_REMARK_CODES:
        raise out.refuse("MOA", "MOA03", f"has more than {MOST_REMARK_CODES} remark codes")
    if other.remark_codes:
        out.seg("MOA", "", "", *(Identifier(code, 50) for code in other.remark_codes))

    out.place.loop = "2330A"
    member = member_id(other.member_id, other.filing)
    out.seg("NM1", "IL", *name_elements(other.subscriber), "MI", member)
    if other.subscriber_address:
        write_address(out, other.subscriber_address)

    out.place.loop = "2330B"
    name = OrganizationName(name=other.payer.name)
    kind = Choice(other.payer.id_kind, PayerIdKind)
    out.seg("NM1", "PR", *name_elements(name), kind, Identifier(other.payer.id, 80, least=2))
    if other.payer.address:
        write_address(out, other.payer.address)
    if other.paid is not None and not by_line:
        out.seg("DTP", "573", "D8", Day(other.adjudicated_on))
    if other.claim_number:
        out.seg("REF", "F8", Identifier(other.claim_number, 50))


def write_adjustments(out: SegmentWriter, adjustments: Iterable[Adjustment]) -> None:
    """CAS: one segment per group of six, the groups in the order in which they first came."""
    by_group: dict[AdjustmentGroup, list[Adjustment]] = {}
    for adjustment in adjustments:
        by_group.setdefault(adjustment.group, []).append(adjustment)
    segments = [
        (group, rows[start : start + ADJUSTMENTS_IN_SEGMENT])
        for group, rows in by_group.items()
        for start in range(0, len(rows), ADJUSTMENTS_IN_SEGMENT)
    ]
    if len(segments) > MOST_ADJUSTMENT_SEGMENTS:
        raise out.refuse("CAS", "", f"needs more than {MOST_ADJUSTMENT_SEGMENTS} segments")
    for group, rows in segments:
        triplets: list[Simple] = []
        for row in rows:
            reason = Identifier(row.reason, 5, pattern=ADJUSTMENT_REASON, shape="a reason code")
            amount = Money(row.amount, signed=True)
            triplets += [reason, amount, Count(row.quantity, 999999, required=False)]
        out.seg("CAS", Choice(group, AdjustmentGroup), *triplets)


def _refuse_imbalance(
    out: SegmentWriter, claim: Claim, other: OtherPayer, by_line: list[LineAdjudication]
) -> None:
    """A payer that has decided has accounted for the whole charge, as a whole or by line."""
    adjustments = [*other.adjustments, *(a for row in by_line for a in row.adjustments)]
    if other.paid is None:
        if adjustments or by_line:
            raise out.refuse("AMT", "AMT02", "needs what the payer paid (D) beside adjustments")
        return
    if other.paid + sum((a.amount for a in adjustments), Decimal(0)) != claim.total_charge:
        raise out.refuse("AMT", "AMT02", "plus the payer's adjustments is not the claim's charge")
    if by_line:
        lines_paid = sum((row.paid for row in by_line), Decimal(0))
        claim_level = sum((a.amount for a in other.adjustments), Decimal(0))
        if other.paid != lines_paid - claim_level:
            raise out.refuse("AMT", "AMT02", "is not what the payer paid for the lines")
    patient_share = sum(
        (a.amount for a in adjustments if a.group == AdjustmentGroup.PATIENT), Decimal(0)
    )
    if other.remaining_liability not in (None, patient_share):
        raise out.refuse("AMT", "AMT02", "(EAF) is not the sum of the patient's adjustments")
