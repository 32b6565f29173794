"""A file reaches the partner's server once, or stops for a person; replies are fetched once."""

import datetime as dt
import threading

import paramiko
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from billing import batches, claims, replies, sending, tasks, transport
from billing.models import Batch, FetchedFile, Reply, TradingPartner
from people.models import AuditEvent, Role
from tests.at_once import PATIENCE, all_at_once
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.sftp_server import Partner, running
from tests.billing.x12.answers import ack_999, ca_277, claim_277
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings, tmp_path):
    settings.PARTNER_SECRETS_DIR = str(tmp_path)
    settings.SFTP_TIMEOUT_SECONDS = PATIENCE
    (tmp_path / "clearing.password").write_text("correct\n", encoding="utf-8")
    with running(Partner()) as partner:
        yield partner


@pytest.fixture
def partner(server):
    row = make_partner()
    TradingPartner.objects.filter(pk=row.pk).update(
        delivery="sftp",
        sftp_host="127.0.0.1",
        sftp_port=server.port,
        sftp_user="riverbend",
        sftp_secret="clearing",
        sftp_host_key=server.host_key,
        sftp_outbox="/in",
        sftp_inbox="/out",
    )
    row.refresh_from_db()
    return row


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


@pytest.fixture
def batch(partner, biller):
    make_fees()
    payer = make_payer(partner=partner)
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)
    built = batches.build(partner=partner, by=biller)
    return sending.ask_to_send(batch=built, by=biller)


def name_of(batch):
    return f"/in/{batch.file.file_name}"


def test_the_file_arrives_whole_under_its_own_name_and_its_claims_are_sent(batch, server, biller):
    tasks.send_batch(batch.pk)

    batch.refresh_from_db()
    assert server.files == {name_of(batch): bytes(batch.file.file_bytes)}
    assert (batch.status, batch.sent_by, batch.sending_since) == ("sent", biller, None)
    assert [claim.status for claim in batch.claims.all()] == ["sent"]
    told = AuditEvent.objects.filter(action__startswith="batch.").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "batch.built",
        "batch.send_asked",
        "batch.sent",
    ]


def test_a_file_that_nobody_asked_to_send_stays(batch, server):
    Batch.objects.update(send_asked_at=None, send_asked_by=None)

    tasks.send_batch(batch.pk)
    tasks.sweep_sends()

    assert (server.files, Batch.objects.get().status) == ({}, "built")


def all_send(batch):
    all_at_once([lambda: sending.send(batch.pk)] * 6)


def test_six_workers_that_send_one_file_at_once_put_it_there_once(batch, server):
    all_send(batch)

    assert (server.begun, server.puts) == ([f"{name_of(batch)}.part"], [name_of(batch)])
    assert Batch.objects.get().status == "sent"


def test_without_taking_it_first_the_same_six_begin_it_six_times(batch, server, monkeypatch):
    met = threading.Barrier(6)

    def anybody(batch_id):
        found = Batch.objects.select_related("partner", "file").get(pk=batch_id)
        met.wait(PATIENCE)
        return found

    monkeypatch.setattr(sending, "_take", anybody)
    monkeypatch.setattr(transport.Sftp, "_size_of", lambda *args: None)

    all_send(batch)

    assert len(server.begun) == 6


@pytest.mark.parametrize(
    "moment", ["half of it", "before it has its name", "after it has its name"]
)
def test_a_server_that_dies_in_the_middle_leaves_the_file_to_a_person(
    batch, server, biller, moment
):
    server.dies_after = 100 if moment == "half of it" else None
    server.dies_before_renaming = moment == "before it has its name"
    server.dies_after_renaming = moment == "after it has its name"

    tasks.send_batch(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.problem, batch.is_stuck) == ("sending", sending.NO_ANSWER, True)
    assert [claim.status for claim in batch.claims.all()] == ["batched"]
    # However often the clock runs: nothing goes out again by itself.
    arrived = list(server.puts)
    tasks.send_batch(batch.pk)
    tasks.sweep_sends()
    assert server.puts == arrived
    with pytest.raises(batches.NotBuilt):
        batches.withdraw(batch=batch, by=biller)


def test_what_the_partner_does_not_have_is_sent_again_when_a_person_says_so(batch, server, biller):
    server.dies_after = 100
    tasks.send_batch(batch.pk)
    server.dies_after = None

    sending.settle(batch=batch, arrived=False, by=biller)
    sending.ask_to_send(batch=batch, by=biller)
    tasks.send_batch(batch.pk)

    assert server.puts == [name_of(batch)]
    assert server.files[name_of(batch)] == bytes(batch.file.file_bytes)
    assert Batch.objects.get().status == "sent"


def test_a_file_that_had_arrived_unheard_is_not_put_there_a_second_time(batch, server, biller):
    server.dies_after_renaming = True
    tasks.send_batch(batch.pk)
    server.dies_after_renaming = False

    sending.settle(batch=batch, arrived=False, by=biller)  # the partner was mistaken
    sending.ask_to_send(batch=batch, by=biller)
    tasks.send_batch(batch.pk)

    assert server.puts == [name_of(batch)]
    assert Batch.objects.get().status == "sent"


def test_what_the_partner_has_is_sent_when_a_person_says_so_and_can_be_said_once(batch, biller):
    Batch.objects.filter(pk=batch.pk).update(status="sending", sending_since=timezone.now())

    sending.settle(batch=batch, arrived=True, by=biller)

    batch.refresh_from_db()
    assert (batch.status, batch.sent_by) == ("sent", biller)
    with pytest.raises(sending.NotStuck):
        sending.settle(batch=batch, arrived=False, by=biller)


