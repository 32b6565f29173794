"""Taking patients in: MRNs, what is written down, cards and authorisations."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404

from people import intake
from people.access import open_patient
from people.models import AuditEvent, Authorization, Coverage, Patient, Payer, Role
from tests.factories import (
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    PayerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return UserFactory(clinics=[ClinicFactory()])


def register(desk, **values) -> Patient:
    wanted = {
        "clinic": desk.clinics.get(),
        "first_name": "Ada",
        "last_name": "Okafor",
        "birth_date": dt.date(1958, 3, 12),
        "sex": "F",
    } | values
    return intake.register_patient(by=desk, **wanted)


def audit_lines() -> list[tuple]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "target_type", "detail"))


def test_each_patient_gets_the_next_mrn(desk):
    first, second = register(desk), register(desk)

    number = int(first.mrn.removeprefix("PT"))
    assert first.mrn == f"PT{number:06d}"
    assert second.mrn == f"PT{number + 1:06d}"
    assert number >= 1001


def test_registering_is_written_down_without_what_was_written(desk):
    register(desk)

    assert audit_lines() == [("patient.registered", "people.patient", {})]


def test_an_accent_typed_as_two_characters_is_stored_as_one(desk):
    patient = register(desk, first_name="Jose\u0301", last_name="Nun\u0303ez 🙂")

    patient.refresh_from_db()
    assert (patient.first_name, patient.last_name) == ("José", "Nuñez 🙂")


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"last_name": ""}, {"last_name"}),
        ({"last_name": "x" * 61}, {"last_name"}),
        ({"birth_date": dt.date(3000, 1, 1)}, {"birth_date"}),
        ({"birth_date": dt.date(1889, 12, 31)}, {"birth_date"}),
        ({"sex": "X"}, {"sex"}),
        ({"mobile_phone": "12"}, {"mobile_phone"}),
        ({"mobile_phone": "503 555 0142 x5"}, {"mobile_phone"}),
        ({"postal_code": "9720"}, {"postal_code"}),
        ({"deceased_on": dt.date(1958, 3, 11)}, {"deceased_on"}),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_written(desk, values, problems):
    with pytest.raises(ValidationError) as refusal:
        register(desk, **values)

    assert set(refusal.value.message_dict) >= problems
    assert Patient.objects.count() == 0
    assert AuditEvent.objects.count() == 0


def test_a_change_is_written_down_by_the_names_of_its_fields(desk):
    patient = register(desk, email="old@example.com")

    intake.change_patient(
        patient=patient, by=desk, email="new@example.com", last_name="Okafor", city="Salem"
    )

    assert audit_lines()[1:] == [
        ("patient.changed", "people.patient", {"fields": ["city", "email"]})
    ]
    patient.refresh_from_db()
    assert (patient.email, patient.city) == ("new@example.com", "Salem")


def test_a_change_that_changes_nothing_writes_nothing(desk):
    patient = register(desk)

    intake.change_patient(patient=patient, by=desk, last_name="Okafor")

    assert [line[0] for line in audit_lines()] == ["patient.registered"]


def test_two_desks_on_two_fields_do_not_undo_each_other(desk):
    patient = register(desk)
    as_the_other_sees_it = Patient.objects.get(pk=patient.pk)

    intake.change_patient(patient=patient, by=desk, city="Salem")
    intake.change_patient(patient=as_the_other_sees_it, by=desk, email="ada@example.com")

    patient.refresh_from_db()
    assert (patient.city, patient.email) == ("Salem", "ada@example.com")


def test_a_removed_patient_is_not_found_and_can_be_put_back(desk):
    patient = register(desk)

    intake.remove_patient(patient=patient, by=desk)
    intake.remove_patient(patient=patient, by=desk)

    with pytest.raises(Http404):
        open_patient(patient.pk, by=desk)
    assert list(Patient.objects.visible_to(desk)) == []

    intake.restore_patient(patient=patient, by=desk)

    assert open_patient(patient.pk, by=desk) == patient
    assert [line[0] for line in audit_lines()] == [
        "patient.registered",
        "patient.removed",
        "patient.restored",
        "patient.viewed",
    ]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.ASSISTANT])
def test_another_clinics_patient_is_not_found(role):
    person = UserFactory(roles=[role], clinics=[ClinicFactory()])
    patient = PatientFactory()

    with pytest.raises(Http404):
        open_patient(patient.pk, by=person)

    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLER, Role.AUDITOR])
def test_owner_biller_and_auditor_see_every_clinic(role):
    person = UserFactory(roles=[role])

    assert open_patient(PatientFactory().pk, by=person) is not None


# --- Cards -------------------------------------------------------------------------------------


def add_card(desk, patient, **values) -> Coverage:
    wanted = {
        "payer": values.pop("payer", None) or PayerFactory(),
        "member_id": "W123456789",
        "starts_on": dt.date(2026, 1, 1),
    } | values
    return intake.add_coverage(patient=patient, by=desk, **wanted)


def test_a_card_is_written_down(desk):
    patient = PatientFactory()

    card = add_card(desk, patient)

    assert patient.coverages.get() == card
    assert audit_lines() == [("coverage.added", "people.coverage", {})]


def test_two_cards_cannot_hold_the_same_place_on_the_same_day(desk):
    patient = PatientFactory()
    add_card(desk, patient, ends_on=dt.date(2026, 6, 30))

    with pytest.raises(ValidationError, match="already has this place"):
        add_card(desk, patient, starts_on=dt.date(2026, 6, 30))
    add_card(desk, patient, starts_on=dt.date(2026, 7, 1))
    add_card(desk, patient, starts_on=dt.date(2026, 6, 30), priority=2)

    assert list(patient.coverages.values_list("priority", "starts_on")) == [
        (1, dt.date(2026, 7, 1)),
        (1, dt.date(2026, 1, 1)),
        (2, dt.date(2026, 6, 30)),
    ]


def test_moving_a_card_into_a_taken_place_is_refused(desk):
    patient = PatientFactory()
    add_card(desk, patient)
    second = add_card(desk, patient, priority=2)

    with pytest.raises(ValidationError, match="already has this place"):
        intake.change_coverage(coverage=second, by=desk, priority=1)

    second.refresh_from_db()
    assert second.priority == 2


def test_a_card_of_somebody_elses_policy_names_the_subscriber(desk):
    with pytest.raises(ValidationError) as refusal:
        add_card(desk, PatientFactory(), relation="01")

    assert set(refusal.value.message_dict) == {
        "subscriber_birth_date",
        "subscriber_first_name",
        "subscriber_last_name",
    }


def test_a_patient_who_becomes_the_subscriber_has_no_other(desk):
    card = CoverageFactory(
        relation="01",
        subscriber_first_name="Ben",
        subscriber_last_name="Okafor",
        subscriber_birth_date=dt.date(1955, 1, 1),
        subscriber_state="OR",
    )

    card = intake.change_coverage(coverage=card, by=desk, relation="18")

    assert (
        card.subscriber_first_name,
        card.subscriber_last_name,
        card.subscriber_birth_date,
        card.subscriber_state,
    ) == ("", "", None, "")


def of_an_employee(desk, **fields):
    payer = PayerFactory(kind=Payer.Kind.WORKERS_COMP)
    wanted = {"relation": "20", "subscriber_employer": "Sellwood Millwork"} | fields
    return add_card(desk, PatientFactory(), **{"payer": payer} | wanted)


def test_an_employees_card_names_the_employer_and_nobody_else(desk):
    card = of_an_employee(desk, subscriber_last_name="Okafor", subscriber_city="Salem")

    assert (card.relation, card.subscriber_employer) == ("20", "Sellwood Millwork")
    assert (card.subscriber_last_name, card.subscriber_city) == ("", "Salem")


def test_an_employees_card_without_the_employer_is_refused(desk):
    with pytest.raises(ValidationError) as refusal:
        of_an_employee(desk, subscriber_employer="")

    assert refusal.value.message_dict == {
        "subscriber_employer": ["Which employer? The claim is billed under its name."]
    }


def test_the_database_refuses_an_employees_card_without_the_employer(desk):
    card = of_an_employee(desk)

    with pytest.raises(IntegrityError, match="coverage_of_an_employee_names_the_employer"):
        Coverage.objects.filter(pk=card.pk).update(subscriber_employer="")


def test_only_workers_compensation_insures_an_employer(desk):
    with pytest.raises(ValidationError) as refusal:
        of_an_employee(desk, payer=PayerFactory(kind=Payer.Kind.COMMERCIAL))

    assert refusal.value.message_dict == {
        "relation": ["Only workers' compensation insures the employer: who holds this policy?"]
    }


def test_the_employer_goes_when_a_person_holds_the_policy(desk):
    card = of_an_employee(desk)

    card = intake.change_coverage(
        coverage=card,
        by=desk,
        relation="01",
        subscriber_first_name="Ben",
        subscriber_last_name="Okafor",
        subscriber_birth_date=dt.date(1955, 1, 1),
    )

    assert (card.subscriber_employer, card.subscriber_last_name) == ("", "Okafor")


@pytest.mark.parametrize("percent", ["-1", "100.01"])
def test_coinsurance_lies_between_nothing_and_all(desk, percent):
    with pytest.raises(ValidationError) as refusal:
        add_card(desk, PatientFactory(), coinsurance_percent=percent)

    assert set(refusal.value.message_dict) == {"coinsurance_percent"}


def test_an_authorisation_is_written_down_and_its_changes_too(desk):
    card = CoverageFactory()

    made = intake.add_authorization(
        coverage=card,
        by=desk,
        number="A-1",
        visits_approved=12,
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2026, 12, 31),
    )
    intake.change_authorization(authorization=made, by=desk, visits_approved=20, codes=["97112"])

    assert audit_lines() == [
        ("authorization.added", "people.authorization", {}),
        (
            "authorization.changed",
            "people.authorization",
            {"fields": ["codes", "visits_approved"]},
        ),
    ]
    assert AuditEvent.objects.first().patient == card.patient


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"visits_approved": None}, "visits_approved"),
        ({"ends_on": dt.date(2025, 1, 1)}, "ends_on"),
        ({"codes": ["9711"]}, "codes"),
        ({"visits_approved": 0}, "visits_approved"),
    ],
)
def test_an_authorisation_that_cannot_be_is_refused(desk, values, problem):
    made = AuthorizationFactory()

    with pytest.raises(ValidationError) as refusal:
        intake.change_authorization(authorization=made, by=desk, **values)

    assert problem in refusal.value.message_dict
    assert Authorization.objects.get().visits_approved == 12
