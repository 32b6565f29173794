"""Coverages and authorisations on the page: who may, what is asked, what is refused."""

import datetime as dt

import pytest
from django.utils import timezone

from people.models import Authorization, Coverage, Payer, Role
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
def biller(client):
    person = UserFactory(roles=[Role.BILLER])
    client.force_login(person)
    return person


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def typed():
    return {
        "payer": PayerFactory().pk,
        "priority": 1,
        "member_id": "1EG4TE5MK73",
        "starts_on": "2026-01-01",
        "copay": "35",
        "coinsurance_percent": "20",
        "deductible": "0",
        "relation": "18",
        "assigns_benefits": "on",
        "release_signed": "on",
    }


def errors_in(response) -> set[str]:
    return set(response.context["form"].errors)


def test_the_biller_takes_a_card(client, biller, patient, typed):
    response = client.post(f"/patients/{patient.pk}/coverages/new/", typed)

    card = Coverage.objects.get()
    assert response["Location"] == f"/patients/{patient.pk}/"
    assert (card.patient, card.copay, card.assigns_benefits) == (patient, 35, True)


def test_a_second_card_is_offered_as_secondary(client, biller, patient):
    CoverageFactory(patient=patient)

    form = client.get(f"/patients/{patient.pk}/coverages/new/").context["form"]

    assert form["priority"].value() == 2


def test_a_taken_place_is_said_beside_the_place(client, biller, patient, typed):
    CoverageFactory(patient=patient)

    response = client.post(f"/patients/{patient.pk}/coverages/new/", typed)

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "priority": ["Another card already has this place (primary …) on some of these days."]
    }
    assert Coverage.objects.count() == 1


def test_somebody_elses_policy_asks_for_the_subscriber(client, biller, patient, typed):
    response = client.post(f"/patients/{patient.pk}/coverages/new/", typed | {"relation": "19"})

    assert errors_in(response) == {
        "subscriber_birth_date",
        "subscriber_first_name",
        "subscriber_last_name",
    }


def test_the_employer_is_asked_for_beside_its_field_and_stands_on_the_card(
    client, biller, patient, typed
):
    insurer = PayerFactory(kind=Payer.Kind.WORKERS_COMP)
    typed |= {"payer": insurer.pk, "relation": "20", "subscriber_last_name": "Okafor"}
    url = f"/patients/{patient.pk}/coverages/new/"

    response = client.post(url, typed)
    client.post(url, typed | {"subscriber_employer": "Sellwood Millwork"})

    assert response.context["form"].errors == {
        "subscriber_employer": ["Which employer? The claim is billed under its name."]
    }
    card = Coverage.objects.get()
    assert (card.subscriber_employer, card.subscriber_last_name) == ("Sellwood Millwork", "")
    page = client.get(f"/patients/{patient.pk}/").content.decode()
    assert "policy of the employer, Sellwood Millwork" in page


def test_another_payer_insures_no_employer(client, biller, patient, typed):
    response = client.post(
        f"/patients/{patient.pk}/coverages/new/",
        typed | {"relation": "20", "subscriber_employer": "Sellwood Millwork"},
    )

    assert response.status_code == 422
    assert errors_in(response) == {"relation"}


def test_what_was_typed_about_a_subscriber_goes_when_it_is_the_patient(
    client, biller, patient, typed
):
    client.post(
        f"/patients/{patient.pk}/coverages/new/",
        typed | {"subscriber_last_name": "Okafor", "subscriber_postal_code": "97201"},
    )

    card = Coverage.objects.get()
    assert (card.subscriber_last_name, card.subscriber_postal_code) == ("", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("copay", "-1"),
        ("copay", "much"),
        ("coinsurance_percent", "101"),
        ("ends_on", "2025-12-31"),
        ("member_id", ""),
        ("member_id", "W" * 5_000_000),
        ("payer", "999999"),
        ("subscriber_postal_code", "1"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client, biller, patient, typed, field, value):
    response = client.post(f"/patients/{patient.pk}/coverages/new/", typed | {field: value})

    assert response.status_code == 422
    assert errors_in(response) == {field}
    assert Coverage.objects.count() == 0


def test_a_payer_no_longer_offered_stays_on_the_cards_that_name_it(client, biller, typed):
    card = CoverageFactory(payer=PayerFactory(is_active=False))

    choices = client.get(f"/coverages/{card.pk}/edit/").context["form"].fields["payer"].queryset

    assert card.payer in choices
    assert PayerFactory(is_active=False) not in choices


def test_codes_are_typed_with_commas_and_stored_as_a_list(client, biller):
    card = CoverageFactory()

    client.post(
        f"/coverages/{card.pk}/authorizations/new/",
        {
            "number": "A-1",
            "starts_on": "2026-01-01",
            "ends_on": "2026-06-30",
            "visits_approved": "12",
            "codes": "97112, 97110 g0283;97112",
        },
    )

    assert Authorization.objects.get().codes == ["97112", "97110", "G0283"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("codes", "97112, gait"),
        ("codes", "97112 " * 800_000),
        ("codes", " ".join(f"9{n:04d}" for n in range(60))),
        ("visits_approved", "0"),
        ("visits_approved", "-3"),
        ("units_approved", "40000"),
        ("ends_on", "2025-01-01"),
    ],
)
def test_an_authorisation_that_cannot_be_is_said_beside_its_field(client, biller, field, value):
    made = AuthorizationFactory()

    response = client.post(
        f"/authorizations/{made.pk}/edit/",
        {
            "number": "A-1",
            "starts_on": "2026-01-01",
            "ends_on": "2026-06-30",
            "visits_approved": "12",
        }
        | {field: value},
    )

    if value == "97112 " * 800_000:  # one code, however often it is pasted
        assert Authorization.objects.get().codes == ["97112"]
        return
    assert errors_in(response) == {field}


def test_the_overview_shows_which_cards_and_authorisations_hold_today(client, biller, patient):
    today = timezone.localdate(timezone=patient.clinic.zone)
    day = dt.timedelta(days=1)
    running = CoverageFactory(patient=patient, starts_on=today, ends_on=today)
    ended = CoverageFactory(patient=patient, priority=2, ends_on=today - 3 * day)
    coming = CoverageFactory(patient=patient, priority=3, starts_on=today + 3 * day)
    AuthorizationFactory(coverage=running, starts_on=today - 9 * day, ends_on=today - 3 * day)

    rows = client.get(f"/patients/{patient.pk}/").context["coverages"]

    assert [(row["coverage"], row["is_active"], row["is_coming"]) for row in rows] == [
        (running, True, False),
        (ended, False, False),
        (coming, False, True),
    ]
    assert [item["is_active"] for item in rows[0]["authorizations"]] == [False]


def test_a_therapist_may_not_take_cards(client, patient):
    client.force_login(UserFactory(roles=[Role.THERAPIST], clinics=[patient.clinic]))

    assert client.get(f"/patients/{patient.pk}/coverages/new/").status_code == 403


def test_another_clinics_card_is_not_found(client):
    client.force_login(UserFactory(clinics=[ClinicFactory()]))
    card = CoverageFactory()
    made = AuthorizationFactory(coverage=card)

    assert client.get(f"/coverages/{card.pk}/edit/").status_code == 404
    assert client.get(f"/coverages/{card.pk}/authorizations/new/").status_code == 404
    assert client.get(f"/authorizations/{made.pk}/edit/").status_code == 404
