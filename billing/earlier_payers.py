"""What the payers before this claim's decided: as values for the checks, and as the file says it.

The amounts are replayed as they were stored; nothing is worked out anew but the sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from billing import claim_parties as parties
from billing.models import Adjudication, Adjustment, Claim
from billing.rules.balance import NOTHING, Adjusted, Decided, DecidedLine
from billing.rules.facts import EarlierPayerFacts
from billing.x12 import codes
from billing.x12 import types as x12
from people.models import Coverage

DECIDED = (Claim.Status.PAID, Claim.Status.DENIED)


def earlier_claims(claim: Claim) -> list[Claim]:
    """The visit's claims to the payers before this one, the first first."""
    if claim.sequence == 1:
        return []
    return list(
        Claim.objects.filter(visit=claim.visit_id, sequence__lt=claim.sequence)
        .exclude(status=Claim.Status.VOID)
        .select_related("payer", "coverage__payer", "patient")
        .order_by("sequence")
    )


def standing(claim: Claim) -> Adjudication | None:
    """The decision about the claim that holds: the last one."""
    return (
        Adjudication.objects.filter(claim=claim)
        .prefetch_related("lines__adjustments", "adjustments")
        .order_by("-number")
        .first()
    )


def decided_of(adjudication: Adjudication) -> Decided:
    """The rows of a decision as values."""
    return Decided(
        charge=adjudication.charge,
        paid=adjudication.paid,
        lines=tuple(
            DecidedLine(
                number=line.number,
                code=line.code,
                charge=line.charge,
                paid=line.paid,
                units=line.units,
                modifiers=tuple(line.modifiers),
                adjustments=_adjusted(line.adjustments.all()),
            )
            for line in adjudication.lines.all()
        ),
        adjustments=_adjusted(
            each for each in adjudication.adjustments.all() if each.line_id is None
        ),
    )


def _adjusted(rows: Iterable[Adjustment]) -> tuple[Adjusted, ...]:
    return tuple(Adjusted(row.group, row.reason, row.amount, row.quantity) for row in rows)


def facts_of_earlier(claim: Claim) -> tuple[EarlierPayerFacts, ...]:
    """Each payer before this claim's, with what it decided, if it has."""
    facts = []
    for earlier in earlier_claims(claim):
        adjudication = standing(earlier) if earlier.status in DECIDED else None
        facts.append(
            EarlierPayerFacts(
                payer=earlier.payer.name if earlier.payer else "The payer before",
                decided=decided_of(adjudication) if adjudication else None,
                forwarded=adjudication is not None and adjudication.forwarded,
            )
        )
    return tuple(facts)


# --- As the pages show it -------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A payer's decision for a page: its row, its lines, what it adjusted of the whole."""

    claim: Claim
    row: Adjudication | None
    decided: Decided | None

    @property
    def lines(self) -> tuple[DecidedLine, ...]:
        return self.decided.lines if self.decided else ()

    @property
    def whole(self) -> tuple[Adjusted, ...]:
        return self.decided.adjustments if self.decided else ()

    @property
    def adjusted(self) -> Decimal:
        return self.decided.adjusted if self.decided else NOTHING


def shown_decisions(claim: Claim) -> tuple[Shown | None, list[Shown]]:
    """What this claim's payer decided, if it has, and each payer before it."""
    own = _shown(claim)
    return (own if own.row else None), [_shown(each) for each in earlier_claims(claim)]


def _shown(claim: Claim) -> Shown:
    row = standing(claim)
    return Shown(claim, row, decided_of(row) if row else None)


def with_patient_share(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Each claim with `patient_share`, what its payer left to the patient; None until decided."""
    latest = Adjudication.objects.filter(claim=OuterRef("pk")).order_by("-number")
    return claims.annotate(patient_share=Subquery(latest.values("patient_share")[:1]))


# --- As the file says it --------------------------------------------------------------------------


def replay(
    claim: Claim,
) -> tuple[tuple[x12.OtherPayer, ...], dict[int, list[x12.LineAdjudication]]]:
    """Loops 2320 to 2330B, and for each line's number its loops 2430. Raises Incomplete."""
    others = []
    by_line: dict[int, list[x12.LineAdjudication]] = {}
    for earlier in earlier_claims(claim):
        adjudication = standing(earlier)
        if earlier.coverage is None or adjudication is None:
            raise parties.Incomplete("What the payer before decided is not entered yet.")
        decided = decided_of(adjudication)
        payer = x12.Payer(name=earlier.coverage.payer.name, id=earlier.coverage.payer.edi_payer_id)
        others.append(other_payer(earlier, earlier.coverage, payer, adjudication, decided))
        for line in decided.lines:
            decision = line_adjudication(line, payer, adjudication)
            by_line.setdefault(line.number, []).append(decision)
    return tuple(others), by_line


def other_payer(
    earlier: Claim,
    coverage: Coverage,
    payer: x12.Payer,
    adjudication: Adjudication,
    decided: Decided,
) -> x12.OtherPayer:
    return x12.OtherPayer(
        payer=payer,
        subscriber=parties.subscriber_name(coverage, earlier.patient),
        subscriber_address=parties.subscriber_address(coverage, earlier.patient),
        member_id=coverage.member_id,
        responsibility=parties.RESPONSIBILITY[Coverage.Priority(earlier.sequence)],
        relationship=codes.Relationship(coverage.relation),
        filing=codes.ClaimFiling(coverage.payer.claim_filing_code),
        benefits_assignment=parties.benefits_assignment(coverage),
        release=parties.release_of(coverage),
        group_number=coverage.group_number,
        group_name=coverage.group_name,
        medicare_secondary=parties.medicare_secondary(coverage),
        adjustments=as_sent(decided.adjustments),
        paid=decided.paid,
        remaining_liability=decided.share if decided.share >= 0 else None,
        adjudicated_on=None if decided.lines else adjudication.decided_on,
        claim_number=adjudication.payer_control_number,
        remark_codes=tuple(adjudication.remark_codes),
    )


def line_adjudication(
    line: DecidedLine, payer: x12.Payer, adjudication: Adjudication
) -> x12.LineAdjudication:
    return x12.LineAdjudication(
        payer_id=payer.id,
        paid=line.paid,
        code=line.code,
        modifiers=line.modifiers,
        units=line.units,
        adjudicated_on=adjudication.decided_on,
        adjustments=as_sent(line.adjustments),
    )


def as_sent(adjustments: Iterable[Adjusted]) -> tuple[x12.Adjustment, ...]:
    return tuple(
        x12.Adjustment(
            group=codes.AdjustmentGroup(each.group),
            reason=each.reason,
            amount=each.amount,
            quantity=each.quantity,
        )
        for each in adjustments
    )
