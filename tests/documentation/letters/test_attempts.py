"""Each letter leaves at most once, and what the carrier said stands on its row."""

import datetime as dt
import logging

import pytest
from django.utils import timezone

from documentation import letters
from documentation.carriers import NoAnswer, Refused, TryLater
from documentation.models import ProviderLetter
from documentation.tasks import send_due_letters, send_letter
from people.models import AuditEvent
from tests.documentation.letter_ward import FAX, after_sending, waiting

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


def test_a_refusal_fails_with_its_reason_and_is_not_tried_again(carrier):
    carrier.how = Refused("The mail server knows no such address.")
    letter = after_sending(waiting())

    after_sending(letter)
    send_due_letters.apply()

    assert (letter.status, letter.problem) == (
        Status.FAILED,
        "The mail server knows no such address.",
    )
    assert len(carrier.received) == 1


def test_a_carrier_that_says_later_is_tried_again_later_each_time(carrier):
    carrier.how = TryLater()
    letter = waiting()
    waits = []

    for _ in range(4):
        ProviderLetter.objects.update(not_before=timezone.now())
        before = timezone.now()
        after_sending(letter)
        waits.append(round((letter.not_before - before).total_seconds() / 60))
    carrier.how = "receipt 5"
    ProviderLetter.objects.update(not_before=timezone.now())
    after_sending(letter)

    assert waits == [2, 4, 8, 16]
    assert (letter.status, letter.attempts, letter.problem) == (Status.SENT, 5, "")


def test_trying_ends_and_the_letter_then_waits_for_a_person(carrier):
    carrier.how = TryLater()
    letter = waiting()

    for _ in range(letters.MOST_ATTEMPTS + 1):
        ProviderLetter.objects.update(not_before=timezone.now())
        after_sending(letter)

    assert (letter.status, letter.problem) == (Status.FAILED, letters.NEVER_REACHED)
    assert len(carrier.received) == 12


def test_waiting_doubles_and_never_exceeds_two_hours():
    waits = [letters.wait_after(attempts) for attempts in (1, 2, 3, 6, 7, 12, 500)]

    assert [wait.total_seconds() / 60 for wait in waits] == [2, 4, 8, 64, 120, 120, 120]


@pytest.mark.parametrize("how", [NoAnswer(), ZeroDivisionError("Okafor")], ids=repr)
def test_no_clear_answer_leaves_it_for_a_person_and_never_sends_it_twice(carrier, how):
    carrier.how = how
    letter = after_sending(waiting())
    carrier.how = "receipt 2"

    send_due_letters.apply()
    after_sending(letter)

    assert (letter.status, letter.problem) == (Status.SENDING, letters.NO_ANSWER)
    assert list(ProviderLetter.objects.to_settle()) == [letter]
    assert len(carrier.received) == 1


def test_a_worker_that_dies_while_handing_over_leaves_it_unknown_after_ten_minutes(carrier):
    carrier.how = KeyboardInterrupt()  # what takes a process away is no `Exception`
    letter = waiting()
    with pytest.raises(KeyboardInterrupt):
        letters.send(letter.pk)

    assert list(ProviderLetter.objects.to_settle()) == []
    ProviderLetter.objects.update(sending_since=timezone.now() - dt.timedelta(minutes=11))
    carrier.how = "receipt 2"
    send_due_letters.apply()
    after_sending(letter)

    assert list(ProviderLetter.objects.to_settle()) == [letter]
    assert (letter.is_unknown, letter.needs_a_person) == (True, True)
    assert len(carrier.received) == 1


def test_what_breaks_while_it_is_put_together_fails_visibly(carrier, monkeypatch, caplog):
    monkeypatch.setattr("documentation.cover.sheet", lambda *a: [][int("Okafor")])

    letter = after_sending(waiting())

    assert (letter.status, letter.problem) == (Status.FAILED, letters.NOT_MADE)
    assert carrier.received == []
    assert "ValueError while it was put together" in caplog.text
    assert "Okafor" not in caplog.text


def test_the_log_says_neither_address_nor_words(carrier, caplog):
    caplog.set_level(logging.DEBUG)
    carrier.how = ZeroDivisionError(f"{FAX} Okafor")

    after_sending(waiting())

    assert "ZeroDivisionError while it was sent" in caplog.text
    assert "5550177" not in caplog.text
    assert "Okafor" not in caplog.text


def test_the_sweep_sends_what_is_due_and_nothing_else(carrier, monkeypatch):
    monkeypatch.setattr(send_letter, "apply_async", lambda args, **_: send_letter.apply(args))
    due = waiting()
    later = waiting(note=None, channel="email", patient=due.patient)
    ProviderLetter.objects.filter(pk=later.pk).update(
        not_before=timezone.now() + dt.timedelta(hours=1)
    )

    for _ in range(2):
        send_due_letters.apply()

    rows = [ProviderLetter.objects.get(pk=row.pk).status for row in (due, later)]
    assert rows == [Status.SENT, Status.WAITING]
    assert len(carrier.received) == 1


def test_what_was_sent_is_in_the_audit_with_the_patient(carrier):
    letter = after_sending(waiting())

    event = AuditEvent.objects.get(action="letter.sent")
    assert (event.patient, event.target_id, event.actor) == (letter.patient, letter.pk, None)
