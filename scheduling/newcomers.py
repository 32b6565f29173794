"""Take somebody new on the way to a booking: registered and booked in one act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from people import intake
from people.models import Clinic, User
from scheduling import booking
from scheduling.models import Appointment


@transaction.atomic
def register_and_book(
    *, newcomer: Mapping[str, Any], clinic: Clinic, by: User, **asked: Any
) -> Appointment:
    """Both or neither: a refused booking leaves no patient behind whom the next call registers a
    second time; what was typed stands on the form, and the next free time takes it along.

    Raises what `intake.register_patient` and `booking.book` raise.
    """
    patient = intake.register_patient(by=by, clinic=clinic, **newcomer)
    return booking.book(patient=patient, clinic=clinic, by=by, **asked)
