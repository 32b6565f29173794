"""Minutes kept free for the therapist after visits: asked about, offered around, and shown."""

import pytest

from scheduling import availability, board, booking
from scheduling.slots import Span
from tests.factories import AppointmentTypeFactory, PatientFactory, at
from tests.scheduling.conftest import therapist_at


@pytest.fixture
def evaluation(db):
    return AppointmentTypeFactory(name="Evaluation", minutes=60, buffer_minutes=15)


def other(desk, **changes):
    return desk.book(**{"patient": PatientFactory(clinic=desk.clinic)} | changes)


def reasons(act):
    with pytest.raises(booking.OutsideHours) as refusal:
        act()
    return refusal.value.reasons


def test_a_visit_within_the_minutes_kept_free_is_asked_about(desk, evaluation):
    desk.book(appointment_type=evaluation)

    assert reasons(lambda: other(desk, starts_at=at(10, 10))) == [
        "Dana Reyes, PT keeps 15 minutes free after the visit that ends at 10:00 am."
    ]
    assert other(desk, starts_at=at(10, 10), anyway=True).starts_at == at(10, 10)


def test_a_visit_right_after_the_minutes_kept_free_is_not(desk, evaluation):
    desk.book(appointment_type=evaluation)

    assert other(desk, starts_at=at(10, 15)).starts_at == at(10, 15)


def test_a_visit_whose_own_minutes_run_into_the_next_is_asked_about(desk, evaluation):
    desk.book(starts_at=at(10))

    assert reasons(lambda: other(desk, appointment_type=evaluation)) == [
        "Dana Reyes, PT keeps 15 minutes free after this visit, and the next one begins at "
        "10:00 am."
    ]


def test_another_therapists_visit_keeps_nothing_free_here(desk, evaluation):
    desk.book(appointment_type=evaluation, therapist=therapist_at(desk.clinic))

    assert other(desk, starts_at=at(10)).starts_at == at(10)


def test_members_of_a_group_do_not_stand_in_each_others_minutes(desk):
    group = AppointmentTypeFactory(minutes=60, buffer_minutes=15, capacity=3)
    desk.book(appointment_type=group)

    assert other(desk, appointment_type=group).group.members.count() == 2


def test_the_end_of_the_day_needs_no_minutes_kept_free(desk, evaluation):
    assert desk.book(appointment_type=evaluation, starts_at=at(16)).ends_at == at(17)


def test_free_times_leave_the_minutes_free_before_and_after(desk, evaluation):
    desk.book(appointment_type=evaluation, starts_at=at(9))  # to 10:15 with what is kept
    other(desk, starts_at=at(12))

    def offered(kind, count):
        return availability.free_times(
            at(10),
            minutes=kind.minutes,
            clinic=desk.clinic,
            therapist=desk.therapist,
            patient=None,
            room=None,
            appointment_type=kind,
            count=count,
        )

    assert offered(desk.type, 3) == [at(10, 15), at(10, 30), at(10, 45)]
    # An hour and its quarter must end by noon.
    assert offered(evaluation, 5) == [
        at(10, 15), at(10, 30), at(10, 45), at(12, 45), at(13),
    ]  # fmt: skip


def test_what_is_kept_free_is_shaded_where_nothing_is_booked(desk, evaluation):
    first = desk.book(appointment_type=evaluation)
    late = other(desk, appointment_type=evaluation, starts_at=at(13))
    into = other(desk, starts_at=at(14, 5), anyway=True)

    assert board.kept_free([first, late, into]) == [
        Span(at(10), at(10, 15)),
        Span(at(14), at(14, 5)),
    ]
