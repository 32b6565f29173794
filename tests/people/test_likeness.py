"""How alike two records are, with the reasons that stand on the page."""

import datetime as dt
from dataclasses import replace

import pytest

from people.likeness import Known, Likeness, compare, is_slip

ADA = Known(
    last_name="okafor",
    first_name="ada",
    birth_date=dt.date(1958, 3, 12),
    phones=frozenset({"+15035550142"}),
    email="ada@mail.example",
    sex="F",
)


def changed(**values):
    return replace(ADA, **values)


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (ADA, Likeness(100, ("same name", "same birth date", "same telephone", "same e-mail"))),
        (
            changed(phones=frozenset(), email=""),
            Likeness(90, ("same name", "same birth date")),
        ),
        (
            changed(last_name="okafro", phones=frozenset(), email=""),
            Likeness(80, ("nearly the same name", "same birth date")),
        ),
        (
            changed(last_name="ada", first_name="okafor", phones=frozenset(), email=""),
            Likeness(85, ("first and last name exchanged", "same birth date")),
        ),
        (
            changed(last_name="lund", email=""),
            Likeness(
                85, ("same first name, another last name", "same birth date", "same telephone")
            ),
        ),
        (
            changed(birth_date=dt.date(1958, 12, 3), email=""),
            Likeness(95, ("same name", "day and month of birth exchanged", "same telephone")),
        ),
        (
            changed(birth_date=dt.date(1968, 3, 12), phones=frozenset(), email=""),
            Likeness(65, ("same name", "birth dates differ in one digit")),
        ),
        (
            changed(birth_date=dt.date(1990, 7, 1), phones=frozenset(), email=""),
            Likeness(15, ("same name", "other birth date")),
        ),
    ],
)
def test_what_is_alike_counts_and_is_said(other, likeness):
    assert compare(ADA, other) == compare(other, ADA) == likeness


def test_twins_who_share_a_telephone_are_two_people():
    twin = changed(first_name="chidi", sex="M", email="")

    assert compare(ADA, twin) == Likeness(
        45,
        (
            "same last name, another first name",
            "same birth date",
            "same telephone",
            "another sex on claims",
        ),
    )
    assert not compare(ADA, twin).is_enough


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("okafor", "okafor", True),
        ("okafor", "ocafor", True),
        ("okafor", "okafr", True),
        ("okafor", "okaffor", True),
        ("okafor", "okafro", True),
        ("okafor", "kofaor", False),
        ("okafor", "okar", False),
        ("ada", "ida", False),
        ("", "", True),
    ],
)
def test_one_letter_is_a_slip(one, other, slip):
    assert is_slip(one, other) is slip
    assert is_slip(other, one) is slip
