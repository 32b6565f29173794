"""Ada, who was registered twice, and the owner."""

import datetime as dt
from decimal import Decimal

import pytest

from billing.models import LedgerEntry
from people import intake
from people.models import Role
from people.outbox import queue
from tests.documentation.ready import ready_note, sign
from tests.factories import (
    AppointmentFactory,
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    UserFactory,
    VisitFactory,
    at,
)


@pytest.fixture
def owner():
    return UserFactory(roles=[Role.OWNER])


@pytest.fixture
def two(owner):
    """Ada twice: the second time with a card, an authorization, a case, a signed visit, an open
    visit, an appointment, a posted charge, a message, and another telephone."""
    clinic = ClinicFactory(name="Riverbend")
    kept = PatientFactory(clinic=clinic, mrn="PT001001", preferred_name="Addie")
    other = PatientFactory(
        clinic=clinic,
        mrn="PT001002",
        first_name="Adaeze",
        mobile_phone="+15035550142",
        email="ada@mail.example",
    )
    CoverageFactory(patient=kept, ends_on=dt.date(2025, 12, 31))
    card = CoverageFactory(patient=other, starts_on=dt.date(2026, 1, 1))
    AuthorizationFactory(coverage=card)
    AppointmentFactory(patient=kept, starts_at=at(9))
    AppointmentFactory(patient=other, starts_at=at(11))
    note = ready_note(patient=other)
    sign(note)
    VisitFactory(episode=note.visit.episode, date_of_service=dt.date(2026, 3, 4))
    LedgerEntry.objects.create(
        patient=other, party="patient", kind="charge", amount=Decimal("25.00"), source_key="a"
    )
    LedgerEntry.objects.create(
        patient=kept, party="patient", kind="charge", amount=Decimal("10.00"), source_key="b"
    )
    queue(
        patient=other,
        kind="reminder",
        source_key="reminder:1",
        subject="Your visit",
        body="Tomorrow at 11.",
        by=owner,
    )
    intake.change_patient(patient=other, by=owner, city="Gresham")
    return kept, other
