"""The Month in a browser: walked by arrows, turned by keys, and every day leads to its Day."""

import pytest
from playwright.sync_api import expect

from scheduling.models import Closure
from tests.factories import at


@pytest.fixture
def open_month(browser_page, sign_in, desk):
    def go(query="?date=2026-03-01"):
        sign_in(browser_page, desk.user)
        browser_page.goto(f"/month/{query}")
        browser_page.wait_for_selector(".month-link[tabindex='0']")
        return browser_page

    return go


def test_a_day_says_how_many_come_and_how_much_is_free(open_month, desk):
    desk.book()
    page = open_month()

    monday = page.locator("#month-2026-03-02")

    expect(monday).to_contain_text("1 appointment")
    expect(monday).to_contain_text("8 h free")
    monday.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, March 2")


def test_the_arrows_walk_the_days_and_enter_opens_one(open_month):
    page = open_month()
    page.locator("#month-2026-03-02").focus()

    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)

    expect(page.locator("#month-2026-03-09")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, March 9")


def test_one_tab_reaches_the_days_and_one_leaves_them(open_month):
    page = open_month()

    assert page.locator(".month-link[tabindex='0']").count() == 1
    assert page.locator(".month-link[tabindex='-1']").count() == 34


def test_page_up_and_page_down_turn_the_months(open_month):
    page = open_month()
    title = page.get_by_role("heading", level=1)

    page.keyboard.press("PageDown")
    expect(title).to_have_text("April 2026")
    page.keyboard.press("PageUp")
    expect(title).to_have_text("March 2026")
    assert "date=2026-03-01" in page.url


def test_a_therapist_is_shown_alone(open_month, desk, other):
    desk.book()
    desk.book(therapist=other, starts_at=at(11))
    page = open_month()
    expect(page.locator("#month-2026-03-02")).to_contain_text("2 appointments")

    page.get_by_label("Therapist").select_option(label="Kim Zhao, PT")

    expect(page.locator("#month-2026-03-02")).to_contain_text("1 appointment")
    expect(page.get_by_text("Kim Zhao, PT", exact=True).first).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_axe_finds_nothing_on_the_month(open_month, axe, desk, width, theme):
    desk.book()
    Closure.objects.create(clinic=desk.clinic, starts_at=at(12), ends_at=at(13), reason="meeting")
    page = open_month()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})

    expect(page.locator("#month-2026-03-02")).to_contain_text("Closed: meeting")
    assert axe(page, "main") == []
