"""Two desks take a card for the same place at once: one wins, the other is told, none deadlocks."""

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from people import intake
from people.models import Coverage
from tests.at_once import all_at_once
from tests.factories import PatientFactory, PayerFactory, UserFactory

WRITERS = 6


@pytest.mark.django_db(transaction=True)
def test_one_of_six_cards_for_the_same_place_is_taken():
    desk, patient, payer = UserFactory(), PatientFactory(), PayerFactory()

    def write(number: int) -> str:
        intake.add_coverage(
            patient=patient,
            by=desk,
            payer=payer,
            member_id=f"W{number}",
            starts_on=dt.date(2026, 1, 1),
        )
        return "taken"

    answers = all_at_once(
        [partial(write, number) for number in range(WRITERS)],
        told=(ValidationError, DatabaseError),
    )

    assert sorted(answers) == [*["ValidationError"] * (WRITERS - 1), "taken"]
    assert Coverage.objects.count() == 1
