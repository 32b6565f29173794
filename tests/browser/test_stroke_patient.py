"""One patient after a stroke, from evaluation to discharge, written by clicking: the therapist's
notes, the assistant's with their co-signatures, and the paper that comes of them."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from documentation.models import Note, NotePdf
from people.models import Role
from pt_practice.celery import app as background
from tests.browser.session_ward import Ward, add, card, is_saved, note_field, open_session
from tests.factories import PASSWORD, AssistantFactory

DAILIES = 10


@pytest.fixture
def done_at_once():
    """Background work done where it is rung for: this test has no worker beside it."""
    background.conf.task_always_eager = True
    yield
    background.conf.task_always_eager = False


@pytest.fixture
def ward(db):
    ward = Ward()
    ward.visit.note.delete()
    ward.visit.delete()
    return ward


@pytest.fixture
def assistant(ward):
    return AssistantFactory(
        user__clinics=[ward.clinic],
        user__roles=[Role.ASSISTANT],
        user__first_name="Joe",
        user__last_name="Park",
        supervisor=ward.therapist,
    )


def open_day(page, ward, day, *, assistant=None):
    """A visit of that day, open on its page."""
    ward.visit = ward.new_visit(day)
    if assistant is not None:
        ward.visit.assistant = assistant
        ward.visit.save(update_fields=["assistant"])
    return open_session(page, ward)


def sign(page, *, button="Sign", told="What was signed, as SHA-256"):
    expect(page.locator("#missing-count")).to_have_text("Nothing is missing")
    page.locator("#review").click()
    page.wait_for_url("**/notes/*/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(told).first).to_be_visible()


def search_and_add(page, box, words):
    field = page.get_by_role("combobox", name=box)
    field.fill(words)
    field.press("Enter")


def evaluate(page, ward):
    """The first visit: what was before, what was measured, the evaluation code, S, O, A and P."""
    open_day(page, ward, ward.episode.started_on)
    page.get_by_label("Kind of note").select_option("evaluation")
    search_and_add(page, "Search all codes", "97162")
    page.get_by_label("Minutes of 97162", exact=True).fill("45")
    page.get_by_label("Function before this").fill("Walked a mile a day without a cane.")
    page.get_by_label("History and what brought the patient here").fill("Stroke on the right.")
    page.get_by_label("Pain: Now", exact=True).select_option("2")
    search_and_add(page, "Add a motion", "ankle dorsiflexion")
    page.get_by_label("Left ankle dorsiflexion, active").fill("4")
    search_and_add(page, "Add a balance test", "one leg")
    page.get_by_label("Left one leg, seconds").fill("3")
    note_field(page, "Subjective").fill("Afraid to turn in the kitchen.")
    note_field(page, "Objective").fill("Steps are short on the left.")
    note_field(page, "Assessment").fill("Reactive balance is lost on the left.")
    note_field(page, "Plan").fill("Twice a week for eight weeks.")
    is_saved(page)
    sign(page)


def first_daily(page, ward, day):
    """97112 from nothing: each element that a reviewer asks for, by its chip or its words."""
    open_day(page, ward, day)
    entry = add(page, "97112")
    entry.locator(".minutes-input").fill("24")
    entry.get_by_role("group", name="Body part", exact=True).get_by_text("Trunk").click()
    entry.get_by_role("combobox", name="Add a technique").fill("reactive")
    entry.get_by_role("option").first.click()
    entry.get_by_role("group", name="Purpose", exact=True).locator("label").first.click()
    entry.get_by_role("group", name="Why skill was needed").locator("label").first.click()
    entry.get_by_text("Improved", exact=True).first.click()
    add(page, "97110").locator(".minutes-input").fill("15")
    page.get_by_label("What was done, 97110").fill("Leg press 3 x 10 at 40 kg")
    note_field(page, "Assessment").fill("Recovers four of twelve pushes.")
    is_saved(page)
    sign(page)


def follow_up(page, ward, day, number, *, assistant=None):
    """The next visit: carried forward, minutes and response of its own."""
    open_day(page, ward, day, assistant=assistant)
    page.get_by_role("button", name="Copy from").click()
    card(page, "97112").locator(".minutes-input").first.fill(str(20 + number))
    page.get_by_role("button", name="The rest is still true").click()
    card(page, "97112").get_by_text("Improved", exact=True).first.click()
    note_field(page, "Assessment").fill(f"Recovers {number} of twelve pushes, unannounced.")
    is_saved(page)
    sign(page)


def cosign(page):
    page.goto("/notes/co-sign/")
    page.get_by_role("link", name="Okafor, Ada").first.click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Co-sign", exact=True).click()
    expect(page.get_by_text("Co-signed. The note is final.")).to_be_visible()


def report(page, ward, day, kind):
    """A report drafted from the visits, with what was measured on the day."""
    open_day(page, ward, day)
    page.get_by_label("Kind of note").select_option(kind)
    page.get_by_role("button", name="Copy from").click()
    page.get_by_role("button", name="The rest is still true").click()
    card(page, "97112").get_by_text("Improved", exact=True).first.click()
    search_and_add(page, "Add a balance test", "one leg")
    page.get_by_label("Left one leg, seconds").fill("9" if kind == "progress" else "12")
    page.get_by_role("button", name="Draft the report from the visits").click()
    expect(page.locator("#draft-report-told")).to_contain_text("filled in")
    is_saved(page)
    sign(page)


def paper_of(note):
    pdf = NotePdf.objects.get(note=note)
    assert pdf.status == "ready", pdf.problem
    leaves = PdfReader(BytesIO(bytes(pdf.file_bytes))).pages
    return " ".join(" ".join(leaf.extract_text().split()) for leaf in leaves)


def test_evaluation_ten_dailies_progress_report_and_discharge_of_one_stroke_patient(
    ward, assistant, done_at_once, browser_page, sign_in
):
    page = browser_page
    page.set_default_timeout(30_000)  # a slow machine is no failure
    therapist = ward.therapist.user
    start = ward.episode.started_on

    sign_in(page, therapist)
    evaluate(page, ward)
    first_daily(page, ward, start + dt.timedelta(days=1))
    for number in range(2, DAILIES + 1):
        day = start + dt.timedelta(days=number)
        if number % 3:
            follow_up(page, ward, day, number)
            continue
        sign_in(page, assistant.user)
        follow_up(page, ward, day, number, assistant=assistant)
        sign_in(page, therapist)
        cosign(page)
    report(page, ward, start + dt.timedelta(days=DAILIES + 1), "progress")
    report(page, ward, start + dt.timedelta(days=DAILIES + 3), "discharge")

    notes = Note.objects.order_by("visit__date_of_service")
    assert [note.kind for note in notes] == [
        "evaluation", *["daily"] * DAILIES, "progress", "discharge",
    ]  # fmt: skip
    assert all(note.is_final for note in notes)
    cosigned = [note.visit.date_of_service for note in notes if note.cosigned_at is not None]
    assert cosigned == [start + dt.timedelta(days=number) for number in (3, 6, 9)]
    evaluation, progress, discharge = (paper_of(notes.get(kind=kind)) for kind in (
        "evaluation", "progress", "discharge",
    ))  # fmt: skip
    assert "Walked a mile a day without a cane." in evaluation
    assert "Ankle dorsiflexion left 4° active" in evaluation
    assert "One leg left 9 s 3 s" in progress  # beside what it was at the evaluation
    assert "Walk 300 m outdoors" in progress
    assert "One leg left 12 s 9 s" in discharge
    daily = paper_of(notes.get(visit__date_of_service=start + dt.timedelta(days=3)))
    assert "Joe Park, PTA" in daily
    assert "Noor Haddad, PT" in daily
