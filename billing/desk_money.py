"""Put on the ledger what the desk took and what it charged: each row once, on the patient's side.

The rows of scheduling are the truth; what a run left behind the next one finds.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from billing import ledger
from billing.models import LedgerEntry
from people.models import Patient, User
from scheduling.models import DeskFee, DeskPayment

Kind = LedgerEntry.Kind
PAYMENT, FEE = "desk-payment", "desk-fee"


def post_desk_money(most: int = 1000) -> int:
    """Every payment and every charged fee that is not on the ledger yet; how many. A row is posted
    after the one it reverses, which is older. Safe at once and again: `source_key` is unique."""
    posted = 0
    for payment in _missing(DeskPayment.objects.select_related("patient", "taken_by"), PAYMENT)[
        :most
    ]:
        _post(payment, PAYMENT, payment.patient, payment.taken_by, Kind.PAYMENT, -payment.amount)
        posted += 1
    owed = DeskFee.objects.exclude(outcome=DeskFee.Outcome.WAIVED).select_related(
        "patient", "decided_by"
    )
    for fee in _missing(owed, FEE)[:most]:
        _post(fee, FEE, fee.patient, fee.decided_by, Kind.CHARGE, fee.signed_amount)
        posted += 1
    return posted


def _missing(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    key = Concat(Value(f"{name}:"), Cast(OuterRef("pk"), CharField()))
    on_ledger = LedgerEntry.objects.filter(source_key=key)
    return rows.filter(~Exists(on_ledger)).order_by("pk")


def _post(
    row: DeskPayment | DeskFee, name: str, patient: Patient, by: User, kind: str, amount: Decimal
) -> None:
    reverses = None
    if row.reverses_id is not None:
        kind = Kind.REVERSAL
        reverses = LedgerEntry.objects.get(source_key=f"{name}:{row.reverses_id}")
    ledger.post_to_patient(
        patient=patient,
        kind=kind,
        amount=amount,
        source_key=f"{name}:{row.pk}",
        by=by,
        reverses=reverses,
    )
