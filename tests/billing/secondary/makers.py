"""Payers in turn: a claim that was sent, and what each of them decided about it."""

import datetime as dt
from decimal import Decimal

from billing import adjudications, batches, claims
from billing.adjudications import Heading
from billing.models import Adjudication, Claim, LedgerEntry
from billing.rules.balance import Adjusted, Decided, DecidedLine
from tests.billing.makers import make_payer, make_signed_visit

ON = dt.date(2026, 3, 20)
HEADING = Heading(decided_on=ON, source="paper", payer_control_number="EMB7731002")


def commercial(partner, **policy):
    return make_payer(
        **{
            "name": "Cascade Mutual",
            "kind": "commercial",
            "filing": "CI",
            "partner": partner,
            "certification_needed": False,
            "referral_needed": False,
            "assistant_modifier": False,
        }
        | policy
    )


def sent(payer, biller) -> Claim:
    """A claim of two lines, 190.00 and 85.00, that is on its way to the payer."""
    claim = claims.draft_claim(make_signed_visit(("97112", 24), ("97110", 23), payer=payer))
    claims.release(claim=claim, by=biller)
    policy_partner = batches.partner_of(claim)
    batches.mark_sent(batch=batches.build(partner=policy_partner, by=biller), by=biller)
    claim.refresh_from_db()
    return claim


def line(number, code, charge, paid, off, share, units=1, reason="2"):
    return DecidedLine(
        number=number,
        code=code,
        charge=Decimal(charge),
        paid=Decimal(paid),
        units=units,
        modifiers=("GP",),
        adjustments=tuple(
            each
            for each in (
                Adjusted("CO", "45", Decimal(off)),
                Adjusted("PR", reason, Decimal(share)),
            )
            if each.amount
        ),
    )


DECIDED = Decided(
    charge=Decimal("275.00"),
    paid=Decimal("120.00"),
    lines=(
        line(1, "97112", "190.00", "80.00", "90.00", "20.00", units=2),
        line(2, "97110", "85.00", "40.00", "35.00", "10.00"),
    ),
)
# The second payer pays 25.00 of the 30.00 that the first has left.
SECOND_DECIDED = Decided(
    charge=Decimal("275.00"),
    paid=Decimal("25.00"),
    adjustments=(
        Adjusted("OA", "23", Decimal("245.00")),
        Adjusted("PR", "3", Decimal("5.00")),
    ),
)


def decide(claim, biller, decided=DECIDED, heading=HEADING) -> Adjudication:
    row = adjudications.record(claim=claim, decided=decided, heading=heading, by=biller)
    claim.refresh_from_db()
    return row


def owed(claim, party):
    entries = LedgerEntry.objects.filter(claim=claim, party=party)
    return sum((entry.amount for entry in entries), Decimal("0.00"))


def sent_on(claim, biller):
    claims.release(claim=claim, by=biller)
    batch = batches.build(partner=batches.partner_of(claim), by=biller)
    batches.mark_sent(batch=batch, by=biller)
    claim.refresh_from_db()
    return claim
