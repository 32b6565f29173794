"""Link a goal to an outcome measure: its numbers, which way they run, and the same in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from documentation.models import Goal, MeasureResult
from documentation.rules import measures
from documentation.rules.change import gain
from documentation.rules.measures import Series

NUMBERS = ("series", "baseline_value", "target_value")
UNLINKED: dict[str, Any] = {
    "better": "",
    "baseline_value": None,
    "baseline_on": None,
    "target_value": None,
}


def linked(goal: Goal, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with everything that follows from the link. Raises `ValidationError` beside the
    fields. The baseline counts from the day it was measured, or from today."""
    if not any(name in values for name in NUMBERS):
        return dict(values)
    told = {name: values.get(name, getattr(goal, name)) for name in NUMBERS}
    if not told["series"]:
        return dict(values) | UNLINKED
    series = measures.all_series().get(told["series"])
    if series is None:
        raise ValidationError({"series": "Choose a measure of the list."})
    baseline, target = told["baseline_value"], told["target_value"]
    problems = _problems(series, baseline, target)
    if problems:
        raise ValidationError(problems)
    same = (goal.series, goal.baseline_value) == (series.key, baseline)
    return dict(values) | {
        "better": series.better.value,
        "baseline_on": goal.baseline_on if same else _day_of(goal, series, baseline),
        "measure": series.label[:80],
        "baseline": series.say(baseline),
        "target": series.say(target),
    }


def _problems(series: Series, baseline: Decimal | None, target: Decimal | None) -> dict[str, str]:
    low, high = series.measure.low, series.measure.high
    problems = {}
    for name, value in (("baseline_value", baseline), ("target_value", target)):
        if value is None:
            problems[name] = "A goal linked to a measure needs a number."
        elif value < low or (high is not None and value > high):
            problems[name] = f"This measure goes from {series.measure.range_in_words}."
    if problems or baseline is None or target is None:
        return problems
    if gain(series.better, baseline, target) <= 0:
        problems["target_value"] = (
            f"For this measure {series.better.value} is better: the target is not better "
            "than the baseline."
        )
    return problems


def _day_of(goal: Goal, series: Series, baseline: Decimal) -> dt.date:
    """The last day on which this was measured; today where it never was."""
    found = (
        MeasureResult.objects.filter(episode=goal.episode_id, value=baseline)
        .of_series(series.key)
        .standing()
        .order_by("-taken_on")
        .values_list("taken_on", flat=True)
        .first()
    )
    return found or timezone.localdate(timezone=goal.episode.clinic.zone)
