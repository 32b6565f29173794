"""The practice and its clinics, as the owner writes them down and the auditor reads them."""

import datetime as dt

import pytest

from people.models import Clinic, Practice, Role
from tests.factories import PracticeFactory, UserFactory, npi
from tests.people.set_up_pages.forms import errors_in

pytestmark = pytest.mark.django_db

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
