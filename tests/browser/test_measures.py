"""Outcome measures where they are used: beside a session, on the chart, on the patient's phone."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from documentation import measuring
from documentation.models import MeasureResult
from people import links
from people.models import Role
from tests.factories import (
    MONDAY,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    MeasureResultFactory,
    NoteFactory,
    PracticeFactory,
    TherapistFactory,
    UserFactory,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(db):
    PracticeFactory()
    therapist = TherapistFactory()
    episode = EpisodeFactory(therapist=therapist, onset_on=MONDAY - dt.timedelta(days=300))
    therapist.user.clinics.add(episode.patient.clinic)
    EpisodeDiagnosisFactory(episode=episode)
    MeasureResultFactory(episode=episode, value=40, taken_on=MONDAY - dt.timedelta(days=14))
    return NoteFactory(visit__episode=episode, visit__therapist=therapist).visit


def test_a_result_is_kept_beside_the_session_and_its_bands_stand_on_the_chart(
    visit, browser_page, sign_in, axe
):
    sign_in(browser_page, visit.therapist.user)
    browser_page.goto(visit.get_absolute_url())
    panel = browser_page.locator("#visit-measures")
    panel.get_by_role("button", name="Again: Berg Balance Scale").click()
    panel.get_by_label("Total").fill("57")
    panel.get_by_role("button", name="Keep the result").click()
    expect(panel.get_by_text("This measure goes from 0 to 56 pt.")).to_be_visible()
    assert axe(browser_page) == []

    panel.get_by_label("Total").fill("45")
    panel.get_by_role("button", name="Keep the result").click()

    expect(panel.get_by_role("listitem")).to_contain_text(["45 pt"])
    assert MeasureResult.objects.get(visit=visit).value == 45
    browser_page.goto(reverse("documentation:measures", args=[visit.patient_id]))
    expect(
        browser_page.get_by_text("Better by more than measurement error (MDC95 2.7).")
    ).to_be_visible()
    assert axe(browser_page) == []


def test_a_patient_answers_on_a_phone(visit, browser_page, axe):
    asked = measuring.ask(
        episode=visit.episode,
        series=measuring.series_for_patients()[:2],
        days=7,
        by=UserFactory(roles=[Role.THERAPIST]),
    )
    browser_page.set_viewport_size({"width": 360, "height": 740})
    browser_page.goto(reverse("documentation:measure-answer", args=[links.token_of(asked.link)]))
    assert axe(browser_page) == []
    browser_page.get_by_label("Activity 1").fill("Stairs")
    for group, number in (("can you do it? Activity 1", "4"), ("Pain, 0 to 10, right now", "3")):
        scale = browser_page.get_by_role("group", name=group)
        scale.get_by_role("radio", name=number, exact=True).check()

    browser_page.get_by_role("button", name="Send the answers").click()

    expect(browser_page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [row.said for row in MeasureResult.objects.filter(origin="patient").order_by("pk")] == [
        "4 pt",
        "3 pt",
    ]


def test_a_goal_linked_to_a_measure_asks_for_numbers_only_then(visit, browser_page, sign_in):
    sign_in(browser_page, visit.therapist.user)
    browser_page.goto(reverse("documentation:goal-new", args=[visit.episode_id]))
    expect(browser_page.get_by_label("Target, a number")).to_be_hidden()

    browser_page.get_by_label("Outcome measure").select_option("berg")

    expect(browser_page.get_by_label("Target, a number")).to_be_visible()
    expect(browser_page.get_by_label("Measured by")).to_be_hidden()
