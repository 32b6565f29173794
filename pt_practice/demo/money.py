"""The demo's claims, carried to every state a claim can be in."""

from __future__ import annotations

import random
from decimal import Decimal

from billing import batches, claims, ledger
from billing.models import Claim, LedgerEntry, TradingPartner
from documentation.models import Note, Visit
from people.models import User

Status = Claim.Status


def build_claims(biller: User, chance: random.Random) -> None:
    final = Note.objects.exclude(signed_at=None).exclude(cosign_needed=True, cosigned_at=None)
    for visit in Visit.objects.filter(note__in=final).order_by("date_of_service", "pk"):
        claims.draft_claim(visit)
    ready = list(Claim.objects.filter(status=Status.READY).order_by("visit__date_of_service", "pk"))
    older = ready[: len(ready) * 2 // 3]
    for claim in older:
        claims.release(claim=claim, by=biller)
    for partner in TradingPartner.objects.order_by("pk"):
        if batches.waiting_by_partner().get(partner):
            batches.mark_sent(batch=batches.build(partner=partner, by=biller), by=biller)
    _answered(biller, chance)
    newer = ready[len(older) :]
    for claim in newer[:12]:
        claims.release(claim=claim, by=biller)
    for partner in TradingPartner.objects.order_by("pk")[:1]:
        if batches.waiting_by_partner().get(partner):
            batches.build(partner=partner, by=biller)
    if len(newer) > 12:
        claims.void(claim=newer[12], by=biller, reason="Patient paid at the desk")
    for claim in newer[13:15]:
        Claim.objects.filter(pk=claim.pk).update(status=Status.DRAFT, scrubbed_at=None)


def _answered(biller: User, chance: random.Random) -> None:
    """What payers have said so far to the claims that were sent."""
    for claim in Claim.objects.filter(status=Status.SENT).order_by("pk"):
        fate = chance.choices(
            ["silent", "rejected", "accepted", "denied", "paid"], (15, 4, 30, 5, 46)
        )
        answer = fate[0]
        if answer == "rejected":
            claim.move_to(Status.REJECTED)
        elif answer != "silent":
            claim.move_to(Status.ACCEPTED)
        if answer == "denied":
            claim.move_to(Status.DENIED)
        if answer == "paid":
            _paid(claim, biller)


def _paid(claim: Claim, biller: User) -> None:
    allowed = (claim.total * Decimal("0.62")).quantize(Decimal("0.01"))
    for kind, amount in (
        (LedgerEntry.Kind.PAYMENT, -allowed),
        (LedgerEntry.Kind.ADJUSTMENT, allowed - claim.total),
    ):
        ledger.post(
            claim=claim,
            party=LedgerEntry.Party.PAYER,
            kind=kind,
            amount=amount,
            source_key=f"demo:{claim.control_number}:{kind}",
            by=biller,
        )
    claim.move_to(Status.PAID)
