"""Replies as a biller, a program and a command line take them in."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing import batches, claims, replies, tasks
from billing.models import Claim, Reply
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.x12.answers import ack_999, ca_277, claim_277
from tests.factories import UserFactory
from tests.file_answers import file_headers, saved

pytestmark = pytest.mark.django_db
REFUSED = "STC*A7:164:IL*20260303*U*100"


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


@pytest.fixture
def sent(biller):
    make_fees()
    partner = make_partner()
    claim = claims.draft_claim(make_signed_visit(payer=make_payer(partner=partner)))
    claims.release(claim=claim, by=biller)
    return batches.mark_sent(batch=batches.build(partner=partner, by=biller), by=biller)


def refusal(batch, control=902) -> bytes:
    claim = batch.claims.get()
    return ca_277(
        f"B{batch.interchange_control_number:09d}",
        claim_277(claim.control_number, REFUSED),
        control=control,
    )


def upload(client, *contents):
    files = [SimpleUploadedFile(f"reply{n}.txt", each) for n, each in enumerate(contents)]
    return client.post(reverse("billing:reply-upload"), {"replies": files})


def test_an_uploaded_reply_waits_as_a_row_until_the_worker_reads_it(client, sent):
    response = upload(client, refusal(sent))

    reply = Reply.objects.get()
    assert response["Location"] == reply.get_absolute_url()
    assert "waits to be read" in client.get(response["Location"]).content.decode()
    assert sent.claims.get().status == "sent"

    tasks.sweep_replies()

    shown = client.get(reply.get_absolute_url()).content.decode()
    assert "The member ID is not right: subscriber." in shown
    assert sent.claims.get().status == "rejected"


def test_several_files_are_taken_in_together_and_a_known_one_is_said_to_be(client, sent):
    upload(client, refusal(sent))

    response = upload(client, refusal(sent), ack_999(sent.interchange_control_number))

    shown = client.get(response["Location"])
    assert [str(message) for message in shown.context["messages"]] == [
        "1 of 2 had been taken in before; nothing is applied twice.",
        "1 files are taken in.",
    ]
    assert Reply.objects.count() == 2


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ([], "Choose a file."),
        ([b""], "A file among them is empty."),
        ([bytes(replies.MOST_BYTES + 1)], "reply0.txt is larger than 25 MB: that is no reply."),
    ],
    ids=["none", "empty", "too large"],
)
def test_a_file_that_cannot_be_taken_in_is_refused_beside_the_field(client, biller, contents, told):
    response = upload(client, *contents)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert Reply.objects.count() == 0


def test_the_rejected_claim_tells_why_where_to_mend_it_and_goes_out_again(client, sent):
    claim = sent.claims.get()
    reply, _ = replies.take_in(content=refusal(sent), name="a.txt", came_by="upload", by=None)
    replies.apply(reply=reply)

    work_list = client.get(reverse("billing:claims")).content.decode()
    page = client.get(claim.get_absolute_url()).content.decode()
    client.post(reverse("billing:take-back", args=[claim.pk]))

    assert "Turned back" in work_list
    assert "The member ID is not right: subscriber." in page
    assert reverse("people:coverage-edit", args=[claim.coverage_id]) in page
    assert "Mend and send again" in page
    claim.refresh_from_db()
    assert claim.status == "ready"
    assert "What was answered" in client.get(claim.get_absolute_url()).content.decode()


def test_the_original_is_handed_out_as_it_came_and_the_audit_says_to_whom(client, biller):
    content = b"\xef\xbb\xbf" + ack_999(1)
    reply, _ = replies.take_in(content=content, name="é 1.txt", came_by="upload", by=None)

    response = client.get(reverse("billing:reply-file", args=[reply.pk]))

    assert response.content == content
    assert response["Content-Disposition"].startswith('attachment; filename="reply-')
    assert file_headers(response) == saved(reply.file.file_name)
    event = AuditEvent.objects.get(action="reply.downloaded")
    assert (event.actor, event.target_id) == (biller, reply.pk)


def test_a_reply_that_is_not_ours_is_listed_until_it_is_set_aside(client, biller):
    reply, _ = replies.take_in(
        content=ca_277("X", claim_277("NOBODY", REFUSED)), name="a", came_by="upload", by=None
    )
    replies.apply(reply=reply)
    to_look_at = f"{reverse('billing:replies')}?show=look"

    before = list(client.get(to_look_at).context["page_obj"])
    client.post(reverse("billing:reply-set-aside", args=[reply.pk]))
    after = list(client.get(to_look_at).context["page_obj"])

    assert (before, after) == ([reply], [])


def test_the_list_costs_the_same_queries_for_any_number_of_replies(client, biller):
    counts = []
    client.get(reverse("billing:replies"))  # what is remembered from one request to the next
    for number in (1, 2, 3):
        reply, _ = replies.take_in(content=ack_999(number), name="a", came_by="upload", by=None)
        replies.apply(reply=reply)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("billing:replies"))
        counts.append(len(queries))

    assert counts[0] == counts[2]


# --- The command ----------------------------------------------------------------------------------


def test_the_command_takes_in_what_it_can_and_names_what_it_cannot(tmp_path: Path, sent):
    good, letter, again = tmp_path / "a.277", tmp_path / "b.txt", tmp_path / "c.277"
    good.write_bytes(refusal(sent))
    letter.write_bytes(b"Dear biller")
    again.write_bytes(refusal(sent))
    out = io.StringIO()

    with pytest.raises(CommandError, match=r"2 of 4 could not be read\."):
        call_command(
            "take_in", str(good), str(letter), str(again), str(tmp_path / "none"), stdout=out
        )

    assert out.getvalue().splitlines() == [
        f"{good}: 277CA, 2 answers",
        f"{letter}: There is no X12 interchange in this file.",
        f"{again}: 277CA, 2 answers (taken in before)",
        f"{tmp_path / 'none'}: cannot be read: No such file or directory.",
    ]
    assert Claim.objects.get().status == "rejected"


# --- The API --------------------------------------------------------------------------------------


def test_a_program_hands_a_reply_in_and_reads_what_came_of_it(api_as, biller, sent):
    file = SimpleUploadedFile("a.277", refusal(sent))

    created = api_as(biller).post("/api/v1/replies/", {"file": file}, format="multipart")
    file.seek(0)
    again = api_as(biller).post("/api/v1/replies/", {"file": file}, format="multipart")

    assert (created.status_code, again.status_code) == (201, 200)
    assert created.json() == again.json()
    body = created.json()
    assert [(item["outcome"], item["claim"]) for item in body["items"]] == [
        ("on_its_way", None),
        ("rejected", sent.claims.get().pk),
    ]
    assert (body["kinds"], body["status"]) == (["277"], "applied")


def test_a_program_that_hands_in_nothing_is_told_which_field(api_as, biller):
    response = api_as(biller).post("/api/v1/replies/", {}, format="multipart")

    assert response.status_code == 400
    assert response.json()["errors"] == {"file": ["No file was submitted."]}
