"""What the desk took and charged reaches the ledger once, on the patient's side."""

from decimal import Decimal

import pytest
from django.utils.module_loading import import_string

from billing import desk_money, ledger
from billing.models import LedgerEntry
from billing.tasks import post_desk_money
from pt_practice.celery import app
from scheduling import counter
from scheduling.models import DeskFee
from tests.factories import AppointmentFactory, DeskPaymentFactory, UserFactory

pytestmark = pytest.mark.django_db


def entries():
    rows = LedgerEntry.objects.order_by("pk")
    return list(rows.values_list("party", "kind", "amount", "source_key", "claim"))


def fee_of(payment, **changes):
    given = {
        "patient": payment.patient,
        "clinic": payment.clinic,
        "appointment": payment.appointment,
        "kind": "no_show",
        "outcome": "charged",
        "amount": Decimal("50.00"),
        "decided_by": payment.taken_by,
    }
    return DeskFee.objects.create(**given | changes)


def test_a_copay_lowers_what_the_patient_owes_and_is_posted_once():
    payment = DeskPaymentFactory()

    counts = [desk_money.post_desk_money() for _ in range(2)]

    assert counts == [1, 0]
    assert entries() == [
        ("patient", "payment", Decimal("-30.00"), f"desk-payment:{payment.pk}", None)
    ]
    assert ledger.balance_of(payment.patient) == {
        "payer": Decimal("0.00"),
        "patient": Decimal("-30.00"),
    }


def test_a_reversed_payment_is_reversed_on_the_ledger_too():
    payment = DeskPaymentFactory()
    desk_money.post_desk_money()
    reversal = counter.reverse_payment(payment=payment, reason="Mistake", by=UserFactory())

    desk_money.post_desk_money()

    posted = LedgerEntry.objects.get(source_key=f"desk-payment:{reversal.pk}")
    assert (posted.kind, posted.amount) == ("reversal", Decimal("30.00"))
    assert posted.reverses.source_key == f"desk-payment:{payment.pk}"
    assert ledger.balance_of(payment.patient)["patient"] == Decimal("0.00")


def test_a_payment_and_its_reversal_may_come_in_one_run():
    payment = DeskPaymentFactory()
    counter.reverse_payment(payment=payment, reason="Mistake", by=UserFactory())

    assert desk_money.post_desk_money() == 2
    assert ledger.balance_of(payment.patient)["patient"] == Decimal("0.00")


def test_a_charged_fee_is_the_patients_a_waived_one_is_nobodys_and_one_taken_back_is_gone():
    payment = DeskPaymentFactory()
    charged = fee_of(payment)
    fee_of(payment, appointment=AppointmentFactory(), outcome="waived", reason="Goodwill")

    assert desk_money.post_desk_money() == 2
    assert ("patient", "charge", Decimal("50.00"), f"desk-fee:{charged.pk}", None) in entries()
    assert ledger.balance_of(payment.patient)["patient"] == Decimal("20.00")

    fee_of(payment, outcome="taken_back", reason="Mistake", reverses=charged)
    desk_money.post_desk_money()

    assert ledger.balance_of(payment.patient)["patient"] == Decimal("-30.00")
    assert LedgerEntry.objects.filter(party="payer").count() == 0


def test_the_task_that_runs_by_the_clock_is_the_one_that_posts():
    DeskPaymentFactory()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "billing.tasks.post_desk_money" in scheduled
    assert import_string("billing.tasks.post_desk_money") is post_desk_money

    post_desk_money()

    assert len(entries()) == 1
