"""Who checks in at the kiosk: by birth date and last name, at about the time of the visit."""

import pytest

from people import merging
from people.models import AuditEvent
from scheduling.models import Kiosk, KioskTry
from tests.factories import AppointmentFactory, PatientFactory, at
from tests.scheduling.conftest import therapist_at
from tests.scheduling.kiosk.at_kiosk import (
    BORN,
    NO,
    YES,
    clock_at,
    expected,
    status_of,
    tell,
    whole,
)

pytestmark = pytest.mark.django_db


def test_birth_date_and_last_name_check_in_and_the_audit_says_where(tablet, visit, path):
    answer = tell(tablet, path)

    visit.refresh_from_db()
    assert (answer.status_code, YES in answer.content.decode()) == (200, True)
    assert (visit.status, visit.arrived_at) == ("arrived", at(10, 30))
    arrived = AuditEvent.objects.get(action="appointment.arrived")
    by_kiosk = AuditEvent.objects.get(action="appointment.checked_in_by_kiosk")
    assert (arrived.actor, arrived.target_id) == (None, visit.pk)
    assert (by_kiosk.actor, by_kiosk.patient, by_kiosk.target_id, by_kiosk.detail) == (
        None,
        visit.patient,
        Kiosk.objects.get().pk,
        {"appointment": visit.pk},
    )


def test_the_answer_says_nothing_of_the_patient_or_the_visit(tablet, visit, path):
    told = tell(tablet, path).content.decode()

    for secret in ("Okafor", "Ada", "1958", "Dana", "Follow-up", "11:00"):
        assert secret not in told


@pytest.mark.parametrize(
    ("stands", "typed"),
    [
        ("Okafor", "okafor"),
        ("Müller", "MULLER"),
        ("Núñez-Ibarra", "nunez ibarra"),
        ("de la Cruz", "Delacruz"),
        ("O’Brien", "O'Brien"),
        ("O'Brien", "obrien"),
        ("Ok", " ok "),
    ],
)
def test_names_fit_without_capitals_accents_and_hyphens(tablet, visit, path, stands, typed):
    visit.patient.last_name = stands
    visit.patient.save(update_fields=["last_name"])

    assert YES in tell(tablet, path, last_name=typed).content.decode()


def test_every_yes_is_the_same_answer_too(tablet, desk, visit, path):
    other = PatientFactory(clinic=desk.clinic, last_name="Adams", birth_date=BORN)
    AppointmentFactory(
        patient=other,
        therapist=therapist_at(desk.clinic),
        type=desk.type,
        starts_at=at(10),
        status="confirmed",
    )

    assert whole(tell(tablet, path)) == whole(tell(tablet, path, last_name="Adams"))


def test_of_two_visits_hours_apart_the_one_that_is_due_is_taken(tablet, desk, visit, path):
    later = expected(desk, visit.patient, hour=15)

    assert YES in tell(tablet, path).content.decode()
    assert (status_of(visit), status_of(later)) == ("arrived", "booked")


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(9, 59, NO), (10, 0, YES), (11, 30, YES), (11, 31, NO)],
)
def test_an_hour_before_the_start_it_opens_and_half_an_hour_after_it_closes(
    tablet, visit, path, monkeypatch, hour, minute, said
):
    clock_at(monkeypatch, hour, minute)

    assert said in tell(tablet, path).content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"month": ""}, "Type month, day and year"),
        ({"month": "13"}, "Type month, day and year"),
        ({"month": "2", "day": "30"}, "Type month, day and year"),
        ({"year": "58"}, "Type month, day and year"),
        ({"day": "x"}, "Type month, day and year"),
        ({"day": "123"}, "Type month, day and year"),
        ({"year": "19588"}, "Type month, day and year"),
        ({"year": "9" * 20}, "Type month, day and year"),
        ({"last_name": "  "}, "Type your last name."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_is_no_try(
    tablet, visit, path, changes, told
):
    answer = tell(tablet, path, **changes)

    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert (KioskTry.objects.count(), status_of(visit)) == (0, "booked")


@pytest.mark.parametrize("name", ["%", "_kafor", "' OR 1=1 --", "-", "İ" * 60])
def test_odd_names_are_plain_names_that_fit_nobody(tablet, visit, path, name):
    visit.patient.last_name = "."  # folds to nothing, as "-" does
    visit.patient.save(update_fields=["last_name"])

    assert NO in tell(tablet, path, last_name=name).content.decode()


def test_a_patient_of_a_record_that_was_merged_is_found_by_the_kept_one(tablet, desk, visit, path):
    kept = PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)
    merging.merge(kept=kept, other=visit.patient, take=[], by=desk.user)

    assert YES in tell(tablet, path).content.decode()
