"""What can never be booked, whoever asks: patient, therapist, type, room and length are checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from people.models import Clinic, Patient, Therapist
from people.models.staff import Discipline
from scheduling.facts import NotBookable
from scheduling.models import LONGEST, Appointment, AppointmentType, Equipment, Room
from scheduling.slots import Span

EARLIEST_YEAR = 2000
YEARS_AHEAD = 3
REASON_LENGTH = 120


def check(
    *,
    span: Span,
    patient: Patient,
    therapist: Therapist,
    clinic: Clinic,
    appointment_type: AppointmentType,
    room: Room | None,
    equipment: Collection[Equipment] = (),
    is_new: bool = False,
    is_placed_anew: bool = False,
) -> None:
    """Raises `NotBookable` with everything that is wrong at once."""
    problems = {
        "minutes": _length_problem(span),
        "starts_at": _time_problem(span),
        "patient": _patient_problem(patient),
        "therapist": _therapist_problem(therapist, clinic, patient, appointment_type),
        "room": _room_problem(room, clinic, is_new=is_new),
        "equipment": _equipment_problem(equipment, clinic, is_new=is_new),
        "type": "This type is no longer offered."
        if is_new and not appointment_type.is_active
        else "",
        "clinic": f"{clinic} is no longer open." if is_new and not clinic.is_active else "",
    }
    found = {field: sentence for field, sentence in problems.items() if sentence}
    if is_new or is_placed_anew:
        found = _needs(appointment_type, room, equipment) | found
    if found:
        raise NotBookable(found)


def _length_problem(span: Span) -> str:
    if span.ends_at <= span.starts_at:
        return "The end must lie after the start."
    if span.ends_at - span.starts_at > LONGEST:
        return "An appointment is at most 12 hours long."
    return ""


def _time_problem(span: Span) -> str:
    latest = timezone.now() + dt.timedelta(days=365 * YEARS_AHEAD)
    if span.starts_at.year < EARLIEST_YEAR or span.starts_at > latest:
        return "Check the year of this date."
    return ""


def _patient_problem(patient: Patient) -> str:
    if patient.removed_at is not None:
        return "This patient's record has been removed."
    if patient.merged_into_id is not None:
        return "This record has been merged into another: choose that one."
    if patient.deceased_on is not None:
        return "This patient is recorded as deceased."
    return ""


def _therapist_problem(
    therapist: Therapist, clinic: Clinic, patient: Patient, appointment_type: AppointmentType
) -> str:
    user = therapist.user
    if not (therapist.is_active and user.is_active):
        return f"{therapist} no longer works here."
    seen = set(user.visible_clinics().values_list("pk", flat=True))
    if clinic.pk not in seen:
        return f"{therapist} does not work at {clinic}."
    if patient.clinic_id not in seen:
        return f"{therapist} cannot open charts of {patient.clinic}, where this patient belongs."
    if appointment_type.is_evaluation and not therapist.may_evaluate:
        who = "a student assistant" if therapist.is_student else "an assistant"
        return f"An evaluation needs a therapist; {therapist} is {who}."
    if appointment_type.discipline != therapist.discipline:
        needed = Discipline(appointment_type.discipline).label.lower()
        return f"{appointment_type} is {needed}, which {therapist} does not offer."
    return ""


def _room_problem(room: Room | None, clinic: Clinic, *, is_new: bool) -> str:
    if room is None:
        return ""
    if room.clinic_id != clinic.pk:
        return f"{room} is at {room.clinic}, not at {clinic}."
    if is_new and not room.is_active:
        return f"{room} is no longer in use."
    return ""


def _equipment_problem(equipment: Collection[Equipment], clinic: Clinic, *, is_new: bool) -> str:
    for piece in equipment:
        if piece.clinic_id != clinic.pk:
            return f"{piece} is not at {clinic}."
        if is_new and not piece.is_active:
            return f"{piece} is no longer in use."
    return ""


def _needs(
    appointment_type: AppointmentType, room: Room | None, equipment: Collection[Equipment]
) -> dict[str, str]:
    """What the type is never booked without. Asked of new appointments, and whenever somebody
    changes room or equipment: what was booked before the rule may still be moved."""
    problems = {}
    if appointment_type.needs_room and room is None:
        problems["room"] = f"{appointment_type} needs a room."
    has = {piece.kind_id for piece in equipment}
    lacking = [str(kind) for kind in appointment_type.equipment_kinds.all() if kind.pk not in has]
    if lacking:
        problems["equipment"] = f"{appointment_type} needs: {', '.join(lacking)}."
    return problems


def check_day_of_arrival(appointment: Appointment, span: Span) -> None:
    """A patient who is in the house cannot be moved to another day."""
    if appointment.status != Appointment.Status.ARRIVED:
        return
    zone = appointment.clinic.zone
    was, wanted = (
        moment.astimezone(zone).date() for moment in (appointment.starts_at, span.starts_at)
    )
    if was != wanted:
        raise NotBookable({"starts_at": "The patient has arrived. Undo the check-in first."})


def check_has_dawned(appointment: Appointment) -> None:
    zone = appointment.clinic.zone
    day = appointment.starts_at.astimezone(zone).date()
    if timezone.now().astimezone(zone).date() < day:
        raise NotBookable({"status": f"This appointment is on {day:%A, %B} {day.day}, not today."})


def check_arrival(appointment: Appointment, at: dt.datetime) -> None:
    """An arrival lies on the day of the appointment, and not ahead of the clock."""
    zone = appointment.clinic.zone
    day = appointment.starts_at.astimezone(zone).date()
    if at.astimezone(zone).date() != day:
        raise NotBookable({"at": f"The appointment is on {day:%A, %B} {day.day}."})
    if at > timezone.now():
        raise NotBookable({"at": "This time has not come yet."})


def check_has_begun(appointment: Appointment) -> None:
    if timezone.now() < appointment.starts_at:
        raise NotBookable({"status": "This appointment has not begun yet."})


def clean_reason(reason: str) -> str:
    """Why it was called off, in a line."""
    words = " ".join(reason.split())
    if not words:
        raise NotBookable({"reason": "Say why it is cancelled."})
    if len(words) > REASON_LENGTH:
        raise NotBookable({"reason": f"Keep it under {REASON_LENGTH} characters."})
    return words
