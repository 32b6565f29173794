"""How many minutes did the timers of a service measure, and which of them run on unnoticed?

A run is one start and its stop. Whole minutes are what has been completed: 14 minutes and 59
seconds are 14, so that no timer bills a minute nobody gave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from documentation.rules.session import Code

# A group's minutes are nobody's one-on-one minutes: two patients may share them.
GROUP_CODES = {"PT": "97150", "OT": "97150", "SLP": "92508"}
GROUPS = frozenset({*GROUP_CODES.values(), "97552"})  # 97552: caregivers of several patients
DELAY = dt.timedelta(seconds=10)  # how far apart two messages of one press may arrive
OLDEST = dt.timedelta(hours=24)  # an event kept on a device for longer is written by hand


@dataclass(frozen=True)
class Run:
    """`minutes_before` is what stood on the card beyond what earlier runs had measured."""

    started_at: dt.datetime
    stopped_at: dt.datetime | None = None
    minutes_before: int = 0

    def length(self, now: dt.datetime) -> dt.timedelta:
        return max((self.stopped_at or now) - self.started_at, dt.timedelta())


def is_one_on_one(code: Code) -> bool:
    """Whether the clinician is with this patient alone: not in a group, nor beside a machine that
    works by itself."""
    if code.code in GROUPS:
        return False
    return code.timed or code.kind != "modality"


def whole_minutes(runs: Iterable[Run], *, now: dt.datetime) -> int:
    """The minutes of one service: its runs together, and what was written before them."""
    runs = tuple(runs)
    measured = sum((run.length(now) for run in runs), dt.timedelta())
    return max(measured // dt.timedelta(minutes=1) + sum(run.minutes_before for run in runs), 0)


def seems_forgotten(run: Run, *, now: dt.datetime, after_minutes: int) -> bool:
    """Whether it has been running for longer than a service takes here."""
    return run.stopped_at is None and run.length(now) >= dt.timedelta(minutes=after_minutes)
