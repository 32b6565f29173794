"""How letters leave is set up on a page of its own."""

import pytest
from django.urls import reverse

from documentation import letters
from documentation.models import LetterSettings, ProviderLetter
from people.models import AuditEvent
from tests.documentation.letter_ward import chosen

pytestmark = pytest.mark.django_db

SET_UP = {"fax_by": "file", "fax_gateway": "", "email_by": "file", "link_days": "14"}


def set_up(client, **values):
    return client.post(reverse("documentation:letter-settings"), SET_UP | values)


def test_the_owner_chooses_how_letters_leave(client, owner):
    client.force_login(owner)

    response = set_up(
        client,
        fax_by="gateway",
        fax_gateway="{number}@fax.example",
        email_by="mail",
        link_days="7",
        sends_reports="on",
    )

    row = LetterSettings.objects.get()
    assert response.status_code == 303
    assert (row.fax_by, row.email_by, row.link_days) == ("gateway", "mail", 7)
    assert row.gateway_for("+1 503 555 0177") == "15035550177@fax.example"
    assert row.reports_since is not None
    event = AuditEvent.objects.get(action="letters.set_up")
    assert event.detail["fields"] == [
        "email_by",
        "fax_by",
        "fax_gateway",
        "link_days",
        "reports_since",
    ]


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"fax_by": "gateway"}, "fax_gateway", "Write down the address at the fax service."),
        (
            {"fax_gateway": "fax@fax.example"},
            "fax_gateway",
            "Write {number} where the fax number goes, once.",
        ),
        ({"fax_gateway": "{number} at fax"}, "fax_gateway", "This makes no e-mail address."),
        (
            {"link_days": "0"},
            "link_days",
            "Ensure this value is greater than or equal to 1.",
        ),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(client, owner, values, field, message):
    client.force_login(owner)

    response = set_up(client, **values)

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [message]}
    assert LetterSettings.objects.count() == 0


def test_the_set_up_warns_where_no_mail_server_is(client, owner, settings):
    chosen(email_by="mail")
    client.force_login(owner)
    address = reverse("documentation:letter-settings")
    warning = "This server has no mail server yet"
    assert warning not in client.get(address).content.decode()

    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert warning in client.get(address).content.decode()


def test_every_kind_of_letter_is_registered():
    assert set(letters._kinds) == set(ProviderLetter.Kind.values)
