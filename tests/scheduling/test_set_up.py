"""An owner sets the schedule up: types, rooms, working hours and closures."""

import datetime as dt

import pytest
from django.urls import reverse

from people.models import AuditEvent, Role
from scheduling import set_up
from scheduling.models import AppointmentType, Closure, Room, WeeklyHours
from scheduling.slots import Hours
from tests.factories import (
    MONDAY,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    RoomFactory,
    UserFactory,
    at,
)
from tests.scheduling.forms import post, words

OWNERS_PAGES = [
    "types", "type-new", "rooms", "room-new", "hours", "closures", "closure-new",
]  # fmt: skip


@pytest.fixture
def owner(db):
    return UserFactory(roles=[Role.OWNER], email="owner@example.com")


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner)
    return client


def audited():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# --- Types and rooms ---------------------------------------------------------------------------


def type_form(**changes):
    return {
        "name": "Vestibular",
        "minutes": "45",
        "capacity": "1",
        "buffer_minutes": "0",
        "tint": "orange",
        "discipline": "PT",
        "is_active": "on",
    } | changes


def test_a_type_is_added_and_changed(as_owner):
    post(as_owner, "type-new", type_form())
    row = AppointmentType.objects.get()
    assert (row.name, row.minutes, row.tint, row.is_evaluation) == (
        "Vestibular", 45, "orange", False,
    )  # fmt: skip

    post(as_owner, "type-edit", type_form(minutes="60"), row.pk)

    row.refresh_from_db()
    assert row.minutes == 60
    assert audited() == ["appointment_type.added", "appointment_type.changed"]
    assert AuditEvent.objects.last().detail is not None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"minutes": "0"}, "Ensure this value is greater than or equal to 5."),
        ({"minutes": "481"}, "Ensure this value is less than or equal to 480."),
        ({"tint": "neon"}, "Select a valid choice."),
    ],
)
def test_a_type_that_makes_no_sense_is_refused(as_owner, changes, sentence):
    response = post(as_owner, "type-new", type_form(**changes))

    assert response.status_code == 422
    assert sentence in words(response)
    assert not AppointmentType.objects.exists()


def test_two_types_cannot_have_one_name(as_owner):
    AppointmentTypeFactory(name="Vestibular")

    response = post(as_owner, "type-new", type_form())

    assert response.status_code == 422
    assert "already exists" in words(response)


def test_a_changed_type_leaves_booked_appointments_their_length(as_owner, desk):
    row = desk.book()

    post(as_owner, "type-edit", type_form(name="Follow-up", minutes="60"), desk.type.pk)

    row.refresh_from_db()
    assert row.minutes == 45


def test_a_room_is_added_renamed_and_taken_out_of_use(as_owner):
    clinic = ClinicFactory()
    post(as_owner, "room-new", {"clinic": clinic.pk, "name": "Bay 1", "is_active": "on"})
    row = Room.objects.get()

    post(as_owner, "room-edit", {"name": "Gym"}, row.pk)

    row.refresh_from_db()
    assert (row.clinic, row.name, row.is_active) == (clinic, "Gym", False)
    assert audited() == ["room.added", "room.changed"]


def test_two_rooms_of_a_clinic_cannot_have_one_name_but_two_clinics_may(as_owner):
    room = RoomFactory(name="Bay 1")

    taken = post(as_owner, "room-new", {"clinic": room.clinic.pk, "name": "Bay 1"})
    free = post(as_owner, "room-new", {"clinic": ClinicFactory().pk, "name": "Bay 1"})

    assert (taken.status_code, free.status_code) == (422, 303)
    assert Room.objects.count() == 2


# --- Working hours -----------------------------------------------------------------------------


def week(**blocks):
    """An empty week with some times filled in: `week(from_0_1="08:00", to_0_1="12:00")`."""
    empty = {
        f"{end}_{weekday}_{block}": ""
        for end in ("from", "to")
        for weekday in range(7)
        for block in (1, 2)
    }
    return empty | blocks


