"""Envelope, parties and patients that the writer will not send: where, and in which words."""
# ruff: noqa: E501  one refusal to a line

from dataclasses import replace
from datetime import date, datetime

import pytest

from billing.x12.codes import (
    MedicareSecondary,
    Relationship,
    Responsibility,
    Sex,
)
from billing.x12.types import (
    Contact,
    OrganizationName,
    Patient,
    PersonName,
)
from tests.billing.x12.cast import (
    BENEFICIARY,
    CLAIM,
    CLINIC,
    ENVELOPE,
    HOME,
    MEMBER,
    RECEIVER,
    SUBMITTER,
    file_of,
)
from tests.billing.x12.refusal import EMPTY, NO_DAY, NO_NPI, NOTHING, refusal

CHILD = Patient(
    relationship=Relationship.CHILD,
    name=PersonName(last="Muñoz", first="Zoë"),
    address=HOME,
    birth_date=date(2014, 6, 30),
    sex=Sex.FEMALE,
)
ENVELOPES = [
    ({"sender_id": ""}, "ISA06", EMPTY),
    ({"sender_id": "S" * 16}, "ISA06", "has 16 characters; at most 15 fit"),
    ({"sender_id": "A:B"}, "ISA06", "has one of the file's delimiters in it"),
    ({"receiver_id": "É"}, "ISA08", "has a character that X12 does not carry"),
    ({"receiver_id": "R", "group_receiver_id": ""}, "GS03", "has 1 characters; at least 2 are needed"),
    ({"sender_qualifier": "99"}, "ISA05", "is not an interchange id qualifier"),
    ({"receiver_qualifier": ""}, "ISA07", EMPTY),
    ({"interchange_control_number": 0}, "ISA13", "is not between 1 and 999999999"),
    ({"interchange_control_number": 10**9}, "ISA13", "is not between 1 and 999999999"),
    ({"group_control_number": -1}, "GS06", "is not between 1 and 999999999"),
    ({"usage": "X"}, "ISA15", "is not one of T, P"),
    ({"created_at": datetime(2026, 3, 4)}, "ISA09", "needs an aware time"),  # noqa: DTZ001
    ({"batch_reference": ""}, "BHT03", EMPTY),
    ({"batch_reference": "b1"}, "BHT03", "has a character that X12 does not carry"),
    ({"batch_reference": "B" * 31}, "BHT03", "has 31 characters; at most 30 fit"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "element", "message"), ENVELOPES)
def test_an_envelope_is_refused_for(changes, element, message):
    claim, loop, where, why = refusal(file_of(CLAIM, envelope=replace(ENVELOPE, **changes)))

    assert (claim, where, why) == ("", element, message)
    assert loop == ("HEADER" if element == "BHT03" else "ENVELOPE")


FILES = [
    ({"claims": ()}, ("", "ENVELOPE", "CLM", "is missing: the file has no claims")),
    ({"claims_per_transaction": 0}, ("", "ENVELOPE", "ST", "holds 1 to 5000 claims")),
    ({"claims_per_transaction": 5001}, ("", "ENVELOPE", "ST", "holds 1 to 5000 claims")),
    ({"claims": (CLAIM, CLAIM)}, ("C1", "2300", "CLM01", "is used twice in the file")),
    (
        {"claims": (CLAIM, replace(CLAIM, control_number="C2"))},
        ("C1", "2400", "REF02", "(6R) is used twice in the file"),
    ),
    (
        {"submitter": replace(SUBMITTER, id="")},
        ("", "1000A", "NM109", EMPTY),
    ),
    (
        {"submitter": replace(SUBMITTER, name=OrganizationName(name="🎈"))},
        ("", "1000A", "NM103", NOTHING),
    ),
    (
        {"submitter": replace(SUBMITTER, contact=Contact(name="Desk"))},
        ("", "1000A", "PER04", "has neither a telephone number nor an e-mail address"),
    ),
    (
        {"submitter": replace(SUBMITTER, contact=Contact(name="Desk", extension="2"))},
        ("", "1000A", "PER04", "has an extension without a telephone number"),
    ),
    (
        {"submitter": replace(SUBMITTER, contact=Contact(name="Desk", phone="911"))},
        ("", "1000A", "PER04", "is not a ten-digit telephone number"),
    ),
    (
        {"submitter": replace(SUBMITTER, contact=Contact(name="Desk", email="desk"))},
        ("", "1000A", "PER04", "is not an e-mail address that X12 can carry"),
    ),
    (
        {
            "submitter": replace(
                SUBMITTER, contact=Contact(name="Desk", phone="5415550188", extension="x")
            )
        },
        ("", "1000A", "PER06", "is not an extension"),
    ),
    ({"receiver": replace(RECEIVER, id="1")}, ("", "1000B", "NM109", "has 1 characters; at least 2 are needed")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), FILES)
def test_a_file_is_refused_for(changes, expected):
    assert refusal(file_of(CLAIM, **changes)) == expected


