"""Eight workers with one message: it leaves the house once."""

import threading

import pytest
from django.utils import timezone

from people import outbox
from people.models import Message
from tests.at_once import PATIENCE, all_at_once
from tests.people.outbox.messages import waiting

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_with_one_message_one_sends_it(provider):
    message = waiting()

    at_once(message)

    assert len(provider.received) == 1
    assert Message.objects.get().status == Status.SENT


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_eight_workers_send_it_again_and_again(provider, monkeypatch):
    def look_without_lock(message_id):
        message = Message.objects.due().filter(pk=message_id).first()
        everybody_looked.wait()
        Message.objects.filter(pk=message_id).update(
            status=Status.SENDING, sending_since=timezone.now()
        )
        return message

    everybody_looked = threading.Barrier(8, timeout=PATIENCE)
    monkeypatch.setattr(outbox, "_take", look_without_lock)
    message = waiting()

    at_once(message)

    assert len(provider.received) == 8


def at_once(message):
    all_at_once([lambda: outbox.send(message.pk)] * 8)
