"""Take a patient in: register, change, remove; their cards and what payers have authorised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Authorization, Coverage, Patient, User


def next_mrn() -> str:
    """PT001001, PT001002 …; a number once given is never given again."""
    return next_mrns(1)[0]


def next_mrns(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_mrn') FROM generate_series(1, %s)", [count])
        return [f"PT{number:06d}" for (number,) in cursor.fetchall()]


@transaction.atomic
def register_patient(*, by: User, **values: Any) -> Patient:
    patient = Patient()
    fill(patient, values)
    patient.mrn = next_mrn()
    write_new(patient)
    audit.record(by=by, action="patient.registered", patient=patient)
    return patient


@transaction.atomic
def register_patients(several: Sequence[Mapping[str, Any]], *, by: User) -> list[Patient]:
    """As `register_patient`, for many at once in a few queries: each has a number and a line in
    the audit of their own. Raises `ValidationError` for the first that breaks a rule."""
    patients = []
    for mrn, values in zip(next_mrns(len(several)), several, strict=True):
        patient = Patient()
        fill(patient, values)
        patient.mrn = mrn
        check_alone(patient)
        patients.append(patient)
    Patient.objects.bulk_create(patients)
    audit.record_many(by=by, action="patient.registered", patients=patients)
    return patients


def check_alone(patient: Patient) -> None:
    """Every rule that needs no look at other rows; raises `ValidationError`."""
    patient.full_clean(exclude=["clinic"], validate_unique=False, validate_constraints=False)


@transaction.atomic
def change_patient(*, patient: Patient, by: User, **values: Any) -> Patient:
    """Write only what differs, so that two desks on two fields do not undo each other."""
    patient = _lock(patient)
    changed = write_changes(patient, values)
    if changed:
        audit.record(by=by, action="patient.changed", patient=patient, fields=changed)
    return patient


@transaction.atomic
def remove_patient(*, patient: Patient, by: User) -> Patient:
    """Take a patient off every list and page; nothing is deleted. Twice is the same as once."""
    patient = _lock(patient)
    if patient.removed_at is None:
        patient.removed_at = timezone.now()
        patient.save(update_fields=["removed_at"])
        patient.merged_records.update(removed_at=patient.removed_at)
        audit.record(by=by, action="patient.removed", patient=patient)
    return patient


@transaction.atomic
def restore_patient(*, patient: Patient, by: User) -> Patient:
    """Put a removed patient back, with all that was theirs. Twice is the same as once."""
    patient = _lock(patient)
    if patient.removed_at is not None:
        patient.removed_at = None
        patient.save(update_fields=["removed_at"])
        patient.merged_records.update(removed_at=None)
        audit.record(by=by, action="patient.restored", patient=patient)
    return patient


@transaction.atomic
def add_coverage(*, patient: Patient, by: User, **values: Any) -> Coverage:
    patient = _lock(patient)
    coverage = Coverage(patient=patient)
    fill(coverage, _subscriber_settled(coverage, values))
    write_new(coverage)
    audit.record(by=by, action="coverage.added", patient=patient, target=coverage)
    return coverage


@transaction.atomic
def change_coverage(*, coverage: Coverage, by: User, **values: Any) -> Coverage:
    patient = _lock(coverage.patient)
    coverage = Coverage.objects.select_for_update().get(pk=coverage.pk)
    changed = write_changes(coverage, _subscriber_settled(coverage, values))
    if changed:
        audit.record(
            by=by, action="coverage.changed", patient=patient, target=coverage, fields=changed
        )
    return coverage


@transaction.atomic
def verify_details(*, patient: Patient, on: dt.date, by: User) -> Patient:
    """The patient was asked, and what is on file is still right. Twice a day is once."""
    patient = _lock(patient)
    if patient.verified_on != on:
        patient.verified_on = on
        patient.save(update_fields=["verified_on"])
        audit.record(by=by, action="patient.verified", patient=patient)
    return patient


@transaction.atomic
def verify_card(*, coverage: Coverage, on: dt.date, by: User) -> Coverage:
    """The card was seen that day, and is the one on file. Twice a day is once."""
    patient = _lock(coverage.patient)
    coverage = Coverage.objects.select_for_update().get(pk=coverage.pk)
    if coverage.verified_on != on:
        coverage.verified_on, coverage.verified_by = on, by
        coverage.save(update_fields=["verified_on", "verified_by"])
        audit.record(by=by, action="coverage.verified", patient=patient, target=coverage)
    return coverage


@transaction.atomic
def add_authorization(*, coverage: Coverage, by: User, **values: Any) -> Authorization:
    authorization = Authorization(coverage=coverage)
    fill(authorization, values)
    write_new(authorization)
    audit.record(
        by=by, action="authorization.added", patient=coverage.patient, target=authorization
    )
    return authorization


@transaction.atomic
def change_authorization(*, authorization: Authorization, by: User, **values: Any) -> Authorization:
    authorization = (
        Authorization.objects.select_for_update(of=["self"])
        .select_related("coverage__patient")
        .get(pk=authorization.pk)
    )
    changed = write_changes(authorization, values)
    if changed:
        audit.record(
            by=by,
            action="authorization.changed",
            patient=authorization.coverage.patient,
            target=authorization,
            fields=changed,
        )
    return authorization


SUBSCRIBER_FIELDS = tuple(
    field.name for field in Coverage._meta.fields if field.name.startswith("subscriber_")
)
OF_A_PERSON = (
    "subscriber_first_name",
    "subscriber_middle_name",
    "subscriber_last_name",
    "subscriber_suffix",
    "subscriber_birth_date",
    "subscriber_sex",
)


def _subscriber_settled(coverage: Coverage, values: dict[str, Any]) -> dict[str, Any]:
    """What was typed of another kind of subscriber goes: a patient who holds the policy has none,
    an employer is no person, and a person is no employer."""
    relation = values.get("relation", coverage.relation)
    if relation == Coverage.Relation.SELF:
        gone = SUBSCRIBER_FIELDS
    elif relation == Coverage.Relation.EMPLOYEE:
        gone = OF_A_PERSON
    else:
        gone = ("subscriber_employer",)
    return values | {name: None if name == "subscriber_birth_date" else "" for name in gone}


def _lock(patient: Patient) -> Patient:
    # The parent's row: two cards added at once would else deadlock on the exclusion constraint.
    row = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient.pk)
    if row.merged_into_id is not None:
        raise ValidationError("This record has just been merged into another: open that one.")
    return row
