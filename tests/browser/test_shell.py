"""The frame around every page, as a person uses it: palette, menu, colours, idle log-off."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from people.models import Role
from tests.factories import PASSWORD, ClinicFactory, PatientFactory, PracticeFactory, UserFactory


@pytest.fixture
def desk(db):
    PracticeFactory()
    clinic = ClinicFactory()
    PatientFactory(clinic=clinic, first_name="Ada", last_name="Okafor", mrn="PT000017")
    PatientFactory(clinic=clinic, first_name="Björn", last_name="Lindqvist", mrn="PT000018")
    return UserFactory(
        first_name="Rosa", last_name="Delgado", roles=[Role.FRONT_DESK], clinics=[clinic]
    )


@pytest.fixture
def page(browser_page: Page, desk, sign_in) -> Page:
    sign_in(browser_page, desk)
    browser_page.goto(reverse("mfa_index"))
    browser_page.wait_for_load_state("networkidle")
    return browser_page


def ask(page: Page, path: str) -> None:
    """What a button with hx-get does; htmx rejects the promise when the answer is no."""
    where = "{target: '.account-page', swap: 'none'}"
    page.evaluate(f"path => {{ htmx.ajax('GET', path, {where}).catch(() => {{}}) }}", path)


def palette(page: Page):
    return page.get_by_role("dialog", name="Search patients and pages")


def chosen(page: Page) -> str:
    """What the input says is chosen, as a screen reader hears it."""
    option = page.locator("#palette-input").get_attribute("aria-activedescendant")
    return page.locator(f"#{option}").locator(".palette-option-name").inner_text()


def test_slash_finds_a_patient_and_enter_opens_the_record(page):
    page.keyboard.press("/")
    page.keyboard.type("okaf")
    expect(page.get_by_role("option", name="Okafor")).to_be_visible()

    assert "Okafor" in chosen(page)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/patients/\d+/$"))


def test_no_address_ever_holds_what_was_searched(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.lower()))

    page.keyboard.press("Control+k")
    page.keyboard.type("okafor")
    expect(page.get_by_role("option", name="Okafor")).to_be_visible()

    assert any("/patients/search/" in url for url in asked)
    assert [url for url in [*asked, page.url] if "okafor" in url] == []


def test_arrows_walk_through_pages_and_round_the_end(page):
    page.keyboard.press("/")
    names = page.locator(".palette-option-name").all_inner_texts()

    walked = [chosen(page)]
    for _ in names:
        page.keyboard.press("ArrowDown")
        walked.append(chosen(page))
    page.keyboard.press("ArrowUp")

    assert walked == [*names, names[0]]
    assert chosen(page) == names[-1]


def test_escape_closes_the_palette_and_gives_the_focus_back(page):
    page.locator(".sidebar-search").click()
    page.keyboard.type("x")

    page.keyboard.press("Escape")

    expect(palette(page)).to_be_hidden()
    expect(page.locator(".sidebar-search")).to_be_focused()


def test_a_slash_typed_into_a_field_stays_a_slash(page):
    page.goto(reverse("account_change_password"))
    field = page.get_by_label("Current Password")
    field.focus()

    page.keyboard.type("a/b")

    assert field.input_value() == "a/b"
    expect(palette(page)).to_be_hidden()


def test_the_palette_says_when_there_is_nothing(page):
    page.keyboard.press("/")
    page.keyboard.type("zzzz")

    expect(page.get_by_text("Nobody and nothing is called “zzzz”.")).to_be_visible()


def test_the_palette_says_when_patients_cannot_be_searched_and_still_finds_pages(page):
    page.route("**/search/**", lambda route: route.abort())
    page.keyboard.press("/")
    page.keyboard.type("pati")

    expect(page.get_by_text("Patients cannot be searched just now.")).to_be_visible()
    expect(page.get_by_role("option", name="Patients Front desk")).to_be_visible()


def test_a_finger_opens_the_palette_and_a_page_on_a_phone(browser, live_server, desk, sign_in):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    phone = context.new_page()
    sign_in(phone, desk)
    phone.goto(reverse("mfa_index"))
    phone.wait_for_load_state("networkidle")

    phone.get_by_role("button", name="Search patients and pages").tap()
    phone.get_by_role("option", name="Patients Front desk").tap()

    expect(phone).to_have_url(re.compile(reverse("people:patients")))
    context.close()


def test_the_first_tab_stop_leads_past_the_navigation(page):
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_the_menu_on_a_phone_opens_closes_and_keeps_the_focus(page):
    page.set_viewport_size({"width": 390, "height": 844})
    opener = page.get_by_role("button", name="Open the menu")
    expect(page.get_by_role("link", name="Patients")).to_be_hidden()

    opener.click()
    expect(page.get_by_role("link", name="Patients")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Patients")).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_choice_of_colours_holds_on_the_next_page_and_on_the_next_device(page, desk):
    page.get_by_text("Rosa Delgado").click()
    with page.expect_response("**/account/theme/") as answer:
        page.get_by_role("button", name="Dark").click()
    page.goto(reverse("account_change_password"))

    assert answer.value.status == 204
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    desk.refresh_from_db()
    assert desk.theme == "dark"


def test_without_a_choice_the_colours_follow_the_device(page):
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)

        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)


def test_a_lost_connection_is_said_in_plain_words(page):
    page.context.set_offline(True)
    ask(page, "/patients/")

    expect(page.get_by_text("No connection. What you typed is still here")).to_be_visible()
    page.context.set_offline(False)


def test_a_refused_request_is_said_in_plain_words(page):
    page.route("**/patients/", lambda route: route.fulfill(status=403, body=""))
    ask(page, "/patients/")

    expect(page.get_by_text("This is not for your role")).to_be_visible()


def test_the_servers_toast_is_shown_and_closes(page):
    trigger = json.dumps({"toast": {"message": "The visit is saved.", "level": "danger"}})
    page.route(
        "**/patients/", lambda route: route.fulfill(status=200, headers={"HX-Trigger": trigger})
    )
    ask(page, "/patients/")
    notice = page.get_by_text("The visit is saved.")
    expect(notice).to_be_visible()

    page.get_by_role("button", name="Close this message").click()

    expect(notice).to_be_hidden()


def test_a_question_is_asked_in_place_and_no_means_no(page):
    page.route("**/account/theme/", lambda route: route.fulfill(status=204))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "theme" in request.url else None)
    page.evaluate(
        """() => {
          const form = document.createElement("form");
          form.method = "post";
          form.action = "/account/theme/";
          form.dataset.confirm = "Remove this key?";
          form.dataset.confirmLabel = "Remove";
          form.innerHTML = "<button>Take it away</button>";
          document.querySelector("main").append(form);
        }"""
    )
    question = page.get_by_role("dialog", name="Remove this key?")

    page.get_by_role("button", name="Take it away").click()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    asked_once = list(sent)
    page.get_by_role("button", name="Take it away").click()
    with page.expect_request("**/account/theme/"):
        question.get_by_role("button", name="Remove").click()

    assert [url for url in asked_once if url.endswith("/account/theme/")] == []


# --- Going away and coming back ---------------------------------------------------------------


def away(page: Page, seconds: int) -> None:
    """As if nobody had touched the page for so long."""
    page.evaluate(
        "seconds => localStorage.setItem('pt-seen-at', String(Date.now() / 1000 - seconds))",
        seconds,
    )


def test_a_minute_before_log_off_the_page_asks_and_staying_is_one_press(page):
    away(page, 30 * 60 - 80)
    warning = page.get_by_role("dialog", name="Are you still there?")
    expect(warning).to_be_visible()

    page.get_by_role("button", name="Stay logged in").click()

    expect(warning).to_be_hidden()
    page.goto(reverse("mfa_index"))
    expect(page).to_have_url(re.compile(reverse("mfa_index")))


def test_when_time_is_up_the_page_is_covered_and_the_session_ended(page):
    with page.expect_response("**/account/logout/"):
        away(page, 30 * 60 + 5)

    expect(page.get_by_role("dialog", name="You are logged off")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="You are logged off")).to_be_visible()


def test_logging_in_again_in_a_new_tab_brings_the_page_back_with_what_was_typed(page, desk):
    page.goto(reverse("account_change_password"))
    page.wait_for_load_state("networkidle")
    page.get_by_label("Current Password").fill("half-typed")
    with page.expect_response("**/account/logout/"):
        away(page, 30 * 60 + 5)
    cover = page.get_by_role("dialog", name="You are logged off")
    expect(cover).to_be_visible()
    stale = page.locator("meta[name=csrf-token]").get_attribute("content")

    with page.context.expect_page() as opened:
        cover.get_by_role("link", name="Log in").click()
    tab = opened.value
    tab.get_by_label("Email").fill(desk.email)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in", exact=True).click()

    expect(cover).to_be_hidden()
    assert page.get_by_label("Current Password").input_value() == "half-typed"
    assert page.locator("meta[name=csrf-token]").get_attribute("content") != stale


def test_saying_one_has_logged_in_without_doing_so_changes_nothing(page):
    with page.expect_response("**/account/logout/"):
        away(page, 30 * 60 + 5)

    page.get_by_role("button", name="I have logged in").click()

    expect(page.get_by_text("You are not logged in yet.")).to_be_visible()
    expect(page.get_by_role("dialog", name="You are logged off")).to_be_visible()


def test_an_expired_session_asks_to_log_in_and_keeps_the_page(page):
    page.context.clear_cookies()
    ask(page, "/")

    expect(page.get_by_role("dialog", name="You are logged off")).to_be_visible()
    expect(page.locator("h1").first).to_have_text("Account security")


def test_paper_is_white_whatever_the_screen(page):
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_on_paper_there_is_the_page_and_nothing_to_click(page):
    page.emulate_media(media="print")

    expect(page.locator("h1")).to_be_visible()
    for hidden in (".sidebar", ".btn", ".skip-link", ".notices"):
        expect(page.locator(hidden).first).to_be_hidden()
