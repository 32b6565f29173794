"""CMS's files, row by row: what is kept, and which row is named when one cannot be right."""

import datetime as dt
import io

import pytest

from billing.rule_files import Source, read
from billing.rules.cms_files import Kept, WrongRow
from billing.rules.cms_quarters import start_in_name
from tests.billing import cms_samples as cms

CODES = {"97112", "97110", "97150", "97161", "97012"}
ACTIVE = ("97150", "97112", "19960101", "*", "1")
VOID = ("97112", "97110", "20201001", "20201001", "9")
OTHERS = ("99213", "99214", "20100101", "20191231", "0")


def kept(content: bytes, kind: str) -> list[Kept]:
    source = Source(io.BytesIO(content), kind)
    return [each for each in read(source, kind, CODES) if isinstance(each, Kept)]


def refusal(content: bytes, kind: str) -> tuple[int | None, str]:
    with pytest.raises(WrongRow) as refused:
        kept(content, kind)
    return refused.value.row, refused.value.told


PAIR = Kept(
    row=6,
    key="97150 97112 1996-01-01",
    values={
        "column1": "97150",
        "column2": "97112",
        "modifier_indicator": 1,
        "effective_on": "1996-01-01",
        "deleted_on": None,
    },
)


def test_pairs_of_our_codes_are_kept_below_the_wrapped_header():
    assert kept(cms.pairs(ACTIVE, OTHERS, VOID), "ncci") == [
        PAIR,
        Kept(
            row=8,
            key="97112 97110 2020-10-01",
            values={
                "column1": "97112",
                "column2": "97110",
                "modifier_indicator": 9,
                "effective_on": "2020-10-01",
                "deleted_on": "2020-10-01",
            },
        ),
    ]


def test_a_workbook_says_the_same_as_the_text():
    as_text = kept(cms.pairs(ACTIVE, OTHERS, VOID), "ncci")

    assert kept(cms.pairs_workbook(ACTIVE, OTHERS, VOID), "ncci") == as_text


def test_one_pair_may_have_run_twice():
    again = ("97150", "97112", "20200101", "*", "0")

    assert [each.key for each in kept(cms.pairs(ACTIVE, again), "ncci")] == [
        "97150 97112 1996-01-01",
        "97150 97112 2020-01-01",
    ]


def test_the_same_row_twice_is_one_and_a_contradiction_is_refused():
    assert len(kept(cms.pairs(ACTIVE, ACTIVE), "ncci")) == 1

    other = (*ACTIVE[:4], "0")
    assert refusal(cms.pairs(ACTIVE, other), "ncci") == (
        7,
        "It contradicts row 6, which has the same key.",
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("97150", "9711", "19960101", "*", "1"), "“9711” is not a procedure code."),
        (
            ("99213", "99214", "1996010", "*", "1"),
            "The effective date is “1996010”, not a day such as 20260701.",
        ),
        (
            ("97150", "97112", "20260230", "*", "1"),
            "The effective date is “20260230”, not a day such as 20260701.",
        ),
        (
            ("97150", "97112", "20260101", "gone", "1"),
            "The deletion date is “gone”, not a day such as 20260701.",
        ),
        (
            ("97150", "97112", "20260101", "20251231", "1"),
            "It was deleted before it took effect.",
        ),
        (
            ("99213", "99214", "19960101", "*", "2"),
            "The modifier indicator is “2”, not 0, 1 or 9.",
        ),
        (("97112", "97112", "19960101", "*", "1"), "97112 is paired with itself."),
    ],
)
def test_a_wrong_pair_is_named_by_its_row(row, told):
    assert refusal(cms.pairs(ACTIVE, row), "ncci") == (7, told)


@pytest.mark.parametrize("cut", [1, 3, 10, len(cms.RATIONALE), len(cms.RATIONALE) + 8])
def test_a_text_cut_off_within_its_last_row_is_refused_with_that_row(cut):
    content = cms.pairs(ACTIVE, OTHERS, end="")[:-cut]

    row, _ = refusal(content, "ncci")

    assert row == 7


def test_a_last_line_that_is_whole_may_lack_its_break():
    assert kept(cms.pairs(OTHERS, ACTIVE, end=""), "ncci")[0].key == PAIR.key


def test_a_workbook_or_zip_cut_off_is_refused():
    content = cms.pairs_workbook(ACTIVE)

    assert refusal(content[: len(content) // 2], "ncci") == (
        None,
        "The file is damaged or was cut off.",
    )


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (
            cms.limits(("97112", "4", "3 Date of Service Edit: Clinical")),
            "ncci",
            "This is not an NCCI practitioner file: no pairs under a header of two columns.",
        ),
        (
            cms.pairs(ACTIVE).replace(b"NCCI Practitioner", b"NCCI Hospital"),
            "ncci",
            "This is the hospital file; load the practitioner file.",
        ),
        (
            cms.pairs(ACTIVE),
            "mue",
            "This is not an MUE table: its header is not among the first lines.",
        ),
        (
            cms.limits(("97112", "4", "3")).replace(b"Practitioner", b"Outpatient Hospital"),
            "mue",
            "This MUE table is not the practitioners': load that one.",
        ),
        (
            cms.limits(("97112", "4", "3")),
            "rvu",
            "This is not a PPRRVU file: its header is not among the first lines.",
        ),
        (
            cms.values(cms.value("97112", ".50", ".47", ".01", ".98")),
            "gpci",
            "This is not a GPCI file: its header is not among the first lines.",
        ),
        (b"PK\x05\x06" + b"\0" * 18, "mue", "The zip file holds no text, csv or xlsx file."),
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 20,
            "mue",
            "This is an old Excel file: save it as .xlsx or load the text file.",
        ),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(content, kind, told):
    assert refusal(content, kind) == (None, told)


