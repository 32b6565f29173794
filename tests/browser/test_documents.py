"""Documents in the browser: several at once with an error at its own line, dropped, and turned."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from documentation.models import Attachment
from people.models import Role
from tests.documentation.outside import attachment_of, picture
from tests.factories import ClinicFactory, PatientFactory, UserFactory

PHOTO = picture(size=(300, 200), color="gray")
DROP = """([place, bytes]) => {
    const moved = new DataTransfer();
    moved.items.add(new File([new Uint8Array(bytes)], "Dropped.jpg", {type: "image/jpeg"}));
    document.querySelector(place).dispatchEvent(
        new DragEvent("drop", {dataTransfer: moved, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr("documentation.tasks.make_thumbnail.delay", lambda pk: None)


@pytest.fixture
def therapist(db):
    return UserFactory(roles=[Role.THERAPIST], clinics=[ClinicFactory()])


@pytest.fixture
def patient(therapist):
    return PatientFactory(clinic=therapist.clinics.get())


def file(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_of_several_files_the_good_ones_are_kept_and_the_bad_one_says_why(
    browser_page, sign_in, therapist, patient
):
    page = browser_page
    sign_in(page, therapist)
    page.goto(reverse("documentation:attachments", args=[patient.pk]))
    expect(page.get_by_text("No document yet")).to_be_visible()
    page.get_by_label("Files", exact=True).set_input_files(
        [file("MRI knee.jpg", PHOTO), file("letter.doc", b"PK\x03\x04 words")]
    )
    page.evaluate(DROP, ["#doc-drop", list(picture(color="red"))])
    queue = page.get_by_role("list", name="Files to add")
    expect(queue.get_by_role("listitem")).to_have_count(3)

    page.get_by_role("button", name="Add 3 documents").click()
    expect(page.get_by_text("Choose what kind it is.")).to_be_visible()
    expect(page.get_by_label("Kind")).to_be_focused()
    page.get_by_label("Kind").select_option("imaging")
    page.get_by_role("button", name="Add 3 documents").click()

    expect(page.get_by_text("2 documents are on the chart.")).to_be_visible()
    expect(queue.get_by_role("listitem")).to_have_text(
        "letter.docOnly PDFs and pictures (JPEG, PNG, WebP, TIFF) can be added here."
    )
    expect(page.locator(".doc-title")).to_have_text(["Dropped", "MRI knee"])
    assert set(Attachment.objects.values_list("title", "kind")) == {
        ("MRI knee", "imaging"),
        ("Dropped", "imaging"),
    }


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(
    browser_page, sign_in, therapist, patient
):
    page = browser_page
    sign_in(page, therapist)
    page.goto(reverse("documentation:attachments", args=[patient.pk]))
    page.evaluate(
        "() => { Object.defineProperty(File.prototype, 'size', {get: () => 100 * 1024 * 1024}); }"
    )

    page.get_by_label("Files", exact=True).set_input_files([file("film.jpg", PHOTO)])

    line = page.get_by_role("list", name="Files to add").get_by_role("listitem")
    expect(line).to_contain_text("This file is larger than 25 MB.")
    page.get_by_role("button", name="Leave out film.jpg").click()
    expect(line).to_have_count(0)


def test_a_picture_is_enlarged_and_turned_by_keys_and_the_arrows_lead_on(
    browser_page, sign_in, therapist, patient
):
    attachment_of(picture(color="red"), patient=patient, title="Older", kind="imaging")
    newer = attachment_of(PHOTO, patient=patient, title="Newer", kind="imaging")
    page = browser_page
    sign_in(page, therapist)
    page.goto(newer.get_absolute_url())
    shown = page.get_by_role("img", name="Imaging: Newer")
    scale = page.locator("#doc-scale")
    expect(scale).to_have_text("100 %")

    page.locator("#doc-stage").focus()
    page.keyboard.press("+")
    expect(scale).to_have_text("125 %")
    page.keyboard.press("r")
    expect(page.locator(".doc-sheet")).to_have_css("width", "250px")
    expect(shown).to_have_css("width", "375px")
    page.keyboard.press("0")
    expect(scale).to_have_text("100 %")

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Older")).to_be_visible()
