"""Search finds a patient by what the desk has at hand, and only at the searcher's clinics."""

import datetime as dt
import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("okafro", ["ada"]),
        ("ocafor", ["ada"]),
        ("okaffor", ["ada"]),
        ("okfor", ["ada"]),
        ("kofar", []),
        ("adaokafor", ["ada"]),
        ("okaforada", ["ada"]),
        ("ada okafro", ["ada"]),
        ("okafro 3/12/1958", ["ada"]),
        ("okafro 3/13/1958", []),
        ("mullre-nunze", ["jose"]),
        ("nugyen", ["nguyen"]),
        ("ryan", []),
        ("Mar 12 1958", ["ada"]),
        ("12 march, 1958", ["ada"]),
        ("okafor March 12, 1958", ["ada"]),
        ("Sept. 31 1958", []),
    ],
)
def test_search_forgives_one_slip_in_a_word(people, typed, found):
    name_of = {patient.pk: name for name, patient in people.items()}

    result = [name_of[p.pk] for p in search.find(Patient.objects.all(), typed)]

    assert result == found


@pytest.mark.django_db
def test_whoever_fits_as_typed_comes_before_whoever_is_one_slip_away():
    PatientFactory(first_name="Ann", last_name="Martim")
    PatientFactory(first_name="Martin", last_name="Abel")
    PatientFactory(first_name="Ann", last_name="Martin")

    found = [p.list_name for p in search.find(Patient.objects.all(), "martin")]

    assert found == ["Martin, Ann", "Abel, Martin", "Martim, Ann"]


@pytest.mark.django_db
def test_slips_are_not_looked_for_when_those_who_fit_fill_the_list():
    PatientFactory(first_name="Ann", last_name="Martim")
    for number in range(search.FEW):
        PatientFactory(first_name=f"Ann{number}", last_name="Martin")

    found = {p.last_name for p in search.find(Patient.objects.all(), "martin")}

    assert found == {"Martin"}


@pytest.mark.django_db
def test_only_whoever_fits_as_typed_is_taken_without_asking(people):
    everybody = Patient.objects.all()

    assert list(search.find_as_typed(everybody, "okafor ada")) == [people["ada"]]
    assert list(search.find_as_typed(everybody, "okafro")) == []
    assert list(search.find_as_typed(everybody, " ")) == []


@pytest.mark.django_db
def test_the_number_of_a_merged_record_finds_the_one_that_was_kept(people):
    PatientFactory(mrn="PT009999", last_name="Okafor", merged_into=people["ada"])
    kept = Patient.objects.filter(merged_into=None)

    assert list(search.find(kept, "pt009999")) == [people["ada"]]


@pytest.mark.django_db
def test_slips_can_use_the_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = search.find(Patient.objects.all(), "okafro").explain()

    assert "patient_by_folded_name" in plan, plan


NAMES = ["Okafor", "Müller", "Nguyễn", "García", "Søndergaard", "Thompson", "Baptiste", "Łukasz"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def bare(name: str) -> str:
    """The name without its accents, as somebody without them on the keyboard types it."""
    letters = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("Ł", "L"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


@st.composite
def slipped(draw, name: str) -> str:
    """The name with one letter wrong, missing, too many, or swapped with the next."""
    place = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from(LETTERS))
    before, after = name[:place], name[place + 1 :]
    return draw(
        st.sampled_from(
            [
                before + letter + after,
                before + after,
                before + letter + name[place:],
                before + after[:1] + name[place] + after[1:],
            ]
        )
    )


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_everybody_is_found_by_their_names_in_any_order_with_one_slip(db, data):
    last, first = data.draw(st.permutations(NAMES))[:2]
    patient = Patient.objects.filter(last_name=last, first_name=first).first()
    patient = patient or PatientFactory(last_name=last, first_name=first)
    as_typed = data.draw(st.permutations([bare(last), bare(first)]))
    with_a_slip = data.draw(st.permutations([data.draw(slipped(bare(last))), bare(first)]))

    for words in (as_typed, with_a_slip):
        assert patient in search.find(Patient.objects.all(), " ".join(words)), words
