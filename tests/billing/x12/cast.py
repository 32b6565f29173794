"""A made-up clinic with its people and payers, for the claim files of these tests.

NPIs have the right check digit and belong to nobody; the Medicare number is CMS's own specimen.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from billing.x12.codes import (
    Assignment,
    BenefitsAssignment,
    ClaimFiling,
    Release,
    Responsibility,
    Sex,
    Usage,
)
from billing.x12.segments import Delimiters
from billing.x12.types import (
    Address,
    BillingProvider,
    Claim,
    Contact,
    Envelope,
    OrganizationName,
    Payer,
    PersonName,
    ProfessionalFile,
    Provider,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)

LINES = Delimiters(line_breaks=True)

ENVELOPE = Envelope(
    sender_id="LARKPT01",
    receiver_id="CLEARHOUSE",
    interchange_control_number=412,
    group_control_number=412,
    batch_reference="B000412",
    created_at=datetime(2026, 3, 4, 18, 5, tzinfo=UTC),
    usage=Usage.TEST,
)
SUBMITTER = Submitter(
    name=OrganizationName(name="Lark Street Physical Therapy, LLC"),
    id="LARKPT01",
    contact=Contact(name="Billing desk", phone="(541) 555-0188", extension="21"),
)
RECEIVER = Receiver(name="Clear House Exchange", id="CLEARHOUSE")

CLINIC = BillingProvider(
    name=OrganizationName(name="Lark Street Physical Therapy, LLC"),
    npi="1300000019",
    address=Address(
        line1="88 Lark Street",
        line2="Suite 210",
        city="Eugene",
        state="OR",
        postal_code="97401-3020",
    ),
    tax_id="93-1112223",
    taxonomy="261QP2000X",
)
THERAPIST = Provider(
    name=PersonName(last="Okonkwo-Reyes", first="Ada"), npi="1555555014", taxonomy="225100000X"
)
PHYSICIAN = Provider(
    name=PersonName(last="Strand", first="Peter", middle="O", suffix="Jr."), npi="1677777025"
)

MEDICARE = Payer(name="Noridian JF Part B Oregon", id="02302")
COMMERCIAL = Payer(name="Cascade Mutual Health", id="88201")

HOME = Address(line1="7 Alder Court", city="Springfield", state="OR", postal_code="97477")

BENEFICIARY = Subscriber(
    name=PersonName(last="Wójcik", first="Łukasz", middle="J", suffix="III"),
    member_id="1EG4-TE5-MK73",
    responsibility=Responsibility.PRIMARY,
    filing=ClaimFiling.MEDICARE_PART_B,
    address=HOME,
    birth_date=date(1948, 3, 12),
    sex=Sex.MALE,
)
MEMBER = Subscriber(
    name=PersonName(last="Muñoz", first="Renée"),
    member_id="cmh00417702",
    responsibility=Responsibility.PRIMARY,
    filing=ClaimFiling.COMMERCIAL,
    address=HOME,
    birth_date=date(1984, 11, 2),
    sex=Sex.FEMALE,
    group_number="GRP-55",
)

LINE = ServiceLine(
    code="97112",
    modifiers=("GP",),
    charge=Decimal("100.00"),
    units=2,
    pointers=(1,),
    date_of_service=date(2026, 3, 2),
    control_number="C1L1",
)
CLAIM = Claim(
    control_number="C1",
    billing_provider=CLINIC,
    subscriber=MEMBER,
    payer=COMMERCIAL,
    total_charge=Decimal("100.00"),
    place_of_service="11",
    provider_signature_on_file=True,
    assignment=Assignment.ASSIGNED,
    benefits_assignment=BenefitsAssignment.YES,
    release=Release.SIGNED,
    diagnoses=("M54.50",),
    lines=(LINE,),
    rendering=THERAPIST,
)


def file_of(*claims: Claim, delimiters: Delimiters = LINES, **changes: object) -> ProfessionalFile:
    """A file with these claims; `changes` replace any other field."""
    fields: dict[str, object] = {
        "envelope": ENVELOPE,
        "submitter": SUBMITTER,
        "receiver": RECEIVER,
        "claims": claims,
        "delimiters": delimiters,
    }
    return ProfessionalFile(**{**fields, **changes})  # type: ignore[arg-type]
