"""A patient at the tablet in the waiting room, and the desk that sets it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from scheduling import kiosks
from scheduling.models import Appointment, Kiosk
from tests.browser.test_accessibility import in_both_themes, too_wide
from tests.factories import AppointmentFactory, PatientFactory
from tests.scheduling.conftest import Desk

TABLET = {"width": 1024, "height": 768}
YES, NO = "You are checked in. Please take a seat.", "Please see the front desk."


@pytest.fixture
def visit(desk: Desk) -> Appointment:
    """It is the middle of the clinic's day, whenever the test runs: the visit begins now."""
    now = timezone.now()
    desk.clinic.time_zone = f"Etc/GMT{now.hour - 12:+d}"
    desk.clinic.save(update_fields=["time_zone"])
    patient = PatientFactory(
        clinic=desk.clinic, last_name="Núñez-Ibarra", birth_date=dt.date(1958, 3, 12)
    )
    return AppointmentFactory(
        patient=patient, therapist=desk.therapist, type=desk.type, starts_at=now
    )


def open_kiosk(page: Page, desk: Desk, live_server: Any, settings: Any) -> Page:
    settings.PUBLIC_URL = live_server.url
    page.goto(kiosks.make(clinic=desk.clinic, name="Entrance", by=desk.user))
    return page


@pytest.fixture
def tablet(
    browser: Browser, live_server: Any, settings: Any, desk: Desk, visit: Appointment
) -> Iterator[Page]:
    """A tablet under fingers, on which the kiosk's address has been opened."""
    context = browser.new_context(
        base_url=live_server.url, viewport=TABLET, has_touch=True, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.clock.install()
    yield open_kiosk(page, desk, live_server, settings)
    assert problems == []
    context.close()


def type_in(page: Page, digits: str, last_name: str) -> None:
    page.get_by_label("Month").tap()
    page.keyboard.type(digits)
    page.get_by_label("Last name").fill(last_name)
    page.get_by_role("button", name="Check in").tap()


def test_a_patient_checks_in_and_the_next_finds_an_empty_form(tablet, visit, axe):
    assert in_both_themes(tablet, axe) == []

    type_in(tablet, "03121958", "nunez ibarra")

    expect(tablet.get_by_role("heading", name=YES)).to_be_visible()
    visit.refresh_from_db()
    assert visit.status == "arrived"
    assert in_both_themes(tablet, axe) == []
    assert too_wide(tablet) == []

    tablet.clock.run_for(8_000)

    expect(tablet.get_by_role("heading", name="Check in")).to_be_visible()
    assert [field.input_value() for field in tablet.locator("input").all()] == [""] * 4


def test_somebody_unknown_is_sent_to_the_desk_and_done_brings_the_empty_form(tablet, visit, axe):
    type_in(tablet, "03121959", "Nunez Ibarra")

    expect(tablet.get_by_role("heading", name=NO)).to_be_visible()
    assert in_both_themes(tablet, axe) == []

    tablet.get_by_role("link", name="Done").tap()

    expect(tablet.get_by_label("Last name")).to_have_value("")
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_date_that_is_none_is_said_beside_it_in_any_window(tablet, axe):
    type_in(tablet, "13121958", "")

    expect(tablet.get_by_label("Month")).to_be_focused()
    expect(tablet.get_by_text("Type your last name.")).to_be_visible()
    expect(tablet.get_by_text("Type month, day and year, such as 03 12 1958.")).to_be_visible()
    assert in_both_themes(tablet, axe) == []
    assert too_wide(tablet) == []


def test_digits_step_on_and_back_and_letters_leave_no_trace(tablet):
    tablet.get_by_label("Month").tap()
    tablet.keyboard.type("0x312")
    expect(tablet.get_by_label("Month")).to_have_value("03")
    expect(tablet.get_by_label("Day")).to_have_value("12")
    expect(tablet.get_by_label("Year")).to_be_focused()

    tablet.keyboard.press("Backspace")

    expect(tablet.get_by_label("Day")).to_be_focused()


def test_what_somebody_typed_and_left_is_cleared_away_after_a_minute(tablet):
    tablet.get_by_label("Last name").fill("Okafor")
    tablet.clock.run_for(59_000)
    expect(tablet.get_by_label("Last name")).to_have_value("Okafor")

    tablet.clock.run_for(1_000)

    expect(tablet.get_by_label("Last name")).to_have_value("")


def test_each_thing_to_touch_is_larger_than_a_thumb(tablet):
    for target in tablet.locator("input, button").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 60


def test_the_kiosk_works_without_scripts(browser, live_server, settings, desk, visit):
    context = browser.new_context(
        base_url=live_server.url, viewport=TABLET, has_touch=True, java_script_enabled=False
    )
    page = open_kiosk(context.new_page(), desk, live_server, settings)
    page.get_by_label("Month").fill("3")
    page.get_by_label("Day").fill("12")
    page.get_by_label("Year").fill("1958")
    page.get_by_label("Last name").fill("NUNEZ-IBARRA")
    page.get_by_role("button", name="Check in").tap()
    expect(page.get_by_role("heading", name=YES)).to_be_visible()

    page.get_by_role("link", name="Done").tap()

    expect(page.get_by_label("Last name")).to_have_value("")
    context.close()


def test_the_desk_makes_a_kiosk_opens_it_and_revokes_it(browser_page, sign_in, desk, axe):
    sign_in(browser_page, desk.user)
    browser_page.goto("/kiosks/")
    browser_page.get_by_label("Name").fill("Entrance")
    browser_page.get_by_role("button", name="Make a kiosk").click()
    address = browser_page.get_by_role("textbox", name="Address").input_value()
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []

    path = "/kiosk/" + address.split("/kiosk/")[1]
    assert browser_page.goto(path).status == 200
    browser_page.goto("/kiosks/")
    browser_page.get_by_role("button", name="Revoke Entrance").click()

    expect(browser_page.get_by_text("Entrance is revoked")).to_be_visible()
    assert browser_page.goto(path).status == 404
    assert Kiosk.objects.filter(revoked_at=None).count() == 0
