"""Documents are added on the page, and what is refused is said beside its file."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from documentation.models import Attachment
from people.models import Practice, Role
from tests.documentation.attachment_pages.pages import (
    JSON,
    PHOTO,
    actions,
    page_of,
    text_of,
    upload,
)
from tests.documentation.outside import attachment_of, pdf, picture
from tests.factories import (
    AttachmentFactory,
    EpisodeFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


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
