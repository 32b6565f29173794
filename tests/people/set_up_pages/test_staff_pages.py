"""Staff, as the owner writes them down: accounts, licences, and their end."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from people.models import Role, Therapist, User
from tests.factories import AssistantFactory, ClinicFactory, TherapistFactory, UserFactory, npi
from tests.people.set_up_pages.forms import errors_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(owner):
    return {
        "first_name": "Maya",
        "last_name": "Lindqvist",
        "email": "maya@example.com",
        "roles": ["front_desk"],
        "clinics": [ClinicFactory().pk],
    }


LICENCE = {
    "therapist-credential": "PT",
    "therapist-npi": npi(3),
    "therapist-licence_number": "PT100",
    "therapist-licence_state": "OR",
    "therapist-licence_expires_on": "2030-01-01",
}


def test_the_temporary_password_is_shown_once_and_opens_the_account(client, owner, account):
    html = client.post("/staff/new/", account).content.decode()

    made = User.objects.get(email="maya@example.com")
    password = re.search(r'<output id="secret">(\w+)</output>', html)[1]
    assert made.check_password(password)
    assert password not in client.get("/staff/").content.decode()
    assert password not in client.get(f"/staff/{made.pk}/edit/").content.decode()


def test_a_therapist_needs_a_licence_and_gets_the_credentials_taxonomy(client, owner, account):
    treating = account | {"roles": ["therapist"]}

    refused = client.post("/staff/new/", treating)
    client.post("/staff/new/", treating | LICENCE)

    assert set(errors_in(refused, "licence")) == {
        "credential",
        "licence_expires_on",
        "licence_number",
        "licence_state",
        "npi",
    }
    assert Therapist.objects.get().taxonomy == "225100000X"


def test_a_licence_typed_for_the_front_desk_is_left_out(client, owner, account):
    client.post("/staff/new/", account | LICENCE | {"therapist-npi": "nonsense"})

    assert User.objects.filter(email="maya@example.com").exists()
    assert not Therapist.objects.exists()


@pytest.mark.parametrize(
    ("roles", "licence", "wrong"),
    [
        (["assistant"], {}, {"credential"}),
        (["assistant"], {"therapist-credential": "PTA", "therapist-npi": ""}, {"supervisor"}),
        (["therapist"], {"therapist-npi": ""}, {"npi"}),
        (["therapist"], {"therapist-npi": "1234567890"}, {"npi"}),
        (["therapist"], {"therapist-taxonomy": "x"}, {"taxonomy"}),
    ],
)
def test_a_licence_that_does_not_fit_is_said_beside_its_field(
    client, owner, account, roles, licence, wrong
):
    response = client.post("/staff/new/", account | {"roles": roles} | LICENCE | licence)

    assert set(errors_in(response, "licence")) == wrong
    assert not User.objects.filter(email="maya@example.com").exists()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"email": "maya"}, {"email"}),
        ({"roles": []}, {"roles"}),
        ({"clinics": []}, {"clinics"}),
        ({"last_name": ""}, {"last_name"}),
    ],
)
def test_an_account_that_cannot_be_is_refused_beside_its_field(
    client, owner, account, change, wrong
):
    response = client.post("/staff/new/", account | change)

    assert set(errors_in(response)) == wrong


def test_a_biller_needs_no_clinic(client, owner, account):
    client.post("/staff/new/", account | {"roles": ["biller"], "clinics": []})

    assert User.objects.get(email="maya@example.com").roles == ["biller"]


def test_the_last_owners_role_stays_and_the_page_says_why(client, owner, account):
    response = client.post(
        f"/staff/{owner.pk}/edit/", account | {"email": owner.email, "roles": ["front_desk"]}
    )

    assert errors_in(response) == {
        "roles": ["Somebody must stay the owner: give another person that role first."]
    }


def test_somebody_who_begins_to_treat_gets_a_licence_on_file(client, owner, account):
    person = UserFactory()

    client.post(
        f"/staff/{person.pk}/edit/",
        account | LICENCE | {"email": person.email, "roles": ["therapist"]},
    )
    client.post(f"/staff/{person.pk}/edit/", account | {"email": person.email})

    therapist = Therapist.objects.get(user=person)
    assert (therapist.licence_number, therapist.is_active) == ("PT100", False)


def test_ending_an_account_and_opening_it_again(client, owner):
    person = UserFactory()

    client.post(f"/staff/{person.pk}/deactivate/")
    person.refresh_from_db()
    assert not person.is_active
    html = client.post(f"/staff/{person.pk}/reactivate/").content.decode()

    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(re.search(r'<output id="secret">(\w+)</output>', html)[1])


def test_the_owner_cannot_end_the_account_they_work_with(client, owner):
    client.post(f"/staff/{owner.pk}/deactivate/")

    owner.refresh_from_db()
    assert owner.is_active


def test_the_list_says_which_licences_end(client, owner):
    today = timezone.localdate()
    for name, days in (("gone", -1), ("soon", 60), ("fine", 61)):
        TherapistFactory(user__last_name=name, licence_expires_on=today + dt.timedelta(days=days))
    UserFactory(last_name="none", roles=[Role.THERAPIST])

    rows = client.get("/staff/").context["rows"]

    found = {row["account"].last_name: (row["licence"], row["lacks_licence"]) for row in rows}
    assert {name: found[name] for name in ("gone", "soon", "fine", "none")} == {
        "gone": ("expired", False),
        "soon": ("expiring", False),
        "fine": ("current", False),
        "none": ("", True),
    }


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_of_staff_costs_the_same_queries_for_any_number(
    client, owner, django_assert_num_queries, count
):
    supervisor = TherapistFactory()
    for _ in range(count):
        AssistantFactory(supervisor=supervisor)
    client.get("/staff/")

    with django_assert_num_queries(4):
        client.get("/staff/")
