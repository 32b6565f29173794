"""Put released claims into files: one control number, one file, byte for byte kept.

A file is read back by our own reader before it is stored; it is written from the claims' frozen
versions alone, so the same batch always has the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.frozen import claim_from_json
from billing.models import Batch, Claim, ClaimVersion, EdiFile, PayerPolicy, TradingPartner
from billing.policies import NoPolicy, policy_on
from billing.x12 import codes
from billing.x12 import types as x12
from billing.x12.check_837p import check_837p
from billing.x12.problems import Problem
from billing.x12.write_837p import write_837p
from people import audit
from people.models import Payer, Practice, User

MOST_CLAIMS = 5000  # the guide's recommended limit of one transaction


class NothingToSend(Exception):
    """No released claim waits for this partner."""


class FileNotSound(Exception):
    """Our own reader found fault with the file; nothing was stored."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:5]))
        self.problems = problems


class NotBuilt(Exception):
    """The batch has been sent or withdrawn already."""


def partner_of(claim: Claim) -> TradingPartner | None:
    """Who gets this claim's file, by the payer's policy on the date of service."""
    policy = _policy_of(claim)
    return policy.partner if policy is not None else None


def _policy_of(claim: Claim) -> PayerPolicy | None:
    try:
        return policy_on(claim.payer, claim.visit.date_of_service) if claim.payer else None
    except NoPolicy:
        return None


def released() -> QuerySet[Claim]:
    """The claims that may go out now. One whose note is being amended waits for the note; a void
    says what the payer has."""
    claims = Claim.objects.filter(status=Claim.Status.RELEASED).exclude(
        ~Q(frequency=Claim.Frequency.VOIDED),
        visit__note__version__gt=1,
        visit__note__signed_at=None,
    )
    return claims.select_related("payer", "visit").order_by("pk")


def waiting_by_partner() -> dict[TradingPartner | None, list[Claim]]:
    """The released claims, by who would get them; None for those whose payer names nobody. What
    goes on paper is in no file (`billing.paper_batches`)."""
    waiting: dict[TradingPartner | None, list[Claim]] = {}
    ways: dict[tuple[int | None, object], tuple[bool, TradingPartner | None]] = {}
    for claim in released():
        key = (claim.payer_id, claim.visit.date_of_service)
        if key not in ways:
            policy = _policy_of(claim)
            ways[key] = (False, None) if policy is None else (policy.paper_only, policy.partner)
        on_paper, partner = ways[key]
        if not on_paper:
            waiting.setdefault(partner, []).append(claim)
    return waiting


@dataclass(frozen=True)
class Waiting:
    """Released claims that one file could hold; without a partner none can be built."""

    partner: TradingPartner | None
    payer: Payer | None  # where the partner takes one payer in each file
    claims: list[Claim]

    @property
    def total(self) -> Decimal:
        return sum((claim.total for claim in self.claims), Decimal(0))

    @property
    def payers(self) -> list[str]:
        return sorted({claim.payer.name for claim in self.claims if claim.payer})


def waiting() -> list[Waiting]:
    """What files could be built now: a receiver each, or a payer each where it wants that."""
    found = []
    for partner, claims in waiting_by_partner().items():
        if partner is None or not partner.one_payer_per_file:
            found.append(Waiting(partner, None, claims))
            continue
        by_payer: dict[Payer, list[Claim]] = {}
        for claim in claims:
            if claim.payer is not None:
                by_payer.setdefault(claim.payer, []).append(claim)
        found += [Waiting(partner, payer, theirs) for payer, theirs in by_payer.items()]
    return sorted(found, key=lambda row: (row.partner is None, str(row.partner), row.payers))


