"""A patient with a telephone in one hand: confirm, cancel, ask for another time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Role
from scheduling import reminders
from scheduling.models import Appointment, MessageTemplate, TimeRequest
from tests.browser.test_accessibility import in_both_themes, too_wide
from tests.factories import PatientFactory, UserFactory
from tests.scheduling.conftest import Desk, open_desk


@pytest.fixture
def row(db) -> Appointment:
    desk: Desk = open_desk()
    in_ten_days = (timezone.now() + dt.timedelta(days=10)).replace(
        hour=20, minute=0, second=0, microsecond=0
    )
    return desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=in_ten_days, anyway=True)


@pytest.fixture
def phone(browser_page, live_server, settings, row) -> Page:
    """A telephone on which the link in the message has been opened."""
    settings.PUBLIC_URL = live_server.url
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(reminders.url_of(row))
    return browser_page


def test_a_patient_confirms(phone, row, axe):
    expect(phone.get_by_role("heading", name="Ada, can you come?")).to_be_visible()
    assert in_both_themes(phone, axe) == []

    phone.get_by_role("button", name="Confirm").click()

    expect(phone.get_by_role("heading", name="Thank you, Ada. We expect you.")).to_be_visible()
    row.refresh_from_db()
    assert row.status == "confirmed"
    assert too_wide(phone) == []


def test_a_patient_changes_their_mind_about_cancelling_and_then_does(phone, row, axe):
    phone.get_by_role("link", name="Cancel the appointment").click()
    phone.get_by_role("link", name="No, keep it").click()
    phone.get_by_role("link", name="Cancel the appointment").click()
    assert in_both_themes(phone, axe) == []
    row.refresh_from_db()
    assert row.status == "booked"

    phone.get_by_role("button", name="Yes, cancel it").click()

    expect(phone.get_by_role("heading", name="Ada, this appointment is cancelled")).to_be_visible()
    row.refresh_from_db()
    assert row.status == "cancelled"


def test_a_patient_asks_for_another_time(phone, row, axe):
    phone.get_by_role("link", name="Ask for another time").click()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Choose a day or a time, or write a few words.")).to_be_visible()
    assert in_both_themes(phone, axe) == []
    assert too_wide(phone) == []
    phone.set_viewport_size({"width": 390, "height": 844})

    phone.get_by_label("Tuesday").check()
    phone.get_by_label("Mornings").check()
    phone.get_by_role("button", name="Send").click()

    expect(phone.get_by_text("You asked for another time (Tue; mornings).")).to_be_visible()
    request = TimeRequest.objects.get()
    assert (request.weekdays, request.windows) == ([1], ["morning"])


def test_an_owner_sees_the_words_as_a_patient_reads_them_while_typing(browser_page, sign_in, row):
    owner = UserFactory(roles=[Role.OWNER])
    template = MessageTemplate.objects.get(kind="reminder", channel="sms")
    sign_in(browser_page, owner)
    browser_page.goto(f"/practice/message-templates/{template.pk}/")

    browser_page.get_by_label("Words").fill("Dear {first_name}, come on {day}. {oops}")

    preview = browser_page.locator("#preview")
    expect(preview).to_contain_text("Dear Ada, come on Monday, March 2. {oops}")
    browser_page.get_by_role("button", name="Save").click()
    expect(browser_page.locator(".field-error")).to_contain_text("{oops} stands for nothing.")
