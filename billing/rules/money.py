"""What a unit, a line and a visit are worth. The only place in billing that rounds.

docs/rules/money.md works each amount by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing.rules.types import CodeFacts, Line, Rates, Rvu, Shares

CENT = Decimal("0.01")


def round_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def unit_price(rvu: Rvu, rates: Rates, *, reduced: bool = False) -> Decimal:
    """(work × GPCI + practice expense × GPCI + malpractice × GPCI) × conversion factor.

    Only practice expense is ever reduced (CMS Pub. 100-04, ch. 5, § 10.7).
    """
    pe = rvu.pe * rates.gpci.pe
    if reduced:
        pe *= 1 - rates.pe_reduction
    relative = rvu.work * rates.gpci.work + pe + rvu.mp * rates.gpci.mp
    return round_cents(relative * rates.conversion_factor)


def full_prices(rates: Rates | None) -> dict[str, Decimal]:
    """What one unit of each code is worth before any reduction."""
    if rates is None:
        return {}
    return {code: unit_price(rvu, rates) for code, rvu in rates.rvu.items()}


@dataclass(frozen=True)
class PricedLine:
    """`allowed` is None, and no unit has a price, where no rate is known: nothing is guessed."""

    line: Line
    unit_prices: tuple[Decimal, ...]
    allowed: Decimal | None


def full_price_code(
    lines: Iterable[Line], facts: Mapping[str, CodeFacts], rates: Rates
) -> str | None:
    """The code whose first unit keeps its whole practice expense: the one with most of it.

    Equal practice expense: the higher total; equal again: the first line.
    """
    ranked = [
        line.code
        for line in lines
        if facts[line.code].mppr and line.units and line.code in rates.rvu
    ]
    return max(ranked, key=lambda code: _rank(rates.rvu[code]), default=None)


def _rank(rvu: Rvu) -> tuple[Decimal, Decimal]:
    return rvu.pe, rvu.total


def price_lines(
    lines: Sequence[Line],
    facts: Mapping[str, CodeFacts],
    rates: Rates | None,
    *,
    mppr: bool,
) -> tuple[PricedLine, ...]:
    """Each unit of each line, after the multiple-procedure reduction where the payer applies it.

    One unit of the day is paid whole; every other one, of the same code too, loses part of its
    practice expense. Codes outside MULT PROC 5 neither lose nor take part in the ranking.
    """
    if rates is None:
        return tuple(PricedLine(line, (), None) for line in lines)
    whole = full_price_code(lines, facts, rates) if mppr else None
    priced: list[PricedLine] = []
    for line in lines:
        rvu = rates.rvu.get(line.code)
        if rvu is None:
            priced.append(PricedLine(line, (), None))
            continue
        reduced = mppr and facts[line.code].mppr
        prices = [unit_price(rvu, rates, reduced=reduced)] * line.units
        if line.code == whole:
            prices[0] = unit_price(rvu, rates)
            whole = None  # its second line, if an assistant split it, is reduced throughout
        priced.append(PricedLine(line, tuple(prices), sum(prices, Decimal(0))))
    return tuple(priced)


def total_allowed(lines: Sequence[PricedLine]) -> Decimal | None:
    """The visit's sum, or None as long as one line has no price."""
    if not lines or any(line.allowed is None for line in lines):
        return None
    return sum((line.allowed for line in lines if line.allowed is not None), Decimal(0))


@dataclass(frozen=True)
class Settlement:
    """How an allowed amount falls on patient and payer."""

    allowed: Decimal
    deductible: Decimal
    coinsurance: Decimal
    before_assistant: Decimal
    before_sequestration: Decimal
    paid: Decimal

    @property
    def patient_owes(self) -> Decimal:
        return self.deductible + self.coinsurance


def settle(
    allowed: Decimal,
    *,
    deductible_remaining: Decimal,
    coinsurance_share: Decimal,
    assistant_share: Decimal,
    sequestration: Decimal,
) -> Settlement:
    """Deductible, coinsurance, the assistant's share, sequestration: in that order.

    The assistant's 85 % (`assistant_share`; 1 without CQ or CO) is taken from what Medicare would
    pay, not from the allowed amount, so the patient's coinsurance stays whole: that is where the
    "88 %" of many articles comes from.
    """
    deductible = min(allowed, deductible_remaining)
    coinsurance = round_cents((allowed - deductible) * coinsurance_share)
    before_assistant = allowed - deductible - coinsurance
    before_sequestration = round_cents(before_assistant * assistant_share)
    return Settlement(
        allowed=allowed,
        deductible=deductible,
        coinsurance=coinsurance,
        before_assistant=before_assistant,
        before_sequestration=before_sequestration,
        paid=round_cents(before_sequestration * (1 - sequestration)),
    )


def settle_lines(
    priced: Sequence[PricedLine], shares: Shares, *, deductible_remaining: Decimal
) -> tuple[Settlement, ...] | None:
    """Each line settled by itself, as contractors do: the first ones use up the deductible.

    None as long as one line has no price.
    """
    settled: list[Settlement] = []
    left = deductible_remaining
    for price in priced:
        if price.allowed is None:
            return None
        settlement = settle(
            price.allowed,
            deductible_remaining=left,
            coinsurance_share=shares.coinsurance,
            assistant_share=shares.assistant if price.line.assistant else Decimal(1),
            sequestration=shares.sequestration,
        )
        left -= settlement.deductible
        settled.append(settlement)
    return tuple(settled)