def test_a_worker_that_never_came_back_is_stuck_after_a_quarter_of_an_hour(batch):
    now = timezone.now()
    batch.status = "sending"
    batch.sending_since = now - dt.timedelta(minutes=14)
    assert (batch.is_stuck, batch.is_on_its_way) == (False, True)
    batch.sending_since = now - dt.timedelta(minutes=16)
    assert (batch.is_stuck, batch.is_on_its_way) == (True, False)


def wrong_password(server, partner):
    server.password = "another"


def wrong_host_key(server, partner):
    key = paramiko.ECDSAKey.generate(bits=256)
    partner.sftp_host_key = f"{key.get_name()} {key.get_base64()}"
    partner.save()


def nobody_listens(server, partner):
    partner.sftp_port = 1
    partner.save()


def no_secret(server, partner):
    partner.sftp_secret = "forgotten"
    partner.save()


def no_folder(server, partner):
    partner.sftp_outbox = "/nowhere"
    partner.save()


def no_writing(server, partner):
    server.refuses_writing = True


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (wrong_password, "The partner's server does not accept our log-in."),
        (
            wrong_host_key,
            "The server's key is not the one that the partner gave us. Call them.",
        ),
        (nobody_listens, "127.0.0.1, port 1, cannot be reached."),
        (
            no_secret,
            "forgotten.password or forgotten.key is missing among the partners' secrets, "
            "or cannot be read.",
        ),
        (no_folder, "The folder for our files is not there."),
        (no_writing, "The partner's server does not let us write there."),
    ],
)
def test_while_not_a_byte_has_left_it_waits_and_says_why(batch, partner, server, fault, told):
    fault(server, partner)

    tasks.send_batch(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.problem, batch.is_on_its_way) == ("built", told, True)
    assert server.files == {}


def test_it_is_tried_again_for_a_day_and_then_asked_for_anew(batch, partner, server):
    nobody_listens(server, partner)
    tasks.sweep_sends()
    assert Batch.objects.get().send_asked_at is not None
    Batch.objects.update(send_asked_at=timezone.now() - dt.timedelta(hours=25))

    tasks.sweep_sends()

    batch.refresh_from_db()
    assert (batch.status, batch.send_asked_at, batch.is_on_its_way) == ("built", None, False)
    assert batch.problem == "127.0.0.1, port 1, cannot be reached."


def test_a_key_logs_in_as_well_as_a_password(batch, partner, server, tmp_path):
    paramiko.ECDSAKey.generate(bits=256).write_private_key_file(str(tmp_path / "ours.key"))
    TradingPartner.objects.update(sftp_user="keyed", sftp_secret="ours")

    tasks.send_batch(batch.pk)

    assert Batch.objects.get().status == "sent"


def test_a_partner_whose_files_are_downloaded_gets_none_by_sftp(batch, partner, biller):
    TradingPartner.objects.update(delivery="download")

    with pytest.raises(sending.NoSftp):
        sending.ask_to_send(batch=batch, by=biller)


def test_the_database_refuses_half_a_server_and_a_sending_without_its_beginning(batch, partner):
    with pytest.raises(DatabaseError, match="sftp_is_described_whole"), transaction.atomic():
        TradingPartner.objects.update(sftp_host_key="")
    with (
        pytest.raises(DatabaseError, match="what_is_being_sent_says_since_when"),
        transaction.atomic(),
    ):
        Batch.objects.update(status="sending", sending_since=None)


# --- Replies --------------------------------------------------------------------------------------


def test_replies_are_fetched_applied_and_not_fetched_again(batch, partner, server):
    tasks.send_batch(batch.pk)
    number = batch.interchange_control_number
    claim = batch.claims.get()
    server.files |= {
        "/out/a.999": ack_999(number),
        "/out/b.277": ca_277(
            f"B{number:09d}", claim_277(claim.control_number, "STC*A2:20*20260303*WQ")
        ),
        "/out/c.277.part": b"ISA half of",
        "/out/letter.txt": b"",
    }

    tasks.fetch_replies()
    tasks.fetch_replies()

    assert list(Reply.objects.order_by("name").values_list("name", "came_by", "status")) == [
        ("a.999", "fetch", "applied"),
        ("b.277", "fetch", "applied"),
    ]
    assert FetchedFile.objects.count() == 3
    claim.refresh_from_db()
    assert claim.status == "accepted"
    partner.refresh_from_db()
    assert (partner.fetch_problem, partner.fetched_at is not None) == ("", True)


def test_a_new_file_of_an_old_name_is_fetched(partner, server):
    server.files["/out/daily.txt"] = ack_999(1)
    sending.fetch(partner)
    server.files["/out/daily.txt"] = ack_999(1234)

    assert sending.fetch(partner) == 1
    assert Reply.objects.count() == 2


def test_a_file_larger_than_any_reply_is_left_there(partner, server, monkeypatch):
    monkeypatch.setattr(replies, "MOST_BYTES", 50)
    server.files["/out/huge.txt"] = ack_999(1)

    assert sending.fetch(partner) == 1
    assert (Reply.objects.count(), FetchedFile.objects.get().reply) == (0, None)


def test_one_partner_out_of_reach_does_not_keep_the_others_waiting(partner, server):
    other = make_partner(name="Another", receiver_id="OTHER")
    TradingPartner.objects.filter(pk=other.pk).update(
        delivery="sftp",
        sftp_host="127.0.0.1",
        sftp_port=1,
        sftp_user="x",
        sftp_secret="clearing",
        sftp_host_key=server.host_key,
        sftp_inbox="/out",
    )
    server.files["/out/a.999"] = ack_999(1)

    tasks.fetch_replies()

    other.refresh_from_db()
    assert Reply.objects.count() == 1
    assert other.fetch_problem == "127.0.0.1, port 1, cannot be reached."
