"""How the goals of a case stand: readings from its results, progress by `rules.goals`.

What a progress report, a re-evaluation and a discharge say about goals begins here. Two queries
for a case, however many goals and results it has, besides what the case already brought along.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from documentation.models import Episode, Goal, MeasureResult
from documentation.rules import change, goals, measures
from documentation.rules.goals import Aim, Progress, Reading
from documentation.rules.measures import Better, Kind, Series


@dataclass(frozen=True)
class GoalStand:
    """A goal, and how it stands."""

    goal: Goal
    progress: Progress
    series: Series | None

    @property
    def in_words(self) -> str:
        """One sentence, as a progress report says it."""
        now, series = self.progress, self.series
        if series is None:
            return f"{self.goal.text}: {now.label.lower()}."
        way = f"{self.goal.baseline} to {self.goal.target}"
        if now.latest is None:
            return f"{self.goal.text}: {series.short} {way}, not measured since."
        said = (
            f"{self.goal.text}: {series.short} {series.say(now.latest.value)} on "
            f"{now.latest.on:%b} {now.latest.on.day}, {now.percent} % of the way from {way}"
        )
        return f"{said}; {now.label.lower()}."


def of_episode(episode: Episode, *, on: dt.date) -> list[GoalStand]:
    """Every goal of the case on this day, in the goals' own order."""
    rows = list(episode.goals.all())
    linked = [goal for goal in rows if goal.series in measures.all_series()]
    read = readings_of(episode, on=on) if linked else {}
    groups = groups_of(episode, on=on) if linked else ()
    return [_stand(goal, read, groups, on) for goal in rows]


def of_goal(goal: Goal, *, on: dt.date) -> GoalStand:
    """One goal on this day."""
    episode = goal.episode
    return _stand(goal, readings_of(episode, on=on), groups_of(episode, on=on), on)


def stalled(stands: Iterable[GoalStand]) -> list[GoalStand]:
    """The goals a progress report has to speak of."""
    return [stand for stand in stands if stand.progress.is_stalled]


def readings_of(episode: Episode, *, on: dt.date) -> dict[str, list[Reading]]:
    """The numbers that stand, by series, oldest first."""
    rows = MeasureResult.objects.filter(episode=episode, taken_on__lte=on).standing()
    found: dict[str, list[Reading]] = defaultdict(list)
    for row in rows.exclude(value=None).order_by("taken_on", "pk"):
        assert row.value is not None
        if row.measure in measures.measures():
            found[row.series.key].append(Reading(row.taken_on, row.value))
    return dict(found)


def groups_of(episode: Episode, *, on: dt.date) -> tuple[str, ...]:
    """Whom the studies must speak of for this case: from its diagnoses, the days since onset and
    the age on that day, unless the therapist said it."""
    chosen = getattr(episode, "case_group", None)
    return change.groups_of(
        codes=[diagnosis.code for diagnosis in episode.diagnoses.all()],
        days_since_onset=(on - episode.onset_on).days if episode.onset_on else None,
        age=episode.patient.age_on(on),
        chosen=chosen.group if chosen is not None else "",
    )


def _stand(
    goal: Goal, read: Mapping[str, list[Reading]], groups: tuple[str, ...], on: dt.date
) -> GoalStand:
    series = measures.all_series().get(goal.series)
    aim = _aim(goal)
    if series is None or aim is None:
        return GoalStand(goal, goals.progress(None, [], on=on, met_on=goal.met_on), None)
    fit = change.fitting(series, Kind.MDC, groups=groups, baseline=aim.baseline)
    return GoalStand(
        goal,
        goals.progress(
            aim,
            read.get(goal.series, []),
            on=on,
            met_on=goal.met_on,
            error=fit.high if fit is not None else Decimal(0),
        ),
        series,
    )


def _aim(goal: Goal) -> Aim | None:
    if goal.baseline_value is None or goal.target_value is None or goal.baseline_on is None:
        return None
    return Aim(goal.baseline_value, goal.baseline_on, goal.target_value, Better(goal.better))
