"""A note's PDF as its page shows it: waiting, ready, failed."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import signing, tasks
from documentation.models import NotePdf
from people.models import AuditEvent
from tests.documentation.ready import ready_note, sign
from tests.factories import PASSWORD
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_note_pdf, "delay", lambda note_id: None)


@pytest.fixture
def note():
    return ready_note()


@pytest.fixture
def as_therapist(client, note):
    client.force_login(note.visit.therapist.user)
    return client


def page(name, note, **query):
    return reverse(f"documentation:{name}", args=[note.pk], query=query or None)


def then(client, response):
    """The page to which a POST leads."""
    assert response.status_code == 303
    return client.get(response["Location"])


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def waiting(db):
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    return note


def test_while_the_pdf_waits_the_page_asks_again_every_two_seconds(as_therapist, note):
    sign(note)

    page_text = text_of(as_therapist.get(page("note", note)))
    piece = text_of(as_therapist.get(page("note-pdf-state", note)))

    for text in (page_text, piece):
        assert f'hx-get="{page("note-pdf-state", note)}" hx-trigger="every 2s"' in text
        assert '"X-Background": "1"' in text
        assert "Waiting in line" in text


def test_after_two_minutes_it_asks_less_often(as_therapist, note):
    sign(note)
    NotePdf.objects.update(waiting_since=timezone.now() - dt.timedelta(minutes=3))

    assert 'hx-trigger="every 15s"' in text_of(as_therapist.get(page("note-pdf-state", note)))


def test_asking_for_the_state_is_no_reading_of_the_chart(as_therapist, note):
    sign(note)
    before = AuditEvent.objects.count()

    text = text_of(as_therapist.get(page("note-pdf-state", note)))

    assert AuditEvent.objects.count() == before
    assert "Okafor" not in text


def test_a_ready_pdf_is_linked_and_no_longer_asked_for(as_therapist, note):
    sign(note)
    tasks.render_note_pdf(note.pk)

    text = text_of(as_therapist.get(page("note-pdf-state", note)))

    assert f'href="{page("note-pdf", note)}"' in text
    assert "hx-trigger" not in text


def test_the_pdf_opens_inline_without_the_patients_name_and_is_written_down(as_therapist, note):
    sign(note)
    tasks.render_note_pdf(note.pk)

    response = as_therapist.get(page("note-pdf", note))

    assert response.content == bytes(NotePdf.objects.get(note=note).file_bytes)
    assert response["Content-Type"] == "application/pdf"
    assert file_headers(response) == shown_pdf(f"note-{note.pk}.pdf")
    assert response["Cache-Control"] == "no-store, private"
    assert AuditEvent.objects.latest("pk").action == "note.pdf_viewed"


def test_a_pdf_that_is_not_ready_leads_back_to_the_note(as_therapist, note):
    sign(note)

    response = as_therapist.get(page("note-pdf", note))

    assert response["Location"] == page("note", note)
    assert "The PDF is not ready yet." in text_of(then(as_therapist, response))
    assert not AuditEvent.objects.filter(action="note.pdf_viewed").exists()


def test_a_failed_pdf_says_so_and_is_tried_again_at_the_press_of_a_button(
    as_therapist, note, monkeypatch
):
    rung = []
    monkeypatch.setattr(tasks.render_note_pdf, "delay", rung.append)
    sign(note)
    NotePdf.objects.update(
        status="failed", attempts=5, problem="It took too long to draw (SoftTimeLimitExceeded)."
    )

    shown = text_of(as_therapist.get(page("note", note)))
    as_therapist.post(page("note-pdf-again", note))
    as_therapist.post(page("note-pdf-again", note))

    assert "The PDF could not be made. It took too long to draw (SoftTimeLimitExceeded)." in shown
    assert "Try again" in shown
    assert (NotePdf.objects.get(note=note).status, rung) == ("waiting", [note.pk])


def test_an_assistants_note_has_no_pdf_before_the_co_signature(client, waiting):
    client.force_login(waiting.visit.therapist.user)

    before = text_of(client.get(page("note", waiting)))
    signing.cosign_note(note=waiting, by=waiting.visit.therapist.user, password=PASSWORD)
    after = text_of(client.get(page("note", waiting)))

    assert ("note-pdf" in before, "note-pdf" in after) == (False, True)
