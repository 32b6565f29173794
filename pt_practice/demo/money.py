"""The demo's claims, carried to every state a claim can be in."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from decimal import Decimal

from django.utils import timezone

from billing import adjudications, batches, claims, paper_batches, replies, secondary
from billing.models import Batch, Claim, ClaimLine, Reply, TradingPartner
from billing.rules.balance import NOTHING, Adjusted, Decided, DecidedLine, paid_for_claim
from documentation.models import Note, Visit
from people.models import User, practice_zone
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
    _mailed(biller)
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
        if fate in ("denied", "paid"):
            _decided(claim, biller, fate)


def _decided(claim: Claim, biller: User, fate: str) -> None:
    """An EOB of the claim: 62 % allowed, a fifth of it the patient's; or nothing of it."""
    if fate == "denied":
        decided = Decided(
            charge=claim.total,
            paid=NOTHING,
            adjustments=(Adjusted("CO", "50", claim.total),),
        )
    else:
        lines = tuple(_line(line) for line in claim.lines.order_by("number"))
        decided = Decided(claim.total, paid_for_claim(lines, ()), lines)
    eob_on = claim.visit.date_of_service + dt.timedelta(days=18)
    adjudications.record(
        claim=claim,
        decided=decided,
        heading=adjudications.Heading(
            decided_on=min(eob_on, timezone.localdate()),
            source="paper" if claim.pk % 3 else "portal",
            outcome=fate if fate == "denied" else "processed",
            payer_control_number=claim.payer_control_number or f"EOB{claim.pk:07d}",
        ),
        by=biller,
    )
    with contextlib.suppress(secondary.NothingToDraft):
        secondary.draft_next(claim=claim, by=biller)


def _line(line: ClaimLine) -> DecidedLine:
    allowed = (line.charge * Decimal("0.62")).quantize(Decimal("0.01"))
    share = (allowed / 5).quantize(Decimal("0.01"))
    return DecidedLine(
        number=line.number,
        code=line.code_id,
        charge=line.charge,
        paid=allowed - share,
        units=line.units,
        modifiers=tuple(line.modifiers),
        adjustments=(
            Adjusted("CO", "45", line.charge - allowed),
            Adjusted("PR", "2", share),
        ),
    )


def _mailed(biller: User) -> None:
    """The forms of payers that take paper, printed and in the mail."""
    for row in paper_batches.waiting():
        pile = paper_batches.ask_for_mail(payer=row.payer, by=biller)
        paper_batches.make(pile)
        pile.refresh_from_db()
        paper_batches.note_printed(pile)
        paper_batches.mark_mailed(
            batch=pile, on=timezone.localdate(timezone=practice_zone()), by=biller
        )
