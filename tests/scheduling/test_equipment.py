"""Equipment and what types need: held by one visit at a time, followed, and asked for."""

import pytest

from scheduling import booking, set_up
from scheduling.models import Appointment, Closure, EquipmentKind, EquipmentUse
from tests.factories import (
    AppointmentTypeFactory,
    ClinicFactory,
    EquipmentFactory,
    EquipmentKindFactory,
    PatientFactory,
    RoomFactory,
    at,
)
from tests.scheduling.conftest import therapist_at


@pytest.fixture
def treadmill(desk):
    return EquipmentFactory(clinic=desk.clinic, name="Treadmill 1")


def elsewhere(desk, **changes):
    """Somebody else's visit with another therapist at the same time."""
    values = {
        "therapist": therapist_at(desk.clinic),
        "patient": PatientFactory(clinic=desk.clinic, last_name="Lund"),
    }
    return desk.book(**values | changes)


def uses(appointment):
    rows = EquipmentUse.objects.filter(appointment=appointment)
    return [(row.equipment, row.starts_at, row.ends_at, row.is_live) for row in rows]


def test_a_booking_holds_its_pieces_for_its_time(desk, treadmill):
    harness = EquipmentFactory(clinic=desk.clinic, name="BWS harness")

    row = desk.book(equipment=[treadmill, harness])

    assert uses(row) == [
        (harness, at(9), at(9, 45), True),
        (treadmill, at(9), at(9, 45), True),
    ]


def test_a_piece_that_is_held_names_itself_and_who_has_it(desk, treadmill):
    first = desk.book(equipment=[treadmill])

    with pytest.raises(booking.SlotTaken) as refusal:
        elsewhere(desk, equipment=[treadmill], starts_at=at(9, 30))

    [conflict] = refusal.value.conflicts
    assert (str(conflict.of), conflict.equipment, conflict.with_appointment) == (
        "equipment", treadmill, first,
    )  # fmt: skip
    assert refusal.value.sentences(to=desk.user) == [
        "Treadmill 1 is taken by Okafor, Ada from 9:00 am to 9:45 am."
    ]
    assert Appointment.objects.count() == 1


def test_a_visit_takes_its_pieces_along_when_it_moves(desk, treadmill):
    row = desk.book(equipment=[treadmill])

    booking.move(appointment=row, version=1, starts_at=at(11), by=desk.user)

    assert uses(row) == [(treadmill, at(11), at(11, 45), True)]
    assert uses(elsewhere(desk, equipment=[treadmill])) == [(treadmill, at(9), at(9, 45), True)]


def test_a_move_to_where_the_piece_is_held_is_refused_whoever_it_is_for(desk, treadmill):
    row = desk.book(equipment=[treadmill])
    elsewhere(desk, equipment=[treadmill], starts_at=at(11))

    with pytest.raises(booking.SlotTaken) as refusal:
        booking.move(appointment=row, version=1, starts_at=at(11), by=desk.user)

    assert [conflict.equipment for conflict in refusal.value.conflicts] == [treadmill]
    assert uses(row) == [(treadmill, at(9), at(9, 45), True)]


def test_a_move_that_gives_the_piece_up_goes_where_it_is_held(desk, treadmill):
    other = EquipmentFactory(clinic=desk.clinic, name="Treadmill 2")
    row = desk.book(equipment=[treadmill])
    elsewhere(desk, equipment=[treadmill], starts_at=at(11))

    moved = booking.move(
        appointment=row, version=1, starts_at=at(11), equipment=[other], by=desk.user
    )

    assert uses(moved) == [(other, at(11), at(11, 45), True)]


def test_changing_the_equipment_alone_is_a_change_that_others_see(desk, treadmill):
    row = desk.book()

    moved = booking.move(appointment=row, version=1, equipment=[treadmill], by=desk.user)

    assert (moved.version, [piece for piece, *_ in uses(moved)]) == (2, [treadmill])


