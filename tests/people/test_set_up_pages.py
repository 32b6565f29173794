"""Payers, referring providers, clinics, the practice, staff: as the owner and the biller write
them down."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from people.models import Clinic, Payer, Practice, ReferringProvider, Role, Therapist, User
from tests.factories import (
    AssistantFactory,
    ClinicFactory,
    PayerFactory,
    PracticeFactory,
    ReferringProviderFactory,
    TherapistFactory,
    UserFactory,
    npi,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    person = UserFactory(roles=[Role.OWNER])
    client.force_login(person)
    return person


def errors_in(response, form: str = "form") -> dict[str, list[str]]:
    return dict(response.context[form].errors)


PAYER = {
    "name": "Aetna",
    "kind": "commercial",
    "edi_payer_id": "60054",
    "claim_filing_code": "CI",
    "is_active": "on",
}
REFERRER = {"last_name": "Hale", "first_name": "Marcus", "npi": npi(1), "is_active": "on"}
PRACTICE = {
    "legal_name": "Riverbend Physical Therapy LLC",
    "ein": "93-1234567",
    "npi": npi(2),
    "taxonomy": "261qp2000x",
    "phone": "503 555 0142",
    "billing_contact": "Billing office",
    "line1": "100 Main St",
    "city": "Portland",
    "state": "OR",
    "postal_code": "97201 0001",
}
CLINIC = {
    "name": "Hillside",
    "phone": "503 555 0142",
    "line1": "5 Hill Rd",
    "city": "Portland",
    "state": "OR",
    "postal_code": "97201-0001",
    "time_zone": "America/Los_Angeles",
    "opens_at": "07:00",
    "closes_at": "19:00",
    "place_of_service": "11",
    "is_active": "on",
}


# --- Payers and referring providers ------------------------------------------------------------


def test_the_biller_writes_a_payer_down_and_changes_it(client):
    client.force_login(UserFactory(roles=[Role.BILLER]))

    client.post("/payers/new/", PAYER | {"phone": "1-800-555-0100"})
    payer = Payer.objects.get()
    client.post(f"/payers/{payer.pk}/edit/", PAYER | {"edi_payer_id": "60055"})

    payer.refresh_from_db()
    assert (payer.name, payer.edi_payer_id, payer.phone, payer.is_active) == (
        "Aetna",
        "60055",
        "",
        True,
    )


def test_a_payers_name_stands_once(client, owner):
    PayerFactory(name="Aetna")

    response = client.post("/payers/new/", PAYER)

    assert errors_in(response) == {"name": ["Payer with this Name already exists."]}


def test_an_npi_is_typed_with_blanks_and_checked_by_its_last_digit(client, owner):
    spaced = f"{npi(1)[:4]} {npi(1)[4:7]}-{npi(1)[7:]}"
    wrong = npi(1)[:9] + str((int(npi(1)[9]) + 1) % 10)

    refused = client.post("/referrers/new/", REFERRER | {"npi": wrong})
    client.post("/referrers/new/", REFERRER | {"npi": spaced})

    assert errors_in(refused) == {
        "npi": ["This NPI's last digit does not fit: look for a typing error."]
    }
    assert ReferringProvider.objects.get().npi == npi(1)


@pytest.mark.parametrize("value", ["123", "3000000000", "1" * 5_000_000, "one two three"])
def test_what_is_no_npi_is_said_beside_it(client, owner, value):
    response = client.post("/referrers/new/", REFERRER | {"npi": value})

    assert set(errors_in(response)) == {"npi"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"letters_by": "fax"}, "Write down a fax number first."),
        ({"letters_by": "email", "fax": "503 555 0177"}, "Write down an e-mail address first."),
    ],
)
def test_letters_go_only_where_there_is_an_address(client, owner, values, message):
    refused = client.post("/referrers/new/", REFERRER | values)
    client.post("/referrers/new/", REFERRER | {"letters_by": "fax", "fax": "503 555 0177"})

    assert errors_in(refused) == {"letters_by": [message]}
    saved = ReferringProvider.objects.get()
    assert (saved.letters_by, saved.fax, saved.channel) == ("fax", "+15035550177", "fax")


def test_a_second_provider_with_the_same_npi_is_refused(client, owner):
    ReferringProviderFactory(npi=npi(1))

    response = client.post("/referrers/new/", REFERRER)

    assert set(errors_in(response)) == {"npi"}


# --- Practice and clinics ----------------------------------------------------------------------


def test_the_practice_is_set_up_once_and_changed_after(client, owner):
    assert "not set up yet" in client.get("/practice/").content.decode()

    client.post("/practice/edit/", PRACTICE)
    client.post("/practice/edit/", PRACTICE | {"billing_contact": "Ana Ruiz"})

    practice = Practice.objects.get()
    assert (practice.ein, practice.taxonomy, practice.phone, practice.postal_code) == (
        "931234567",
        "261QP2000X",
        "+15035550142",
        "97201-0001",
    )
    assert practice.billing_contact == "Ana Ruiz"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("ein", "12-345", "An EIN has 9 digits"),
        ("npi", "1234567890", "last digit does not fit"),
        ("taxonomy", "physio", "A taxonomy code has 10 characters"),
        ("postal_code", "97201", "Claims need the 9-digit ZIP code here"),
        ("line1", "P.O. Box 12", "Claims want a street here"),
        ("line1", "", "This field is required."),
        ("phone", "1", "Write a telephone number"),
        ("pay_to_city", "Portland", ""),
    ],
)
def test_what_claims_cannot_use_is_said_beside_its_field(client, owner, field, value, message):
    response = client.post("/practice/edit/", PRACTICE | {field: value})

    errors = errors_in(response)
    if field == "pay_to_city":
        assert set(errors) == {"pay_to_line1", "pay_to_state", "pay_to_postal_code"}
    else:
        assert set(errors) == {field}
        assert message in errors[field][0]
    assert not Practice.objects.exists()


def test_a_po_box_is_fine_as_the_pay_to_address(client, owner):
    client.post(
        "/practice/edit/",
        PRACTICE
        | {
            "pay_to_line1": "PO Box 12",
            "pay_to_city": "Portland",
            "pay_to_state": "OR",
            "pay_to_postal_code": "97201-0012",
        },
    )

    assert Practice.objects.get().pay_to_line1 == "PO Box 12"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("closes_at", "06:00"),
        ("time_zone", "Mars/Olympus"),
        ("postal_code", "97201"),
        ("place_of_service", "77"),
        ("npi", "12"),
        ("name", ""),
    ],
)
def test_a_clinic_that_cannot_be_is_refused_beside_the_field(client, owner, field, value):
    response = client.post("/clinics/new/", CLINIC | {field: value})

    assert set(errors_in(response)) == {field}
    assert not Clinic.objects.exists()


def test_a_clinic_is_opened_and_changed(client, owner):
    client.post("/clinics/new/", CLINIC)
    clinic = Clinic.objects.get()
    client.post(f"/clinics/{clinic.pk}/edit/", CLINIC | {"closes_at": "20:00"})

    clinic.refresh_from_db()
    assert (clinic.name, clinic.closes_at) == ("Hillside", dt.time(20))


def test_the_auditor_reads_the_set_up_and_changes_nothing(client):
    PracticeFactory()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    for address in ("/practice/", "/clinics/", "/staff/", "/audit/", "/payers/"):
        assert client.get(address).status_code == 200
    for address in ("/practice/edit/", "/clinics/new/", "/staff/new/", "/payers/new/"):
        assert client.get(address).status_code == 403


# --- Staff -------------------------------------------------------------------------------------


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
