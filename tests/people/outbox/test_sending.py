"""A message is sent when it is due, still true and still wanted, and never twice."""

import datetime as dt
import logging

import pytest
from django.db import transaction
from django.utils import timezone

from people import outbox, stops
from people.models import Message, MessageStop
from people.tasks import send_due_messages, send_message
from tests.people.outbox.messages import after_sending, waiting

pytestmark = pytest.mark.django_db
Status = Message.Status


def test_a_worker_killed_while_sending_leaves_it_unknown_after_five_minutes():
    message = waiting()
    outbox._take(message.pk)  # and then the power went

    assert list(Message.objects.unknown()) == []
    Message.objects.update(sending_since=timezone.now() - dt.timedelta(minutes=6))
    assert list(Message.objects.unknown()) == [message]
    assert list(Message.objects.due()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"contact_by": "none"}, "The patient wants no messages."),
        ({"contact_by": "phone"}, "The patient wants to be called by telephone."),
        ({"mobile_phone": ""}, "There is no mobile number."),
        ({"removed_at": timezone.now()}, "The patient is no longer in care."),
    ],
)
def test_what_the_patient_wants_is_asked_again_at_sending(provider, change, problem):
    message = waiting()
    type(message.patient).objects.filter(pk=message.patient_id).update(**change)

    after_sending(message)

    assert (message.status, message.problem) == (Status.WITHHELD, problem)
    assert provider.received == []


def test_a_patient_who_stops_gets_neither_what_waits_nor_what_is_written_later(provider):
    message = waiting()
    for _ in range(2):
        stops.stop(patient=message.patient, channel="sms", how="reply", by=None)

    after_sending(message)
    later = waiting(patient=message.patient)
    by_mail = outbox.queue(
        patient=message.patient, kind="test", source_key="mail", body="…", channel="email"
    )

    told = (Status.WITHHELD, "The patient has stopped text messages.")
    assert [(row.status, row.problem) for row in (message, later)] == [told, told]
    assert (by_mail.status, provider.received) == (Status.WAITING, [])
    assert MessageStop.objects.count() == 1


def test_a_message_waits_for_its_time_and_is_withheld_after_it(provider):
    now = timezone.now()
    early = waiting(not_before=now + dt.timedelta(minutes=1))
    late = waiting(not_after=now - dt.timedelta(minutes=1))

    after_sending(early)
    after_sending(late)

    assert early.status == Status.WAITING
    assert (late.status, late.problem) == (Status.WITHHELD, outbox.TOO_LATE)
    assert provider.received == []


def test_whoever_wrote_it_is_asked_whether_it_is_still_true(provider, monkeypatch):
    monkeypatch.setattr(outbox, "_asked_before_sending", {})
    outbox.ask_before_sending("appointment.", lambda message: "It was cancelled.")
    ours, other = waiting(kind="appointment.reminder"), waiting(kind="intake")

    after_sending(ours)
    after_sending(other)

    assert (ours.status, ours.problem) == (Status.WITHHELD, "It was cancelled.")
    assert other.status == Status.SENT


def test_the_log_says_neither_address_nor_words(provider, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    provider.how = (400, {"code": 21211, "message": "+15035551234 is no number"})
    after_sending(waiting())
    monkeypatch.setattr("people.transports.Sms.send", lambda *a: [][int("See you +15035551234")])
    after_sending(waiting())

    assert "ValueError while it was sent" in caplog.text
    assert "5551234" not in caplog.text
    assert "See you" not in caplog.text


def test_the_sweep_sends_what_is_due_and_nothing_else(provider, monkeypatch):
    monkeypatch.setattr(send_message, "apply_async", lambda args, **_: send_message.apply(args))
    due, later = waiting(), waiting(not_before=timezone.now() + dt.timedelta(hours=1))

    for _ in range(2):
        send_due_messages.apply()

    assert [Message.objects.get(pk=row.pk).status for row in (due, later)] == [
        Status.SENT,
        Status.WAITING,
    ]
    assert len(provider.received) == 1


@pytest.mark.django_db(transaction=True)
def test_sending_inside_somebodys_transaction_is_refused():
    message = waiting()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        outbox.send(message.pk)
