"""The desk merges two records of one person, takes it back, and tells two people apart."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from people.models import NotSamePerson, Patient, Role
from tests.factories import (
    AppointmentFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    UserFactory,
)


@pytest.fixture
def two(transactional_db):
    clinic = ClinicFactory(name="Riverbend")
    kept = PatientFactory(clinic=clinic, mrn="PT001001")
    other = PatientFactory(
        clinic=clinic, mrn="PT001002", first_name="Adaeze", mobile_phone="+15035550142"
    )
    AppointmentFactory(patient=other)
    return kept, other


@pytest.fixture
def page(browser_page, sign_in, two):
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[two[0].clinic], email="desk@example.com")
    sign_in(browser_page, desk)
    browser_page.goto(reverse("people:duplicates"))
    return browser_page


def test_two_records_are_compared_merged_and_taken_apart_again(page, two, axe):
    kept, other = two
    expect(page.get_by_text("same last name, another first name")).to_have_count(0)
    page.goto(reverse("people:merge", args=[kept.pk, other.pk]))
    expect(page.get_by_text("1 appointment to PT001001")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("group", name="First name").get_by_label("Adaeze").check()
    page.get_by_role("button", name="Merge into PT001001").click()
    expect(page.get_by_role("heading", name="Adaeze Okafor")).to_be_visible()
    page.goto(reverse("people:patient", args=[other.pk]))
    assert page.url.endswith(reverse("people:patient", args=[kept.pk]))

    page.goto(reverse("people:duplicates"))
    assert axe(page) == []
    page.get_by_role("button", name="Undo the merge of PT001002").click()
    expect(page.get_by_text("The two records stand as they stood before.")).to_be_visible()
    kept.refresh_from_db()
    assert (kept.first_name, Patient.objects.filter(merged_into=None).count()) == ("Ada", 2)


def test_what_stands_in_the_way_is_shown_and_nothing_can_be_merged(page, two, axe):
    kept, other = two
    for patient in two:
        CoverageFactory(patient=patient, starts_on=dt.date(2026, 1, 1))

    page.goto(reverse("people:merge", args=[kept.pk, other.pk]))

    expect(page.get_by_text("First resolve this:")).to_be_visible()
    expect(page.get_by_role("button", name="Merge into PT001001")).to_be_disabled()
    assert axe(page) == []


def test_two_people_are_told_apart(page, two):
    twin = PatientFactory(clinic=two[0].clinic, mrn="PT001003", first_name="Ada")
    page.reload()

    page.get_by_role("button", name="Not the same person: PT001001 and PT001003").click()

    expect(page.get_by_text("Remembered: these are two people.")).to_be_visible()
    assert [(row.first, row.second) for row in NotSamePerson.objects.all()] == [(two[0], twin)]


@pytest.mark.parametrize("width", [320, 820, 1280])
def test_the_comparison_fits_the_window(page, two, width):
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(reverse("people:merge", args=[two[0].pk, two[1].pk]))

    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
