"""Search finds a patient by what the desk has at hand, and only at the searcher's clinics."""

import datetime as dt

import pytest
from django.db import connection

from people import search
from people.models import Patient
from people.search import Clue, Question, understand
from tests.factories import PatientFactory

MARCH_12 = dt.date(1958, 3, 12)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("", Question()),
        ("  \t ", Question()),
        ("okafor", Question(names=("okafor",))),
        ("Okafor, Ada", Question(names=("Okafor", "Ada"))),
        ("Smith-Jones", Question(names=("Smith", "Jones"))),
        ("3/12/1958", Question(clues=(Clue(days=frozenset({MARCH_12})),))),
        ("03-12-1958", Question(clues=(Clue(days=frozenset({MARCH_12})),))),
        ("1958-03-12", Question(clues=(Clue(days=frozenset({MARCH_12})),))),
        (
            "3/12/12",
            Question(clues=(Clue(days=frozenset({dt.date(1912, 3, 12), dt.date(2012, 3, 12)})),)),
        ),
        ("03121958", Question(clues=(Clue(days=frozenset({MARCH_12}), digits="03121958"),))),
        ("19580312", Question(clues=(Clue(days=frozenset({MARCH_12}), digits="19580312"),))),
        ("13/45/1958", Question(clues=(Clue(digits="13451958"),))),
        ("(503) 555-0142", Question(clues=(Clue(digits="5035550142"),))),
        ("+1 503 555 0142", Question(clues=(Clue(digits="5035550142"),))),
        ("pt001001", Question(clues=(Clue(mrn="PT001001"),))),
        (
            "ada 3/12/1958",
            Question(names=("ada",), clues=(Clue(days=frozenset({MARCH_12})),)),
        ),
    ],
)
def test_what_is_typed_is_taken_apart(typed, question):
    assert understand(typed) == question


def test_a_question_is_cut_at_a_hundred_characters():
    assert understand("x" * 5_000_000) == Question(names=("x" * 100,))


@pytest.fixture
def people(db):
    return {
        "ada": PatientFactory(
            mrn="PT001001",
            first_name="Ada",
            last_name="Okafor",
            birth_date=MARCH_12,
            mobile_phone="+15035550142",
        ),
        "jose": PatientFactory(
            mrn="PT001002",
            first_name="José",
            last_name="Müller-Núñez",
            preferred_name="Pepe",
            birth_date=dt.date(1990, 12, 3),
            home_phone="+15035550199",
        ),
        "sean": PatientFactory(
            mrn="PT001003",
            first_name="Seán 🙂",
            last_name="O’Brien",
            birth_date=dt.date(1971, 7, 1),
        ),
        "nguyen": PatientFactory(
            mrn="PT001014", first_name="Linh", last_name="Nguyễn", birth_date=dt.date(2001, 1, 2)
        ),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("okafor", ["ada"]),
        ("ada oka", ["ada"]),
        ("OKA ADA", ["ada"]),
        ("kafo", ["ada"]),
        ("muller", ["jose"]),
        ("Müller", ["jose"]),
        ("nunez", ["jose"]),
        ("muller-nunez", ["jose"]),
        ("pepe", ["jose"]),
        ("obrien", ["sean"]),
        ("o'brien", ["sean"]),
        ("sean 🙂", ["sean"]),
        ("nguyen", ["nguyen"]),
        ("li", ["nguyen"]),
        ("fo", []),
        ("3/12/1958", ["ada"]),
        ("12/3/90", ["jose"]),
        ("03121958", ["ada"]),
        ("okafor 1958-03-12", ["ada"]),
        ("okafor 1990-12-03", []),
        ("5550142", ["ada"]),
        ("(503) 555-0199", ["jose"]),
        ("503555", ["jose", "ada"]),
        ("pt001001", ["ada"]),
        ("PT00100", ["jose", "sean", "ada"]),
        ("1014", ["nguyen"]),
        ("%", []),
        ("_da", []),
        ("nobody", []),
        ("", []),
    ],
)
def test_search_finds(people, typed, found):
    name_of = {patient.pk: name for name, patient in people.items()}

    result = [name_of[p.pk] for p in search.find(Patient.objects.all(), typed)]

    assert result == found


@pytest.mark.django_db
def test_whoever_begins_with_the_word_comes_before_whoever_contains_it():
    PatientFactory(first_name="Ann", last_name="Adams")
    PatientFactory(first_name="Ann", last_name="Zadams")
    PatientFactory(first_name="Adams", last_name="Baker")

    found = [p.list_name for p in search.find(Patient.objects.all(), "adams")]

    assert found == ["Adams, Ann", "Baker, Adams", "Zadams, Ann"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "index"),
    [("okafor", "patient_by_folded_name"), ("5550142", "patient_by_number")],
)
def test_search_can_use_its_index(typed, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = search.find(Patient.objects.all(), typed).explain()

    assert index in plan, plan


@pytest.mark.django_db
def test_the_same_name_and_birth_date_may_be_a_duplicate():
    twin = PatientFactory(last_name="Núñez", birth_date=MARCH_12)
    PatientFactory(last_name="Núñez", birth_date=dt.date(1958, 3, 13))
    PatientFactory(last_name="Nun", birth_date=MARCH_12)

    found = search.possible_duplicates(
        Patient.objects.all(), last_name="NUNEZ", birth_date=MARCH_12
    )

    assert list(found) == [twin]
