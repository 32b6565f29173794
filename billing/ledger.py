"""Post to the ledger and add it up. Rows are only ever added; a mistake is reversed."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from billing.models import Claim, LedgerEntry
from people import audit
from people.models import Patient, User

NOTHING = Decimal("0.00")


@transaction.atomic
def post_charges(*, claim: Claim, version: int, by: User | None) -> list[LedgerEntry]:
    """What the claim charges, line by line; a second call for the same version adds nothing. A
    visit is charged once: a later payer is asked for what the first has left.
    """
    if claim.sequence > 1:
        return []
    entries = [
        LedgerEntry(
            patient_id=claim.patient_id,
            claim=claim,
            line_control_number=line.control_number,
            party=LedgerEntry.Party.PAYER,
            kind=LedgerEntry.Kind.CHARGE,
            amount=line.charge,
            source_key=f"charge:{line.control_number}:{version}",
            posted_by=by,
        )
        for line in claim.lines.order_by("number")
        if line.charge
    ]
    LedgerEntry.objects.bulk_create(entries, ignore_conflicts=True)
    return list(LedgerEntry.objects.filter(source_key__in=[entry.source_key for entry in entries]))


@transaction.atomic
def post(
    *,
    claim: Claim,
    party: str,
    kind: str,
    amount: Decimal,
    source_key: str,
    by: User | None,
    line_control_number: str = "",
) -> LedgerEntry:
    """One entry on a claim; the same `source_key` again returns the entry that is there."""
    entry, _ = LedgerEntry.objects.get_or_create(
        source_key=source_key,
        defaults={
            "patient_id": claim.patient_id,
            "claim": claim,
            "line_control_number": line_control_number,
            "party": party,
            "kind": kind,
            "amount": amount,
            "posted_by": by,
        },
    )
    return entry


@transaction.atomic
def post_to_patient(
    *,
    patient: Patient,
    kind: str,
    amount: Decimal,
    source_key: str,
    by: User | None,
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """One entry on the patient's side that belongs to no claim: money from the desk, a fee. The
    same `source_key` again returns the entry that is there."""
    entry, _ = LedgerEntry.objects.get_or_create(
        source_key=source_key,
        defaults={
            "patient": patient,
            "party": LedgerEntry.Party.PATIENT,
            "kind": kind,
            "amount": amount,
            "reverses": reverses,
            "posted_by": by,
        },
    )
    return entry


@transaction.atomic
def reverse_charges(*, claim: Claim, by: User | None) -> int:
    """The opposite of every charge of the claim that nothing has reversed yet; how many."""
    standing = LedgerEntry.objects.filter(
        claim=claim, kind=LedgerEntry.Kind.CHARGE, reversed_by=None
    )
    reversals = reverse_entries(standing, by=by)
    if reversals:
        audit.record(
            by=by,
            action="ledger.charges_reversed",
            patient=claim.patient,
            target=claim,
            entries=reversals,
        )
    return reversals


@transaction.atomic
def reverse_entries(entries: QuerySet[LedgerEntry], *, by: User | None) -> int:
    """The opposite of each of these entries that nothing has reversed yet; how many."""
    standing = entries.select_for_update(no_key=True, of=("self",))
    reversals = [
        LedgerEntry(
            patient_id=entry.patient_id,
            claim_id=entry.claim_id,
            line_control_number=entry.line_control_number,
            party=entry.party,
            kind=LedgerEntry.Kind.REVERSAL,
            amount=-entry.amount,
            source_key=f"reversal:{entry.pk}",
            reverses=entry,
            posted_by=by,
        )
        for entry in standing.order_by("pk")
    ]
    LedgerEntry.objects.bulk_create(reversals)
    return len(reversals)


def balance_of(patient: Patient) -> dict[str, Decimal]:
    """What each party owes for this patient: {"payer": …, "patient": …}."""
    sums = dict.fromkeys(LedgerEntry.Party.values, NOTHING)
    entries = LedgerEntry.objects.filter(patient__in=Patient.objects.same_person(patient.pk))
    rows = entries.order_by().values_list("party")
    for party, total in rows.annotate(total=Sum("amount")):
        sums[party] = total
    return sums


def claim_balance(claim: Claim) -> Decimal:
    """What is still open on the claim, over both parties."""
    total = claim.ledger_entries.aggregate(total=Sum("amount"))["total"]
    return total if total is not None else NOTHING
