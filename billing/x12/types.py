"""What one outgoing professional claim file says, as plain values.

Text is given as people write it (accents, lower case, punctuation, `(503) 555-0142`); the writer
turns it into what X12 allows. An empty string means "not known". Money is a `Decimal` in dollars
with at most two decimals. Days are `date`. Nothing is checked here: `write_837p` refuses what may
not be sent and names the field.

Field lengths and codes follow ASC X12N 005010X222A1, read from the pyx12 map.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from billing.x12.codes import (
    AccidentCause,
    AdjustmentGroup,
    Assignment,
    AttachmentDelivery,
    AttachmentReport,
    BenefitsAssignment,
    ClaimFiling,
    Frequency,
    MedicareSecondary,
    NoteKind,
    PayerIdKind,
    Relationship,
    Release,
    Responsibility,
    Sex,
    TaxIdKind,
    Usage,
)
from billing.x12.segments import Delimiters


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A person. The suffix (JR, III) travels apart because Medicare matches names exactly."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationName:
    """A clinic, an employer, a trust: whoever is not one person."""

    name: str


Name = PersonName | OrganizationName


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address.

    In the US `state` is the USPS code and `postal_code` 5 or 9 digits, with or without hyphen;
    billing provider and service facility need 9. Elsewhere `country` is the ISO 3166 code, `state`
    the province or subdivision code and `postal_code` free.
    """

    line1: str
    city: str
    state: str
    postal_code: str
    line2: str = ""
    country: str = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call about the file: a US phone number or an e-mail address, or both."""

    name: str
    phone: str = ""
    extension: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The wrapping: who sends to whom, and the numbers that make the file unique.

    Qualifiers say what kind of id stands beside them ("ZZ" agreed between the partners, "30" tax
    number). Control numbers are 1 to 999999999 and never used twice with a receiver.
    `batch_reference` (BHT03) is ours, at most 30 characters. `created_at` is aware and is
    written in its own time zone. Group ids default to the interchange ids.
    """

    sender_id: str
    receiver_id: str
    interchange_control_number: int
    group_control_number: int
    batch_reference: str
    created_at: datetime
    usage: Usage
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender_id: str = ""
    group_receiver_id: str = ""
    acknowledgment_requested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Loop 1000A: who made the file, with the id the receiver gave them."""

    name: Name
    id: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Loop 1000B: the clearinghouse or contractor that gets the file."""

    name: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingProvider:
    """Loops 2000A, 2010AA, 2010AB: who is paid.

    `address` is a street with a 9-digit ZIP, never a post-office box; a box belongs in `pay_to`.
    `taxonomy` is the clinic's, not the therapist's. `tax_id` is nine digits, hyphens allowed.
    """

    name: Name
    npi: str
    address: Address
    tax_id: str
    tax_id_kind: TaxIdKind = TaxIdKind.EIN
    taxonomy: str = ""
    contact: Contact | None = None
    pay_to: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Loops 2000B and 2010BA: whose coverage it is, and what the coverage is to this payer.

    Address, birth date and sex are needed, and sent, only when the subscriber is the patient.
    The group name is sent only without a group number. `medicare_secondary` is required when
    Medicare is billed and does not pay first, and refused otherwise. `phone` is sent only beside
    a property and casualty claim number.
    """

    name: Name
    member_id: str
    responsibility: Responsibility
    filing: ClaimFiling
    address: Address | None = None
    birth_date: date | None = None
    sex: Sex | None = None
    group_number: str = ""
    group_name: str = ""
    medicare_secondary: MedicareSecondary | None = None
    died_on: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Loops 2000C and 2010CA: the patient who is covered through somebody else."""

    relationship: Relationship
    name: PersonName
    address: Address
    birth_date: date
    sex: Sex
    died_on: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Loops 2010BB and 2330B: who is asked to pay, by the id that the receiver knows."""

    name: str
    id: str
    id_kind: PayerIdKind = PayerIdKind.PAYER
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Loops 2310A, B, D and 2420A: a referring, rendering or supervising provider.

    `taxonomy` is sent for the rendering one only. Only a referring provider may lack an NPI.
    """

    name: Name
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacility:
    """Loop 2310C: where the visit took place. Sent only when it is not the billing address."""

    name: str
    address: Address
    npi: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """CLM11 and DTP*439. One or two causes; an auto accident names its state.

    The day is required except for what work caused without an accident.
    """

    causes: tuple[AccidentCause, ...]
    occurred_on: date | None
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """NTE: at most 80 characters once cleaned; a longer one is refused, not cut."""

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """PWK: a report that goes beside the claim; its number is needed unless sent on request."""

    report: AttachmentReport
    delivery: AttachmentDelivery
    control_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One CAS triplet from a payer's answer, kept as it came: a negative amount stays negative.

    `reason` is the claim adjustment reason code, `quantity` the units concerned.
    """

    group: AdjustmentGroup
    reason: str
    amount: Decimal
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdjudication:
    """Loop 2430: what an earlier payer decided about one line.

    `payer_id` is the `Payer.id` of one of the claim's other payers. Code, modifiers and units are
    those the payer paid by. The line's charge is `paid` plus its adjustments.
    """

    payer_id: str
    paid: Decimal
    code: str
    units: int
    adjudicated_on: date
    modifiers: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    remaining_liability: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPayer:
    """Loops 2320, 2330A, 2330B: another coverage of the same patient, and what it has paid.

    `paid` is None when that payer has not decided yet. `adjudicated_on` is for a payer that
    decided the claim as a whole; with `LineAdjudication` rows the day stands there.
    `relationship` is the patient to that coverage's subscriber.
    """

    payer: Payer
    subscriber: Name
    member_id: str
    responsibility: Responsibility
    relationship: Relationship
    filing: ClaimFiling
    benefits_assignment: BenefitsAssignment
    release: Release
    subscriber_address: Address | None = None
    signature_by_provider: bool = False
    group_number: str = ""
    group_name: str = ""
    medicare_secondary: MedicareSecondary | None = None
    adjustments: tuple[Adjustment, ...] = ()
    paid: Decimal | None = None
    noncovered: Decimal | None = None
    remaining_liability: Decimal | None = None
    adjudicated_on: date | None = None
    claim_number: str = ""
    remark_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """Loop 2400: one service of one day.

    `charge` is for all units together. `pointers` count the claim's diagnoses from 1, most
    important first, at most four. `control_number` comes back in the remittance; it is ours,
    upper case, at most 30 characters, and unique in the file. `place_of_service` is sent only
    when it differs from the claim's; empty means the same. So is `rendering` (loop 2420A): None
    means whoever furnished the rest of the claim.
    """

    code: str
    charge: Decimal
    units: int
    pointers: tuple[int, ...]
    date_of_service: date
    control_number: str
    modifiers: tuple[str, ...] = ()
    place_of_service: str = ""
    rendering: Provider | None = None
    adjudications: tuple[LineAdjudication, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Loop 2300 and what hangs on it: one claim, complete in itself.

    `control_number` (CLM01) is ours, upper case, at most 20 characters, and unique in the file.
    `patient` is None when the subscriber is the patient. Diagnoses are ICD-10-CM with or without
    the dot, principal first, at most twelve. Provider signature, assignment, benefits assignment
    and release are four separate facts. `total_charge` must be the sum of the lines.
    """

    control_number: str
    billing_provider: BillingProvider
    subscriber: Subscriber
    payer: Payer
    total_charge: Decimal
    place_of_service: str
    provider_signature_on_file: bool
    assignment: Assignment
    benefits_assignment: BenefitsAssignment
    release: Release
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    patient: Patient | None = None
    frequency: Frequency = Frequency.ORIGINAL
    payer_claim_number: str = ""
    patient_signature_by_provider: bool = False
    accident: Accident | None = None
    property_casualty_claim_number: str = ""
    onset_on: date | None = None
    initial_treatment_on: date | None = None
    last_seen_on: date | None = None
    acute_manifestation_on: date | None = None
    last_worked_on: date | None = None
    return_to_work_on: date | None = None
    admitted_on: date | None = None
    discharged_on: date | None = None
    attachments: tuple[Attachment, ...] = ()
    patient_paid: Decimal | None = None
    referral_number: str = ""
    prior_authorization: str = ""
    medical_record_number: str = ""
    note: Note | None = None
    referring: Provider | None = None
    rendering: Provider | None = None
    service_facility: ServiceFacility | None = None
    supervising: Provider | None = None
    other_payers: tuple[OtherPayer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionalFile:
    """One 837P interchange: one envelope, one group, and its claims.

    `claims_per_transaction` is how many claims one ST holds: 1 for receivers that want a
    transaction per claim, at most 5000 (the guide's recommended limit).
    """

    envelope: Envelope
    submitter: Submitter
    receiver: Receiver
    claims: tuple[Claim, ...]
    delimiters: Delimiters = field(default_factory=Delimiters)
    claims_per_transaction: int = 5000
