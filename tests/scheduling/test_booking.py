"""Booking and moving: what is written, what is refused, and what then stands in the database."""

import datetime as dt

import pytest
from django.utils import timezone

from people.models import AuditEvent
from scheduling import booking
from scheduling.models import Appointment
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    AssistantFactory,
    ClinicFactory,
    PatientFactory,
    RoomFactory,
    UserFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

TUESDAY = dt.date(2026, 3, 3)


def written(appointment):
    appointment = Appointment.objects.get(pk=appointment.pk)
    return (appointment.starts_at, appointment.minutes, appointment.status, appointment.version)


def audited():
    return list(
        AuditEvent.objects.order_by("pk").values_list("action", "target_id", "actor__email")
    )


def test_a_booking_is_as_long_as_its_type_and_leaves_a_line_in_the_audit(desk):
    appointment = desk.book(remark="brings a walker")

    assert written(appointment) == (at(9), 45, "booked", 1)
    assert (appointment.remark, appointment.booked_by) == ("brings a walker", desk.user)
    assert audited() == [("appointment.booked", appointment.pk, "desk@example.com")]
    assert AuditEvent.objects.get().patient == desk.patient


def test_a_booking_may_be_longer_than_its_type(desk):
    assert written(desk.book(minutes=60)) == (at(9), 60, "booked", 1)


def test_appointments_may_stand_back_to_back(desk):
    desk.book()

    desk.book(starts_at=at(9, 45), patient=PatientFactory(clinic=desk.clinic))

    assert Appointment.objects.count() == 2


def taken(call, **changes):
    with pytest.raises(booking.SlotTaken) as refusal:
        call(**changes)
    return [(str(c.of), c.with_appointment.pk) for c in refusal.value.conflicts]


def test_a_therapist_cannot_be_booked_twice_at_once(desk):
    first = desk.book()

    conflicts = taken(desk.book, patient=PatientFactory(clinic=desk.clinic), starts_at=at(9, 30))

    assert conflicts == [("therapist", first.pk)]
    assert list(Appointment.objects.all()) == [first]
    assert len(audited()) == 1


def test_a_room_cannot_be_booked_twice_at_once(desk):
    bay = RoomFactory(clinic=desk.clinic)
    first = desk.book(room=bay)

    conflicts = taken(
        desk.book,
        room=bay,
        therapist=therapist_at(desk.clinic),
        patient=PatientFactory(clinic=desk.clinic),
    )

    assert conflicts == [("room", first.pk)]


def test_a_patient_cannot_be_in_two_places_at_once(desk):
    first = desk.book()

    assert taken(desk.book, therapist=therapist_at(desk.clinic)) == [("patient", first.pk)]


def test_every_conflict_is_told_at_once(desk):
    other = therapist_at(desk.clinic)
    first = desk.book(patient=PatientFactory(clinic=desk.clinic))
    second = desk.book(therapist=other)

    assert taken(desk.book) == [("therapist", first.pk), ("patient", second.pk)]


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_a_cancelled_or_missed_appointment_holds_nothing(desk, status):
    AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, status=status
    )

    assert written(desk.book()) == (at(9), 45, "booked", 1)


def test_a_completed_appointment_still_holds_its_time(desk):
    done = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, status="completed"
    )

    assert taken(desk.book) == [("therapist", done.pk), ("patient", done.pk)]


def test_a_conflict_names_therapist_patient_and_times_to_who_may_see_them(desk):
    desk.book()
    with pytest.raises(booking.SlotTaken) as refusal:
        desk.book(patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))

    assert refusal.value.sentences(to=desk.user) == [
        "Dana Reyes, PT has Okafor, Ada from 9:00 am to 9:45 am."
    ]


def test_a_conflict_at_another_clinic_does_not_name_its_patient(desk):
    elsewhere = ClinicFactory(name="Hillside")
    desk.therapist.user.clinics.add(elsewhere)
    desk.book(clinic=elsewhere, patient=PatientFactory(clinic=elsewhere), anyway=True)

    with pytest.raises(booking.SlotTaken) as refusal:
        desk.book()

    assert refusal.value.sentences(to=desk.user) == [
        "Dana Reyes, PT is booked at another clinic from 9:00 am to 9:45 am."
    ]
    assert "Okafor" in refusal.value.sentences(to=UserFactory(roles=["owner"]))[0]


