"""Set up how letters to providers leave, and whether progress reports go by themselves."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation.models import LetterSettings
from documentation.models.letter import THE_ONE
from people import audit
from people.changes import write_changes
from people.models import User


@transaction.atomic
def set_up_letters(*, by: User, sends_reports: bool | None = None, **values: Any) -> LetterSettings:
    """Write what is chosen. `sends_reports` begins with reports signed from now on; those that
    were signed before stay where they are."""
    LetterSettings.objects.get_or_create(pk=THE_ONE)
    row = LetterSettings.objects.select_for_update().get(pk=THE_ONE)
    if sends_reports is not None and sends_reports != (row.reports_since is not None):
        values["reports_since"] = timezone.now() if sends_reports else None
    changed = write_changes(row, values)
    if changed:
        audit.record(by=by, action="letters.set_up", target=row, fields=changed)
    return row
