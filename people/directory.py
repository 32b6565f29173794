"""Keep the practice's address book: payers and referring providers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Payer, ReferringProvider, User


@transaction.atomic
def add_payer(*, by: User, **values: Any) -> Payer:
    payer = Payer()
    fill(payer, values)
    write_new(payer)
    audit.record(by=by, action="payer.added", target=payer)
    return payer


@transaction.atomic
def change_payer(*, payer: Payer, by: User, **values: Any) -> Payer:
    payer = Payer.objects.select_for_update().get(pk=payer.pk)
    changed = write_changes(payer, values)
    if changed:
        audit.record(by=by, action="payer.changed", target=payer, fields=changed)
    return payer


@transaction.atomic
def add_referrer(*, by: User, **values: Any) -> ReferringProvider:
    referrer = ReferringProvider()
    fill(referrer, values)
    write_new(referrer)
    audit.record(by=by, action="referrer.added", target=referrer)
    return referrer


@transaction.atomic
def change_referrer(*, referrer: ReferringProvider, by: User, **values: Any) -> ReferringProvider:
    referrer = ReferringProvider.objects.select_for_update().get(pk=referrer.pk)
    changed = write_changes(referrer, values)
    if changed:
        audit.record(by=by, action="referrer.changed", target=referrer, fields=changed)
    return referrer
