"""What a reply does: to the claim it names, once, and to nothing else."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing import batches, claims, replies
from billing.models import Claim, EdiFile, Reply, ReplyItem
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.x12.answers import ack_999, ca_277, claim_277, ta1
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


@pytest.fixture
def partner():
    return make_partner()


@pytest.fixture
def medicare(partner):
    make_fees()
    return make_payer(partner=partner)


@pytest.fixture
def two_sent(medicare, partner, biller):
    """A file of two claims that has gone out, its first line first."""
    for _ in range(2):
        claim = claims.draft_claim(make_signed_visit(payer=medicare))
        claims.release(claim=claim, by=biller)
    batch = batches.build(partner=partner, by=biller)
    return batches.mark_sent(batch=batch, by=biller)


def arrive(content, name="answer.txt"):
    reply, _ = replies.take_in(content=content, name=name, came_by="upload", by=None)
    return replies.apply(reply=reply)


def statuses(batch):
    return list(batch.claims.order_by("pk").values_list("status", flat=True))


def answers(reply):
    return [(item.level, item.outcome, item.effect, item.reference) for item in reply.items.all()]


def numbers(batch):
    return list(batch.claims.order_by("pk").values_list("control_number", flat=True))


def reference(batch):
    return f"B{batch.interchange_control_number:09d}"


ACCEPTED = ("STC*A2:20:PR*20260303*WQ*100", "REF*1K*ICN0001")
REJECTED = ("STC*A7:164:IL*20260303*U*100",)


def test_a_277ca_accepts_one_claim_and_turns_the_other_back_with_the_field_to_mend(two_sent):
    first, second = two_sent.claims.order_by("pk")
    reply = arrive(
        ca_277(
            reference(two_sent),
            claim_277(first.control_number, *ACCEPTED),
            claim_277(second.control_number, *REJECTED),
        )
    )

    assert statuses(two_sent) == ["accepted", "rejected"]
    first.refresh_from_db()
    assert first.payer_control_number == "ICN0001"
    assert not first.findings.filter(check_id="turned_back").exists()
    (finding,) = second.findings.all()
    assert (finding.check_id, finding.severity, finding.field) == (
        "turned_back",
        "error",
        "coverage.member_id",
    )
    assert finding.message == "The member ID is not right: subscriber. [A7:164:IL]"
    assert answers(reply) == [
        ("file", "on_its_way", "applied", reference(two_sent)),
        ("claim", "accepted", "applied", first.control_number),
        ("claim", "rejected", "applied", second.control_number),
    ]


def test_the_same_bytes_again_are_the_same_reply_and_change_nothing(two_sent, biller):
    first, _ = numbers(two_sent)
    content = ca_277(reference(two_sent), claim_277(first, *REJECTED))
    reply = arrive(content)
    claims.take_back(claim=Claim.objects.get(control_number=first), by=biller)
    before = (Reply.objects.count(), ReplyItem.objects.count(), AuditEvent.objects.count())

    again, is_new = replies.take_in(
        content=content, name="renamed.txt", came_by="upload", by=biller
    )
    replies.apply(reply=again)

    assert (again, is_new) == (reply, False)
    assert (Reply.objects.count(), ReplyItem.objects.count(), AuditEvent.objects.count()) == before
    assert Claim.objects.get(control_number=first).status in ("ready", "needs_work")


def test_the_database_keeps_the_same_reply_once():
    file = {"kind": "reply", "file_bytes": b"x", "sha256": "0" * 64}
    EdiFile.objects.create(file_name="one", **file)

    with pytest.raises(IntegrityError, match="the_same_reply_is_kept_once"), transaction.atomic():
        EdiFile.objects.create(file_name="two", **file)
    EdiFile.objects.create(file_name="three", **file | {"kind": "837P"})


def test_a_reply_is_kept_byte_for_byte_and_refuses_to_change(two_sent):
    content = b"\xef\xbb\xbf junk " + ca_277(reference(two_sent))
    reply = arrive(content)

    assert bytes(reply.file.file_bytes) == content
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        EdiFile.objects.filter(pk=reply.file.pk).update(file_bytes=b"")


def test_a_taken_999_leaves_the_claims_waiting_for_the_payers_word(two_sent):
    reply = arrive(ack_999(two_sent.interchange_control_number))

    assert statuses(two_sent) == ["sent", "sent"]
    assert answers(reply) == [
        ("file", "accepted", "applied", str(two_sent.interchange_control_number))
    ]


def place_of(batch, segment_id, nth):
    """The place in its transaction of the nth such segment, as a 999 counts: the ST is 1."""
    text = bytes(batch.file.file_bytes).decode().replace("\n", "")
    ids = [segment.split("*")[0] for segment in text.split("~")][2:]
    return [place for place, name in enumerate(ids, start=1) if name == segment_id][nth]


def test_a_refused_999_finds_the_claim_and_line_at_fault_by_the_place_of_the_segment(two_sent):
    first, second = two_sent.claims.order_by("pk")
    place = place_of(two_sent, "SV1", first.lines.count())  # the second claim's first line
    reply = arrive(
        ack_999(
            two_sent.interchange_control_number,
            transactions=(
                "AK2*837*0001*005010X222A1",
                f"IK3*SV1*{place}*2400*8",
                "IK4*1:2*234*7*97112",
                "IK5*R*5",
            ),
            outcome="R",
        )
    )

    assert statuses(two_sent) == ["rejected", "rejected"]
    assert [finding.message for finding in second.findings.all()] == [
        "Segment SV1 in loop 2400 holds an element that is wrong; "
        "element SV101-2 holds a code that is not known. [SV1:8] [SV101-2:7]"
    ]
    assert [finding.message for finding in first.findings.all()] == [
        "It came back with its file; nothing is said of this claim itself.",
        "The transaction was refused: one or more of its segments are wrong. [5]",
    ]
    assert answers(reply)[1:3] == [
        ("claim", "rejected", "applied", second.control_number),
        ("line", "rejected", "noted", f"{second.control_number}L1"),
    ]
    assert reply.items.get(level="line").line_number == 1


def test_of_a_file_taken_in_part_only_the_refused_transaction_comes_back(medicare, partner, biller):
    partner.claims_per_transaction = 1
    partner.save()
    for _ in range(2):
        claim = claims.draft_claim(make_signed_visit(payer=medicare))
        claims.release(claim=claim, by=biller)
    batch = batches.mark_sent(batch=batches.build(partner=partner, by=biller), by=biller)

    arrive(
        ack_999(
            batch.interchange_control_number,
            transactions=(
                "AK2*837*0001*005010X222A1",
                "IK5*A",
                "AK2*837*0002*005010X222A1",
                "IK5*R*I5",
            ),
            outcome="P",
        )
    )

    assert statuses(batch) == ["sent", "rejected"]


def test_errors_that_do_not_refuse_are_noted_at_their_claim(two_sent):
    _, second = two_sent.claims.order_by("pk")
    reply = arrive(
        ack_999(
            two_sent.interchange_control_number,
            transactions=(
                "AK2*837*0001*005010X222A1",
                "IK3*DTP*999*2300*I9",
                f"CTX*CLM01:{second.control_number}",
                "IK5*E*I5",
            ),
            outcome="E",
        )
    )

    assert statuses(two_sent) == ["sent", "sent"]
    assert answers(reply)[1:] == [("claim", "on_its_way", "noted", second.control_number)]


@pytest.mark.parametrize("content", ["group", "interchange"])
def test_a_refused_envelope_brings_every_claim_back(two_sent, content):
    number = two_sent.interchange_control_number
    if content == "group":
        arrive(ack_999(number, transactions=(), outcome="R", codes="*****19"))
    else:
        arrive(ta1(number, "R", "025"))

    assert statuses(two_sent) == ["rejected", "rejected"]


@pytest.mark.parametrize("where", ["file", "provider"])
def test_a_277ca_that_turns_all_back_without_naming_claims_does_so(two_sent, where):
    refused = "STC*A8:24:41*20260303*U*100"
    arrive(
        ca_277(reference(two_sent), file_status=refused)
        if where == "file"
        else ca_277(reference(two_sent), provider=[refused])
    )

    assert statuses(two_sent) == ["rejected", "rejected"]


def test_an_answer_proves_that_the_file_went_out(medicare, partner, biller):
    claim = claims.draft_claim(make_signed_visit(payer=medicare))
    claims.release(claim=claim, by=biller)
    batch = batches.build(partner=partner, by=biller)

    arrive(ca_277(reference(batch), claim_277(claim.control_number, *ACCEPTED)))

    batch.refresh_from_db()
    assert (batch.status, batch.sent_by, statuses(batch)) == ("sent", None, ["accepted"])


def test_a_clearinghouse_that_numbers_anew_is_matched_by_the_claims(two_sent):
    first, _ = numbers(two_sent)
    reply = arrive(ca_277("THEIRS-123", claim_277(first, *ACCEPTED)))

    assert statuses(two_sent) == ["accepted", "sent"]
    assert [(item.level, item.effect, item.batch) for item in reply.items.all()] == [
        ("file", "noted", None),
        ("claim", "applied", two_sent),
    ]


def test_the_payer_may_refuse_what_the_clearinghouse_took(two_sent):
    first, _ = numbers(two_sent)
    arrive(ca_277(reference(two_sent), claim_277(first, *ACCEPTED)))
    arrive(ca_277(reference(two_sent), claim_277(first, *REJECTED), control=903))

    assert statuses(two_sent) == ["rejected", "sent"]


def test_an_answer_to_an_earlier_file_does_not_touch_the_claim_sent_again(two_sent, biller):
    first = two_sent.claims.order_by("pk").first()
    arrive(ca_277(reference(two_sent), claim_277(first.control_number, *REJECTED)))
    claims.take_back(claim=first, by=biller)
    claims.release(claim=first, by=biller)
    batch = batches.build(partner=two_sent.partner, by=biller)
    batches.mark_sent(batch=batch, by=biller)

    late = arrive(
        ca_277(reference(two_sent), claim_277(first.control_number, *REJECTED), control=904)
    )

    first.refresh_from_db()
    assert first.status == "sent"
    assert answers(late)[1] == ("claim", "rejected", "late", first.control_number)


def test_what_names_nothing_of_ours_is_listed_and_can_be_set_aside(two_sent, biller):
    reply = arrive(ca_277("B999999999", claim_277("NOBODY", *REJECTED)))
    other = arrive(ack_999(999_999_998))

    assert statuses(two_sent) == ["sent", "sent"]
    assert [(item.effect, item.claim) for item in reply.items.filter(level="claim")] == [
        ("unmatched", None)
    ]
    assert set(Reply.objects.to_look_at()) == {reply, other}
    replies.set_aside(reply=reply, by=biller)
    assert set(Reply.objects.to_look_at()) == {other}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"Your claims are fine.", "There is no X12 interchange in this file."),
        (
            ack_999(1).replace(b"ST*999*", b"ST*835*"),
            "It holds 835: neither a 999, a TA1 nor a 277CA.",
        ),
        (ack_999(1)[:-45], "The file breaks off before its end. Ask for it again."),
    ],
)
def test_what_cannot_be_read_is_kept_and_says_why(content, problem):
    reply = arrive(content)

    assert (reply.status, reply.problem, bytes(reply.file.file_bytes)) == (
        "unread",
        problem,
        content,
    )
    assert list(Reply.objects.to_look_at()) == [reply]


def test_a_reply_that_breaks_off_changes_no_claim(two_sent):
    first, second = numbers(two_sent)
    whole = ca_277(reference(two_sent), claim_277(first, *REJECTED), claim_277(second, *REJECTED))

    arrive(whole[: whole.index(second.encode()) - 20])

    assert statuses(two_sent) == ["sent", "sent"]


def test_an_empty_or_far_too_large_file_is_not_taken_in():
    with pytest.raises(replies.Empty):
        replies.take_in(content=b"", name="a", came_by="upload", by=None)
    with pytest.raises(replies.TooLarge):
        replies.take_in(content=bytes(replies.MOST_BYTES + 1), name="a", came_by="upload", by=None)
    assert Reply.objects.count() == 0


def test_a_rejected_claim_opened_for_mending_owes_nothing_and_sent_again_owes_once(
    two_sent, biller
):
    first = two_sent.claims.order_by("pk").first()
    owed = first.total
    arrive(ca_277(reference(two_sent), claim_277(first.control_number, *REJECTED)))

    claims.take_back(claim=first, by=biller)
    opened = sum(entry.amount for entry in first.ledger_entries.all())
    claims.release(claim=first, by=biller)

    assert (opened, sum(entry.amount for entry in first.ledger_entries.all())) == (0, owed)


def test_an_answer_that_changes_nothing_costs_the_same_for_one_claim_as_for_three(
    medicare, partner, biller
):
    counts = []
    for many in (1, 3):
        for _ in range(many):
            claim = claims.draft_claim(make_signed_visit(payer=medicare))
            claims.release(claim=claim, by=biller)
        batch = batches.build(partner=partner, by=biller)
        batches.mark_sent(batch=batch, by=biller)
        content = ca_277(
            reference(batch),
            *(claim_277(number, "STC*A1:19*20260303*WQ") for number in numbers(batch)),
        )
        reply, _ = replies.take_in(content=content, name="a", came_by="upload", by=None)
        with CaptureQueriesContext(connection) as queries:
            replies.apply(reply=reply)
        counts.append(len(queries))

    assert counts[0] == counts[1]
