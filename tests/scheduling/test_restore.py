"""Putting a cancelled or missed visit back: if its time is free, and as if it had been booked."""

import pytest

from people.models import AuditEvent
from scheduling import booking, groups
from scheduling.models import Appointment, EquipmentUse
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    EquipmentFactory,
    PatientFactory,
    at,
)
from tests.scheduling.conftest import therapist_at


def gone(desk, status="cancelled", **changes):
    values = {
        "patient": desk.patient,
        "therapist": desk.therapist,
        "type": desk.type,
        "status": status,
        "cancel_reason": "Ill" if status == "cancelled" else "",
    }
    return AppointmentFactory(**values | changes)


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_what_was_called_off_or_missed_is_put_back_as_booked(desk, status):
    row = gone(desk, status)

    back = booking.restore(row, by=desk.user)

    back = Appointment.objects.get(pk=back.pk)
    assert (back.status, back.cancel_reason, back.arrived_at, back.version) == (
        "booked", "", None, 2,
    )  # fmt: skip
    assert list(AuditEvent.objects.values_list("action", "target_id", "actor__email")) == [
        ("appointment.restored", row.pk, "desk@example.com")
    ]


@pytest.mark.parametrize("status", ["confirmed", "arrived", "in_session", "completed"])
def test_what_was_not_called_off_is_not_put_back(desk, status):
    with pytest.raises(booking.WrongStatus) as refusal:
        booking.restore(gone(desk, status), by=desk.user)

    assert refusal.value.sentence.endswith("it cannot be put back.")


def test_putting_back_twice_is_once(desk):
    row = gone(desk)
    booking.restore(row, by=desk.user)

    assert booking.restore(row, by=desk.user).version == 2
    assert AuditEvent.objects.count() == 1


def test_a_time_that_was_given_away_is_told_with_who_has_it(desk):
    row = gone(desk)
    rival = desk.book(patient=PatientFactory(clinic=desk.clinic))

    with pytest.raises(booking.SlotTaken) as refusal:
        booking.restore(row, by=desk.user)

    assert [(str(c.of), c.with_appointment) for c in refusal.value.conflicts] == [
        ("therapist", rival)
    ]
    row.refresh_from_db()
    assert (row.status, row.version) == ("cancelled", 1)


def test_a_piece_that_was_given_away_stands_in_the_way_too(desk):
    treadmill = EquipmentFactory(clinic=desk.clinic)
    row = desk.book(equipment=[treadmill])
    booking.cancel(row, reason="Ill", by=desk.user)
    desk.book(
        therapist=therapist_at(desk.clinic),
        patient=PatientFactory(clinic=desk.clinic),
        equipment=[treadmill],
    )

    with pytest.raises(booking.SlotTaken) as refusal:
        booking.restore(row, by=desk.user)

    assert [conflict.equipment for conflict in refusal.value.conflicts] == [treadmill]


def test_a_visit_comes_back_with_its_pieces(desk):
    row = desk.book(equipment=[EquipmentFactory(clinic=desk.clinic)])
    booking.cancel(row, reason="Ill", by=desk.user)

    booking.restore(row, by=desk.user)

    assert EquipmentUse.objects.get().is_live


def test_outside_the_hours_of_today_it_is_asked_about(desk):
    row = gone(desk, starts_at=at(19))

    with pytest.raises(booking.OutsideHours):
        booking.restore(row, by=desk.user)

    assert booking.restore(row, by=desk.user, anyway=True).status == "booked"


def test_a_member_goes_back_into_the_group_that_meets_there(desk):
    balance = AppointmentTypeFactory(capacity=2)
    row = desk.book(appointment_type=balance)
    stays = desk.book(appointment_type=balance, patient=PatientFactory(clinic=desk.clinic))
    booking.cancel(row, reason="Ill", by=desk.user)

    back = booking.restore(row, by=desk.user)

    assert back.group == stays.group
    assert back.group.members.live().count() == 2


def test_a_member_whose_place_was_given_away_is_told_that_the_group_is_full(desk):
    balance = AppointmentTypeFactory(capacity=2)
    row = desk.book(appointment_type=balance)
    desk.book(appointment_type=balance, patient=PatientFactory(clinic=desk.clinic))
    booking.cancel(row, reason="Ill", by=desk.user)
    desk.book(appointment_type=balance, patient=PatientFactory(clinic=desk.clinic))

    with pytest.raises(booking.GroupFull):
        booking.restore(row, by=desk.user)


def test_a_member_of_a_group_that_moved_away_opens_one_where_it_was(desk):
    balance = AppointmentTypeFactory(capacity=2)
    row = desk.book(appointment_type=balance)
    stays = desk.book(appointment_type=balance, patient=PatientFactory(clinic=desk.clinic))
    booking.cancel(row, reason="Ill", by=desk.user)
    groups.move_group(group=stays.group, version=1, starts_at=at(14), by=desk.user)

    back = booking.restore(row, by=desk.user)

    assert (back.starts_at, back.group == stays.group) == (at(9), False)


def test_undoing_a_check_in_does_not_put_a_cancelled_visit_back(desk):
    row = gone(desk)

    with pytest.raises(booking.WrongStatus):
        booking.undo_check_in(row, by=desk.user)

    row.refresh_from_db()
    assert (row.status, row.version) == ("cancelled", 1)
