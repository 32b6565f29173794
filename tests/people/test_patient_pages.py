"""The patient pages as a person uses them: search, register, edit, remove; bad input beside it."""

import datetime as dt
import re

import pytest

from people.models import AuditEvent, Patient, Role
from tests.factories import ClinicFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def desk(client, clinic):
    person = UserFactory(clinics=[clinic])
    client.force_login(person)
    return person


@pytest.fixture
def typed(clinic):
    """What the desk fills in, the shortest that can be registered."""
    return {
        "clinic": clinic.pk,
        "last_name": "Okafor",
        "first_name": "Ada",
        "birth_date": "1958-03-12",
        "sex": "F",
        "contact_by": "phone",
    }


def errors_in(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def names_in(response) -> list[str]:
    return [patient.list_name for patient in response.context["patients"]]


# --- List and search ---------------------------------------------------------------------------


def test_the_list_shows_the_patients_of_ones_clinics(client, desk, clinic):
    PatientFactory(clinic=clinic)
    PatientFactory(last_name="Elsewhere")

    response = client.get("/patients/")

    assert names_in(response) == ["Okafor, Ada"]


def test_search_answers_a_piece_to_htmx_and_a_page_without_it(client, desk, clinic):
    PatientFactory(clinic=clinic)

    piece = client.post("/patients/", {"q": "oka"}, headers={"HX-Request": "true"})
    page = client.post("/patients/", {"q": "oka"})

    assert names_in(piece) == names_in(page) == ["Okafor, Ada"]
    assert "<html" not in piece.content.decode()
    assert "<html" in page.content.decode()
    assert piece["Vary"] == page["Vary"]
    assert "HX-Request" in piece["Vary"]


def test_a_search_that_finds_nobody_says_so_and_offers_to_register(client, desk):
    response = client.post("/patients/", {"q": "nobody"})

    assert "Nobody fits" in response.content.decode()
    assert "Register a new patient" in response.content.decode()


def test_a_question_of_five_megabytes_gets_an_answer(client, desk):
    response = client.post("/patients/", {"q": "x" * 5_000_000})

    assert "at most 100 characters" in response.content.decode()


def test_a_question_with_a_null_character_gets_an_answer(client, desk):
    response = client.post("/patients/", {"q": "a\x00b"})

    assert "Null characters are not allowed" in response.content.decode()


@pytest.mark.parametrize("count", [2, 30])
def test_the_list_costs_the_same_queries_for_any_number_of_patients(
    client, desk, clinic, django_assert_num_queries, count
):
    for _ in range(count):
        PatientFactory(clinic=clinic)
    client.get("/patients/")  # the session remembers when it was seen

    with django_assert_num_queries(5):
        response = client.get("/patients/")

    assert len(names_in(response)) == count


def test_the_palette_gets_eight_patients_of_ones_clinics(client, desk, clinic):
    for n in range(9):
        PatientFactory(clinic=clinic, first_name=f"Ada{n}", mobile_phone="+15035550142")
    PatientFactory(first_name="Ada", last_name="Elsewhere")

    answer = client.post("/patients/search/", {"q": "ada"}).json()

    first = Patient.objects.get(first_name="Ada0")
    assert len(answer["patients"]) == 8
    assert answer["patients"][0] == {
        "id": first.pk,
        "name": "Okafor, Ada0",
        "mrn": first.mrn,
        "birth_date": "1958-03-12",
        "phone": "+15035550142",
        "url": f"/patients/{first.pk}/",
    }


def test_a_name_cannot_be_asked_for_in_an_address(client, desk):
    assert client.get("/patients/search/", {"q": "ada"}).status_code == 405


# --- One patient -------------------------------------------------------------------------------


def test_opening_a_patient_is_written_down_with_the_address_it_came_from(client, desk, clinic):
    patient = PatientFactory(clinic=clinic)

    client.get(f"/patients/{patient.pk}/")

    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.patient, event.from_address) == (
        "patient.viewed",
        desk,
        patient,
        "127.0.0.1",
    )


def test_the_pages_title_does_not_name_the_patient(client, desk, clinic):
    patient = PatientFactory(clinic=clinic)

    html = client.get(f"/patients/{patient.pk}/").content.decode()

    assert "Ada Okafor" in html
    assert re.search(r"<title>(.*?)</title>", html)[1] == "Patient · PT Practice"


