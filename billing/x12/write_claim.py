"""One claim of an 837P: loops 2300 and 2310; its lines follow."""

from decimal import Decimal

from billing.x12.codes import (
    AccidentCause,
    Assignment,
    AttachmentDelivery,
    AttachmentReport,
    BenefitsAssignment,
    Frequency,
    NoteKind,
    Release,
)
from billing.x12.patterns import DIAGNOSIS, STATE
from billing.x12.segments import SegmentWriter, Simple
from billing.x12.types import (
    Accident,
    Address,
    Claim,
    OrganizationName,
)
from billing.x12.values import (
    Choice,
    Day,
    Flag,
    Identifier,
    Money,
    Npi,
    Text,
    plain_text,
)
from billing.x12.write_other_payer import write_other_payers
from billing.x12.write_parties import (
    name_elements,
    write_address,
    write_provider,
    write_rendering,
)
from billing.x12.write_service import place_of_service, write_line

MOST_DIAGNOSES = 12
MOST_LINES = 50
MOST_ATTACHMENTS = 10
CONTROL_NUMBER = 20  # what every receiver must return whole, although CLM01 has room for 38
NOTE = 80


def write_claim(out: SegmentWriter, claim: Claim) -> None:
    """Loops 2300 to 2430 of one claim. Raises X12ValueError."""
    out.place.claim = claim.control_number
    _write_claim_information(out, claim)
    _write_providers(out, claim)
    write_other_payers(out, claim)
    for number, line in enumerate(claim.lines, start=1):
        write_line(out, claim, line, number)


def _write_claim_information(out: SegmentWriter, claim: Claim) -> None:
    out.place.loop = "2300"
    if not 1 <= len(claim.lines) <= MOST_LINES:
        raise out.refuse("LX", "LX01", f"a claim has 1 to {MOST_LINES} lines")
    out.seg(
        "CLM",
        Identifier(claim.control_number, CONTROL_NUMBER, own=True),
        Money(claim.total_charge),
        "",
        "",
        (place_of_service(claim.place_of_service), "B", Choice(claim.frequency, Frequency)),
        Flag(claim.provider_signature_on_file),
        Choice(claim.assignment, Assignment),
        Choice(claim.benefits_assignment, BenefitsAssignment),
        Choice(claim.release, Release),
        "P" if claim.patient_signature_by_provider else "",
        _related_causes(out, claim.accident) if claim.accident else "",
    )
    if claim.total_charge != sum((line.charge for line in claim.lines), Decimal(0)):
        raise out.refuse("CLM", "CLM02", "is not the sum of the lines")
    _write_dates(out, claim)
    if len(claim.attachments) > MOST_ATTACHMENTS:
        raise out.refuse("PWK", "", f"has more than {MOST_ATTACHMENTS} attachments")
    for attachment in claim.attachments:
        numbered = attachment.delivery != AttachmentDelivery.ON_REQUEST
        number = Identifier(attachment.control_number, 50, least=2, required=numbered)
        out.seg(
            "PWK",
            Choice(attachment.report, AttachmentReport),
            Choice(attachment.delivery, AttachmentDelivery),
            "",
            "",
            "AC" if attachment.control_number.strip() else "",
            number,
        )
    if claim.patient_paid is not None:
        out.seg("AMT", "F5", Money(claim.patient_paid))
    _write_references(out, claim)
    if claim.note:
        out.seg("NTE", Choice(claim.note.kind, NoteKind), Text(claim.note.text, NOTE))
    _write_diagnoses(out, claim.diagnoses)


def _related_causes(out: SegmentWriter, accident: Accident) -> tuple[Simple, ...]:
    """CLM11. The guide allows two causes, and asks for the state of an auto accident."""
    if len(accident.causes) not in (1, 2) or len(set(accident.causes)) != len(accident.causes):
        raise out.refuse("CLM", "CLM11", "needs one cause or two different ones")
    first, second = (*accident.causes, "")[:2]
    auto = AccidentCause.AUTO in accident.causes
    if accident.occurred_on is None and set(accident.causes) != {AccidentCause.EMPLOYMENT}:
        raise out.refuse("DTP", "DTP03", "needs the day of the accident (439)")
    state = Identifier(accident.state, 2, pattern=STATE, shape="a US state code")
    return (
        Choice(first, AccidentCause),
        Choice(second, AccidentCause, required=False),
        "",
        state if auto else "",
    )