@pytest.mark.parametrize("kind", ["ncci", "mue", "rvu", "gpci"])
@pytest.mark.parametrize("content", [b"\0" * 500, b"x" * 200_000])
def test_what_is_no_text_is_refused_at_its_first_line(content, kind):
    assert refusal(content, kind) == (
        1,
        "This is no line of text: the file is of another kind.",
    )


def test_limits_are_read_with_the_leading_digit_of_the_indicator():
    content = cms.limits(
        ("97112", "4", "3 Date of Service Edit: Clinical"),
        ("97161", "1", "2 Date of Service Edit: Policy"),
        ("99999", "1", "1 Line Edit"),
    )

    # The notice and the first caption fill two lines each.
    assert [(each.row, each.values) for each in kept(content, "mue")] == [
        (5, {"code": "97112", "units": 4, "indicator": 3}),
        (6, {"code": "97161", "units": 1, "indicator": 2}),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("97112", "four", "3"), "The limit is “four”, not a whole number."),
        (("97112", "4", "9 Other"), "The indicator is “9 Other”; it begins with 1, 2 or 3."),
        (("971", "4", "3"), "“971” is not a procedure code."),
    ],
)
def test_a_wrong_limit_is_named_by_its_row(row, told):
    assert refusal(cms.limits(("97110", "6", "3"), row), "mue") == (6, told)


def test_relative_values_of_our_codes_without_a_modifier_are_kept():
    content = cms.values(
        cms.value("97112", ".50", ".47", ".01", ".98"),
        cms.value("97112", ".10", ".10", ".01", ".21", mod="26"),
        cms.value("99213", "1.30", "1.40", ".10", "2.80"),
        cms.value("97012", "0", "0", "0", "0", status="B"),
        cms.value("97110", ".45", ".41", ".01", ".87", mult="0"),
    )

    assert [each.values for each in kept(content, "rvu")] == [
        {
            "code": "97112",
            "work": "0.50",
            "practice_expense": "0.47",
            "malpractice": "0.01",
            "mppr": True,
            "factor": "33.4009",
        },
        {
            "code": "97110",
            "work": "0.45",
            "practice_expense": "0.41",
            "malpractice": "0.01",
            "mppr": False,
            "factor": "33.4009",
        },
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            cms.value("97110", ".45", ".41", ".01", "1.87"),
            "Its parts come to 0.87 and the total is 1.87.",
        ),
        (cms.value("97110", "x", ".41", ".01", ".87"), "The work is “x”, not an amount."),
        (cms.value("97110", "NaN", ".41", ".01", ".87"), "The work is “NaN”, not an amount."),
        (
            cms.value("97110", ".45", ".41", ".01", ".87", factor="33.5675"),
            "The conversion factor is 33.5675, above it was 33.4009.",
        ),
        ("97110,,own words,A", "It has 4 columns: the file was cut off."),
    ],
)
def test_a_wrong_value_is_named_by_its_row(row, told):
    content = cms.values(cms.value("97112", ".50", ".47", ".01", ".98"), row)

    assert refusal(content, "rvu") == (7, told)


def test_indices_take_the_floor_and_end_at_the_notes():
    content = cms.indices(
        "13202,NY,01,Manhattan*,1.050,1.064,1.162,1.586",
        "10112,AL,0,Alabama,0.9,1,0.875,0.566",
        notes="* See the notes,,,,,,,\r\n",
    )

    assert [
        (each.key, each.values["name"], each.values["work"]) for each in kept(content, "gpci")
    ] == [
        ("13202-01", "Manhattan", "1.064"),
        ("10112-00", "Alabama", "1"),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("13202,NY,01,Manhattan,1,1.064,high,1.586",
         "The practice expense index is “high”, not an amount."),
        ("MAC,NY,01,Manhattan,1,1,1,1", "“MAC, 01” is no locality."),
        ("13202,New York,01,Manhattan,1,1,1,1", "“New York” is not a state."),
        ("13202,NY,01,Manhattan", "It has 4 columns: the file was cut off."),
    ],
)  # fmt: skip
def test_a_wrong_index_is_named_by_its_row(row, told):
    assert refusal(cms.indices(row), "gpci") == (4, told)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("ccipra-v322r0-f1.TXT", dt.date(2026, 7, 1)),
        ("ccipra-v323r0-f4.xlsx", dt.date(2026, 10, 1)),
        ("ccipra-v320r0-f2.zip", dt.date(2026, 1, 1)),
        ("MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", dt.date(2026, 7, 1)),
        ("PPRRVU2026_Jul_nonQPP.csv", dt.date(2026, 7, 1)),
        ("PPRRVU26_JAN.csv", dt.date(2026, 1, 1)),
        ("GPCI2026.csv", dt.date(2026, 1, 1)),
        ("Eff_13-45-2026.csv", None),
        ("table.csv", None),
    ],
)
def test_the_name_says_from_which_day_it_holds(name, day):
    assert start_in_name(name) == day