@pytest.mark.parametrize("case", ["removed", "of another clinic", "never there"])
def test_a_patient_who_cannot_be_seen_is_kindly_not_found(client, desk, clinic, case):
    patient = PatientFactory(clinic=clinic if case == "removed" else ClinicFactory())
    if case == "removed":
        Patient.objects.update(removed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    number = patient.pk if case != "never there" else 999_999_999

    response = client.get(f"/patients/{number}/")

    assert response.status_code == 404
    assert "may have been removed, or it belongs to another clinic" in response.content.decode()
    assert AuditEvent.objects.count() == 0


# --- Register ----------------------------------------------------------------------------------


def test_a_patient_is_registered_as_typed(client, desk, typed):
    response = client.post(
        "/patients/new/",
        typed
        | {
            "first_name": "Seán 🙂",
            "mobile_phone": "(503) 555-0142",
            "postal_code": "972010001",
            "email": "Sean@Example.com",
        },
    )

    patient = Patient.objects.get()
    assert response["Location"] == f"/patients/{patient.pk}/"
    assert (patient.first_name, patient.mobile_phone, patient.postal_code) == (
        "Seán 🙂",
        "+15035550142",
        "97201-0001",
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("last_name", "", "This field is required."),
        ("last_name", "x" * 5_000_000, "at most 60 characters (it has 5000000)"),
        ("first_name", "a\x00b", "Null characters are not allowed."),
        ("birth_date", "2999-01-01", "The birth date lies in the future."),
        ("birth_date", "1889-01-01", "The birth date is before 1890: check the year."),
        ("birth_date", "31/12/1958", "Enter a valid date."),
        ("sex", "Q", "Select a valid choice."),
        ("mobile_phone", "12", "Write a telephone number such as 503 555 0142."),
        ("mobile_phone", "9" * 5_000_000, "Write a telephone number such as 503 555 0142."),
        ("mobile_phone", "503 555 0142 x7", "Write the number without its extension."),
        ("email", "ada@", "Enter a valid email address."),
        ("postal_code", "9720", "A ZIP code has 5 digits, or 9 (97201-0001)."),
        ("state", "XX", "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept_on_the_page(
    client, desk, typed, field, value, message
):
    response = client.post("/patients/new/", typed | {field: value, "city": "Portland"})

    assert response.status_code == 422
    assert message in errors_in(response)[field][0]
    assert 'value="Portland"' in response.content.decode()
    assert Patient.objects.count() == 0


def test_a_clinic_one_does_not_work_at_cannot_be_chosen(client, desk, typed):
    response = client.post("/patients/new/", typed | {"clinic": ClinicFactory().pk})

    assert set(errors_in(response)) == {"clinic"}


def test_who_wants_text_messages_needs_a_mobile_number(client, desk, typed):
    response = client.post("/patients/new/", typed | {"contact_by": "sms"})

    assert set(errors_in(response)) == {"mobile_phone"}


def test_a_possible_duplicate_is_asked_about_and_not_refused(client, desk, clinic, typed):
    known = PatientFactory(clinic=clinic, last_name="Ökafor", birth_date=dt.date(1958, 3, 12))

    asked = client.post("/patients/new/", typed)

    assert "Is it one of these?" in asked.content.decode()
    assert known.mrn in asked.content.decode()
    assert Patient.objects.count() == 1

    answered = client.post("/patients/new/", typed | {"is_new": "yes"})

    assert answered.status_code == 303
    assert Patient.objects.count() == 2


def test_another_clinics_patient_is_not_shown_as_a_duplicate(client, desk, typed):
    PatientFactory(last_name="Okafor", birth_date=dt.date(1958, 3, 12))

    response = client.post("/patients/new/", typed)

    assert response.status_code == 303


# --- Edit --------------------------------------------------------------------------------------


def shown_fields(client, address: str) -> dict[str, str]:
    """The form as the browser would send it back untouched."""
    form = client.get(address).context["form"]
    data = {}
    for field in form:
        for name, widget in (
            (field.html_name, field.field.widget),
            (field.html_initial_name, field.field.hidden_widget()),
        ):
            value = field.as_widget(widget=widget, only_initial=name != field.html_name)
            found = re.search(r'value="([^"]*)"[^>]*?(selected|>)', value)
            chosen = re.search(r'value="([^"]*)" selected', value)
            data[name] = (chosen or found)[1] if (chosen or found) else ""
    return data


def test_saving_an_untouched_form_changes_nothing(client, desk, clinic):
    patient = PatientFactory(clinic=clinic, mobile_phone="+15035550142")
    before = Patient.objects.values().get()

    client.post(
        f"/patients/{patient.pk}/edit/", shown_fields(client, f"/patients/{patient.pk}/edit/")
    )

    assert Patient.objects.values().get() == before
    assert not AuditEvent.objects.filter(action="patient.changed").exists()


def test_a_page_left_open_does_not_undo_what_others_changed(client, desk, clinic):
    patient = PatientFactory(clinic=clinic, city="Portland", email="old@example.com")
    left_open = shown_fields(client, f"/patients/{patient.pk}/edit/")
    Patient.objects.update(city="Salem")

    client.post(f"/patients/{patient.pk}/edit/", left_open | {"email": "new@example.com"})

    patient.refresh_from_db()
    assert (patient.city, patient.email) == ("Salem", "new@example.com")


def test_a_refused_change_leaves_the_patients_name_over_the_form(client, desk, clinic, typed):
    patient = PatientFactory(clinic=clinic)

    response = client.post(
        f"/patients/{patient.pk}/edit/", typed | {"last_name": "Someone", "email": "x"}
    )

    assert response.status_code == 422
    assert response.context["patient"].last_name == "Okafor"


def test_only_the_owner_removes_a_patient_and_puts_one_back(client, desk, clinic):
    patient = PatientFactory(clinic=clinic)
    assert client.post(f"/patients/{patient.pk}/remove/").status_code == 403

    client.force_login(UserFactory(roles=[Role.OWNER]))
    client.post(f"/patients/{patient.pk}/remove/")

    assert client.get(f"/patients/{patient.pk}/").status_code == 404
    removed = client.get("/patients/removed/")
    assert [row.pk for row in removed.context["page_obj"]] == [patient.pk]

    client.post(f"/patients/{patient.pk}/restore/")

    assert client.get(f"/patients/{patient.pk}/").status_code == 200


def test_a_therapist_reads_the_patient_and_is_offered_nothing_to_change(client, clinic):
    client.force_login(UserFactory(roles=[Role.THERAPIST], clinics=[clinic]))
    patient = PatientFactory(clinic=clinic)

    html = client.get(f"/patients/{patient.pk}/").content.decode()

    assert f"/patients/{patient.pk}/edit/" not in html
    assert "coverages/new/" not in html
    assert client.get(f"/patients/{patient.pk}/edit/").status_code == 403
