"""Tests and measures on the session page: typed, marked on the body, carried into the note."""

import re

import pytest
from playwright.sync_api import expect

from documentation.models import Note
from tests.browser.session_ward import Ward, is_saved, open_session
from tests.factories import NoteFactory, VisitFactory


@pytest.fixture
def ward(db):
    return Ward()


@pytest.fixture
def opened(ward, browser_page, sign_in):
    sign_in(browser_page, ward.therapist.user)
    return open_session(browser_page, ward)


@pytest.fixture
def sheet(opened):
    """The page with its tests and measures unfolded."""
    opened.locator("#examination summary").click()
    return opened


def add(page, box, words):
    field = page.get_by_role("combobox", name=box)
    field.fill(words)
    field.press("Enter")


def test_motion_strength_balance_and_pain_are_typed_and_kept(sheet, ward, axe):
    sheet.get_by_label("Pain: Now", exact=True).select_option("3")
    add(sheet, "Add a motion", "knee flexion")
    expect(sheet.get_by_label("Left knee flexion, active")).to_be_focused()
    sheet.keyboard.type("95")
    sheet.get_by_label("Right knee flexion, passive").fill("-5")
    add(sheet, "Add a muscle group", "grip")
    sheet.get_by_label("Left grip", exact=True).select_option("4-")
    add(sheet, "Add a balance test", "one leg")
    sheet.get_by_label("Left one leg, seconds").fill("6")
    is_saved(sheet)

    note = Note.objects.get(visit=ward.visit)
    assert note.examination == {
        "pain": {"now": 3},
        "motion": [
            {"id": "knee_flexion", "side": "left", "active": 95},
            {"id": "knee_flexion", "side": "right", "passive": -5},
        ],
        "strength": [{"id": "grip", "side": "left", "grade": "4-"}],
        "balance": [{"id": "one_leg", "side": "left", "seconds": 6}],
    }
    assert axe(sheet) == []


def test_a_number_that_cannot_be_is_told_beside_it_and_stays_as_typed(sheet):
    add(sheet, "Add a motion", "knee flexion")
    sheet.keyboard.type("950")

    expect(sheet.locator("[id='findings-examination.motion.0.active']")).to_contain_text(
        "Write a whole number from -60 to 200."
    )
    field = sheet.get_by_label("Left knee flexion, active")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("950")


def test_the_body_is_marked_by_tap_and_by_keyboard_and_the_list_says_the_same(sheet, ward):
    chart = sheet.locator(".body-chart").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    sheet.mouse.click(box["x"] + box["width"] * 0.57, box["y"] + box["height"] * 0.71)
    expect(sheet.locator(".body-list li")).to_have_count(1)
    sheet.get_by_label("Mark 1: in words").fill("dull")
    sheet.get_by_label("What the next mark means").select_option("stiff")
    sheet.get_by_label("Mark a place").select_option("lower_back")

    expect(sheet.locator(".body-mark")).to_have_count(2)
    is_saved(sheet)
    front, back = Note.objects.get(visit=ward.visit).examination["marks"]
    assert (front["view"], front["kind"], front["words"]) == ("front", "pain", "dull")
    assert abs(front["x"] - 570) < 8
    assert abs(front["y"] - 710) < 8
    assert back == {"view": "back", "x": 500, "y": 420, "kind": "stiff", "words": "Lower back"}

    sheet.get_by_role("button", name="Remove mark 1").click()
    expect(sheet.locator(".body-list li")).to_have_count(1)
    expect(sheet.get_by_label("Mark 1: in words")).to_have_value("Lower back")


def test_an_evaluation_unfolds_it_and_asks_for_what_only_it_tells(opened):
    expect(opened.locator("#examination details")).not_to_have_attribute("open", "")
    opened.get_by_label("Kind of note").select_option("evaluation")

    expect(opened.get_by_label("Function before this")).to_be_visible()
    expect(opened.locator("#missing-list")).to_contain_text(
        "Write how the patient functioned before this."
    )


def test_what_was_measured_last_stands_beside_and_is_asked_for_again(ward, browser_page, sign_in):
    earlier = VisitFactory(
        episode=ward.episode, therapist=ward.therapist, date_of_service=ward.episode.started_on
    )
    note = NoteFactory(
        visit=earlier,
        examination={
            "motion": [{"id": "knee_flexion", "side": "left", "active": 80}],
            "pain": {"now": 6},
        },
    )
    Note.objects.filter(pk=note.pk).update(
        signed_at=note.visit.opened_at, signed_by=ward.therapist.user, content_sha256="0" * 64
    )
    sign_in(browser_page, ward.therapist.user)
    open_session(browser_page, ward)
    browser_page.locator("#examination summary").click()

    expect(browser_page.get_by_text("was 6")).to_be_visible()
    browser_page.get_by_role("button", name=re.compile("Measure again")).click()
    row = browser_page.locator("[id='examination.motion.0']")
    expect(row).to_contain_text("Left knee flexion")
    expect(row).to_contain_text("80°")
    expect(browser_page.get_by_label("Left knee flexion, active")).to_be_focused()
