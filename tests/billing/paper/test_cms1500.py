"""What stands in each box, compared whole; and what the form has no room for."""

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

import pytest

from billing.paper import words
from billing.paper.cms1500 import Form, Problem, fill
from billing.paper.fields import Field, all_fields, field_of, left_of, top_of
from billing.x12 import codes
from billing.x12 import types as x12
from billing.x12.values import Refused
from tests.billing.paper.samples import COMMERCIAL, OTHER_PAYER, line, with_payer


def in_box(form: Form, *boxes: str, page: int = 1) -> list[tuple[str, int, int, str]]:
    return [
        (each.box, each.row, each.column, each.text)
        for each in form.printed
        if each.box in boxes and each.page == page
    ]


def texts(form: Form, box: str, page: int = 1) -> list[str]:
    return [each.text for each in form.printed if each.box == box and each.page == page]


def test_at_home_item_32_is_the_patients_address_and_in_the_office_the_clinics():
    at_home = dataclasses.replace(COMMERCIAL, place_of_service="12", service_facility=None)

    assert [row[3] for row in in_box(fill(at_home), "32", "32a")] == [
        "PATIENT HOME",
        "7 ELM AVE",
        "ST PAUL OR 97137",
    ]
    assert texts(fill(COMMERCIAL), "32a") == ["1316206420"]


def test_a_line_of_a_colleague_bears_the_colleagues_number():
    colleague = x12.Provider(name=x12.PersonName(last="Roe", first="Kim"), npi="1356362586")
    lines = (COMMERCIAL.lines[0], dataclasses.replace(COMMERCIAL.lines[1], rendering=colleague))

    form = fill(dataclasses.replace(COMMERCIAL, lines=lines))

    assert texts(form, "24J")[1] == "1356362586"
    assert texts(form, "24J")[0] != "1356362586"


