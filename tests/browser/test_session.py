"""Logging a visit in a real browser: nothing typed is lost, whatever happens in between."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import re

import pytest
from django.apps import apps
from django.utils import timezone
from playwright.sync_api import Error, expect

from documentation import charting
from documentation.models import Draft, Note, TimedEntry
from tests.browser.test_accessibility import THEMES, too_wide
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    TherapistFactory,
    VisitFactory,
)

SAVED = re.compile(r"^Saved \d")


class Ward:
    """A therapist with a patient, a case with a goal, and a visit of today that is open."""

    def __init__(self) -> None:
        importlib.import_module("documentation.migrations.0004_load_procedure_codes").load(
            apps, None
        )
        PracticeFactory()
        self.clinic = ClinicFactory()
        self.therapist = TherapistFactory(
            user__clinics=[self.clinic], user__first_name="Noor", user__last_name="Haddad"
        )
        self.today = timezone.localdate(timezone=self.clinic.zone)
        self.patient = PatientFactory(clinic=self.clinic)
        self.episode = EpisodeFactory(
            patient=self.patient,
            therapist=self.therapist,
            started_on=self.today - dt.timedelta(days=14),
        )
        EpisodeDiagnosisFactory(episode=self.episode)
        PlanOfCareFactory(episode=self.episode, starts_on=self.episode.started_on)
        self.goal = GoalFactory(episode=self.episode, text="Walk 300 m outdoors")
        self.visit = self.new_visit(self.today)

    def new_visit(self, day):
        visit = VisitFactory(episode=self.episode, therapist=self.therapist, date_of_service=day)
        NoteFactory(visit=visit)
        return visit

    def signed_visit(self, **note):
        visit = self.new_visit(self.today - dt.timedelta(days=3))
        by = self.therapist.user
        charting.record_time(
            visit=visit, code="97112", minutes=18, details=WHOLE, goal=self.goal, by=by
        )
        charting.record_time(
            visit=visit, code="97110", minutes=15, narrative="Leg press 3 x 10", by=by
        )
        Note.objects.filter(visit=visit).update(
            signed_at=timezone.now(), signed_by=by, content_sha256="0" * 64, **note
        )
        return visit

    @property
    def url(self):
        return self.visit.get_absolute_url()

    def typed(self):
        return Draft.objects.get(visit=self.visit).content


@pytest.fixture
def ward(db):
    return Ward()


@pytest.fixture
def opened(ward, browser_page, sign_in):
    """The session page, drawn and ready."""
    sign_in(browser_page, ward.therapist.user)
    return open_session(browser_page, ward)


def open_session(page, ward):
    page.goto(ward.url)
    page.locator("html[data-session=ready]").wait_for()
    return page


def status(page):
    return page.locator("#save-text")


def is_saved(page):
    expect(status(page)).to_have_text(SAVED, timeout=5_000)


def note_field(page, part):
    return page.get_by_label(part, exact=True)


def card(page, code):
    return page.locator("article.entry").filter(has=page.get_by_text(code, exact=True))


def add(page, code):
    page.locator(f"[data-add='{code}']").click()
    return card(page, code).last


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


# --- Saved while typing -------------------------------------------------------------------------


def test_what_is_typed_is_on_the_server_within_two_seconds_and_on_the_page_again(opened, ward):
    note_field(opened, "Assessment").press_sequentially("Steadier in tandem", delay=20)
    expect(status(opened)).to_have_text(SAVED, timeout=2_000)
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


def test_a_lapsed_log_in_keeps_everything_until_one_is_back(opened, ward, sign_in):
    opened.context.clear_cookies()
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
    opened.context.clear_cookies()
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

    expect(entry.locator(".field-error")).to_contain_text(message)
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
    expect(status(opened)).to_have_text("Saving…")
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
    expect(status(opened)).to_have_text("Saving…")
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


def test_a_follow_up_note_takes_at_most_twelve_presses_and_texts(ward, browser_page, sign_in):
    ward.signed_visit(assessment="Steadier in tandem.")
    ward.visit.note.delete()
    ward.visit.delete()
    moment = timezone.now().astimezone(ward.clinic.zone).replace(hour=9, minute=0)
    AppointmentFactory(patient=ward.patient, therapist=ward.therapist, starts_at=moment)
    sign_in(browser_page, ward.therapist.user)
    browser_page.goto("/today/")
    done = []

    def act(step):
        step()
        done.append(1)

    act(lambda: browser_page.get_by_role("button", name="Okafor, Ada").click())
    browser_page.locator("html[data-session=ready]").wait_for()
    act(lambda: browser_page.get_by_role("button", name="Copy from").click())
    neuro = card(browser_page, "97112")
    act(lambda: neuro.locator(".minutes-input").fill("16"))
    act(lambda: browser_page.get_by_role("button", name="The rest is still true").click())
    for group, choice in (("Performance", "Improved"), ("Tolerance", "Good"), ("Adverse", "None")):
        act(
            lambda group=group, choice=choice: (
                neuro.get_by_role("group", name=group).get_by_text(choice, exact=True).click()
            )
        )
    act(lambda: note_field(browser_page, "Assessment").fill("Two steps less per loss of balance."))
    act(lambda: note_field(browser_page, "Plan").fill("Add head turns on foam."))
    expect(browser_page.locator("#missing-count")).to_have_text("Nothing is missing")
    act(lambda: browser_page.get_by_role("button", name="Review and sign").click())
    browser_page.wait_for_url("**/notes/*/")

    expect(browser_page.get_by_label("Password")).to_be_visible()
    assert len(done) + 2 <= 12  # the password and the signature are still to come


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
    page.get_by_label("Assessment").fill("Steadier")
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
