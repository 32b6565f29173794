"""Services on the session page: by thumb, by keyboard, carried forward, for everybody's eyes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from documentation import charting
from documentation.models import Note, TimedEntry
from tests.browser.session_ward import (
    Ward,
    add,
    card,
    is_saved,
    note_field,
    open_session,
)
from tests.browser.test_accessibility import THEMES, too_wide
from tests.factories import AppointmentFactory, AssistantFactory, PatientFactory


@pytest.fixture
def ward(db):
    return Ward()


@pytest.fixture
def opened(ward, browser_page, sign_in):
    """The session page, drawn and ready."""
    sign_in(browser_page, ward.therapist.user)
    return open_session(browser_page, ward)


def in_both_themes(page, axe):
    """As for other pages, after the frames that a page of this size needs to change its colours."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)))"
        )
        found += [f"{theme}: {problem}" for problem in axe(page)]
    return found


# --- Services -----------------------------------------------------------------------------------


def test_totals_follow_while_typing_and_the_other_panels_are_told(opened):
    opened.evaluate("document.body.addEventListener('entries-changed', () => window.told = true)")
    entry = add(opened, "97110")
    entry.get_by_role("button", name="+5 minutes").click()
    entry.get_by_role("button", name="+5 minutes").click()
    entry.get_by_role("button", name="−1 minutes").click()

    assert opened.locator("#bar-timed").inner_text() == "9"
    assert opened.locator("#bar-total").inner_text() == "9"
    is_saved(opened)

    assert opened.evaluate("window.told") is True


def test_what_is_typed_while_a_save_is_answered_is_told_to_the_panels_too(opened):
    opened.evaluate("document.body.addEventListener('entries-changed', () => window.told += 1)")
    opened.evaluate("window.told = 0")
    held = []

    def hold_the_first(route):
        answer = route.fetch()
        if held:
            route.fulfill(response=answer)
        held.append((route, answer))

    opened.route("**/draft/", hold_the_first)
    entry = add(opened, "97110")
    with opened.expect_request("**/draft/"):
        entry.locator(".minutes-input").fill("10")
    entry.locator(".minutes-input").fill("25")
    while not held:
        opened.wait_for_timeout(50)
    route, answer = held[0]
    route.fulfill(response=answer)

    opened.wait_for_function("() => window.told === 2")
    is_saved(opened)
    assert TimedEntry.objects.get().minutes == 25


def test_a_removed_service_comes_back_with_undo(opened, ward):
    entry = add(opened, "97110")
    entry.locator(".minutes-input").fill("20")
    is_saved(opened)

    entry.get_by_role("button", name="Remove 97110").click()
    expect(opened.locator("[data-removed]")).to_contain_text(
        "97110 Therapeutic exercise, 20 min removed"
    )
    is_saved(opened)
    gone = TimedEntry.objects.count()
    opened.get_by_role("button", name="Undo").click()
    expect(card(opened, "97110").locator(".minutes-input")).to_have_value("20")
    is_saved(opened)

    assert (gone, TimedEntry.objects.get().minutes) == (0, 20)


def test_a_97112_entry_is_made_by_keyboard_alone(opened, ward):
    keys = opened.keyboard
    opened.locator("[data-add='97112']").focus()
    keys.press("Enter")
    keys.type("15")  # the new card's minutes have the focus

    def at(label):
        opened.get_by_role("group", name=label, exact=True).locator("[tabindex='0']").focus()

    at("Body part")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.press("Space")  # knee
    at("Side of Knee")
    keys.press("Space")  # left
    opened.get_by_role("combobox", name="Add a technique").focus()
    keys.type("static balance")
    keys.press("Enter")
    keys.type("Tandem along the wall")  # the new technique's words have the focus
    keys.press("Tab")
    keys.type("3")
    keys.press("Tab")
    keys.type("30")
    at("Cues")
    keys.press("Space")  # verbal
    at("Purpose")
    keys.press("Space")
    at("Why skill was needed")
    keys.press("Space")
    at("Performance")
    keys.press("Space")
    opened.get_by_label("Deficit treated, with a measure").focus()
    keys.type("Single-leg stance 6 s")
    is_saved(opened)

    expect(opened.locator("[data-composed]")).to_have_text(
        "Static balance training for left knee: Tandem along the wall, 3 × 30 s, verbal cues. "
        "Deficit treated: Single-leg stance 6 s. "
        "For static balance, toward the goal “Walk 300 m outdoors”. "
        "Skilled care was needed: compensations were analyzed and corrected in real time. "
        "Response: performance improved. 15 min one-on-one."
    )
    expect(opened.locator("#missing-list")).to_have_text(
        "Write the assessment: what the response means, why skill was needed."
    )
    entry = TimedEntry.objects.get()
    assert (entry.minutes, entry.goal, entry.narrative_is_own) == (15, ward.goal, False)


def test_what_is_missing_is_named_at_its_field_and_a_press_leads_there(opened):
    entry = add(opened, "97112")
    entry.locator(".minutes-input").fill("15")
    is_saved(opened)

    expect(entry.locator("[data-path$='details.skilled']")).to_have_text(
        "Say why a therapist's skill was needed. CMS Pub. 100-02, ch. 15, § 220.2"
    )
    opened.get_by_role("link", name="97112 Say how the patient responded.").click()
    expect(entry.get_by_role("group", name="Performance").get_by_label("Improved")).to_be_focused()


