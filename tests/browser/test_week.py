"""The Week with mouse and keys: what is dragged to another day stands there, and clicks book."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from scheduling.models import Appointment, Closure
from tests.browser.day_board import drag, notice, place, stands_on, visit
from tests.factories import MONDAY, PatientFactory, WeeklyHoursFactory, at

TUESDAY = MONDAY + dt.timedelta(days=1)


@pytest.fixture
def open_week(open_day, desk):
    """Opens the week of Monday, 2 March 2026; Dana Reyes works on Monday and on Tuesday."""
    WeeklyHoursFactory(therapist=desk.therapist, clinic=desk.clinic, weekday=1)

    def go(query=""):
        return open_day(query=f"?date=2026-03-04&therapist={desk.therapist.pk}{query}", name="week")

    return go


def test_a_visit_dragged_to_another_day_is_on_that_day(open_week, desk):
    row = desk.book()
    page = open_week()

    drag(page, place(page, "Mar 2", 9), place(page, "Mar 3", 11, 30))

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands_on(row) == "2026-03-03 11:30"
    expect(visit(page, "Okafor")).to_contain_text("11:30")


def test_dragged_to_a_day_off_the_desk_is_asked_and_may_say_no(open_week, desk):
    row = desk.book()
    page = open_week()

    drag(page, place(page, "Mar 2", 9), place(page, "Mar 4", 9))
    expect(page.locator("#ask")).to_contain_text("Dana Reyes, PT does not work that day.")
    page.locator("#ask").get_by_role("button", name="Cancel", exact=True).click()

    expect(visit(page, "Okafor")).to_contain_text("9:00")
    assert stands_on(row) == "2026-03-02 09:00"


def test_a_visit_pulled_at_its_end_lasts_longer_on_its_own_day(open_week, desk):
    row = desk.book(starts_at=at(9, day=TUESDAY))
    page = open_week()
    page.wait_for_selector(".visit")
    box = page.locator(".visit").bounding_box()
    edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)

    page.mouse.move(*edge)
    page.mouse.down()
    page.mouse.move(edge[0], edge[1] + 30, steps=8)
    page.mouse.up()

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert (stands_on(row), row.minutes) == ("2026-03-03 09:00", 75)


def test_a_click_books_that_day_with_that_therapist(open_week, desk):
    desk.book()  # makes follow-up the usual type
    patient = PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Lund")
    page = open_week()

    page.mouse.click(*place(page, "Mar 3", 10, 15))
    page.locator("#id_patient_name").fill("lun")
    page.get_by_role("option", name="Lund, Bo").click()
    page.get_by_role("button", name="Book", exact=True).last.click()

    notice(page, "Lund, Bo is booked for Tuesday, March 3 at 10:15 am.").to_be_visible()
    made = Appointment.objects.get(patient=patient)
    assert (stands_on(made), made.therapist) == ("2026-03-03 10:15", desk.therapist)
    expect(visit(page, "Lund, Bo")).to_be_visible()


def test_a_visit_is_moved_to_the_next_day_by_keys_alone(open_week, desk):
    row = desk.book()
    page = open_week()
    visit(page, "Okafor").focus()

    for key in ("m", "ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands_on(row) == "2026-03-03 09:30"


def test_the_arrows_turn_the_weeks(open_week):
    page = open_week()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("March 2 – 6")

    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("March 9 – 13")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("February 23 – 27")
    assert "date=2026-02-23" in page.url


def test_leave_says_why_in_its_shaded_hours(open_week, desk):
    Closure.objects.create(
        therapist=desk.therapist, starts_at=at(12), ends_at=at(15), reason="course"
    )
    page = open_week()

    expect(page.locator(".shut-reason")).to_have_text(["Away: course"])


def test_on_a_phone_the_week_is_a_list_of_its_days(open_week, desk):
    desk.book()
    desk.book(starts_at=at(9, day=TUESDAY), patient=PatientFactory(clinic=desk.clinic))
    page = open_week()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()

    expect(page.locator("#calendar")).to_be_hidden()
    expect(page.get_by_role("heading", level=2)).to_contain_text(
        ["Monday, March 2", "Tuesday, March 3", "Wednesday, March 4", "Thursday, March 5",
         "Friday, March 6"]
    )  # fmt: skip
    expect(page.locator(".day-row")).to_have_count(2)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_axe_finds_nothing_on_the_week(open_week, axe, desk, width, theme):
    desk.book()
    Closure.objects.create(
        therapist=desk.therapist, starts_at=at(12), ends_at=at(15), reason="course"
    )
    page = open_week()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    page.wait_for_selector(".visit" if width > 400 else ".day-row")

    assert axe(page, "main") == []
