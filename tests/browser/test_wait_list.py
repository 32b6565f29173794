"""A freed time finds its patient: at the desk with one press, on a telephone with one tap; and a
booking beyond what the payer approved asks why."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from people import links
from scheduling import wait_list, wait_offers
from scheduling.models import Appointment, WaitListEntry
from scheduling.wait_offers import Slot
from tests.factories import AuthorizationFactory, CoverageFactory, PatientFactory, at
from tests.scheduling.conftest import open_desk

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def desk(transactional_db):
    return open_desk()


@pytest.fixture
def next_monday():
    today = timezone.localdate()
    return today + dt.timedelta(days=7 - today.weekday())


def waits(desk, last_name="Lund", **wishes):
    patient = PatientFactory(
        clinic=desk.clinic, last_name=last_name, contact_by="sms", mobile_phone="+15035550100"
    )
    return wait_list.add(patient=patient, type=desk.type, by=desk.user, **wishes)


@pytest.fixture
def open_day(browser_page, sign_in, desk, next_monday):
    def go():
        sign_in(browser_page, desk.user)
        browser_page.goto(f"{reverse('scheduling:day')}?date={next_monday.isoformat()}")
        browser_page.wait_for_function("document.querySelector('button[data-day-view]')")
        return browser_page

    return go


def test_a_cancellation_finds_the_best_match_and_one_press_books_it(
    open_day, desk, next_monday, axe
):
    desk.book(starts_at=at(9, day=next_monday))
    waits(desk, "Bergstrom")
    best = waits(desk, priority="urgent", to_time=dt.time(12))
    page = open_day()

    page.locator(".ec-event.visit .visit-button", has_text="Okafor, Ada").click()
    panel = page.locator("#panel")
    panel.get_by_text("Cancel this appointment").click()
    panel.get_by_label("Why is it cancelled?").fill("Ill")
    panel.get_by_role("button", name="Cancel the appointment").click()
    panel.get_by_role("link", name="2 people are waiting for such a time").click()

    first = panel.locator(".match").first
    expect(first).to_contain_text("Lund, Ada")
    expect(first.locator(".match-reasons")).to_contain_text("wants mornings")
    assert axe(page, "#panel") == []
    first.get_by_role("button", name="Book Lund, Ada").click()

    expect(panel.get_by_role("heading", name="Ada Lund")).to_be_visible()
    expect(page.locator(".ec-event.visit", has_text="Lund, Ada")).to_be_visible()
    best.refresh_from_db()
    assert (best.status, best.appointment.starts_at) == ("booked", at(9, day=next_monday))


def test_a_patient_takes_the_offered_time_on_a_telephone_and_the_second_comes_too_late(
    browser_page, desk, next_monday, axe
):
    slot = Slot(
        therapist=desk.therapist,
        clinic=desk.clinic,
        room=None,
        starts_at=at(14, day=next_monday),
        minutes=45,
    )
    entries = [waits(desk), waits(desk, "Bergstrom")]
    mine, theirs = (
        reverse("scheduling:take-offer", args=[links.token_of(offer.link)])
        for offer in wait_offers.send(entries=entries, slot=slot, by=desk.user).offers
    )
    browser_page.set_viewport_size(PHONE)

    browser_page.goto(mine)
    assert axe(browser_page) == []
    browser_page.get_by_role("button", name="Take this time").click()
    expect(browser_page.get_by_role("heading", name="It is yours")).to_be_visible()
    assert axe(browser_page) == []

    browser_page.goto(theirs)
    expect(browser_page.get_by_role("heading", name="This time is gone")).to_be_visible()
    assert axe(browser_page) == []
    booked = Appointment.objects.get()
    assert (booked.patient, booked.starts_at) == (entries[0].patient, at(14, day=next_monday))
    assert WaitListEntry.objects.get(pk=entries[1].pk).status == "waiting"
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not browser_page.evaluate(too_wide)


def test_the_card_follows_the_form_and_asks_why_when_nothing_is_left(open_day, desk, next_monday):
    card = CoverageFactory(patient=desk.patient, copay=25)
    AuthorizationFactory(
        coverage=card,
        number="A778",
        visits_approved=1,
        starts_on=next_monday,
        ends_on=next_monday + dt.timedelta(days=60),
    )
    page = open_day()
    page.locator("#day-book").click()
    panel = page.locator("#panel")

    panel.get_by_label("Patient", exact=False).first.fill("Okafor")
    panel.get_by_role("option", name="Okafor, Ada").click()
    shown = panel.get_by_role("region", name="Authorization")
    expect(shown).to_contain_text("After this visit: 0 visits left.")
    expect(shown).to_contain_text("Copay $25.00")
    panel.get_by_label("Time").fill("09:00")
    panel.get_by_label("Therapist").select_option(label=str(desk.therapist))
    panel.get_by_role("button", name="Book", exact=True).last.click()
    expect(panel).to_be_hidden()
    expect(page.locator(".ec-event.visit", has_text="Okafor, Ada")).to_be_visible()

    page.locator("#day-book").click()
    expect(panel).to_be_visible()
    panel.get_by_label("Patient", exact=False).first.fill("Okafor")
    panel.get_by_role("option", name="Okafor, Ada").click()
    expect(shown).to_contain_text("Authorization A778 is spent")
    panel.get_by_label("Why is it booked all the same?").fill("More has been asked for")
    panel.get_by_label("Time").fill("11:00")
    panel.get_by_label("Therapist").select_option(label=str(desk.therapist))
    panel.get_by_role("button", name="Book", exact=True).last.click()

    expect(page.locator(".ec-event.visit", has_text="Okafor, Ada")).to_have_count(2)
    over = Appointment.objects.latest("pk")
    assert over.over_budget_reason == "More has been asked for"
