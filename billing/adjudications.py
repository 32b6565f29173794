"""Keep what a payer decided about a claim, and move the claim and the ledger as it says.

A decision is typed in or posted from a remittance by the same verb. It is only ever added: one
entered wrongly is followed by a further one, which reverses what the first one posted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from billing import claims, posting
from billing.models import AdjudicatedLine, Adjudication, Adjustment, Claim, Finding
from billing.policies import NoPolicy, policy_on
from billing.rules.balance import Adjusted, Decided, Imbalance, imbalances
from people import audit
from people.models import User

Status = Claim.Status
MAY_BE_DECIDED = (Status.SENT, Status.ACCEPTED, Status.PAID, Status.DENIED)
ANEW = "earlier_payer_decided_anew"  # found on a later payer's claim that has left


class NotWithPayer(Exception):
    """No payer has this claim: there is nothing to decide."""


class OutOfBalance(Exception):
    """What was paid and adjusted does not come to what was charged."""

    def __init__(self, found: list[Imbalance]) -> None:
        super().__init__("; ".join(each.message for each in found))
        self.found = found


class OtherLines(Exception):
    """The decision is about other lines or charges than the claim's."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a decision says beside its amounts. `forwarded` None: as the payer's policy says."""

    decided_on: dt.date
    source: str
    outcome: str = Adjudication.Outcome.PROCESSED
    payer_control_number: str = ""
    remark_codes: tuple[str, ...] = ()
    forwarded: bool | None = None
    source_key: str | None = None


@transaction.atomic
def record(*, claim: Claim, decided: Decided, heading: Heading, by: User | None) -> Adjudication:
    """Keep the decision; the claim is PAID or DENIED from now on, and a later payer's claim is
    looked at again. A `source_key` that is known returns the decision that is there.

    Raises NotWithPayer, OtherLines, OutOfBalance.
    """
    claim = claims.locked(claim)
    if heading.source_key is not None:
        known = Adjudication.objects.filter(source_key=heading.source_key).first()
        if known is not None:
            return known
    if not may_be_decided(claim):
        raise NotWithPayer
    _refuse_other_lines(claim, decided)
    if found := imbalances(decided):
        raise OutOfBalance(found)
    before = claim.adjudications.order_by("-number").first()
    row = _write(claim, decided, heading, number=before.number + 1 if before else 1, by=by)
    denied = heading.outcome == Adjudication.Outcome.DENIED
    there = Status.DENIED if denied else Status.PAID
    if claim.status != there:
        claim.move_to(there)
    if heading.payer_control_number:
        claim.payer_control_number = heading.payer_control_number
        claim.save(update_fields=["payer_control_number"])
    if before is not None:
        posting.reverse(before, by=by)
    posting.post(row, decided, by=by)
    _tell_later_payers(claim)
    audit.record(
        by=by,
        action="claim.adjudicated",
        patient=claim.patient,
        target=claim,
        number=row.number,
        outcome=row.outcome,
    )
    return row


def may_be_decided(claim: Claim) -> bool:
    return claim.status in MAY_BE_DECIDED and claim.frequency != Claim.Frequency.VOIDED


def forwards_by_policy(claim: Claim) -> bool:
    """Whether the claim's payer sends claims on by itself."""
    if claim.payer is None:
        return False
    try:
        return policy_on(claim.payer, claim.visit.date_of_service).forwards_claims
    except NoPolicy:
        return False


def _refuse_other_lines(claim: Claim, decided: Decided) -> None:
    ours = [(line.number, line.charge) for line in claim.lines.order_by("number")]
    theirs = [(line.number, line.charge) for line in decided.lines]
    if decided.charge != claim.total or (theirs and theirs != ours):
        raise OtherLines


def _write(
    claim: Claim, decided: Decided, heading: Heading, *, number: int, by: User | None
) -> Adjudication:
    forwarded = heading.forwarded
    row = Adjudication.objects.create(
        claim=claim,
        number=number,
        source=heading.source,
        outcome=heading.outcome,
        decided_on=heading.decided_on,
        payer_control_number=heading.payer_control_number,
        charge=decided.charge,
        paid=decided.paid,
        patient_share=decided.share,
        remark_codes=list(heading.remark_codes),
        forwarded=forwards_by_policy(claim) if forwarded is None else forwarded,
        source_key=heading.source_key,
        entered_by=by,
    )
    numbers = dict(claim.lines.values_list("number", "control_number"))
    lines = AdjudicatedLine.objects.bulk_create(
        AdjudicatedLine(
            adjudication=row,
            number=line.number,
            line_control_number=numbers[line.number],
            code=line.code,
            modifiers=list(line.modifiers),
            charge=line.charge,
            paid=line.paid,
            units=line.units,
        )
        for line in decided.lines
    )
    adjustments = list(_adjustments(row, None, decided.adjustments))
    for kept, line in zip(lines, decided.lines, strict=True):
        adjustments += _adjustments(row, kept, line.adjustments)
    Adjustment.objects.bulk_create(adjustments)
    return row


def _adjustments(
    row: Adjudication, line: AdjudicatedLine | None, adjusted: Iterable[Adjusted]
) -> Iterable[Adjustment]:
    for position, each in enumerate(adjusted, start=1):
        yield Adjustment(
            adjudication=row,
            line=line,
            position=position,
            group=each.group,
            reason=each.reason,
            amount=each.amount,
            quantity=each.quantity,
        )


def _tell_later_payers(claim: Claim) -> None:
    """A claim that replays an earlier decision is worked out anew; one that has left is marked."""
    later = Claim.objects.filter(visit=claim.visit_id, sequence__gt=claim.sequence)
    for other in later.exclude(status=Status.VOID).order_by("pk"):
        if other.status in claims.OPEN:
            claims.scrub(claim=other)
        elif other.status in (Status.RELEASED, Status.REJECTED):
            claims.take_back(claim=other, by=None)
        elif not other.findings.filter(check_id=ANEW).exists():
            Finding.objects.create(
                claim=other,
                check_id=ANEW,
                severity=Finding.Severity.WARNING,
                message="The payer before decided anew after this claim had left. Compare the "
                "amounts, and correct the claim where they differ.",
                field="claim.earlier",
                source="ASC X12N 005010X222A1, loop 2430",
            )
