"""The desk uploads a file with mistakes, mends what was refused, and finds the patients."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from people import tasks
from people.models import ImportFile, Patient, Role
from tests.factories import ClinicFactory, UserFactory

FIRST = b"Surname,First name,DOB,Gender,Cell,Chart #\nOkafor,Ada,31/31/1958,F,503 555 0142,7\n"
GOOD = b"Stone,Cy,1/2/1960,M,,8\n"


@pytest.fixture
def page(transactional_db, browser_page, sign_in):
    clinic = ClinicFactory(name="Riverbend")
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic], email="desk@example.com")
    sign_in(browser_page, desk)
    browser_page.goto(reverse("people:imports"))
    return browser_page


def upload(page, content):
    page.goto(reverse("people:imports"))
    page.get_by_label("CSV file").set_input_files(
        {"name": "old.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Check the file").click()


def test_a_file_is_mended_imported_and_found_in_the_list(page, axe, monkeypatch):
    monkeypatch.setattr(tasks.import_patients, "delay", lambda file_id: None)  # Redis is down
    upload(page, FIRST + GOOD)
    expect(page.get_by_text("There is no such day in the calendar.")).to_be_visible()
    expect(page.get_by_text("“Chart #”")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("button", name="Import 1 good row").click()
    expect(page.get_by_role("heading", name="Waiting in line")).to_be_visible()
    expect(page.get_by_text("0 of 1 patients are made.")).to_be_visible()
    assert axe(page) == []
    tasks.import_patients(ImportFile.objects.get().pk)
    expect(page.get_by_text("Imported, Riverbend")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Refused rows").click()
    content = download.value.path().read_bytes()

    upload(page, content.replace(b"31/31/1958", b"3/12/1958"))
    page.get_by_role("button", name="Import 1 good row").click()
    expect(page.get_by_role("heading", name="Waiting in line")).to_be_visible()
    tasks.import_patients(ImportFile.objects.first().pk)
    expect(page.get_by_text("Imported, Riverbend")).to_be_visible()

    page.goto(reverse("people:patients"))
    expect(page.get_by_role("link", name="Okafor, Ada")).to_be_visible()
    expect(page.get_by_role("link", name="Stone, Cy")).to_be_visible()


def test_an_import_is_taken_back(page, monkeypatch):
    monkeypatch.setattr(tasks.import_patients, "delay", tasks.import_patients.run)
    upload(page, b"Surname,First name,DOB,Gender\nOkafor,Ada,3/12/1958,F\n")
    page.get_by_role("button", name="Import 1 good row").click()
    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_text("The import is taken back: its patients are removed.")).to_be_visible()
    assert Patient.objects.filter(removed_at=None).count() == 0