def hours_of(desk):
    rows = WeeklyHours.objects.filter(therapist=desk.therapist, clinic=desk.clinic)
    return [(row.weekday, f"{row.starts_at:%H:%M}", f"{row.ends_at:%H:%M}") for row in rows]


def save_hours(client, desk, data):
    return post(client, "hours-edit", data, desk.clinic.pk, desk.therapist.pk)


def test_a_week_replaces_the_one_before(as_owner, desk):
    assert hours_of(desk) == [(0, "08:00", "17:00")]

    response = save_hours(
        as_owner,
        desk,
        week(from_0_1="08:00", to_0_1="12:00", from_0_2="13:00", to_0_2="17:00", from_2_1="09:00",
             to_2_1="14:00"),
    )  # fmt: skip

    assert response.status_code == 303
    assert hours_of(desk) == [
        (0, "08:00", "12:00"),
        (0, "13:00", "17:00"),
        (2, "09:00", "14:00"),
    ]
    event = AuditEvent.objects.get()
    assert (event.action, event.detail) == (
        "hours.changed",
        {"clinic": desk.clinic.pk, "blocks": 3},
    )


def test_the_form_shows_the_week_as_it_stands(as_owner, desk):
    response = as_owner.get(
        reverse("scheduling:hours-edit", args=[desk.clinic.pk, desk.therapist.pk])
    )

    assert 'name="from_0_1" value="08:00"' in words(response)
    assert 'name="to_0_1" value="17:00"' in words(response)


def test_mondays_times_are_copied_to_friday_and_not_saved_yet(as_owner, desk):
    response = save_hours(
        as_owner, desk, week(from_0_1="07:00", to_0_1="11:00", copy="monday", from_5_1="10:00")
    )

    assert words(response).count('value="07:00"') == 5
    assert 'name="from_5_1" value="10:00"' in words(response)
    assert hours_of(desk) == [(0, "08:00", "17:00")]


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ({"from_0_1": "12:00", "to_0_1": "08:00"}, "Monday: the end must lie after the start."),
        ({"from_0_1": "12:00"}, "Monday: both times, or none."),
        ({"from_0_1": "noon", "to_0_1": "13:00"}, "Enter a valid time."),
        (
            {"from_1_1": "08:00", "to_1_1": "12:00", "from_1_2": "11:00", "to_1_2": "15:00"},
            "Tuesday: the two times overlap.",
        ),
    ],
)
def test_times_that_do_not_work_out_are_refused_and_the_week_stands(
    as_owner, desk, blocks, sentence
):
    response = save_hours(as_owner, desk, week(**blocks))

    assert response.status_code == 422
    assert sentence in words(response)
    assert hours_of(desk) == [(0, "08:00", "17:00")]


def test_nobody_works_at_two_clinics_at_once(desk, owner):
    elsewhere = ClinicFactory(name="Hillside")
    desk.therapist.user.clinics.add(elsewhere)

    with pytest.raises(Exception, match="these are hours at Riverbend already") as refusal:
        set_up.set_hours(
            therapist=desk.therapist,
            clinic=elsewhere,
            hours=[Hours(0, dt.time(16), dt.time(18))],
            by=owner,
        )

    assert refusal.value.messages == ["Monday: these are hours at Riverbend already."]
    set_up.set_hours(
        therapist=desk.therapist,
        clinic=elsewhere,
        hours=[Hours(0, dt.time(17), dt.time(19))],
        by=owner,
    )
    assert WeeklyHours.objects.filter(clinic=elsewhere).count() == 1


def test_hours_of_a_therapist_at_a_clinic_they_do_not_work_at_do_not_exist(as_owner, desk):
    response = as_owner.get(
        reverse("scheduling:hours-edit", args=[ClinicFactory().pk, desk.therapist.pk])
    )

    assert response.status_code == 404


# --- Closures ----------------------------------------------------------------------------------


