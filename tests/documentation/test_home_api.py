"""Home programs over the API: read, and never written."""

import pytest
from django.utils import timezone

from documentation import home_programs
from documentation.models import HomeAnswer
from people.models import AuditEvent, Role
from tests.factories import ClinicFactory, HomeProgramItemFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
HERE = "/api/v1/home-programs/"


@pytest.fixture
def therapist():
    return UserFactory(roles=[Role.THERAPIST], clinics=[ClinicFactory()])


@pytest.fixture
def program(therapist):
    patient = PatientFactory(clinic=therapist.clinics.get())
    item = HomeProgramItemFactory(program__patient=patient)
    return home_programs.give(program=item.program, by=therapist)


def test_a_program_is_read_with_how_it_goes(api_as, therapist, program):
    today = timezone.localdate(timezone=program.patient.clinic.zone)
    HomeAnswer.objects.create(item=program.items.get(), day=today, done=True, pain=2)

    answer = api_as(therapist).get(f"{HERE}{program.pk}/").json()

    assert answer["items"][0]["dose"] == "3 sets of 10, once a day, every day"
    assert (answer["days_done"], answer["days_shown"], answer["percent"]) == (1, 1, 100)
    assert AuditEvent.objects.filter(action="home_program.viewed").count() == 1


def test_the_list_is_narrowed_to_a_patient_and_to_ones_clinics(api_as, therapist, program):
    elsewhere = HomeProgramItemFactory().program
    api = api_as(therapist)

    assert [row["id"] for row in api.get(HERE).json()["results"]] == [program.pk]
    of_other = api.get(HERE, {"patient": elsewhere.patient_id}).json()
    assert of_other["results"] == []
    assert api.get(f"{HERE}{elsewhere.pk}/").status_code == 404


def test_nothing_is_written_here(api_as, therapist, program):
    assert api_as(therapist).post(HERE, {}).status_code == 405
    assert api_as(therapist).delete(f"{HERE}{program.pk}/").status_code == 405
