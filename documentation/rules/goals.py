"""How far is a goal, and has it stalled?

A linked goal has a baseline and a target on one series of an outcome measure. Progress is the part
of the way from one to the other. A reading counts as a gain when it is better than the last gain
by more than measurement error, where a published MDC fits the patient, else by anything; small
steps add up. A goal has stalled when two readings or more over at least 14 days brought no gain.
docs/rules/measures.md works it through by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from documentation.rules.change import gain
from documentation.rules.measures import Better

READINGS_WITHOUT_GAIN = 2
DAYS_WITHOUT_GAIN = 14
MEASURED_WITHIN = 30  # days; about one progress period, CMS Pub. 100-02, ch. 15, § 220.3


class State(StrEnum):
    UNLINKED = "unlinked"
    MET = "met"
    REACHED = "reached"
    UNMEASURED = "unmeasured"
    OLD = "old"
    WORSE = "worse"
    STALLED = "stalled"
    MOVING = "moving"


LABELS = {
    State.UNLINKED: "Not measured by a number",
    State.MET: "Met",
    State.REACHED: "Target reached",
    State.UNMEASURED: "Not measured yet",
    State.OLD: "Not measured lately",
    State.WORSE: "Worse than the baseline",
    State.STALLED: "Stalled",
    State.MOVING: "Under way",
}


@dataclass(frozen=True)
class Reading:
    on: dt.date
    value: Decimal


@dataclass(frozen=True)
class Aim:
    baseline: Decimal
    baseline_on: dt.date
    target: Decimal
    better: Better


@dataclass(frozen=True)
class Progress:
    """Where a goal stands. `percent` may be under 0 or over 100; None where nothing is known."""

    state: State
    percent: int | None = None
    latest: Reading | None = None
    last_gain_on: dt.date | None = None

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def is_stalled(self) -> bool:
        """Whether a progress report has to speak of it: no way forward, or a way back."""
        return self.state in (State.STALLED, State.WORSE)

    @property
    def needs_measuring(self) -> bool:
        return self.state in (State.UNMEASURED, State.OLD)

    @property
    def filled(self) -> int:
        """The percent as a bar shows it."""
        return min(100, max(0, self.percent or 0))


def progress(
    aim: Aim | None,
    readings: Sequence[Reading],
    *,
    on: dt.date,
    met_on: dt.date | None = None,
    error: Decimal = Decimal(0),
) -> Progress:
    """Where the goal stands on a day. `error` is the MDC that fits, 0 where none does."""
    if aim is None:
        is_met = met_on is not None and met_on <= on
        return Progress(State.MET if is_met else State.UNLINKED)
    since = sorted(
        (each for each in readings if aim.baseline_on < each.on <= on), key=lambda each: each.on
    )
    latest = since[-1] if since else None
    percent = percent_of_the_way(aim, latest.value) if latest is not None else None
    best = _last_gain(aim, since, error)
    state = _state(aim, since, best, on=on, met_on=met_on, error=error)
    return Progress(state, percent, latest, best.on)


def percent_of_the_way(aim: Aim, value: Decimal) -> int:
    """Rounded down, so that 100 is never said before the target is reached."""
    way = gain(aim.better, aim.baseline, aim.target)
    part = gain(aim.better, aim.baseline, value) * 100 / way
    return int(part.to_integral_value(rounding=ROUND_FLOOR))


def is_forward(aim: Aim) -> bool:
    """Whether the target is better than the baseline at all."""
    return gain(aim.better, aim.baseline, aim.target) > 0


def _last_gain(aim: Aim, since: Sequence[Reading], error: Decimal) -> Reading:
    best = Reading(aim.baseline_on, aim.baseline)
    for reading in since:
        if gain(aim.better, best.value, reading.value) > error:
            best = reading
    return best


def _state(
    aim: Aim,
    since: Sequence[Reading],
    best: Reading,
    *,
    on: dt.date,
    met_on: dt.date | None,
    error: Decimal,
) -> State:
    if met_on is not None and met_on <= on:
        return State.MET
    if not since:
        return State.UNMEASURED
    latest = since[-1]
    if gain(aim.better, aim.target, latest.value) >= 0:
        return State.REACHED
    if (on - latest.on).days > MEASURED_WITHIN:
        return State.OLD
    if gain(aim.better, aim.baseline, latest.value) < -error:
        return State.WORSE
    without = [each for each in since if each.on > best.on]
    waited = (latest.on - best.on).days
    if len(without) >= READINGS_WITHOUT_GAIN and waited >= DAYS_WITHOUT_GAIN:
        return State.STALLED
    return State.MOVING