def test_a_claim_fills_every_box_that_it_has_something_for():
    form = fill(COMMERCIAL, signed_on=dt.date(2026, 3, 5))

    assert (form.pages, form.problems) == (1, ())
    assert [(each.box, each.row, each.column, each.text) for each in form.printed] == [
        ("carrier", 2, 41, "AETNA"),
        ("carrier", 3, 41, "PO BOX 981106"),
        ("carrier", 5, 41, "EL PASO TX 79998-1106"),
        ("1", 8, 31, "X"),
        ("1a", 8, 50, "W123456789"),
        ("2", 10, 1, "MULLER-O'NEILL JR, JOSE, Q"),
        ("3", 10, 31, "07"),
        ("3", 10, 34, "04"),
        ("3", 10, 37, "1961"),
        ("3", 10, 42, "X"),
        ("5", 12, 1, "7 ELM AVE"),
        ("5", 14, 1, "ST PAUL"),
        ("5", 14, 26, "OR"),
        ("5", 16, 1, "97137"),
        ("4", 10, 50, "MULLER-O'NEILL JR, JOSE, Q"),
        ("6", 12, 33, "X"),
        ("7", 12, 50, "7 ELM AVE"),
        ("7", 14, 50, "ST PAUL"),
        ("7", 14, 74, "OR"),
        ("7", 16, 50, "97137"),
        ("11", 18, 50, "GRP77"),
        ("11a", 20, 53, "07"),
        ("11a", 20, 56, "04"),
        ("11a", 20, 59, "1961"),
        ("11a", 20, 68, "X"),
        ("11c", 24, 50, "ACME WORKS"),
        ("11d", 26, 57, "X"),
        ("10a", 20, 41, "X"),
        ("10b", 22, 41, "X"),
        ("10c", 24, 41, "X"),
        ("12", 29, 7, "SIGNATURE ON FILE"),
        ("13", 29, 55, "SIGNATURE ON FILE"),
        ("14", 32, 2, "01"),
        ("14", 32, 5, "10"),
        ("14", 32, 8, "2026"),
        ("14", 32, 16, "431"),
        ("15", 32, 31, "454"),
        ("15", 32, 37, "02"),
        ("15", 32, 40, "25"),
        ("15", 32, 43, "2026"),
        ("17", 34, 1, "DN"),
        ("17", 34, 4, "ADA N OKAFOR"),
        ("17b", 34, 33, "1245319599"),
        ("21", 37, 42, "0"),
        ("21", 38, 3, "I69354"),
        ("21", 38, 16, "M25561"),
        ("21", 38, 29, "R2689"),
        ("23", 40, 50, "AUTH123"),
        ("25", 56, 1, "931234567"),
        ("25", 56, 19, "X"),
        ("26", 56, 23, "PT00000001"),
        ("27", 56, 38, "X"),
        ("31", 60, 1, "SIGNATURE ON FILE"),
        ("31", 61, 6, "03 05 26"),
        ("32", 58, 23, "RIVER BEND EAST"),
        ("32", 59, 23, "9 OAK RD"),
        ("32", 60, 23, "GRESHAM OR 97030-1234"),
        ("32a", 61, 23, "1316206420"),
        ("33", 57, 66, "503"),
        ("33", 57, 70, "5550142"),
        ("33", 58, 50, "RIVER BEND PHYSICAL THERAPY"),
        ("33", 59, 50, "100 N MAIN ST 200"),
        ("33", 60, 50, "PORTLAND OR 97201-1234"),
        ("33a", 61, 50, "1234567893"),
        ("24A", 44, 1, "03"),
        ("24A", 44, 4, "02"),
        ("24A", 44, 7, "26"),
        ("24A", 44, 10, "03"),
        ("24A", 44, 13, "02"),
        ("24A", 44, 16, "26"),
        ("24B", 44, 19, "11"),
        ("24D", 44, 25, "97112"),
        ("24D", 44, 33, "GP"),
        ("24E", 44, 45, "AC"),
        ("24F", 44, 50, "  190 00"),
        ("24G", 44, 59, "2"),
        ("24J", 44, 68, "1679576722"),
        ("24A", 46, 1, "03"),
        ("24A", 46, 4, "02"),
        ("24A", 46, 7, "26"),
        ("24A", 46, 10, "03"),
        ("24A", 46, 13, "02"),
        ("24A", 46, 16, "26"),
        ("24B", 46, 19, "11"),
        ("24D", 46, 25, "97110"),
        ("24D", 46, 33, "GP"),
        ("24D", 46, 36, "KX"),
        ("24E", 46, 45, "A"),
        ("24F", 46, 50, "   85 50"),
        ("24G", 46, 59, "1"),
        ("24J", 46, 68, "1679576722"),
        ("28", 56, 52, "  275 50"),
    ]


def test_medicare_first_says_none_in_11_and_leaves_the_insureds_boxes_empty():
    form = fill(with_payer(codes.ClaimFiling.MEDICARE_PART_B))

    assert in_box(form, "1", "4", "6", "7", "11", "11a", "11c", "11d", "15") == [
        ("1", 8, 1, "X"),
        ("11", 18, 50, "NONE"),
    ]
    assert texts(form, "24E") == ["A", "A"]


def test_medicare_second_names_the_insurance_that_paid_first():
    form = fill(with_payer(codes.ClaimFiling.MEDICARE_PART_B, other_payers=(OTHER_PAYER,)))

    assert in_box(form, "4", "6", "7", "9", "11", "11c", "11d", "29") == [
        ("4", 10, 50, "DOE, JANE"),
        ("6", 12, 38, "X"),
        ("11", 18, 50, "G1"),
        ("11c", 24, 50, "CIGNA"),
        ("29", 56, 62, "  200 00"),
    ]


def test_another_plan_fills_9_and_ticks_yes_in_11d():
    form = fill(dataclasses.replace(COMMERCIAL, other_payers=(OTHER_PAYER,)))

    assert in_box(form, "9", "9a", "9d", "11d") == [
        ("11d", 26, 52, "X"),
        ("9", 18, 1, "DOE, JANE"),
        ("9a", 20, 1, "G1"),
        ("9d", 26, 1, "CIGNA"),
    ]


