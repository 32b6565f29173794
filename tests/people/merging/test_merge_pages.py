"""The page merges field by field and undoes; the old record's pages lead to the kept one."""

import pytest
from django.urls import reverse

from people import intake, merging
from people.models import AuditEvent, MergeRecord

pytestmark = pytest.mark.django_db


def test_the_old_records_pages_lead_to_the_kept_one_and_say_so_in_the_audit(two, owner, client):
    kept, other = two
    merging.merge(kept=kept, other=other, take=[], by=owner)
    client.force_login(owner)

    page = client.get(reverse("people:patient", args=[other.pk]))
    chart = client.get(reverse("documentation:chart", args=[other.pk]))
    sent = client.post(reverse("people:patient-edit", args=[other.pk]), {"city": "Salem"})

    assert [answer.headers["Location"] for answer in (page, chart, sent)] == [
        reverse("people:patient", args=[kept.pk]),
        reverse("documentation:chart", args=[kept.pk]),
        reverse("people:patient", args=[kept.pk]),
    ]
    followed = AuditEvent.objects.filter(action="patient.followed")
    assert [(row.patient, row.detail) for row in followed] == [(kept, {"old": other.pk})] * 3


def test_the_page_merges_by_field_and_undoes(client, owner, two):
    kept, other = two
    client.force_login(owner)
    page = client.get(reverse("people:merge", args=[kept.pk, other.pk])).content.decode()
    assert "1 appointment to PT001001" in " ".join(page.split())

    choices = {
        "first_name": "other",
        "preferred_name": "kept",
        "mobile_phone": "other",
        "email": "kept",
        "city": "kept",
    }
    client.post(reverse("people:merge", args=[kept.pk, other.pk]), choices)
    kept.refresh_from_db()
    assert (kept.first_name, kept.preferred_name, kept.mobile_phone, kept.email) == (
        "Adaeze",
        "Addie",
        "+15035550142",
        "",
    )

    client.post(reverse("people:merge-undo", args=[MergeRecord.objects.get().pk]))
    kept.refresh_from_db()
    assert (kept.first_name, kept.mobile_phone) == ("Ada", "")


def test_a_merge_that_cannot_be_undone_says_why(client, owner, two):
    kept, other = two
    record = merging.merge(kept=kept, other=other, take=["email"], by=owner)
    intake.change_patient(patient=kept, by=owner, email="")
    client.force_login(owner)

    answer = client.post(reverse("people:merge-undo", args=[record.pk]))

    assert answer.status_code == 409
    assert "The field “e-mail” has been changed since." in answer.content.decode()
