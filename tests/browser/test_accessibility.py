"""No page breaks WCAG 2.2 AA as far as axe can tell; the palette and the dialogs neither.

A page of any app is one line in PAGES: the name of its address and who opens it. Which record
fills the number in the address, tests/access_addresses.py knows.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from documentation import plan_answers
from documentation.rules.codes import code_of
from people.models import Role
from tests.access_addresses import path_of
from tests.access_records import worlds
from tests.access_routes import every_route
from tests.documentation.sent_plans import link_to, sent
from tests.factories import PASSWORD, UserFactory

PAGES = [
    ("account_change_password", Role.OWNER),
    ("account_logout", Role.OWNER),
    ("account_reauthenticate", Role.OWNER),
    ("api-docs", Role.OWNER),
    ("mfa_index", Role.OWNER),
    ("mfa_list_webauthn", Role.OWNER),
    ("people:patients", Role.FRONT_DESK),
    ("people:patient-new", Role.FRONT_DESK),
    ("people:imports", Role.FRONT_DESK),
    ("people:import", Role.FRONT_DESK),
    ("people:duplicates", Role.FRONT_DESK),
    ("people:merge", Role.FRONT_DESK),
    ("people:patient", Role.FRONT_DESK),
    ("people:patient-edit", Role.FRONT_DESK),
    ("people:coverage-new", Role.FRONT_DESK),
    ("people:coverage-edit", Role.FRONT_DESK),
    ("people:authorization-new", Role.FRONT_DESK),
    ("people:authorization-edit", Role.FRONT_DESK),
    ("billing:paper-batches", Role.BILLER),
    ("billing:paper-batch", Role.BILLER),
    ("people:payers", Role.BILLER),
    ("people:payer-new", Role.BILLER),
    ("people:referrers", Role.FRONT_DESK),
    ("people:referrer-new", Role.FRONT_DESK),
    ("documentation:letters", Role.FRONT_DESK),
    ("documentation:letter-settings", Role.OWNER),
    ("people:staff", Role.OWNER),
    ("people:account-new", Role.OWNER),
    ("people:account-edit", Role.OWNER),
    ("people:patients-removed", Role.OWNER),
    ("people:clinics", Role.OWNER),
    ("people:clinic-edit", Role.OWNER),
    ("people:practice", Role.OWNER),
    ("people:practice-edit", Role.OWNER),
    ("people:consent-forms", Role.OWNER),
    ("people:consent-form-new", Role.OWNER),
    ("people:consent-form-edit", Role.OWNER),
    ("people:consent-version-new", Role.OWNER),
    ("people:patient-consents", Role.FRONT_DESK),
    ("people:consent-sign", Role.FRONT_DESK),
    ("people:consent", Role.FRONT_DESK),
    ("people:questionnaires", Role.FRONT_DESK),
    ("people:questionnaire", Role.FRONT_DESK),
    ("people:questionnaire-card", Role.FRONT_DESK),
    ("people:patient-intake", Role.FRONT_DESK),
    ("people:audit", Role.AUDITOR),
    ("people:messages", Role.FRONT_DESK),
    ("people:patient-messages", Role.FRONT_DESK),
    ("scheduling:calls", Role.FRONT_DESK),
    ("scheduling:time-requests", Role.FRONT_DESK),
    ("scheduling:templates", Role.OWNER),
    ("scheduling:template-new", Role.OWNER),
    ("scheduling:template-edit", Role.OWNER),
    ("scheduling:reminder-rules", Role.OWNER),
    ("scheduling:day", Role.FRONT_DESK),
    ("scheduling:day-print", Role.FRONT_DESK),
    ("scheduling:week", Role.FRONT_DESK),
    ("scheduling:month", Role.FRONT_DESK),
    ("scheduling:book", Role.FRONT_DESK),
    ("scheduling:appointment", Role.FRONT_DESK),
    ("scheduling:move", Role.FRONT_DESK),
    ("scheduling:cancel", Role.FRONT_DESK),
    ("scheduling:check-in", Role.FRONT_DESK),
    ("scheduling:check-in-details", Role.FRONT_DESK),
    ("scheduling:payment", Role.FRONT_DESK),
    ("scheduling:payment-reverse", Role.FRONT_DESK),
    ("scheduling:takings", Role.FRONT_DESK),
    ("scheduling:fees-to-decide", Role.FRONT_DESK),
    ("scheduling:fee", Role.FRONT_DESK),
    ("scheduling:kiosks", Role.FRONT_DESK),
    ("scheduling:desk-rules", Role.OWNER),
    ("scheduling:desk-rules-edit", Role.OWNER),
    ("scheduling:restore", Role.FRONT_DESK),
    ("scheduling:group", Role.FRONT_DESK),
    ("scheduling:group-move", Role.FRONT_DESK),
    ("scheduling:group-cancel", Role.FRONT_DESK),
    ("scheduling:patient-appointments", Role.FRONT_DESK),
    ("scheduling:find-a-time", Role.FRONT_DESK),
    ("scheduling:series-new", Role.FRONT_DESK),
    ("scheduling:series", Role.FRONT_DESK),
    ("scheduling:series-change", Role.FRONT_DESK),
    ("scheduling:series-cancel", Role.FRONT_DESK),
    ("scheduling:types", Role.OWNER),
    ("scheduling:type-edit", Role.OWNER),
    ("scheduling:rooms", Role.OWNER),
    ("scheduling:room-edit", Role.OWNER),
    ("scheduling:equipment", Role.OWNER),
    ("scheduling:equipment-new", Role.OWNER),
    ("scheduling:equipment-edit", Role.OWNER),
    ("scheduling:hours", Role.OWNER),
    ("scheduling:hours-edit", Role.OWNER),
    ("scheduling:closures", Role.OWNER),
    ("scheduling:closure-edit", Role.OWNER),
    ("scheduling:authorizations", Role.BILLER),
    ("scheduling:over-budget", Role.FRONT_DESK),
    ("scheduling:budget-rules", Role.OWNER),
    ("scheduling:wait-list", Role.FRONT_DESK),
    ("scheduling:wait-who", Role.FRONT_DESK),
    ("scheduling:wait-entry", Role.FRONT_DESK),
    ("scheduling:wait-new", Role.FRONT_DESK),
    ("scheduling:wait-edit", Role.FRONT_DESK),
    ("documentation:today", Role.THERAPIST),
    ("documentation:session-aids", Role.THERAPIST),
    ("documentation:session", Role.THERAPIST),
    ("documentation:note", Role.THERAPIST),
    ("documentation:flowsheet", Role.THERAPIST),
    ("documentation:note-version", Role.THERAPIST),
    ("documentation:unsigned", Role.THERAPIST),
    ("documentation:verify-ask", Role.THERAPIST),
    ("documentation:cosign", Role.THERAPIST),
    ("documentation:chart", Role.THERAPIST),
    ("documentation:episode", Role.THERAPIST),
    ("documentation:episode-new", Role.THERAPIST),
    ("documentation:goal", Role.THERAPIST),
    ("documentation:goal-new", Role.THERAPIST),
    ("documentation:plan", Role.THERAPIST),
    ("documentation:plan-new", Role.THERAPIST),
    ("documentation:plan-paper", Role.THERAPIST),
    ("documentation:home-program", Role.THERAPIST),
    ("documentation:papers", Role.THERAPIST),
    ("documentation:attachments", Role.THERAPIST),
    ("documentation:attachment", Role.THERAPIST),
    ("documentation:home-program-edit", Role.THERAPIST),
    ("billing:estimates", Role.FRONT_DESK),
    ("billing:patient-self-pay", Role.BILLER),
    ("billing:superbill-new", Role.FRONT_DESK),
    ("billing:estimate-new", Role.FRONT_DESK),
    ("billing:estimate-renew", Role.FRONT_DESK),
    ("billing:estimate-rule-edit", Role.BILLER),
    ("billing:claims", Role.BILLER),
    ("billing:claim", Role.BILLER),
    ("billing:claim-details", Role.BILLER),
    ("billing:batches", Role.BILLER),
    ("billing:batch", Role.BILLER),
    ("billing:claim-version", Role.BILLER),
    ("documentation:compliance", Role.THERAPIST),
    ("documentation:lead-times", Role.OWNER),
    ("documentation:measures", Role.THERAPIST),
    ("documentation:measure-new", Role.THERAPIST),
    ("documentation:measure-result", Role.THERAPIST),
    ("billing:cms1500", Role.BILLER),
    ("billing:form-printers", Role.BILLER),
    ("billing:form-printer-new", Role.BILLER),
    ("billing:replies", Role.BILLER),
    ("billing:reply", Role.BILLER),
    ("billing:what-if", Role.BILLER),
    ("billing:rule-data", Role.BILLER),
    ("billing:rule-load", Role.BILLER),
    ("billing:amounts-edit", Role.BILLER),
    ("billing:locality", Role.BILLER),
    ("billing:patient-medicare", Role.BILLER),
    ("billing:notice-new", Role.BILLER),
    ("billing:year-use-new", Role.BILLER),
    ("billing:policies", Role.BILLER),
    ("billing:policy-edit", Role.BILLER),
    ("billing:policy-new", Role.BILLER),
    ("billing:partner-edit", Role.BILLER),
    ("billing:fees", Role.BILLER),
    ("billing:fee-schedule", Role.BILLER),
    ("billing:patient-claims", Role.BILLER),
    ("billing:packets", Role.BILLER),
]
BEFORE_LOG_IN = ["account_login", "account_reset_password", "account_inactive"]
THEMES = ("light", "dark")
WIDTHS = (1440, 1024, 390, 320)
ROUTES = {route.name: route for route in every_route()}


@pytest.fixture
def opened_as(db, browser_page, sign_in) -> Callable[[str], Page]:
    """`opened_as(role)`: a page signed in as somebody of this role, in a clinic with records."""

    def somebody(role: str) -> Page:
        _, _, staff = worlds()
        sign_in(browser_page, staff[role])
        return browser_page

    return somebody


def in_both_themes(page: Page, axe: Callable[..., list[str]]) -> list[str]:
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        found += [f"{theme}: {problem}" for problem in axe(page)]
    return found


STANDS_OUT = """width => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll("body *")]
    .filter(element => element.getBoundingClientRect().right > width)
    .map(element => `${width}: ${element.tagName.toLowerCase()}.${element.className}`)"""


def too_wide(page: Page) -> list[str]:
    """What stands out of a window, so that the page must be pushed sideways (WCAG 2.2, 1.4.10:
    nothing, down to 320 px)."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += page.evaluate(STANDS_OUT, width)
    return found