def refused(call, **changes):
    with pytest.raises(booking.NotBookable) as refusal:
        call(**changes)
    return refusal.value.problems


@pytest.mark.parametrize("minutes", [0, -30])
def test_an_end_at_or_before_the_start_is_refused(desk, minutes):
    assert refused(desk.book, minutes=minutes) == {"minutes": "The end must lie after the start."}


def test_more_than_half_a_day_is_refused_and_half_a_day_is_not(desk):
    assert refused(desk.book, minutes=721) == {
        "minutes": "An appointment is at most 12 hours long."
    }
    assert written(desk.book(minutes=720, anyway=True)) == (at(9), 720, "booked", 1)


def test_a_wrong_year_is_refused(desk):
    in_226 = dt.datetime(226, 3, 2, 17, tzinfo=dt.UTC)
    in_ten_years = timezone.now() + dt.timedelta(days=3650)

    for starts_at in (in_226, in_ten_years):
        assert refused(desk.book, starts_at=starts_at) == {
            "starts_at": "Check the year of this date."
        }


def test_a_therapist_who_has_left_is_refused(desk):
    desk.therapist.is_active = False
    desk.therapist.save(update_fields=["is_active"])

    assert refused(desk.book) == {"therapist": "Dana Reyes, PT no longer works here."}


def test_a_therapist_of_another_clinic_is_refused(desk):
    stranger = therapist_at(
        ClinicFactory(), user__first_name="Kim", user__last_name="Osei", credential="PT"
    )

    assert refused(desk.book, therapist=stranger) == {
        "therapist": "Kim Osei, PT does not work at Riverbend."
    }


def test_a_therapist_who_could_not_open_the_chart_is_refused(desk):
    patient = PatientFactory(clinic=ClinicFactory(name="Hillside"))

    assert refused(desk.book, patient=patient) == {
        "therapist": "Dana Reyes, PT cannot open charts of Hillside, where this patient belongs."
    }


def test_an_evaluation_with_an_assistant_is_refused_and_a_follow_up_is_not(desk):
    evaluation = AppointmentTypeFactory(name="Evaluation", is_evaluation=True)
    assistant = AssistantFactory(user__first_name="Jo", user__last_name="Lim")
    assistant.user.clinics.set([desk.clinic])

    assert refused(desk.book, therapist=assistant, appointment_type=evaluation) == {
        "therapist": "An evaluation needs a therapist; Jo Lim, PTA is an assistant."
    }
    assert desk.book(therapist=assistant).therapist == assistant


def test_a_type_of_another_discipline_is_refused(desk):
    hand_therapy = AppointmentTypeFactory(name="Hand therapy", discipline="OT")

    assert refused(desk.book, appointment_type=hand_therapy) == {
        "therapist": "Hand therapy is occupational therapy, which Dana Reyes, PT does not offer."
    }


def test_a_removed_or_deceased_patient_is_refused(desk):
    removed = PatientFactory(clinic=desk.clinic, removed_at=timezone.now())
    deceased = PatientFactory(clinic=desk.clinic, deceased_on=dt.date(2026, 2, 1))

    assert refused(desk.book, patient=removed) == {
        "patient": "This patient's record has been removed."
    }
    assert refused(desk.book, patient=deceased) == {
        "patient": "This patient is recorded as deceased."
    }


def test_a_room_of_another_clinic_or_out_of_use_is_refused(desk):
    elsewhere = RoomFactory(name="Bay 9", clinic=ClinicFactory(name="Hillside"))
    retired = RoomFactory(name="Pool", clinic=desk.clinic, is_active=False)

    assert refused(desk.book, room=elsewhere) == {"room": "Bay 9 is at Hillside, not at Riverbend."}
    assert refused(desk.book, room=retired) == {"room": "Pool is no longer in use."}


def test_a_type_no_longer_offered_and_a_closed_down_clinic_are_refused_together(desk):
    retired = AppointmentTypeFactory(is_active=False)
    desk.clinic.is_active = False

    assert refused(desk.book, appointment_type=retired) == {
        "type": "This type is no longer offered.",
        "clinic": "Riverbend is no longer open.",
    }


