"""Money at the desk: taken once, reversed by another row; fees charged or waived, once each."""

import datetime as dt
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from people.models import AuditEvent
from scheduling import booking, counter, missed
from scheduling.models import Appointment, DeskFee, DeskPayment, DeskRules
from tests.at_once import PATIENCE, all_at_once
from tests.factories import AppointmentFactory, CoverageFactory, DeskPaymentFactory, at
from tests.scheduling.conftest import open_desk

THIRTY = Decimal("30.00")
pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(desk):
    CoverageFactory(patient=desk.patient, copay=THIRTY)
    return visit_of(desk)


def visit_of(desk, **changes):
    given = {"patient": desk.patient, "therapist": desk.therapist, "type": desk.type}
    return AppointmentFactory(**given | changes)


def take(visit, desk, amount=THIRTY, **changes):
    given = {"kind": "copay", "method": "card", "by": desk.user}
    return counter.take_payment(appointment=visit, amount=amount, **given | changes)


def test_the_copay_is_that_of_the_first_card_in_force_on_the_day(desk):
    CoverageFactory(patient=desk.patient, copay=THIRTY, ends_on=dt.date(2026, 3, 1))
    second = CoverageFactory(patient=desk.patient, copay=Decimal("15.00"), priority=2)

    copay = counter.copay_of(visit_of(desk))

    assert (copay.coverage, copay.due) == (second, Decimal("15.00"))


def test_who_has_no_card_owes_no_copay(desk):
    assert counter.copay_of(visit_of(desk)).due == Decimal("0.00")


def test_a_copay_may_come_in_two_parts_and_not_in_three(desk, visit):
    take(visit, desk, Decimal("10.00"), method="cash")
    take(visit, desk, Decimal("20.00"))

    with pytest.raises(ValidationError, match="taken already"):
        take(visit, desk, Decimal("0.01"))
    assert counter.copay_of(visit).due == Decimal("0.00")


def test_more_than_is_due_is_refused_with_what_is_due(desk, visit):
    with pytest.raises(ValidationError, match=r"Only \$30.00 is due"):
        take(visit, desk, Decimal("300.00"))
    assert not DeskPayment.objects.exists()


def test_each_receipt_has_a_number_of_its_own_and_the_clinics_day(desk, visit):
    late = dt.datetime(2026, 3, 3, 6, 30, tzinfo=dt.UTC)  # still Monday in Portland
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: late)
        first = take(visit, desk, Decimal("10.00"))
    second = take(visit, desk, Decimal("20.00"))

    assert second.receipt_number > first.receipt_number
    assert first.taken_on == dt.date(2026, 3, 2)


def test_a_reversal_gives_back_and_the_copay_is_due_again(desk, visit):
    payment = take(visit, desk)

    reversal = counter.reverse_payment(payment=payment, reason="Wrong card", by=desk.user)
    again = counter.reverse_payment(payment=payment, reason="Wrong card", by=desk.user)

    assert (reversal.amount, reversal.reason, again) == (-THIRTY, "Wrong card", reversal)
    assert counter.copay_of(visit).due == THIRTY
    with pytest.raises(ValidationError, match="reversal itself"):
        counter.reverse_payment(payment=reversal, reason="Undo", by=desk.user)


