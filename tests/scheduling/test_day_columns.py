"""The Day by room, what shades its columns and why, and which filters it takes."""

import datetime as dt

import pytest
from django.urls import reverse

from scheduling import day
from scheduling.day import BY_ROOM, Filters
from scheduling.models import Closure
from tests.factories import (
    MONDAY,
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    RoomFactory,
    at,
)
from tests.scheduling.conftest import therapist_at
from tests.scheduling.test_day import calendar_of, page_of, shown


@pytest.fixture
def bay(desk):
    return RoomFactory(clinic=desk.clinic, name="Bay 1")


def test_by_room_each_room_has_a_column_and_so_has_no_room(desk, bay):
    RoomFactory(clinic=desk.clinic, name="Attic", is_active=False)
    RoomFactory(clinic=ClinicFactory(), name="Elsewhere")
    inside = desk.book(room=bay)
    outside = desk.book(starts_at=at(11), patient=PatientFactory(clinic=desk.clinic))

    board = calendar_of(desk, by=BY_ROOM)

    assert [(c["id"], c["name"], c["where"]) for c in board["columns"]] == [
        (str(bay.pk), "Bay 1", {"room": bay.pk}),
        ("none", "No room", {"room": ""}),
    ]
    assert [(c["id"], c["column"], c["under"]) for c in board["appointments"]] == [
        (inside.pk, str(bay.pk), "Reyes · Follow-up"),
        (outside.pk, "none", "Reyes · Follow-up"),
    ]


def test_a_room_no_longer_used_keeps_its_column_while_something_is_booked_in_it(desk, bay):
    desk.book(room=bay)
    bay.is_active = False
    bay.save(update_fields=["is_active"])

    assert [c["name"] for c in calendar_of(desk, by=BY_ROOM)["columns"]] == ["Bay 1", "No room"]


def test_a_room_out_of_use_is_shaded_with_the_reason_and_the_others_are_not(desk, bay):
    Closure.objects.create(room=bay, starts_at=at(12), ends_at=at(14), reason="floor waxed")

    closed = calendar_of(desk, by=BY_ROOM)["closed"]

    assert closed == [
        {
            "column": str(bay.pk),
            "start": "2026-03-02T12:00:00",
            "end": "2026-03-02T14:00:00",
            "label": "Out of use: floor waxed",
        }
    ]


def test_leave_and_a_clinics_closure_say_their_reason_and_hours_off_say_nothing(desk):
    Closure.objects.create(
        therapist=desk.therapist, starts_at=at(12), ends_at=at(13), reason="course"
    )
    Closure.objects.create(clinic=desk.clinic, starts_at=at(16), ends_at=at(23), reason="storm")

    sheet = day.lay_out(clinic=desk.clinic, date=MONDAY, user=desk.user)

    labels = [
        (hole["start"][11:16], hole["end"][11:16], hole["label"])
        for hole in day.for_calendar(sheet, may_book=True)["closed"]
    ]
    assert labels == [
        ("07:00", "08:00", ""),
        ("12:00", "13:00", "Away: course"),
        ("16:00", "19:00", "Closed: storm"),
    ]
    assert sheet.notices == [
        "Dana Reyes · Away: course, 12:00 pm to 1:00 pm",
        "Riverbend · Closed: storm, 4:00 pm to 11:00 pm",
    ]


def test_leave_over_several_days_is_told_as_it_lies_on_the_day(desk):
    leave = Closure.objects.create(
        therapist=desk.therapist,
        starts_at=at(14),
        ends_at=at(12, day=MONDAY + dt.timedelta(days=2)),
        reason="leave",
    )

    def notices(offset):
        date = MONDAY + dt.timedelta(days=offset)
        filters = Filters(therapist=desk.therapist)
        sheet = day.lay_out(clinic=desk.clinic, date=date, user=desk.user, filters=filters)
        return sheet.notices

    assert leave.place is None
    assert notices(0) == ["Dana Reyes · Away: leave, from 2:00 pm"]
    assert notices(1) == ["Dana Reyes · Away: leave, all day"]
    assert notices(2) == ["Dana Reyes · Away: leave, until 12:00 pm"]


def test_who_is_away_the_whole_day_keeps_a_column_that_says_so(desk):
    Closure.objects.create(
        therapist=desk.therapist, starts_at=at(0), ends_at=at(23), reason="course"
    )

    [column] = calendar_of(desk)["columns"]

    assert (column["name"], column["hours"]) == ("Dana Reyes", "away this day")


def test_a_discipline_leaves_its_own_therapists_and_what_is_booked_with_them(desk):
    ot = therapist_at(desk.clinic, credential="OT", user__last_name="Osei")
    kind = AppointmentTypeFactory(discipline="OT")
    theirs = desk.book(
        therapist=ot, appointment_type=kind, patient=PatientFactory(clinic=desk.clinic)
    )
    desk.book()

    board = calendar_of(desk, discipline="OT")

    assert [column["id"] for column in board["columns"]] == [str(ot.pk)]
    assert [card["id"] for card in board["appointments"]] == [theirs.pk]


def test_several_types_may_be_chosen_and_a_second_press_takes_one_away(client, desk):
    balance, neuro, other = (AppointmentTypeFactory(name=n) for n in ("Balance", "Neuro", "Other"))
    for hour, kind in ((8, balance), (10, neuro), (12, other)):
        AppointmentFactory(
            patient=PatientFactory(clinic=desk.clinic, last_name=kind.name),
            therapist=desk.therapist,
            type=kind,
            starts_at=at(hour),
        )

    response = page_of(client, desk.user, type=[balance.pk, neuro.pk])

    faded = {card["patient"]: card["faded"] for card in shown(response)["appointments"]}
    assert faded == {"Balance, Ada": False, "Neuro, Ada": False, "Other, Ada": True}
    html = response.content.decode()
    without_balance = f"{reverse('scheduling:day')}?type={neuro.pk}&amp;date=2026-03-02"
    assert f'id="day-type-{balance.pk}" href="{without_balance}' in html


def test_rooms_or_therapists_is_remembered(client, desk, bay):
    assert shown(page_of(client, desk.user))["by"] == "therapist"

    page_of(client, desk.user, by="room")

    assert shown(page_of(client, desk.user))["by"] == "room"
    assert shown(page_of(client, desk.user, by="therapist"))["by"] == "therapist"


@pytest.mark.parametrize("count", [1, 3])
def test_by_room_costs_the_same_queries_for_any_number_of_rooms(
    client, desk, django_assert_num_queries, count
):
    for number in range(count):
        room = RoomFactory(clinic=desk.clinic)
        desk.book(
            room=room,
            starts_at=at(9 + number),
            patient=PatientFactory(clinic=desk.clinic),
        )
    page_of(client, desk.user, by="room")  # the session remembers from now on

    # session, user, clinic twice; mark, appointments, rooms, closures; clinics, therapists, types
    with django_assert_num_queries(11):
        response = client.get(reverse("scheduling:day"), {"date": MONDAY.isoformat()})

    assert len(shown(response)["columns"]) == count + 1
