"""The page "Find a time": what it offers, what it leads to, and what it says when nothing fits."""

import datetime as dt
import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from scheduling.models import Closure
from tests.factories import (
    AppointmentTypeFactory,
    ClinicFactory,
    EquipmentFactory,
    EquipmentKindFactory,
    PatientFactory,
    RoomFactory,
    WeeklyHoursFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

TUESDAY = dt.date(2026, 3, 3)
pytestmark = pytest.mark.usefixtures("monday_morning")


def ask(client, desk, **changes):
    values = {"clinic": desk.clinic.pk, "appointment_type": desk.type.pk} | changes
    known = {name: value for name, value in values.items() if value is not None}
    return client.get(reverse("scheduling:find-a-time"), known)


def offered(response):
    """Each day's free times, by therapist, as the page shows them."""
    page = response.content.decode()
    days = re.split(r'<section class="find-day card"', page)[1:]
    return {
        re.search(r"<h3[^>]*>([^<]+)</h3>", day)[1]: {
            re.search(r"<p>([^<]+?) <span", line)[1]: re.findall(
                r'<a class="chip"[^>]*>([^<]+?)\s*<', line
            )
            for line in re.split(r'<div class="find-line">', day)[1:]
        }
        for day in days
    }


def first_link(response, css):
    return html.unescape(
        re.search(rf'<a class="{css}" href="([^"]+)"', response.content.decode())[1]
    )


def hints(response):
    return re.findall(r"<li><span>([^<]+)</span>", response.content.decode())


def test_the_next_free_times_are_offered_by_day_and_therapist(at_desk, desk):
    desk.book(starts_at=at(11))

    found = offered(ask(at_desk, desk, time_of_day="own", from_time="10:00", to_time="13:00"))

    assert list(found) == [
        "Monday, March 2", "Monday, March 9", "Monday, March 16", "Monday, March 23",
        "Monday, March 30",
    ]  # fmt: skip
    assert found["Monday, March 2"] == {"Dana Reyes, PT": ["11:45 am", "12:15 pm"]}
    assert found["Monday, March 9"] == {
        "Dana Reyes, PT": ["10:00 am", "10:30 am", "11:00 am", "11:30 am", "12:00 pm"]
    }


def test_a_free_time_is_one_click_from_the_booking_form_with_everything_filled_in(at_desk, desk):
    room = RoomFactory(clinic=desk.clinic)

    page = ask(at_desk, desk, patient=desk.patient.pk, room="any", date="2026-03-09")
    link = first_link(page, "chip")

    assert parse_qs(urlsplit(link).query) == {
        "clinic": [str(desk.clinic.pk)],
        "date": ["2026-03-09"],
        "time": ["08:00"],
        "minutes": ["45"],
        "therapist": [str(desk.therapist.pk)],
        "appointment_type": [str(desk.type.pk)],
        "room": [str(room.pk)],
        "patient": [str(desk.patient.pk)],
    }
    form = at_desk.get(link).context["form"]
    assert (form["time"].value(), form["patient"].value(), form["room"].value()) == (
        "08:00",
        desk.patient.pk,
        str(room.pk),
    )


def test_what_the_patient_has_elsewhere_counts_as_taken(at_desk, desk):
    other = therapist_at(desk.clinic)
    desk.book(therapist=other, starts_at=at(11))
    window = {"time_of_day": "own", "from_time": "11:00", "to_time": "12:00"}

    with_patient = ask(
        at_desk, desk, patient=desk.patient.pk, therapists=desk.therapist.pk, **window
    )
    without = ask(at_desk, desk, therapists=desk.therapist.pk, **window)

    assert "Monday, March 2" not in offered(with_patient)
    assert offered(without)["Monday, March 2"] == {"Dana Reyes, PT": ["11:00 am"]}


def test_a_closed_day_and_a_therapist_on_leave_are_passed_over(at_desk, desk):
    Closure.objects.create(
        clinic=desk.clinic, reason="Holiday", starts_at=at(0), ends_at=at(0, day=TUESDAY)
    )
    Closure.objects.create(
        therapist=desk.therapist,
        reason="Leave",
        starts_at=at(0, day=dt.date(2026, 3, 9)),
        ends_at=at(0, day=dt.date(2026, 3, 10)),
    )

    assert next(iter(offered(ask(at_desk, desk)))) == "Monday, March 16"


def test_minutes_kept_free_after_visits_are_not_offered(at_desk, desk):
    kind = AppointmentTypeFactory(name="Dry needling", buffer_minutes=15)
    desk.book(starts_at=at(11), appointment_type=kind)
    window = {"time_of_day": "own", "from_time": "11:45", "to_time": "13:00"}

    found = offered(ask(at_desk, desk, appointment_type=kind.pk, **window))

    assert found["Monday, March 2"] == {"Dana Reyes, PT": ["12:00 pm"]}


def test_several_clinics_are_searched_at_once(at_desk, desk):
    there = ClinicFactory(name="Hilltop")
    there.refresh_from_db()
    desk.user.clinics.add(there)
    therapist_at(there, user__first_name="Kim", user__last_name="Zhao")
    window = {"time_of_day": "own", "from_time": "12:00", "to_time": "12:45"}

    found = offered(ask(at_desk, desk, clinics=[desk.clinic.pk, there.pk], **window))

    assert found["Monday, March 2"] == {
        "Dana Reyes, PT": ["12:00 pm"],
        "Kim Zhao, PT": ["12:00 pm"],
    }


def test_nobody_works_on_sunday_is_said_with_the_first_day_that_would_do(at_desk, desk):
    response = ask(at_desk, desk, weekdays=6)

    assert hints(response) == [
        "Nobody works on Sunday.",
        "On any weekday, the first free time is Mon, Mar 2 at 10:30 am.",
    ]
    loosened = first_link(response, "btn btn-sm")
    assert "Monday, March 2" in offered(at_desk.get(loosened))


def test_a_therapist_who_is_full_is_said_with_who_is_not(at_desk, desk):
    other = therapist_at(desk.clinic, user__first_name="Kim", user__last_name="Zhao")
    WeeklyHoursFactory(therapist=other, clinic=desk.clinic, weekday=1)

    response = ask(at_desk, desk, therapists=desk.therapist.pk, weekdays=1)

    assert hints(response) == [
        "Dana Reyes, PT does not work on Tuesday.",
        "On any weekday, the first free time is Mon, Mar 2 at 10:30 am.",
        "With any therapist, the first free time is Tue, Mar 3 at 8:00 am, with Kim Zhao, PT.",
    ]


def test_rooms_that_are_all_taken_are_named(at_desk, desk):
    bay = RoomFactory(clinic=desk.clinic)
    Closure.objects.create(
        room=bay, reason="Flood", starts_at=at(0), ends_at=at(0, day=dt.date(2026, 6, 1))
    )

    assert hints(ask(at_desk, desk, room="any")) == [
        "Whatever rooms and equipment are taken, the first free time is Mon, Mar 2 at 10:30 am."
    ]


def test_a_type_nobody_there_can_give_is_said(at_desk, desk):
    kind = AppointmentTypeFactory(name="Swallowing", discipline="SLP")

    assert hints(ask(at_desk, desk, appointment_type=kind.pk)) == [
        "No therapist at Riverbend can give “Swallowing” (speech-language pathology)."
    ]


def test_a_typed_name_never_reaches_the_address(at_desk, desk):
    response = at_desk.post(
        reverse("scheduling:find-a-time"),
        {
            "clinic": desk.clinic.pk,
            "appointment_type": desk.type.pk,
            "patient_name": "okafor",
            "weekdays": ["0", "3"],
        },
    )

    assert response.status_code == 303
    assert parse_qs(urlsplit(response.headers["Location"]).query) == {
        "clinic": [str(desk.clinic.pk)],
        "appointment_type": [str(desk.type.pk)],
        "patient": [str(desk.patient.pk)],
        "weekdays": ["0", "3"],
    }


def test_a_name_that_fits_several_asks_which(at_desk, desk):
    PatientFactory(clinic=desk.clinic)

    response = at_desk.post(
        reverse("scheduling:find-a-time"),
        {"clinic": desk.clinic.pk, "appointment_type": desk.type.pk, "patient_name": "okafor"},
    )

    assert (response.status_code, b"Several patients fit" in response.content) == (422, True)


def test_another_clinics_patient_and_an_end_before_the_start_are_told_beside_the_field(
    at_desk, desk
):
    stranger = ask(at_desk, desk, patient=PatientFactory().pk)
    backwards = ask(at_desk, desk, time_of_day="own", from_time="12:00", to_time="11:00")

    assert (stranger.status_code, backwards.status_code) == (422, 422)
    assert b"The end must lie after the start." in backwards.content


@pytest.mark.parametrize("count", [1, 3])
def test_the_search_costs_the_same_queries_for_any_number_of_therapists_and_visits(
    at_desk, desk, django_assert_num_queries, count
):
    for number in range(count):
        other = therapist_at(desk.clinic)
        for hour in range(8, 8 + count):
            desk.book(
                therapist=other,
                patient=PatientFactory(clinic=desk.clinic),
                starts_at=at(hour, day=dt.date(2026, 3, 9 + 7 * number)),
            )
    ask(at_desk, desk, patient=desk.patient.pk, room="any")

    with django_assert_num_queries(18):
        ask(at_desk, desk, patient=desk.patient.pk, room="any")


def test_the_api_finds_the_same_times_and_the_same_hints(at_desk, desk):
    url = reverse("api:appointment-free")
    asked = {"type": desk.type.pk, "patient": desk.patient.pk, "from": "10:00", "to": "11:00"}

    found = at_desk.get(url, asked | {"date": "2026-03-09"}).json()
    nothing = at_desk.get(url, asked | {"weekday": 6}).json()
    refused = at_desk.get(url, asked | {"to": "09:00"})

    assert found["free"][0] == {
        "starts_at": "2026-03-09T17:00:00Z",
        "ends_at": "2026-03-09T17:45:00Z",
        "therapist": desk.therapist.pk,
        "clinic": desk.clinic.pk,
        "room": None,
        "equipment": [],
    }
    assert found["next_date"] == "2026-04-07"
    assert (nothing["free"], nothing["hints"][0]) == ([], "Nobody works on Sunday.")
    assert refused.status_code == 400


def test_a_discipline_alone_finds_its_usual_visit_with_those_who_give_it(at_desk, desk):
    AppointmentTypeFactory(name="A first look", discipline="OT", is_evaluation=True)
    usual = AppointmentTypeFactory(name="Hand therapy", discipline="OT")
    therapist_at(desk.clinic, user__first_name="Kim", user__last_name="Zhao", credential="OT")
    window = {"time_of_day": "own", "from_time": "12:00", "to_time": "12:45"}

    response = ask(at_desk, desk, appointment_type=None, discipline="OT", **window)

    assert [list(line) for line in offered(response).values()] == [["Kim Zhao, OT"]] * 5
    assert response.context["form"].cleaned_data["appointment_type"] == usual


def test_a_type_of_another_discipline_is_told_beside_the_discipline(at_desk, desk):
    AppointmentTypeFactory(name="Hand therapy", discipline="OT")

    other = ask(at_desk, desk, discipline="OT")
    neither = ask(at_desk, desk, appointment_type=None, discipline="")

    assert (other.status_code, other.context["form"].errors) == (
        422,
        {"discipline": [f"“{desk.type}” is physical therapy. Change the type or this."]},
    )
    assert (neither.status_code, neither.context["form"].errors) == (
        422,
        {"appointment_type": ["Choose a type, or a discipline."]},
    )


def test_the_equipment_that_was_found_free_is_ticked_on_the_booking_form(at_desk, desk):
    kind = EquipmentKindFactory(name="Treadmill")
    desk.type.equipment_kinds.add(kind)
    taken, free = (EquipmentFactory(clinic=desk.clinic, kind=kind) for _ in range(2))
    desk.book(therapist=therapist_at(desk.clinic), equipment=[taken], starts_at=at(11))
    window = {"time_of_day": "own", "from_time": "11:00", "to_time": "11:45"}

    link = first_link(ask(at_desk, desk, therapists=desk.therapist.pk, **window), "chip")

    assert parse_qs(urlsplit(link).query)["equipment"] == [str(free.pk)]
    assert at_desk.get(link).context["form"]["equipment"].value() == [str(free.pk)]


def test_a_name_one_letter_off_is_asked_about_and_never_taken(at_desk, desk):
    response = at_desk.post(
        reverse("scheduling:find-a-time"),
        {"clinic": desk.clinic.pk, "appointment_type": desk.type.pk, "patient_name": "okafro"},
    )

    assert (response.status_code, response.context["form"].matches) == (422, [desk.patient])


def test_the_booking_form_hands_a_series_what_it_knows_as_ids(at_desk, desk):
    response = at_desk.post(
        reverse("scheduling:series-new"),
        {
            "begin": "series",
            "clinic": desk.clinic.pk,
            "patient_name": "okafor",
            "therapist": desk.therapist.pk,
            "date": "2026-03-09",
            "time": "not yet",
        },
    )

    assert response.status_code == 303
    assert parse_qs(urlsplit(response.headers["Location"]).query) == {
        "clinic": [str(desk.clinic.pk)],
        "patient": [str(desk.patient.pk)],
        "therapist": [str(desk.therapist.pk)],
        "date": ["2026-03-09"],
    }
