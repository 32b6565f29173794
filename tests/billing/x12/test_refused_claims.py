"""Claims, lines and payers' decisions that the writer will not send: where, and in which words."""
# ruff: noqa: E501  one refusal to a line

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from billing.x12.codes import (
    AccidentCause,
    AdjustmentGroup,
    AttachmentDelivery,
    AttachmentReport,
    ClaimFiling,
    Frequency,
    NoteKind,
    Relationship,
    Responsibility,
    Sex,
)
from billing.x12.segments import X12ValueError
from billing.x12.types import (
    Accident,
    Adjustment,
    Attachment,
    Note,
    OrganizationName,
    Patient,
    Payer,
    PersonName,
    ServiceFacility,
)
from billing.x12.write_837p import write_837p
from tests.billing.x12.cast import (
    BENEFICIARY,
    CLAIM,
    COMMERCIAL,
    HOME,
    LINE,
    MEMBER,
    PHYSICIAN,
    THERAPIST,
    file_of,
)
from tests.billing.x12.refusal import EMPTY, NO_DAY, NO_NPI, NOTHING, refusal
from tests.billing.x12.samples.medicare_secondary.source import FILE as SECONDARY

CHILD = Patient(
    relationship=Relationship.CHILD,
    name=PersonName(last="Muñoz", first="Zoë"),
    address=HOME,
    birth_date=date(2014, 6, 30),
    sex=Sex.FEMALE,
)
CRASH = Accident(causes=(AccidentCause.AUTO,), occurred_on=date(2026, 2, 14), state="WA")
SCAN = Attachment(
    report=AttachmentReport.PROGRESS_REPORT, delivery=AttachmentDelivery.FAX, control_number="X1"
)


CLAIMS = [
    ({"control_number": ""}, "2300", "CLM01", EMPTY),
    ({"control_number": "C" * 21}, "2300", "CLM01", "has 21 characters; at most 20 fit"),
    ({"control_number": "c1"}, "2300", "CLM01", "has a character that X12 does not carry"),
    ({"payer": Payer(name="", id="88201")}, "2010BB", "NM103", NOTHING),
    ({"payer": replace(COMMERCIAL, id="8")}, "2010BB", "NM109", "has 1 characters; at least 2 are needed"),
    ({"payer": replace(COMMERCIAL, id_kind="ZZ")}, "2010BB", "NM108", "is not one of PI, XV"),
    ({"total_charge": Decimal("99.99")}, "2300", "CLM02", "is not the sum of the lines"),
    ({"total_charge": Decimal("-1")}, "2300", "CLM02", "is negative"),
    ({"total_charge": 100.0}, "2300", "CLM02", "is not a Decimal"),
    ({"place_of_service": "1"}, "2300", "CLM05-1", "is not a two-digit place of service"),
    ({"frequency": "9"}, "2300", "CLM05-3", "is not one of 1, 7, 8"),
    ({"frequency": Frequency.VOID}, "2300", "REF02", "needs the payer's claim number (F8)"),
    ({"payer_claim_number": "X"}, "2300", "REF02", "has a payer's claim number (F8) on an original claim"),
    ({"provider_signature_on_file": "Y"}, "2300", "CLM06", "is neither yes nor no"),
    ({"assignment": "P"}, "2300", "CLM07", "is not one of A, B, C"),
    ({"benefits_assignment": ""}, "2300", "CLM08", "is not one of Y, N, W"),
    ({"release": "N"}, "2300", "CLM09", "is not one of Y, I"),
    ({"accident": replace(CRASH, state="")}, "2300", "CLM11-4", EMPTY),
    ({"accident": replace(CRASH, causes=())}, "2300", "CLM11", "needs one cause or two different ones"),
    ({"accident": replace(CRASH, causes=(AccidentCause.AUTO,) * 2)}, "2300", "CLM11", "needs one cause or two different ones"),
    ({"accident": replace(CRASH, causes=("XX",))}, "2300", "CLM11-1", "is not one of AA, EM, OA"),
    ({"accident": replace(CRASH, occurred_on=None)}, "2300", "DTP03", "needs the day of the accident (439)"),
    ({"property_casualty_claim_number": "Y" * 51}, "2010BA", "REF02", "has 51 characters; at most 50 fit"),
    ({"onset_on": datetime(2026, 1, 1)}, "2300", "DTP03", NO_DAY),  # noqa: DTZ001
    ({"attachments": (replace(SCAN, control_number=""),)}, "2300", "PWK06", EMPTY),
    ({"attachments": (replace(SCAN, report="ZZ"),)}, "2300", "PWK01", "is not one of 03, 06, 07, 08, 09, CT, OZ, PN, PY, PZ"),
    ({"attachments": (SCAN,) * 11}, "2300", "PWK", "has more than 10 attachments"),
    ({"patient_paid": Decimal("0.001")}, "2300", "AMT02", "has a part smaller than a cent"),
    ({"prior_authorization": "A~1"}, "2300", "REF02", "has a character that X12 does not carry"),
    ({"medical_record_number": "M" * 51}, "2300", "REF02", "has 51 characters; at most 50 fit"),
    ({"note": Note(kind=NoteKind.ADDITIONAL, text="N" * 81)}, "2300", "NTE02", "has 81 characters; at most 80 fit"),
    ({"note": Note(kind=NoteKind.ADDITIONAL, text="")}, "2300", "NTE02", NOTHING),
    ({"diagnoses": ()}, "2300", "HI01", "a claim has 1 to 12 diagnoses"),
    ({"diagnoses": tuple(f"M54.{n}" for n in range(13))}, "2300", "HI01", "a claim has 1 to 12 diagnoses"),
    ({"diagnoses": ("M54.50", "m5450")}, "2300", "HI", "names a diagnosis twice"),
    ({"diagnoses": ("72190",)}, "2300", "HI01-2", "is not an ICD-10-CM code"),
    ({"diagnoses": ("M54.50", "M5")}, "2300", "HI02-2", "is not an ICD-10-CM code"),
    ({"referring": replace(PHYSICIAN, npi="1677777024")}, "2310A", "NM109", NO_NPI),
    ({"referring": replace(PHYSICIAN, name=OrganizationName(name="Clinic"))}, "2310A", "NM102", "is an organization where only a person will do"),
    ({"rendering": replace(THERAPIST, npi="")}, "2310B", "NM109", NO_NPI),
    ({"rendering": replace(THERAPIST, taxonomy="PT")}, "2310B", "PRV03", "is not a ten-character taxonomy code"),
    ({"supervising": replace(THERAPIST, npi="")}, "2310D", "NM109", NO_NPI),
    ({"service_facility": ServiceFacility(name="Riverside", address=HOME)}, "2310C", "N403", "is not a ZIP code of 9 digits"),
    ({"lines": (), "total_charge": Decimal(0)}, "2300", "LX01", "a claim has 1 to 50 lines"),
    ({"lines": tuple(replace(LINE, control_number=f"L{n}") for n in range(51)), "total_charge": Decimal(5100)}, "2300", "LX01", "a claim has 1 to 50 lines"),
    ({"subscriber": replace(MEMBER, responsibility=Responsibility.SECONDARY)}, "2320", "SBR", "is missing: a later payer is told who came first"),
    ({"subscriber": BENEFICIARY, "patient": CHILD}, "2000B", "SBR02", "is Medicare, where the patient is the subscriber"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "loop", "element", "message"), CLAIMS)