def test_an_auto_accident_names_its_state_its_day_and_the_insurers_number():
    accident = x12.Accident(
        causes=(codes.AccidentCause.AUTO,), occurred_on=dt.date(2026, 1, 9), state="WA"
    )
    form = fill(
        with_payer(
            codes.ClaimFiling.AUTO_MEDICAL,
            accident=accident,
            property_casualty_claim_number="CL-5521",
        )
    )

    assert in_box(form, "1", "10a", "10b", "10c", "11b", "15") == [
        ("1", 8, 45, "X"),
        ("11b", 22, 50, "Y4"),
        ("11b", 22, 53, "CL5521"),
        ("10a", 20, 41, "X"),
        ("10b", 22, 35, "X"),
        ("10c", 24, 41, "X"),
        ("10b", 22, 45, "WA"),
        ("15", 32, 31, "439"),
        ("15", 32, 37, "01"),
        ("15", 32, 40, "09"),
        ("15", 32, 43, "2026"),
    ]


def test_a_dependent_stands_in_2_and_the_subscriber_in_4():
    child = x12.Patient(
        relationship=codes.Relationship.CHILD,
        name=x12.PersonName(last="Doe", first="Sam"),
        address=x12.Address(line1="1 A St", city="Salem", state="OR", postal_code="97301"),
        birth_date=dt.date(2015, 12, 1),
        sex=codes.Sex.FEMALE,
        phone="503-555-0100",
    )
    form = fill(dataclasses.replace(COMMERCIAL, patient=child))

    assert in_box(form, "2", "4", "6") == [
        ("2", 10, 1, "DOE, SAM"),
        ("4", 10, 50, "MULLER-O'NEILL JR, JOSE, Q"),
        ("6", 12, 42, "X"),
    ]
    assert texts(form, "3") == ["12", "01", "2015", "X"]
    assert texts(form, "5") == ["1 A ST", "SALEM", "OR", "97301", "503", "5550100"]


@pytest.mark.parametrize(("frequency", "code"), [("7", "7"), ("8", "8")])
def test_a_corrected_claim_carries_its_code_and_the_payers_number(frequency, code):
    form = fill(
        dataclasses.replace(
            COMMERCIAL, frequency=codes.Frequency(frequency), payer_claim_number="E-88"
        )
    )

    assert in_box(form, "22") == [("22", 38, 50, code), ("22", 38, 62, "E88")]


def test_seven_lines_make_two_pages_each_with_its_own_total_and_share_of_what_was_paid():
    lines = tuple(line(number, charge="10.00") for number in range(1, 8))
    form = fill(
        dataclasses.replace(
            COMMERCIAL, lines=lines, total_charge=Decimal("70.00"), patient_paid=Decimal("65.00")
        )
    )

    assert form.pages == 2
    assert [texts(form, "28", page) for page in (1, 2)] == [["   60 00"], ["   10 00"]]
    assert [texts(form, "29", page) for page in (1, 2)] == [["   60 00"], ["    5 00"]]
    assert [len(texts(form, "24D", page)) for page in (1, 2)] == [12, 2]
    assert [row for _, row, _, text in in_box(form, "24D") if text == "97112"] == [
        44, 46, 48, 50, 52, 54,
    ]  # fmt: skip
    assert texts(form, "2", 1) == texts(form, "2", 2) == ["MULLER-O'NEILL JR, JOSE, Q"]


def test_twelve_diagnoses_fit_and_a_thirteenth_is_named():
    twelve = tuple(f"M25.{number}" for number in range(500, 512))

    assert texts(fill(dataclasses.replace(COMMERCIAL, diagnoses=twelve)), "21") == [
        "0", "M25500", "M25501", "M25502", "M25503", "M25504", "M25505", "M25506", "M25507",
        "M25508", "M25509", "M25510", "M25511",
    ]  # fmt: skip
    form = fill(dataclasses.replace(COMMERCIAL, diagnoses=(*twelve, "R26.89")))
    assert form.problems == (Problem("21", "The claim has 13 diagnoses; the form holds 12."),)