def test_a_cancelled_visit_lets_its_pieces_go(desk, treadmill):
    row = desk.book(equipment=[treadmill])
    booking.cancel(row, reason="Ill", by=desk.user)

    elsewhere(desk, equipment=[treadmill])

    assert uses(row) == [(treadmill, at(9), at(9, 45), False)]


def refused(act):
    with pytest.raises(booking.NotBookable) as refusal:
        act()
    return refusal.value.problems


def test_a_piece_of_another_clinic_or_out_of_use_is_not_booked(desk):
    far = EquipmentFactory(clinic=ClinicFactory(), name="Far treadmill")
    old = EquipmentFactory(clinic=desk.clinic, name="Old treadmill", is_active=False)

    assert refused(lambda: desk.book(equipment=[far])) == {
        "equipment": "Far treadmill is not at Riverbend."
    }
    assert refused(lambda: desk.book(equipment=[old])) == {
        "equipment": "Old treadmill is no longer in use."
    }


def test_a_piece_out_of_use_for_a_while_is_asked_about(desk, treadmill):
    Closure.objects.create(
        equipment=treadmill, starts_at=at(8), ends_at=at(12), reason="Belt repair"
    )

    with pytest.raises(booking.OutsideHours) as refusal:
        desk.book(equipment=[treadmill])

    assert refusal.value.reasons == ["Treadmill 1 is out of use: Belt repair."]
    assert desk.book(equipment=[treadmill], anyway=True).pk is not None


def test_a_type_is_never_booked_without_what_it_needs(desk):
    kind = EquipmentKindFactory(name="Treadmill")
    gait = AppointmentTypeFactory(name="Gait", needs_room=True)
    gait.equipment_kinds.add(kind)
    piece = EquipmentFactory(clinic=desk.clinic, kind=kind)
    wrong = EquipmentFactory(clinic=desk.clinic)
    bay = RoomFactory(clinic=desk.clinic)

    assert refused(lambda: desk.book(appointment_type=gait, equipment=[wrong])) == {
        "room": "Gait needs a room.",
        "equipment": "Gait needs: Treadmill.",
    }
    row = desk.book(appointment_type=gait, room=bay, equipment=[piece])
    assert refused(lambda: booking.move(appointment=row, version=1, room=None, by=desk.user)) == {
        "room": "Gait needs a room."
    }
    assert refused(
        lambda: booking.move(appointment=row, version=1, equipment=[], by=desk.user)
    ) == {"equipment": "Gait needs: Treadmill."}


def test_what_was_booked_before_the_rule_may_still_be_moved(desk):
    row = desk.book()
    desk.type.needs_room = True
    desk.type.save(update_fields=["needs_room"])

    moved = booking.move(appointment=row, version=1, starts_at=at(11), by=desk.user)

    assert (moved.starts_at, moved.room) == (at(11), None)


# --- Setting equipment up ------------------------------------------------------------------------


def test_a_kind_is_one_however_it_is_written(desk):
    first = set_up.add_equipment(
        by=desk.user, clinic=desk.clinic, kind="Treadmill", name="Treadmill 1"
    )
    second = set_up.add_equipment(
        by=desk.user, clinic=desk.clinic, kind="treadmill", name="Treadmill 2"
    )

    assert first.kind == second.kind
    assert list(EquipmentKind.objects.values_list("name", flat=True)) == ["Treadmill"]


def test_a_kind_goes_with_its_last_piece_unless_a_type_needs_it(desk):
    spelled_wrong = set_up.add_equipment(
        by=desk.user, clinic=desk.clinic, kind="Tredmill", name="Treadmill 1"
    )
    needed = EquipmentKindFactory(name="Harness")
    desk.type.equipment_kinds.add(needed)

    set_up.change_equipment(row=spelled_wrong, by=desk.user, kind="Treadmill")

    assert list(EquipmentKind.objects.values_list("name", flat=True)) == ["Harness", "Treadmill"]