@transaction.atomic
def build(*, partner: TradingPartner, by: User | None, payer: Payer | None = None) -> Batch:
    """One file of the partner's released claims (5,000 at the most), of one payer alone where it
    is named or the partner takes no other.

    Raises NothingToSend, FileNotSound. Two builders at once: the second finds nothing left.
    """
    # One builder at a time per partner, or two files could want the same claims.
    partner = TradingPartner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    rows = [row for row in waiting() if row.partner == partner]
    if payer is not None:
        rows = [row for row in rows if any(claim.payer_id == payer.pk for claim in row.claims)]
    wanted = [
        claim.pk
        for claim in (rows[0].claims if rows else [])
        if payer is None or claim.payer_id == payer.pk
    ][:MOST_CLAIMS]
    claims = list(
        Claim.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=wanted, status=Claim.Status.RELEASED)
        .order_by("pk")
    )
    if not claims:
        raise NothingToSend
    practice = Practice.objects.get()
    number = _next_interchange()
    built_at = timezone.now().replace(microsecond=0)
    content = write_837p(
        x12.ProfessionalFile(
            envelope=x12.Envelope(
                sender_id=partner.sender_id,
                sender_qualifier=partner.sender_qualifier,
                receiver_id=partner.receiver_id,
                receiver_qualifier=partner.receiver_qualifier,
                interchange_control_number=number,
                group_control_number=number,
                batch_reference=f"B{number:09d}",
                created_at=built_at,
                usage=codes.Usage(partner.usage),
            ),
            submitter=x12.Submitter(
                name=x12.OrganizationName(name=practice.legal_name),
                id=partner.sender_id,
                contact=x12.Contact(name=practice.billing_contact, phone=practice.phone),
            ),
            receiver=x12.Receiver(name=partner.name, id=partner.receiver_id),
            claims=_frozen(claims),
            claims_per_transaction=partner.claims_per_transaction,
        )
    )
    problems = check_837p(content)
    if problems:
        raise FileNotSound(problems)
    batch = Batch.objects.create(
        partner=partner,
        interchange_control_number=number,
        file=EdiFile.objects.create(
            kind=EdiFile.Kind.CLAIMS,
            file_name=f"837P-{number:09d}.edi",
            file_bytes=content,
            sha256=hashlib.sha256(content).hexdigest(),
            made_at=built_at,
        ),
        total=sum((claim.total for claim in claims), Decimal(0)),
        built_at=built_at,
        built_by=by,
    )
    batch.claims.set(claims)
    Claim.move_all(claims, Claim.Status.BATCHED)
    audit.record(by=by, action="batch.built", target=batch, claims=len(claims))
    return batch


@transaction.atomic
def mark_sent(*, batch: Batch, by: User | None) -> Batch:
    """Record that the file has gone to the partner; `by` is None for the command. Raises NotBuilt
    the second time."""
    return close_as_sent(locked(batch), by=by)


def close_as_sent(batch: Batch, *, by: User | None) -> Batch:
    """The batch, locked by the caller, and its claims are SENT; `by` is None when the partner's
    own answer shows it."""
    batch.status, batch.sent_at, batch.sent_by = Batch.Status.SENT, timezone.now(), by
    batch.sending_since, batch.problem = None, ""
    batch.save(update_fields=["status", "sent_at", "sent_by", "sending_since", "problem"])
    held = batch.claims.select_for_update(no_key=True).order_by("pk")
    Claim.move_all(list(held), Claim.Status.SENT)
    audit.record(by=by, action="batch.sent", target=batch)
    return batch


@transaction.atomic
def withdraw(*, batch: Batch, by: User) -> Batch:
    """Take a file back that has not been sent: its claims wait for the next one, its control
    number is never used again. Raises NotBuilt."""
    batch = locked(batch)
    batch.status = Batch.Status.WITHDRAWN
    batch.save(update_fields=["status"])
    held = batch.claims.select_for_update(no_key=True).order_by("pk")
    Claim.move_all(list(held), Claim.Status.RELEASED)
    audit.record(by=by, action="batch.withdrawn", target=batch)
    return batch


def locked(batch: Batch) -> Batch:
    """The batch under lock, built and not sent. Raises NotBuilt."""
    batch = (
        Batch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("partner")
        .get(pk=batch.pk)
    )
    if batch.status != Batch.Status.BUILT:
        raise NotBuilt
    return batch


def _frozen(claims: list[Claim]) -> tuple[x12.Claim, ...]:
    """What each claim's latest version froze: one query, however many claims."""
    latest = ClaimVersion.objects.filter(claim__in=claims).order_by("claim_id", "-number")
    said = dict(latest.distinct("claim_id").values_list("claim_id", "content"))
    return tuple(claim_from_json(said[claim.pk]) for claim in claims)


def _next_interchange() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_interchange')")
        return int(cursor.fetchone()[0])
