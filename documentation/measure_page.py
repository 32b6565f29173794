"""What the pages about outcome measures show: each series of a case with its plot, bands, verdict
and sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from documentation import goal_progress, measure_plot
from documentation.measure_plot import Plot
from documentation.models import Episode, Goal, MeasureResult
from documentation.rules import change, measures, scoring
from documentation.rules.change import Fit, Verdict
from documentation.rules.goals import Reading
from documentation.rules.measures import Change, Series


@dataclass(frozen=True)
class Row:
    """A result that stands, and how far it is from the baseline."""

    result: MeasureResult
    since_baseline: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One series of a case."""

    series: Series
    rows: tuple[Row, ...]  # newest first
    verdict: Verdict | None
    plot: Plot | None
    goals: tuple[Goal, ...]
    differs: str  # why the last result is hard to compare with the first
    unconfirmed: tuple[Change, ...] = field(default=())

    @property
    def latest(self) -> MeasureResult:
        return self.rows[0].result

    @property
    def baseline(self) -> MeasureResult:
        return self.rows[-1].result

    @property
    def fits(self) -> list[Fit]:
        """The published values that speak for this patient."""
        said = self.verdict
        return [fit for fit in (said.mdc, said.mcid) if fit is not None] if said else []

    @property
    def cutoffs(self) -> list[measures.Cutoff]:
        """What a single score is said to mean, where somebody has read it."""
        return [
            each
            for each in self.series.measure.cutoffs
            if each.basis is not measures.Basis.UNCONFIRMED
        ]

    @property
    def mdc_in_words(self) -> str:
        fit = self.verdict.mdc if self.verdict is not None else None
        return measure_plot.said_of(fit, self.series.measure.unit)

    @property
    def mcid_in_words(self) -> str:
        fit = self.verdict.mcid if self.verdict is not None else None
        return measure_plot.said_of(fit, self.series.measure.unit)


def cards_of(
    episode: Episode, results: Sequence[MeasureResult], goals: Sequence[Goal]
) -> list[Card]:
    """The series of a case, in the order of the house; `results` are those that stand, by day."""
    found: dict[str, list[MeasureResult]] = {}
    for result in results:
        if result.measure in measures.measures():
            found.setdefault(result.series.key, []).append(result)
    return [
        card_of(episode, measures.series(key), found[key], goals)
        for key in measures.all_series()
        if key in found
    ]


def card_of(
    episode: Episode, series: Series, results: Sequence[MeasureResult], goals: Sequence[Goal]
) -> Card:
    linked = tuple(goal for goal in goals if goal.series == series.key)
    groups = goal_progress.groups_of(episode, on=results[0].taken_on)
    verdict = verdict_of(series, results, groups)
    base = next((each.value for each in results if each.value is not None), None)
    return Card(
        series=series,
        rows=tuple(_row(series, result, base) for result in reversed(results)),
        verdict=verdict,
        plot=measure_plot.plot(
            series,
            [Reading(each.taken_on, each.value) for each in results if each.value is not None],
            mdc=verdict.mdc if verdict is not None else None,
            mcid=verdict.mcid if verdict is not None else None,
            target=next((goal.target_value for goal in linked if goal.met_on is None), None),
        ),
        goals=linked,
        differs=_differs(results),
        unconfirmed=tuple(
            each
            for each in series.measure.changes
            if not each.is_usable and each.variant in ("", series.variant)
        ),
    )


def verdict_of(
    series: Series, results: Sequence[MeasureResult], groups: Sequence[str]
) -> Verdict | None:
    """From the first number to the last; none before there are two, or where the two do not
    speak of the same activities."""
    numbers = [result for result in results if result.value is not None]
    if len(numbers) < 2:
        return None
    pair = scoring.comparable(
        (numbers[0].answers, numbers[0].value or Decimal(0)),
        (numbers[-1].answers, numbers[-1].value or Decimal(0)),
    )
    if pair is None:
        return None
    return change.verdict(series, baseline=pair[0], now=pair[1], groups=groups)


def _row(series: Series, result: MeasureResult, base: Decimal | None) -> Row:
    since = ""
    if base is not None and result.value is not None and result.value != base:
        moved = result.value - base
        since = f"{'+' if moved > 0 else '−'}{measures.plain(abs(moved))}"
    kept = tuple(
        f"{condition.label}: {_said(condition, result.conditions[condition.id])}"
        for condition in series.measure.conditions
        if condition.id in result.conditions
    )
    named = tuple(f"{row['name']}: {row['rating']}" for row in result.answers.get("activities", ()))
    return Row(result, since, named + kept)


def _said(condition: measures.Condition, value: str) -> str:
    return condition.choices.get(value, value)


def _differs(results: Sequence[MeasureResult]) -> str:
    first, last = results[0], results[-1]
    if first == last:
        return ""
    measure = first.series.measure
    changed = [
        condition.label.lower()
        for condition in measure.conditions
        if condition.choices
        and first.conditions.get(condition.id, "") != last.conditions.get(condition.id, "")
    ]
    if first.answers.get("activities") and not scoring.comparable(
        (first.answers, Decimal(0)), (last.answers, Decimal(0))
    ):
        changed.append("activities")
    return (
        f"Not under the same conditions as the first time: {', '.join(changed)}." if changed else ""
    )


def results_of(episodes: Sequence[Episode]) -> dict[int, list[MeasureResult]]:
    """What stands, by case, oldest first; one query."""
    rows = (
        MeasureResult.objects.filter(episode__in=[episode.pk for episode in episodes])
        .standing()
        .select_related("corrects")
        .order_by("taken_on", "pk")
    )
    found: dict[int, list[MeasureResult]] = {episode.pk: [] for episode in episodes}
    for row in rows:
        found[row.episode_id].append(row)
    return found


def of_case(episode: Episode, results: Sequence[MeasureResult], today: dt.date) -> dict[str, Any]:
    """A case as the page shows it: its series, and whom the patient is compared with."""
    chosen = getattr(episode, "case_group", None)
    groups = goal_progress.groups_of(episode, on=today)
    return {
        "episode": episode,
        "cards": cards_of(episode, results, list(episode.goals.all())),
        "group_is_chosen": chosen is not None,
        "chosen": chosen.group if chosen is not None else "",
        "groups": [change.groups()[key].label for key in groups],
    }
