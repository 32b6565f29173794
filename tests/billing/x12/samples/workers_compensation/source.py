"""An employer's cover, an injured employee, a therapist billing in her own name, a correction."""

from dataclasses import replace
from datetime import date

from billing.x12.codes import (
    AccidentCause,
    Assignment,
    BenefitsAssignment,
    ClaimFiling,
    Frequency,
    Relationship,
    Release,
    Responsibility,
    Sex,
    TaxIdKind,
)
from billing.x12.segments import Delimiters
from billing.x12.types import (
    Accident,
    BillingProvider,
    OrganizationName,
    Patient,
    Payer,
    PersonName,
    Subscriber,
)
from tests.billing.x12.cast import CLAIM, CLINIC, HOME, LINE, THERAPIST, file_of

FILE = file_of(
    replace(
        CLAIM,
        control_number="W1R",
        billing_provider=BillingProvider(
            name=PersonName(last="Okonkwo-Reyes", first="Ada"),
            npi=THERAPIST.npi,
            address=CLINIC.address,
            tax_id="900-12-3456",
            tax_id_kind=TaxIdKind.SSN,
            taxonomy="225100000X",
        ),
        subscriber=Subscriber(
            name=OrganizationName(name="Tillamook Timber & Sons"),
            member_id="900112233",
            responsibility=Responsibility.PRIMARY,
            filing=ClaimFiling.WORKERS_COMPENSATION,
            group_name="Mill crew",
        ),
        patient=Patient(
            relationship=Relationship.EMPLOYEE,
            name=PersonName(last="Ó Briain", first="Seán"),
            address=HOME,
            birth_date=date(1990, 5, 5),
            sex=Sex.MALE,
            phone="5415550123",
        ),
        payer=Payer(name="State Accident Fund", id="SAF01"),
        property_casualty_claim_number="WC-2026-0311",
        frequency=Frequency.REPLACEMENT,
        payer_claim_number="SAF99812",
        assignment=Assignment.NOT_ASSIGNED,
        benefits_assignment=BenefitsAssignment.NOT_APPLICABLE,
        release=Release.ALLOWED_BY_LAW,
        provider_signature_on_file=False,
        accident=Accident(
            causes=(AccidentCause.EMPLOYMENT,), occurred_on=date(2026, 1, 20), state="OR"
        ),
        last_seen_on=date(2026, 2, 20),
        last_worked_on=date(2026, 1, 20),
        return_to_work_on=date(2026, 4, 1),
        lines=(replace(LINE, control_number="W1RL1"),),
    ),
    delimiters=Delimiters(
        element="|", component=">", repetition="!", segment="^", line_breaks=True
    ),
)
