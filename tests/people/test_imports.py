"""A file of patients is checked, imported in chunks, and taken back."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from people import audit, imports, intake, tasks
from people.imports import CannotImport, CannotUndo
from people.models import AuditEvent, ImportFile, ImportRow, Patient, Role
from pt_practice.celery import app
from tests.factories import AppointmentFactory, ClinicFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADER = "Last name,First name,Birth date,Sex,Mobile phone"
ADA = "Okafor,Ada,3/12/1958,F,503 555 0142"
CY = "Stone,Cy,1/2/1960,M,"
BAD = "Wrong,Row,31/31/1960,M,"


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def desk(clinic):
    return UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])


@pytest.fixture
def check(clinic, desk):
    def checked(*lines, header=HEADER):
        content = "\n".join([header, *lines]).encode()
        return imports.check(content=content, name="old.csv", clinic=clinic, by=desk)

    return checked


def many(count):
    return [f"Name{n},First{n},{n % 12 + 1}/{n % 28 + 1}/{1930 + n % 80},F," for n in range(count)]


def run(file, by):
    imports.start(file=file, by=by)
    tasks.import_patients(file.pk)
    file.refresh_from_db()


def outcome(file):
    return [
        (row.number, row.taken, row.patient_id is not None, bool(row.problems))
        for row in file.rows.all()
    ]


def test_a_dry_run_makes_nobody_and_says_what_would_be_made(check):
    file = check(ADA, BAD, CY)

    assert outcome(file) == [
        (2, True, False, False),
        (3, False, False, True),
        (4, True, False, False),
    ]
    assert file.rows.get(number=3).problems == [
        ["Birth date", "There is no such day in the calendar."]
    ]
    assert Patient.objects.count() == 0


def test_the_good_rows_become_patients_with_a_number_and_an_audit_line_each(check, clinic, desk):
    file = check(ADA, BAD, CY)
    run(file, desk)

    made = list(Patient.objects.order_by("mrn"))
    assert [(p.list_name, p.birth_date, p.mobile_phone, p.clinic) for p in made] == [
        ("Okafor, Ada", dt.date(1958, 3, 12), "+15035550142", clinic),
        ("Stone, Cy", dt.date(1960, 1, 2), "", clinic),
    ]
    assert len({p.mrn for p in made}) == 2
    lines = AuditEvent.objects.filter(action="patient.registered").order_by("target_id")
    assert [(line.patient, line.actor) for line in lines] == [(p, desk) for p in made]
    assert file.status == ImportFile.Status.DONE
    assert list(file.rows.all().made().values_list("values", "cells")) == [({}, []), ({}, [])]


def test_the_audit_line_holds_over_an_import(check, desk):
    run(check(*many(3)), desk)
    with transaction.atomic():
        transaction.get_connection().check_constraints()

    assert audit.broken_links() == []


def test_a_task_killed_in_the_middle_goes_on_where_it_was(check, desk, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    file = check(*many(5))
    imports.start(file=file, by=desk)
    register = intake.register_patients
    monkeypatch.setattr(imports.intake, "register_patients", killed_after(2, register))
    with pytest.raises(KeyboardInterrupt):
        tasks.import_patients(file.pk)
    assert (Patient.objects.count(), file.rows.all().to_make().count()) == (2, 3)

    monkeypatch.setattr(imports.intake, "register_patients", register)
    tasks.import_patients(file.pk)
    tasks.import_patients(file.pk)

    assert sorted(Patient.objects.values_list("last_name", flat=True)) == [
        f"Name{n}" for n in range(5)
    ]


def killed_after(calls, register):
    """The verb, killed when it has done its work for the last time but before the commit."""
    left = [calls]

    def patched(several, *, by):
        made = register(several, by=by)
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return made

    return patched


def test_the_same_file_is_not_taken_twice_until_it_is_taken_back(check, desk):
    file = check(ADA)
    with pytest.raises(CannotImport) as refused:
        check(ADA)
    assert refused.value.file == file

    run(file, desk)
    imports.undo(file=file, by=desk)
    assert check(ADA).pk != file.pk


def test_the_database_lets_a_row_make_one_patient_only(check, desk):
    file = check(ADA, CY)
    run(file, desk)
    row, other = file.rows.all()

    for patient in (None, PatientFactory()):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            ImportRow.objects.filter(pk=row.pk).update(patient=patient)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        ImportRow.objects.filter(pk=other.pk).delete()


def test_whoever_seems_to_be_here_is_left_out_until_somebody_says_otherwise(check, clinic, desk):
    ada = PatientFactory(
        clinic=clinic, last_name="Okafor", first_name="Ada", birth_date=dt.date(1958, 3, 12)
    )
    file = check(ADA, CY)
    row = file.rows.get(number=2)
    assert (row.look_alike, row.why_alike, row.taken) == (ada, "same name, same birth date", False)

    imports.choose(row=row, take=True, by=desk)
    run(file, desk)

    assert Patient.objects.filter(last_name="Okafor").count() == 2


def test_a_patient_of_another_clinic_is_no_look_alike(check):
    PatientFactory(last_name="Okafor", first_name="Ada", birth_date=dt.date(1958, 3, 12))

    assert check(ADA).rows.get().look_alike is None


def test_twins_are_two_people(check, clinic):
    PatientFactory(
        clinic=clinic, last_name="Okafor", first_name="Chidi", birth_date=dt.date(1958, 3, 12),
        mobile_phone="+15035550142",
    )  # fmt: skip

    assert check(ADA).rows.get().look_alike is None


def test_who_was_registered_since_the_dry_run_is_left_out(check, clinic, desk):
    file = check(ADA, CY)
    PatientFactory(
        clinic=clinic, last_name="Okafor", first_name="Ada", birth_date=dt.date(1958, 3, 12)
    )

    run(file, desk)

    assert [(row.number, row.taken) for row in file.rows.all()] == [(2, False), (4 - 1, True)]
    assert Patient.objects.count() == 2


def test_an_import_is_taken_back_whole_while_nobody_is_in_use(check, clinic, desk):
    file = check(ADA, CY)
    run(file, desk)
    imports.undo(file=file, by=desk)
    imports.undo(file=file, by=desk)

    assert Patient.objects.visible_to(desk).count() == 0
    assert Patient.objects.filter(removed_at__isnull=False).count() == 2
    assert AuditEvent.objects.filter(action="patient.removed").count() == 2


def test_an_import_whose_patients_are_in_use_stays_and_says_who(check, clinic, desk):
    file = check(ADA, CY)
    run(file, desk)
    cy = Patient.objects.get(last_name="Stone")
    AppointmentFactory(patient=cy)

    with pytest.raises(CannotUndo) as refused:
        imports.undo(file=file, by=desk)

    assert (refused.value.used, refused.value.count) == ([cy], 1)
    assert Patient.objects.filter(removed_at=None).count() == 2


def test_a_file_is_discarded_before_it_is_imported_and_not_after(check, desk):
    file = check(ADA)
    run(file, desk)
    with pytest.raises(CannotImport):
        imports.discard(file=file, by=desk)

    other = check(CY)
    imports.discard(file=other, by=desk)
    assert list(ImportFile.objects.all()) == [file]


def test_nothing_starts_without_a_row_to_make(check, desk):
    with pytest.raises(CannotImport):
        imports.start(file=check(BAD), by=desk)


def test_the_refused_rows_come_back_to_be_mended_and_read_again(check, clinic, desk):
    file = check(ADA, BAD, "Stone,Cy,1/2/1960,M,'+1503")
    content = imports.refused(file)
    mended = content.decode("utf-8-sig").replace("31/31/1960", "1/31/1960")

    again = imports.check(content=mended.encode(), name="mended.csv", clinic=clinic, by=desk)

    assert "There is no such day in the calendar." in mended
    assert [(row.number, row.taken) for row in again.rows.all()] == [(2, True), (3, False)]


def test_the_sweep_rings_for_an_import_that_stands_still_only(check, desk, monkeypatch):
    still, moving = check(ADA), check(CY)
    for file in (still, moving):
        imports.start(file=file, by=desk)
    ImportFile.objects.filter(pk=still.pk).update(
        worked_at=timezone.now() - dt.timedelta(minutes=5)
    )
    rung = []
    monkeypatch.setattr(
        tasks.import_patients, "apply_async", lambda args, **options: rung.append(args)
    )

    tasks.sweep_imports()

    assert rung == [(still.pk,)]
    assert app.conf.beat_schedule["sweep-imports"]["task"] == tasks.sweep_imports.name


def test_ten_thousand_rows_take_a_bounded_number_of_queries(
    check, desk, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60):
        file = check(*many(10_000))
    imports.start(file=file, by=desk)
    with django_assert_max_num_queries(400):
        tasks.import_patients(file.pk)

    assert Patient.objects.count() == 10_000


@pytest.mark.parametrize("rows", [1, 3])
def test_a_chunk_takes_the_same_queries_for_one_row_and_for_three(
    rows, check, desk, django_assert_num_queries
):
    file = check(*many(rows))
    imports.start(file=file, by=desk)

    with django_assert_num_queries(12):
        imports.import_chunk(file.pk)
