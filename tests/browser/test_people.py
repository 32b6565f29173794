"""Patients at the keyboard: search as you type, long forms that fold, warn and keep what was
typed; and the same forms without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from people.models import Coverage, Patient, Role
from tests.factories import (
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    PayerFactory,
    UserFactory,
)


@pytest.fixture
def desk(db):
    clinic = ClinicFactory()
    for first, last in (("Ada", "Okafor"), ("Björn", "Lindqvist"), ("Ola", "Lindgren")):
        PatientFactory(clinic=clinic, first_name=first, last_name=last)
    return UserFactory(roles=[Role.OWNER], clinics=[clinic])


@pytest.fixture
def page(browser_page: Page, desk, sign_in) -> Page:
    sign_in(browser_page, desk)
    return browser_page


def rows(page: Page):
    return page.locator("#patients .row-link")


def test_the_list_narrows_while_one_types_and_the_address_stays_bare(page):
    page.goto(reverse("people:patients"))
    expect(rows(page)).to_have_count(3)

    page.keyboard.type("lind")

    expect(rows(page)).to_have_text(["Lindgren, Ola", "Lindqvist, Björn"])
    expect(page.locator("#patients-said")).to_have_text("2 found")
    assert page.url.endswith("/patients/")


def test_enter_opens_the_first_one_found(page):
    page.goto(reverse("people:patients"))

    page.keyboard.type("lindq")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Björn Lindqvist")


def test_the_arrows_walk_through_the_rows_and_back(page):
    page.goto(reverse("people:patients"))
    page.keyboard.type("lind")
    expect(rows(page)).to_have_count(2)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")

    expect(page.locator("#id_q")).to_be_focused()


def test_back_returns_to_the_question(page):
    page.goto(reverse("people:patients"))
    page.keyboard.type("lind")
    expect(rows(page)).to_have_count(2)
    rows(page).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ola Lindgren")

    page.go_back()

    expect(page.locator("#id_q")).to_have_value("lind")
    expect(rows(page)).to_have_count(2)


def test_the_subscriber_is_asked_for_only_when_it_is_somebody_else(page):
    patient = Patient.objects.get(first_name="Ada")
    page.goto(reverse("people:coverage-new", args=[patient.pk]))
    expect(page.get_by_label("Subscriber last name")).to_be_hidden()

    page.get_by_label("Relation").select_option("Spouse")

    expect(page.get_by_label("Subscriber last name")).to_be_visible()


def test_the_employer_is_asked_for_in_place_of_a_person(page):
    patient = Patient.objects.get(first_name="Ada")
    page.goto(reverse("people:coverage-new", args=[patient.pk]))
    expect(page.get_by_label("Employer", exact=True)).to_be_hidden()

    page.get_by_label("Relation").select_option("Employee (workers' compensation)")

    expect(page.get_by_label("Employer", exact=True)).to_be_visible()
    expect(page.get_by_label("Subscriber street")).to_be_visible()
    expect(page.get_by_label("Subscriber last name")).to_be_hidden()


def test_a_licence_is_asked_for_only_of_those_who_treat(page):
    page.goto(reverse("people:account-new"))
    expect(page.get_by_label("License number")).to_be_hidden()

    page.get_by_label("Therapist").check()

    expect(page.get_by_label("License number")).to_be_visible()


def test_leaving_with_unsaved_changes_is_asked_about_and_saving_is_not(page):
    patient = Patient.objects.get(first_name="Ada")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(reverse("people:patient-edit", args=[patient.pk]))
    page.get_by_label("City").fill("Salem")

    page.get_by_role("link", name="Cancel").click(no_wait_after=True)
    expect(page.get_by_label("City")).to_have_value("Salem")
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(rf"/patients/{patient.pk}/$"))
    assert asked == ["beforeunload"]
    assert Patient.objects.get(pk=patient.pk).city == "Salem"


def test_the_first_mistake_is_focused_and_described_by_its_message(page):
    page.goto(reverse("people:patient-new"))
    page.get_by_label("First name").fill("Seán 🙂")

    page.get_by_role("button", name="Register").click()

    last_name = page.get_by_label("Last name")
    expect(last_name).to_be_focused()
    expect(last_name).to_have_attribute("aria-invalid", "true")
    expect(last_name).to_have_accessible_description("This field is required.")
    expect(page.get_by_label("First name")).to_have_value("Seán 🙂")


def test_an_ended_account_is_asked_about_in_the_page_first(page):
    colleague = UserFactory(first_name="Tom", last_name="Reyes")
    page.goto(reverse("people:account-edit", args=[colleague.pk]))

    page.get_by_role("button", name="End the account").click()
    question = page.get_by_role("dialog", name=re.compile("End Tom Reyes"))
    question.get_by_role("button", name="Cancel").click()
    colleague.refresh_from_db()
    assert colleague.is_active

    page.get_by_role("button", name="End the account").click()
    question.get_by_role("button", name="End the account").click()
    expect(page.get_by_text("open sessions are closed")).to_be_visible()
    colleague.refresh_from_db()
    assert not colleague.is_active


def test_verifying_the_chain_answers_in_place(page):
    page.goto(reverse("people:audit"))

    page.get_by_role("button", name="Verify the chain").click()

    expect(page.locator("#chain")).to_contain_text("Chain verified:")


def test_a_card_is_taken_without_javascript(browser, live_server, desk):
    patient, payer = Patient.objects.get(first_name="Ada"), PayerFactory(name="Aetna")
    client = Client()
    client.force_login(desk)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    page = context.new_page()

    page.goto(reverse("people:patients"))
    page.locator("#id_q").fill("okaf")
    page.locator("#patient-search").get_by_role("button", name="Search").click()
    rows(page).first.click()
    page.get_by_role("link", name="Add a card").first.click()
    page.get_by_label("Payer *").select_option("Aetna")
    page.get_by_label("Member ID").fill("W1")
    page.get_by_label("Starts on").fill("2026-01-01")
    page.get_by_label("Relation").select_option("Spouse")
    page.get_by_label("Subscriber last name").fill("Okafor")
    page.get_by_label("Subscriber first name").fill("Ben")
    page.get_by_label("Subscriber birth date").fill("1955-01-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("policy of Ben Okafor")).to_be_visible()

    card = Coverage.objects.get()
    assert (card.patient, card.payer, card.subscriber_first_name) == (patient, payer, "Ben")
    context.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_authorizations_stay_inside_their_card(width, page):
    patient = Patient.objects.get(first_name="Ada")
    card = CoverageFactory(patient=patient)
    AuthorizationFactory(
        coverage=card,
        number="AUTH-2026-000123",
        codes=["97110", "97112", "97140", "97530"],
        visits_approved=12,
        units_approved=48,
    )
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(patient.get_absolute_url())
    card_ends = page.locator("article.coverage").bounding_box()
    pencil = page.locator(".authorizations .row-end a").bounding_box()

    assert pencil["x"] + pencil["width"] <= card_ends["x"] + card_ends["width"]