PROVIDERS = [
    ({"name": OrganizationName(name="")}, "2010AA", "NM103", NOTHING),
    ({"npi": "1300000018"}, "2010AA", "NM109", NO_NPI),
    ({"taxonomy": "261QP2000"}, "2000A", "PRV03", "is not a ten-character taxonomy code"),
    ({"tax_id": "93-111222"}, "2010AA", "REF02", "is not a tax number of nine digits"),
    ({"tax_id_kind": "XX"}, "2010AA", "REF01", "is not one of EI, SY"),
    ({"address": replace(CLINIC.address, postal_code="97401")}, "2010AA", "N403", "is not a ZIP code of 9 digits"),
    ({"address": replace(CLINIC.address, postal_code="")}, "2010AA", "N403", "is not a ZIP code of 9 digits"),
    ({"address": replace(CLINIC.address, state="XX")}, "2010AA", "N402", "is not a US state code"),
    ({"address": replace(CLINIC.address, country="CA")}, "2010AA", "N404", "is outside the US, where no ZIP code of 9 digits exists"),
    ({"address": replace(CLINIC.address, line1="PO Box 91")}, "2010AA", "N301", "is a post-office box, not a street"),
    ({"address": replace(CLINIC.address, line2="P.O. Box 91")}, "2010AA", "N302", "is a post-office box, not a street"),
    ({"address": replace(CLINIC.address, line1="9" * 56)}, "2010AA", "N301", "has 56 characters; at most 55 fit"),
    ({"address": replace(CLINIC.address, line2="🎈")}, "2010AA", "N302", "has nothing that can be sent"),
    ({"address": replace(CLINIC.address, city="E")}, "2010AA", "N401", "has 1 characters; at least 2 are needed"),
    ({"address": replace(CLINIC.address, city="E" * 31)}, "2010AA", "N401", "has 31 characters; at most 30 fit"),
    ({"pay_to": replace(HOME, postal_code="9747")}, "2010AB", "N403", "is not a ZIP code"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "loop", "element", "message"), PROVIDERS)
def test_a_billing_provider_is_refused_for(changes, loop, element, message):
    claim = replace(CLAIM, billing_provider=replace(CLINIC, **changes))

    assert refusal(file_of(claim)) == ("", loop, element, message)


SUBSCRIBERS = [
    (MEMBER, {"name": PersonName(last="")}, "2010BA", "NM103", NOTHING),
    (MEMBER, {"name": PersonName(last="Muñoz", first="🎈")}, "2010BA", "NM104", "has nothing that can be sent"),
    (MEMBER, {"name": PersonName(last="李")}, "2010BA", "NM103", "has a letter that has no plain Latin form; write it as on the card"),
    (MEMBER, {"name": PersonName(last="Muñoz", suffix="the eleventh")}, "2010BA", "NM107", "has 12 characters; at most 10 fit"),
    (MEMBER, {"name": OrganizationName(name="Mill")}, "2010BA", "NM102", "is an organization, which cannot be the patient"),
    (MEMBER, {"member_id": ""}, "2010BA", "NM109", EMPTY),
    (MEMBER, {"member_id": "A" * 81}, "2010BA", "NM109", "has 81 characters; at most 80 fit"),
    (MEMBER, {"member_id": "A*1"}, "2010BA", "NM109", "has one of the file's delimiters in it"),
    (MEMBER, {"responsibility": "X"}, "2000B", "SBR01", "is not one of P, S, T"),
    (MEMBER, {"filing": ""}, "2000B", "SBR09", "is not one of 11, 12, 13, 14, 15, 16, 17, AM, BL, CH, CI, DS, FI, HM, LM, MA, MB, MC, OF, TV, VA, WC, ZZ"),
    (MEMBER, {"group_number": "G" * 51}, "2000B", "SBR03", "has 51 characters; at most 50 fit"),
    (MEMBER, {"medicare_secondary": MedicareSecondary.WORKING_AGED}, "2000B", "SBR05", "is only for Medicare that does not pay first"),
    (MEMBER, {"address": None}, "2010BA", "N301", "is required when the subscriber is the patient"),
    (MEMBER, {"address": replace(HOME, country="FRANCE")}, "2010BA", "N404", "is not a two-letter country code"),
    (MEMBER, {"address": replace(HOME, country="CA", state="")}, "2010BA", "N402", EMPTY),
    (MEMBER, {"address": replace(HOME, country="FR", state="ARMOR")}, "2010BA", "N407", "has 5 characters; at most 3 fit"),
    (MEMBER, {"birth_date": None}, "2010BA", "DMG02", NO_DAY),
    (MEMBER, {"sex": None}, "2010BA", "DMG03", "is not one of F, M, U"),
    (BENEFICIARY, {"member_id": "1SG4TE5MK73"}, "2010BA", "NM109", "is not a Medicare Beneficiary Identifier"),
    (BENEFICIARY, {"responsibility": Responsibility.SECONDARY}, "2000B", "SBR05", "is required when Medicare does not pay first"),
    (BENEFICIARY, {"medicare_secondary": MedicareSecondary.LIABILITY}, "2000B", "SBR05", "is only for Medicare that does not pay first"),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "changes", "loop", "element", "message"), SUBSCRIBERS)
def test_a_subscriber_is_refused_for(whole, changes, loop, element, message):
    claim = replace(CLAIM, subscriber=replace(whole, **changes))

    assert refusal(file_of(claim)) == ("C1", loop, element, message)


PATIENTS = [
    ({"relationship": Relationship.SELF}, "2000C", "PAT01", "says the patient is the subscriber"),
    ({"relationship": "99"}, "2000C", "PAT01", "is not one of 01, 18, 19, 20, 21, 39, 40, 53, G8"),
    ({"name": PersonName(last="🎈")}, "2010CA", "NM103", NOTHING),
    ({"address": replace(HOME, line1="")}, "2010CA", "N301", NOTHING),
    ({"birth_date": date(1700, 1, 1)}, "2010CA", "DMG02", "lies before 1800"),
    ({"sex": "X"}, "2010CA", "DMG03", "is not one of F, M, U"),
    ({"died_on": datetime(2026, 3, 4)}, "2000C", "PAT06", NO_DAY),  # noqa: DTZ001
]  # fmt: skip


@pytest.mark.parametrize(("changes", "loop", "element", "message"), PATIENTS)
def test_a_patient_is_refused_for(changes, loop, element, message):
    claim = replace(CLAIM, patient=replace(CHILD, **changes))

    assert refusal(file_of(claim)) == ("C1", loop, element, message)
