"""A patient fills in the intake on a telephone; the desk takes over what it ticks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from people import links, questionnaires
from people.models import CardPhoto, ConsentSignature, Patient, PatientLink, Questionnaire
from tests.browser.test_accessibility import in_both_themes, too_wide
from tests.factories import ConsentFormFactory, ConsentVersionFactory, PatientFactory, at
from tests.people.questionnaires.answers import STEPS
from tests.people.test_pictures import picture
from tests.scheduling.conftest import Desk

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def patient(desk: Desk) -> Patient:
    return PatientFactory(
        clinic=desk.clinic,
        first_name="Ines",
        last_name="Alvarez",
        mobile_phone="+15035550100",
        city="Portland",
        contact_by="email",
        email="ines@example.com",
    )


@pytest.fixture
def row(desk: Desk, patient: Patient) -> Questionnaire:
    until = timezone.now() + dt.timedelta(days=14)
    return questionnaires.invite(patient=patient, until=until, by=desk.user)


@pytest.fixture
def phone(browser_page: Page) -> Page:
    browser_page.set_viewport_size(PHONE)
    return browser_page


def link_of(row: Questionnaire, step: str = "") -> str:
    token = links.token_of(row.link)
    if step:
        return reverse("people:intake-step", args=[token, step])
    return reverse("people:intake", args=[token])


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def test_an_intake_is_filled_in_sent_and_taken_over_by_field(phone, row, patient, desk, sign_in):
    for position, name in enumerate(["Consent to treatment", "Photographs"]):
        form = ConsentFormFactory(name=name, position=position)
        ConsentVersionFactory(form=form, title=name)
    phone.goto(link_of(row))
    title(phone, "About you")
    phone.get_by_label("First name").fill("Inés")
    phone.get_by_label("Last name").fill("Alvarez")
    phone.get_by_label("Date of birth").fill("1858-03-12")
    phone.get_by_label("Sex on your insurance").select_option("F")
    go_on(phone)
    expect(phone.locator(".field-error")).to_have_text("Check the year of this date.")
    expect(phone.get_by_label("Date of birth")).to_be_focused()
    phone.get_by_label("Date of birth").fill("1958-03-12")
    go_on(phone)
    title(phone, "How we reach you")
    phone.get_by_label("Street").fill("9 Elm St")

    phone.goto("about:blank")  # called away; what was saved is kept, what was not is not
    phone.goto(link_of(row))
    title(phone, "How we reach you")
    expect(phone.get_by_label("Street")).to_have_value("")
    phone.get_by_role("link", name="Back").click()
    expect(phone.get_by_label("First name")).to_have_value("Inés")
    go_on(phone)
    phone.get_by_label("Mobile phone").fill("503 555 0142")
    phone.get_by_label("Street").fill("9 Elm St")
    phone.get_by_label("City").fill("Salem")
    phone.get_by_label("State").select_option("OR")
    phone.get_by_label("ZIP code").fill("97301")
    go_on(phone)

    phone.get_by_label("Insurance company").fill("Acme Health")
    phone.get_by_label("Member ID").fill("A1")
    phone.get_by_label("Card, front").set_input_files(
        {"name": "card.txt", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    go_on(phone)
    expect(phone.locator(".field-error")).to_have_count(1)
    expect(phone.get_by_label("Member ID")).to_have_value("A1")
    phone.get_by_label("Card, front").set_input_files(
        {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": picture(color="navy")}
    )
    go_on(phone)
    phone.get_by_label("Stroke or TIA").check()
    phone.get_by_label("None", exact=True).check()
    go_on(phone)
    phone.get_by_label("What brings you to us?").fill("A stroke")
    phone.get_by_label("What do you want to be able to do again?").fill("Walk to the river")
    go_on(phone)

    title(phone, "Consent to treatment")
    phone.get_by_text("Sign by keyboard instead").click()
    phone.get_by_label("Type your full name as your signature").fill("Ines Alvarez")
    phone.get_by_role("button", name="Sign", exact=True).click()
    title(phone, "Photographs")
    phone.get_by_text("I do not want to sign this").click()
    phone.get_by_role("button", name="Decline this form").click()
    expect(phone.locator(".field-error")).to_be_visible()
    phone.get_by_label("Why you do not want to sign it").fill("No pictures, please")
    phone.get_by_role("button", name="Decline this form").click()
    title(phone, "Is everything right?")
    expect(phone.get_by_role("region", name="About you")).to_contain_text("March 12, 1958")
    phone.get_by_role("button", name="Send it in").click()
    title(phone, "Thank you, that is all")
    phone.goto(link_of(row))
    title(phone, "We have your answers already")

    answers = ConsentSignature.objects.order_by("pk")
    assert [(one.version.title, one.answer, one.typed, one.reason) for one in answers] == [
        ("Consent to treatment", "signed", "Ines Alvarez", ""),
        ("Photographs", "declined", "", "No pictures, please"),
    ]
    assert CardPhoto.objects.values_list("side", flat=True).get() == "front"
    sign_in(phone, desk.user)
    phone.set_viewport_size({"width": 1024, "height": 768})
    phone.goto(reverse("people:questionnaires"))
    phone.get_by_role("link", name="Alvarez, Ines").click()
    expect(phone.get_by_alt_text("Insurance card, front")).to_be_visible()
    for box in phone.get_by_role("checkbox").all():
        box.uncheck()
    phone.get_by_label("First name").check()
    phone.get_by_label("Mobile phone").check()
    phone.get_by_role("button", name="Take the ticked ones").click()
    expect(phone.locator("[data-notice]")).to_contain_text("What was ticked is in the record now")
    phone.get_by_role("button", name="Mark as reviewed").click()
    expect(phone.get_by_text("Nothing waits")).to_be_visible()

    patient.refresh_from_db()
    row.refresh_from_db()
    assert (patient.first_name, patient.mobile_phone) == ("Inés", "+15035550142")
    assert (patient.city, patient.line1, patient.last_name) == ("Portland", "22 Oak Ave", "Alvarez")
    assert row.status == "reviewed"
    taken = sorted(name for name, what in row.decisions.items() if what == "taken")
    assert taken == ["first_name", "mobile_phone"]


@pytest.mark.parametrize("step", [*STEPS, "forms", "send"])
def test_no_step_breaks_wcag_or_its_window(step, phone, row, axe):
    ConsentVersionFactory()
    for name, values in STEPS.items():
        row = questionnaires.save_step(questionnaire=row, step=name, values=dict(values))

    answer: Any = phone.goto(link_of(row, step))

    assert answer.status == 200
    if step == "forms":
        phone.get_by_text("Sign by keyboard instead").click()
        phone.get_by_text("I do not want to sign this").click()
    assert phone.get_by_role("heading", level=1).count() == 1
    assert in_both_themes(phone, axe) == []
    assert too_wide(phone) == []


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("expired", "This link has expired"),
        ("revoked", "This link is no longer open"),
        ("sent in", "We have your answers already"),
        ("unknown", "This link is not whole"),
    ],
)
def test_a_link_that_does_not_open_says_why_kindly(ending, told, phone, row, desk, axe):
    address = link_of(row)
    if ending == "expired":
        PatientLink.objects.filter(pk=row.link_id).update(made_at=at(8), expires_at=at(9))
    elif ending == "revoked":
        questionnaires.withdraw(questionnaire=row, by=desk.user)
    elif ending == "sent in":
        questionnaires.send_in(questionnaire=row)
    else:
        address = address[:-6] + "/"

    phone.goto(address)

    title(phone, told)
    assert in_both_themes(phone, axe) == []
    assert too_wide(phone) == []
