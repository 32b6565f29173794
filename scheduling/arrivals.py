"""A patient arrives: checked in at a time the desk may set back, and what the page shows of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from people import audit, consents
from people.consents import Asked
from people.models import User
from scheduling import booking, budget, counter, fitness
from scheduling.booking import day_of
from scheduling.fee_rules import minutes_late
from scheduling.locking import lock_appointment
from scheduling.models import Appointment

Status = Appointment.Status


@transaction.atomic
def arrive(appointment: Appointment, *, by: User, at: dt.datetime | None = None) -> Appointment:
    """Check in now or at an earlier time of the same day; for who is here, mend the time.
    Raises `NotBookable` for a time of another day or still to come."""
    appointment = lock_appointment(appointment)
    if at is not None:
        fitness.check_arrival(appointment, at)
    if appointment.status not in (Status.ARRIVED, Status.IN_SESSION, Status.COMPLETED):
        appointment = booking.check_in(appointment, by=by)
    if at is not None and at != appointment.arrived_at:
        appointment.arrived_at = at
        appointment.version += 1
        appointment.save(update_fields=["arrived_at", "version"])
        audit.record(
            by=by,
            action="appointment.arrival_mended",
            patient=appointment.patient,
            target=appointment,
        )
    return appointment


def standing_of(appointment: Appointment) -> dict[str, Any]:
    """Everything the check-in page shows, and what is still to be done."""
    day = day_of(appointment)
    patient = appointment.patient
    cards = counter.cards_of(appointment)
    asked = consents_for(appointment)
    copay = counter.copay_of(appointment, cards)
    details_seen = patient.verified_on is not None and patient.verified_on >= day
    unseen = [card for card in cards if card.verified_on is None or card.verified_on < day]
    return {
        "day": day,
        "cards": cards,
        "unseen": unseen,
        "details_seen": details_seen,
        "all_verified": details_seen and not unseen,
        "consents_due": [item for item in asked if item.is_due],
        "consents_done": [item for item in asked if item.last is not None and not item.is_due],
        "copay": copay,
        "payments": list(
            appointment.desk_payments.select_related("taken_by", "reversed_by").order_by("pk")
        ),
        "budget": budget.budget_of(appointment.authorization)
        if appointment.authorization is not None
        else None,
        "minutes_late": _minutes_late(appointment, day),
    }


def consents_for(appointment: Appointment) -> list[Asked]:
    """The practice's forms as they stand on the day of the visit."""
    evaluation = (
        Appointment.objects.live()
        .filter(
            patient=appointment.patient_id,
            type__is_evaluation=True,
            starts_at__lte=appointment.starts_at,
        )
        .select_related("clinic")
        .order_by("-starts_at")
        .first()
    )
    return consents.asked_of(
        appointment.patient,
        on=day_of(appointment),
        case_began_on=day_of(evaluation) if evaluation is not None else None,
    )


def _minutes_late(appointment: Appointment, day: dt.date) -> int:
    if appointment.arrived_at is not None:
        return minutes_late(appointment.starts_at, appointment.arrived_at)
    now = timezone.now()
    is_today = now.astimezone(appointment.clinic.zone).date() == day
    return minutes_late(appointment.starts_at, now) if is_today else 0
