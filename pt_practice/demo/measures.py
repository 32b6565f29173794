"""Outcome measures of a few demo patients: one gains, one has stalled, one has just begun."""

from __future__ import annotations

import datetime as dt

from documentation import cases, measuring
from documentation.models import Episode, MeasureResult
from documentation.rules import measures, scoring
from people.models import Patient, User

# series, answers by visit, what is kept beside them
Course = tuple[str, list[dict[str, object]], dict[str, str]]
BERG, WALK, TUG = "berg", "10mwt.comfortable", "tug"
CANE = {"device": "cane"}


def _totals(*values: int) -> list[dict[str, object]]:
    return [{"total": str(value)} for value in values]


def _trials(*values: str, **more: str) -> list[dict[str, object]]:
    return [more | {"trials": [value]} for value in values]


COURSES: list[list[Course]] = [
    [(BERG, _totals(37, 40, 43, 46), {}),
     (WALK, _trials("16.4", "14.1", "12.3", "10.9", distance="10"), CANE),
     (TUG, _trials("21.5", "18.2", "16.9", "15.1"), CANE)],
    [(BERG, _totals(41, 44, 44, 43), {}),
     (TUG, _trials("17.2", "16.8", "17.0", "16.9"), {})],
    [(TUG, _trials("14.8"), {}),
     ("psfs", [{"activities": [{"name": "Carry the laundry", "rating": "3"},
                               {"name": "Stand to cook", "rating": "5"}]}], {})],
]  # fmt: skip
GOALS = [(BERG, "37", "50"), (BERG, "41", "49")]


def build_measures(
    patients: list[Patient], found: dict[int, Episode], by: User, today: dt.date
) -> None:
    """Every nine days from the start of the case, the last of them before today."""
    rows = []
    for patient, courses in zip(patients, COURSES, strict=False):
        episode = found[patient.pk]
        for key, answers, beside in courses:
            for place, typed in enumerate(answers):
                left = len(answers) - place
                rows.append(_row(episode, key, typed, beside, by, today, left * 9 - 7))
    MeasureResult.objects.bulk_create(rows)
    for patient, (key, baseline, target) in zip(patients, GOALS, strict=False):
        cases.add_goal(
            episode=found[patient.pk],
            by=by,
            text="Stand and turn at the sink without holding on",
            series=key,
            baseline_value=scoring.number(baseline),
            target_value=scoring.number(target),
            due_on=today + dt.timedelta(weeks=4),
        )
    for patient in patients[len(COURSES) : len(COURSES) + 1]:
        measuring.ask(
            episode=found[patient.pk],
            series=[measures.series("psfs"), measures.series("pain.worst")],
            days=14,
            by=by,
        )


def _row(
    episode: Episode,
    key: str,
    typed: dict[str, object],
    beside: dict[str, str],
    by: User,
    today: dt.date,
    days_ago: int,
) -> MeasureResult:
    series = measures.series(key)
    scored = scoring.score(series.measure, typed)
    return MeasureResult(
        episode=episode,
        measure=series.measure.id,
        variant=series.variant,
        taken_on=today - dt.timedelta(days=days_ago),
        value=scored.value,
        answers=dict(scored.answers),
        conditions=beside,
        recorded_by=by,
        recorder_name=str(by),
    )
