"""Set up what patients are written: the words of each occasion, and when a clinic writes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Clinic, User
from scheduling.models import MessageTemplate, ReminderRules


@transaction.atomic
def add_template(*, by: User, **values: Any) -> MessageTemplate:
    row = MessageTemplate()
    fill(row, values)
    write_new(row)
    audit.record(by=by, action="message_template.added", target=row)
    return row


@transaction.atomic
def change_template(*, row: MessageTemplate, by: User, **values: Any) -> MessageTemplate:
    """Messages that wait keep the words they were written in."""
    row = MessageTemplate.objects.select_for_update(no_key=True).get(pk=row.pk)
    if changed := write_changes(row, values):
        audit.record(by=by, action="message_template.changed", target=row, fields=changed)
    return row


@transaction.atomic
def set_rules(*, clinic: Clinic, by: User, **values: Any) -> ReminderRules:
    # The clinic's row: two first times at once would write two.
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    row = ReminderRules.objects.filter(clinic=clinic).first()
    if row is None:
        row = ReminderRules(clinic=clinic)
        changed = fill(row, values)
        write_new(row)
    else:
        changed = write_changes(row, values)
    if changed:
        audit.record(by=by, action="reminder_rules.changed", target=clinic, fields=changed)
    return row
