"""A person decides about a message of which nobody knows whether it went out."""

import pytest
from django.utils import timezone

from people import outbox
from people.models import AuditEvent, Message
from tests.factories import UserFactory
from tests.people.outbox.messages import waiting

pytestmark = pytest.mark.django_db
Status = Message.Status


def unknown(**more):
    message = waiting(**more)
    outbox._take(message.pk)
    Message.objects.filter(pk=message.pk).update(problem=outbox.NO_ANSWER)
    message.refresh_from_db()
    return message


def test_a_person_may_say_that_it_went_out():
    desk, message = UserFactory(), unknown()

    outbox.mark_sent(message=message, by=desk)

    message.refresh_from_db()
    assert (message.status, message.problem, message.settled_by) == (Status.SENT, "", desk)
    assert message.sent_at == message.sending_since
    assert list(Message.objects.unknown()) == []
    with pytest.raises(outbox.NotUnsettled):
        outbox.mark_sent(message=message, by=desk)


def test_a_person_may_send_it_again_once_and_by_another_way(provider):
    desk, message = UserFactory(), unknown()

    again = outbox.send_again(message=message, by=desk, channel="email")
    with pytest.raises(outbox.NotUnsettled):
        outbox.send_again(message=message, by=desk)

    message.refresh_from_db()
    assert (message.status, message.settled_by) == (Status.FAILED, desk)
    assert (again.instead_of, again.channel, again.status, again.body) == (
        message,
        "email",
        Status.WAITING,
        message.body,
    )
    assert again.subject == f"A message from {message.patient.clinic}"
    assert AuditEvent.objects.filter(action="message.sent_again").count() == 1


def test_an_answer_that_comes_after_a_person_decided_changes_nothing():
    desk, message = UserFactory(), unknown()
    outbox.set_aside(message=message, by=desk)

    outbox._write(message, status=Status.SENT, sent_at=timezone.now())

    message.refresh_from_db()
    assert message.status == Status.FAILED
