"""What the database refuses of a letter, and the one thing it lets through."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from documentation.models import ProviderLetter
from tests.documentation.letter_ward import FAX, after_sending, waiting
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"content_sha256": "0" * 64},
        {"status": "failed"},
        {"to": "+15035550199"},
        {"sent_at": timezone.now() + dt.timedelta(days=1)},
        {"paper_sha256": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_letter_that_was_sent_is_not_rewritten(carrier, change):
    letter = after_sending(waiting())

    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.filter(pk=letter.pk).update(**change)

    ProviderLetter.objects.filter(pk=letter.pk).update(opened_at=timezone.now())


def test_when_two_records_of_a_patient_become_one_the_letters_go_along(carrier):
    letter = after_sending(waiting())
    kept = PatientFactory(clinic=letter.patient.clinic)

    ProviderLetter.objects.filter(pk=letter.pk).update(patient=kept)

    letter.refresh_from_db()
    assert letter.patient == kept


def test_no_letter_is_deleted_or_written_to_somebody_else(carrier):
    letter = waiting()

    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.filter(pk=letter.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.filter(pk=letter.pk).update(channel="email")


def test_a_letter_carries_a_paper():
    letter = waiting()

    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.create(
            kind="progress",
            patient=letter.patient,
            provider=letter.provider,
            channel="fax",
            to=FAX,
            source_key="none",
        )
