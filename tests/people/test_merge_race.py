"""Desks that merge at once: one merge is made, the others are told, none deadlocks."""

from functools import partial
from threading import Barrier

import pytest
from django.db import DatabaseError, transaction

from people import merging
from people.models import MergeRecord, Patient
from tests.at_once import PATIENCE, all_at_once
from tests.factories import AppointmentFactory, PatientFactory, UserFactory, at

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 6


def at_once(act):
    """What came of it when six desks do the same, every other one with the two exchanged."""
    acts = [partial(act, number) for number in range(DESKS)]
    return sorted(all_at_once(acts, told=(merging.CannotMerge, DatabaseError)))


@pytest.fixture
def two(db):
    pair = PatientFactory(), PatientFactory()
    for patient, hour in zip(pair, (9, 11), strict=True):
        AppointmentFactory(patient=patient, starts_at=at(hour))
    return pair


def test_of_six_merges_of_the_same_two_records_one_is_made(two):
    desk = UserFactory()

    def merge(number):
        kept, other = two if number % 2 else two[::-1]
        merging.merge(kept=kept, other=other, take=[], by=desk)
        return "merged"

    assert at_once(merge) == [*["CannotMerge"] * (DESKS - 1), "merged"]
    assert MergeRecord.objects.count() == 1
    assert Patient.objects.exclude(merged_into=None).count() == 1


def test_without_the_lock_two_records_are_merged_into_each_other(two):
    """The control: the same race, when each looks before the others have written."""
    looked = Barrier(2)

    def merge(number):
        if number > 1:
            raise merging.CannotMerge("only two in this race")
        kept, other = (Patient.objects.get(pk=row.pk) for row in (two if number else two[::-1]))
        assert kept.merged_into_id is None
        looked.wait(timeout=PATIENCE)
        with transaction.atomic():
            Patient.objects.filter(pk=other.pk).update(merged_into=kept)
        return "merged"

    assert at_once(merge).count("merged") == 2
    assert Patient.objects.exclude(merged_into=None).count() == 2
