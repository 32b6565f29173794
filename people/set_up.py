"""Set the practice up: the legal entity that bills, and the clinics it works in."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Clinic, Practice, User

THE_ONE = 1  # the database allows no second practice


@transaction.atomic
def set_up_practice(*, by: User, **values: Any) -> Practice:
    """Write the practice's details, the first time or again."""
    practice = Practice.objects.select_for_update().filter(pk=THE_ONE).first()
    if practice is None:
        practice = Practice(pk=THE_ONE)
        fill(practice, values)
        write_new(practice)
        audit.record(by=by, action="practice.set_up", target=practice)
        return practice
    changed = write_changes(practice, values)
    if changed:
        audit.record(by=by, action="practice.changed", target=practice, fields=changed)
    return practice


@transaction.atomic
def open_clinic(*, by: User, **values: Any) -> Clinic:
    clinic = Clinic()
    fill(clinic, values)
    write_new(clinic)
    audit.record(by=by, action="clinic.opened", target=clinic)
    return clinic


@transaction.atomic
def change_clinic(*, clinic: Clinic, by: User, **values: Any) -> Clinic:
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    changed = write_changes(clinic, values)
    if changed:
        audit.record(by=by, action="clinic.changed", target=clinic, fields=changed)
    return clinic