def test_a_move_changes_time_length_therapist_and_room_together(desk):
    appointment = desk.book()
    other, bay = therapist_at(desk.clinic), RoomFactory(clinic=desk.clinic)

    moved = booking.move(
        appointment=appointment,
        version=1,
        starts_at=at(10, 15),
        minutes=30,
        therapist=other,
        room=bay,
        by=desk.user,
    )

    assert written(moved) == (at(10, 15), 30, "booked", 2)
    assert (moved.therapist, moved.room) == (other, bay)
    event = AuditEvent.objects.get(action="appointment.moved")
    assert event.detail == {"fields": ["ends_at", "room", "starts_at", "therapist"]}


def test_what_a_move_does_not_name_stays(desk):
    bay = RoomFactory(clinic=desk.clinic)
    appointment = desk.book(room=bay, minutes=60)

    moved = booking.move(appointment=appointment, version=1, starts_at=at(13), by=desk.user)

    assert written(moved) == (at(13), 60, "booked", 2)
    assert (moved.therapist, moved.room) == (desk.therapist, bay)


def test_a_room_can_be_given_up(desk):
    appointment = desk.book(room=RoomFactory(clinic=desk.clinic))

    moved = booking.move(appointment=appointment, version=1, room=None, by=desk.user)

    assert moved.room is None


def test_a_move_to_where_it_already_is_writes_nothing(desk):
    appointment = desk.book()

    booking.move(appointment=appointment, version=1, starts_at=at(9), by=desk.user)

    assert written(appointment) == (at(9), 45, "booked", 1)
    assert len(audited()) == 1


def test_a_move_into_its_own_time_is_no_conflict(desk):
    appointment = desk.book()

    moved = booking.move(appointment=appointment, version=1, starts_at=at(9, 15), by=desk.user)

    assert written(moved) == (at(9, 15), 45, "booked", 2)


def test_a_move_onto_another_appointment_is_refused_and_changes_nothing(desk):
    appointment = desk.book()
    rival = desk.book(starts_at=at(11), patient=PatientFactory(clinic=desk.clinic))

    conflicts = taken(
        booking.move, appointment=appointment, version=1, starts_at=at(11, 30), by=desk.user
    )

    assert conflicts == [("therapist", rival.pk)]
    assert written(appointment) == (at(9), 45, "booked", 1)


def test_a_move_from_an_old_version_is_stale_and_carries_the_present(desk):
    appointment = desk.book()
    booking.move(appointment=appointment, version=1, starts_at=at(10), by=desk.user)

    with pytest.raises(booking.Stale) as refusal:
        booking.move(appointment=appointment, version=1, starts_at=at(14), by=desk.user)

    assert (refusal.value.current.starts_at, refusal.value.current.version) == (at(10), 2)
    assert written(appointment) == (at(10), 45, "booked", 2)


@pytest.mark.parametrize("status", ["in_session", "completed", "no_show", "cancelled"])
def test_only_what_has_not_been_treated_or_called_off_can_be_moved(desk, status):
    appointment = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, status=status
    )

    with pytest.raises(booking.WrongStatus) as refusal:
        booking.move(appointment=appointment, version=1, starts_at=at(14), by=desk.user)

    label = appointment.get_status_display().lower()
    assert refusal.value.sentence == f"This appointment is {label}; it cannot be moved."


def test_an_arrived_patient_changes_therapist_but_not_the_day(desk):
    appointment = desk.book()
    booking.check_in(appointment, by=desk.user)
    other = therapist_at(desk.clinic)

    assert refused(
        booking.move,
        appointment=appointment,
        version=2,
        starts_at=at(9, day=TUESDAY),
        by=desk.user,
        anyway=True,
    ) == {"starts_at": "The patient has arrived. Undo the check-in first."}
    moved = booking.move(appointment=appointment, version=2, therapist=other, by=desk.user)
    assert (moved.therapist, moved.status) == (other, "arrived")


def test_a_move_is_checked_like_a_booking(desk):
    evaluation = AppointmentTypeFactory(is_evaluation=True)
    appointment = desk.book(appointment_type=evaluation)
    assistant = AssistantFactory(user__first_name="Jo", user__last_name="Lim")
    assistant.user.clinics.set([desk.clinic])

    assert refused(
        booking.move, appointment=appointment, version=1, therapist=assistant, by=desk.user
    ) == {"therapist": "An evaluation needs a therapist; Jo Lim, PTA is an assistant."}
    assert refused(booking.move, appointment=appointment, version=1, minutes=0, by=desk.user) == {
        "minutes": "The end must lie after the start."
    }
