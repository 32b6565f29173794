"""Opening a visit: one per appointment, on the clinic's day, under the right name."""

import datetime as dt

import pytest
from django.utils import timezone

from documentation import charting
from documentation.models import Note, Visit
from people.models import AuditEvent
from scheduling.facts import NotBookable
from scheduling.models import Appointment
from tests.factories import (
    PORTLAND,
    AppointmentFactory,
    AppointmentTypeFactory,
    AssistantFactory,
    ClinicFactory,
    EpisodeFactory,
    PatientFactory,
    TherapistFactory,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db


def sign(visit):
    """As signing leaves it; what it checks on the way is tested with it."""
    Note.objects.filter(visit=visit).update(
        signed_at=timezone.now(), signed_by=visit.therapist.user, content_sha256="0" * 64
    )


def test_a_visit_opens_on_the_clinics_day_with_its_therapist_and_an_empty_note():
    appointment = AppointmentFactory(
        starts_at=at(23, 30), ends_at=at(23, 59)
    )  # 07:30 of the next day in UTC
    by = appointment.therapist.user

    visit = charting.open_visit(appointment=appointment, by=by)

    appointment.refresh_from_db()
    assert (
        visit.patient,
        visit.clinic,
        visit.therapist,
        visit.assistant,
        visit.date_of_service,
        visit.opened_by,
    ) == (
        appointment.patient,
        appointment.clinic,
        appointment.therapist,
        None,
        dt.date(2026, 3, 2),
        by,
    )
    assert (visit.note.kind, visit.note.signed_at) == (Note.Kind.DAILY, None)
    assert appointment.status == Appointment.Status.IN_SESSION


def test_the_place_of_service_is_the_clinics():
    clinic = ClinicFactory(place_of_service="12")
    appointment = AppointmentFactory(patient__clinic=clinic)

    visit = charting.open_visit(appointment=appointment, by=appointment.therapist.user)

    assert visit.place_of_service == "12"


def test_opening_twice_gives_the_same_visit_and_one_line_in_the_audit():
    appointment = AppointmentFactory()

    first = charting.open_visit(appointment=appointment, by=appointment.therapist.user)
    second = charting.open_visit(appointment=appointment, by=UserFactory())

    assert (first, Visit.objects.count(), Note.objects.count()) == (second, 1, 1)
    assert AuditEvent.objects.filter(action="visit.opened").count() == 1


def test_an_evaluation_opens_an_evaluation_note():
    appointment = AppointmentFactory(type=AppointmentTypeFactory(is_evaluation=True))

    visit = charting.open_visit(appointment=appointment, by=appointment.therapist.user)

    assert visit.note.kind == Note.Kind.EVALUATION


def test_an_assistants_visit_belongs_to_the_supervisor():
    assistant = AssistantFactory()
    appointment = AppointmentFactory(therapist=assistant)

    visit = charting.open_visit(appointment=appointment, by=assistant.user)

    assert (visit.therapist, visit.assistant) == (assistant.supervisor, assistant)


def test_an_assistant_without_a_supervisor_opens_nothing():
    appointment = AppointmentFactory(therapist=AssistantFactory(supervisor=None))

    with pytest.raises(charting.NotTreatable, match="no supervising therapist on file"):
        charting.open_visit(appointment=appointment, by=appointment.therapist.user)

    assert (Visit.objects.count(), Note.objects.count()) == (0, 0)


@pytest.mark.parametrize("status", [Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW])
def test_an_appointment_that_does_not_take_place_has_no_visit(status):
    appointment = AppointmentFactory(status=status)

    with pytest.raises(charting.NotTreatable):
        charting.open_visit(appointment=appointment, by=appointment.therapist.user)


def test_a_visit_is_not_opened_before_its_day():
    tomorrow = timezone.now().astimezone(PORTLAND).date() + dt.timedelta(days=1)
    appointment = AppointmentFactory(starts_at=at(9, day=tomorrow))

    with pytest.raises(NotBookable):
        charting.open_visit(appointment=appointment, by=appointment.therapist.user)

    assert Visit.objects.count() == 0


def test_an_appointment_completed_without_a_visit_can_still_be_documented():
    appointment = AppointmentFactory(status=Appointment.Status.COMPLETED)

    visit = charting.open_visit(appointment=appointment, by=appointment.therapist.user)

    appointment.refresh_from_db()
    assert (visit.appointment, appointment.status) == (appointment, Appointment.Status.COMPLETED)


def test_a_visit_hangs_on_the_newest_running_case_of_its_discipline():
    patient = PatientFactory()
    EpisodeFactory(patient=patient, started_on=dt.date(2026, 1, 5))
    running = EpisodeFactory(patient=patient, started_on=dt.date(2026, 2, 10))
    EpisodeFactory(patient=patient, started_on=dt.date(2026, 2, 12), discipline="OT")
    EpisodeFactory(
        patient=patient,
        started_on=dt.date(2026, 2, 20),
        discharged_on=dt.date(2026, 3, 1),
    )
    EpisodeFactory(patient=patient, started_on=dt.date(2026, 3, 3))
    EpisodeFactory(started_on=dt.date(2026, 3, 2))  # another patient's

    appointment = AppointmentFactory(patient=patient)
    visit = charting.open_visit(appointment=appointment, by=appointment.therapist.user)

    assert visit.episode == running


def test_a_walk_in_is_of_today_and_found_again_until_it_is_signed():
    therapist = TherapistFactory()
    patient = PatientFactory()

    first = charting.open_walk_in(patient=patient, by=therapist.user)
    again = charting.open_walk_in(patient=patient, by=therapist.user)
    sign(first)
    next_one = charting.open_walk_in(patient=patient, by=therapist.user)

    today = timezone.now().astimezone(PORTLAND).date()
    assert (first.appointment, first.therapist, first.date_of_service) == (None, therapist, today)
    assert again == first
    assert next_one != first


def test_who_is_no_clinician_says_who_treats():
    owner, patient, therapist = UserFactory(), PatientFactory(), TherapistFactory()

    with pytest.raises(charting.NotTreatable, match="Choose who treats"):
        charting.open_walk_in(patient=patient, by=owner)
    visit = charting.open_walk_in(patient=patient, by=owner, therapist=therapist)

    assert (visit.therapist, visit.opened_by) == (therapist, owner)


def test_no_visit_opens_for_a_removed_patient():
    appointment = AppointmentFactory(patient__removed_at=timezone.now(), status="completed")

    with pytest.raises(charting.NotTreatable, match="was removed"):
        charting.open_visit(appointment=appointment, by=appointment.therapist.user)
