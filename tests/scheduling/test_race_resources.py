"""Moves, restores, last places and pieces of equipment that many desks want at the same moment.

Each control takes the locks and the constraints away, and loses: so each race is a race.
"""

import pytest
from django.db.models import Count

from scheduling import booking, groups
from scheduling.models import Appointment, EquipmentUse, Group
from tests.factories import AppointmentTypeFactory, EquipmentFactory, PatientFactory, at
from tests.scheduling.conftest import open_desk, therapist_at
from tests.scheduling.test_race import (  # noqa: F401 -- fixtures
    WRITERS,
    all_at_once,
    double_booked,
    lingering,
    two_have_looked,
    without_constraints,
    without_locks,
)

pytestmark = pytest.mark.django_db(transaction=True)


def patients(desk, count=WRITERS):
    return [PatientFactory(clinic=desk.clinic) for _ in range(count)]


# --- Moves ---------------------------------------------------------------------------------------


def move_into_one_slot():
    """Eight visits of eight therapists go to one therapist at two o'clock."""
    desk = open_desk()
    rows = [
        desk.book(therapist=therapist_at(desk.clinic), patient=patient)
        for patient in patients(desk)
    ]

    def move(number):
        booking.move(
            appointment=rows[number],
            version=1,
            therapist=desk.therapist,
            starts_at=at(14),
            by=desk.user,
        )
        return "moved"

    return all_at_once(move)


@pytest.mark.usefixtures("lingering", "without_constraints")
def test_of_eight_who_linger_and_move_into_one_slot_one_gets_it():
    assert move_into_one_slot() == {"moved": 1, "taken": 7}


@pytest.mark.usefixtures("two_have_looked", "without_locks", "without_constraints")
def test_without_locks_and_constraints_moves_double_book():
    answers = move_into_one_slot()

    assert answers["moved"] > 1
    assert double_booked() == 1


# --- Restores ------------------------------------------------------------------------------------


def restore_into_one_slot():
    """Eight visits that were cancelled one after the other at the same time come back at once."""
    desk = open_desk()
    rows = []
    for patient in patients(desk):
        row = desk.book(patient=patient)
        rows.append(booking.cancel(row, reason="Ill", by=desk.user))

    def restore(number):
        booking.restore(rows[number], by=desk.user)
        return "restored"

    return all_at_once(restore)


def test_of_eight_who_put_back_into_one_slot_one_gets_it():
    assert restore_into_one_slot() == {"restored": 1, "taken": 7}
    assert Appointment.objects.live().count() == 1


@pytest.mark.usefixtures("lingering", "without_constraints")
def test_of_eight_who_linger_and_put_back_into_one_slot_one_gets_it():
    assert restore_into_one_slot() == {"restored": 1, "taken": 7}


@pytest.mark.usefixtures("two_have_looked", "without_locks", "without_constraints")
def test_without_locks_and_constraints_restores_double_book():
    answers = restore_into_one_slot()

    assert answers["restored"] > 1
    assert double_booked() == 1


def test_of_eight_who_put_back_one_visit_it_is_put_back_once():
    desk = open_desk()
    row = booking.cancel(desk.book(), reason="Ill", by=desk.user)

    def restore(number):
        return booking.restore(row, by=desk.user).version

    assert all_at_once(restore) == {3: 8}


# --- The last place of a group -------------------------------------------------------------------


def join_the_last_places(*, capacity=4, taken=3):
    """Eight desks want the places that are left of one group."""
    desk = open_desk()
    balance = AppointmentTypeFactory(name="Balance group", capacity=capacity)
    for patient in patients(desk, taken):
        desk.book(patient=patient, appointment_type=balance)
    wanted = patients(desk)

    def join(number):
        desk.book(patient=wanted[number], appointment_type=balance)
        return "joined"

    return all_at_once(join)


def members():
    return sorted(Group.objects.with_taken().values_list("taken", flat=True))


def test_of_eight_who_join_the_last_place_one_gets_it_and_seven_are_told_it_is_full():
    assert join_the_last_places() == {"joined": 1, "full": 7}
    assert members() == [4]


def test_eight_who_open_a_group_at_once_open_one():
    assert join_the_last_places(capacity=6, taken=0) == {"joined": 6, "full": 2}
    assert members() == [6]


@pytest.mark.usefixtures("lingering", "without_constraints")
def test_of_eight_who_linger_and_join_the_last_place_one_gets_it():
    assert join_the_last_places() == {"joined": 1, "full": 7}


@pytest.mark.usefixtures("two_have_looked", "without_locks")
def test_without_locks_the_database_still_holds_the_group_to_its_places():
    answers = join_the_last_places()

    assert answers["joined"] == 1
    assert members() == [4]


@pytest.mark.usefixtures("two_have_looked", "without_locks", "without_constraints")
def test_without_locks_and_constraints_a_group_takes_more_than_it_has_places():
    answers = join_the_last_places()

    assert answers["joined"] > 1
    assert members() == [3 + answers["joined"]]


def test_a_group_moves_whole_while_others_join_it_and_leave_it():
    desk = open_desk()
    # Room for the three and all six who join: in whatever order they come, nobody finds it full.
    balance = AppointmentTypeFactory(capacity=9)
    rows = [desk.book(patient=patient, appointment_type=balance) for patient in patients(desk, 3)]
    wanted = patients(desk)

    def act(number):
        try:
            if number == 0:
                groups.move_group(group=rows[0].group, version=1, starts_at=at(14), by=desk.user)
            elif number == 1:
                booking.cancel(rows[1], reason="Ill", by=desk.user)
            else:
                desk.book(patient=wanted[number], appointment_type=balance)
        except groups.GroupChanged:
            return "stale"
        return "done"

    # Whoever comes after the move opens a group at nine; nobody is left between the two.
    assert all_at_once(act) == {"done": 8}
    live = Appointment.objects.live()
    assert live.count() == 3 - 1 + 6
    moved = Group.objects.get(pk=rows[0].group_id)
    assert moved.starts_at == at(14)
    assert set(live.filter(group=moved).values_list("starts_at", flat=True)) == {at(14)}


# --- Equipment -----------------------------------------------------------------------------------


def book_one_piece():
    """Eight therapists and eight patients, and one treadmill."""
    desk = open_desk()
    treadmill = EquipmentFactory(clinic=desk.clinic)
    therapists = [therapist_at(desk.clinic) for _ in range(WRITERS)]
    wanted = patients(desk)

    def book(number):
        desk.book(therapist=therapists[number], patient=wanted[number], equipment=[treadmill])
        return "booked"

    return all_at_once(book)


def pieces_held_twice():
    held = EquipmentUse.objects.filter(is_live=True).values("equipment", "starts_at")
    return held.annotate(times=Count("pk")).filter(times__gt=1).count()


def test_of_eight_who_book_one_piece_one_gets_it():
    assert book_one_piece() == {"booked": 1, "taken": 7}
    assert EquipmentUse.objects.count() == 1


@pytest.mark.usefixtures("lingering", "without_constraints")
def test_of_eight_who_linger_and_book_one_piece_one_gets_it():
    assert book_one_piece() == {"booked": 1, "taken": 7}


@pytest.mark.usefixtures("two_have_looked", "without_locks", "without_constraints")
def test_without_locks_and_constraints_one_piece_is_held_twice():
    answers = book_one_piece()

    assert answers["booked"] > 1
    assert pieces_held_twice() == 1
