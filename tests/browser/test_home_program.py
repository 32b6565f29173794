"""A home program by keyboard, on a patient's phone, and back on the chart."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from documentation import home_programs
from documentation.models import HomeAnswer, HomeProgram
from people import links
from people.models import Role
from tests.factories import (
    ClinicFactory,
    HomeProgramFactory,
    HomeProgramItemFactory,
    PatientFactory,
    UserFactory,
)


@pytest.fixture
def therapist(db):
    return UserFactory(roles=[Role.THERAPIST], clinics=[ClinicFactory()])


@pytest.fixture
def patient(therapist):
    return PatientFactory(clinic=therapist.clinics.get())


@pytest.fixture
def given(patient, therapist):
    draft = HomeProgramFactory(patient=patient, made_by=therapist)
    HomeProgramItemFactory(program=draft, exercise="bridge", position=1)
    HomeProgramItemFactory(program=draft, exercise="heel-raise", position=2)
    return home_programs.give(program=draft, by=therapist)


def page_of(program) -> str:
    link = home_programs.open_link_of(program.patient)
    return reverse("documentation:home", args=[links.token_of(link)])


def test_a_program_is_built_and_given_by_keyboard(browser_page, sign_in, therapist, patient):
    page = browser_page
    sign_in(page, therapist)
    page.goto(reverse("documentation:home-program", args=[patient.pk]))
    page.get_by_role("button", name="Start empty").press("Enter")

    page.get_by_role("textbox", name="Search the library").fill("bridge")
    page.get_by_role("button", name="Add Bridge").press("Enter")
    expect(page.locator("[data-item]")).to_have_count(1)
    page.get_by_role("textbox", name="Search the library").fill("clam")
    page.get_by_role("button", name="Add Clam").press("Enter")
    expect(page.locator("[data-item]")).to_have_count(2)

    page.get_by_role("button", name="Move Clam up").press("Enter")
    expect(page.locator("[data-item] h4").first).to_have_text("Clam")
    first = page.locator("[data-item]").first
    first.get_by_text("Dose and own words").press("Enter")
    first.get_by_label("Sets").fill("2")
    first.get_by_label("Sets").press("Tab")
    expect(page.locator("[data-item]").first.locator(".home-dose").first).to_contain_text(
        "2 sets of 12"
    )
    page.get_by_role("button", name="Give to patient").press("Enter")

    expect(page.get_by_text("Version 1 is given.")).to_be_visible()
    program = HomeProgram.objects.get()
    assert [(i.exercise, i.sets) for i in program.items.all()] == [("clam", 2), ("bridge", 3)]


def test_an_exercise_is_dragged_to_another_place(browser_page, sign_in, therapist, patient):
    draft = HomeProgramFactory(patient=patient, made_by=therapist)
    for place, key in enumerate(("bridge", "clam", "heel-raise"), start=1):
        HomeProgramItemFactory(program=draft, exercise=key, position=place)
    page = browser_page
    sign_in(page, therapist)
    page.goto(reverse("documentation:home-program-edit", args=[draft.pk]))
    expect(page.locator("[data-grip]").last).to_be_visible()
    grip = page.locator("[data-grip]").last.bounding_box()
    goal = page.locator("[data-item]").first.bounding_box()

    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    for step in range(1, 11):
        way = (goal["y"] + 4 - grip["y"]) * step / 10
        page.mouse.move(grip["x"] + 5, grip["y"] + way)
    with page.expect_response("**/order/"):
        page.mouse.up()

    expect(page.locator("[data-item] h4").first).to_have_text("Rise onto your toes at a chair")
    assert list(draft.items.values_list("exercise", flat=True)) == [
        "heel-raise",
        "bridge",
        "clam",
    ]


def test_a_patient_ticks_off_on_a_phone_and_the_chart_shows_it(
    browser_page, sign_in, therapist, given
):
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page_of(given))
    bridge = page.locator(".home-exercise").filter(has_text="Bridge")
    heels = page.locator(".home-exercise").filter(has_text="Rise onto your toes")

    bridge.locator("label").filter(has_text="8").click()
    bridge.get_by_role("button", name="Done", exact=True).click()
    expect(bridge.get_by_text("Stop this exercise and call us.")).to_be_visible()
    heels.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("#home-done")).to_have_text("2")

    assert list(HomeAnswer.objects.order_by("item__position").values_list("done", "pain")) == [
        (True, 8),
        (True, None),
    ]
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, therapist)
    page.goto(reverse("documentation:home-program", args=[given.patient_id]))
    expect(page.get_by_text("Strong pain: 8 of 10")).to_be_visible()
    expect(page.get_by_text("1 of 1", exact=True).first).to_be_visible()
    page.get_by_role("button", name="I know of it").click()
    expect(page.get_by_text("Strong pain")).to_have_count(0)


def test_an_answer_given_without_a_net_is_sent_when_it_is_back(browser_page, given):
    page = browser_page
    page.goto(page_of(given))

    page.context.set_offline(True)
    page.get_by_role("button", name="Done", exact=True).first.click()
    expect(page.get_by_text("Kept on this phone, not sent yet")).to_be_visible()
    assert HomeAnswer.objects.count() == 0
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.context.set_offline(False)

    expect(page.locator("#home-net")).to_be_hidden()
    assert HomeAnswer.objects.get().done is True


@pytest.mark.parametrize("large", ["", "?text=large"])
def test_the_patients_page_breaks_neither_wcag_nor_a_small_phone(browser_page, given, axe, large):
    page = browser_page
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(page_of(given) + large)

    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_scripts_the_page_answers_too(browser, live_server, given):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_of(given))

    page.get_by_role("button", name="Done", exact=True).first.click()

    expect(page.get_by_text("Saved").first).to_be_visible()
    assert HomeAnswer.objects.get().done is True
    context.close()