def test_a_claim_is_refused_for(changes, loop, element, message):
    claim = replace(CLAIM, **changes)

    assert refusal(file_of(claim)) == (claim.control_number, loop, element, message)


SERVICES = [
    ({"code": "9711"}, "SV101-2", "is not a CPT or HCPCS code"),
    ({"code": ""}, "SV101-2", EMPTY),
    ({"modifiers": ("GP", "KX", "59", "CQ", "XS")}, "SV101", "has more than 4 modifiers"),
    ({"modifiers": ("GP", "GP")}, "SV101", "has a modifier twice"),
    ({"modifiers": ("GP", "K")}, "SV101-4", "is not a modifier"),
    ({"charge": Decimal("-100")}, "SV102", "is negative"),
    ({"charge": Decimal("100.001")}, "SV102", "has a part smaller than a cent"),
    ({"units": 0}, "SV104", "is not between 1 and 9999"),
    ({"units": Decimal("1.5")}, "SV104", "is not a whole number"),
    ({"place_of_service": "home"}, "SV105", "is not a two-digit place of service"),
    ({"pointers": ()}, "SV107", "needs 1 to 4 different diagnoses"),
    ({"pointers": (1, 1)}, "SV107", "needs 1 to 4 different diagnoses"),
    ({"pointers": (2,)}, "SV107", "points to a diagnosis that the claim does not have"),
    ({"pointers": (0,)}, "SV107", "points to a diagnosis that the claim does not have"),
    ({"date_of_service": None}, "DTP03", NO_DAY),
    ({"control_number": ""}, "REF02", EMPTY),
    ({"control_number": "L" * 31}, "REF02", "has 31 characters; at most 30 fit"),
]


@pytest.mark.parametrize(("changes", "element", "message"), SERVICES)
def test_a_line_is_refused_for(changes, element, message):
    line = replace(LINE, **changes)
    # A wrong charge is told of its line when the claim's total agrees with it.
    total = max(line.charge, Decimal(0)).quantize(Decimal("0.01"))
    lines = (line, replace(LINE, charge=total - line.charge, control_number="C1L2"))

    file = file_of(replace(CLAIM, lines=lines, total_charge=total))

    assert refusal(file) == ("C1", "2400", element, message)


def secondary(*, claim=None, other=None, decision=None):
    """The Medicare-secondary sample with changes to the claim, its other payer, its first line."""
    whole = SECONDARY.claims[0]
    line = whole.lines[0]
    changed = replace(line.adjudications[0], **(decision or {}))
    whole = replace(
        whole,
        lines=(replace(line, adjudications=(changed,)), *whole.lines[1:]),
        other_payers=(replace(whole.other_payers[0], **(other or {})),),
    )
    return replace(SECONDARY, claims=(replace(whole, **(claim or {})),))


