"""Group appointments: who joins which group, when it is full, and the whole group at once."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import AuditEvent
from scheduling import availability, booking, conflicts, groups, set_up
from scheduling.facts import GroupChanged, MemberStands
from scheduling.models import Appointment, Group, Series
from tests.factories import (
    AppointmentTypeFactory,
    PatientFactory,
    RoomFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

TUESDAY = dt.date(2026, 3, 3)


@pytest.fixture
def balance(db):
    return AppointmentTypeFactory(name="Balance group", minutes=60, capacity=3)


def join(desk, balance, **changes):
    patient = PatientFactory(clinic=desk.clinic)
    return desk.book(**{"patient": patient, "appointment_type": balance} | changes)


def taken(group):
    return Group.objects.with_taken().get(pk=group.pk).taken


def test_the_first_patient_opens_a_group_and_the_next_joins_it(desk, balance):
    first = join(desk, balance)
    second = join(desk, balance)

    assert first.group == second.group
    assert (first.group.capacity, taken(first.group)) == (3, 2)
    assert (second.starts_at, second.minutes, second.therapist) == (at(9), 60, desk.therapist)


def test_who_joins_takes_the_groups_length_and_room(desk, balance):
    gym = RoomFactory(clinic=desk.clinic)
    join(desk, balance, room=gym, minutes=75)

    second = join(desk, balance, minutes=30)

    assert (second.minutes, second.room) == (75, gym)


def test_another_room_than_the_groups_is_refused(desk, balance):
    gym, bay = RoomFactory(clinic=desk.clinic, name="Gym"), RoomFactory(clinic=desk.clinic)
    join(desk, balance, room=gym)

    with pytest.raises(booking.NotBookable) as refusal:
        join(desk, balance, room=bay)

    assert refusal.value.problems == {
        "room": "The group meets in Gym. Move the whole group to change that."
    }


def test_a_full_group_is_told_with_its_places_and_nothing_is_written(desk, balance):
    for _ in range(3):
        join(desk, balance)

    with pytest.raises(booking.GroupFull) as refusal:
        join(desk, balance)

    assert refusal.value.sentence == (
        "Balance group with Dana Reyes, PT from 9:00 am to 10:00 am is full: "
        "3 of 3 places are taken."
    )
    assert Appointment.objects.count() == 3


def test_a_patient_who_is_in_the_group_already_is_told_so(desk, balance):
    first = join(desk, balance)

    with pytest.raises(booking.SlotTaken) as refusal:
        join(desk, balance, patient=first.patient)

    assert [(str(c.of), c.with_appointment) for c in refusal.value.conflicts] == [
        ("patient", first)
    ]


@pytest.mark.parametrize("minute", [15, 45])
def test_a_group_is_joined_at_its_beginning_only(desk, balance, minute):
    join(desk, balance)

    with pytest.raises(booking.SlotTaken):
        join(desk, balance, starts_at=at(9, minute))


def test_another_type_cannot_share_the_groups_time_and_is_told_once(desk, balance):
    join(desk, balance)
    join(desk, balance)

    with pytest.raises(booking.SlotTaken) as refusal:
        desk.book()

    assert refusal.value.sentences(to=desk.user) == [
        "Dana Reyes, PT has Balance group from 9:00 am to 10:00 am."
    ]


def test_a_cancelled_member_frees_a_place_and_the_last_one_frees_the_time(desk, balance):
    rows = [join(desk, balance) for _ in range(3)]
    booking.cancel(rows[0], reason="Ill", by=desk.user)
    rows.append(join(desk, balance))
    assert taken(rows[1].group) == 3

    for row in rows[1:]:
        booking.cancel(row, reason="Ill", by=desk.user)

    assert desk.book().group is None


def test_free_times_offer_a_group_with_places_beside_times_that_are_free(desk, balance):
    join(desk, balance, starts_at=at(9))
    full = [join(desk, balance, starts_at=at(10)) for _ in range(3)]

    def offered(patient):
        return availability.free_times(
            at(10),
            minutes=60,
            clinic=desk.clinic,
            therapist=desk.therapist,
            patient=patient,
            room=None,
            appointment_type=balance,
        )

    assert offered(desk.patient) == [at(9), at(11), at(11, 15)]
    # Who is treated at nine elsewhere cannot join at nine.
    desk.book(starts_at=at(9), therapist=therapist_at(desk.clinic))
    assert offered(desk.patient) == [at(11), at(11, 15), at(11, 30)]
    assert taken(full[0].group) == 3


# --- One member moves ----------------------------------------------------------------------------


def test_a_member_who_moves_alone_leaves_for_a_group_of_its_own(desk, balance):
    stays, goes = join(desk, balance), join(desk, balance)

    moved = booking.move(appointment=goes, version=1, starts_at=at(11), by=desk.user)

    assert moved.group != stays.group
    assert (taken(stays.group), taken(moved.group)) == (1, 1)
    assert (moved.starts_at, moved.minutes, moved.version) == (at(11), 60, 2)


def test_a_member_who_moves_to_where_a_group_meets_joins_it(desk, balance):
    here = join(desk, balance)
    there = join(desk, balance, starts_at=at(11), room=RoomFactory(clinic=desk.clinic))

    moved = booking.move(appointment=here, version=1, starts_at=at(11), by=desk.user)

    assert (moved.group, moved.room) == (there.group, there.room)


def test_a_member_cannot_move_into_a_full_group(desk, balance):
    goes = join(desk, balance)
    for _ in range(3):
        join(desk, balance, starts_at=at(11))

    with pytest.raises(booking.GroupFull):
        booking.move(appointment=goes, version=1, starts_at=at(11), by=desk.user)

    goes.refresh_from_db()
    assert (goes.starts_at, goes.version) == (at(9), 1)


def test_one_member_cannot_change_the_length_of_the_group(desk, balance):
    member = join(desk, balance)

    with pytest.raises(booking.NotBookable) as refusal:
        booking.move(appointment=member, version=1, minutes=30, by=desk.user)

    assert refusal.value.problems == {
        "minutes": "The group lasts 60 minutes. Move the whole group instead."
    }


# --- The whole group -----------------------------------------------------------------------------


def move_group(desk, group, **changes):
    return groups.move_group(**{"group": group, "version": 1, "by": desk.user} | changes)


def where(rows):
    return [
        (row.starts_at, row.minutes, row.therapist, row.room, row.version)
        for row in Appointment.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    ]


def test_a_whole_group_moves_in_one_act_and_each_member_has_a_line_in_the_audit(desk, balance):
    rows = [join(desk, balance), join(desk, balance)]
    other, gym = therapist_at(desk.clinic), RoomFactory(clinic=desk.clinic)

    moved = move_group(
        desk, rows[0].group, starts_at=at(9, 30), minutes=45, therapist=other, room=gym
    )

    assert where(rows) == [(at(9, 30), 45, other, gym, 2)] * 2
    assert (moved.starts_at, moved.version) == (at(9, 30), 2)
    lines = AuditEvent.objects.exclude(action="appointment.booked").order_by("pk")
    assert list(lines.values_list("action", "target_id")) == [
        ("group.moved", moved.pk),
        ("appointment.moved", rows[0].pk),
        ("appointment.moved", rows[1].pk),
    ]


def test_a_group_cannot_move_onto_what_holds_its_therapist_or_one_of_its_patients(desk, balance):
    rows = [join(desk, balance), join(desk, balance)]
    therapists = desk.book(starts_at=at(11))
    patients = desk.book(
        starts_at=at(11, 45), therapist=therapist_at(desk.clinic), patient=rows[1].patient
    )

    with pytest.raises(booking.SlotTaken) as refusal:
        move_group(desk, rows[0].group, starts_at=at(11))

    assert [(str(c.of), c.with_appointment) for c in refusal.value.conflicts] == [
        ("therapist", therapists),
        ("patient", patients),
    ]
    assert where(rows) == [(at(9), 60, desk.therapist, None, 1)] * 2


def test_a_group_that_was_moved_meanwhile_is_told_as_it_is(desk, balance):
    group = join(desk, balance).group
    move_group(desk, group, starts_at=at(11))

    with pytest.raises(GroupChanged) as refusal:
        move_group(desk, group, starts_at=at(14))

    assert refusal.value.sentence == (
        "The group was changed meanwhile: it is now Monday, March 2 at 11:00 am with "
        "Dana Reyes, PT."
    )


@pytest.mark.usefixtures("monday_morning")
def test_a_group_of_which_one_is_being_treated_stays(desk, balance):
    rows = [join(desk, balance, anyway=True), join(desk, balance, anyway=True)]
    booking.start_session(rows[1], by=desk.user)

    for act in (
        lambda: move_group(desk, rows[0].group, starts_at=at(14)),
        lambda: groups.cancel_group(group=rows[0].group, reason="Ill", by=desk.user),
    ):
        with pytest.raises(MemberStands) as refusal:
            act()
        assert "is in session; the group cannot be" in refusal.value.sentence
    assert set(Appointment.objects.values_list("status", flat=True)) == {"booked", "in_session"}


def test_a_group_outside_the_hours_is_asked_about(desk, balance):
    group = join(desk, balance).group

    with pytest.raises(booking.OutsideHours):
        move_group(desk, group, starts_at=at(19))

    assert move_group(desk, group, starts_at=at(19), anyway=True).starts_at == at(19)


def test_places_are_changed_but_not_under_what_is_taken(desk, balance):
    rows = [join(desk, balance), join(desk, balance)]

    with pytest.raises(booking.NotBookable) as refusal:
        move_group(desk, rows[0].group, capacity=1)
    assert refusal.value.problems == {"capacity": "2 are in the group."}

    moved = move_group(desk, rows[0].group, capacity=8)
    assert (moved.capacity, moved.version) == (8, 2)
    assert where(rows) == [(at(9), 60, desk.therapist, None, 1)] * 2


def test_who_moves_with_the_group_leaves_the_series(desk, balance):
    series = Series.objects.create(
        patient=desk.patient, clinic=desk.clinic, type=balance, rule={}, visits=1
    )
    member = desk.book(appointment_type=balance, series=series, series_position=1)

    move_group(desk, member.group, starts_at=at(11))

    member.refresh_from_db()
    assert member.detached_from_series_at is not None


def test_a_move_that_changes_nothing_writes_nothing(desk, balance):
    group = join(desk, balance).group
    lines = AuditEvent.objects.count()

    assert move_group(desk, group, starts_at=at(9), minutes=60).version == 1
    assert AuditEvent.objects.count() == lines


def test_a_whole_group_is_cancelled_with_one_reason(desk, balance):
    rows = [join(desk, balance), join(desk, balance)]
    booking.cancel(rows[0], reason="Ill", by=desk.user)

    groups.cancel_group(group=rows[0].group, reason="Snow", by=desk.user)

    assert list(Appointment.objects.order_by("pk").values_list("status", "cancel_reason")) == [
        ("cancelled", "Ill"),
        ("cancelled", "Snow"),
    ]


def test_moving_ten_members_takes_no_more_looking_up_of_conflicts_than_two(
    desk, balance, django_assert_num_queries
):
    for count in (2, 3):
        start = at(9) + dt.timedelta(hours=2 * count)
        rows = [join(desk, balance, starts_at=start, anyway=True) for _ in range(count)]
        with django_assert_num_queries(2):  # appointments, equipment
            conflicts.refuse_group_taken(rows[0].group, rows)


def test_a_type_with_groups_to_come_cannot_become_one_for_a_single_patient(desk, balance):
    tomorrow = timezone.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    row = join(desk, balance, starts_at=tomorrow, anyway=True)

    with pytest.raises(ValidationError) as refusal:
        set_up.change_type(row=balance, by=desk.user, capacity=1)
    assert list(refusal.value.message_dict) == ["capacity"]

    booking.cancel(row, reason="Ill", by=desk.user)
    assert set_up.change_type(row=balance, by=desk.user, capacity=1).capacity == 1
