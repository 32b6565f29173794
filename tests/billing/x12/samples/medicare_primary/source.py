"""Medicare pays first: three codes, a plan-of-care note, two addresses of the clinic."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.x12.codes import NoteKind
from billing.x12.types import Address, Note, ServiceFacility
from tests.billing.x12.cast import (
    BENEFICIARY,
    CLAIM,
    CLINIC,
    LINE,
    MEDICARE,
    PHYSICIAN,
    file_of,
)

LINES = (
    replace(
        LINE,
        modifiers=("GP", "KX"),
        charge=Decimal("100.00"),
        pointers=(1, 2, 3),
        control_number="PT000412L1",
    ),
    replace(
        LINE,
        code="97110",
        charge=Decimal("70.50"),
        units=1,
        pointers=(1, 3),
        control_number="PT000412L2",
    ),
    replace(
        LINE,
        code="97140",
        modifiers=("GP", "59"),
        charge=Decimal("69.05"),
        units=1,
        place_of_service="12",
        control_number="PT000412L3",
    ),
)

FILE = file_of(
    replace(
        CLAIM,
        control_number="PT000412",
        billing_provider=replace(
            CLINIC,
            pay_to=Address(
                line1="P.O. Box 91", city="Eugene", state="OR", postal_code="97440-0091"
            ),
        ),
        subscriber=BENEFICIARY,
        payer=MEDICARE,
        total_charge=Decimal("239.55"),
        diagnoses=("G20.A1", "R26.2", "M62.81"),
        lines=LINES,
        onset_on=date(2025, 12, 18),
        initial_treatment_on=date(2026, 1, 5),
        medical_record_number="MRN004417",
        note=Note(
            kind=NoteKind.CERTIFICATION,
            text="Plan of care 1/5–4/4/2026, certified 1/7; gait ≥ 0.4 m/s",
        ),
        referring=PHYSICIAN,
        service_facility=ServiceFacility(
            name="Lark Street PT – Riverside",
            npi="1788888034",
            address=Address(
                line1="4 Mill Race Road", city="Eugene", state="OR", postal_code="974020015"
            ),
        ),
    )
)
