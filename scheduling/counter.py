"""Money at the desk: a copay or a fee is taken, a fee is charged or waived; the clinic's rules.

Rows are only ever added, and a mistake is reversed by another row. Each verb locks the appointment
first, so that two desks cannot take the same copay. Billing posts the rows to the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Clinic, Coverage, User
from scheduling.locking import lock_appointment
from scheduling.models import Appointment, DeskFee, DeskPayment, DeskRules

NOTHING = Decimal("0.00")
Kind = DeskPayment.Kind
Outcome = DeskFee.Outcome


@dataclass(frozen=True)
class Copay:
    """What the visit's first card asks of the patient, and what of it was taken."""

    coverage: Coverage | None
    amount: Decimal
    paid: Decimal

    @property
    def due(self) -> Decimal:
        return max(self.amount - self.paid, NOTHING)


def cards_of(appointment: Appointment) -> list[Coverage]:
    """The patient's cards in force on the day of the visit, the first payer first."""
    day = appointment.starts_at.astimezone(appointment.clinic.zone).date()
    cards = appointment.patient.coverages.select_related("payer", "verified_by")
    return [card for card in cards.order_by("priority", "pk") if card.is_active_on(day)]


def copay_of(appointment: Appointment, cards: list[Coverage] | None = None) -> Copay:
    first = next(iter(cards_of(appointment) if cards is None else cards), None)
    return Copay(
        coverage=first,
        amount=first.copay if first is not None else NOTHING,
        paid=_paid(appointment, Kind.COPAY),
    )


def fee_due(appointment: Appointment) -> Decimal:
    """What is still open of the fee that was charged for this appointment."""
    charged = sum((row.signed_amount for row in appointment.desk_fees.all()), NOTHING)
    return max(charged - _paid(appointment, Kind.FEE), NOTHING)


def _paid(appointment: Appointment, kind: str) -> Decimal:
    total = appointment.desk_payments.filter(kind=kind).aggregate(total=Sum("amount"))["total"]
    return total if total is not None else NOTHING


@transaction.atomic
def take_payment(
    *,
    appointment: Appointment,
    kind: str,
    amount: Decimal,
    method: str,
    by: User,
    reference: str = "",
) -> DeskPayment:
    """Money received for this visit. Raises `ValidationError` for more than is due."""
    appointment = lock_appointment(appointment)
    due = copay_of(appointment).due if kind == Kind.COPAY else fee_due(appointment)
    if amount > due:
        told = f"Only ${due} is due." if due else "Nothing is due: it has been taken already."
        raise ValidationError({"amount": told})
    payment = DeskPayment()
    fill(
        payment,
        {
            "receipt_number": _next_receipt(),
            "patient": appointment.patient,
            "clinic": appointment.clinic,
            "appointment": appointment,
            "kind": kind,
            "amount": amount,
            "method": method,
            "reference": reference,
            "taken_on": timezone.localdate(timezone=appointment.clinic.zone),
            "taken_by": by,
        },
    )
    write_new(payment)
    audit.record(by=by, action="payment.taken", patient=appointment.patient, target=payment)
    return payment


@transaction.atomic
def reverse_payment(*, payment: DeskPayment, reason: str, by: User) -> DeskPayment:
    """Give it back or strike it out, with a reason. Twice is once: the reversal that is there."""
    payment = (
        DeskPayment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient", "clinic")
        .get(pk=payment.pk)
    )
    if payment.reverses_id is not None:
        raise ValidationError({"reason": "This is a reversal itself. Take the payment anew."})
    standing = DeskPayment.objects.filter(reverses=payment).first()
    if standing is not None:
        return standing
    reversal = DeskPayment()
    fill(
        reversal,
        {
            "receipt_number": _next_receipt(),
            "patient": payment.patient,
            "clinic": payment.clinic,
            "appointment_id": payment.appointment_id,
            "kind": payment.kind,
            "amount": -payment.amount,
            "method": payment.method,
            "reference": payment.reference,
            "taken_on": timezone.localdate(timezone=payment.clinic.zone),
            "taken_by": by,
            "reverses": payment,
            "reason": _reason(reason),
        },
    )
    write_new(reversal)
    audit.record(by=by, action="payment.reversed", patient=payment.patient, target=payment)
    return reversal


def _next_receipt() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('scheduling_receipt')")
        return int(cursor.fetchone()[0])


def charge_fee(*, appointment: Appointment, amount: Decimal, by: User) -> DeskFee:
    """The patient owes the fee; no payer is ever asked for it."""
    return _decide(appointment, Outcome.CHARGED, by, amount=amount, reason="")


def waive_fee(*, appointment: Appointment, reason: str, by: User) -> DeskFee:
    """The fee is not asked for, and why."""
    return _decide(appointment, Outcome.WAIVED, by, reason=_reason(reason))


@transaction.atomic
def _decide(
    appointment: Appointment,
    outcome: str,
    by: User,
    *,
    reason: str,
    amount: Decimal | None = None,
) -> DeskFee:
    """Decided once; whoever comes second gets the decision that stands."""
    appointment = lock_appointment(appointment)
    standing = appointment.desk_fees.filter(reverses=None).first()
    if standing is not None:
        return standing
    if not appointment.proposed_fee:
        raise ValidationError({"amount": "No fee is proposed for this appointment."})
    fee = DeskFee()
    missed = appointment.status == Appointment.Status.NO_SHOW
    fill(
        fee,
        {
            "patient": appointment.patient,
            "clinic": appointment.clinic,
            "appointment": appointment,
            "kind": DeskFee.Kind.NO_SHOW if missed else DeskFee.Kind.LATE_CANCEL,
            "outcome": outcome,
            "amount": appointment.proposed_fee if amount is None else amount,
            "reason": reason,
            "decided_by": by,
        },
    )
    write_new(fee)
    audit.record(by=by, action=f"fee.{outcome}", patient=appointment.patient, target=fee)
    return fee


@transaction.atomic
def take_back_fee(*, fee: DeskFee, reason: str, by: User) -> DeskFee:
    """A charge was wrong: the opposite row, with a reason. Twice is once."""
    appointment = lock_appointment(fee.appointment)
    if not fee.is_owed:
        raise ValidationError({"reason": "Only a fee that was charged can be taken back."})
    standing = DeskFee.objects.filter(reverses=fee).first()
    if standing is not None:
        return standing
    if _paid(appointment, Kind.FEE):
        raise ValidationError({"reason": "It has been paid: reverse the payment first."})
    taken_back = DeskFee()
    fill(
        taken_back,
        {
            "patient": fee.patient,
            "clinic": fee.clinic,
            "appointment": fee.appointment,
            "kind": fee.kind,
            "outcome": Outcome.TAKEN_BACK,
            "amount": fee.amount,
            "reason": _reason(reason),
            "decided_by": by,
            "reverses": fee,
        },
    )
    write_new(taken_back)
    audit.record(by=by, action="fee.taken_back", patient=fee.patient, target=fee)
    return taken_back


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise ValidationError({"reason": "Say why."})
    return words


@transaction.atomic
def set_rules(*, clinic: Clinic, by: User, **values: Any) -> DeskRules:
    """The clinic's rules, written the first time or again."""
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    row = DeskRules.objects.filter(clinic=clinic).first()
    if row is None:
        row = DeskRules(clinic=clinic)
        changed = fill(row, values)
        write_new(row)
    else:
        changed = write_changes(row, values)
    if changed:
        audit.record(by=by, action="desk_rules.changed", target=row, fields=changed)
    return row
