"""What the desk does about a patient's wish for another time: find one, move, decline.

Moving the appointment is the answer: it closes the open request. Whatever was agreed otherwise is
written down, and a refusal reaches the patient as a message.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from people import audit, outbox
from people.models import Message, User
from scheduling import finder, finding, free_time, reminders, telling
from scheduling.finder import EVERY_DAY, Wanted
from scheduling.free_time import Needs
from scheduling.models import Appointment, TimeRequest

MOVED = "Moved"
KIND = f"{reminders.KIND}time_declined"
DAYS_AHEAD = 28
MOST_SHOWN = 8
SUBJECT = "About the time of your appointment"

NOON, FIVE = dt.time(12), dt.time(17)
WINDOWS: dict[str, tuple[dt.time | None, dt.time | None]] = {
    TimeRequest.Window.MORNING: (None, NOON),
    TimeRequest.Window.MIDDAY: (dt.time(11), dt.time(14)),
    TimeRequest.Window.AFTERNOON: (NOON, FIVE),
    TimeRequest.Window.EVENING: (FIVE, None),
}


def open_request_of(appointment: Appointment) -> TimeRequest | None:
    return TimeRequest.objects.filter(appointment=appointment, answered_at=None).first()


def close_moved(appointment: Appointment, *, by: User) -> None:
    """Called by whoever has moved the appointment and holds its row: a wish for another time is
    answered by it."""
    request = (
        TimeRequest.objects.select_for_update(of=("self",), no_key=True)
        .filter(appointment=appointment, answered_at=None)
        .first()
    )
    if request is not None:
        _close(request, answer=MOVED, by=by)


@transaction.atomic
def answer(*, request: TimeRequest, answer: str, by: User) -> TimeRequest:
    """The desk has dealt with it. Of two at once the first one's answer stands."""
    request = _lock(request)
    if request.answered_at is None:
        _close(request, answer=answer, by=by)
    return request


@transaction.atomic
def decline(*, request: TimeRequest, words: str, by: User) -> TimeRequest:
    """No other time can be had: the patient reads so, in the desk's words, and the appointment
    stands. Of two at once the first one's answer stands, and only that is written."""
    request = _lock(request)
    if request.answered_at is None:
        _close(request, answer=words, by=by)
        _tell(request, words, by=by)
    return request


def message_of(request: TimeRequest) -> Message | None:
    """What the patient was written when it was declined."""
    return Message.objects.filter(source_key=_key(request)).first()


def keys_of(appointment: Appointment) -> list[str]:
    """Under which keys refusals about this appointment stand in the outbox."""
    return [_key(row) for row in TimeRequest.objects.filter(appointment=appointment)]


def free_times(request: TimeRequest) -> list[dt.datetime]:
    """The next times that fit the wish and are free for the therapist, the patient and what the
    visit needs; the appointment's own place counts as free. One search, however many windows."""
    row = request.appointment
    wanted = Wanted(
        minutes=row.minutes,
        buffer_minutes=row.type.buffer_minutes,
        weekdays=frozenset(request.weekdays) or EVERY_DAY,
        not_before=timezone.now(),
    )
    needs = Needs(
        clinics=(row.clinic,),
        appointment_type=row.type,
        therapists=(row.therapist,),
        patient=row.patient,
        room=row.room,
    )
    first = timezone.now().astimezone(row.clinic.zone).date()
    starts_at, ends_at = finding.bounds(needs, first, first + dt.timedelta(days=DAYS_AHEAD))
    loaded = free_time.load(needs, wanted, first=starts_at, last=ends_at, but=(row.pk,))
    found: set[dt.datetime] = set()
    for window in request.windows or [""]:
        since, until = WINDOWS.get(window, (None, None))
        search = replace(loaded.search, wanted=replace(wanted, from_time=since, to_time=until))
        for day in finder.free_days(search, first, days=DAYS_AHEAD, enough=MOST_SHOWN):
            openings = finder.spaced(day.openings, minutes=row.minutes)
            found.update(opening.starts_at for opening in openings)
    return sorted(found - {row.starts_at})[:MOST_SHOWN]


def _lock(request: TimeRequest) -> TimeRequest:
    return (
        TimeRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "appointment__patient", "appointment__clinic", "appointment__therapist__user"
        )
        .get(pk=request.pk)
    )


def _close(request: TimeRequest, *, answer: str, by: User) -> None:
    request.answered_at, request.answered_by, request.answer = timezone.now(), by, answer
    request.save(update_fields=["answered_at", "answered_by", "answer"])
    audit.record(by=by, action="time.answered", patient=request.appointment.patient, target=request)


def _tell(request: TimeRequest, words: str, *, by: User) -> None:
    row = request.appointment
    facts: dict[str, Any] = reminders.facts_of(row)
    body = (
        f"{facts['first_name']}, about your wish for another time than {facts['day']} at "
        f"{facts['time']}: {words}\n"
        f"Your appointment stands as it is. Questions? Call {facts['clinic']}, "
        f"{facts['clinic_phone']}. {facts['link']}"
    )
    quiet = reminders.quiet_of(reminders.rules_of(row.clinic))
    outbox.queue(
        patient=row.patient,
        kind=KIND,
        source_key=_key(request),
        subject=SUBJECT,
        body=body,
        by=by,
        not_before=telling.send_at(timezone.now(), starts_at=row.starts_at, quiet=quiet),
        not_after=row.starts_at,
    )


def _key(request: TimeRequest) -> str:
    return f"time-request:{request.pk}:declined"
