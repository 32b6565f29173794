"""What a note says of the outcome measures taken on its day: frozen with its sources."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects

from documentation import goal_progress
from documentation.measure_page import verdict_of
from documentation.models import MeasureResult, Visit
from documentation.rules import measures
from documentation.rules.change import Fit


def frozen(visit: Visit) -> list[dict[str, Any]]:
    """The results of the visit's case on the visit's day, each with the change since the first
    and the published values that speak for this patient. Text and whole numbers only."""
    episode = visit.episode
    if episode is None:
        return []
    prefetch_related_objects([episode], "diagnoses")
    rows = list(
        MeasureResult.objects.filter(episode=episode, taken_on__lte=visit.date_of_service)
        .standing()
        .order_by("taken_on", "pk")
    )
    said = []
    for row in rows:
        if row.taken_on != visit.date_of_service or row.measure not in measures.measures():
            continue
        same = [
            each
            for each in rows[: rows.index(row) + 1]
            if (each.measure, each.variant) == (row.measure, row.variant)
        ]
        groups = goal_progress.groups_of(episode, on=same[0].taken_on)
        verdict = verdict_of(row.series, same, groups)
        said.append(
            {
                "id": row.pk,
                "name": row.series.label,
                "result": row.said,
                "baseline": same[0].said if len(same) > 1 else "",
                "baseline_on": same[0].taken_on.isoformat() if len(same) > 1 else None,
                "verdict": verdict.in_words if verdict is not None else "",
                "sources": [_source(fit) for fit in (verdict.mdc, verdict.mcid) if fit is not None]
                if verdict is not None
                else [],
                "by_patient": row.origin == MeasureResult.Origin.PATIENT,
            }
        )
    return said


def _source(fit: Fit) -> str:
    quoted = ", as quoted elsewhere" if fit.is_quoted else ""
    return (
        f"{fit.change.name} {fit.value_in_words}: {fit.change.population}; "
        f"{fit.change.source}{quoted}"
    )
