"""All that the claim checks look at, as plain values; `billing/claim_facts.py` fills them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.balance import Decided
from billing.rules.same_day import Elsewhere
from billing.rules.types import (
    CodeFacts,
    Discipline,
    Finding,
    MueLimit,
    Notice,
    PolicyFacts,
    PtpEdit,
    Service,
    Threshold,
)
from documentation.rules import certification


@dataclass(frozen=True)
class AddressFacts:
    line1: str
    city: str
    state: str
    postal_code: str
    line2: str = ""


@dataclass(frozen=True)
class PracticeFacts:
    """Who bills: loop 2010AA."""

    npi: str
    ein: str
    address: AddressFacts
    taxonomy: str = ""
    pay_to: AddressFacts | None = None


@dataclass(frozen=True)
class FacilityFacts:
    """Where the visit took place: loop 2310C, when it is not the billing address."""

    address: AddressFacts
    npi: str = ""


@dataclass(frozen=True)
class ProviderFacts:
    """Who furnished the visit (loop 2310B), or one line of it (loop 2420A)."""

    npi: str
    taxonomy: str
    licence_expires_on: date | None = None
    name: str = "The therapist"


@dataclass(frozen=True)
class ReferringFacts:
    npi: str


@dataclass(frozen=True)
class PatientFacts:
    birth_date: date | None
    sex: str  # M, F or U
    address: AddressFacts
    died_on: date | None = None


@dataclass(frozen=True)
class SubscriberFacts:
    is_patient: bool
    last_name: str = ""
    first_name: str = ""
    employer: str = ""  # named in place of a person, by workers' compensation alone


@dataclass(frozen=True)
class PayerFacts:
    """`pays_for` is the accident it pays for: EM, AA, or empty for an insurer of health.
    `filing_code` is SBR09, `payer_id` what the receiver routes by."""

    name: str
    medicare: bool
    payer_id: str = ""
    filing_code: str = ""
    pays_for: str = ""


@dataclass(frozen=True)
class CoverageFacts:
    """One card. Nobody has looked at a claim without one."""

    member_id: str
    starts_on: date
    payer: PayerFacts
    subscriber: SubscriberFacts
    ends_on: date | None = None
    medicare_secondary: str = ""  # why Medicare does not pay first: SBR05
    claim_number: str = ""  # the insurer's own number of the accident: REF*Y4


@dataclass(frozen=True)
class EarlierPayerFacts:
    """A payer that comes before this claim's; `decided` is None until it has."""

    payer: str
    decided: Decided | None = None
    forwarded: bool = False  # it sent the claim on by itself


@dataclass(frozen=True)
class DiagnosisFacts:
    """`billable` is what the year's ICD-10-CM table says of the code on the date of service."""

    code: str
    primary: bool = False
    billable: bool = True


@dataclass(frozen=True)
class LineFacts:
    """A service line; pointers count the claim's diagnoses from 1."""

    code: str
    units: int
    charge: Decimal
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    allowed: Decimal | None = None  # what the payer's table comes to, where it is known
    rendering: ProviderFacts | None = None  # who furnished it, where another than the visit's


@dataclass(frozen=True)
class NoteFacts:
    """`missing` names, in the note's own words, each required element a 97112 entry lacks."""

    signed: bool
    awaits_cosignature: bool = False
    missing: tuple[str, ...] = ()
    version: int = 1  # a further one after an amendment
    by_student: bool = False
    supervised: bool = False  # the therapist's word that they stood over the student throughout


@dataclass(frozen=True)
class PlanOfCareFacts:
    """One plan of care: the days it can stand for, and what is on file of its certification.

    `through` is the plan's own end or its ninetieth day (`certification.validity`).
    """

    starts_on: date
    through: date
    on_file: certification.Facts


@dataclass(frozen=True)
class AuthorizationFacts:
    """`…_used` count every other visit and claim line against it, not this one."""

    number: str
    starts_on: date
    ends_on: date
    codes: frozenset[str] = frozenset()  # empty: any code
    visits_approved: int | None = None
    visits_used: int = 0
    units_approved: int | None = None
    units_used: int = 0


@dataclass(frozen=True)
class AccidentFacts:
    cause: str  # AA automobile, EM employment, OA other: 837P CLM11
    on: date | None
    state: str


@dataclass(frozen=True)
class AttachmentFacts:
    """PWK: a report that goes beside the claim. `on_request` needs no number."""

    report: str
    on_request: bool
    control_number: str = ""


@dataclass(frozen=True)
class ClaimFacts:
    """A claim and everything behind it on the day it is looked at."""

    today: date
    date_of_service: date
    discipline: Discipline
    place_of_service: str
    total_charge: Decimal
    practice: PracticeFacts
    rendering: ProviderFacts
    patient: PatientFacts
    note: NoteFacts
    codes: Mapping[str, CodeFacts]
    referring: ReferringFacts | None = None
    coverage: CoverageFacts | None = None
    policy: PolicyFacts | None = None
    diagnoses: tuple[DiagnosisFacts, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    services: tuple[Service, ...] = ()
    plans: tuple[PlanOfCareFacts, ...] = ()
    authorization: AuthorizationFacts | None = None
    accident: AccidentFacts | None = None
    onset_on: date | None = None
    started_on: date | None = None  # first treatment of the case
    discharged_on: date | None = None
    admitted_on: date | None = None
    facility: FacilityFacts | None = None
    assistant: ProviderFacts | None = None
    attachments: tuple[AttachmentFacts, ...] = ()
    treatment_minutes: int | None = None
    report_days: int = 0  # treatment days since the last progress report, with this visit's
    frequency: str = "1"  # 7 replaces, 8 voids the claim that `payer_claim_number` names
    payer_claim_number: str = ""
    notices: tuple[Notice, ...] = ()
    threshold: Threshold | None = None
    accrued: Mapping[Discipline, Decimal] | None = None  # of the year, before this visit
    elsewhere: tuple[Elsewhere, ...] = ()
    edits: tuple[PtpEdit, ...] = ()
    mue: Mapping[str, MueLimit] | None = None
    coding: tuple[Finding, ...] = ()  # what coding the visit has already found
    sequence: int = 1  # the place of this payer: 2 is the secondary
    earlier: tuple[EarlierPayerFacts, ...] = ()

    @property
    def renderers(self) -> tuple[ProviderFacts, ...]:
        """Everybody whom the claim names as having furnished something, each once."""
        of_lines = (line.rendering for line in self.lines if line.rendering is not None)
        return tuple(dict.fromkeys((self.rendering, *of_lines)))

    @property
    def known_lines(self) -> tuple[LineFacts, ...]:
        """The lines whose code the practice knows; `code_unknown` names the others."""
        return tuple(line for line in self.lines if line.code in self.codes)

    @property
    def therapy_lines(self) -> tuple[LineFacts, ...]:
        return tuple(line for line in self.known_lines if self.codes[line.code].therapy)
