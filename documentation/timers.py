"""Start and stop the timer of a service: each is an event the server keeps.

Whoever starts one locks the clinician's row first, then the visit: without the first, two tablets
that start two patients at once would both look, both find nobody, and end as a deadlock at the
exclusion constraint. Who stops one needs the visit alone. The same event told twice, as after an
answer that got lost, is the same as once.
"""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from documentation import charting, session_content
from documentation.models import ServiceTimer, Visit
from documentation.rules import timing
from people import audit
from people.models import Therapist, User

CLASH = ("one_on_one_minutes_of_a_clinician_are_of_one_patient",
         "a_patient_has_one_on_one_care_from_one_at_a_time")  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """The timer as it stands now, and the draft's version before and after its minutes were
    written: a page that had the first goes on from the second."""

    timer: ServiceTimer
    built_on: int
    version: int


class TimerRefused(Exception):
    """The timer cannot run like this; the message says why."""


class TimesOverlap(Exception):
    """The clinician's one-on-one minutes of that time are another patient's."""

    def __init__(self, other: ServiceTimer) -> None:
        self.other = other
        super().__init__(other.pk)


@transaction.atomic
def start(
    *,
    visit: Visit,
    entry: uuid.UUID,
    code: str,
    by: User,
    key: uuid.UUID | None = None,
    at: dt.datetime | None = None,
    until: dt.datetime | None = None,
    by_assistant: bool = False,
    minutes_before: int = 0,
) -> Outcome:
    """Start a card's timer, and stop the one that ran in this visit: one hand, one service.

    `at` is when it was pressed, if that was not now; with `until` it has stopped since. Raises
    `AlreadySigned`, `TimerRefused` or `TimesOverlap`.
    """
    at = at or timezone.now()
    clinician = _furnisher(visit, by_assistant=by_assistant)
    # One look at a time per clinician; the constraint alone would let two starters deadlock.
    Therapist.objects.select_for_update(no_key=True).get(pk=clinician.pk)
    visit = charting.lock_unsigned(visit)
    key = key or uuid.uuid4()
    told = ServiceTimer.objects.filter(key=key).first()
    if told is not None:
        if told.visit_id != visit.pk:
            raise TimerRefused("This timer belongs to another visit.")
        return _unchanged(told, visit)
    timer = ServiceTimer(
        visit=visit,
        key=key,
        entry=entry,
        code_id=code,
        furnished_by=clinician,
        one_on_one=_is_one_on_one(code),
        minutes_before=minutes_before,
        started_at=at,
        start_told_at=timezone.now(),
        started_by=by,
    )
    if until is not None:
        _end(timer, at=until, by=by)
    _refuse_other_day(timer)
    changed = {entry}
    if timer.one_on_one:
        changed |= _stop_what_ran(timer, by=by)
        _begin_after_the_last(timer)
        other = _in_the_way(timer)
        if other is not None:
            raise TimesOverlap(other)
    _write(timer)
    audit.record(
        by=by, action="timer.started", patient=visit.patient, target=visit, code=timer.code_id
    )
    return _fill_minutes(timer, visit, changed, by=by)


@transaction.atomic
def stop(*, timer: ServiceTimer, by: User, at: dt.datetime | None = None) -> Outcome:
    """Stop it, now or at the moment it should have been, and write the card's minutes."""
    return _stop(timer, by=by, at=at, discard=False)


@transaction.atomic
def discard(*, timer: ServiceTimer, by: User) -> Outcome:
    """It was started by mistake: it measured nothing. The row stays and says so."""
    return _stop(timer, by=by, at=None, discard=True)


def _stop(timer: ServiceTimer, *, by: User, at: dt.datetime | None, discard: bool) -> Outcome:
    visit = charting.lock_unsigned(timer.visit)
    timer = ServiceTimer.objects.select_for_update(of=("self",)).get(pk=timer.pk)
    if timer.discarded_at is not None or (timer.stopped_at is not None and not discard):
        return _unchanged(timer, visit)  # told before
    at = at or timezone.now()
    if at > timezone.now():
        raise TimerRefused("That moment is still to come.")
    if at < timer.started_at:
        raise TimerRefused("The timer was not running yet at that time.")
    if timer.stopped_at is None:
        _end(timer, at=at, by=by)
    if discard:
        timer.discarded_at = timezone.now()
    timer.save(update_fields=["stopped_at", "stopped_by", "stop_told_at", "discarded_at"])
    audit.record(
        by=by,
        action="timer.discarded" if discard else "timer.stopped",
        patient=visit.patient,
        target=visit,
        code=timer.code_id,
    )
    return _fill_minutes(timer, visit, {timer.entry}, by=by)


def _unchanged(timer: ServiceTimer, visit: Visit) -> Outcome:
    version = session_content.version_of(visit)
    return Outcome(timer, version, version)


