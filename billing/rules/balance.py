"""Does what a payer decided account for what was charged? Line by line and as a whole.

The charge is what was paid plus every adjustment (ASC X12N 005010X221, 1.10.2.1); a payer that
adjusts the claim as a whole pays that much less than the lines say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal("0.00")
PATIENT = "PR"  # the group of adjustments that the patient bears
SOURCE = "ASC X12N 005010X221, 1.10.2.1"


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One adjustment: who bears it, the reason's code, how much; negative where it adds."""

    group: str
    reason: str
    amount: Decimal
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """What was decided about one line; `code`, `modifiers` and `units` are those it was paid by."""

    number: int
    code: str
    charge: Decimal
    paid: Decimal
    units: int
    modifiers: tuple[str, ...] = ()
    adjustments: tuple[Adjusted, ...] = ()

    @property
    def adjusted(self) -> Decimal:
        return total(self.adjustments)

    @property
    def share(self) -> Decimal:
        """What of the line is left to the patient."""
        return total(each for each in self.adjustments if each.group == PATIENT)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a claim. Without lines, it was decided as a whole."""

    charge: Decimal
    paid: Decimal
    lines: tuple[DecidedLine, ...] = ()
    adjustments: tuple[Adjusted, ...] = ()

    @property
    def every_adjustment(self) -> tuple[Adjusted, ...]:
        return (*self.adjustments, *(each for line in self.lines for each in line.adjustments))

    @property
    def adjusted(self) -> Decimal:
        return total(self.every_adjustment)

    @property
    def share(self) -> Decimal:
        """What is left to the patient, and so to the next payer."""
        return total(each for each in self.every_adjustment if each.group == PATIENT)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Sums that do not meet, in words; `line` is its number, None for the claim as a whole."""

    line: int | None
    message: str


def total(adjustments: Iterable[Adjusted]) -> Decimal:
    return sum((each.amount for each in adjustments), NOTHING)


def paid_for_claim(lines: Iterable[DecidedLine], adjustments: Iterable[Adjusted]) -> Decimal:
    """What a payer pays that decided line by line: the lines less what it took off the whole."""
    return sum((line.paid for line in lines), NOTHING) - total(adjustments)


def imbalances(decided: Decided) -> list[Imbalance]:
    """Every sum that does not meet; the claim is only looked at when its lines are right."""
    found = [
        Imbalance(
            line.number,
            _said(f"Line {line.number} ({line.code})", line.paid, line.adjusted, line.charge),
        )
        for line in decided.lines
        if line.paid + line.adjusted != line.charge
    ]
    if found:
        return found
    if decided.lines:
        paid = paid_for_claim(decided.lines, decided.adjustments)
        if decided.paid != paid:
            whole = total(decided.adjustments)
            found.append(
                Imbalance(
                    None,
                    f"The lines come to {paid + whole:,.2f} paid, less {whole:,.2f} adjusted for "
                    f"the whole claim = {paid:,.2f}; {decided.paid:,.2f} is given as paid.",
                )
            )
    if not found and decided.paid + decided.adjusted != decided.charge:
        said = _said("The claim", decided.paid, decided.adjusted, decided.charge)
        found.append(Imbalance(None, said))
    return found


def _said(what: str, paid: Decimal, adjusted: Decimal, charge: Decimal) -> str:
    accounted = paid + adjusted
    apart = charge - accounted
    verdict = f"{apart:,.2f} is missing" if apart > 0 else f"{-apart:,.2f} is too much"
    return (
        f"{what}: {paid:,.2f} paid + {adjusted:,.2f} adjusted = {accounted:,.2f}, but "
        f"{charge:,.2f} was charged: {verdict}."
    )
