"""Find a time and series with mouse and keyboard: seen first, then booked, later moved."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Appointment, Closure, Series
from tests.factories import PORTLAND, PatientFactory, WeeklyHoursFactory
from tests.scheduling.conftest import open_desk


@pytest.fixture
def desk(transactional_db):
    """The desk, with a therapist who works all week."""
    desk = open_desk()
    for weekday in range(1, 5):
        WeeklyHoursFactory(therapist=desk.therapist, clinic=desk.clinic, weekday=weekday)
    return desk


@pytest.fixture
def page(browser_page, sign_in, desk):
    sign_in(browser_page, desk.user)
    return browser_page


@pytest.fixture
def monday():
    """The Monday after next: a whole series lies ahead of it, whatever day it is."""
    today = timezone.now().astimezone(PORTLAND).date()
    return today + dt.timedelta(days=14 - today.weekday())


def at(day, hour, minute=0):
    return dt.datetime.combine(day, dt.time(hour, minute), PORTLAND)


def choose_patient(page, typed):
    page.get_by_role("combobox", name="Patient").press_sequentially(typed)
    page.locator(".picker-option").first.click()


def stands(rows):
    return [f"{row.starts_at.astimezone(PORTLAND):%a %H:%M}" for row in rows]


def test_a_free_time_is_found_and_booked(page, desk, monday):
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(monday, 8))
    page.goto(reverse("scheduling:find-a-time"))

    choose_patient(page, "okaf")
    page.get_by_label("Type").select_option(str(desk.type.pk))
    page.get_by_label("Earliest day").fill(monday.isoformat())
    page.get_by_label("Time of day").select_option("morning")
    page.get_by_role("button", name="Find", exact=True).click()
    first = page.get_by_role("region", name=f"{monday:%A, %B} {monday.day}")
    expect(first.get_by_role("link").first).to_have_text("8:45 am")
    assert "kaf" not in page.url
    first.get_by_role("link", name="9:15 am").click()
    expect(page.get_by_role("heading", name="Book an appointment")).to_be_visible()
    page.get_by_role("button", name="Book", exact=True).click()

    expect(page.get_by_text("is booked for")).to_be_visible()
    assert stands(Appointment.objects.filter(patient=desk.patient)) == ["Mon 09:15"]


def test_the_booking_form_leads_to_the_search_with_what_is_known(page, desk):
    page.goto(reverse("scheduling:book"))
    choose_patient(page, "okaf")
    page.get_by_role("button", name="Find a time").click()

    page.wait_for_url("**/find-a-time/**")
    expect(page.get_by_role("combobox", name="Patient")).to_have_value("Okafor, Ada")
    expect(page.get_by_label("Type")).to_have_value(str(desk.type.pk))


@pytest.mark.parametrize(
    ("button", "heading"), [("Find a time", "Find a time"), ("New series", "New series")]
)
def test_the_panel_on_the_day_leads_there_with_what_is_known(page, desk, button, heading):
    page.goto(reverse("scheduling:day"))
    page.wait_for_function("document.querySelector('button[data-day-view]')")
    page.locator("#day-book").click()
    panel = page.locator("#panel")
    choose_patient(panel, "okaf")
    panel.get_by_role("button", name=button).click()

    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    expect(page.get_by_role("combobox", name="Patient")).to_have_value("Okafor, Ada")
    assert "kaf" not in page.url


def test_nothing_free_says_what_to_loosen_and_does_it_in_one_click(page, desk):
    page.goto(reverse("scheduling:find-a-time"))
    page.get_by_label("Type").select_option(str(desk.type.pk))
    page.get_by_label("Sun").check()
    page.get_by_role("button", name="Find", exact=True).click()

    expect(page.get_by_text("Nobody works on Sunday.")).to_be_visible()
    page.get_by_role("link", name="Search so").first.click()

    expect(page.locator(".find-day")).to_have_count(5)


def test_twelve_visits_with_a_closure_and_a_taken_time_are_planned_booked_and_moved(
    page, desk, monday
):
    closed, taken = monday + dt.timedelta(days=9), monday + dt.timedelta(days=16)
    Closure.objects.create(
        clinic=desk.clinic, reason="Holiday", starts_at=at(closed, 0), ends_at=at(closed, 23, 59)
    )
    lund = PatientFactory(clinic=desk.clinic, last_name="Lund", first_name="Ada")
    desk.book(patient=lund, starts_at=at(taken, 9))

    page.goto(reverse("scheduling:series-new"))
    choose_patient(page, "okaf")
    page.get_by_label("Type").select_option(str(desk.type.pk))
    page.get_by_label("Visits a week").fill("3")
    page.get_by_label("Weeks", exact=True).fill("4")
    page.get_by_label("First day").fill(monday.isoformat())
    page.get_by_label("Time of day").select_option("morning")
    page.get_by_label("Always at").fill("09:00")
    page.get_by_role("button", name="Plan", exact=True).click()

    expect(page.get_by_text("10 free")).to_be_visible()
    expect(page.get_by_text("2 with a conflict")).to_be_visible()
    expect(page.get_by_text("Riverbend is closed: Holiday.")).to_be_visible()
    expect(page.get_by_text("Dana Reyes, PT has Lund, Ada from 9:00 am")).to_be_visible()
    fifth = page.get_by_role("group", name="Visit 5", exact=True)
    thursday = closed + dt.timedelta(days=1)
    fifth.get_by_label(re.compile(rf"Thu, {thursday:%b} {thursday.day} · 9:00 am")).check()
    page.get_by_role("button", name="Book these visits").click()

    expect(page.get_by_text("12 visits of Okafor, Ada are booked.")).to_be_visible()
    row = Series.objects.get()
    visits = row.appointments.order_by("series_position")
    assert stands(visits) == [
        "Mon 09:00", "Wed 09:00", "Fri 09:00", "Mon 09:00", "Thu 09:00", "Fri 09:00",
        "Mon 09:00", "Wed 08:15", "Fri 09:00", "Mon 09:00", "Wed 09:00", "Fri 09:00",
    ]  # fmt: skip

    page.goto(visits[9].get_absolute_url())
    expect(page.get_by_role("link", name="Visit 10 of 12 in a series")).to_be_visible()
    page.get_by_role("link", name="Move this and the following").click()
    page.get_by_label("New time").fill("14:00")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text("3 free")).to_be_visible()
    page.get_by_role("button", name="Move these visits").click()

    expect(page.get_by_text("3 visits are moved.")).to_be_visible()
    assert stands(visits.all())[8:] == ["Fri 09:00", "Mon 14:00", "Wed 14:00", "Fri 14:00"]


def test_what_is_taken_while_the_plan_is_looked_at_is_shown_again(page, desk, monday, axe):
    page.goto(reverse("scheduling:series-new") + f"?patient={desk.patient.pk}&date={monday}")
    page.get_by_label("Type").select_option(str(desk.type.pk))
    page.get_by_label("Weeks", exact=True).fill("1")
    page.get_by_label("Always at").fill("09:00")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text("2 free")).to_be_visible()
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(monday, 9))

    page.get_by_role("button", name="Book these visits").click()

    expect(page.get_by_text("Nothing has been booked yet")).to_be_visible()
    assert Series.objects.count() == 0
    assert axe(page) == []
    page.get_by_role("button", name="Book these visits").click()
    expect(page.get_by_text("2 visits of Okafor, Ada are booked.")).to_be_visible()
