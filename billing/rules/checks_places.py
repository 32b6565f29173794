"""Checks of places: the addresses of practice, clinic and patient, and where it took place."""

import re

from billing.rules.facts import AddressFacts, ClaimFacts
from billing.rules.types import Finding, error, warning
from billing.rules.zip_codes import states_of

GUIDE = "ASC X12N 005010X222A1"
POST_OFFICE_BOX = re.compile(
    r"\b(p\W*o\W*b(ox|\b)|post\s+office\s+box)|^\s*box\s+\d", re.IGNORECASE
)
ZIP_PLUS_FOUR = re.compile(r"[0-9]{5}-?[0-9]{4}")
ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
HOME = "12"
INPATIENT = "21"
# CMS place-of-service codes; the rest of 01 to 99 is unassigned.
PLACES = frozenset(
    [f"{n:02d}" for n in (*range(1, 28), 31, 32, 33, 34, 41, 42, *range(49, 59), 60, 61, 62)]
    + ["65", "66", "71", "72", "81", "99"]
)
# CMS Pub. 100-02, ch. 15, § 230.4: a therapist in private practice treats in the office or at home.
NOT_PRIVATE_PRACTICE = frozenset(["19", "21", "22", "23", "31", "51", "61"])


def place_of_service(facts: ClaimFacts) -> list[Finding]:
    if facts.place_of_service in PLACES:
        return []
    message = "Say where the visit took place: 11 for the office, 12 for the patient's home."
    return error("place_of_service", message, f"{GUIDE}, CLM05-1", "clinic.place_of_service")


def admission_date(facts: ClaimFacts) -> list[Finding]:
    if facts.place_of_service != INPATIENT or facts.admitted_on is not None:
        return []
    message = "The visit was to an inpatient: enter the day of admission, or correct the place."
    return error("admission_date", message, f"{GUIDE}, DTP*435", "claim.details")


def place_not_covered(facts: ClaimFacts) -> list[Finding]:
    medicare = facts.coverage is not None and facts.coverage.payer.medicare
    if not medicare or facts.place_of_service not in NOT_PRIVATE_PRACTICE:
        return []
    message = (
        f"Medicare pays a private practice for visits in the office or at home; place "
        f"{facts.place_of_service} is the facility's to bill."
    )
    return warning(
        "place_not_covered",
        message,
        "CMS Pub. 100-02, ch. 15, § 230.4",
        "clinic.place_of_service",
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


def pay_to_address(facts: ClaimFacts) -> list[Finding]:
    missing = _missing(facts.practice.pay_to) if facts.practice.pay_to is not None else []
    if not missing:
        return []
    message = f"The practice's pay-to address lacks {' and '.join(missing)}."
    return error("pay_to_address", message, f"{GUIDE}, loop 2010AB", "practice.pay_to")


def facility_zip(facts: ClaimFacts) -> list[Finding]:
    place = facts.facility
    if place is None or ZIP_PLUS_FOUR.fullmatch(place.address.postal_code):
        return []
    message = "The clinic's ZIP code needs all nine digits, because the claim names the clinic."
    return error("facility_zip", message, f"{GUIDE}, loop 2310C N403", "clinic.postal_code")


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


def zip_state(facts: ClaimFacts) -> list[Finding]:
    """A ZIP code that exists in no state, or in another than the address says."""
    places = [
        ("The practice's", facts.practice.address, "practice.postal_code"),
        ("The patient's", facts.patient.address, "patient.address"),
    ]
    if facts.facility is not None:
        places.append(("The clinic's", facts.facility.address, "clinic.postal_code"))
    return [
        finding
        for whose, address, field in places
        if ZIP.fullmatch(address.postal_code)
        and address.state
        and address.state not in states_of(address.postal_code)
        for finding in warning(
            "zip_state",
            f"{whose} ZIP code {address.postal_code} does not lie in {address.state}.",
            "USPS Publication 65, ZIP codes by state",
            field,
        )
    ]


CHECKS = (
    place_of_service,
    admission_date,
    place_not_covered,
    billing_zip,
    billing_po_box,
    pay_to_address,
    facility_zip,
    patient_address,
    zip_state,
)
