"""Checks of who is who: practice, therapist, referring provider, patient, subscriber.

Where they are is in `checks_places`."""

import re
from datetime import date

from billing.rules.facts import ClaimFacts, ProviderFacts
from billing.rules.types import Discipline, Finding, error, warning
from billing.rules.words import spoken

GUIDE = "ASC X12N 005010X222A1"
NPI_SOURCE = "45 CFR 162.406; CMS, check digit of the NPI"

EIN = re.compile(r"[0-9]{9}")
TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
# The first characters of a code say whose it is (NUCC, "Respiratory, Developmental,
# Rehabilitative and Restorative Service Providers" and "Speech, Language and Hearing").
THERAPISTS = {"2251": Discipline.PT, "225X": Discipline.OT, "235Z": Discipline.SLP}
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
    message = f"{npi} is not an NPI: a digit is wrong or missing. Look it up again."
    return error(check, message, NPI_SOURCE, field)


def billing_npi(facts: ClaimFacts) -> list[Finding]:
    return _npi("billing_npi", "The practice", facts.practice.npi, "practice.npi")


def rendering_npi(facts: ClaimFacts) -> list[Finding]:
    return [
        finding
        for each in facts.renderers
        for finding in _npi("rendering_npi", each.name, each.npi, "provider.npi")
    ]


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
    return [
        finding
        for each in facts.renderers
        if not TAXONOMY.fullmatch(each.taxonomy)
        for finding in error(
            "rendering_taxonomy",
            f"{each.name} has no taxonomy code: ten characters, such as 225100000X.",
            f"{GUIDE}, PRV*PE",
            "provider.taxonomy",
        )
    ]


def taxonomy_discipline(facts: ClaimFacts) -> list[Finding]:
    """A therapist who is listed as another kind of therapist."""
    return [
        finding
        for each in facts.renderers
        if TAXONOMY.fullmatch(each.taxonomy)
        for kind, discipline in THERAPISTS.items()
        if each.taxonomy.startswith(kind) and discipline is not facts.discipline
        for finding in warning(
            "taxonomy_discipline",
            f"{each.name}'s taxonomy code {each.taxonomy} is that of {discipline}, and the visit "
            f"is {facts.discipline}.",
            "NUCC health care provider taxonomy",
            "provider.taxonomy",
        )
    ]


def licence_expired(facts: ClaimFacts) -> list[Finding]:
    return [
        finding
        for each in facts.renderers
        for finding in _licence("licence_expired", each, facts.date_of_service)
    ]


def assistant_licence(facts: ClaimFacts) -> list[Finding]:
    """Whoever furnished a part of the visit holds a license on that day, too."""
    if facts.assistant is None:
        return []
    return _licence("assistant_licence", facts.assistant, facts.date_of_service)


def _licence(check: str, who: ProviderFacts, on: date) -> list[Finding]:
    expires = who.licence_expires_on
    if expires is None or on <= expires:
        return []
    message = (
        f"{who.name}'s license ran out on {spoken(expires)}, before the visit. Enter the new date."
    )
    return error(
        check,
        message,
        "42 CFR 484.115: a therapist holds the license of the state",
        "provider.licence_expires_on",
    )


def billing_taxonomy(facts: ClaimFacts) -> list[Finding]:
    if not facts.practice.taxonomy or TAXONOMY.fullmatch(facts.practice.taxonomy):
        return []
    message = "The practice's taxonomy code is ten characters, such as 261QP2000X."
    return error("billing_taxonomy", message, f"{GUIDE}, PRV*BI", "practice.taxonomy")


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


def subscriber_name(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None:
        return []
    subscriber = facts.coverage.subscriber
    if subscriber.is_patient or subscriber.employer:
        return []
    if subscriber.last_name and subscriber.first_name:
        return []
    message = "The card is another person's: enter the subscriber's first and last name."
    return error("subscriber_name", message, f"{GUIDE}, loop 2010BA", "coverage.subscriber")


def medicare_subscriber(facts: ClaimFacts) -> list[Finding]:
    card = facts.coverage
    if card is None or not card.payer.medicare or card.subscriber.is_patient:
        return []
    message = "Medicare insures each patient alone: on this card the patient is the subscriber."
    return error("medicare_subscriber", message, f"{GUIDE}, SBR02", "coverage.relation")


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
    billing_taxonomy,
    billing_ein,
    rendering_npi,
    rendering_taxonomy,
    taxonomy_discipline,
    licence_expired,
    assistant_licence,
    referring_absent,
    referring_npi,
    patient_birth_date,
    patient_sex,
    subscriber_name,
    medicare_subscriber,
    member_id,
    mbi_format,
)