def closure_form(desk, **changes):
    return {
        "of": f"clinic-{desk.clinic.pk}",
        "starts_on": "2026-03-02",
        "starts_time": "",
        "ends_on": "2026-03-03",
        "ends_time": "",
        "reason": "Holiday",
    } | changes


def test_a_closure_without_times_lasts_whole_days_of_the_clinic(as_owner, desk):
    post(as_owner, "closure-new", closure_form(desk))

    row = Closure.objects.get()
    assert (row.clinic, row.starts_at, row.ends_at) == (
        desk.clinic,
        at(0),
        at(0, day=dt.date(2026, 3, 4)),
    )
    assert audited() == ["closure.added"]


def test_a_day_of_closure_over_a_clock_change_lasts_twenty_three_hours(as_owner, desk):
    post(as_owner, "closure-new", closure_form(desk, starts_on="2026-03-08", ends_on="2026-03-08"))

    row = Closure.objects.get()
    assert row.ends_at - row.starts_at == dt.timedelta(hours=23)


@pytest.mark.parametrize("of", ["therapist", "room"])
def test_a_therapist_is_away_or_a_room_is_out_of_use(as_owner, desk, of):
    row = {"therapist": desk.therapist, "room": RoomFactory(clinic=desk.clinic)}[of]

    post(
        as_owner,
        "closure-new",
        closure_form(
            desk, of=f"{of}-{row.pk}", starts_time="09:00", ends_on="2026-03-02", ends_time="12:00"
        ),
    )

    closure = Closure.objects.get()
    assert getattr(closure, of) == row
    assert (closure.starts_at, closure.ends_at) == (at(9), at(12))


def test_a_closure_that_ends_before_it_begins_is_refused(as_owner, desk):
    response = post(as_owner, "closure-new", closure_form(desk, ends_on="2026-03-01"))

    assert response.status_code == 422
    assert "The end must lie after the start." in words(response)
    assert not Closure.objects.exists()


def test_the_owner_is_told_what_is_booked_in_a_closures_time(as_owner, desk):
    desk.book()
    desk.book(starts_at=at(14), patient=PatientFactory(clinic=desk.clinic))

    saved = post(as_owner, "closure-new", closure_form(desk))
    response = as_owner.get(saved.headers["Location"])

    assert "2 appointments lie in this time: move or cancel by hand." in words(response)


def test_a_closure_is_moved_and_opens_again_as_it_was_typed(as_owner, desk):
    post(as_owner, "closure-new", closure_form(desk))
    row = Closure.objects.get()

    page = as_owner.get(reverse("scheduling:closure-edit", args=[row.pk]))
    assert 'name="starts_on" value="2026-03-02"' in words(page)
    assert 'name="ends_on" value="2026-03-03"' in words(page)
    assert f'value="clinic-{desk.clinic.pk}" selected' in words(page)

    post(as_owner, "closure-edit", closure_form(desk, ends_on="2026-03-05"), row.pk)
    row.refresh_from_db()
    assert row.ends_at == at(0, day=dt.date(2026, 3, 6))
    assert AuditEvent.objects.get(action="closure.changed").detail == {"fields": ["ends_at"]}


def test_a_removed_closure_leaves_the_time_free(as_owner, desk):
    post(as_owner, "closure-new", closure_form(desk))
    row = Closure.objects.get()

    post(as_owner, "closure-remove", {}, row.pk)

    assert not Closure.objects.exists()
    assert AuditEvent.objects.get(action="closure.removed").target_id == row.pk
    assert desk.book().starts_at == at(9, day=MONDAY)


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OWNERS_PAGES)
def test_set_up_is_the_owners_alone(client, desk, name):
    for role in Role.values:
        client.force_login(UserFactory(roles=[role], clinics=[desk.clinic]))
        status = client.get(reverse(f"scheduling:{name}")).status_code
        assert status == (200 if role == "owner" else 403)
