"""Documents over the API: the pages' verbs, their refusals as problem details."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documentation import tasks
from documentation.models import Attachment
from people.models import AuditEvent, Practice, Role
from tests.documentation.outside import pdf, picture
from tests.factories import (
    AttachmentFactory,
    EpisodeFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    VisitFactory,
)
from tests.file_answers import file_headers, shown_picture

pytestmark = pytest.mark.django_db
LIST = "/api/v1/attachments/"
PHOTO = picture(color="gray")


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    ids = []
    monkeypatch.setattr(tasks.make_thumbnail, "delay_on_commit", ids.append)
    return ids


@pytest.fixture
def patient():
    return PatientFactory()


def as_role(api_as, role, patient):
    return api_as(UserFactory(roles=[role], clinics=[patient.clinic]))


@pytest.fixture
def therapist(api_as, patient):
    return as_role(api_as, Role.THERAPIST, patient)


def add(client, patient, *, content=PHOTO, name="Letter.jpg", headers=None, **given):
    file = SimpleUploadedFile(name, content)
    asked = {"patient": patient.pk, "kind": "referral", "file": file} | given
    return client.post(LIST, asked, format="multipart", headers=headers or {})


def test_a_document_is_added_and_read_back(therapist, patient, rung):
    visit = VisitFactory(episode=EpisodeFactory(patient=patient))

    made = add(therapist, patient, content=pdf(), name="Referral.pdf", visit=visit.pk)
    read = therapist.get(f"{LIST}{made.data['id']}/")
    listed = therapist.get(LIST, {"patient": patient.pk})

    assert made.status_code == 201
    assert (made.data["title"], made.data["content_type"], made.data["pages"]) == (
        "Referral", "application/pdf", 1,
    )  # fmt: skip
    assert (made.data["visit"], made.data["episode"]) == (visit.pk, visit.episode_id)
    assert read.data == made.data == listed.data["results"][0]
    assert rung == [made.data["id"]]


def test_the_file_is_handed_out_with_its_hash_and_304(therapist, patient):
    pk = add(therapist, patient).data["id"]
    url = f"{LIST}{pk}/file/"

    whole = therapist.get(url)
    again = therapist.get(url, headers={"If-None-Match": whole["ETag"]})

    assert (whole.content, whole["Content-Type"]) == (PHOTO, "image/jpeg")
    assert file_headers(whole) == shown_picture(Attachment.objects.get(pk=pk).file_name)
    assert (again.status_code, again.content) == (304, b"")
    assert AuditEvent.objects.filter(action="attachment.opened", target_id=pk).count() == 2


def test_the_same_file_is_409_and_names_the_one_that_is_there(therapist, patient):
    first = add(therapist, patient)

    second = add(therapist, patient, name="other.jpg")

    assert (second.status_code, second.data["code"]) == (409, "already_there")
    assert second.data["attachment"] == first.data["id"]


def test_what_cannot_be_kept_is_400_with_the_words_of_the_page(therapist, patient):
    refused = add(therapist, patient, content=b"MZ\x90 a program", name="letter.pdf")
    empty = add(therapist, patient, content=b"", name="letter.pdf")

    assert (refused.status_code, empty.status_code) == (400, 400)
    assert refused.data["errors"] == {
        "detail": ["Only PDFs and pictures (JPEG, PNG, WebP, TIFF) can be added here."]
    }
    assert empty.data["errors"] == {"detail": ["This file is empty."]}


def test_a_file_beyond_the_limit_is_413(therapist, patient):
    PracticeFactory()
    Practice.objects.update(largest_attachment_mb=1)

    refused = add(therapist, patient, content=PHOTO + bytes(1024 * 1024))

    assert (refused.status_code, refused.data["code"]) == (413, "too_large")
    assert refused["Content-Type"] == "application/problem+json"
    assert not Attachment.objects.exists()


def test_a_key_sent_again_answers_the_same_and_another_file_under_it_is_refused(therapist, patient):
    key = {"Idempotency-Key": "one"}

    first = add(therapist, patient, headers=key)
    again = add(therapist, patient, headers=key)
    other = add(therapist, patient, content=picture("PNG"), headers=key)

    assert (first.status_code, again.status_code, again.data["id"]) == (201, 201, first.data["id"])
    assert (other.status_code, other.data["code"]) == (422, "idempotency_key_reused")


def test_it_is_named_anew_removed_with_a_reason_and_then_gone(therapist, patient):
    pk = add(therapist, patient).data["id"]
    case = EpisodeFactory(patient=patient)

    changed = therapist.patch(f"{LIST}{pk}/", {"kind": "order", "episode": case.pk})
    silent = therapist.post(f"{LIST}{pk}/remove/", {})
    removed = therapist.post(f"{LIST}{pk}/remove/", {"reason": "Wrong patient"})

    assert (changed.data["kind"], changed.data["episode"]) == ("order", case.pk)
    assert silent.status_code == 400
    assert removed.data["removal_reason"] == "Wrong patient"
    assert therapist.get(f"{LIST}{pk}/").status_code == 404
    assert therapist.get(f"{LIST}{pk}/file/").status_code == 404


def test_the_signed_order_of_a_case_is_409(therapist, patient):
    pk = add(therapist, patient).data["id"]
    case = EpisodeFactory(patient=patient, order_document_id=pk)

    refused = therapist.post(f"{LIST}{pk}/remove/", {"reason": "Old"})

    assert (refused.status_code, refused.data["code"]) == (409, "is_evidence")
    assert refused.data["episode"] == case.pk


def test_the_desk_adds_but_names_no_case_and_an_auditor_only_reads(api_as, patient):
    desk, auditor = (as_role(api_as, role, patient) for role in (Role.FRONT_DESK, Role.AUDITOR))
    case = EpisodeFactory(patient=patient)

    assert add(desk, patient).status_code == 201
    assert add(desk, patient, content=picture("PNG"), episode=case.pk).status_code == 403
    assert add(auditor, patient, content=picture("PNG")).status_code == 403
    assert len(auditor.get(LIST).data["results"]) == 1


def test_a_document_belongs_to_one_thing_of_this_patient(therapist, patient):
    mine = EpisodeFactory(patient=patient)
    others = EpisodeFactory(patient=PatientFactory(clinic=patient.clinic))

    two = add(therapist, patient, episode=mine.pk, visit=1)
    foreign = add(therapist, patient, episode=others.pk)

    assert two.data["errors"]["visit"] == ["A document belongs to one of episode, plan and visit."]
    assert foreign.data["errors"] == {"detail": ["This belongs to somebody else's chart."]}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number(
    api_as, patient, count, django_assert_num_queries
):
    owner = api_as(UserFactory(roles=[Role.OWNER]))
    for _ in range(count):
        AttachmentFactory(patient=patient)

    with django_assert_num_queries(2):
        listed = owner.get(LIST)

    assert len(listed.data["results"]) == count


def test_the_schema_says_how_a_document_is_added(client):
    client.force_login(UserFactory(roles=[Role.OWNER]))

    schema = client.get(reverse("schema"), {"format": "json"}).json()

    create = schema["paths"]["/api/v1/attachments/"]["post"]
    assert list(create["requestBody"]["content"]) == ["multipart/form-data"]
    assert create["x-roles"] == [
        "owner",
        "therapist",
        "assistant",
        "student",
        "front_desk",
        "biller",
    ]
