"""Claims to a later payer, wrong in one way at a time."""

from dataclasses import replace
from decimal import Decimal

from billing.rules.balance import Adjusted, Decided, DecidedLine
from billing.rules.facts import EarlierPayerFacts
from tests.billing.rules.claims import GOOD, but, line

HELD = "error"
SHOWN = "warning"


def decided_line(number, code, charge, paid, written_off, share):
    return DecidedLine(
        number=number,
        code=code,
        charge=Decimal(charge),
        paid=Decimal(paid),
        units=1,
        adjustments=(
            Adjusted("CO", "45", Decimal(written_off)),
            Adjusted("PR", "2", Decimal(share)),
        ),
    )


DECIDED = Decided(
    charge=Decimal("270.00"),
    paid=Decimal("160.00"),
    lines=(
        decided_line(1, "97112", "200.00", "120.00", "50.00", "30.00"),
        decided_line(2, "97110", "70.00", "40.00", "20.00", "10.00"),
    ),
)
AETNA = EarlierPayerFacts(payer="Aetna", decided=DECIDED)

# Medicare is asked for what an employer's plan has left.
SECOND = but(sequence=2, earlier=(AETNA,), coverage__medicare_secondary="12")
NO_SHARE = replace(
    DECIDED,
    lines=(
        replace(DECIDED.lines[0], adjustments=(Adjusted("CO", "45", Decimal("80.00")),)),
        replace(DECIDED.lines[1], adjustments=(Adjusted("CO", "45", Decimal("30.00")),)),
    ),
)

MUTATIONS = [
    (but(SECOND, earlier=()), "earlier_payer_undecided", HELD, "claim.earlier"),
    (
        but(SECOND, earlier=(replace(AETNA, decided=None),)),
        "earlier_payer_undecided",
        HELD,
        "claim.earlier",
    ),
    (
        but(SECOND, lines=line(1, charge=Decimal("210.00")), total_charge=Decimal("280.00")),
        "earlier_payer_balance",
        HELD,
        "claim.earlier",
    ),
    (
        but(SECOND, earlier=(replace(AETNA, decided=replace(DECIDED, paid=Decimal("161.00"))),)),
        "earlier_payer_balance",
        HELD,
        "claim.earlier",
    ),
    (
        but(SECOND, earlier=(replace(AETNA, forwarded=True),)),
        "earlier_payer_forwards",
        HELD,
        "claim.earlier",
    ),
    (
        but(SECOND, earlier=(replace(AETNA, decided=NO_SHARE),)),
        "nothing_left",
        SHOWN,
        "claim.earlier",
    ),
    (
        but(SECOND, coverage__medicare_secondary=""),
        "medicare_secondary_reason",
        HELD,
        "coverage.medicare_secondary",
    ),
]

__all__ = ["AETNA", "DECIDED", "GOOD", "MUTATIONS", "SECOND"]
