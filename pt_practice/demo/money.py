"""The demo's claims, carried to every state a claim can be in."""

from __future__ import annotations

import random
from decimal import Decimal

from billing import batches, claims, ledger, replies
from billing.models import Batch, Claim, LedgerEntry, Reply, TradingPartner
from documentation.models import Note, Visit
from people.models import User
from pt_practice.demo import answers

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
    """What clearinghouse and payers have said so far to the claims that were sent."""
    fates = {
        claim: chance.choices(
            ["silent", "rejected", "accepted", "denied", "paid"], (15, 4, 30, 5, 46)
        )[0]
        for claim in Claim.objects.filter(status=Status.SENT).order_by("pk")
    }
    for batch in Batch.objects.select_related("partner").order_by("pk"):
        of_batch = set(batch.claims.values_list("pk", flat=True))
        told = {
            claim: fate
            for claim, fate in fates.items()
            if claim.pk in of_batch and fate != "silent"
        }
        for name, content in (
            ("999", answers.acknowledged(batch)),
            ("277CA", answers.answered(batch, told)),
        ):
            reply, _ = replies.take_in(
                content=content,
                name=f"{name}-{batch.interchange_control_number}.txt",
                came_by=Reply.Way.UPLOAD,
                by=biller,
            )
            replies.apply(reply=reply)
    for claim, fate in fates.items():
        claim.refresh_from_db(fields=["status"])
        if fate == "denied":
            claim.move_to(Status.DENIED)
        elif fate == "paid":
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
