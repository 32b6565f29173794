"""An employer's plan has paid; Medicare is asked for the rest, line by line."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.x12.codes import (
    AdjustmentGroup,
    BenefitsAssignment,
    ClaimFiling,
    MedicareSecondary,
    Relationship,
    Release,
    Responsibility,
)
from billing.x12.types import Adjustment, LineAdjudication, OtherPayer
from tests.billing.x12.cast import BENEFICIARY, CLAIM, COMMERCIAL, HOME, LINE, MEDICARE, file_of


def decision(code: str, units: int, paid: str, contract: str, coinsurance: str) -> LineAdjudication:
    return LineAdjudication(
        payer_id=COMMERCIAL.id,
        paid=Decimal(paid),
        code=code,
        modifiers=("GP",),
        units=units,
        adjudicated_on=date(2026, 2, 20),
        adjustments=(
            Adjustment(group=AdjustmentGroup.CONTRACT, reason="45", amount=Decimal(contract)),
            Adjustment(group=AdjustmentGroup.PATIENT, reason="2", amount=Decimal(coinsurance)),
            Adjustment(
                group=AdjustmentGroup.CONTRACT, reason="253", amount=Decimal("0.50"), quantity=1
            ),
        ),
    )


FILE = file_of(
    replace(
        CLAIM,
        control_number="S1",
        subscriber=replace(
            BENEFICIARY,
            responsibility=Responsibility.SECONDARY,
            medicare_secondary=MedicareSecondary.WORKING_AGED,
            died_on=date(2026, 3, 3),
            group_name="Medicare",
        ),
        payer=MEDICARE,
        total_charge=Decimal("170.00"),
        lines=(
            replace(
                LINE,
                control_number="S1L1",
                adjudications=(decision("97112", 2, "64.50", "15.00", "20.00"),),
            ),
            replace(
                LINE,
                code="97110",
                units=1,
                charge=Decimal("70.00"),
                control_number="S1L2",
                adjudications=(decision("97110", 1, "44.50", "10.00", "15.00"),),
            ),
        ),
        other_payers=(
            OtherPayer(
                payer=COMMERCIAL,
                subscriber=BENEFICIARY.name,
                subscriber_address=HOME,
                member_id="W123456789",
                responsibility=Responsibility.PRIMARY,
                relationship=Relationship.SELF,
                filing=ClaimFiling.COMMERCIAL,
                benefits_assignment=BenefitsAssignment.YES,
                release=Release.SIGNED,
                group_number="GRP8842",
                paid=Decimal("109.00"),
                remaining_liability=Decimal("35.00"),
                claim_number="EMB7731002",
                remark_codes=("MA01",),
            ),
        ),
    )
)
