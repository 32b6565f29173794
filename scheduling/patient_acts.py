"""What a patient does by the link in a message: confirm, cancel, ask for another time (the
desk's answer is in `time_requests`). Nobody is signed in: the signed address says which
appointment it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import PatientLink, User
from scheduling import booking
from scheduling.models import Appointment, DeskRules, PhoneCall, TimeRequest

Status = Appointment.Status
CHANGEABLE = (Status.BOOKED, Status.CONFIRMED)
BY_LINK = "Cancelled by the patient by link"


class NotYours(Exception):
    """The patient cannot do this by link (any more): over, begun, or too close to the start."""


def appointment_of(link: PatientLink) -> Appointment:
    appointment: Appointment = Appointment.objects.for_day_sheet().get(pk=link.target_id or 0)
    return appointment


def notice_needed(appointment: Appointment) -> dt.timedelta:
    """How long before the start the clinic wants to know; later the patient is asked to call."""
    rules = DeskRules.objects.filter(clinic=appointment.clinic).first()
    hours = (rules or DeskRules(clinic=appointment.clinic)).late_cancel_hours
    return dt.timedelta(hours=hours)


def is_changeable(appointment: Appointment) -> bool:
    return appointment.status in CHANGEABLE and appointment.starts_at > timezone.now()


def may_cancel(appointment: Appointment) -> bool:
    last = appointment.starts_at - notice_needed(appointment)
    return is_changeable(appointment) and timezone.now() < last


@transaction.atomic
def confirm(link: PatientLink) -> Appointment:
    """Twice is once. Raises `NotYours`."""
    appointment = _locked(link)
    if appointment.status == Status.CONFIRMED:
        return appointment
    if not is_changeable(appointment):
        raise NotYours
    return _by_link("confirmed", booking.confirm(appointment, by=None), link)


@transaction.atomic
def cancel(link: PatientLink) -> Appointment:
    """Twice is once. Raises `NotYours`, within the clinic's notice too."""
    appointment = _locked(link)
    if appointment.status == Status.CANCELLED:
        return appointment
    if not may_cancel(appointment):
        raise NotYours
    return _by_link("cancelled", booking.cancel(appointment, reason=BY_LINK, by=None), link)


@transaction.atomic
def ask(
    link: PatientLink, *, weekdays: Sequence[int], windows: Sequence[str], words: str
) -> TimeRequest:
    """A request for another time; a second one takes the place of the first while nobody has
    answered it. Raises `NotYours`."""
    appointment = _locked(link)
    if not is_changeable(appointment):
        raise NotYours
    wishes: dict[str, Any] = {
        "weekdays": sorted(weekdays),
        "windows": list(windows),
        "words": words,
    }
    request, _ = TimeRequest.objects.update_or_create(
        appointment=appointment,
        answered_at=None,
        defaults=wishes | {"made_at": timezone.now()},
    )
    audit.record(
        by=None, action="time.asked_for", patient=appointment.patient, target=request, link=link.pk
    )
    return request


@transaction.atomic
def note_call(*, appointment: Appointment, outcome: str, by: User) -> PhoneCall:
    """The desk has called; who confirms on the telephone is confirmed. Raises `WrongStatus`."""
    if outcome == PhoneCall.Outcome.CONFIRMED:
        booking.confirm(appointment, by=by)
    call = PhoneCall.objects.create(appointment=appointment, outcome=outcome, called_by=by)
    audit.record(
        by=by,
        action="appointment.called",
        patient=appointment.patient,
        target=appointment,
        outcome=outcome,
    )
    return call


def _locked(link: PatientLink) -> Appointment:
    return booking.lock_appointment(appointment_of(link))


def _by_link(act: str, appointment: Appointment, link: PatientLink) -> Appointment:
    audit.record(
        by=None, action=f"appointment.{act}_by_link", patient=appointment.patient, target=link
    )
    return appointment
