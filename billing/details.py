"""What a claim says beside the visit: days of work and admission, and what is attached to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from billing import claims
from billing.models import Claim, ClaimAttachment
from billing.x12.codes import AttachmentDelivery
from people import audit
from people.models import User

DATES = ("admitted_on", "last_worked_on", "return_to_work_on")


class HasLeft(Exception):
    """The claim is released: it is taken back before anything on it changes."""


@dataclass(frozen=True)
class Attached:
    report: str
    delivery: str
    control_number: str = ""


@transaction.atomic
def keep(
    *,
    claim: Claim,
    dates: Mapping[str, dt.date | None],
    attached: Sequence[Attached],
    by: User,
) -> Claim:
    """Write them down and check the claim anew; `attached` replaces all that was attached.

    What is sent without a number is given one. Raises HasLeft.
    """
    claim = claims.locked(claim)
    if claim.status not in claims.OPEN:
        raise HasLeft
    for name in DATES:
        setattr(claim, name, dates.get(name))
    claim.save(update_fields=list(DATES))
    claim.attachments.all().delete()
    taken = {each.control_number for each in attached}
    for each in attached:
        number = each.control_number
        if not number and each.delivery != AttachmentDelivery.ON_REQUEST:
            number = _free_number(claim, taken)
            taken.add(number)
        ClaimAttachment.objects.create(
            claim=claim, report=each.report, delivery=each.delivery, control_number=number
        )
    audit.record(
        by=by,
        action="claim.details_kept",
        patient=claim.patient,
        target=claim,
        attachments=len(attached),
    )
    return claims.scrub(claim=claim)


def _free_number(claim: Claim, taken: set[str]) -> str:
    """The claim's own number with A1, A2 …: the payer finds the papers by it."""
    number = 1
    while f"{claim.control_number}A{number}" in taken:
        number += 1
    return f"{claim.control_number}A{number}"
