"""Patients, coverages and authorisations over the API: scope, roles, verbs, problems."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from people.api_access import issue_token
from people.models import AuditEvent, Authorization, Coverage, Patient, Payer, Role
from tests.factories import (
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    PayerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def desk(clinic):
    return UserFactory(clinics=[clinic])


@pytest.fixture
def api(api_as, desk):
    return api_as(desk)


@pytest.fixture
def said(clinic):
    return {
        "clinic": clinic.pk,
        "first_name": "Seán 🙂",
        "last_name": "O’Brien",
        "birth_date": "1971-07-01",
        "sex": "M",
    }


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# --- Who may call ------------------------------------------------------------------------------


def test_a_token_acts_with_its_persons_roles(desk, clinic):
    patient = PatientFactory(clinic=clinic)
    client = APIClient(headers={"Authorization": f"Bearer {issue_token(desk)}"})

    assert client.get(f"/api/v1/patients/{patient.pk}/").json()["mrn"] == patient.mrn


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc"])
def test_without_a_token_that_holds_nothing_is_told(header):
    answer = APIClient(headers={"Authorization": header}).get("/api/v1/patients/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_an_ended_accounts_token_no_longer_holds(desk):
    token = issue_token(desk)
    desk.is_active = False
    desk.save(update_fields=["is_active"])

    answer = APIClient(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/patients/")

    assert answer.status_code == 401


# --- Patients ----------------------------------------------------------------------------------


def test_the_list_holds_the_patients_of_ones_clinics_and_answers_a_question(api, clinic):
    ada = PatientFactory(clinic=clinic)
    PatientFactory(clinic=clinic, last_name="Kowalski")
    PatientFactory(last_name="Okafor")

    everybody = api.get("/api/v1/patients/").json()
    found = api.get("/api/v1/patients/", {"q": "okafor"}).json()

    assert everybody["count"] == 2
    assert [row["id"] for row in found["results"]] == [ada.pk]


def test_a_patient_is_registered_and_given_whole(api, said):
    answer = api.post("/api/v1/patients/", said | {"mobile_phone": "(503) 555-0142"})

    patient = Patient.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": patient.pk,
        "mrn": patient.mrn,
        "clinic": patient.clinic_id,
        "first_name": "Seán 🙂",
        "middle_name": "",
        "last_name": "O’Brien",
        "suffix": "",
        "preferred_name": "",
        "birth_date": "1971-07-01",
        "sex": "M",
        "gender_identity": "",
        "pronouns": "",
        "mobile_phone": "+15035550142",
        "home_phone": "",
        "email": "",
        "contact_by": "phone",
        "line1": "",
        "line2": "",
        "city": "",
        "state": "",
        "postal_code": "",
        "emergency_name": "",
        "emergency_phone": "",
        "emergency_relation": "",
        "guarantor_name": "",
        "guarantor_phone": "",
        "deceased_on": None,
    }
    assert actions() == ["patient.registered"]


def test_what_is_wrong_is_a_problem_by_field_and_nothing_is_written(api, said):
    answer = api.post(
        "/api/v1/patients/",
        said | {"mobile_phone": "12", "last_name": "x" * 5_000_000, "sex": "Q"},
    )

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (400, "invalid")
    assert problem["errors"]["mobile_phone"] == ["Write a telephone number such as 503 555 0142."]
    assert set(problem["errors"]) == {"mobile_phone", "last_name", "sex"}
    assert Patient.objects.count() == 0


def test_a_rule_of_the_model_is_a_problem_by_field_too(api, said):
    answer = api.post("/api/v1/patients/", said | {"birth_date": "2999-01-01"})

    assert answer.json()["errors"] == {"birth_date": ["The birth date lies in the future."]}


def test_a_clinic_one_does_not_work_at_is_refused(api, said):
    answer = api.post("/api/v1/patients/", said | {"clinic": ClinicFactory().pk})

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"clinic"}


def test_a_patient_is_changed_in_part_and_the_mrn_stays(api, clinic):
    patient = PatientFactory(clinic=clinic)

    answer = api.patch(f"/api/v1/patients/{patient.pk}/", {"city": "Salem", "mrn": "PT9"})

    assert answer.status_code == 200
    changed = Patient.objects.get()
    assert (changed.city, changed.mrn) == ("Salem", patient.mrn)
    assert AuditEvent.objects.latest("pk").detail == {"fields": ["city"]}


def test_reading_one_patient_is_written_down_and_a_list_is_not(api, clinic):
    patient = PatientFactory(clinic=clinic)

    api.get("/api/v1/patients/")
    api.get(f"/api/v1/patients/{patient.pk}/")

    assert actions() == ["patient.viewed"]


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40, "x"])
def test_a_patient_who_is_not_there_is_not_found(api, number):
    answer = api.get(f"/api/v1/patients/{number}/")

    assert answer.status_code == 404


def test_another_clinics_patient_is_not_found_and_not_changed(api):
    patient = PatientFactory(city="Portland")

    assert api.get(f"/api/v1/patients/{patient.pk}/").json() == {
        "type": "about:blank",
        "title": "Not found.",
        "status": 404,
        "code": "not_found",
        "detail": "There is no such record, or it belongs to another clinic.",
    }
    assert api.patch(f"/api/v1/patients/{patient.pk}/", {"city": "x"}).status_code == 404
    patient.refresh_from_db()
    assert patient.city == "Portland"


def test_nothing_is_deleted_or_replaced_over_the_api(api, clinic):
    patient = PatientFactory(clinic=clinic)

    assert api.delete(f"/api/v1/patients/{patient.pk}/").status_code == 405
    assert api.put(f"/api/v1/patients/{patient.pk}/", {}).status_code == 405


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, Role.BILLER, Role.AUDITOR])
def test_who_may_only_read_patients_does_not_write_them(api_as, clinic, said, role):
    api = api_as(UserFactory(roles=[role], clinics=[clinic]))
    patient = PatientFactory(clinic=clinic)

    assert api.get(f"/api/v1/patients/{patient.pk}/").status_code == 200
    assert api.post("/api/v1/patients/", said).status_code == 403
    assert api.patch(f"/api/v1/patients/{patient.pk}/", {"city": "x"}).status_code == 403


# --- Cards -------------------------------------------------------------------------------------


def test_a_card_is_taken_changed_and_listed_by_patient(api, clinic):
    patient, payer = PatientFactory(clinic=clinic), PayerFactory()
    CoverageFactory(patient=PatientFactory(clinic=clinic))

    made = api.post(
        "/api/v1/coverages/",
        {
            "patient": patient.pk,
            "payer": payer.pk,
            "member_id": "1EG4",
            "starts_on": "2026-01-01",
            "copay": "35.00",
        },
    )
    card = Coverage.objects.get(patient=patient)
    api.patch(f"/api/v1/coverages/{card.pk}/", {"copay": "40.00"})
    listed = api.get("/api/v1/coverages/", {"patient": patient.pk}).json()

    assert made.status_code == 201
    assert [(row["id"], row["copay"], row["payer_name"]) for row in listed["results"]] == [
        (card.pk, "40.00", payer.name)
    ]
    assert actions() == ["coverage.added", "coverage.viewed", "coverage.changed"]


def test_an_employees_card_is_taken_with_its_employer_and_not_without(api, clinic):
    said = {
        "patient": PatientFactory(clinic=clinic).pk,
        "payer": PayerFactory(kind=Payer.Kind.WORKERS_COMP).pk,
        "member_id": "W90011",
        "starts_on": "2026-01-01",
        "relation": "20",
    }

    refused = api.post("/api/v1/coverages/", said)
    made = api.post("/api/v1/coverages/", said | {"subscriber_employer": "Sellwood Millwork"})

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["subscriber_employer"])
    assert (made.status_code, made.json()["subscriber_employer"]) == (201, "Sellwood Millwork")


def test_a_taken_place_is_a_problem(api, clinic):
    card = CoverageFactory(patient=PatientFactory(clinic=clinic))

    answer = api.post(
        "/api/v1/coverages/",
        {
            "patient": card.patient_id,
            "payer": card.payer_id,
            "member_id": "2",
            "starts_on": "2026-01-01",
        },
    )

    assert answer.status_code == 400
    assert "already has this place" in str(answer.json()["errors"])
    assert Coverage.objects.count() == 1


def test_a_card_does_not_move_to_another_patient(api, clinic):
    card = CoverageFactory(patient=PatientFactory(clinic=clinic))
    other = PatientFactory(clinic=clinic)

    api.patch(f"/api/v1/coverages/{card.pk}/", {"patient": other.pk, "member_id": "9"})

    moved = Coverage.objects.get()
    assert (moved.patient_id, moved.member_id) == (card.patient_id, "9")


def test_another_clinics_patient_takes_no_card_here(api):
    patient = PatientFactory()

    answer = api.post(
        "/api/v1/coverages/",
        {
            "patient": patient.pk,
            "payer": PayerFactory().pk,
            "member_id": "1",
            "starts_on": "2026-01-01",
        },
    )

    assert set(answer.json()["errors"]) == {"patient"}
    assert Coverage.objects.count() == 0


def test_an_authorisation_is_taken_changed_and_listed_by_patient(api, clinic):
    card = CoverageFactory(patient=PatientFactory(clinic=clinic))
    AuthorizationFactory(coverage=CoverageFactory(patient=PatientFactory(clinic=clinic)))

    made = api.post(
        "/api/v1/authorizations/",
        {
            "coverage": card.pk,
            "number": "A-1",
            "codes": ["97112", "97112"],
            "visits_approved": 12,
            "starts_on": "2026-01-01",
            "ends_on": "2026-06-30",
        },
    )
    row = Authorization.objects.get(number="A-1")
    api.patch(f"/api/v1/authorizations/{row.pk}/", {"visits_approved": 20})
    listed = api.get("/api/v1/authorizations/", {"patient": card.patient_id}).json()

    assert made.status_code == 201
    assert listed["results"] == [
        {
            "id": row.pk,
            "coverage": card.pk,
            "patient": card.patient_id,
            "number": "A-1",
            "codes": ["97112"],
            "visits_approved": 20,
            "units_approved": None,
            "starts_on": "2026-01-01",
            "ends_on": "2026-06-30",
        }
    ]


@pytest.mark.parametrize("value", ["x", "", "-1", "9" * 30])
def test_a_filter_that_is_no_number_is_a_problem(api, value):
    answer = api.get("/api/v1/coverages/", {"patient": value})

    assert (answer.status_code, answer.json()["errors"]) == (400, {"patient": ["Write a number."]})


def test_a_removed_patients_cards_are_not_found(api, clinic):
    card = CoverageFactory(patient=PatientFactory(clinic=clinic))
    made = AuthorizationFactory(coverage=card)
    Patient.objects.update(removed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    assert api.get(f"/api/v1/coverages/{card.pk}/").status_code == 404
    assert api.get(f"/api/v1/authorizations/{made.pk}/").status_code == 404
    assert api.get("/api/v1/coverages/").json()["count"] == 0


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("address", ["patients", "coverages", "authorizations"])
def test_a_list_costs_the_same_queries_for_any_number_of_rows(
    api_as, django_assert_num_queries, address, count
):
    api = api_as(UserFactory(roles=[Role.OWNER]))
    for _ in range(count):
        AuthorizationFactory()

    with django_assert_num_queries(2):  # the count, the rows
        answer = api.get(f"/api/v1/{address}/")

    assert answer.json()["count"] == count
