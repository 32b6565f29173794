"""Logging a visit in a real browser: nothing typed is lost, whatever happens in between."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Error, expect

from documentation import charting
from documentation.models import Draft, Note, TimedEntry
from tests.browser.session_ward import (
    Ward,
    add,
    card,
    is_saved,
    note_field,
    open_session,
    status,
)


@pytest.fixture
def ward(db):
    return Ward()


@pytest.fixture
def opened(ward, browser_page, sign_in):
    """The session page, drawn and ready."""
    sign_in(browser_page, ward.therapist.user)
    return open_session(browser_page, ward)


# --- Saved while typing -------------------------------------------------------------------------


def test_what_is_typed_is_sent_within_two_seconds_of_the_first_letter(opened):
    opened.clock.install()
    opened.clock.pause_at(timezone.now() + dt.timedelta(minutes=1))
    with opened.expect_request("**/draft/") as sent:
        for word in ("Steadier ", "in ", "tandem "):  # never 700 ms of quiet
            note_field(opened, "Assessment").press_sequentially(word)
            opened.clock.run_for(650)

    assert sent.value.post_data_json["content"]["note"]["assessment"] == "Steadier in tandem "


def test_what_is_typed_is_on_the_server_and_on_the_page_again(opened, ward):
    note_field(opened, "Assessment").press_sequentially("Steadier in tandem", delay=20)
    is_saved(opened)
    opened.close()

    again = open_session(opened.context.new_page(), ward)

    assert note_field(again, "Assessment").input_value() == "Steadier in tandem"
    assert ward.typed()["note"]["assessment"] == "Steadier in tandem"


def test_typing_without_a_pause_is_saved_on_the_way(opened, ward):
    field = note_field(opened, "Subjective")
    for _ in range(8):
        field.press_sequentially("word ", delay=60)  # never 700 ms of quiet
    is_saved(opened)

    assert Draft.objects.get(visit=ward.visit).version >= 2


def test_a_tab_that_crashes_before_it_could_save_loses_nothing(opened, ward):
    down = [True]
    opened.context.route("**/draft/", lambda route: route.abort() if down else route.continue_())
    note_field(opened, "Plan").fill("Go on to foam")
    add(opened, "97112").locator(".minutes-input").fill("15")
    expect(status(opened)).to_contain_text("kept on this device")
    with contextlib.suppress(Error):
        opened.goto("chrome://crash")  # no event tells the page that it ends
    down.clear()

    again = open_session(opened.context.new_page(), ward)

    expect(again.locator("#session-notices")).to_contain_text("Restored")
    assert note_field(again, "Plan").input_value() == "Go on to foam"
    is_saved(again)
    assert ward.typed()["note"]["plan"] == "Go on to foam"
    assert list(TimedEntry.objects.values_list("code", "minutes")) == [("97112", 15)]
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.includes('draft'))") == []


def test_closing_the_tab_in_the_middle_of_a_word_sends_it_along(opened, ward):
    note_field(opened, "Plan").fill("Go on to foam")
    opened.close(run_before_unload=True)

    again = open_session(opened.context.new_page(), ward)

    assert note_field(again, "Plan").input_value() == "Go on to foam"


def test_offline_work_is_kept_and_saved_when_the_network_is_back(opened, ward):
    opened.context.set_offline(True)
    note_field(opened, "Objective").fill("Tandem 22 s")
    entry = add(opened, "97110")
    entry.locator(".minutes-input").fill("20")
    expect(status(opened)).to_have_text("Offline: kept on this device")

    opened.context.set_offline(False)
    is_saved(opened)

    assert ward.typed()["note"]["objective"] == "Tandem 22 s"
    assert TimedEntry.objects.get().minutes == 20


def test_a_server_in_trouble_is_tried_again(opened, ward):
    answers = iter([500, 503])

    def sometimes(route):
        code = next(answers, None)
        route.fulfill(status=code) if code else route.continue_()

    opened.route("**/draft/", sometimes)
    note_field(opened, "Plan").fill("Go on")
    expect(status(opened)).to_contain_text("trying again")

    is_saved(opened)
    assert ward.typed()["note"]["plan"] == "Go on"


def test_an_answer_that_got_lost_is_no_conflict(opened, ward):
    def lose_the_answer(route):
        opened.context.request.fetch(route.request)
        route.abort()

    opened.route("**/draft/", lose_the_answer, times=1)
    note_field(opened, "Plan").fill("Go on")
    expect(status(opened)).to_contain_text("kept on this device")
    note_field(opened, "Plan").fill("Go on to foam")

    is_saved(opened)
    assert ward.typed()["note"]["plan"] == "Go on to foam"


# --- Two at once --------------------------------------------------------------------------------


def test_a_second_tab_shows_both_versions_and_takes_the_chosen_one(opened, ward):
    other = open_session(opened.context.new_page(), ward)
    note_field(opened, "Plan").fill("Plan of the first tab")
    note_field(opened, "Objective").fill("Tandem 22 s")
    is_saved(opened)

    note_field(other, "Plan").fill("Plan of the second tab")
    dialog = other.get_by_role("dialog", name="This visit was changed elsewhere")
    plan = dialog.get_by_role("group", name="Plan")
    expect(plan).to_contain_text("Plan of the second tab")
    expect(plan).to_contain_text("Plan of the first tab")
    expect(dialog.get_by_role("group", name="Objective")).to_contain_text("Tandem 22 s")
    dialog.get_by_role("button", name="Use what is marked").click()

    is_saved(other)
    typed = ward.typed()["note"]
    assert (typed["plan"], typed["objective"]) == ("Plan of the second tab", "Tandem 22 s")
    assert note_field(other, "Objective").input_value() == "Tandem 22 s"


def test_taking_theirs_drops_only_what_was_typed_here(opened, ward):
    charting.record_time(
        visit=ward.visit, code="97110", minutes=20, narrative="Bike", by=ward.therapist.user
    )

    note_field(opened, "Plan").fill("Mine")
    dialog = opened.get_by_role("dialog", name="This visit was changed elsewhere")
    expect(dialog).to_contain_text("97110 Therapeutic exercise, 20 minutes")
    dialog.get_by_role("button", name="Take all of theirs").click()

    is_saved(opened)
    assert note_field(opened, "Plan").input_value() == ""
    expect(card(opened, "97110").locator(".minutes-input")).to_have_value("20")
    assert TimedEntry.objects.get().minutes == 20


def test_a_note_signed_meanwhile_says_so_and_keeps_the_words(opened, ward):
    Note.objects.update(
        signed_at=timezone.now(), signed_by=ward.therapist.user, content_sha256="0" * 64
    )

    note_field(opened, "Plan").fill("One more thing")

    expect(opened.locator("#session-notices")).to_contain_text("add it as an addendum")
    assert note_field(opened, "Plan").input_value() == "One more thing"
    assert Note.objects.get().plan == ""


# --- Logged out ---------------------------------------------------------------------------------


def lapse(page):
    """The log-in ends. Nothing is on its way that would cover the page before anyone typed."""
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()


def test_a_lapsed_log_in_keeps_everything_until_one_is_back(opened, ward, sign_in):
    lapse(opened)
    note_field(opened, "Plan").fill("Go on to foam")

    expect(status(opened)).to_have_text("Logged out: log in in another tab, nothing is lost")
    cover = opened.get_by_role("dialog", name="You are logged off")
    expect(cover).to_be_visible()
    sign_in(opened, ward.therapist.user)
    cover.get_by_role("button", name="I have logged in").click()

    is_saved(opened)
    assert note_field(opened, "Plan").input_value() == "Go on to foam"
    assert ward.typed()["note"]["plan"] == "Go on to foam"


def test_after_a_lapsed_log_in_a_new_tab_finds_what_was_typed(opened, ward, sign_in):
    lapse(opened)
    note_field(opened, "Plan").fill("Go on to foam")
    expect(status(opened)).to_contain_text("Logged out")
    opened.close()
    page = opened.context.new_page()

    sign_in(page, ward.therapist.user)
    open_session(page, ward)

    is_saved(page)
    assert note_field(page, "Plan").input_value() == "Go on to foam"


# --- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-5", "Minutes start at 1."),
        ("1500", "A day has 1,440 minutes."),
        ("twenty", "Write whole minutes"),
    ],
)
def test_wrong_minutes_get_a_message_at_the_field_and_the_rest_is_saved(
    opened, ward, typed, message
):
    entry = add(opened, "97110")
    entry.locator(".minutes-input").fill(typed)
    entry.get_by_label("What was done, 97110").fill("Leg press")
    is_saved(opened)

    expect(entry.locator(".findings .field-error")).to_contain_text(message)
    expect(entry.locator(".minutes-input")).to_have_attribute("aria-invalid", "true")
    assert ward.typed()["entries"][0]["narrative"] == "Leg press"
    assert TimedEntry.objects.count() == 0


def test_a_paste_of_five_megabytes_is_answered_kindly_and_changes_nothing(opened, ward):
    note_field(opened, "Subjective").fill("Slept well")

    prevented = opened.evaluate(
        """() => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", "x".repeat(5_000_000));
          const how = {clipboardData, bubbles: true, cancelable: true};
          const paste = new ClipboardEvent("paste", how);
          return !document.getElementById("note-subjective").dispatchEvent(paste);
        }"""
    )

    assert prevented
    expect(opened.locator("#session-notices")).to_contain_text(
        "That is 5.0 million characters; a visit holds 1 million."
    )
    is_saved(opened)
    assert ward.typed()["note"]["subjective"] == "Slept well"


def test_more_than_can_be_saved_stays_on_the_screen_until_it_is_shortened(opened, ward):
    fill = """(text) => {
      const field = document.getElementById("note-subjective");
      field.value = text.repeat(text === "Short" ? 1 : 210_000);
      field.dispatchEvent(new Event("input", {bubbles: true}));
    }"""
    note_field(opened, "Plan").fill("Go on")
    is_saved(opened)

    opened.evaluate(fill, "word ")
    expect(status(opened)).to_contain_text("Too long to save", timeout=20_000)
    kept = opened.evaluate("document.getElementById('note-subjective').value.length")
    before = ward.typed()["note"]
    opened.evaluate(fill, "Short")
    is_saved(opened)

    assert (kept, before["plan"], before["subjective"]) == (1_050_000, "Go on", "")
    assert ward.typed()["note"]["subjective"] == "Short"


def test_names_and_words_of_any_script_come_back_as_typed(opened, ward):
    words = "Señora Ñandú 🦵 “très bien” <script>alert(1)</script>"
    note_field(opened, "Subjective").fill(words)
    is_saved(opened)

    again = open_session(opened.context.new_page(), ward)

    assert note_field(again, "Subjective").input_value() == words
