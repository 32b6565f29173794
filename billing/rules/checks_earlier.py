"""Checks of a claim to a later payer: has every payer before it decided, and do its sums meet?"""

from dataclasses import replace
from decimal import Decimal

from billing.rules.balance import SOURCE as REMITTANCE
from billing.rules.balance import Decided, imbalances
from billing.rules.facts import ClaimFacts, EarlierPayerFacts
from billing.rules.types import Finding, error, warning

GUIDE = "ASC X12N 005010X222A1"
PLACES = {2: "second", 3: "third"}


def earlier_payer_undecided(facts: ClaimFacts) -> list[Finding]:
    """A later payer is told what each one before it decided."""
    if facts.sequence == 1:
        return []
    waiting = [earlier.payer for earlier in facts.earlier if earlier.decided is None]
    if waiting:
        message = f"{' and '.join(waiting)} has not decided yet, or its decision is not entered."
    elif len(facts.earlier) < facts.sequence - 1:
        message = "A payer before this one was never billed for the visit, or its claim was closed."
    else:
        return []
    return error(
        "earlier_payer_undecided", message, f"{GUIDE}, loops 2320 and 2430", "claim.earlier"
    )


def earlier_payer_balance(facts: ClaimFacts) -> list[Finding]:
    """What was paid and what was adjusted come to this claim's charges, line by line."""
    return [
        finding
        for earlier in facts.earlier
        if earlier.decided is not None
        for message in _apart(facts, earlier, earlier.decided)
        for finding in error("earlier_payer_balance", message, REMITTANCE, "claim.earlier")
    ]


def _apart(facts: ClaimFacts, earlier: EarlierPayerFacts, decided: Decided) -> list[str]:
    if decided.lines and len(decided.lines) != len(facts.lines):
        of_lines = sum((line.charge for line in decided.lines), Decimal("0.00"))
        return [
            f"{earlier.payer} decided {len(decided.lines)} of the lines, {of_lines:,.2f}; this "
            f"claim has {len(facts.lines)}, {facts.total_charge:,.2f}."
        ]
    asked = replace(
        decided,
        charge=facts.total_charge,
        lines=tuple(
            replace(line, charge=ours.charge)
            for line, ours in zip(decided.lines, facts.lines, strict=bool(decided.lines))
        ),
    )
    return [f"{earlier.payer}: {found.message}" for found in imbalances(asked)]


def earlier_payer_forwards(facts: ClaimFacts) -> list[Finding]:
    """A claim that crossed over is with the next payer already."""
    names = [earlier.payer for earlier in facts.earlier if earlier.forwarded]
    if not names:
        return []
    message = f"{names[0]} sent the claim on itself: a second one would be a duplicate. Close it."
    return error("earlier_payer_forwards", message, "CARC 18, exact duplicate", "claim.earlier")


def nothing_left(facts: ClaimFacts) -> list[Finding]:
    """The patient owes nothing after the payers before this one."""
    if facts.sequence == 1 or not facts.earlier:
        return []
    decided = facts.earlier[-1].decided
    if decided is None or decided.share > 0:
        return []
    message = f"{facts.earlier[-1].payer} left nothing to the patient: there is nothing to ask for."
    return warning("nothing_left", message, f"{GUIDE}, AMT*EAF", "claim.earlier")


def medicare_secondary_reason(facts: ClaimFacts) -> list[Finding]:
    """Medicare as a later payer is told why it does not pay first."""
    card = facts.coverage
    if facts.sequence == 1 or card is None or not card.payer.medicare or card.medicare_secondary:
        return []
    message = (
        f"Medicare is the {PLACES.get(facts.sequence, 'later')} payer and the card does not say "
        "why. Choose the reason on the card."
    )
    source = f"{GUIDE}, SBR05; 42 CFR part 411"
    return error("medicare_secondary_reason", message, source, "coverage.medicare_secondary")


CHECKS = (
    earlier_payer_undecided,
    earlier_payer_balance,
    earlier_payer_forwards,
    nothing_left,
    medicare_secondary_reason,
)
