"""Bytes of any kind in; patients and every problem by row and column out."""

import codecs
import contextlib
import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from people import cells
from people.models import Patient
from people.patient_columns import COLUMNS
from people.patient_csv import Problem, Unreadable, read
from people.validators import STATE_CHOICES, phone_as_stored
from web import csv_file

TODAY = dt.date(2026, 11, 25)
HEADER = "Last Name,First Name,DOB,Gender"
ADA = "Okafor,Ada,3/12/1958,F"
ADA_VALUES = {
    "last_name": "Okafor", "first_name": "Ada", "birth_date": "1958-03-12", "sex": "F",
}  # fmt: skip


def sheet(*lines, encoding="utf-8", end="\n"):
    return read(end.join(lines).encode(encoding), today=TODAY)


def refusal(content):
    with pytest.raises(Unreadable) as refused:
        read(content, today=TODAY)
    return refused.value.told


def problems(header, row):
    return [(found.column, found.told) for found in sheet(header, row).rows[0].problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_usual_encodings(encoding):
    rows = sheet(HEADER, "Núñez,José,1958-03-12,male", encoding=encoding).rows

    assert rows[0].values == {
        "last_name": "Núñez", "first_name": "José", "birth_date": "1958-03-12", "sex": "M",
    }  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comma_semicolon_and_tab_may_stand_between_cells(delimiter, end):
    lines = [line.replace(",", delimiter) for line in (HEADER, ADA)]

    assert sheet(*lines, end=end).rows[0].values == ADA_VALUES


def test_excels_own_first_line_is_not_taken_for_the_header():
    found = sheet("sep=;", HEADER.replace(",", ";"), ADA.replace(",", ";"))

    assert [(row.number, row.values) for row in found.rows] == [(3, ADA_VALUES)]


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    found = sheet(HEADER, "", '"Oka\nfor",Ada,3/12/1958,F', ",,,", "Stone,Cy,1/2/1960,M")

    assert [(row.number, row.values["last_name"]) for row in found.rows] == [
        (3, "Oka for"),
        (5, "Stone"),
    ]


def test_other_systems_names_of_columns_are_known_and_the_unknown_named():
    found = sheet(
        "SURNAME,given_name,Date of Birth,Sex,Cell Phone,Zip,Address 1,Chart #,,Problems",
        "Okafor,Ada,3/12/1958,F,(503) 555-0142,972010001,12 Elm St,881,,old",
    )

    assert found.unknown == ("Chart #",)
    assert found.rows[0].values == ADA_VALUES | {
        "mobile_phone": "+15035550142", "postal_code": "97201-0001", "line1": "12 Elm St",
    }  # fmt: skip


def test_every_problem_of_a_row_is_listed_beside_its_column():
    header = f"{HEADER},Cell,Zip,State,E-mail,City"
    row = "Okafor,,13/45/1958,?,12,9720,Oregano,ada@,A\x07B"

    assert problems(header, row) == [
        ("First Name", "This must not be empty."),
        ("DOB", "There is no such day in the calendar."),
        ("Gender", "Write F, M or U (unknown or other), as on claims."),
        ("Cell", "Write a telephone number such as 503 555 0142."),
        ("Zip", "A ZIP code has 5 digits: a spreadsheet may have dropped the 0 in front."),
        ("State", "Write the state's two letters, such as OR."),
        ("E-mail", "This is no e-mail address: write one such as ada@mail.example."),
        ("City", "A control character stands here, which no keyboard writes: type it anew."),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (f"{'x' * 61},Ada,3/12/1958,F", "Too long: 60 characters fit, and this has 61."),
        ("Okafor,Ada,25/12/1958,F", "The month comes first, as in 3/12/1958."),
        ("Okafor,Ada,3/12/58,F", "Write the year with four digits: 58 may be 1958 or 2058."),
        ("Okafor,Ada,3/12/2027,F", "This birth date lies in the future."),
        ("Okafor,Ada,3/12/1889,F", "This birth date is before 1890: check the year."),
        ("Okafor,Ada,soon,F", "This is no date: write 3/12/1958 or 1958-03-12."),
        (f"{ADA},more", "There are more cells than columns: look for a comma without quotes."),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(row, problem):
    assert [told for _, told in problems(HEADER, row)] == [problem]


@pytest.mark.parametrize(
    "written",
    ["3/12/1958", "03-12-1958", "1958-03-12", "1958/3/12", "Mar 12, 1958", "12-Mar-1958",
     "March 12 1958", "1958-03-12 00:00:00", "3/12/1958 0:00", "3/12/1958 12:00:00 AM"],
)  # fmt: skip
def test_a_birth_date_is_read_as_people_and_spreadsheets_write_it(written):
    assert cells.birth_date(written, today=TODAY) == "1958-03-12"


def test_who_wants_messages_needs_an_address_for_them():
    header = f"{HEADER},Prefers,Mobile"

    assert problems(header, f"{ADA},text,") == [
        ("Mobile phone", "The patient prefers to be reached this way: write it.")
    ]
    assert problems(header, f"{ADA},text,503 555 0142") == []


def test_a_person_who_stands_in_the_file_twice_is_a_problem_of_the_second_row():
    found = sheet(HEADER, ADA, "OKAFOR,ada,1958-03-12,F", "Okafor,Adaora,1958-03-12,F")

    assert [row.problems for row in found.rows] == [
        (),
        (Problem("", "The same name and birth date stand in row 2 already."),),
        (),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b" \n\n", "This file is empty."),
        (HEADER.encode(), "only a header"),
        (b"Last Name,Phone\nOkafor,1", "These columns are missing: First name, Birth date, Sex."),
        (f"{HEADER},Surname\n{ADA},x".encode(), "“Last Name” and “Surname” are both read as"),
        (f'{HEADER}\n{ADA}\n"Stone,Cy,1,M'.encode(), "Row 3 cannot be taken apart"),
        (b"PK\x03\x04rest", "This is a spreadsheet."),
        (codecs.BOM_UTF16_LE + b"a", "not a text file"),
        (b"\x81\x8d\x00", "not a text file"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (",".join(f"c{n}" for n in range(101)).encode(), "101 columns; 100 are read at most"),
        ("\n".join([HEADER, *[ADA] * 10_001]).encode(), "10,001 rows, and 10,000 are read"),
    ],
    ids=range(12),
)
def test_a_file_that_cannot_be_used_is_refused_kindly(content, words):
    assert words in refusal(content)


@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00\xd8")
def test_no_bytes_at_all_raise_anything_but_a_refusal(content):
    for bytes_ in (content, HEADER.encode() + b"\n" + content):
        with contextlib.suppress(Unreadable):
            assert read(bytes_, today=TODAY).rows


@given(st.lists(st.text(max_size=45), min_size=9, max_size=9))
def test_what_is_taken_for_good_holds_to_the_rules_of_a_patient(written):
    header = ["Last name", "First name", "DOB", "Sex", "E-mail", "Cell", "State", "ZIP", "City"]
    row = [*written[:2], "1958-03-12", "F", *written[4:]]
    content = b"".join(csv_file.lines(header, [row]))
    for row in _rows_of(content):
        if not row.problems:
            values = row.values | {"birth_date": dt.date(1958, 3, 12)}
            Patient(mrn="PT1", **values).full_clean(
                exclude=["clinic"], validate_unique=False, validate_constraints=False
            )


def _rows_of(content):
    try:
        return read(content, today=TODAY).rows
    except Unreadable:
        return ()


@given(st.from_regex(cells.EMAIL, fullmatch=True))
def test_no_address_passes_here_that_a_patients_record_refuses(address):
    try:
        cells.email(address)
    except cells.Wrong:
        return
    validate_email(address)


@given(st.from_regex(r"[+(]?[0-9][0-9 ().+x-]{6,18}", fullmatch=True))
def test_telephones_are_stored_as_the_forms_store_them(written):
    def outcome(read_phone, refusal):
        try:
            return read_phone(written)
        except refusal as error:
            return getattr(error, "told", None) or error.messages[0]

    assert outcome(cells.phone, cells.Wrong) == outcome(phone_as_stored, ValidationError)


def test_our_states_and_lengths_are_those_of_a_patient():
    assert sorted(cells.CODES) == sorted(code for code, _ in STATE_CHOICES)
    as_they_stand = {"last_name", "first_name", "middle_name", "suffix", "preferred_name", "line1",
                     "line2", "city", "pronouns", "gender_identity", "emergency_name",
                     "emergency_relation", "guarantor_name"}  # fmt: skip
    assert {name: COLUMNS[name].longest for name in as_they_stand} == {
        name: Patient._meta.get_field(name).max_length for name in as_they_stand
    }


def test_a_guarded_telephone_is_read_back():
    assert sheet(f"{HEADER},Cell", f"{ADA},'+15035550142").rows[0].values["mobile_phone"] == (
        "+15035550142"
    )
