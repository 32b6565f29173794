"""The grid of a patient's documents: filtered, counted, and without loading a file."""

import pytest

from documentation.models import AttachmentFile
from people.models import Role
from tests.documentation.attachment_pages.pages import PHOTO, page_of, signed_in, text_of, upload
from tests.factories import AttachmentFactory, EpisodeFactory

pytestmark = pytest.mark.django_db


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


def test_no_list_loads_a_files_bytes(therapist, patient, photo, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as seen:
        therapist.get(page_of(patient))
        therapist.get(photo.get_absolute_url())

    assert AttachmentFile._meta.db_table not in " ".join(q["sql"] for q in seen.captured_queries)