def _write_dates(out: SegmentWriter, claim: Claim) -> None:
    days = (
        ("431", claim.onset_on),
        ("454", claim.initial_treatment_on),
        ("304", claim.last_seen_on),
        ("453", claim.acute_manifestation_on),
        ("439", claim.accident.occurred_on if claim.accident else None),
        ("297", claim.last_worked_on),
        ("296", claim.return_to_work_on),
        ("435", claim.admitted_on),
        ("096", claim.discharged_on),
    )
    for qualifier, day in days:
        if day is not None:
            out.seg("DTP", qualifier, "D8", Day(day))


def _write_references(out: SegmentWriter, claim: Claim) -> None:
    """REF. A replacement or a void names the payer's number of the claim it is about."""
    original = claim.frequency == Frequency.ORIGINAL
    if original and claim.payer_claim_number:
        raise out.refuse("REF", "REF02", "has a payer's claim number (F8) on an original claim")
    if not original and not claim.payer_claim_number.strip():
        raise out.refuse("REF", "REF02", "needs the payer's claim number (F8)")
    references = (
        ("9F", claim.referral_number),
        ("G1", claim.prior_authorization),
        ("F8", claim.payer_claim_number),
        ("EA", claim.medical_record_number),
    )
    for qualifier, number in references:
        if number:
            out.seg("REF", qualifier, Identifier(number, 50))


def _write_diagnoses(out: SegmentWriter, diagnoses: tuple[str, ...]) -> None:
    if not 1 <= len(diagnoses) <= MOST_DIAGNOSES:
        raise out.refuse("HI", "HI01", f"a claim has 1 to {MOST_DIAGNOSES} diagnoses")
    codes = [code.strip().upper().replace(".", "") for code in diagnoses]
    if len(set(codes)) != len(codes):
        raise out.refuse("HI", "", "names a diagnosis twice")
    out.seg(
        "HI",
        *(
            (
                "ABF" if place else "ABK",
                Identifier(code, 7, pattern=DIAGNOSIS, shape="an ICD-10-CM code"),
            )
            for place, code in enumerate(codes)
        ),
    )


def _write_providers(out: SegmentWriter, claim: Claim) -> None:
    """Loops 2310A to 2310D.

    2310B and 2310C say only what differs from the billing provider: payers refuse a claim that
    repeats it.
    """
    if claim.referring:
        out.place.loop = "2310A"
        write_provider(out, "DN", claim.referring, npi_required=False)
    if claim.rendering:
        out.place.loop = "2310B"
        if claim.rendering.npi.strip() != claim.billing_provider.npi.strip():
            write_rendering(out, claim.rendering)
    facility = claim.service_facility
    if facility and not _same_place(facility.address, claim.billing_provider.address):
        out.place.loop = "2310C"
        npi = Npi(facility.npi, required=False)
        name = OrganizationName(name=facility.name)
        out.seg("NM1", "77", *name_elements(name), "XX" if facility.npi.strip() else "", npi)
        write_address(out, facility.address, nine_digits=True)
    if claim.supervising:
        out.place.loop = "2310D"
        write_provider(out, "DQ", claim.supervising)


def _same_place(one: Address, other: Address) -> bool:
    """Is it the same address once both are written the way they are sent?"""
    return _as_sent(one) == _as_sent(other)


def _as_sent(address: Address) -> tuple[str, ...]:
    lines = (address.line1, address.line2, address.city, address.state)
    digits = "".join(filter(str.isalnum, address.postal_code))
    return (*(plain_text(line) for line in lines), digits.upper())
