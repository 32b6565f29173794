"""Desks that want the same slot at the same moment, on real connections to a real Postgres.

The control takes the locks and the constraints away, and double books: so the race is a race.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Count

from scheduling import booking, conflicts, locking
from scheduling.models import Appointment, EquipmentUse
from tests.at_once import PATIENCE, Meeting
from tests.at_once import all_at_once as answers_at_once
from tests.factories import AppointmentFactory, PatientFactory, RoomFactory, at
from tests.scheduling.conftest import open_desk, therapist_at

WRITERS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(act):
    """Run `act(number)` for each of the writers at the same moment; how often each answer came."""

    def answer(number):
        try:
            return act(number)
        except booking.SlotTaken as refusal:
            return "taken" if refusal.conflicts else "taken by nobody"
        except booking.GroupFull:
            return "full"

    return Counter(answers_at_once([partial(answer, number) for number in range(WRITERS)]))


def double_booked():
    """Slots that more than one live appointment of a therapist begins in."""
    return (
        Appointment.objects.filter(status="booked")
        .values("therapist_id", "starts_at")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .count()
    )


def book_one_slot(desk):
    patients = [PatientFactory(clinic=desk.clinic) for _ in range(WRITERS)]

    def book(number):
        desk.book(patient=patients[number])
        return "booked"

    return all_at_once(book)


def test_of_eight_who_book_one_slot_one_gets_it_and_seven_are_told_who_has_it():
    assert book_one_slot(open_desk()) == {"booked": 1, "taken": 7}
    assert Appointment.objects.count() == 1


def test_of_eight_who_book_one_patient_with_eight_therapists_one_gets_them():
    desk = open_desk()
    therapists = [therapist_at(desk.clinic) for _ in range(WRITERS)]

    def book(number):
        desk.book(therapist=therapists[number])
        return "booked"

    assert all_at_once(book) == {"booked": 1, "taken": 7}


def test_of_eight_who_book_one_room_one_gets_it():
    desk = open_desk()
    bay = RoomFactory(clinic=desk.clinic)
    therapists = [therapist_at(desk.clinic) for _ in range(WRITERS)]
    patients = [PatientFactory(clinic=desk.clinic) for _ in range(WRITERS)]

    def book(number):
        desk.book(therapist=therapists[number], patient=patients[number], room=bay)
        return "booked"

    assert all_at_once(book) == {"booked": 1, "taken": 7}


def test_of_eight_who_move_into_one_slot_one_gets_it():
    desk = open_desk()
    others = [therapist_at(desk.clinic) for _ in range(WRITERS)]
    appointments = [
        desk.book(therapist=other, patient=PatientFactory(clinic=desk.clinic)) for other in others
    ]

    def move(number):
        booking.move(
            appointment=appointments[number],
            version=1,
            therapist=desk.therapist,
            starts_at=at(14),
            by=desk.user,
        )
        return "moved"

    assert all_at_once(move) == {"moved": 1, "taken": 7}
    assert Appointment.objects.filter(therapist=desk.therapist).count() == 1


def test_of_eight_who_move_one_appointment_from_one_version_seven_are_stale():
    desk = open_desk()
    appointment = desk.book()

    def move(number):
        try:
            booking.move(
                appointment=appointment,
                version=1,
                starts_at=at(9 + number % 4),
                minutes=30,
                by=desk.user,
            )
        except booking.Stale:
            return "stale"
        return "moved"

    assert all_at_once(move) == {"moved": 1, "stale": 7}
    appointment.refresh_from_db()
    assert appointment.version == 2


def test_moves_in_opposite_directions_between_two_therapists_end_without_a_deadlock():
    desk = open_desk()
    other = therapist_at(desk.clinic)
    here, there = [], []
    for number in range(WRITERS // 2):
        here.append(desk.book(starts_at=at(8 + number), patient=PatientFactory(clinic=desk.clinic)))
        there.append(
            desk.book(
                starts_at=at(12 + number),
                therapist=other,
                patient=PatientFactory(clinic=desk.clinic),
            )
        )
    moves = [(one, other) for one in here] + [(one, desk.therapist) for one in there]

    def move(number):
        appointment, to = moves[number]
        booking.move(appointment=appointment, version=1, therapist=to, by=desk.user)
        return "moved"

    assert all_at_once(move) == {"moved": 8}
    assert double_booked() == 0


def test_a_writer_without_our_locks_is_stopped_by_the_constraint_and_told_as_taken():
    desk = open_desk()
    inserted, checked = threading.Event(), threading.Event()

    def write_without_locks():
        try:
            with transaction.atomic():
                AppointmentFactory(
                    patient=PatientFactory(clinic=desk.clinic),
                    therapist=desk.therapist,
                    type=desk.type,
                    starts_at=at(9, 30),
                )
                inserted.set()
                checked.wait(timeout=PATIENCE)
        finally:
            connection.close()

    def refuse_taken(wanted, equipment):
        # The check sees nothing: the rival has not committed. Then it does.
        assert conflicts.conflicts_of(wanted, equipment) == []
        checked.set()

    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        rival = pool.submit(write_without_locks)
        assert inserted.wait(timeout=PATIENCE)
        patch.setattr(conflicts, "refuse_taken", refuse_taken)
        with pytest.raises(booking.SlotTaken) as refusal:
            desk.book()
        rival.result(timeout=PATIENCE)

    [conflict] = refusal.value.conflicts
    assert (conflict.of, conflict.with_appointment.starts_at) == ("therapist", at(9, 30))
    assert Appointment.objects.count() == 1


@pytest.fixture
def lingering(monkeypatch):
    """Every writer waits a moment between looking and writing, so that looking early is costly."""
    meeting = Meeting(patience=0.05)
    monkeypatch.setattr(conflicts, "refuse_taken", meeting.after(conflicts.refuse_taken))


@pytest.fixture
def two_have_looked(monkeypatch):
    """Nobody writes before somebody else has looked, too."""
    monkeypatch.setattr(conflicts, "refuse_taken", Meeting().after(conflicts.refuse_taken))


@pytest.fixture
def without_locks(monkeypatch):
    def rows_without_lock(model, pks, *related):
        return list(model.objects.select_related(*related).filter(pk__in=pks).order_by("pk"))

    monkeypatch.setattr(locking, "_rows", rows_without_lock)


MEMBER_TRIGGERS = ("member_joins_its_group", "member_stays_with_its_group")


@pytest.fixture
def without_constraints(transactional_db):
    """The exclusion constraints and the counting of members are gone for this test, and back
    after it."""
    constraints = [
        (model, constraint)
        for model in (Appointment, EquipmentUse)
        for constraint in model._meta.constraints
        if constraint.name in conflicts.EXCLUSIONS
    ]
    assert len(constraints) == 4
    for model, constraint in constraints:
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, constraint)
    switch_member_triggers("DISABLE")
    yield
    Appointment.objects.all().delete()
    switch_member_triggers("ENABLE")
    for model, constraint in constraints:
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


def switch_member_triggers(how):
    with connection.cursor() as cursor:
        for trigger in MEMBER_TRIGGERS:
            cursor.execute(f"ALTER TABLE scheduling_appointment {how} TRIGGER {trigger}")


def test_with_the_locks_writers_who_linger_after_looking_still_do_not_double_book(
    lingering, without_constraints
):
    assert book_one_slot(open_desk()) == {"booked": 1, "taken": 7}


def test_without_locks_and_constraints_the_same_writers_do_double_book(
    two_have_looked, without_locks, without_constraints
):
    answers = book_one_slot(open_desk())

    assert answers["booked"] > 1
    assert Appointment.objects.count() == answers["booked"]
    assert double_booked() == 1