def test_the_twelfth_diagnosis_is_the_letter_l():
    form = fill(
        dataclasses.replace(
            COMMERCIAL, diagnoses=("M25.561",) * 12, lines=(line(pointers=(12, 2, 1, 11)),)
        )
    )

    assert texts(form, "24E") == ["LBAK"]


def test_a_text_too_long_for_its_box_is_named_once_however_many_pages_show_it():
    long = dataclasses.replace(
        COMMERCIAL.service_facility, name="River Bend Physical Therapy of Gresham East"
    )
    form = fill(
        dataclasses.replace(COMMERCIAL, service_facility=long, lines=tuple(map(line, range(1, 8))))
    )

    assert form.problems == (Problem("32", "Service facility name has 43 characters; 26 fit."),)
    assert texts(form, "32", 2)[0] == "RIVER BEND PHYSICAL THERAP"


def test_a_charge_of_six_digits_does_not_fit_and_is_named():
    form = fill(dataclasses.replace(COMMERCIAL, lines=(line(charge="123456.00"),)))

    assert [problem.box for problem in form.problems] == ["24F", "28"]


def test_more_paid_than_charged_is_named():
    form = fill(dataclasses.replace(COMMERCIAL, patient_paid=Decimal("300.00")))

    assert texts(form, "29") == ["  275 50"]
    assert form.problems == (
        Problem("29", "More was paid than is charged; the form shows the charges only."),
    )


def test_what_is_not_known_is_left_empty():
    bare = dataclasses.replace(
        COMMERCIAL,
        lines=(),
        diagnoses=(),
        referring=None,
        rendering=None,
        service_facility=None,
        onset_on=None,
        initial_treatment_on=None,
        prior_authorization="",
        release=codes.Release.ALLOWED_BY_LAW,
        benefits_assignment=codes.BenefitsAssignment.NO,
    )
    form = fill(bare)

    empty = ("12", "13", "14", "15", "17", "17b", "22", "23", "24A", "24D", "24J", "29")
    assert in_box(form, *empty) == []
    assert texts(form, "32a") == ["1234567893"]
    assert texts(form, "28") == ["    0 00"]


def test_a_therapist_who_bills_under_the_own_number_is_not_named_twice():
    rendering = dataclasses.replace(COMMERCIAL.rendering, npi="1234567893")

    assert texts(fill(dataclasses.replace(COMMERCIAL, rendering=rendering)), "24J") == []


def test_a_name_without_latin_letters_is_refused_not_blanked():
    subscriber = dataclasses.replace(
        COMMERCIAL.subscriber, name=x12.PersonName(last="李", first="Wei")
    )

    with pytest.raises(Refused):
        fill(dataclasses.replace(COMMERCIAL, subscriber=subscriber))


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0.05", "    0 05"), ("85.50", "   85 50"), ("99999.99", "99999 99")],
)
def test_money_has_no_point_and_its_cents_after_a_space(amount, text):
    assert words.money(Decimal(amount)) == text


def test_the_grid_is_ten_characters_and_six_lines_to_the_inch():
    assert (left_of(1), top_of(1)) == (21.6, 27.0)
    assert (left_of(51) - left_of(41), top_of(13) - top_of(7)) == (pytest.approx(72), 72.0)
    assert field_of("24J", "rendering NPI") == Field("24J", "rendering NPI", 44, 68, 10)


def test_no_field_runs_off_the_sheet_or_into_the_next_one_in_its_row():
    rows: dict[int, list[Field]] = {}
    for field in all_fields().values():
        rows.setdefault(field.row, []).append(field)

    for fields in rows.values():
        in_order = sorted(fields, key=lambda field: field.column)
        for here, there in itertools.pairwise(in_order):
            assert here.column + here.most <= there.column, (here, there)
        assert in_order[-1].column + in_order[-1].most <= 80, in_order[-1]
