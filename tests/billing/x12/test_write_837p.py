"""Claim files as they leave: each sample folder is a source and the exact bytes expected of it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest

from billing.x12.check_837p import check_837p
from billing.x12.codes import Relationship, Responsibility, Sex
from billing.x12.read import read_segments
from billing.x12.segments import Delimiters
from billing.x12.types import OrganizationName, Patient, PersonName, ServiceFacility
from billing.x12.write_837p import write_837p
from tests.billing.x12.cast import (
    CLAIM,
    CLINIC,
    ENVELOPE,
    HOME,
    LINE,
    MEMBER,
    THERAPIST,
    file_of,
)
from tests.billing.x12.pyx12_check import check

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(folder.parent.name for folder in SAMPLES.glob("*/source.py"))


def sample(name):
    source = import_module(f"tests.billing.x12.samples.{name}.source")
    return source.FILE, (SAMPLES / name / "expected.837").read_bytes()


def claims(count, **changes):
    return [
        replace(
            CLAIM,
            control_number=f"C{n}",
            lines=(replace(LINE, control_number=f"C{n}L1"),),
            **changes,
        )
        for n in range(1, count + 1)
    ]


def rows(content, *ids):
    """The segments with these ids, as lists of texts."""
    return [[s.id, *s.elements] for s in read_segments(content) if s.id in ids]


def test_the_samples_are_all_here():
    assert NAMES == [
        "auto_accident",
        "commercial_family",
        "medicare_primary",
        "medicare_secondary",
        "several_therapists",
        "transaction_per_claim",
        "workers_compensation",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_is_written_byte_for_byte(name):
    file, expected = sample(name)

    assert write_837p(file) == expected


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_passes_the_independent_validator_and_our_own_check(name):
    _, expected = sample(name)

    # An e-mail address needs the sign @, which the basic character set does not hold.
    judged = check(expected.decode(), basic=b"*EM*" not in expected)

    assert (judged, check_837p(expected)) == ((True, []), [])


@pytest.mark.parametrize("name", NAMES)
def test_line_breaks_change_nothing_else(name):
    file, expected = sample(name)

    without = write_837p(replace(file, delimiters=replace(file.delimiters, line_breaks=False)))

    assert without == expected.replace(b"\n", b"")


def test_delimiters_are_those_asked_for_in_header_and_data():
    marks = Delimiters(element="\x1d", component="\x1f", repetition="\x1e", segment="\x1c")

    content = write_837p(file_of(CLAIM, delimiters=marks))

    assert content[:4] == b"ISA\x1d"
    assert tuple(next(read_segments(content)).separators) == ("\x1d", "\x1f", "\x1e", "\x1c")
    # pyx12 takes these two for wrong characters of ISA11 and ISA16, wherever else they are right.
    findings = check(content.decode())[1]
    assert [line for line in findings if "(ISA11)" not in line and "(ISA16)" not in line] == []
    assert check_837p(content) == []


def test_the_time_of_the_file_is_the_clock_of_its_own_time_zone():
    pacific = timezone(timedelta(hours=-8))
    late = ENVELOPE.created_at.astimezone(pacific)

    content = write_837p(file_of(CLAIM, envelope=replace(ENVELOPE, created_at=late)))

    assert rows(content, "BHT") == [["BHT", "0019", "00", "B000412", "20260304", "1005", "CH"]]


def test_one_level_is_made_for_each_billing_provider_and_subscriber_in_order_of_appearance():
    second_clinic = replace(CLINIC, npi="1111222232")
    other_member = replace(MEMBER, member_id="CMH2")
    one, two, three, four = claims(4)

    content = write_837p(
        file_of(
            one,
            replace(two, billing_provider=second_clinic),
            replace(three, subscriber=other_member),
            four,
        )
    )

    assert rows(content, "HL") == [
        ["HL", "1", "", "20", "1"],
        ["HL", "2", "1", "22", "0"],
        ["HL", "3", "1", "22", "0"],
        ["HL", "4", "", "20", "1"],
        ["HL", "5", "4", "22", "0"],
    ]
    assert [row[1] for row in rows(content, "CLM")] == ["C1", "C4", "C3", "C2"]


def test_the_claims_of_two_accidents_of_one_person_stand_under_two_levels():
    one, two = claims(2)

    content = write_837p(
        file_of(
            replace(one, property_casualty_claim_number="A-1"),
            replace(two, property_casualty_claim_number="A-2"),
        )
    )

    assert rows(content, "HL", "REF")[2:] == [
        ["HL", "2", "1", "22", "0"],
        ["REF", "Y4", "A-1"],
        ["REF", "6R", "C1L1"],
        ["HL", "3", "1", "22", "0"],
        ["REF", "Y4", "A-2"],
        ["REF", "6R", "C2L1"],
    ]


@pytest.mark.parametrize("dependent", [False, True])
def test_a_level_holds_a_hundred_claims_and_the_next_goes_on(dependent):
    child = Patient(
        relationship=Relationship.CHILD,
        name=PersonName(last="Muñoz"),
        address=HOME,
        birth_date=LINE.date_of_service,
        sex=Sex.UNKNOWN,
    )

    content = write_837p(file_of(*claims(101, patient=child if dependent else None)))

    held, level = Counter(), ""
    for row in rows(content, "HL", "CLM"):
        level = row[1] if row[0] == "HL" else level
        held[level] += row[0] == "CLM"
    assert +held == ({"3": 100, "4": 1} if dependent else {"2": 100, "3": 1})
    assert check_837p(content) == []


def test_claims_beyond_the_size_of_a_transaction_open_another_with_its_own_numbers():
    content = write_837p(file_of(*claims(5), claims_per_transaction=2))

    assert rows(content, "ST", "BHT", "SE", "GE") == [
        ["ST", "837", "0001", "005010X222A1"],
        ["BHT", "0019", "00", "B000412-1", "20260304", "1805", "CH"],
        ["SE", "35", "0001"],
        ["ST", "837", "0002", "005010X222A1"],
        ["BHT", "0019", "00", "B000412-2", "20260304", "1805", "CH"],
        ["SE", "35", "0002"],
        ["ST", "837", "0003", "005010X222A1"],
        ["BHT", "0019", "00", "B000412-3", "20260304", "1805", "CH"],
        ["SE", "27", "0003"],
        ["GE", "3", "412"],
    ]


@pytest.mark.parametrize(
    ("npi", "said"), [("1555555014", ["82", "PE"]), ("1300000019", []), (" 1300000019 ", [])]
)
def test_the_rendering_provider_is_said_only_when_it_is_not_the_billing_provider(npi, said):
    content = write_837p(file_of(replace(CLAIM, rendering=replace(THERAPIST, npi=npi))))

    assert [row[1] for row in rows(content, "NM1", "PRV") if row[1] in ("82", "PE")] == said


@pytest.mark.parametrize(
    ("street", "said"), [("88 LARK  street", 0), ("88 Lark Street", 0), ("90 Lark Street", 1)]
)
def test_the_service_facility_is_said_only_when_it_is_not_the_billing_address(street, said):
    facility = ServiceFacility(
        name="Lark Street", address=replace(CLINIC.address, line1=street, postal_code="974013020")
    )

    content = write_837p(file_of(replace(CLAIM, service_facility=facility)))

    assert [row[1] for row in rows(content, "NM1")].count("77") == said


def test_a_name_longer_than_its_element_is_cut_there_and_nothing_else_is():
    long = PersonName(last="A" * 61, first="B" * 36, middle="C" * 26)

    content = write_837p(
        file_of(
            replace(
                CLAIM,
                subscriber=replace(MEMBER, name=long),
                rendering=replace(THERAPIST, name=OrganizationName(name="Therapy " * 9)),
            )
        )
    )

    assert [row for row in rows(content, "NM1") if row[1] in ("IL", "82")] == [
        ["NM1", "IL", "1", "A" * 60, "B" * 35, "C" * 25, "", "", "MI", "CMH00417702"],
        ["NM1", "82", "2", ("THERAPY " * 9)[:60].rstrip(), "", "", "", "", "XX", "1555555014"],
    ]


def test_the_group_name_gives_way_to_the_group_number():
    named = replace(MEMBER, group_number="", group_name="Ferry workers")

    contents = [
        write_837p(file_of(replace(CLAIM, subscriber=member)))
        for member in (named, replace(named, group_number="77"))
    ]

    assert [rows(content, "SBR")[0] for content in contents] == [
        ["SBR", "P", "18", "", "FERRY WORKERS", "", "", "", "", "CI"],
        ["SBR", "P", "18", "77", "", "", "", "", "", "CI"],
    ]


def test_more_than_six_adjustments_of_a_group_go_on_in_another_segment():
    file, _ = sample("medicare_secondary")
    claim = file.claims[0]
    first = claim.lines[0]
    decision = first.adjudications[0]
    split = replace(decision.adjustments[0], amount=Decimal("2.50"))
    adjusted = replace(
        decision, adjustments=(*[split] * 6, *decision.adjustments[1:])
    )  # 6 x 2.50 in place of 15.00
    lines = (replace(first, adjudications=(adjusted,)), *claim.lines[1:])

    content = write_837p(replace(file, claims=(replace(claim, lines=lines),)))

    assert rows(content, "CAS")[:3] == [
        ["CAS", "CO", *["45", "2.5", ""] * 5, "45", "2.5"],
        ["CAS", "CO", "253", ".5", "1"],
        ["CAS", "PR", "2", "20"],
    ]
    assert (check(content.decode()), check_837p(content)) == ((True, []), [])


def test_a_first_payer_is_told_of_the_coverage_that_comes_after_it():
    file, _ = sample("medicare_secondary")
    supplement = replace(
        file.claims[0].other_payers[0],
        responsibility=Responsibility.SECONDARY,
        paid=None,
        remaining_liability=None,
        claim_number="",
        remark_codes=(),
    )

    content = write_837p(file_of(replace(CLAIM, other_payers=(supplement,))))

    assert [row[:2] for row in rows(content, "SBR")] == [["SBR", "P"], ["SBR", "S"]]
    assert rows(content, "AMT", "CAS", "SVD", "MOA") == []
    assert (check(content.decode()), check_837p(content)) == ((True, []), [])


def test_a_payer_that_decided_the_claim_as_a_whole_is_told_with_its_day():
    file, _ = sample("medicare_secondary")
    claim = file.claims[0]
    decisions = [line.adjudications[0] for line in claim.lines]
    whole = replace(
        claim.other_payers[0],
        adjustments=tuple(row for decision in decisions for row in decision.adjustments),
        adjudicated_on=decisions[0].adjudicated_on,
    )
    lines = tuple(replace(line, adjudications=()) for line in claim.lines)

    content = write_837p(
        replace(file, claims=(replace(claim, lines=lines, other_payers=(whole,)),))
    )

    assert rows(content, "CAS", "SVD") == [
        ["CAS", "CO", "45", "15", "", "253", ".5", "1", "45", "10", "", "253", ".5", "1"],
        ["CAS", "PR", "2", "20", "", "2", "15"],
    ]
    assert rows(content, "DTP")[0] == ["DTP", "573", "D8", "20260220"]
    assert (check(content.decode()), check_837p(content)) == ((True, []), [])
