"""One visit at home that two therapists shared: a line says who furnished it where that differs."""

from dataclasses import replace
from decimal import Decimal

from billing.x12.types import PersonName, Provider
from tests.billing.x12.cast import CLAIM, LINE, THERAPIST, file_of

COLLEAGUE = Provider(
    name=PersonName(last="Roe", first="Kim"), npi="1356362586", taxonomy="225100000X"
)
FILE = file_of(
    replace(
        CLAIM,
        control_number="S1",
        place_of_service="12",
        total_charge=Decimal("270.00"),
        lines=(
            replace(LINE, control_number="S1L1"),
            replace(
                LINE,
                code="97110",
                charge=Decimal("85.00"),
                units=1,
                control_number="S1L2",
                rendering=COLLEAGUE,
            ),
            replace(
                LINE,
                code="97530",
                charge=Decimal("85.00"),
                units=1,
                control_number="S1L3",
                rendering=THERAPIST,
            ),
        ),
    )
)
