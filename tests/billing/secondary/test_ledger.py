"""What a decision leaves open, and who owes it: the next payer or the patient."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import claims, ledger, secondary
from billing.adjudications import Heading
from billing.earlier_payers import decided_of, standing
from billing.models import LedgerEntry
from billing.rules.balance import Decided
from people.models import Coverage
from tests.billing.secondary.makers import DECIDED, ON, SECOND_DECIDED, decide, line, owed, sent_on

pytestmark = pytest.mark.django_db


def test_a_second_claim_that_is_closed_leaves_the_share_to_the_patient(medicare_first, biller):
    decide(medicare_first, biller)
    second = secondary.draft_next(claim=medicare_first, by=biller)

    claims.void(claim=second, by=biller, reason="The plan had ended.")

    assert ledger.balance_of(second.patient) == {
        "payer": Decimal("0.00"),
        "patient": Decimal("30.00"),
    }


def test_a_card_that_comes_to_light_later_takes_the_share_back_from_the_patient(
    medicare_first, biller
):
    card = Coverage.objects.get(priority=2)
    Coverage.objects.filter(pk=card.pk).update(ends_on=dt.date(2026, 3, 1))
    decide(medicare_first, biller)
    assert owed(medicare_first, "patient") == Decimal("30.00")
    Coverage.objects.filter(pk=card.pk).update(ends_on=None)

    second = secondary.draft_next(claim=medicare_first, by=biller)

    assert (owed(medicare_first, "payer"), owed(medicare_first, "patient")) == (
        Decimal("30.00"),
        Decimal("0.00"),
    )
    claims.void(claim=second, by=biller, reason="They had not paid their premium.")
    assert owed(medicare_first, "patient") == Decimal("30.00")


def test_the_payment_and_what_is_written_off_are_posted_and_the_share_waits_for_the_next_payer(
    medicare_first, biller
):
    decide(medicare_first, biller)

    assert (owed(medicare_first, "payer"), owed(medicare_first, "patient")) == (
        Decimal("30.00"),
        Decimal("0.00"),
    )


def test_without_a_next_payer_the_share_is_the_patients(medicare_first, biller):
    Coverage.objects.filter(priority=2).delete()

    decide(medicare_first, biller)

    assert (owed(medicare_first, "payer"), owed(medicare_first, "patient")) == (
        Decimal("0.00"),
        Decimal("30.00"),
    )


def test_a_further_decision_takes_the_place_of_the_first(medicare_first, biller):
    decide(medicare_first, biller)
    better = Decided(
        charge=Decimal("275.00"),
        paid=Decimal("130.00"),
        lines=(
            line(1, "97112", "190.00", "90.00", "80.00", "20.00", units=2),
            DECIDED.lines[1],
        ),
    )

    row = decide(medicare_first, biller, better)

    assert (row.number, decided_of(standing(medicare_first))) == (2, better)
    assert owed(medicare_first, "payer") == Decimal("30.00")
    payments = LedgerEntry.objects.filter(claim=medicare_first, kind="payment", reversed_by=None)
    assert [entry.amount for entry in payments] == [Decimal("-130.00")]


def test_the_second_payers_answer_closes_what_was_open(medicare_first, biller):
    decide(medicare_first, biller)
    second = secondary.draft_next(claim=medicare_first, by=biller)
    second = sent_on(second, biller)

    decide(second, biller, SECOND_DECIDED, Heading(decided_on=ON, source="paper"))

    everything = ledger.balance_of(medicare_first.patient)
    assert everything == {"payer": Decimal("0.00"), "patient": Decimal("5.00")}
