"""Half past nine on the day of a visit, and another patient beside it."""

import pytest
from django.utils import timezone

from tests.factories import EpisodeFactory, NoteFactory, PatientFactory, VisitFactory, at


@pytest.fixture
def today(visit, monkeypatch):
    """It is half past nine on the day of the visit."""
    monkeypatch.setattr(timezone, "now", lambda: at(9, 30))
    return visit


@pytest.fixture
def beside(today, therapist):
    """Another patient's visit with the same therapist."""
    other = VisitFactory(
        episode=EpisodeFactory(
            patient=PatientFactory(
                clinic=today.clinic, first_name="Iris", middle_name="", last_name="Vance"
            ),
            therapist=therapist,
        )
    )
    NoteFactory(visit=other)
    return other
