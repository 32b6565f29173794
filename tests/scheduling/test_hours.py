"""Outside working hours and during a closure the desk is asked first; `anyway` books it."""

import datetime as dt

import pytest

from scheduling import availability, booking
from scheduling.models import Closure
from tests.factories import ClinicFactory, RoomFactory, TherapistFactory, WeeklyHoursFactory, at

SATURDAY = dt.date(2026, 3, 7)


def reasons(call, **changes):
    with pytest.raises(booking.OutsideHours) as refusal:
        call(**changes)
    return refusal.value.reasons


def test_within_the_hours_nobody_is_asked(desk):
    assert desk.book(starts_at=at(16, 15)).ends_at == at(17)


def test_a_minute_past_the_hours_the_desk_is_asked(desk):
    assert reasons(desk.book, starts_at=at(16, 16)) == [
        "Dana Reyes, PT works 8:00 am to 5:00 pm that day."
    ]


def test_across_a_lunch_break_the_desk_is_asked(desk):
    hours = WeeklyHoursFactory(
        therapist=desk.therapist, clinic=desk.clinic, weekday=1, ends_at=dt.time(12)
    )
    WeeklyHoursFactory(
        therapist=desk.therapist, clinic=desk.clinic, weekday=1, starts_at=dt.time(13)
    )
    tuesday = dt.date(2026, 3, 3)
    assert hours.weekday == tuesday.weekday()

    assert reasons(desk.book, starts_at=at(11, 45, day=tuesday)) == [
        "Dana Reyes, PT works 8:00 am to 12:00 pm and 1:00 pm to 5:00 pm that day."
    ]


def test_on_a_day_off_the_desk_is_asked(desk):
    assert reasons(desk.book, starts_at=at(9, day=SATURDAY)) == [
        "Dana Reyes, PT does not work that day."
    ]


def test_during_closures_each_reason_is_told(desk):
    bay = RoomFactory(clinic=desk.clinic, name="Bay 2")
    of = [{"clinic": desk.clinic}, {"therapist": desk.therapist}, {"room": bay}]
    why = ["staff meeting", "dentist", "new floor"]
    for who, reason in zip(of, why, strict=True):
        Closure.objects.create(starts_at=at(9, 30), ends_at=at(10), reason=reason, **who)

    assert reasons(desk.book, room=bay) == [
        "Riverbend is closed: staff meeting.",
        "Dana Reyes, PT is away: dentist.",
        "Bay 2 is out of use: new floor.",
    ]


def test_a_closure_of_another_room_or_that_has_ended_asks_nothing(desk):
    other = RoomFactory(clinic=desk.clinic)
    Closure.objects.create(room=other, starts_at=at(8), ends_at=at(12), reason="paint")
    Closure.objects.create(clinic=desk.clinic, starts_at=at(8), ends_at=at(9), reason="late")

    assert desk.book(room=RoomFactory(clinic=desk.clinic)).starts_at == at(9)


def test_anyway_books_it(desk):
    Closure.objects.create(clinic=desk.clinic, starts_at=at(8), ends_at=at(17), reason="snow")

    assert desk.book(anyway=True).starts_at == at(9)


def test_a_move_asks_too_and_is_made_anyway(desk):
    appointment = desk.book()
    evening = {"appointment": appointment, "version": 1, "starts_at": at(18), "by": desk.user}

    assert reasons(booking.move, **evening) == ["Dana Reyes, PT works 8:00 am to 5:00 pm that day."]
    assert booking.move(**evening, anyway=True).starts_at == at(18)


def test_anyway_is_no_way_around_a_taken_slot(desk):
    desk.book()

    with pytest.raises(booking.SlotTaken):
        desk.book(anyway=True)


def test_a_therapist_without_hours_works_weekdays_while_the_clinic_is_open(desk):
    newcomer = TherapistFactory()
    newcomer.user.clinics.set([desk.clinic])
    monday, saturday = (
        availability.blocks_on(day, clinic=desk.clinic, therapists=[newcomer])[newcomer.pk]
        for day in (at(0).date(), SATURDAY)
    )

    assert [(block.starts_at, block.ends_at) for block in monday] == [(at(7), at(19))]
    assert saturday == []


def test_a_therapist_with_hours_elsewhere_only_does_not_work_here(desk):
    elsewhere = ClinicFactory()
    visitor = TherapistFactory()
    visitor.user.clinics.set([desk.clinic, elsewhere])
    WeeklyHoursFactory(therapist=visitor, clinic=elsewhere)

    blocks = availability.blocks_on(at(0).date(), clinic=desk.clinic, therapists=[visitor])

    assert blocks == {visitor.pk: []}


def test_free_times_are_free_for_therapist_patient_and_room_alike(desk):
    bay = RoomFactory(clinic=desk.clinic)
    desk.book(starts_at=at(9), minutes=60)
    asked = {
        "minutes": 60,
        "clinic": desk.clinic,
        "therapist": desk.therapist,
        "patient": None,
        "room": None,
    }
    assert availability.free_times(at(9), **asked) == [at(8), at(10), at(10, 15)]

    Closure.objects.create(room=bay, starts_at=at(10), ends_at=at(11), reason="paint")
    assert availability.free_times(at(9), **asked | {"room": bay}) == [at(8), at(11), at(11, 15)]


def test_the_appointment_that_moves_does_not_stand_in_its_own_way(desk):
    appointment = desk.book()

    times = availability.free_times(
        at(9, 15),
        minutes=45,
        clinic=desk.clinic,
        therapist=desk.therapist,
        patient=desk.patient,
        room=None,
        but=appointment,
    )

    assert times == [at(9), at(9, 15), at(9, 30)]
