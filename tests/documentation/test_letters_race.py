"""Eight workers with one letter: one hands it over. Without the lock they all do."""

import threading

import pytest
from django.utils import timezone

from documentation import letters
from documentation.models import ProviderLetter
from tests.at_once import PATIENCE, all_at_once
from tests.documentation.letter_ward import FakeCarrier, waiting

WORKERS = 8
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def carrier(monkeypatch):
    fake = FakeCarrier()
    monkeypatch.setattr("documentation.carriers.of", lambda name: fake)
    return fake


def send_all_at_once(letter):
    all_at_once([lambda: letters.send(letter.pk)] * WORKERS)


def test_of_eight_workers_with_one_letter_one_hands_it_over(carrier):
    letter = waiting()

    send_all_at_once(letter)

    letter.refresh_from_db()
    assert (len(carrier.received), letter.status, letter.attempts) == (1, "sent", 1)


def test_without_the_lock_the_same_eight_workers_hand_it_over_again_and_again(carrier, monkeypatch):
    everybody_looked = threading.Barrier(WORKERS)

    def look_without_lock(letter_id):
        letter = (
            ProviderLetter.objects.due()
            .select_related("provider", "patient__clinic")
            .get(pk=letter_id)
        )
        everybody_looked.wait(timeout=PATIENCE)
        parcel = letters._parcel(letter, letters.kind_of(letter), b"%PDF")
        ProviderLetter.objects.filter(pk=letter_id, status="waiting").update(
            status="sending", sending_since=timezone.now()
        )
        return letter, parcel

    monkeypatch.setattr(letters, "_take", look_without_lock)

    send_all_at_once(waiting())

    assert len(carrier.received) == WORKERS
