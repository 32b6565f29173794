"""How few presses a follow-up takes, counted in the browser; and the tablet in one hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from documentation import charting
from documentation.models import Note, SessionAid
from tests.browser.session_ward import Ward, add, all_told, card, is_saved, note_field, open_session
from tests.documentation.rules.entries import WHOLE
from tests.factories import PASSWORD, AppointmentFactory, SessionAidFactory

# A press counts one; so does a field into which somebody types, with the tap that leads there.
COUNT = """
const key = "interactions";
const count = () => sessionStorage.setItem(key, Number(sessionStorage.getItem(key) ?? 0) + 1);
const isText = (element) => element.matches("textarea, select")
  || element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
addEventListener("click", (event) => event.isTrusted && !isText(event.target)
  && !(event.target.matches("input") && event.detail === 0) && count(), true);
let typedIn = null;
addEventListener("input", ({ target }) => {
  if (!isText(target) || target === typedIn) return;
  typedIn = target;
  count();
}, true);
"""


@pytest.fixture
def ward(db):
    return Ward()


def test_a_follow_up_of_four_codes_is_signed_within_twelve_interactions(
    ward, browser_page, sign_in
):
    by = ward.therapist.user
    last = ward.new_visit(ward.today - dt.timedelta(days=3))
    charting.record_time(visit=last, code="97112", minutes=18, details=WHOLE, goal=ward.goal, by=by)
    for code, words in (
        ("97110", "Leg press 3 x 10"),
        ("97530", "Sit to stand from 45 cm"),
        ("97116", "Treadmill, 2 km/h"),
    ):
        charting.record_time(visit=last, code=code, minutes=10, narrative=words, by=by)
    Note.objects.filter(visit=last).update(
        signed_at=timezone.now(), signed_by=by, content_sha256="0" * 64, assessment="Steadier."
    )
    SessionAidFactory(
        owner=by,
        kind="favorite",
        field="response",
        name="Went well",
        content={"performance": "improved", "tolerance": "good", "adverse": ["none"]},
    )
    ward.visit.note.delete()
    ward.visit.delete()
    moment = timezone.now().astimezone(ward.clinic.zone).replace(hour=9, minute=0)
    AppointmentFactory(patient=ward.patient, therapist=ward.therapist, starts_at=moment)
    sign_in(browser_page, by)
    browser_page.add_init_script(COUNT)
    page = browser_page
    page.goto("/today/")

    page.get_by_role("button", name="Okafor, Ada").click()
    page.locator("html[data-session=ready]").wait_for()
    page.get_by_role("button", name="Copy from").click()
    card(page, "97112").locator(".minutes-input").press_sequentially("16")
    card(page, "97116").locator(".minutes-input").press_sequentially("12")
    page.get_by_role("button", name="The rest is still true").click()
    page.locator("[data-favorite='Went well']").click()
    note_field(page, "Assessment").press_sequentially("Two steps less.")
    note_field(page, "Plan").press_sequentially("Head turns on foam.")
    expect(page.locator("#missing-count")).to_have_text("Nothing is missing")
    page.locator("#review").click()
    page.wait_for_url("**/notes/*/")
    page.get_by_label("Password").press_sequentially(PASSWORD)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("What was signed, as SHA-256")).to_be_visible()

    assert page.evaluate("Number(sessionStorage.getItem('interactions'))") == 11
    assert Note.objects.filter(visit__date_of_service=ward.today, signed_at__isnull=False).count()


def test_one_field_or_one_card_is_carried_forward_and_marked(ward, browser_page, sign_in):
    ward.signed_visit()
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    neuro = add(page, "97112")
    neuro.locator("[data-carry='purposes']").click()
    expect(neuro.locator("[data-carried]")).to_have_count(1)
    chosen = neuro.get_by_role("group", name="Purpose", exact=True).locator("input:checked")
    expect(chosen).to_have_count(len(WHOLE["purposes"]))

    strength = add(page, "97110")
    strength.locator("[data-carry-card]").click()
    expect(strength.get_by_label("What was done, 97110")).to_have_value("Leg press 3 x 10")
    neuro.locator("[data-carry-card]").click()
    expect(neuro.locator("[data-carry]")).to_have_count(0)
    is_saved(page)

    first = ward.typed()["entries"][0]
    assert first["minutes"] is None
    assert "response" not in first["carried"]


def test_a_favorite_and_a_template_are_kept_and_used_with_the_next_patient(
    ward, browser_page, sign_in
):
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    strength = add(page, "97110")
    strength.get_by_label("What was done, 97110").fill("Leg press 3 x 10")
    strength.get_by_role("button", name="Keep as a favorite, What was done of 97110").click()
    strength.get_by_label("Name of the favorite, What was done of 97110").fill("Leg press")
    strength.get_by_role("button", name="Keep", exact=True).click()
    expect(strength.locator("[data-favorite='Leg press']")).to_be_visible()
    page.locator("#templates").click()
    page.get_by_label("Name of the template").fill("Strength")
    page.get_by_role("button", name="Keep these services").click()
    expect(page.locator("[data-template='Strength']")).to_be_visible()
    is_saved(page)

    ward.visit = ward.new_visit(ward.today)
    open_session(page, ward)
    page.locator("#templates").click()
    page.locator("[data-template='Strength']").click()
    words = card(page, "97110").get_by_label("What was done, 97110")
    expect(words).to_have_value("Leg press 3 x 10")
    words.fill("Bike")
    card(page, "97110").locator("[data-favorite='Leg press']").click()
    expect(words).to_have_value("Bike Leg press 3 x 10")
    is_saved(page)

    assert set(SessionAid.objects.values_list("kind", "name")) == {
        ("favorite", "Leg press"),
        ("template", "Strength"),
    }


def test_keys_lead_through_the_page(ward, browser_page, sign_in):
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    add(page, "97110")
    add(page, "97112")
    is_saved(page)

    page.keyboard.press("Alt+1")
    expect(card(page, "97110").locator(".minutes-input")).to_be_focused()
    page.keyboard.press("Alt+t")
    expect(card(page, "97110").locator("[data-timer]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Alt+t")
    expect(card(page, "97110").locator("[data-timer]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Alt+m")
    expect(card(page, "97110").locator(".minutes-input")).to_be_focused()
    page.keyboard.press("Alt+a")
    expect(page.locator("#add-service button").first).to_be_focused()
    all_told(page)


def test_on_an_upright_tablet_the_thumb_reaches_what_is_pressed_most(
    ward, browser, live_server, sign_in
):
    ward.signed_visit()
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 820, "height": 1180},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, ward.therapist.user)
    open_session(page, ward)
    page.get_by_role("button", name="Copy from").tap()
    card(page, "97112").locator("[data-timer]").tap()
    expect(page.locator("#bar-timer")).to_be_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             ".session :is(.timer, .step, .chip, .btn, .icon-btn, .carried, .minutes-input)")]
           .filter((element) => element.offsetParent)
           .map((element) => [element, element.getBoundingClientRect()])
           .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
           .map(([element, box]) =>
             `${element.className} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
    )
    foot = page.evaluate(
        """() => ["bar-timer", "bar-next", "review"].map((id) => {
             const box = document.getElementById(id).getBoundingClientRect();
             return box.top > innerHeight * 0.8 && box.left > innerWidth * 0.4;
           })"""
    )
    width = page.evaluate("document.documentElement.scrollWidth")
    page.locator("#bar-next").tap()
    page.locator("#bar-timer").tap()
    expect(page.locator("#bar-timer")).to_be_hidden()
    all_told(page)
    context.close()

    assert small == []
    assert foot == [True, True, True]  # low, and on the side of the right thumb
    assert width == 820
