"""Groups and equipment in the database: what it refuses, whoever writes and however."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.models import Appointment, AppointmentType, EquipmentUse, Group
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    EquipmentFactory,
    GroupFactory,
    PatientFactory,
    RoomFactory,
    at,
)
from tests.scheduling.conftest import therapist_at


@pytest.fixture
def group(desk):
    return GroupFactory(
        therapist=desk.therapist,
        clinic=desk.clinic,
        type=AppointmentTypeFactory(name="Balance group", capacity=3),
        capacity=2,
    )


def join(group, /, **changes):
    values = {
        "patient": PatientFactory(clinic=group.clinic),
        "therapist": group.therapist,
        "room": group.room,
        "type": group.type,
        "group": group,
        "starts_at": group.starts_at,
        "ends_at": group.ends_at,
    }
    return AppointmentFactory(**values | changes)


def refused_by(constraint, act):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    assert refusal.value.__cause__.diag.constraint_name == constraint


def test_two_members_of_one_group_share_therapist_and_time(group):
    join(group)
    join(group)

    assert group.members.count() == 2


def test_a_stranger_cannot_share_the_therapists_time_with_a_group(group):
    join(group)

    refused_by("no_two_live_appointments_of_a_therapist", lambda: join(group, group=None))


def test_members_of_two_groups_cannot_share_a_therapists_time(group):
    join(group)
    other = GroupFactory(
        therapist=group.therapist, clinic=group.clinic, type=group.type, starts_at=at(9, 15)
    )

    refused_by("no_two_live_appointments_of_a_therapist", lambda: join(other))


def test_members_of_two_groups_cannot_share_a_room(desk, group):
    gym = RoomFactory(clinic=desk.clinic)
    Group.objects.filter(pk=group.pk).update(room=gym)
    group.refresh_from_db()
    join(group)
    other = GroupFactory(
        therapist=therapist_at(desk.clinic), clinic=desk.clinic, type=group.type, room=gym
    )

    refused_by("no_two_live_appointments_of_a_room", lambda: join(other))


def test_a_patient_is_in_a_group_once(group):
    patient = join(group).patient

    refused_by("no_two_live_appointments_of_a_patient", lambda: join(group, patient=patient))


def test_one_member_more_than_places_is_refused(group):
    join(group)
    join(group)

    refused_by("no_more_members_than_places", lambda: join(group))


def test_a_bulk_insert_of_more_members_than_places_is_refused_whole(group):
    rows = [
        Appointment(
            patient=PatientFactory(clinic=group.clinic),
            therapist=group.therapist,
            clinic=group.clinic,
            type=group.type,
            group=group,
            starts_at=group.starts_at,
            ends_at=group.ends_at,
        )
        for _ in range(3)
    ]

    refused_by("no_more_members_than_places", lambda: Appointment.objects.bulk_create(rows))
    assert group.members.count() == 0


def test_a_cancelled_member_holds_no_place_until_it_is_live_again(group):
    gone = join(group, status="cancelled")
    join(group)
    join(group)

    refused_by(
        "no_more_members_than_places",
        lambda: Appointment.objects.filter(pk=gone.pk).update(status="booked"),
    )


def test_a_group_cannot_have_fewer_places_than_members(group):
    join(group)
    join(group)

    refused_by(
        "no_more_members_than_places",
        lambda: Group.objects.filter(pk=group.pk).update(capacity=1),
    )


@pytest.mark.parametrize(
    "differs",
    [
        {"starts_at": at(9, 5)},
        {"ends_at": at(9, 50)},
        {"therapist": "another"},
        {"room": "another"},
        {"type": "another"},
    ],
    ids=lambda differs: next(iter(differs)),
)
def test_a_member_is_where_and_when_its_group_meets(desk, group, differs):
    another = {
        "therapist": lambda: therapist_at(desk.clinic),
        "room": lambda: RoomFactory(clinic=desk.clinic),
        "type": AppointmentTypeFactory,
    }
    values = {
        name: another[name]() if value == "another" else value for name, value in differs.items()
    }

    refused_by("members_are_with_their_group", lambda: join(group, **values))

    member = join(group)
    refused_by(
        "members_are_with_their_group",
        lambda: Appointment.objects.filter(pk=member.pk).update(**values),
    )


def test_a_group_takes_its_live_members_along_and_leaves_the_cancelled_ones(group):
    member, gone = join(group), join(group, status="cancelled")

    Group.objects.filter(pk=group.pk).update(starts_at=at(11), ends_at=at(12))

    member.refresh_from_db()
    gone.refresh_from_db()
    assert (member.starts_at, member.ends_at, member.version) == (at(11), at(12), 2)
    assert (gone.starts_at, gone.ends_at, gone.version) == (at(9), at(9, 45), 1)


def test_a_group_of_a_type_for_one_patient_is_refused(desk):
    refused_by(
        "groups_are_of_a_group_type",
        lambda: GroupFactory(therapist=desk.therapist, clinic=desk.clinic, type=desk.type),
    )


def test_a_type_with_groups_to_come_stays_a_group_type(group):
    soon = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=1)
    Group.objects.filter(pk=group.pk).update(starts_at=soon, ends_at=soon + dt.timedelta(hours=1))
    group.refresh_from_db()
    types = AppointmentType.objects.filter(pk=group.type_id)
    member = join(group)

    refused_by("groups_are_of_a_group_type", lambda: types.update(capacity=1))

    Appointment.objects.filter(pk=member.pk).update(status="cancelled")
    assert types.update(capacity=1) == 1


def use(appointment, piece):
    return EquipmentUse.objects.create(
        appointment=appointment, equipment=piece, starts_at=at(1), ends_at=at(2)
    )


def stored(row):
    row.refresh_from_db()
    return (row.starts_at, row.ends_at, row.is_live)


def test_a_use_has_its_appointments_times_whatever_was_written(desk):
    piece = EquipmentFactory(clinic=desk.clinic)
    appointment = AppointmentFactory(patient=desk.patient, therapist=desk.therapist)
    row = use(appointment, piece)
    assert stored(row) == (at(9), at(9, 45), True)

    Appointment.objects.filter(pk=appointment.pk).update(starts_at=at(10), ends_at=at(11))
    assert stored(row) == (at(10), at(11), True)

    Appointment.objects.filter(pk=appointment.pk).update(status="no_show")
    assert stored(row) == (at(10), at(11), False)

    EquipmentUse.objects.filter(pk=row.pk).update(is_live=True, ends_at=at(23))
    assert stored(row) == (at(10), at(11), False)


def test_a_piece_is_not_used_twice_at_once_not_even_after_a_move(desk):
    piece = EquipmentFactory(clinic=desk.clinic)
    use(AppointmentFactory(patient=desk.patient, therapist=desk.therapist), piece)
    other = AppointmentFactory(patient=PatientFactory(clinic=desk.clinic))

    refused_by("no_two_live_appointments_of_an_equipment", lambda: use(other, piece))

    Appointment.objects.filter(pk=other.pk).update(starts_at=at(9, 45), ends_at=at(10, 30))
    use(other, piece)
    refused_by(
        "no_two_live_appointments_of_an_equipment",
        lambda: Appointment.objects.filter(pk=other.pk).update(starts_at=at(9, 30)),
    )


def test_a_piece_of_another_clinic_is_refused(desk):
    appointment = AppointmentFactory(patient=desk.patient, therapist=desk.therapist)

    refused_by("equipment_is_at_the_clinic", lambda: use(appointment, EquipmentFactory()))
