"""A desk whose therapist works all week."""

import pytest

from tests.factories import WeeklyHoursFactory


@pytest.fixture
def desk(desk):
    """The desk, with a therapist who works all week."""
    for weekday in range(1, 5):
        WeeklyHoursFactory(therapist=desk.therapist, clinic=desk.clinic, weekday=weekday)
    return desk
