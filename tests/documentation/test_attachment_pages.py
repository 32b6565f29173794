"""A patient's documents on the pages: added, refused beside the file, looked at, removed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from documentation import attaching, tasks
from documentation.models import Attachment, AttachmentFile
from people.models import AuditEvent, Practice, Role
from tests.documentation.outside import attachment_of, pdf, picture
from tests.factories import (
    AttachmentFactory,
    ClinicFactory,
    EpisodeFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    UserFactory,
    VisitFactory,
)
from tests.file_answers import file_headers, saved, shown_pdf, shown_picture

pytestmark = pytest.mark.django_db
PHOTO = picture(color="gray")
JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    ids = []
    monkeypatch.setattr(tasks.make_thumbnail, "delay", ids.append)
    return ids


@pytest.fixture
def patient():
    return PatientFactory(clinic=ClinicFactory())


def signed_in(role, patient) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role], clinics=[patient.clinic]))
    return client


@pytest.fixture
def desk(patient):
    return signed_in(Role.FRONT_DESK, patient)


@pytest.fixture
def therapist(patient):
    return signed_in(Role.THERAPIST, patient)


def page_of(patient) -> str:
    return reverse("documentation:attachments", args=[patient.pk])


def upload(client, patient, *files, query="", extra=None, **typed):
    """`files` are (name, bytes)."""
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    given = {"kind": "referral", "documents": sent} | typed
    url = reverse("documentation:attachment-upload", args=[patient.pk])
    return client.post(url + query, given, **(extra or {}))


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def actions() -> list[str]:
    events = AuditEvent.objects.filter(action__startswith="attachment.").order_by("pk")
    return list(events.values_list("action", flat=True))


# --- Adding -------------------------------------------------------------------------------------


def test_several_are_added_at_once_each_called_as_its_file(desk, patient, rung):
    response = upload(
        desk, patient, ("Hale_referral.pdf", pdf()), ("IMG_1.jpg", PHOTO), title="Ignored"
    )

    assert response["Location"] == page_of(patient)
    rows = Attachment.objects.order_by("pk")
    assert [(row.title, row.content_type, row.pages) for row in rows] == [
        ("Hale referral", "application/pdf", 1),
        ("Referral", "image/jpeg", None),
    ]
    assert rung == [row.pk for row in rows]
    assert "2 documents are on the chart." in text_of(desk.get(page_of(patient)))
    assert actions() == ["attachment.uploaded", "attachment.uploaded"]


def test_one_that_is_refused_stops_no_other_and_says_why_at_its_own_line(desk, patient):
    response = upload(desk, patient, ("virus.pdf", b"MZ\x90"), ("card.png", picture("PNG")))

    text = text_of(response)
    assert response.status_code == 422
    assert "virus.pdf Only PDFs and pictures (JPEG, PNG, WebP, TIFF) can be added here." in text
    assert "card.png On the chart" in text
    assert Attachment.objects.get().title == "card"


def test_a_wrong_ending_does_not_matter_for_the_content_decides(desk, patient):
    upload(desk, patient, ("referral.pdf", PHOTO), title="Referral")

    row = Attachment.objects.get()
    assert (row.content_type, row.file_name) == ("image/jpeg", "referral.jpg")


def test_the_same_file_again_leads_to_the_one_that_is_there(desk, patient):
    upload(desk, patient, ("a.jpg", PHOTO))
    there = Attachment.objects.get()

    response = upload(desk, patient, ("b.jpg", PHOTO))

    assert "This very file is on the chart already. Open it" in text_of(response)
    assert f'href="{there.get_absolute_url()}"' in response.content.decode()
    assert Attachment.objects.count() == 1


def test_the_same_file_is_named_but_not_shown_to_who_may_not_see_it(desk, patient):
    scan = attachment_of(PHOTO, patient=patient, kind="imaging")

    response = upload(desk, patient, ("a.jpg", PHOTO), extra=JSON)

    assert response.json() == {"problem": "This very file is on the chart already.", "there": ""}
    assert desk.get(scan.get_absolute_url()).status_code == 404


def test_a_file_beyond_the_practices_limit_is_thrown_away_while_it_arrives(
    desk, patient, monkeypatch
):
    PracticeFactory()
    Practice.objects.update(largest_attachment_mb=1)
    looked = []
    monkeypatch.setattr("documentation.views.attachments.look_at", looked.append)

    response = upload(desk, patient, ("film.tif", b"II*\x00" + bytes(1024 * 1024)))

    assert response.status_code == 422
    assert "film.tif This file is larger than 1 MB." in text_of(response)
    assert (looked, Attachment.objects.count()) == ([], 0)


def test_more_files_than_twenty_at_once_are_named_and_not_kept(desk, patient, monkeypatch):
    monkeypatch.setattr("web.uploads.MOST_AT_ONCE", 1)

    response = upload(desk, patient, ("a.jpg", PHOTO), ("b.png", picture("PNG")))

    assert "b.png At most 20 files at once" in text_of(response)
    assert Attachment.objects.get().title == "a"


def test_an_upload_without_the_forms_token_is_refused(patient):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic]))
    page = client.get(page_of(patient)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]

    without = upload(client, patient, ("a.jpg", PHOTO))
    kept = upload(client, patient, ("a.jpg", PHOTO), csrfmiddlewaretoken=token)

    assert (without.status_code, kept.status_code) == (403, 303)
    assert Attachment.objects.count() == 1


def test_without_a_file_or_a_kind_the_form_says_so(desk, patient):
    no_file = upload(desk, patient)
    no_kind = upload(desk, patient, ("a.jpg", PHOTO), kind="")

    assert "No file was chosen." in text_of(no_file)
    assert "This field is required." in text_of(no_kind)
    assert (no_file.status_code, no_kind.status_code) == (422, 422)
    assert not Attachment.objects.exists()


def test_the_pages_script_is_answered_file_by_file(therapist, patient):
    kept = upload(therapist, patient, ("a.jpg", PHOTO), extra=JSON)
    there = upload(therapist, patient, ("a.jpg", PHOTO), extra=JSON)
    unread = upload(therapist, patient, ("a.gif", b"GIF89a"), kind="", extra=JSON)

    row = Attachment.objects.get()
    assert kept.json() == {"kept": [row.pk]}
    assert (there.status_code, there.json()) == (
        422,
        {"problem": "This very file is on the chart already.", "there": row.get_absolute_url()},
    )
    assert (unread.status_code, unread.json()["problem"]) == (422, "This field is required.")


def test_a_document_of_a_visit_is_added_from_it_and_shown_at_it(therapist, patient):
    visit = VisitFactory(episode=EpisodeFactory(patient=patient))
    AttachmentFactory(patient=patient, title="Of the chart")
    name = f"visit-{visit.pk}"

    page = therapist.get(page_of(patient), {"of": name})
    assert f'<option value="{name}" selected>' in page.content.decode()
    upload(therapist, patient, ("Gait.jpg", PHOTO), query=f"?of={name}", of=name)

    row = Attachment.objects.get(title="Gait")
    assert (row.visit, row.episode) == (visit, visit.episode)
    panel = text_of(therapist.get(reverse("documentation:visit-attachments", args=[visit.pk])))
    assert ("Gait" in panel, "Of the chart" in panel) == (True, False)
    shown = text_of(therapist.get(page_of(patient), {"of": name}))
    assert ("Gait" in shown, "Of the chart" in shown) == (True, False)


def test_a_plan_of_care_shows_its_own_documents(therapist, patient):
    plan = PlanOfCareFactory(episode=EpisodeFactory(patient=patient))
    url = reverse("documentation:plan-attachments", args=[plan.pk])
    assert "None at this plan yet." in text_of(therapist.get(url))

    AttachmentFactory(patient=patient, plan=plan, title="Signed plan")

    assert "Signed plan" in text_of(therapist.get(url))
    assert f"{page_of(patient)}?of=plan-{plan.pk}" in therapist.get(url).content.decode()


def test_nothing_is_added_to_another_patients_visit(therapist, patient):
    other = VisitFactory(episode=EpisodeFactory(patient=PatientFactory(clinic=patient.clinic)))

    response = upload(therapist, patient, ("a.jpg", PHOTO), of=f"visit-{other.pk}")

    assert response.status_code == 422
    assert not Attachment.objects.exists()


# --- The grid -----------------------------------------------------------------------------------


def test_an_empty_chart_says_so_and_an_auditor_adds_nothing(patient, therapist):
    auditor = signed_in(Role.AUDITOR, patient)

    assert "No document yet" in text_of(therapist.get(page_of(patient)))
    assert "Add documents" in text_of(therapist.get(page_of(patient)))
    assert "Add documents" not in text_of(auditor.get(page_of(patient)))
    assert upload(auditor, patient, ("a.jpg", PHOTO)).status_code == 403


def test_the_grid_is_filtered_by_kind_and_counts_each(therapist, patient):
    AttachmentFactory(patient=patient, kind="imaging", title="MRI of the knee")
    AttachmentFactory(patient=patient, kind="referral", title="Hale to us")

    whole = text_of(therapist.get(page_of(patient)))
    films = text_of(therapist.get(page_of(patient), {"kind": "imaging"}))

    assert "All 2 Referral 1 Imaging 1" in whole
    assert ("MRI of the knee" in films, "Hale to us" in films) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_costs_the_same_queries_for_any_number_of_documents(
    patient, count, django_assert_num_queries
):
    client = signed_in(Role.OWNER, patient)
    for _ in range(count):
        attachment = AttachmentFactory(patient=patient, episode=EpisodeFactory(patient=patient))
        attachment.thumbnail.status, attachment.thumbnail.file_bytes = "ready", PHOTO
        attachment.thumbnail.save(update_fields=["status", "file_bytes"])
    client.get(page_of(patient))

    with django_assert_num_queries(11) as seen:
        response = client.get(page_of(patient))

    assert response.content.decode().count("data:image/jpeg;base64,") == count
    assert not [sql for sql in seen.captured_queries if "attachmentfile" in sql["sql"]]


def test_a_piece_is_given_to_who_asks_for_one(therapist, patient):
    AttachmentFactory(patient=patient, title="Letter")

    piece = therapist.get(page_of(patient), headers={"HX-Request": "true"}).content.decode()

    assert piece.lstrip().startswith('<section id="documents"')
    assert "Letter" in piece


# --- One document -------------------------------------------------------------------------------


@pytest.fixture
def photo(patient):
    return attachment_of(PHOTO, patient=patient, title="Referral of March")


def file_of(row) -> str:
    return reverse("documentation:attachment-file", args=[row.pk])


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


def test_no_list_loads_a_files_bytes(therapist, patient, photo, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as seen:
        therapist.get(page_of(patient))
        therapist.get(photo.get_absolute_url())

    assert AttachmentFile._meta.db_table not in " ".join(q["sql"] for q in seen.captured_queries)
