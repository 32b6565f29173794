"""Changing how far ahead the practice hears of what falls due."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from documentation.models import LeadTimes
from people import audit
from people.changes import write_changes
from people.models import User


@transaction.atomic
def change(*, by: User, **values: Any) -> LeadTimes:
    """The practice's one row of them, made when somebody changes them first."""
    row, _ = LeadTimes.objects.select_for_update().get_or_create(pk=1)
    if changed := write_changes(row, values):
        audit.record(by=by, action="lead_times.changed", target=row, fields=changed)
    return row