FIRST = SECONDARY.claims[0].other_payers[0]
WORDY = Adjustment(group=AdjustmentGroup.PATIENT, reason="too long", amount=Decimal("35.50"))
MANY = tuple(
    Adjustment(group=AdjustmentGroup.CONTRACT, reason=str(n), amount=Decimal("35.50") / 50)
    for n in range(1, 51)
)
OTHERS = [
    ({"claim": {"other_payers": (FIRST, FIRST)}}, "2320", "SBR01", "puts two payers in the same place"),
    ({"claim": {"other_payers": (FIRST,) * 11}}, "2320", "SBR", "has more than 10 other payers"),
    ({"claim": {"other_payers": (FIRST, replace(FIRST, responsibility=Responsibility.TERTIARY))}}, "2320", "NM109", "names two other payers by one id"),
    ({"other": {"paid": Decimal("108.00")}}, "2320", "AMT02", "plus the payer's adjustments is not the claim's charge"),
    ({"other": {"paid": None}}, "2320", "AMT02", "needs what the payer paid (D) beside adjustments"),
    ({"other": {"remaining_liability": Decimal("34")}}, "2320", "AMT02", "(EAF) is not the sum of the patient's adjustments"),
    ({"other": {"relationship": ""}}, "2320", "SBR02", "is not one of 01, 18, 19, 20, 21, 39, 40, 53, G8"),
    ({"other": {"filing": ClaimFiling.MEDICARE_PART_A}}, "2330A", "NM109", "is not a Medicare Beneficiary Identifier"),
    ({"other": {"remark_codes": ("MA01",) * 6}}, "2320", "MOA03", "has more than 5 remark codes"),
    ({"other": {"member_id": ""}}, "2330A", "NM109", EMPTY),
    ({"decision": {"payer_id": "NOBODY"}}, "2320", "SVD01", "is not the id of one of the claim's other payers"),
    ({"decision": {"adjudicated_on": None}}, "2430", "DTP03", NO_DAY),
    ({"decision": {"code": "97"}}, "2430", "SVD03-2", "is not a CPT or HCPCS code"),
    ({"decision": {"units": -1}}, "2430", "SVD05", "is not between 0 and 9999"),
    ({"decision": {"remaining_liability": Decimal("1.001")}}, "2430", "AMT02", "has a part smaller than a cent"),
    ({"decision": {"adjustments": (WORDY,)}, "other": {"remaining_liability": None}}, "2430", "CAS02", "is not a reason code"),
    ({"decision": {"adjustments": MANY}, "other": {"remaining_liability": None}}, "2430", "CAS", "needs more than 5 segments"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "loop", "element", "message"), OTHERS)
def test_another_payers_decision_is_refused_for(changes, loop, element, message):
    assert refusal(secondary(**changes)) == ("S1", loop, element, message)


def test_a_line_whose_decision_does_not_add_up_is_refused_although_the_claim_does():
    line = SECONDARY.claims[0].lines
    first, second = (row.adjudications[0] for row in line)
    # One dollar is moved from one line's payment to the other's: the claim's sums still agree.
    lines = (
        replace(line[0], adjudications=(replace(first, paid=first.paid - 1),)),
        replace(line[1], adjudications=(replace(second, paid=second.paid + 1),)),
    )

    assert refusal(secondary(claim={"lines": lines})) == (
        "S1",
        "2430",
        "SVD02",
        "plus the adjustments is not the line's charge",
    )


def test_a_payer_that_decided_as_a_whole_without_a_day_is_refused():
    claim = SECONDARY.claims[0]
    lines = tuple(replace(line, adjudications=()) for line in claim.lines)
    whole = replace(claim.other_payers[0], paid=claim.total_charge, remaining_liability=None)

    assert refusal(
        secondary_whole := replace(
            SECONDARY, claims=(replace(claim, lines=lines, other_payers=(whole,)),)
        )
    ) == ("S1", "2330B", "DTP03", NO_DAY), secondary_whole


def test_a_refusal_never_repeats_what_it_refuses():
    secrets = [
        replace(CLAIM, subscriber=replace(MEMBER, member_id="SECRET*1")),
        replace(CLAIM, subscriber=replace(MEMBER, name=PersonName(last="СЕКРЕТ"))),
        replace(CLAIM, note=Note(kind=NoteKind.ADDITIONAL, text="SECRET " * 20)),
        replace(CLAIM, diagnoses=("SECRET",)),
        replace(CLAIM, prior_authorization="SECRET_1"),
    ]

    texts = []
    for claim in secrets:
        with pytest.raises(X12ValueError) as raised:
            write_837p(file_of(claim))
        texts.append(f"{raised.value} {raised.value!r}")

    assert [text for text in texts if "SECRET" in text or "СЕКРЕТ" in text] == []
