"""Draft the claim to the next payer from one that the payer before has decided.

Once per visit and payer, however often it is asked for; a payer that sends claims on itself leaves
nothing to draft.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from billing import claims, posting
from billing.coding import coverage_of
from billing.earlier_payers import DECIDED, standing
from billing.models import Adjudication, Claim
from documentation.models import Visit
from people import audit
from people.models import Coverage, User

MOST_PAYERS = 3  # SBR01: primary, secondary, tertiary


class NothingToDraft(Exception):
    """No claim to a next payer is to be made of this one; the message says why."""


@dataclass(frozen=True, slots=True)
class NextPayer:
    """Who pays after this claim's payer: its card, its claim once there is one, and what stands in
    the way of drafting one ("" when nothing does)."""

    card: Coverage | None
    claim: Claim | None
    obstacle: str


def next_payer(claim: Claim) -> NextPayer:
    """What comes after this claim, as things stand."""
    later = Claim.objects.filter(visit=claim.visit_id, sequence=claim.sequence + 1).first()
    card = None
    if claim.sequence < MOST_PAYERS:
        card = coverage_of(claim.visit, claim.sequence + 1)
    return NextPayer(card=card, claim=later, obstacle=_obstacle(claim, card))


def _obstacle(claim: Claim, card: Coverage | None) -> str:
    adjudication = claim.adjudications.order_by("-number").first()
    if claim.status not in DECIDED or adjudication is None:
        return "The payer's decision is not entered yet."
    if adjudication.forwarded:
        return "The payer sends the claim on itself."
    if card is None:
        return "No further card covers the day of the visit."
    if adjudication.outcome == Adjudication.Outcome.PROCESSED and adjudication.patient_share <= 0:
        return "Nothing is left to ask for."
    return ""


def draft_next(*, claim: Claim, by: User | None) -> Claim:
    """The next payer's claim of the visit; the one there is when there is one.

    Raises NothingToDraft.
    """
    with transaction.atomic():
        # One drafter at a time per visit; the unique constraint stands behind it.
        Visit.objects.select_for_update(no_key=True, of=("self",)).get(pk=claim.visit_id)
        claim = claims.locked(claim)
        following = next_payer(claim)
        if following.claim is not None:
            return following.claim
        if following.obstacle or following.card is None:
            raise NothingToDraft(following.obstacle)
        drafted = Claim.objects.create(
            visit=claim.visit,
            sequence=claim.sequence + 1,
            patient=claim.patient,
            clinic=claim.clinic,
            coverage=following.card,
            payer=following.card.payer,
            authorization=claims.authorization_for(claim.visit, following.card),
            control_number=claims.next_control_number(),
            note_version=claim.note_version,
        )
        decided = standing(claim)
        if decided is not None:
            posting.take_share_back(decided, by=by)
        audit.record(
            by=by,
            action="claim.drafted",
            patient=claim.patient,
            target=drafted,
            sequence=drafted.sequence,
        )
    return claims.scrub(claim=drafted)


def waiting() -> QuerySet[Claim]:
    """Paid claims that leave something for a next card, and have no claim to it yet."""
    latest = Adjudication.objects.filter(claim=OuterRef("pk")).order_by("-number")
    drafted = Claim.objects.filter(visit=OuterRef("visit"), sequence=OuterRef("sequence") + 1)
    cards = Coverage.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("visit__date_of_service")),
        Q(patient=OuterRef("patient")) | Q(patient=OuterRef("visit__patient")),
        priority=OuterRef("sequence") + 1,
        starts_on__lte=OuterRef("visit__date_of_service"),
    )
    return (
        Claim.objects.filter(Exists(cards), ~Exists(drafted), status=Claim.Status.PAID)
        .annotate(
            share=Subquery(latest.values("patient_share")[:1]),
            forwarded=Subquery(latest.values("forwarded")[:1]),
        )
        .filter(share__gt=0, forwarded=False)
        .order_by(F("pk"))
    )
