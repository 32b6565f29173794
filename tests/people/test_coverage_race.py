"""Two desks take a card for the same place at once: one wins, the other is told, none deadlocks."""

import datetime as dt
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection

from people import intake
from people.models import Coverage
from tests.factories import PatientFactory, PayerFactory, UserFactory

WRITERS = 6


@pytest.mark.django_db(transaction=True)
def test_one_of_six_cards_for_the_same_place_is_taken():
    desk, patient, payer = UserFactory(), PatientFactory(), PayerFactory()
    start, outcomes = Barrier(WRITERS), []

    def write(number: int) -> None:
        try:
            start.wait()
            intake.add_coverage(
                patient=patient,
                by=desk,
                payer=payer,
                member_id=f"W{number}",
                starts_on=dt.date(2026, 1, 1),
            )
            outcomes.append("taken")
        except ValidationError:
            outcomes.append("told")
        except DatabaseError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=write, args=[number]) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["taken", *["told"] * (WRITERS - 1)]
    assert Coverage.objects.count() == 1
