"""The batch's page on the way out, the partner's server on its page, and the export command."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from billing import batches, claims
from billing.models import Batch, TradingPartner
from people.models import Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0n0tAKey"


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


@pytest.fixture
def partner():
    make_fees()
    row = make_partner()
    row.delivery, row.sftp_host, row.sftp_user = "sftp", "sftp.example", "riverbend"
    row.sftp_secret, row.sftp_host_key = "clearing", KEY
    row.save()
    return row


def release(payer, biller):
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)
    return claim


@pytest.fixture
def batch(partner, biller):
    release(make_payer(partner=partner), biller)
    return batches.build(partner=partner, by=biller)


def page_of(client, batch):
    return client.get(batch.get_absolute_url()).content.decode()


def test_asking_once_puts_it_in_line_and_asking_twice_changes_nothing(client, batch):
    assert "Send by SFTP" in page_of(client, batch)

    client.post(reverse("billing:batch-send", args=[batch.pk]))
    asked_at = Batch.objects.get().send_asked_at
    client.post(reverse("billing:batch-send", args=[batch.pk]))

    assert asked_at is not None
    assert Batch.objects.get().send_asked_at == asked_at
    shown = page_of(client, batch)
    assert "On its way to sftp.example." in shown
    assert "Send by SFTP" not in shown


@pytest.mark.parametrize(("arrived", "status"), [("yes", "sent"), ("no", "built")])
def test_a_person_says_what_the_partner_said(client, batch, arrived, status):
    now = timezone.now()
    Batch.objects.update(status="sending", sending_since=now, send_asked_at=now, problem="Unclear.")
    assert "Nobody knows whether this file arrived." in page_of(client, batch)

    client.post(reverse("billing:batch-settle", args=[batch.pk]), {"arrived": arrived})

    assert Batch.objects.get().status == status
    assert "Nobody knows" not in page_of(client, batch)


def test_what_could_not_be_reached_is_said_while_it_is_tried_again_and_after(client, batch, biller):
    Batch.objects.update(send_asked_at=timezone.now(), problem="It cannot be reached.")
    assert "It cannot be reached. It is tried again" in page_of(client, batch)

    Batch.objects.update(send_asked_at=None)
    assert "It could not be sent: It cannot be reached." in page_of(client, batch)


FORM = {
    "name": "Clearing",
    "receiver_id": "CLEAR",
    "receiver_qualifier": "ZZ",
    "sender_id": "US",
    "sender_qualifier": "ZZ",
    "usage": "T",
    "claims_per_transaction": 5000,
    "delivery": "sftp",
    "sftp_port": 22,
}


def test_a_server_that_is_half_described_is_refused_field_by_field(client, biller):
    response = client.post(reverse("billing:partner-new"), FORM | {"sftp_host_key": "my key"})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "sftp_host": ["Needed to send by SFTP."],
        "sftp_user": ["Needed to send by SFTP."],
        "sftp_secret": ["Needed to send by SFTP."],
        "sftp_host_key": ["A public key begins like “ssh-ed25519 AAAA…”."],
    }


def test_a_server_that_is_described_whole_is_kept(client, biller):
    client.post(
        reverse("billing:partner-new"),
        FORM
        | {
            "sftp_host": "sftp.example",
            "sftp_user": "us",
            "sftp_secret": "clearing",
            "sftp_host_key": f"{KEY}\n",
        },
    )

    row = TradingPartner.objects.get(name="Clearing")
    assert (row.has_sftp, row.sftp_host_key) == (True, KEY)


def test_trying_a_server_out_of_reach_says_why(client, biller, partner, settings):
    settings.PARTNER_SECRETS_DIR = ""

    response = client.post(reverse("billing:partner-try", args=[partner.pk]))

    (message,) = client.get(response["Location"]).context["messages"]
    assert str(message) == ("This server has no folder of partners' secrets (PARTNER_SECRETS_DIR).")


def test_a_receiver_of_one_payer_a_file_gets_a_file_for_each(client, partner, biller):
    partner.one_payer_per_file = True
    partner.save()
    one, other = make_payer(partner=partner), make_payer(name="Another", partner=partner)
    mine, theirs = release(one, biller), release(other, biller)

    page = client.get(reverse("billing:batches"))
    assert [row.payers for row in page.context["waiting"]] == [["Another"], ["Medicare Part B"]]
    client.post(reverse("billing:build", args=[partner.pk]), {"payer": other.pk})
    client.post(reverse("billing:build", args=[partner.pk]), {"payer": one.pk})

    assert [list(batch.claims.all()) for batch in Batch.objects.order_by("pk")] == [
        [theirs],
        [mine],
    ]


# --- manage.py export_claims ----------------------------------------------------------------------


def export(folder, *options):
    out = io.StringIO()
    call_command("export_claims", "--out", str(folder), *options, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_writes_each_file_once_and_whole(partner, biller, tmp_path):
    release(make_payer(partner=partner), biller)

    first = export(tmp_path)
    again = export(tmp_path)

    batch = Batch.objects.get()
    path = tmp_path / batch.file.file_name
    assert path.read_bytes() == bytes(batch.file.file_bytes)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert first == [f"{path}: 1 claims for {partner}"]
    assert again == [f"{path}: 1 claims for {partner} (was there)"]
    assert batch.status == "built"


def test_the_command_records_files_as_sent_when_told_so(partner, biller, tmp_path):
    claim = release(make_payer(partner=partner), biller)

    export(tmp_path, "--mark-sent")

    claim.refresh_from_db()
    assert (claim.status, export(tmp_path)) == ("sent", [])


def test_the_command_leaves_alone_what_is_in_line_for_sftp(client, batch, tmp_path):
    client.post(reverse("billing:batch-send", args=[batch.pk]))

    assert export(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_command_wants_a_folder_that_is_there(tmp_path):
    with pytest.raises(CommandError, match="is no folder"):
        export(tmp_path / "none")
