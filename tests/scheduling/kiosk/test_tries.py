"""The kiosk counts the tries that fail, and says no after too many."""

import datetime as dt

import pytest
from django.utils import timezone

from scheduling import booking
from scheduling.models import DeskRules, Kiosk, KioskTry
from tests.scheduling.kiosk.at_kiosk import NO, WORDS, YES, clock_at, path_of, tell

pytestmark = pytest.mark.django_db


def test_after_so_many_tries_the_kiosk_says_no_until_time_has_passed(
    tablet, desk, visit, path, monkeypatch
):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=3, kiosk_tries_minutes=10)
    for _ in range(3):
        tell(tablet, path, last_name="Nobody")

    clock_at(monkeypatch, 10, 39)
    refused = tell(tablet, path).content.decode()
    clock_at(monkeypatch, 10, 40)
    let_in = tell(tablet, path).content.decode()

    assert (NO in refused, YES in let_in) == (True, True)
    assert list(KioskTry.objects.order_by("pk").values_list("worked", flat=True)) == [
        False,
        False,
        False,
        True,
    ]


def test_one_who_walks_from_kiosk_to_kiosk_is_counted_by_address(tablet, desk, visit, path):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=2)
    other = path_of(desk, "Side door")
    for _ in range(2):
        tablet.post(other, WORDS | {"last_name": "Nobody"}, REMOTE_ADDR="10.0.0.7")

    same = tablet.post(path, WORDS, REMOTE_ADDR="10.0.0.7").content.decode()
    another = tablet.post(path, WORDS, REMOTE_ADDR="10.0.0.8").content.decode()

    assert (NO in same, YES in another) == (True, True)


def test_those_who_are_let_in_use_up_nobodys_tries(tablet, desk, visit, path):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=1)
    tell(tablet, path)
    booking.undo_check_in(visit, by=desk.user)

    assert YES in tell(tablet, path).content.decode()


def test_tries_are_forgotten_after_a_month_and_hold_nothing_that_was_typed(tablet, visit, path):
    kiosk = Kiosk.objects.get()
    for days in (29, 31):
        moment = timezone.now() - dt.timedelta(days=days)
        KioskTry.objects.create(kiosk=kiosk, at=moment, worked=False)

    tell(tablet, path)

    assert KioskTry.objects.count() == 2
    assert "Okafor" not in str(list(KioskTry.objects.values()))
