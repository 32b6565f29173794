"""Checks of who is who: practice, therapist, referring provider, patient, subscriber."""

import re

from billing.rules.facts import AddressFacts, ClaimFacts
from billing.rules.types import Finding, error

GUIDE = "ASC X12N 005010X222A1"
NPI_SOURCE = "45 CFR 162.406; CMS, check digit of the NPI"

POST_OFFICE_BOX = re.compile(
    r"\b(p\W*o\W*b(ox|\b)|post\s+office\s+box)|^\s*box\s+\d", re.IGNORECASE
)
ZIP_PLUS_FOUR = re.compile(r"[0-9]{5}-?[0-9]{4}")
ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
EIN = re.compile(r"[0-9]{9}")
TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
# CMS, "Understanding the MBI format": eleven characters, no S, L, O, I, B or Z among the letters.
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
MBI = re.compile(rf"[1-9]{_LETTER}{_EITHER}\d{_LETTER}{_EITHER}\d{_LETTER}{_LETTER}\d\d", re.ASCII)


def npi_is_valid(npi: str) -> bool:
    """Ten digits from 1 or 2 whose last is the Luhn check digit, counted behind 80840."""
    if not re.fullmatch(r"[12]\d{9}", npi, re.ASCII):
        return False
    total = 0
    for place, digit in enumerate(reversed(f"80840{npi}")):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _npi(check: str, whose: str, npi: str, field: str) -> list[Finding]:
    if npi_is_valid(npi):
        return []
    if not npi:
        return error(check, f"{whose} has no NPI yet.", NPI_SOURCE, field)
    message = f"{npi} is not an NPI: a digit is wrong or missing. Look {whose.lower()} up again."
    return error(check, message, NPI_SOURCE, field)


def billing_npi(facts: ClaimFacts) -> list[Finding]:
    return _npi("billing_npi", "The practice", facts.practice.npi, "practice.npi")


def rendering_npi(facts: ClaimFacts) -> list[Finding]:
    return _npi("rendering_npi", "The therapist", facts.rendering.npi, "provider.npi")


def referring_npi(facts: ClaimFacts) -> list[Finding]:
    if facts.referring is None:
        return []
    return _npi(
        "referring_npi",
        "The referring provider",
        facts.referring.npi,
        "referring_provider.npi",
    )


def referring_absent(facts: ClaimFacts) -> list[Finding]:
    wanted = facts.policy is not None and facts.policy.referring_required and facts.therapy_lines
    if facts.referring is not None or not wanted:
        return []
    return error(
        "referring_absent",
        "The payer wants the physician who referred or certified the therapy. Name one.",
        f"{GUIDE}, loop 2310A (DN); First Coast 0508065",
        "episode.referring_provider",
    )


def rendering_taxonomy(facts: ClaimFacts) -> list[Finding]:
    if TAXONOMY.fullmatch(facts.rendering.taxonomy):
        return []
    message = "The therapist's taxonomy code is missing: ten characters, such as 225100000X."
    return error("rendering_taxonomy", message, f"{GUIDE}, PRV*PE", "provider.taxonomy")


def licence_expired(facts: ClaimFacts) -> list[Finding]:
    expires = facts.rendering.licence_expires_on
    if expires is None or facts.date_of_service <= expires:
        return []
    message = f"The therapist's license ran out on {expires}, before the visit. Enter the new date."
    return error(
        "licence_expired",
        message,
        "42 CFR 484.115: a therapist holds the license of the state",
        "provider.licence_expires_on",
    )


def billing_zip(facts: ClaimFacts) -> list[Finding]:
    if ZIP_PLUS_FOUR.fullmatch(facts.practice.address.postal_code):
        return []
    message = "The practice's ZIP code needs all nine digits."
    return error("billing_zip", message, f"{GUIDE}, loop 2010AA N403", "practice.postal_code")


def billing_po_box(facts: ClaimFacts) -> list[Finding]:
    place = facts.practice.address
    if not any(POST_OFFICE_BOX.search(line) for line in (place.line1, place.line2)):
        return []
    message = (
        "The practice's address is a post-office box. Enter the street; the box belongs in the "
        "pay-to address."
    )
    return error("billing_po_box", message, f"{GUIDE}, loop 2010AA N301", "practice.line1")


def billing_ein(facts: ClaimFacts) -> list[Finding]:
    if EIN.fullmatch(facts.practice.ein):
        return []
    message = "The practice's EIN is nine digits, without a dash."
    return error("billing_ein", message, f"{GUIDE}, loop 2010AA REF*EI", "practice.ein")


def patient_birth_date(facts: ClaimFacts) -> list[Finding]:
    if facts.patient.birth_date is not None:
        return []
    message = "The patient's date of birth is missing."
    return error("patient_birth_date", message, f"{GUIDE}, DMG02", "patient.birth_date")


def patient_sex(facts: ClaimFacts) -> list[Finding]:
    if facts.patient.sex in ("M", "F", "U"):
        return []
    message = "The claim needs the patient's sex as the payer holds it: F, M or U (unknown)."
    return error("patient_sex", message, f"{GUIDE}, DMG03", "patient.sex")


def patient_address(facts: ClaimFacts) -> list[Finding]:
    """Loop 2010BA when the patient is the subscriber, loop 2010CA when not: wanted in both."""
    missing = _missing(facts.patient.address)
    if not missing:
        return []
    message = f"The patient's address lacks {' and '.join(missing)}."
    return error("patient_address", message, f"{GUIDE}, N3 and N4", "patient.address")


def _missing(address: AddressFacts) -> list[str]:
    return [
        name
        for name, there in (
            ("the street", address.line1),
            ("the city", address.city),
            ("the state", address.state),
            ("a ZIP code of five or nine digits", ZIP.fullmatch(address.postal_code)),
        )
        if not there
    ]


def subscriber_name(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None:
        return []
    subscriber = facts.coverage.subscriber
    if subscriber.is_patient or (subscriber.last_name and subscriber.first_name):
        return []
    message = "The card is another person's: enter the subscriber's first and last name."
    return error("subscriber_name", message, f"{GUIDE}, loop 2010BA", "coverage.subscriber")


def member_id(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None or facts.coverage.member_id.strip():
        return []
    message = "The member number on the card is missing."
    return error("member_id", message, f"{GUIDE}, loop 2010BA NM109", "coverage.member_id")


def mbi_format(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None or not facts.coverage.payer.medicare:
        return []
    written = facts.coverage.member_id.strip().replace("-", "")
    if not written or MBI.fullmatch(written.upper()):
        return []
    message = (
        f"{facts.coverage.member_id} is not a Medicare number: eleven characters such as "
        "1EG4-TE5-MK73, without S, L, O, I, B or Z. Look at the card again."
    )
    return error("mbi_format", message, "CMS, Understanding the MBI format", "coverage.member_id")


CHECKS = (
    billing_npi,
    billing_zip,
    billing_po_box,
    billing_ein,
    rendering_npi,
    rendering_taxonomy,
    licence_expired,
    referring_absent,
    referring_npi,
    patient_birth_date,
    patient_sex,
    patient_address,
    subscriber_name,
    member_id,
    mbi_format,
)
