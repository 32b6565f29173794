"""A note is amended on its page and over the API, and its earlier version is read there."""

import pytest
from django.urls import reverse

from documentation.models import NotePdf, NoteVersion
from people.models import AuditEvent, Role
from tests.documentation.amended import REASON, again, amend, amended_note
from tests.documentation.ready import ready_note, sign
from tests.factories import UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_opens_the_note_and_shows_the_amendment_and_the_earlier_version(client):
    note = sign(ready_note())
    client.force_login(note.visit.therapist.user)

    opened = client.post(reverse("documentation:note-amend", args=[note.pk]), {"reason": REASON})
    page = text_of(client.get(note.get_absolute_url()))

    assert opened["Location"] == note.visit.get_absolute_url()
    assert "Being amended" in page
    assert REASON in page
    assert NoteVersion.objects.get().get_absolute_url() in page
    assert 'name="reason"' not in page


def test_a_reason_left_out_is_asked_for_beside_its_field(client):
    note = sign(ready_note())
    client.force_login(note.visit.therapist.user)

    response = client.post(reverse("documentation:note-amend", args=[note.pk]), {"reason": ""})

    assert response.status_code == 422
    assert response.context["amend_form"].errors["reason"] == ["This field is required."]
    assert again(note).is_signed


def test_the_page_withdraws_the_amendment(client):
    note = sign(ready_note())
    amend(note)
    client.force_login(note.visit.therapist.user)

    client.post(reverse("documentation:note-amend-withdraw", args=[note.pk]))

    assert again(note).is_signed


def test_the_earlier_version_is_read_as_it_stood_and_that_is_written_down(client):
    note = amended_note()
    client.force_login(note.visit.therapist.user)

    page = text_of(client.get(NoteVersion.objects.get().get_absolute_url()))

    assert "This version was amended on" in page
    assert "Total timed minutes</dt><dd>47" in page
    assert "Total timed minutes</dt><dd>39" in text_of(client.get(note.get_absolute_url()))
    event = AuditEvent.objects.get(action="note.version_viewed")
    assert (event.target_id, event.detail) == (note.pk, {"version": 1})


def test_the_earlier_version_gives_out_its_pdf(client):
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(status="ready", file_bytes=b"%PDF-1", sha256="0" * 64)
    amend(note)
    client.force_login(note.visit.therapist.user)

    response = client.get(
        reverse("documentation:note-version-pdf", args=[NoteVersion.objects.get().pk])
    )

    assert (response["Content-Type"], response.content) == ("application/pdf", b"%PDF-1")
    assert file_headers(response) == shown_pdf(f"note-{note.pk}-version-1.pdf")


def test_a_version_is_not_found_by_its_clinics_strangers(client):
    amended_note()
    stranger = UserFactory(roles=[Role.THERAPIST])
    client.force_login(stranger)

    assert client.get(NoteVersion.objects.get().get_absolute_url()).status_code == 404


def test_the_api_amends_withdraws_and_lists_the_versions(client):
    note = sign(ready_note())
    client.force_login(note.visit.therapist.user)
    address = f"/api/v1/notes/{note.pk}"

    opened = client.post(f"{address}/amend/", {"reason": REASON}, content_type="application/json")
    versions = client.get(f"{address}/versions/").json()
    withdrawn = client.post(f"{address}/amend/withdraw/", content_type="application/json")
    twice = client.post(f"{address}/amend/withdraw/", content_type="application/json")

    assert (opened.json()["version"], opened.json()["is_signed"]) == (2, False)
    assert [(row["number"], row["content_sha256"]) for row in versions] == [
        (1, note.content_sha256)
    ]
    assert (withdrawn.json()["version"], withdrawn.json()["is_signed"]) == (1, True)
    assert (twice.status_code, twice.json()["code"]) == (409, "not_open")
