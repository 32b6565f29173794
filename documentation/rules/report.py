"""What does a report say of the visits since the last one? Facts in, text per field out.

The text is a draft: it states what the chart holds and leaves judgment, marked by square brackets,
to the therapist. CMS Pub. 100-02, ch. 15, § 220.3 D asks for the extent of progress toward each
goal, objective measures, and the plan for going on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

REPORTS = ("progress", "re_evaluation", "discharge")


@dataclass(frozen=True)
class Service:
    code: str
    label: str
    visits: int
    minutes: int


@dataclass(frozen=True)
class ThenAndNow:
    """A measure at the first and at the last time in the period; the same once is only `now`."""

    label: str
    now: str
    now_on: dt.date
    then: str = ""
    then_on: dt.date | None = None


@dataclass(frozen=True)
class GoalLine:
    said: str  # one sentence
    is_stalled: bool = False
    is_met: bool = False


@dataclass(frozen=True)
class Period:
    """The visits since the last report, or since care began."""

    days: Sequence[dt.date]
    since: dt.date | None = None  # the last report's day
    missed: int = 0
    cancelled: int = 0
    per_week: int = 0  # as the plan of care says
    services: Sequence[Service] = ()
    measures: Sequence[ThenAndNow] = ()
    pain: Sequence[ThenAndNow] = ()
    goals: Sequence[GoalLine] = ()


def compose(kind: str, period: Period) -> dict[str, str]:
    """Text by the path of its field; a field about which nothing is known is left out."""
    texts = {
        "note.subjective": _pain(period),
        "note.objective": "\n".join(
            part for part in (_attendance(period), _done(period), _measures(period)) if part
        ),
        "note.assessment": _assessment(period),
        "note.plan": _plan(kind, period),
    }
    return {path: text for path, text in texts.items() if text}


def day(on: dt.date) -> str:
    return f"{on:%b} {on.day}"


def many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _attendance(period: Period) -> str:
    if not period.days:
        return ""
    first, last = day(period.days[0]), f"{day(period.days[-1])}, {period.days[-1].year}"
    span = f"on {last}" if len(period.days) == 1 else f"from {first} to {last}"
    since = f" since the last report on {day(period.since)}" if period.since else ""
    said = f"{many(len(period.days), 'treatment day')}{since}, {span}"
    if period.per_week:
        said += f"; the plan of care is {period.per_week} × a week"
    away = [
        many(period.missed, "missed visit") if period.missed else "",
        many(period.cancelled, "canceled visit") if period.cancelled else "",
    ]
    away = [part for part in away if part]
    return said + (f"; {' and '.join(away)}." if away else ".")


def _done(period: Period) -> str:
    if not period.services:
        return ""
    said = [
        f"{service.label} ({service.code}) at {many(service.visits, 'visit')}"
        + (f", {service.minutes} min in all" if service.minutes else "")
        for service in period.services
    ]
    return f"Done: {'; '.join(said)}."


def _line(measure: ThenAndNow) -> str:
    now = f"{measure.now} on {day(measure.now_on)}"
    if measure.then_on is None:
        return f"{measure.label}: {now}"
    return f"{measure.label}: {measure.then} on {day(measure.then_on)}, {now}"


def _measures(period: Period) -> str:
    return "\n".join(_line(measure) for measure in period.measures)


def _pain(period: Period) -> str:
    if not period.pain:
        return ""
    return "Pain, 0 to 10. " + "; ".join(_line(score) for score in period.pain) + "."


def _assessment(period: Period) -> str:
    stalled = sum(goal.is_stalled for goal in period.goals)
    met = sum(goal.is_met for goal in period.goals)
    said = []
    if period.goals:
        said.append(f"Toward the goals, {met} of {len(period.goals)} met:")
        said += [
            f"{goal.said} [No progress.]" if goal.is_stalled else goal.said for goal in period.goals
        ]
    if stalled:
        said.append("[Say why, and what is changed: the goal, the treatment, or its end.]")
    return "\n".join(said)


def _plan(kind: str, period: Period) -> str:
    if kind == "discharge":
        return "Discharge from this plan of care. [Say what follows: home program, follow-up.]"
    rate = f"{period.per_week} × a week" if period.per_week else ""
    going_on = f"Continue {rate}." if rate else ""
    if any(goal.is_stalled for goal in period.goals):
        return f"{going_on} [Say what changes for the goals without progress.]".strip()
    return going_on
