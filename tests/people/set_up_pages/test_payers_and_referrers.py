"""Payers and referring providers, as the owner and the biller write them down."""

import pytest

from people.models import Payer, ReferringProvider, Role
from tests.factories import PayerFactory, ReferringProviderFactory, UserFactory, npi
from tests.people.set_up_pages.forms import errors_in

pytestmark = pytest.mark.django_db

PAYER = {
    "name": "Aetna",
    "kind": "commercial",
    "edi_payer_id": "60054",
    "claim_filing_code": "CI",
    "is_active": "on",
}
REFERRER = {"last_name": "Hale", "first_name": "Marcus", "npi": npi(1), "is_active": "on"}


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
