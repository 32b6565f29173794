"""Desks that reserve the last visit, and patients who tap the same offer, at the same moment.

Each control takes the locks away and loses: so the race is a race.
"""

import datetime as dt

import pytest
from django.utils import timezone

from people import links
from scheduling import budget, wait_list, wait_offers
from scheduling.facts import OverBudget
from scheduling.models import Appointment, WaitListEntry, WaitListOffer
from scheduling.wait_offers import Slot
from tests.at_once import Meeting
from tests.factories import AuthorizationFactory, CoverageFactory, PatientFactory, at
from tests.scheduling.conftest import open_desk, therapist_at
from tests.scheduling.test_race import (  # noqa: F401 -- fixtures
    WRITERS,
    all_at_once,
    double_booked,
    two_have_looked,
    without_constraints,
    without_locks,
)

pytestmark = pytest.mark.django_db(transaction=True)


def next_monday():
    """A Monday to come, while offers are taken by the real clock."""
    today = timezone.localdate()
    return today + dt.timedelta(days=7 - today.weekday())


def book_the_last_visit():
    """Eight desks, eight therapists and eight times, and one visit left."""
    desk = open_desk()
    AuthorizationFactory(coverage=CoverageFactory(patient=desk.patient), visits_approved=1)
    therapists = [therapist_at(desk.clinic) for _ in range(WRITERS)]

    def book(number):
        try:
            desk.book(therapist=therapists[number], starts_at=at(8 + number), anyway=True)
        except OverBudget:
            return "over"
        return "booked"

    return all_at_once(book)


@pytest.fixture
def lingering_budget(monkeypatch):
    """Every writer waits a moment between counting and writing."""
    meeting = Meeting(patience=0.05)
    monkeypatch.setattr(budget, "_cards_and_uses", meeting.after(budget._cards_and_uses))


def test_of_eight_who_reserve_the_last_visit_one_gets_it():
    assert book_the_last_visit() == {"booked": 1, "over": 7}


@pytest.mark.usefixtures("lingering_budget", "without_locks")
def test_the_lock_on_the_authorization_alone_is_enough():
    assert book_the_last_visit() == {"booked": 1, "over": 7}
    assert Appointment.objects.count() == 1


@pytest.mark.usefixtures("without_locks")
def test_without_any_lock_the_same_writers_reserve_more_than_there_is(monkeypatch):
    monkeypatch.setattr(budget, "lock", lambda *patients: None)
    monkeypatch.setattr(budget, "_cards_and_uses", Meeting().after(budget._cards_and_uses))

    answers = book_the_last_visit()

    assert answers["booked"] > 1
    assert Appointment.objects.count() == answers["booked"]


def tap_at_once():
    """Eight patients who wait, one time offered to all, and eight taps."""
    desk = open_desk()
    day = at(14, day=next_monday())
    entries = [
        wait_list.add(
            patient=PatientFactory(
                clinic=desk.clinic, contact_by="sms", mobile_phone="+15035550100"
            ),
            type=desk.type,
            by=desk.user,
        )
        for _ in range(WRITERS)
    ]
    slot = Slot(therapist=desk.therapist, clinic=desk.clinic, room=None, starts_at=day, minutes=45)
    offers = wait_offers.send(entries=entries, slot=slot, by=desk.user).offers
    tokens = [links.token_of(offer.link) for offer in offers]

    def tap(number):
        try:
            wait_list.take(tokens[number])
        except (wait_list.OfferGone, links.LinkRevoked):
            return "gone"
        return "taken"

    return all_at_once(tap)


def test_of_eight_who_tap_at_once_one_has_it_and_seven_read_that_it_is_gone():
    assert tap_at_once() == {"taken": 1, "gone": 7}
    booked = Appointment.objects.get()
    assert WaitListEntry.objects.get(status="booked").appointment == booked
    assert sorted(WaitListOffer.objects.values_list("status", flat=True)) == [
        *["gone"] * 7,
        "taken",
    ]


@pytest.mark.usefixtures("two_have_looked", "without_locks", "without_constraints")
def test_without_locks_and_constraints_several_have_it(monkeypatch):
    monkeypatch.setattr(wait_offers, "close", lambda which, taken=None: None)

    answers = tap_at_once()
    WaitListEntry.objects.update(status="waiting", appointment=None, closed_at=None)

    assert answers["taken"] > 1
    assert double_booked() == 1


def test_one_patient_who_taps_eight_times_has_one_appointment():
    desk = open_desk()
    entry = wait_list.add(
        patient=PatientFactory(clinic=desk.clinic, contact_by="sms", mobile_phone="+15035550100"),
        type=desk.type,
        by=desk.user,
    )
    slot = Slot(
        therapist=desk.therapist,
        clinic=desk.clinic,
        room=None,
        starts_at=at(14, day=next_monday()),
        minutes=45,
    )
    [offer] = wait_offers.send(entries=[entry], slot=slot, by=desk.user).offers
    token = links.token_of(offer.link)

    def tap(number):
        try:
            wait_list.take(token)
        except links.LinkUsed:
            return "has it"
        return "taken"

    assert all_at_once(tap) == {"taken": 1, "has it": 7}
    assert Appointment.objects.count() == 1
