"""No page breaks WCAG 2.2 AA as far as axe can tell; the palette and the dialogs neither.

A page of any app is one line in PAGES: the name of its address, who opens it, and which record
fills the number in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from people.models import Role
from tests.factories import ClinicFactory, PatientFactory, PracticeFactory, UserFactory


@dataclass(frozen=True)
class Opened:
    """A page as one role sees it."""

    url_name: str
    role: str = Role.OWNER
    arguments: Callable[[Any], list[Any]] = lambda world: []

    def __str__(self) -> str:
        return f"{self.url_name} as {self.role}"


PAGES = [
    Opened("account_change_password"),
    Opened("account_logout"),
    Opened("mfa_index"),
    Opened("mfa_list_webauthn"),
    Opened("account_reauthenticate"),
    Opened("people:patients", Role.FRONT_DESK),
    Opened("people:patient-new", Role.FRONT_DESK),
    Opened("people:patient", Role.FRONT_DESK, lambda world: [world.patient.pk]),
    Opened("people:patient-edit", Role.FRONT_DESK, lambda world: [world.patient.pk]),
    Opened("people:payers", Role.BILLER),
    Opened("people:referrers", Role.FRONT_DESK),
    Opened("people:staff"),
    Opened("people:clinics"),
    Opened("people:practice"),
    Opened("people:audit", Role.AUDITOR),
]
BEFORE_LOG_IN = ["account_login", "account_reset_password", "account_inactive"]
THEMES = ("light", "dark")
WIDTHS = (1440, 1024, 390, 320)


class World:
    """One clinic with one patient, and somebody for each role."""

    def __init__(self) -> None:
        PracticeFactory()
        self.clinic = ClinicFactory()
        self.patient = PatientFactory(clinic=self.clinic)

    def staff(self, role: str) -> Any:
        return UserFactory(roles=[role], clinics=[self.clinic])


@pytest.fixture
def world(db: None) -> World:
    return World()


def in_both_themes(page: Page, axe: Callable[..., list[str]]) -> list[str]:
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        found += [f"{theme}: {problem}" for problem in axe(page)]
    return found


def too_wide(page: Page) -> list[int]:
    """Windows in which the page must be pushed sideways (WCAG 2.2, 1.4.10: none, down to 320)."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


@pytest.mark.parametrize("opened", PAGES, ids=str)
def test_no_page_breaks_wcag_or_its_window(opened, world, browser_page, sign_in, axe):
    sign_in(browser_page, world.staff(opened.role))

    answer = browser_page.goto(reverse(opened.url_name, args=opened.arguments(world)))

    assert answer.status == 200
    assert browser_page.locator("h1").count() == 1
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []


@pytest.mark.parametrize("url_name", BEFORE_LOG_IN)
def test_no_page_before_log_in_breaks_wcag_or_its_window(url_name, browser_page, axe):
    browser_page.goto(reverse(url_name))

    assert browser_page.locator("h1").count() == 1
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []


def test_a_log_in_that_failed_tells_what_was_wrong_where_the_person_is(browser_page, axe):
    browser_page.goto(reverse("account_login"))
    browser_page.get_by_label("Email").fill("nobody@example.com")
    browser_page.get_by_label("Password").fill("wrong-password")

    browser_page.get_by_role("button", name="Log in", exact=True).click()

    browser_page.get_by_role("alert").filter(has_text="not correct").wait_for()
    assert in_both_themes(browser_page, axe) == []


@pytest.mark.parametrize("is_staff", [True, False])
def test_an_error_page_breaks_nothing(is_staff, world, browser_page, sign_in, axe):
    if is_staff:
        sign_in(browser_page, world.staff(Role.OWNER))

    browser_page.goto("/no/such/page/")

    assert browser_page.locator("h1").inner_text() == "There is no such page"
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_open_palette_breaks_nothing(width, world, browser_page, sign_in, axe):
    sign_in(browser_page, world.staff(Role.OWNER))
    browser_page.set_viewport_size({"width": width, "height": 844})
    browser_page.goto(reverse("mfa_index"))
    browser_page.wait_for_load_state("networkidle")

    browser_page.keyboard.press("/")
    browser_page.get_by_role("option", name="Patients").first.wait_for()

    assert in_both_themes(browser_page, axe) == []


def test_the_open_menu_on_a_phone_breaks_nothing(world, browser_page, sign_in, axe):
    sign_in(browser_page, world.staff(Role.OWNER))
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(reverse("mfa_index"))
    browser_page.wait_for_load_state("networkidle")

    browser_page.get_by_role("button", name="Open the menu").click()
    browser_page.get_by_role("link", name="Patients").wait_for()

    assert in_both_themes(browser_page, axe) == []


def test_axe_does_find_what_is_wrong(world, browser_page, sign_in, axe):
    sign_in(browser_page, world.staff(Role.OWNER))
    browser_page.goto(reverse("mfa_index"))

    browser_page.evaluate("document.querySelector('main').append(document.createElement('button'))")

    assert axe(browser_page) == [
        "button-name: Buttons must have discernible text at #main > button"
    ]
