"""A therapist with a visit that is open, and a browser in which they are signed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from documentation.models import Visit
from people.models import Clinic, Therapist
from tests.factories import (
    ClinicFactory,
    NoteFactory,
    ProcedureCodeFactory,
    TherapistFactory,
    VisitFactory,
)


@pytest.fixture
def codes(db: None) -> None:
    ProcedureCodeFactory(code="97110")
    ProcedureCodeFactory(code="97112", label="Neuromuscular re-education")


@pytest.fixture
def clinic(db: None) -> Clinic:
    return ClinicFactory()


@pytest.fixture
def therapist(clinic: Clinic) -> Therapist:
    return TherapistFactory(user__clinics=[clinic])


@pytest.fixture
def visit(clinic: Clinic, therapist: Therapist) -> Visit:
    visit = VisitFactory(episode__patient__clinic=clinic, episode__therapist=therapist)
    NoteFactory(visit=visit)
    return visit


@pytest.fixture
def page(client: Client, therapist: Therapist) -> Any:
    client.force_login(therapist.user)
    return client