def _end(timer: ServiceTimer, *, at: dt.datetime, by: User) -> None:
    timer.stopped_at = max(at, timer.started_at)
    timer.stopped_by, timer.stop_told_at = by, timezone.now()


def _furnisher(visit: Visit, *, by_assistant: bool) -> Therapist:
    if not by_assistant:
        return visit.therapist
    if visit.assistant is None:
        raise TimerRefused("No assistant treats in this visit.")
    return visit.assistant


def _is_one_on_one(code: str) -> bool:
    known = session_content.all_codes().get(code)
    if known is None or not known.is_active:
        raise TimerRefused(f"{code[:10]} is not a code we know.")
    return timing.is_one_on_one(known)


def _refuse_other_day(timer: ServiceTimer) -> None:
    visit = timer.visit
    if timezone.localdate(timer.started_at, visit.clinic.zone) != visit.date_of_service:
        raise TimerRefused("A timer runs on the day of the visit. Write the minutes instead.")


def _stop_what_ran(timer: ServiceTimer, *, by: User) -> set[uuid.UUID]:
    """Stop the visit's own running timers at the start of the next; the cards they were of."""
    running = ServiceTimer.objects.running().filter(visit=timer.visit, one_on_one=True)
    stopped = set()
    for other in running.select_for_update(of=("self",)).order_by("pk"):
        _end(other, at=timer.started_at, by=by)
        other.save(update_fields=["stopped_at", "stopped_by", "stop_told_at"])
        stopped.add(other.entry)
    return stopped


def _begin_after_the_last(timer: ServiceTimer) -> None:
    """A stop and the next start are one press on the tablet and two messages here, each with its
    own delay: seconds that seem to be shared are the first one's."""
    shared = ServiceTimer.objects.kept().filter(
        Q(furnished_by=timer.furnished_by_id) | Q(visit=timer.visit_id),
        one_on_one=True,
        started_at__lte=timer.started_at,
        stopped_at__gt=timer.started_at,
        stopped_at__lte=timer.started_at + timing.DELAY,
    )
    ended = shared.aggregate(last=Max("stopped_at"))["last"]
    if ended is not None:
        timer.started_at = ended
        timer.stopped_at = max(timer.stopped_at, ended) if timer.stopped_at else None


def _in_the_way(timer: ServiceTimer) -> ServiceTimer | None:
    """Another's one-on-one minutes of the same time; of several the earliest."""
    others = ServiceTimer.objects.kept().filter(
        Q(furnished_by=timer.furnished_by_id) | Q(visit=timer.visit_id),
        Q(stopped_at=None) | Q(stopped_at__gt=timer.started_at),
        one_on_one=True,
    )
    if timer.stopped_at is not None:
        others = others.filter(started_at__lt=timer.stopped_at)
    return (
        others.select_related("visit__patient", "visit__clinic", "furnished_by__user")
        .order_by("started_at", "pk")
        .first()
    )


def _write(timer: ServiceTimer) -> None:
    try:
        with transaction.atomic():
            timer.save(force_insert=True)
    except IntegrityError as error:
        # Somebody wrote without our locks; the constraint knew.
        if not any(name in str(error) for name in CLASH):
            raise
        other = _in_the_way(timer)
        if other is None:
            raise
        raise TimesOverlap(other) from None


# --- The card's minutes -------------------------------------------------------------------------


def minutes_of(timers: Iterable[ServiceTimer], *, now: dt.datetime) -> dict[uuid.UUID, int]:
    """What the timers measured, by card."""
    by_entry: dict[uuid.UUID, list[timing.Run]] = defaultdict(list)
    for timer in timers:
        by_entry[timer.entry].append(timer.as_run())
    return {entry: timing.whole_minutes(runs, now=now) for entry, runs in by_entry.items()}


def _fill_minutes(
    timer: ServiceTimer, visit: Visit, entries: set[uuid.UUID], *, by: User
) -> Outcome:
    """Write what has been measured onto the cards, as the page does itself when it is open: who
    closed it finds the minutes all the same."""
    timers = list(ServiceTimer.objects.kept().filter(visit=visit, entry__in=entries))
    running = {timer.entry for timer in timers if timer.is_running}
    measured = {
        str(entry): minutes
        for entry, minutes in minutes_of(timers, now=timezone.now()).items()
        if minutes and entry not in running
    }
    content: dict[str, Any] = copy.deepcopy(session_content.content_of(visit))
    changed = False
    for row in content["entries"]:
        minutes = measured.get(row["key"])
        if minutes is None or row.get("minutes") == minutes:
            continue
        row["minutes"] = minutes
        if "carried" in row:
            row["carried"] = [name for name in row["carried"] if name != "minutes"]
        changed = True
    version = session_content.version_of(visit)
    if changed:
        charting.store(visit, content, by=by)
    return Outcome(timer, version, version + changed)
