"""What pages show of timers: a visit's own, those that run for a clinician, and why one may not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from documentation import timers
from documentation.models import ServiceTimer, SessionPreferences, Visit
from documentation.rules import timing
from people.models import Clinic, Therapist, User
from web.templatetags.pt import clinic_time, clock


def as_json(visit: Visit, *, user: User) -> dict[str, Any]:
    """The visit's timers for its page. Instants travel in milliseconds together with the server's
    own `now`, so that a tablet whose clock is wrong shows the right minutes."""
    rows = list(ServiceTimer.objects.kept().filter(visit=visit))
    now = timezone.now()
    return {
        "now": _milliseconds(now),
        "forgotten_after": SessionPreferences.of(user).timer_forgotten_after,
        "timers": [
            {
                "key": str(timer.key),
                "entry": str(timer.entry),
                "code": timer.code_id,
                "one_on_one": timer.one_on_one,
                "started": _milliseconds(timer.started_at),
                "stopped": _milliseconds(timer.stopped_at) if timer.stopped_at else None,
                "before": timer.minutes_before,
                "stop_url": reverse("documentation:timer-stop", args=[timer.pk]),
                "ran": span_in_words(timer, visit.clinic),
            }
            for timer in rows
        ],
        "minutes": {
            str(entry): minutes for entry, minutes in timers.minutes_of(rows, now=now).items()
        },
    }


def _milliseconds(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


def span_in_words(timer: ServiceTimer, clinic: Clinic) -> str:
    """9:05 am to 9:20 am; or since 9:05 am."""
    started = clock(clinic_time(timer.started_at, clinic))
    if timer.stopped_at is None:
        return f"since {started}"
    return f"{started} to {clock(clinic_time(timer.stopped_at, clinic))}"


# --- Those that run -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """A timer that runs, and whether it looks forgotten."""

    timer: ServiceTimer
    minutes: int
    is_forgotten: bool

    @property
    def visit(self) -> Visit:
        return self.timer.visit

    @property
    def started(self) -> str:
        return clock(clinic_time(self.timer.started_at, self.visit.clinic))

    @property
    def is_of_an_earlier_day(self) -> bool:
        return self.visit.date_of_service < timezone.localdate(timezone=self.visit.clinic.zone)


def running_for(user: User, therapist: Therapist | None) -> list[Running]:
    """The timers that run for a clinician, or for everybody `user` may see; the oldest first."""
    running = ServiceTimer.objects.visible_to(user).running()
    if therapist is not None:
        running = running.filter(
            Q(furnished_by=therapist)
            | Q(visit__therapist=therapist)
            | Q(visit__assistant=therapist)
        )
    rows = running.select_related(
        "code", "visit__patient", "visit__clinic", "furnished_by__user"
    ).order_by("started_at", "pk")
    now = timezone.now()
    after = SessionPreferences.of(user).timer_forgotten_after if rows else 0
    return [_running(timer, now=now, after=after) for timer in rows]


def elsewhere(visit: Visit, *, user: User) -> list[Running]:
    """Those that run for the visit's clinicians with somebody else: none of theirs can start
    here."""
    own = [visit.therapist_id, visit.assistant_id]
    return [
        row
        for row in running_for(user, None)
        if row.timer.furnished_by_id in own and row.timer.visit_id != visit.pk
    ]


def _running(timer: ServiceTimer, *, now: dt.datetime, after: int) -> Running:
    run = timer.as_run()
    return Running(
        timer=timer,
        minutes=timing.whole_minutes([timing.Run(run.started_at)], now=now),
        is_forgotten=timing.seems_forgotten(run, now=now, after_minutes=after),
    )


# --- Why not ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overlap:
    """Whose time it is already, as this person may know it."""

    sentence: str
    url: str
    group_code: str


def overlap_in_words(other: ServiceTimer, *, visit: Visit, by: User) -> Overlap:
    """Names the other time; the other patient only to who may see that patient."""
    may_see = Visit.objects.visible_to(by).filter(pk=other.visit_id).exists()
    patient = other.visit.patient.full_name if may_see else "another patient"
    whose = "Your" if other.furnished_by.user_id == by.pk else f"{other.furnished_by}’s"
    ran = span_in_words(other, other.visit.clinic)
    runs = "have been running" if other.is_running else "ran from"
    group = timing.GROUP_CODES[visit.therapist.discipline]
    ends = "Stop that timer first" if other.is_running else "Write this service's own minutes"
    return Overlap(
        sentence=(
            f"{whose} one-on-one minutes with {patient} ({other.code_id}) {runs} {ran}, and nobody "
            f"gives two patients one-on-one care at once. {ends}, or log what both did together "
            f"as a group, {group}."
        ),
        url=other.visit.get_absolute_url() if may_see else "",
        group_code=group,
    )
