"""An auto accident: state, day, the insurer's own claim number, a report sent by fax."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.x12.codes import (
    AccidentCause,
    AttachmentDelivery,
    AttachmentReport,
    ClaimFiling,
)
from billing.x12.types import Accident, Attachment, Contact, Payer
from tests.billing.x12.cast import CLAIM, CLINIC, HOME, LINE, MEMBER, THERAPIST, file_of

FILE = file_of(
    replace(
        CLAIM,
        control_number="A1",
        billing_provider=replace(
            CLINIC, contact=Contact(name="Front desk", phone="+1 541 555 0199")
        ),
        subscriber=replace(
            MEMBER,
            filing=ClaimFiling.AUTO_MEDICAL,
            member_id="POL-771-A",
            group_number="",
            group_name="",
            phone="541.555.0102",
        ),
        payer=Payer(name="Columbia Casualty", id="COLCA", address=replace(HOME, line2="Floor 3")),
        property_casualty_claim_number="26-AUTO-00917",
        accident=Accident(
            causes=(AccidentCause.AUTO, AccidentCause.OTHER),
            occurred_on=date(2026, 2, 14),
            state="WA",
        ),
        attachments=(
            Attachment(
                report=AttachmentReport.INITIAL_ASSESSMENT,
                delivery=AttachmentDelivery.FAX,
                control_number="FX2210",
            ),
            Attachment(
                report=AttachmentReport.PLAN_OF_TREATMENT, delivery=AttachmentDelivery.ON_REQUEST
            ),
        ),
        patient_signature_by_provider=True,
        supervising=THERAPIST,
        lines=(replace(LINE, control_number="A1L1", charge=Decimal("100")),),
    )
)
