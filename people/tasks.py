"""What people do in the background: send the messages that wait, import files of patients."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from people import imports, outbox
from people.models import ImportFile, Message

BEFORE_THE_NEXT_SWEEP = 55  # seconds; a bell nobody answered by then is rung anew
PATIENCE = dt.timedelta(seconds=90)  # a chunk of an import takes a few seconds


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


@shared_task(ignore_result=True)
def import_patients(file_id: int) -> None:
    """Safe to run twice, and to be killed: each chunk is one transaction under the file's lock,
    and the rows say what is left."""
    while imports.import_chunk(file_id):
        pass


@shared_task(ignore_result=True)
def sweep_imports(most: int = 20) -> None:
    """Ring again for imports that stand still. Safe to run twice: so is what it rings for."""
    still = ImportFile.objects.filter(
        status=ImportFile.Status.IMPORTING, worked_at__lt=timezone.now() - PATIENCE
    ).order_by("worked_at")
    for file_id in still.values_list("pk", flat=True)[:most]:
        import_patients.apply_async((file_id,), expires=BEFORE_THE_NEXT_SWEEP)