@pytest.mark.parametrize(("name", "role"), PAGES, ids=[name for name, _ in PAGES])
def test_no_page_breaks_wcag_or_its_window(name, role, db, browser_page, sign_in, axe):
    world, _, staff = worlds()
    sign_in(browser_page, staff[role])

    answer = browser_page.goto(path_of(ROUTES[name], world))

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


@pytest.mark.parametrize(
    "url_name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"]
)
def test_no_page_of_the_second_step_breaks_wcag_or_its_window(url_name, db, browser_page, axe):
    user = UserFactory(roles=[Role.BILLER])
    browser_page.goto(reverse("account_login"))
    browser_page.get_by_label("Email").fill(user.email)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Log in", exact=True).click()
    browser_page.goto(reverse(url_name))
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Confirm").click()
    browser_page.wait_for_url(f"**{reverse(url_name)}")

    assert browser_page.locator("h1").count() == 1
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []


@pytest.mark.parametrize("is_staff", [True, False])
def test_an_error_page_breaks_nothing(is_staff, opened_as, browser_page, axe):
    if is_staff:
        opened_as(Role.OWNER)

    browser_page.goto("/no/such/page/")

    assert browser_page.locator("h1").inner_text() == "There is no such page"
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []


def test_what_a_code_leads_to_breaks_nothing(db, browser_page, axe):
    plan = plan_answers.sign(link=link_to(sent()), name="Wei Chen", credential="MD")

    browser_page.goto(reverse("documentation:verify", args=[code_of(plan.signed_sha256)]))

    assert browser_page.get_by_text(plan.signed_sha256).count() == 1
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_open_palette_breaks_nothing(width, opened_as, axe):
    browser_page = opened_as(Role.OWNER)
    browser_page.set_viewport_size({"width": width, "height": 844})
    browser_page.goto(reverse("mfa_index"))
    browser_page.wait_for_load_state("networkidle")

    browser_page.keyboard.press("/")
    browser_page.get_by_role("option", name="Patients").first.wait_for()

    assert in_both_themes(browser_page, axe) == []


def test_the_open_menu_on_a_phone_breaks_nothing(opened_as, axe):
    browser_page = opened_as(Role.OWNER)
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(reverse("mfa_index"))
    browser_page.wait_for_load_state("networkidle")

    browser_page.get_by_role("button", name="Open the menu").click()
    browser_page.get_by_role("link", name="Patients").wait_for()

    assert in_both_themes(browser_page, axe) == []


def test_axe_does_find_what_is_wrong(opened_as, axe):
    browser_page = opened_as(Role.OWNER)
    browser_page.goto(reverse("mfa_index"))

    browser_page.evaluate("document.querySelector('main').append(document.createElement('button'))")

    assert axe(browser_page) == [
        "button-name: Buttons must have discernible text at #main > button"
    ]
