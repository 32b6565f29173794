"""The front desk's whole day, by mouse and keys: find, plan, move, lose a slot, fill one, check in.

Told in the order in which it happens; if you read one test of the schedule, read this one.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from scheduling import booking, wait_list
from scheduling.models import Appointment, Closure, DeskPayment
from tests.browser.day_board import drag, notice, place, visit
from tests.factories import (
    PORTLAND,
    CoverageFactory,
    PatientFactory,
    UserFactory,
    WeeklyHoursFactory,
    at,
)

FRIDAY = 4


@pytest.fixture
def monday():
    """The Monday after next, so that all that is planned lies ahead."""
    today = timezone.localdate(timezone=PORTLAND)
    return today + dt.timedelta(days=14 - today.weekday())


@pytest.fixture
def week(desk, other):
    """Both therapists work from Monday to Friday."""
    for weekday in range(1, FRIDAY + 1):
        for therapist in (desk.therapist, other):
            WeeklyHoursFactory(therapist=therapist, clinic=desk.clinic, weekday=weekday)


def patient(desk, last_name, **fields):
    return PatientFactory(clinic=desk.clinic, last_name=last_name, first_name="Eva", **fields)


def times(rows):
    return [
        (row.starts_at.astimezone(PORTLAND).strftime("%a %H:%M"), row.therapist.user.last_name)
        for row in rows.order_by("starts_at").select_related("therapist__user")
    ]


def choose_patient(page, typed, name):
    page.get_by_role("combobox", name="Patient").press_sequentially(typed)
    expect(page.locator(".picker-option", has_text=name)).to_be_visible()
    page.keyboard.press("Enter")


def find_a_time(page, desk, monday):
    """A misspelt name finds its patient, and the first free time after ten is taken."""
    page.goto(reverse("scheduling:find-a-time"))
    choose_patient(page, "okafro", "Okafor, Ada")
    page.get_by_label("Type").select_option(str(desk.type.pk))
    page.get_by_label("Earliest day").fill(monday.isoformat())
    page.get_by_role("button", name="Find", exact=True).click()
    first = page.get_by_role("region", name=f"{monday:%A, %B} {monday.day}")
    first.get_by_role("link", name="10:00 am").first.click()
    page.get_by_label("Therapist").select_option(str(desk.therapist.pk))
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("Okafor, Ada is booked for")).to_be_visible()


def plan_a_series(page, desk, monday, lund):
    """Six visits; Wednesday is a holiday, so the desk takes the offered Thursday."""
    page.goto(f"{reverse('scheduling:series-new')}?patient={lund.pk}&date={monday}")
    page.get_by_label("Type").select_option(str(desk.type.pk))
    page.get_by_label("Visits a week").fill("3")
    page.get_by_label("Weeks", exact=True).fill("2")
    page.get_by_label("Always at").fill("09:00")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text("1 with a conflict")).to_be_visible()
    page.get_by_role("group", name="Visit 2", exact=True).get_by_label(re.compile("^Thu,")).check()
    page.get_by_role("button", name="Book these visits").click()
    expect(page.get_by_text("6 visits of Lund, Eva are booked.")).to_be_visible()


def cancel_and_fill(page, name, next_name):
    """The freed time goes to whoever waits, with one press."""
    visit(page, name).click()
    panel = page.locator("#panel")
    panel.get_by_text("Cancel this appointment").click()
    panel.get_by_label("Why is it cancelled?").fill("Ill")
    panel.get_by_role("button", name="Cancel the appointment").click()
    panel.get_by_role("link", name="waiting for such a time").click()
    panel.get_by_role("button", name=f"Book {next_name}").click()
    expect(visit(page, next_name)).to_be_visible()


def check_in(page, row):
    """Everything is still right, the copay is paid in cash, and the patient is here."""
    page.goto(reverse("scheduling:check-in", args=[row.pk]))
    page.get_by_role("button", name="Still right, card seen").click()
    page.get_by_text("Cash", exact=True).click()
    page.get_by_role("button", name="Take the copay").click()
    page.get_by_role("button", name="Check in", exact=True).click()
    expect(page.get_by_text(re.compile(r"Arrived at \d"))).to_be_visible()


def test_the_desk_gets_through_its_day(open_day, desk, other, week, monday):
    lund, berg, hart = (patient(desk, name) for name in ("Lund", "Bergstrom", "Hart"))
    wednesday = monday + dt.timedelta(days=2)
    Closure.objects.create(
        clinic=desk.clinic,
        reason="Holiday",
        starts_at=at(0, day=wednesday),
        ends_at=at(23, 59, day=wednesday),
    )
    page = open_day()

    find_a_time(page, desk, monday)
    assert times(Appointment.objects.filter(patient=desk.patient)) == [("Mon 10:00", "Reyes")]

    plan_a_series(page, desk, monday, lund)
    series = Appointment.objects.filter(patient=lund)
    assert [when for when, _ in times(series)] == [
        "Mon 09:00", "Thu 09:00", "Fri 09:00", "Mon 09:00", "Wed 09:00", "Fri 09:00",
    ]  # fmt: skip

    page = open_day(query=f"?date={monday}")
    visit(page, "Okafor, Ada").wait_for()
    drag(page, place(page, "Reyes", 10), place(page, "Zhao", 13))
    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert times(Appointment.objects.filter(patient=desk.patient)) == [("Mon 13:00", "Zhao")]

    # While the visit is in the hand, the other desk takes the place it is going to.
    start, goal = place(page, "Zhao", 13), place(page, "Zhao", 15)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8, steps=3)
    page.mouse.move(*goal, steps=12)
    booking.book(
        patient=berg,
        therapist=other,
        clinic=desk.clinic,
        appointment_type=desk.type,
        starts_at=at(15, day=monday),
        by=UserFactory(first_name="Kim", last_name="Lee", clinics=[desk.clinic]),
    )
    page.mouse.up()
    notice(page, "Kim Zhao, PT has Bergstrom, Eva from 3:00 pm").to_be_visible()
    assert times(Appointment.objects.filter(patient=desk.patient)) == [("Mon 13:00", "Zhao")]

    waiting = wait_list.add(patient=hart, type=desk.type, by=desk.user, priority="urgent")
    cancel_and_fill(page, "Bergstrom, Eva", "Hart, Eva")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.appointment.starts_at) == ("booked", at(15, day=monday))

    page.locator("#day-print").click()
    page.wait_for_url("**/day/print/**")
    expect(page.get_by_text("Hart, Eva").first).to_be_visible()

    CoverageFactory(patient=berg, copay=Decimal("35.00"))
    today = timezone.localdate(timezone=PORTLAND)
    arriving = desk.book(patient=berg, starts_at=at(9, day=today), anyway=True)
    check_in(page, arriving)
    arriving.refresh_from_db()
    assert arriving.status == "arrived"
    assert list(DeskPayment.objects.values_list("appointment", "amount", "method")) == [
        (arriving.pk, Decimal("35.00"), "cash")
    ]
