"""What people do in the background: send the messages that wait."""

from __future__ import annotations

from celery import shared_task

from people import outbox
from people.models import Message

BEFORE_THE_NEXT_SWEEP = 55  # seconds; a bell nobody answered by then is rung anew


@shared_task(ignore_result=True)
def send_message(message_id: int) -> None:
    """Safe to run twice: only one run takes a message that waits, and a message leaves at most
    once. Not retried by Celery either: what can be tried again waits on its row for the sweep."""
    outbox.send(message_id)


@shared_task(ignore_result=True)
def send_due_messages(most: int = 500) -> None:
    """Ring for every message that is due. Safe to run twice: so is what it rings for."""
    due = Message.objects.due().order_by("not_before", "pk")
    for message_id in due.values_list("pk", flat=True)[:most]:
        send_message.apply_async((message_id,), expires=BEFORE_THE_NEXT_SWEEP)