def test_own_words_replace_the_composed_sentence_and_can_be_given_back(opened):
    entry = add(opened, "97112")
    entry.locator(".minutes-input").fill("15")
    entry.get_by_role("group", name="Purpose").get_by_text("Proprioception", exact=True).click()
    composed = "For proprioception, toward the goal “Walk 300 m outdoors”. 15 min one-on-one."
    expect(entry.locator("[data-composed]")).to_have_text(composed)
    entry.get_by_role("button", name="Write it myself").click()
    own = entry.get_by_label("The sentence in your own words")
    expect(own).to_have_value(composed)
    own.fill("My own words.")
    is_saved(opened)
    written = TimedEntry.objects.get()

    entry.get_by_role("button", name="Compose it from the fields").click()
    expect(entry.locator("[data-composed]")).to_have_text(composed)

    assert (written.narrative, written.narrative_is_own) == ("My own words.", True)


def test_a_question_is_asked_when_another_code_may_fit(opened):
    entry = add(opened, "97112")
    entry.get_by_role("combobox", name="Add a technique").fill("task-specific")
    entry.get_by_role("option", name="Task-specific / repetitive task practice").click()

    expect(entry.locator(".lack-question")).to_contain_text("does 97530 fit better?")


def test_minutes_furnished_by_the_assistant_are_told_apart(opened, ward):
    assistant = AssistantFactory(user__clinics=[ward.clinic], supervisor=ward.therapist)
    open_session(opened, ward)
    opened.get_by_label("Assistant", exact=True).select_option(str(assistant))
    entry = add(opened, "97110")
    entry.locator(".minutes-input").first.fill("20")
    entry.get_by_role("group", name="Who furnished 97110").get_by_text("Both, in turn").click()
    entry.get_by_label("Minutes of 97110 by the assistant alone", exact=True).fill("8")
    is_saved(opened)

    row = TimedEntry.objects.get()
    assert (row.minutes, row.assistant_minutes, row.visit.assistant) == (20, 8, assistant)


# --- A follow-up visit --------------------------------------------------------------------------


def test_what_was_carried_forward_is_marked_until_changed_or_confirmed(ward, browser_page, sign_in):
    ward.signed_visit()
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    page.get_by_role("button", name="Copy from").click()
    neuro = card(page, "97112")
    marks = neuro.locator("[data-carried]")
    expect(marks).to_have_count(8)

    neuro.locator(".minutes-input").fill("16")
    neuro.locator("[data-carried='deficit']").click()
    expect(marks).to_have_count(6)
    is_saved(page)
    row = ward.typed()["entries"][0]
    page.reload()
    page.locator("html[data-session=ready]").wait_for()

    assert sorted(row["carried"]) == [
        "activities", "body_parts", "course", "goal", "purposes", "skilled",
    ]  # fmt: skip
    expect(card(page, "97112").locator("[data-carried]")).to_have_count(6)


# --- Other browsers, other screens --------------------------------------------------------------


def test_without_scripts_minutes_and_words_are_saved_by_a_button(
    ward, browser, live_server, sign_in
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, ward.therapist.user)
    page.goto(ward.url)
    page.get_by_label("Add a service").fill("97110")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Minutes of 97110").fill("20")
    page.get_by_label("What was done").fill("Leg press")
    page.get_by_label("Assessment", exact=True).fill("Steadier")
    page.get_by_role("button", name="Save", exact=True).click()

    assert page.get_by_label("Minutes of 97110").input_value() == "20"
    context.close()
    assert TimedEntry.objects.get().narrative == "Leg press"
    assert Note.objects.get(visit=ward.visit).assessment == "Steadier"


def test_the_session_breaks_neither_wcag_nor_its_window(ward, browser_page, sign_in, axe):
    ward.signed_visit()
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    page.get_by_role("button", name="Copy from").click()
    is_saved(page)

    assert page.locator("h1").count() == 1
    assert in_both_themes(page, axe) == []
    assert too_wide(page) == []


def test_the_two_versions_break_no_wcag(opened, ward, axe):
    charting.record_time(visit=ward.visit, code="97110", minutes=20, by=ward.therapist.user)
    note_field(opened, "Plan").fill("Mine")
    opened.get_by_role("dialog", name="This visit was changed elsewhere").wait_for()

    assert in_both_themes(opened, axe) == []


def test_the_day_breaks_neither_wcag_nor_its_window(ward, browser_page, sign_in, axe):
    ward.new_visit(ward.today - dt.timedelta(days=6))
    moment = timezone.now().astimezone(ward.clinic.zone).replace(hour=9, minute=0)
    AppointmentFactory(
        patient=PatientFactory(clinic=ward.clinic, last_name="Marín"),
        therapist=ward.therapist,
        starts_at=moment,
    )
    sign_in(browser_page, ward.therapist.user)
    browser_page.goto("/today/")

    assert browser_page.locator(".day-row").count() == 3
    assert in_both_themes(browser_page, axe) == []
    assert too_wide(browser_page) == []
