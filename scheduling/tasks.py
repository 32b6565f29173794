"""What scheduling does in the background: tell patients of their appointments."""

from __future__ import annotations

from celery import shared_task

from scheduling import reminders


@shared_task(ignore_result=True)
def send_due_reminders() -> None:
    """Safe to run twice, and at once: each message has a key of its own, and is queued once."""
    reminders.queue_due()
