"""The Day: whose columns it has, what stands in them, and who may see it."""

import datetime as dt
import json
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Role
from scheduling import booking, day
from scheduling.day import Filters
from scheduling.models import Appointment, Closure
from tests.factories import (
    MONDAY,
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    RoomFactory,
    TherapistFactory,
    UserFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

SPRING_FORWARD = dt.date(2026, 3, 8)
FALL_BACK = dt.date(2026, 11, 1)


def calendar_of(desk, date=MONDAY, *, may_book=True, by="", **filters):
    sheet = day.lay_out(
        clinic=desk.clinic, date=date, user=desk.user, by=by, filters=Filters(**filters)
    )
    return day.for_calendar(sheet, may_book=may_book)


def page_of(client, user, **query):
    client.force_login(user)
    return client.get(reverse("scheduling:day"), {"date": MONDAY.isoformat()} | query)


def shown(response):
    """The calendar's data as the page carries it."""
    text = response.content.decode()
    return json.loads(unescape(text.partition('data-day="')[2].partition('"')[0]))


def test_a_card_says_everything_on_the_clinics_wall_clock(desk):
    bay = RoomFactory(clinic=desk.clinic, name="Bay 2")
    appointment = desk.book(room=bay)

    assert calendar_of(desk)["appointments"] == [
        {
            "id": appointment.pk,
            "version": 1,
            "column": str(desk.therapist.pk),
            "date": "2026-03-02",
            "therapist": desk.therapist.pk,
            "room": bay.pk,
            "start": "2026-03-02T09:00:00",
            "end": "2026-03-02T09:45:00",
            "from": "9:00 am",
            "to": "9:45 am",
            "minutes": 45,
            "patient": "Okafor, Ada",
            "type": "Follow-up",
            "tint": "blue",
            "under": "Follow-up · Bay 2",
            "status": "booked",
            "statusLabel": "Booked",
            "faded": False,
            "canMove": True,
            "url": f"/appointments/{appointment.pk}/",
        }
    ]


def test_each_working_therapist_has_a_column_with_their_hours(desk):
    therapist_at(desk.clinic, user__first_name="Ann", user__last_name="Abel")

    assert [(c["name"], c["hours"]) for c in calendar_of(desk)["columns"]] == [
        ("Ann Abel", "8–5"),
        ("Dana Reyes", "8–5"),
    ]


def test_who_is_off_has_no_column_unless_something_is_booked(desk):
    tuesday = MONDAY + dt.timedelta(days=1)
    assert calendar_of(desk, tuesday)["columns"] == []

    desk.book(starts_at=at(9, day=tuesday), anyway=True)

    [column] = calendar_of(desk, tuesday)["columns"]
    assert (column["name"], column["hours"]) == ("Dana Reyes", "does not work this day")


def test_a_cancelled_booking_alone_brings_no_column(desk):
    tuesday = MONDAY + dt.timedelta(days=1)
    row = desk.book(starts_at=at(9, day=tuesday), anyway=True)
    booking.cancel(row, reason="ill", by=desk.user)

    assert calendar_of(desk, tuesday)["columns"] == []


def test_hours_when_nobody_is_there_are_shaded(desk):
    Closure.objects.create(
        therapist=desk.therapist, starts_at=at(12), ends_at=at(13), reason="lunch"
    )

    day_shown = calendar_of(desk)

    assert (day_shown["from"], day_shown["to"]) == ("07:00:00", "19:00:00")
    assert [(hole["start"][11:], hole["end"][11:]) for hole in day_shown["closed"]] == [
        ("07:00:00", "08:00:00"),
        ("12:00:00", "13:00:00"),
        ("17:00:00", "19:00:00"),
    ]


def test_a_booking_before_opening_widens_the_day(desk):
    desk.book(starts_at=at(5, 30), anyway=True)

    assert calendar_of(desk)["from"] == "05:00:00"


def test_the_cancelled_stand_in_the_list_but_not_in_the_columns(desk):
    row = desk.book()
    booking.cancel(row, reason="ill", by=desk.user)

    sheet = day.lay_out(clinic=desk.clinic, date=MONDAY, user=desk.user)

    assert (sheet.appointments, sheet.cancelled) == ([], [row])
    assert sheet.counts == {"appointments": 0, "arrived": 0, "completed": 0, "no_shows": 0}


def test_the_day_in_numbers(desk):
    for hour, status in enumerate(
        ["booked", "confirmed", "arrived", "in_session", "completed", "no_show"], start=8
    ):
        AppointmentFactory(
            patient=PatientFactory(clinic=desk.clinic),
            therapist=desk.therapist,
            type=desk.type,
            status=status,
            starts_at=at(hour),
        )

    sheet = day.lay_out(clinic=desk.clinic, date=MONDAY, user=desk.user)

    assert sheet.counts == {"appointments": 5, "arrived": 2, "completed": 1, "no_shows": 1}


def test_a_type_fades_the_others_in_the_columns_and_leaves_them_out_of_the_list(desk):
    other = AppointmentTypeFactory(name="Vestibular")
    desk.book()
    kept = desk.book(
        appointment_type=other, starts_at=at(11), patient=PatientFactory(clinic=desk.clinic)
    )

    sheet = day.lay_out(
        clinic=desk.clinic, date=MONDAY, user=desk.user, filters=Filters(types=[other])
    )

    cards = day.for_calendar(sheet, may_book=True)["appointments"]
    assert [(card["type"], card["faded"]) for card in cards] == [
        ("Follow-up", True),
        ("Vestibular", False),
    ]
    assert sheet.listed == [kept]


def test_a_therapist_leaves_only_their_column(desk):
    other = therapist_at(desk.clinic)
    desk.book(therapist=other, patient=PatientFactory(clinic=desk.clinic))
    mine = desk.book()

    shown_day = calendar_of(desk, therapist=desk.therapist)

    assert [column["id"] for column in shown_day["columns"]] == [str(desk.therapist.pk)]
    assert [card["id"] for card in shown_day["appointments"]] == [mine.pk]


@pytest.mark.parametrize(
    ("date", "nine", "offset"),
    [(SPRING_FORWARD, 16, "-07:00"), (FALL_BACK, 17, "-08:00")],
)
def test_a_day_with_a_clock_change_shows_the_wall_clock(desk, monkeypatch, date, nine, offset):
    noon = at(12, day=date).astimezone(dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    in_utc = dt.datetime(date.year, date.month, date.day, nine, tzinfo=dt.UTC)
    desk.book(starts_at=in_utc, anyway=True)

    shown_day = calendar_of(desk, date)

    [card] = shown_day["appointments"]
    assert card["start"] == f"{date.isoformat()}T09:00:00"
    assert shown_day["offset"] == offset


def test_the_last_hour_of_a_day_of_twenty_five_hours_belongs_to_it(desk):
    desk.book(starts_at=at(23, 0, day=FALL_BACK), anyway=True)

    assert len(calendar_of(desk, FALL_BACK)["appointments"]) == 1
    assert calendar_of(desk, FALL_BACK + dt.timedelta(days=1))["appointments"] == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_day_costs_the_same_queries_for_any_number_of_appointments(
    client, desk, django_assert_num_queries, count
):
    others = [therapist_at(desk.clinic) for _ in range(3)]
    short = AppointmentTypeFactory(minutes=30)
    for number in range(count):
        AppointmentFactory(
            patient=PatientFactory(clinic=desk.clinic, last_name="Featherstone"),
            therapist=others[number % 3],
            type=short,
            starts_at=at(8) + dt.timedelta(minutes=30 * (number // 3)),
        )
    client.force_login(desk.user)
    client.get(reverse("scheduling:day"))  # the session remembers from now on

    # session, user, the clinic (remembered, then first); the mark, appointments, therapists,
    # hours, closures; for the filters: clinics, therapists, types
    with django_assert_num_queries(12):
        response = client.get(reverse("scheduling:day"), {"date": MONDAY.isoformat()})

    assert len(shown(response)["appointments"]) == count
    assert response.content.decode().count('class="row-link"') == count


def test_another_clinics_appointments_are_not_shown(client, desk):
    desk.book()
    elsewhere = ClinicFactory(name="Hillside")
    desk.therapist.user.clinics.add(elsewhere)
    desk.book(
        clinic=elsewhere,
        patient=PatientFactory(clinic=elsewhere, last_name="Secret"),
        starts_at=at(14),
        anyway=True,
    )

    response = page_of(client, desk.user)

    assert len(shown(response)["appointments"]) == 1
    assert "Secret" not in response.content.decode()
    assert (
        "Secret"
        in page_of(client, UserFactory(roles=[Role.OWNER]), clinic=elsewhere.pk).content.decode()
    )


def test_another_clinics_day_does_not_exist_for_who_does_not_work_there(client, desk):
    elsewhere = ClinicFactory()

    assert page_of(client, desk.user, clinic=elsewhere.pk).status_code == 404
    assert page_of(client, desk.user, clinic="nonsense").status_code == 404


def test_the_clinic_looked_at_last_is_opened_again(client, desk):
    second = ClinicFactory(name="Yonder")
    desk.user.clinics.add(second)
    assert shown(page_of(client, desk.user))["clinic"] == desk.clinic.pk

    page_of(client, desk.user, clinic=second.pk)

    assert shown(client.get(reverse("scheduling:day")))["clinic"] == second.pk


def test_an_address_that_cannot_be_read_shows_today_and_says_so(client, desk, monday_morning):
    client.force_login(desk.user)

    response = client.get(reverse("scheduling:day"), {"date": "2026-02-31"})

    assert shown(response)["date"] == "2026-03-02"
    assert "Part of this address could not be read" in response.content.decode()


def test_an_auditor_looks_but_cannot_book(client, desk):
    desk.book()

    response = page_of(client, UserFactory(roles=[Role.AUDITOR]))

    data = shown(response)
    assert (data["mayBook"], data["appointments"][0]["canMove"]) == (False, False)
    assert "data-book" not in response.content.decode()
    assert "Check in" not in response.content.decode()


def test_the_next_step_is_offered_today_but_not_for_tomorrow(client, desk, monday_morning):
    desk.book()
    desk.book(starts_at=at(9, day=MONDAY + dt.timedelta(days=1)), anyway=True)

    today = page_of(client, desk.user).content.decode()
    tomorrow = page_of(client, desk.user, date="2026-03-03").content.decode()

    assert "Check in Okafor, Ada" in today
    assert "Check in Okafor, Ada" not in tomorrow


@pytest.mark.django_db
def test_who_works_in_no_clinic_is_told_whom_to_ask(client):
    user = UserFactory()

    assert "You do not work in a clinic yet" in page_of(client, user).content.decode()


def test_a_day_nobody_works_says_so(client, desk):
    response = page_of(client, desk.user, date="2026-03-07")

    assert "Nobody works this day" in response.content.decode()


def test_a_refresh_brings_the_sheet_alone(client, desk):
    client.force_login(desk.user)
    headers = {"HX-Request": "true", "HX-Target": "day-sheet"}

    sheet = client.get(reverse("scheduling:day"), headers=headers).content.decode()
    whole = client.get(
        reverse("scheduling:day"), headers={"HX-Request": "true", "HX-Target": "day"}
    ).content.decode()

    assert "data-day=" in sheet
    assert "day-head" not in sheet
    assert "day-head" in whole
    assert "<html" not in whole


def test_a_name_with_markup_in_it_is_text(client, desk):
    desk.book(patient=PatientFactory(clinic=desk.clinic, last_name='<b>"Bobby" & Söhne 🙂</b>'))

    response = page_of(client, desk.user)

    assert "<b>" not in response.content.decode()
    assert shown(response)["appointments"][0]["patient"] == '<b>"Bobby" & Söhne 🙂</b>, Ada'


def test_a_therapist_without_hours_is_shown_while_the_clinic_is_open(desk):
    newcomer = TherapistFactory(user__first_name="Zoe", user__last_name="Zimmer")
    newcomer.user.clinics.set([desk.clinic])

    assert [c["hours"] for c in calendar_of(desk)["columns"]] == ["8–5", "7–7"]
    assert Appointment.objects.count() == 0
