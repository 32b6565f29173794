"""A visit whose note lacks nothing: what tests of signing, PDF and pages begin with."""

from documentation import charting, signing
from documentation.models import Note, Visit
from people.models import Role
from scheduling.models import Appointment
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    AssistantFactory,
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    ProcedureCodeFactory,
    ReferringProviderFactory,
    StudentFactory,
    TherapistFactory,
    UserFactory,
    VisitFactory,
)

NARRATIVE = "Tandem stance on foam, eyes closed, 3 × 20 s, hand contact at the pelvis."


def therapist_at(clinic, **values):
    """A therapist who works at the clinic; `first_name` and `last_name` are the account's."""
    names = {name: values.pop(name) for name in ("first_name", "last_name") if name in values}
    roles = values.pop("roles", [Role.THERAPIST])
    return TherapistFactory(user=UserFactory(roles=roles, clinics=[clinic], **names), **values)


def assistant_at(clinic, supervisor, **values):
    user = UserFactory(roles=[Role.ASSISTANT], clinics=[clinic], first_name="Joe", last_name="Park")
    return AssistantFactory(user=user, supervisor=supervisor, **values)


def student_at(clinic, supervisor, **values):
    user = UserFactory(roles=[Role.STUDENT], clinics=[clinic], first_name="Noa", last_name="Bell")
    return StudentFactory(user=user, supervisor=supervisor, **values)


def ready_note(*, kind=Note.Kind.DAILY, by_assistant=False, patient=None, **visit_values) -> Note:
    """A note that only wants its signature: one 97112 entry, one of 97110, S, O, A and P."""
    PracticeFactory()
    clinic = patient.clinic if patient else ClinicFactory(name="Riverbend Pearl")
    patient = patient or PatientFactory(clinic=clinic, mrn="PT001001")
    therapist = therapist_at(
        clinic, first_name="Maria", last_name="Lopez", licence_number="PT00001", npi="1234567893"
    )
    episode = EpisodeFactory(
        patient=patient,
        therapist=therapist,
        referring_provider=ReferringProviderFactory(),
        precautions="Fall risk.",
    )
    EpisodeDiagnosisFactory(episode=episode)
    goal = GoalFactory(episode=episode, measure="6-minute walk", baseline="180 m", target="300 m")
    PlanOfCareFactory(episode=episode)
    visit = VisitFactory(
        episode=episode,
        assistant=assistant_at(clinic, therapist) if by_assistant else None,
        total_treatment_minutes=50,
        **visit_values,
    )
    note = NoteFactory(
        visit=visit,
        kind=kind,
        subjective="Steadier when turning at home.",
        objective="Single-leg stance left 6 s.",
        assessment="Reactive balance improved.",
        plan="Advance to head turns.",
    )
    ProcedureCodeFactory(code="97112", label="Neuromuscular re-education")
    ProcedureCodeFactory(code="97110", label="Therapeutic exercise")
    log(visit, "97112", 24, goal=goal, details=WHOLE, narrative=NARRATIVE)
    log(visit, "97110", 23, narrative="Sit-to-stand from 45 cm, 3 × 8.")
    return Note.objects.select_related("visit__therapist__user").get(pk=note.pk)


def log(visit: Visit, code: str, minutes: int, **values):
    return charting.record_time(
        visit=visit, code=code, minutes=minutes, by=visit.therapist.user, **values
    )


def with_appointment(note: Note) -> Appointment:
    """Give the visit the appointment it came from, in session."""
    visit = note.visit
    appointment = AppointmentFactory(
        patient=visit.patient,
        therapist=visit.therapist,
        clinic=visit.clinic,
        status=Appointment.Status.IN_SESSION,
    )
    Visit.objects.filter(pk=visit.pk).update(appointment=appointment)
    note.visit.appointment = appointment
    return appointment


def sign(note: Note, *, by=None, **values) -> Note:
    return signing.sign_note(
        note=note, by=by or note.visit.therapist.user, password=PASSWORD, **values
    )
