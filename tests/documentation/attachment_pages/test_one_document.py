"""One document: looked at, named anew, removed."""

import pytest
from django.urls import reverse

from documentation import attaching, tasks
from documentation.models import Attachment
from people.models import AuditEvent, Role
from tests.documentation.attachment_pages.pages import (
    PHOTO,
    actions,
    file_of,
    page_of,
    signed_in,
    text_of,
)
from tests.documentation.outside import attachment_of, pdf, picture
from tests.factories import AttachmentFactory, ClinicFactory, EpisodeFactory, PatientFactory
from tests.file_answers import file_headers, saved, shown_pdf, shown_picture

pytestmark = pytest.mark.django_db


# --- One document -------------------------------------------------------------------------------


def test_a_picture_is_handed_out_as_it_came_and_can_do_nothing(desk, photo):
    response = desk.get(file_of(photo))

    assert response.content == PHOTO
    assert response["Content-Type"] == "image/jpeg"
    assert file_headers(response) == shown_picture("referral-of-march.jpg")
    assert response["Cache-Control"] == "private, no-store"
    assert actions() == ["attachment.opened"]


def test_a_pdf_from_elsewhere_is_shown_by_the_browsers_own_viewer(desk, patient):
    order = attachment_of(pdf(), patient=patient, title="Order")

    response = desk.get(file_of(order))

    assert response["Content-Type"] == "application/pdf"
    assert file_headers(response) == shown_pdf("order.pdf")


def test_what_a_browser_does_not_show_is_saved(desk, patient):
    film = attachment_of(picture("TIFF"), patient=patient, title="Fax")

    assert file_headers(desk.get(file_of(film))) == saved("fax.tif")
    assert "Save the file" in text_of(desk.get(film.get_absolute_url()))


def test_who_has_the_file_already_gets_304_and_the_look_is_written_down(desk, photo):
    etag = desk.get(file_of(photo))["ETag"]

    again = desk.get(file_of(photo), headers={"If-None-Match": etag})
    head = desk.head(file_of(photo))

    assert etag == f'"{photo.sha256}"'
    assert (again.status_code, again.content) == (304, b"")
    assert (head.content, head["Content-Length"]) == (b"", str(len(PHOTO)))
    assert actions() == ["attachment.opened"] * 3


def test_304_is_no_way_to_learn_what_is_on_anothers_chart(photo):
    stranger = signed_in(Role.THERAPIST, PatientFactory(clinic=ClinicFactory()))

    response = stranger.get(file_of(photo), headers={"If-None-Match": f'"{photo.sha256}"'})

    assert response.status_code == 404
    assert actions() == []


def test_the_page_of_a_document_leads_to_the_ones_beside_it(therapist, patient, photo):
    older = Attachment.objects.get()
    newer = AttachmentFactory(patient=patient, title="Newer")
    AttachmentFactory(title="Somebody else's")

    page = therapist.get(newer.get_absolute_url()).content.decode()

    assert f'rel="next" href="{older.get_absolute_url()}"' in page
    assert 'rel="prev"' not in page
    assert "1 of 2" in page
    assert actions() == ["attachment.viewed"]


def test_a_document_is_named_anew_and_belongs_to_a_case(therapist, patient, photo):
    case = EpisodeFactory(patient=patient)

    response = therapist.post(
        photo.get_absolute_url(), {"title": "Order", "kind": "order", "of": f"case-{case.pk}"}
    )

    photo.refresh_from_db()
    assert response["Location"] == photo.get_absolute_url()
    assert (photo.title, photo.kind, photo.episode) == ("Order", "order", case)
    event = AuditEvent.objects.get(action="attachment.changed")
    assert event.detail == {"fields": ["episode", "kind", "title"]}


def test_the_desk_names_a_document_anew_and_leaves_what_it_belongs_to(desk, patient, photo):
    case = EpisodeFactory(patient=patient, title="Stroke")
    attaching.change(attachment=photo, by=photo.uploaded_by, episode=case)

    page = desk.get(photo.get_absolute_url()).content.decode()
    desk.post(photo.get_absolute_url(), {"title": "Letter", "kind": "referral"})

    photo.refresh_from_db()
    assert (photo.title, photo.episode) == ("Letter", case)
    assert "Stroke" not in page


def test_a_document_needs_a_title(therapist, photo):
    response = therapist.post(photo.get_absolute_url(), {"title": " ", "kind": "order"})

    photo.refresh_from_db()
    assert (response.status_code, photo.title) == (422, "Referral of March")


def test_a_document_is_removed_with_a_reason_and_stands_with_those_who_oversee(
    therapist, patient, photo
):
    url = reverse("documentation:attachment-remove", args=[photo.pk])
    owner = signed_in(Role.OWNER, patient)

    silent = therapist.post(url, {"reason": ""})
    response = therapist.post(url, {"reason": "Another patient's"})

    assert (silent.status_code, response["Location"]) == (422, page_of(patient))
    assert "Referral of March" not in text_of(therapist.get(page_of(patient)))
    assert therapist.get(photo.get_absolute_url()).status_code == 404
    assert therapist.get(file_of(photo)).status_code == 404
    assert "Referral of March" not in text_of(owner.get(page_of(patient)))
    removed = text_of(owner.get(page_of(patient), {"removed": "1"}))
    assert "Removed: Another patient&#x27;s" in removed
    assert owner.get(file_of(photo)).content == PHOTO
    assert "Remove this document" not in text_of(owner.get(photo.get_absolute_url()))


def test_the_signed_order_of_a_case_is_chosen_there_and_not_removed(therapist, patient, photo):
    case = EpisodeFactory(patient=patient, title="Left knee", order_document=photo)
    page = therapist.get(reverse("documentation:episode-edit", args=[case.pk])).content.decode()
    assert f'<option value="{photo.pk}" selected>Referral of March (Referral)</option>' in page

    url = reverse("documentation:attachment-remove", args=[photo.pk])
    response = therapist.post(url, {"reason": "Old"})

    assert response.status_code == 422
    assert "The case “Left knee” names it as its signed order." in text_of(response)
    assert Attachment.objects.get().removed_at is None


# --- The small picture --------------------------------------------------------------------------


def test_a_thumbnail_that_waits_asks_again_and_shows_itself_once_it_is_there(desk, photo):
    url = reverse("documentation:attachment-picture", args=[photo.pk])

    waiting = desk.get(url).content.decode()
    tasks.make_thumbnail(photo.pk)
    ready = desk.get(url).content.decode()

    assert 'hx-trigger="every 2s"' in waiting
    assert "The preview is being made." in waiting
    assert ("data:image/jpeg;base64," in ready, "hx-trigger" in ready) == (True, False)
    assert actions() == ["attachment.thumbnail_viewed"]


def test_a_thumbnail_that_failed_is_tried_again_at_a_press(desk, patient, rung):
    row = AttachmentFactory(patient=patient)
    row.thumbnail.status = "failed"
    row.thumbnail.save(update_fields=["status"])
    assert "No preview could be made. Try again" in text_of(desk.get(page_of(patient)))

    desk.post(reverse("documentation:attachment-again", args=[row.pk]))

    row.thumbnail.refresh_from_db()
    assert (row.thumbnail.status, rung) == ("waiting", [row.pk])
