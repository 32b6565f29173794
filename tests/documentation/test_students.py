"""Students: whose visit it is, what they may sign, and what their therapist says of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from documentation import charting, due, signing, today
from documentation.authority import (
    AssistantMayNotSign,
    LicenceExpired,
    NotYours,
    StudentMayNotSign,
    standing_to_sign,
)
from documentation.models import Note, Visit
from documentation.views import notes as note_views
from people.models import AuditEvent, Role, Therapist
from tests.documentation.ready import assistant_at, ready_note, sign, student_at, therapist_at
from tests.factories import (
    MONDAY,
    PASSWORD,
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    ProcedureCodeFactory,
    StudentFactory,
    at,
)

pytestmark = pytest.mark.django_db
KINDS = list(Note.Kind)
EVERYTHING = dict.fromkeys(KINDS, True)
DAILY_ALONE = dict.fromkeys(KINDS, False) | {Note.Kind.DAILY: True}
MAY_SIGN = {
    "PT": EVERYTHING,
    "PTA": DAILY_ALONE,
    "SPT": EVERYTHING,
    "SPTA": DAILY_ALONE,
}


def student_note(**values):
    """A note that a student wrote, and only wants their signature."""
    note = ready_note(**values)
    student = student_at(note.visit.clinic, note.visit.therapist)
    Visit.objects.filter(pk=note.visit_id).update(student=student)
    return Note.objects.select_related("visit__therapist__user", "visit__student__user").get(
        pk=note.pk
    )


# --- Who signs what -----------------------------------------------------------------------------


@pytest.mark.parametrize("credential", MAY_SIGN)
@pytest.mark.parametrize("kind", KINDS)
def test_each_credential_signs_the_kinds_that_are_its_own(kind, credential):
    note = ready_note(kind=kind)
    visit = note.visit
    if credential == "PT":
        by = visit.therapist
    elif credential == "PTA":
        by = assistant_at(visit.clinic, visit.therapist)
        Visit.objects.filter(pk=visit.pk).update(assistant=by)
    else:
        by = student_at(visit.clinic, visit.therapist, credential=credential)
        Visit.objects.filter(pk=visit.pk).update(student=by)
    note.refresh_from_db()

    if MAY_SIGN[credential][kind]:
        standing = standing_to_sign(note, by=by.user, takes_over=False)
        assert (standing.therapist, standing.needs_cosignature) == (by, credential != "PT")
    else:
        with pytest.raises((AssistantMayNotSign, StudentMayNotSign), match="by the therapist"):
            standing_to_sign(note, by=by.user, takes_over=False)


def test_a_student_assistant_cannot_sign_a_note_in_which_an_evaluation_stands():
    note = ready_note()
    student = student_at(note.visit.clinic, note.visit.therapist, credential="SPTA")
    Visit.objects.filter(pk=note.visit_id).update(student=student)
    ProcedureCodeFactory(
        code="97161", label="PT evaluation", kind="evaluation", timed=False, minutes_per_unit=None
    )
    charting.record_service(visit=note.visit, code="97161", minutes=3, by=note.visit.therapist.user)
    note.refresh_from_db()

    with pytest.raises(StudentMayNotSign, match="evaluation"):
        sign(note, by=student.user)


def test_a_students_note_always_waits_and_says_whose_student_signed():
    note = student_note()

    signed = sign(note, by=note.visit.student.user)

    assert (signed.is_final, signed.cosign_needed) == (False, True)
    assert signed.content["visit"]["student"]["name"] == "Noa Bell"
    assert {
        name: signed.content["signature"][name]
        for name in ("name", "credential", "licence", "school", "cosignature_needed")
    } == {
        "name": "Noa Bell",
        "credential": "SPT",
        "licence": "",
        "school": "Cascade State University",
        "cosignature_needed": True,
    }


def test_the_student_of_another_therapist_does_not_sign():
    note = ready_note()
    stranger = student_at(note.visit.clinic, therapist_at(note.visit.clinic))

    with pytest.raises(NotYours) as caught:
        sign(note, by=stranger.user, takes_over=True)

    assert not caught.value.can_take_over


def test_a_student_who_signs_a_visit_of_their_supervisor_stands_on_it_from_then_on():
    note = ready_note()
    student = student_at(note.visit.clinic, note.visit.therapist)

    sign(note, by=student.user)

    assert Visit.objects.get(pk=note.visit_id).student == student


def test_a_student_whose_placement_had_ended_does_not_sign():
    note = student_note()
    Therapist.objects.filter(pk=note.visit.student_id).update(
        placement_ends_on=MONDAY - dt.timedelta(days=1)
    )

    with pytest.raises(LicenceExpired, match="placement from Cascade State University ended on"):
        sign(note, by=note.visit.student.user)


def test_students_and_assistants_do_not_co_sign_a_students_note():
    note = student_note()
    sign(note, by=note.visit.student.user)
    clinic, therapist = note.visit.clinic, note.visit.therapist

    with pytest.raises(StudentMayNotSign):
        signing.cosign_note(note=note, by=student_at(clinic, therapist).user, password=PASSWORD)
    with pytest.raises(AssistantMayNotSign):
        signing.cosign_note(note=note, by=assistant_at(clinic, therapist).user, password=PASSWORD)


# --- What the therapist says of it --------------------------------------------------------------


@pytest.mark.parametrize("supervised", [True, False])
def test_the_co_signature_says_whether_the_student_was_supervised(supervised):
    note = student_note()
    sign(note, by=note.visit.student.user)

    final = signing.cosign_note(
        note=note, by=note.visit.therapist.user, password=PASSWORD, supervised=supervised
    )

    assert (final.is_final, final.student_supervised) == (True, supervised)
    detail = AuditEvent.objects.get(action="note.cosigned").detail
    assert detail["student_supervised"] is supervised
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(student_supervised=not supervised)


def test_a_therapist_who_signs_their_students_visit_says_it_in_what_is_signed():
    note = student_note()

    signed = sign(note, supervised=True)

    assert (signed.is_final, signed.student_supervised) == (True, True)
    assert signed.content["signature"]["student_supervised"] is True


def test_nobody_says_so_of_a_visit_without_a_student():
    signed = sign(ready_note(), supervised=True)

    assert signed.student_supervised is False
    assert "student_supervised" not in signed.content["signature"]
    assert "student" not in signed.content["visit"]


def test_the_box_stands_where_a_student_treated_and_nowhere_else(client):
    note = student_note()
    client.force_login(note.visit.therapist.user)

    asked = client.get(reverse("documentation:note", args=[note.pk])).content.decode()
    Visit.objects.filter(pk=note.visit_id).update(student=None)
    not_asked = client.get(reverse("documentation:note", args=[note.pk])).content.decode()

    assert (asked.count('name="supervised"'), not_asked.count('name="supervised"')) == (1, 0)


def test_the_page_takes_the_therapists_word(client, monkeypatch):
    monkeypatch.setattr(note_views.render_note_pdf, "delay_on_commit", lambda note_id: None)
    note = student_note()
    sign(note, by=note.visit.student.user)
    client.force_login(note.visit.therapist.user)

    client.post(
        reverse("documentation:note-cosign", args=[note.pk]),
        {"password": PASSWORD, "supervised": "on"},
    )

    page = client.get(reverse("documentation:note", args=[note.pk])).content.decode()
    assert "treated nobody else meanwhile" in page
    assert Note.objects.get(pk=note.pk).student_supervised


# --- Their visits -------------------------------------------------------------------------------


def appointment_with(therapist, **values):
    return AppointmentFactory(
        patient=PatientFactory(clinic=values.pop("clinic")),
        therapist=therapist,
        starts_at=at(9),
        **values,
    )


def test_a_visit_booked_with_a_student_is_the_supervisors():
    clinic = ClinicFactory()
    therapist = therapist_at(clinic)
    student = student_at(clinic, therapist)

    visit = charting.open_visit(
        appointment=appointment_with(student, clinic=clinic), by=student.user
    )

    assert (visit.therapist, visit.assistant, visit.student) == (therapist, None, student)


@pytest.mark.parametrize("own_supervisor", [True, False])
def test_a_student_who_opens_a_visit_of_their_supervisor_is_on_it(own_supervisor):
    clinic = ClinicFactory()
    therapist = therapist_at(clinic)
    student = student_at(clinic, therapist if own_supervisor else therapist_at(clinic))

    visit = charting.open_visit(
        appointment=appointment_with(therapist, clinic=clinic), by=student.user
    )

    assert (visit.therapist, visit.student) == (therapist, student if own_supervisor else None)


def test_a_walk_in_of_a_student_is_found_again():
    clinic = ClinicFactory()
    student = student_at(clinic, therapist_at(clinic))
    patient = PatientFactory(clinic=clinic)

    first = charting.open_walk_in(patient=patient, by=student.user)
    again = charting.open_walk_in(patient=patient, by=student.user)

    assert (first.student, again.pk) == (student, first.pk)


def test_a_students_day_is_their_supervisors_too():
    clinic = ClinicFactory()
    therapist, other = therapist_at(clinic), therapist_at(clinic)
    student = student_at(clinic, therapist)
    for whose in (therapist, other, student):
        appointment_with(whose, clinic=clinic)

    rows = today.day_of(day=MONDAY, user=student.user, therapist=student)

    assert {row.therapist for row in rows} == {therapist, student}


def test_a_student_assistant_is_not_booked_for_an_evaluation():
    from scheduling import fitness

    clinic = ClinicFactory()
    student = student_at(clinic, therapist_at(clinic), credential="SPTA")
    problem = fitness._therapist_problem(
        student, clinic, PatientFactory(clinic=clinic), AppointmentTypeFactory(is_evaluation=True)
    )

    assert problem == f"An evaluation needs a therapist; {student} is a student assistant."


# --- On file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"supervisor": None}, {"supervisor"}),
        ({"school": "", "placement_ends_on": None}, {"school", "placement_ends_on"}),
        ({"licence_number": "PT1"}, {"licence_number"}),
        ({"credential": "OTS"}, {"supervisor"}),
    ],
)
def test_a_student_has_a_school_a_placement_and_a_supervisor_of_their_discipline(values, wrong):
    student = StudentFactory.build(user=therapist_at(ClinicFactory()).user, supervisor=None)
    student.supervisor = therapist_at(ClinicFactory())
    for name, value in values.items():
        setattr(student, name, value)

    assert problems_of(student) == wrong


def problems_of(student):
    """The fields that do not fit."""
    return set(student._license_problems() | student._supervisor_problems())


@pytest.mark.parametrize("kind", ["assistant", "student"])
def test_nobody_who_is_supervised_supervises(kind):
    clinic = ClinicFactory()
    make = assistant_at if kind == "assistant" else student_at
    supervisor = make(clinic, therapist_at(clinic))
    student = StudentFactory.build(user=supervisor.user, supervisor=supervisor)

    with pytest.raises(ValidationError, match=f"{kind} cannot supervise"):
        student.clean()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("placement", {"placement_ends_on": None}),
        ("placement", {"licence_expires_on": dt.date(2030, 1, 1)}),
        ("under_somebody", {"supervisor": None}),
    ],
)
def test_the_database_wants_a_students_placement_and_supervisor(constraint, values):
    student = StudentFactory()

    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        Therapist.objects.filter(pk=student.pk).update(**values)


def test_a_student_has_no_license_whose_end_is_due():
    student = StudentFactory()

    rows = due.licenses([student, student.supervisor], today=dt.date(2031, 1, 1))

    assert [row.therapist for row in rows] == [student.supervisor]


def test_a_student_may_write_and_not_co_sign(client):
    clinic = ClinicFactory()
    student = student_at(clinic, therapist_at(clinic))
    client.force_login(student.user)

    assert student.user.roles == [Role.STUDENT]
    assert client.get(reverse("documentation:today")).status_code == 200
    assert client.get(reverse("documentation:cosign")).status_code == 403
