"""What a decision puts on the ledger: the payment, what is written off, whose the rest is.

The patient's share moves to the patient when no later payer is to be asked; until then it stands
with the payers. A visit's charges stand once, on its first claim.
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet

from billing import ledger
from billing.coding import coverage_of
from billing.models import Adjudication, Claim, LedgerEntry
from billing.rules.balance import PATIENT, Adjusted, Decided
from people.models import User

Kind, Party = LedgerEntry.Kind, LedgerEntry.Party
PRIOR_PAYER = "23"  # CARC: what payers before this one have paid or adjusted


def post(row: Adjudication, decided: Decided, *, by: User | None) -> None:
    """Each entry once: its key names the decision and what of it."""
    claim = row.claim
    _entry(row, "paid", Party.PAYER, Kind.PAYMENT, -decided.paid, by)
    written_off: dict[str, Decimal] = {}
    for where, each in _with_line_numbers(row, decided):
        if each.group != PATIENT and not _is_of_others(claim, each):
            written_off[where] = written_off.get(where, Decimal(0)) + each.amount
    for where, amount in written_off.items():
        _entry(row, f"adjusted:{where}", Party.PAYER, Kind.ADJUSTMENT, -amount, by, line=where)
    if not has_later_payer(claim, forwarded=row.forwarded):
        leave_share(row, by=by)


def leave_share(row: Adjudication, *, by: User | None) -> None:
    """What the payer left is the patient's from now on: no later payer is asked (any more)."""
    time = _shares(row).count() // 2  # it may have come back in between
    _entry(row, f"share:{time}:payer", Party.PAYER, Kind.TRANSFER, -row.patient_share, by)
    _entry(row, f"share:{time}:patient", Party.PATIENT, Kind.TRANSFER, row.patient_share, by)


def take_share_back(row: Adjudication, *, by: User | None) -> None:
    """The patient no longer owes what a later payer is now asked for."""
    ledger.reverse_entries(_shares(row).filter(reversed_by=None), by=by)


def _shares(row: Adjudication) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(source_key__startswith=f"adjudication:{row.pk}:share:")


def reverse(row: Adjudication, *, by: User | None) -> None:
    """The opposite of all that the decision posted: a further one takes its place."""
    entries = LedgerEntry.objects.filter(
        source_key__startswith=f"adjudication:{row.pk}:", reversed_by=None
    )
    ledger.reverse_entries(entries, by=by)


def has_later_payer(claim: Claim, *, forwarded: bool) -> bool:
    """Whether another payer is still asked, by us or by the payer itself."""
    if forwarded:
        return True
    return coverage_of(claim.visit, claim.sequence + 1) is not None


def _is_of_others(claim: Claim, each: Adjusted) -> bool:
    """A later payer repeats what those before it paid; that is on the ledger already."""
    return claim.sequence > 1 and each.reason == PRIOR_PAYER


def _with_line_numbers(row: Adjudication, decided: Decided) -> list[tuple[str, Adjusted]]:
    numbers = dict(row.lines.values_list("number", "line_control_number"))
    found = [("", each) for each in decided.adjustments]
    for line in decided.lines:
        found += [(numbers[line.number], each) for each in line.adjustments]
    return found


def _entry(
    row: Adjudication,
    what: str,
    party: str,
    kind: str,
    amount: Decimal,
    by: User | None,
    *,
    line: str = "",
) -> None:
    if amount:
        ledger.post(
            claim=row.claim,
            line_control_number=line,
            party=party,
            kind=kind,
            amount=amount,
            source_key=f"adjudication:{row.pk}:{what}",
            by=by,
        )
