"""The public page behind a printed code: who signed and when, and nothing of the patient."""

import hashlib

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documentation import pdf, signing
from documentation.models import Note, NotePdf
from documentation.rules.codes import code_of
from people.models import AuditEvent
from tests.documentation.ready import ready_note, sign
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 as it was made"


@pytest.fixture(autouse=True)
def no_guesses():
    cache.clear()


def address(note):
    return reverse("documentation:verify", args=[code_of(note.content_sha256)])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_says_who_signed_and_when_to_somebody_without_an_account(client):
    note = sign(ready_note())

    response = client.get(address(note))

    text = text_of(response)
    for shown in (
        "A signed document has this code, and its content is unchanged.",
        "Riverbend Physical Therapy LLC",
        "Maria Lopez, PT",
        "License OR PT00001",
        note.content_sha256,
    ):
        assert shown in text, shown
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == (
        "no-referrer",
        "noindex, nofollow",
    )


def test_nothing_of_the_patient_nor_of_the_treatment_stands_on_it(client):
    note = sign(ready_note())

    text = text_of(client.get(address(note)))

    patient = note.visit.patient
    for hidden in (
        patient.last_name,
        patient.mrn,
        "97112",
        "I69.354",
        "Steadier",
        "Daily note",
        "March 2, 2026",
    ):
        assert hidden not in text, hidden


def test_looking_changes_nothing_and_sets_no_cookie(client):
    note = sign(ready_note())
    before = AuditEvent.objects.count()

    response = client.get(address(note))

    assert (AuditEvent.objects.count(), dict(response.cookies)) == (before, {})


def test_a_note_that_waits_for_its_co_signature_says_so_and_then_who_gave_it(client):
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    note.refresh_from_db()

    waits = text_of(client.get(address(note)))
    signing.cosign_note(note=note, by=note.visit.therapist.user, password=PASSWORD)
    given = text_of(client.get(address(note)))

    assert "still waits" in waits
    assert "Co-signed by</dt><dd>Maria Lopez, PT" in given


def test_content_that_was_changed_behind_the_house_does_not_pass(client, monkeypatch):
    note = sign(ready_note())
    monkeypatch.setattr("documentation.verifying.sha256_of", lambda content: "0" * 64)

    assert "is no longer what was signed" in text_of(client.get(address(note)))


@pytest.mark.parametrize("code", ["0000-0000-0000-0000-0000", "nonsense", "%27--"])
def test_an_unknown_code_answers_kindly_that_there_is_no_such_document(client, code):
    sign(ready_note())

    response = client.get(f"/verify/{code}/")

    assert response.status_code == 404
    assert "No signed document has this code." in text_of(response)


def test_an_unsigned_note_has_no_code(client):
    ready_note()
    assert Note.objects.get().content_sha256 == ""

    assert client.get("/verify/0000-0000-0000-0000-0000/").status_code == 404


def test_who_guesses_too_often_has_to_wait(client):
    for _ in range(60):
        client.get("/verify/0000-0000-0000-0000-0001/")

    assert client.get("/verify/0000-0000-0000-0000-0001/").status_code == 429


def test_the_typed_code_leads_to_its_page(client):
    note = sign(ready_note())
    typed = code_of(note.content_sha256).lower().replace("-", " ")

    response = client.post(reverse("documentation:verify-ask"), {"code": typed})
    wrong = client.post(reverse("documentation:verify-ask"), {"code": "what?"})

    assert response["Location"] == address(note)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["code"])


@pytest.mark.parametrize(("content", "answer"), [(PDF, True), (PDF + b" ", False)])
def test_a_file_is_compared_byte_for_byte(client, content, answer):
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(
        status="ready", file_bytes=PDF, sha256=hashlib.sha256(PDF).hexdigest()
    )

    response = client.post(address(note), {"file": SimpleUploadedFile("note.pdf", content)})

    assert response.context["is_same"] is answer
    assert ("This file is the document, byte for byte." in text_of(response)) is answer


def test_no_file_is_asked_for_once_more(client):
    note = sign(ready_note())

    response = client.post(address(note))

    assert (response.status_code, list(response.context["file_form"].errors)) == (422, ["file"])


def test_the_pdf_bears_the_code_and_the_square_that_leads_to_the_page(settings):
    settings.PUBLIC_URL = "https://pt.example.org"
    note = sign(ready_note())

    html = pdf.Pages(note).as_html()

    assert code_of(note.content_sha256) in html
    assert "pt.example.org/verify/" in html
    assert 'src="data:image/svg+xml;base64,' in html
    assert 'alt="QR code that leads to the verification page of this document"' in html