@pytest.mark.parametrize("act", ["UPDATE {} SET amount = 1", "DELETE FROM {}"])
def test_money_that_was_taken_can_be_neither_changed_nor_removed(act):
    DeskPaymentFactory()

    with (
        pytest.raises(IntegrityError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format("scheduling_deskpayment"))


def test_a_negative_payment_that_reverses_nothing_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskPaymentFactory(amount=-THIRTY)


# --- Fees ---------------------------------------------------------------------------------------


@pytest.fixture
def fees(desk):
    return DeskRules.objects.create(
        clinic=desk.clinic,
        no_show_fee=Decimal("50.00"),
        late_cancel_fee=Decimal("25.00"),
        first_is_free=False,
    )


def missed_visit(desk, fees, days=0):
    row = visit_of(desk, starts_at=timezone.now() - dt.timedelta(days=days, hours=2))
    return booking.no_show(row, by=desk.user)


def test_a_no_show_proposes_the_clinics_fee_and_the_first_is_free_where_it_says_so(desk, fees):
    assert missed_visit(desk, fees, days=5).proposed_fee == Decimal("50.00")

    fees.first_is_free = True
    fees.save(update_fields=["first_is_free"])
    Appointment.objects.all().delete()

    assert missed_visit(desk, fees, days=3).proposed_fee == Decimal("0.00")
    assert missed_visit(desk, fees).proposed_fee == Decimal("50.00")


@pytest.mark.parametrize(("hours", "late", "fee"), [(23, True, "25.00"), (25, False, "0.00")])
def test_a_cancellation_is_late_or_not_by_the_clinics_notice(desk, fees, hours, late, fee):
    row = visit_of(desk, starts_at=timezone.now() + dt.timedelta(hours=hours))

    row = booking.cancel(row, reason="Ill", by=desk.user)

    assert (row.was_late_cancel, row.proposed_fee) == (late, Decimal(fee))
    assert row.cancelled_at is not None


def test_a_clinic_without_rules_proposes_no_fee(desk):
    row = visit_of(desk, starts_at=timezone.now() - dt.timedelta(hours=2))

    assert booking.no_show(row, by=desk.user).proposed_fee == Decimal("0.00")


def test_what_was_missed_is_counted_over_twelve_months_and_not_the_visit_itself(desk, fees):
    row = missed_visit(desk, fees)
    missed_visit(desk, fees, days=10)
    missed_visit(desk, fees, days=400)

    assert missed.missed_by(desk.patient, before=row.starts_at, but=row.pk) == 1


def test_putting_a_visit_back_forgets_that_it_was_missed(desk, fees):
    row = visit_of(desk, starts_at=timezone.now() + dt.timedelta(hours=3))
    booking.cancel(row, reason="Ill", by=desk.user)

    back = booking.restore(row, by=desk.user, anyway=True)

    back.refresh_from_db()
    assert (back.was_late_cancel, back.cancelled_at, back.proposed_fee) == (False, None, 0)


def test_a_fee_is_decided_once_whoever_comes_second(desk, fees):
    row = missed_visit(desk, fees)

    charged = counter.charge_fee(appointment=row, amount=Decimal("40.00"), by=desk.user)
    second = counter.waive_fee(appointment=row, reason="Goodwill", by=desk.user)

    assert (second, charged.outcome, charged.kind) == (charged, "charged", "no_show")
    assert counter.fee_due(row) == Decimal("40.00")


def test_waiving_needs_a_reason_and_leaves_nothing_to_pay(desk, fees):
    row = missed_visit(desk, fees)
    with pytest.raises(ValidationError, match="Say why"):
        counter.waive_fee(appointment=row, reason="  ", by=desk.user)

    counter.waive_fee(appointment=row, reason="Weather", by=desk.user)

    assert counter.fee_due(row) == Decimal("0.00")


def test_a_fee_that_was_paid_is_taken_back_only_after_the_payment_is_reversed(desk, fees):
    row = missed_visit(desk, fees)
    fee = counter.charge_fee(appointment=row, amount=Decimal("50.00"), by=desk.user)
    payment = take(row, desk, Decimal("50.00"), kind="fee", method="cash")

    with pytest.raises(ValidationError, match="reverse the payment first"):
        counter.take_back_fee(fee=fee, reason="Our mistake", by=desk.user)
    counter.reverse_payment(payment=payment, reason="Our mistake", by=desk.user)
    back = counter.take_back_fee(fee=fee, reason="Our mistake", by=desk.user)

    assert (back.outcome, back.reverses) == ("taken_back", fee)
    assert counter.fee_due(row) == Decimal("0.00")


def test_no_fee_is_charged_where_the_rule_proposes_none(desk, visit):
    with pytest.raises(ValidationError, match="No fee is proposed"):
        counter.charge_fee(appointment=visit, amount=Decimal("50.00"), by=desk.user)
    assert not DeskFee.objects.exists()


def test_each_act_of_money_is_in_the_audit_line(desk, fees):
    row = missed_visit(desk, fees)
    fee = counter.charge_fee(appointment=row, amount=Decimal("50.00"), by=desk.user)
    payment = take(row, desk, Decimal("50.00"), kind="fee")
    counter.reverse_payment(payment=payment, reason="Mistake", by=desk.user)
    counter.take_back_fee(fee=fee, reason="Mistake", by=desk.user)

    actions = AuditEvent.objects.filter(action__regex=r"^(fee|payment)\.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "fee.charged",
        "payment.taken",
        "payment.reversed",
        "fee.taken_back",
    ]


# --- Two desks ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_desks_take_one_copay_and_without_the_lock_they_take_two(locked, monkeypatch):
    desk = open_desk()
    CoverageFactory(patient=desk.patient, copay=THIRTY)
    visit = visit_of(desk, starts_at=at(9))
    inside = Barrier(2)
    if not locked:  # the control: look without the row's lock, together, then write
        monkeypatch.setattr(
            counter, "lock_appointment", lambda row: (inside.wait(PATIENCE), row)[1]
        )
        due = counter.copay_of

        def look_and_wait(row, cards=None):
            found = due(row, cards)
            inside.wait(PATIENCE)
            return found

        monkeypatch.setattr(counter, "copay_of", look_and_wait)

    answers = all_at_once([lambda: take(visit, desk) and "taken"] * 2, told=(ValidationError,))

    refused = answers.count("ValidationError")
    assert (DeskPayment.objects.count(), refused) == ((1, 1) if locked else (2, 0))
