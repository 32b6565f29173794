"""Undoing a merge restores every row, unless later events contradict it."""

import datetime as dt

import pytest

from people import intake, merging
from people.models import AuditEvent, Patient
from tests.documentation.ready import ready_note, sign
from tests.factories import EpisodeFactory, PatientFactory, VisitFactory
from tests.people.merging.rows import every_row

pytestmark = pytest.mark.django_db


def test_undo_restores_every_row_of_every_table(two, owner):
    kept, other = two
    before = every_row()

    record = merging.merge(kept=kept, other=other, take=merging.FIELDS, by=owner)
    assert every_row() != before
    merging.undo(record=record, by=owner)

    assert every_row() == before
    record.refresh_from_db()
    assert record.undone_by == owner
    actions = AuditEvent.objects.filter(patient=other, action__startswith="patient.merge")
    assert set(actions.values_list("action", flat=True)) == {
        "patient.merged",
        "patient.merge_undone",
    }


def test_a_merge_that_later_events_contradict_is_not_undone(two, owner):
    kept, other = two
    record = merging.merge(kept=kept, other=other, take=["mobile_phone"], by=owner)
    intake.change_patient(patient=kept, by=owner, mobile_phone="+15035550199")
    case = EpisodeFactory._meta.model.objects.get(patient=kept)
    later = VisitFactory(episode=case, date_of_service=dt.date(2026, 3, 9))
    before = every_row()

    with pytest.raises(merging.CannotUndo) as refused:
        merging.undo(record=record, by=owner)

    assert refused.value.reasons == [
        "The field “mobile phone” has been changed since.",
        f"Visit {later.pk} has come since, and belongs to both records.",
    ]
    assert every_row() == before


def test_a_note_signed_since_the_merge_is_not_moved_back(two, owner):
    kept, other = two
    note = ready_note(patient=other, date_of_service=dt.date(2026, 3, 6))
    record = merging.merge(kept=kept, other=other, take=[], by=owner)
    sign(note)

    with pytest.raises(merging.CannotUndo) as refused:
        merging.undo(record=record, by=owner)

    assert f"Visit {note.visit_id} has become final since." in refused.value.reasons


def test_a_chain_of_merges_is_undone_from_its_end(two, owner):
    kept, other = two
    third = PatientFactory(clinic=kept.clinic, mrn="PT001003")
    before = every_row()
    first = merging.merge(kept=other, other=third, take=[], by=owner)
    second = merging.merge(kept=kept, other=other, take=[], by=owner)
    assert set(Patient.objects.same_person(third.pk)) == {kept, other, third}

    with pytest.raises(merging.CannotUndo):
        merging.undo(record=first, by=owner)
    merging.undo(record=second, by=owner)
    first.refresh_from_db()
    merging.undo(record=first, by=owner)

    assert every_row() == before
