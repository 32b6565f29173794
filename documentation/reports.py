"""The draft of a report (progress, re-evaluation, discharge) from the visits since the last one.

Nothing is written here: the page puts each text into an empty field, and beside a field in which
somebody has typed.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections import defaultdict
from typing import Any

from documentation import goal_progress, session_content
from documentation.models import MeasureResult, Note, ServiceEntry, TimedEntry, Visit
from documentation.rules import examination, report
from documentation.rules.goals import State
from people import audit
from people.models import Patient, User
from scheduling.models import Appointment

CLINICIANS_REPORTS = (
    Note.Kind.EVALUATION,
    Note.Kind.PROGRESS,
    Note.Kind.RE_EVALUATION,
)


def draft(*, visit: Visit, kind: str, by: User) -> dict[str, str]:
    """Text by the path of its field; nothing for a kind that is no report, or without a case."""
    if kind not in report.REPORTS or visit.episode_id is None:
        return {}
    audit.record(by=by, action="report.drafted", patient=visit.patient, target=visit.note)
    return report.compose(kind, period_of(session_content.fresh(visit)))


def into_empty_fields(content: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """The page's content with each text where nothing was typed, for a browser without scripts."""
    content = copy.deepcopy(content)
    for path, text in texts.items():
        *places, last = path.split(".")
        place = content
        for name in places:
            if not isinstance(place.get(name), dict):
                place[name] = {}
            place = place[name]
        if not str(place.get(last) or "").strip():
            place[last] = text
    return content


def period_of(visit: Visit) -> report.Period:
    """The facts from the day after the last report to this visit, this visit included."""
    assert visit.episode is not None
    since = _last_report(visit)
    visits = _visits(visit, since)
    days = sorted({each.date_of_service for each in visits})
    begins = days[0] if days else visit.date_of_service
    missed, cancelled = _away(visit, since or begins)
    measures, pain = _then_and_now(visit, since)
    plan = visit.episode.plans.filter(starts_on__lte=visit.date_of_service).first()
    return report.Period(
        days=days,
        since=since,
        missed=missed,
        cancelled=cancelled,
        per_week=plan.frequency_per_week if plan is not None else 0,
        services=_services(visits),
        measures=[*_results(visit, since), *measures],
        pain=pain,
        goals=[
            report.GoalLine(
                stand.in_words,
                is_stalled=stand.progress.is_stalled,
                is_met=stand.progress.state in (State.MET, State.REACHED),
            )
            for stand in goal_progress.of_episode(visit.episode, on=visit.date_of_service)
        ],
    )


def _last_report(visit: Visit) -> dt.date | None:
    return (
        Note.objects.filter(
            visit__episode=visit.episode_id,
            visit__date_of_service__lt=visit.date_of_service,
            kind__in=CLINICIANS_REPORTS,
            signed_at__isnull=False,
        )
        .order_by("-visit__date_of_service")
        .values_list("visit__date_of_service", flat=True)
        .first()
    )


def _visits(visit: Visit, since: dt.date | None) -> list[Visit]:
    """Signed visits of the period, and this one."""
    rows = Visit.objects.filter(
        episode=visit.episode_id, date_of_service__lte=visit.date_of_service
    ).prefetch_related("timed_entries__code", "service_entries__code")
    if since is not None:
        rows = rows.filter(date_of_service__gt=since)
    signed = rows.filter(note__signed_at__isnull=False)
    return list((signed | rows.filter(pk=visit.pk)).distinct().order_by("date_of_service", "pk"))


def _services(visits: list[Visit]) -> list[report.Service]:
    """Each code with the visits it stands in and its minutes, the most minutes first."""
    minutes: dict[str, int] = defaultdict(int)
    seen: dict[str, set[int]] = defaultdict(set)
    labels: dict[str, str] = {}
    for visit in visits:
        entries: list[TimedEntry | ServiceEntry] = [
            *visit.timed_entries.all(),
            *visit.service_entries.all(),
        ]
        for entry in entries:
            labels[entry.code_id] = entry.code.label
            minutes[entry.code_id] += entry.minutes or 0
            seen[entry.code_id].add(visit.pk)
    return [
        report.Service(code, labels[code], len(seen[code]), minutes[code])
        for code in sorted(labels, key=lambda code: (-minutes[code], code))
    ]


def _away(visit: Visit, begins: dt.date) -> tuple[int, int]:
    """Missed and canceled appointments of the discipline since then."""
    assert visit.episode is not None
    rows = Appointment.objects.filter(
        patient__in=Patient.objects.same_person(visit.patient_id),
        type__discipline=visit.episode.discipline,
        starts_at__date__gt=begins,
        starts_at__date__lte=visit.date_of_service,
    )
    statuses = list(rows.values_list("status", flat=True))
    return (
        statuses.count(Appointment.Status.NO_SHOW),
        statuses.count(Appointment.Status.CANCELLED),
    )


def _then_and_now(
    visit: Visit, since: dt.date | None
) -> tuple[list[report.ThenAndNow], list[report.ThenAndNow]]:
    """What was examined and how much it hurt: at the last report or first after it, and last."""
    measures: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
    pain: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
    for on, content in _examined(visit, since):
        for table in examination.TABLES:
            for line in examination.lines(table, content, {}):
                if line.now:
                    measures[f"{line.label} {line.side}".strip()].append((on, line.now))
        for line in examination.pain_lines(content, {}):
            pain[line.label].append((on, line.now))
    return _lines(measures), _lines(pain)


def _examined(visit: Visit, since: dt.date | None) -> list[tuple[dt.date, dict[str, Any]]]:
    """The examinations of the signed notes from the last report on, and this visit's own."""
    rows = Note.objects.filter(
        visit__episode=visit.episode_id,
        signed_at__isnull=False,
        visit__date_of_service__lte=visit.date_of_service,
    ).exclude(visit=visit.pk)
    if since is not None:
        rows = rows.filter(visit__date_of_service__gte=since)
    before = rows.exclude(examination={}).order_by("visit__date_of_service", "pk")
    return [
        *before.values_list("visit__date_of_service", "examination"),
        (visit.date_of_service, visit.note.examination),
    ]


def _lines(values: dict[str, list[tuple[dt.date, str]]]) -> list[report.ThenAndNow]:
    lines = []
    for label, found in values.items():
        (then_on, then), (now_on, now) = found[0], found[-1]
        if len(found) == 1:
            lines.append(report.ThenAndNow(label, now, now_on))
        else:
            lines.append(report.ThenAndNow(label, now, now_on, then, then_on))
    return lines


def _results(visit: Visit, since: dt.date | None) -> list[report.ThenAndNow]:
    """Outcome measures: the last result up to the last report, and the last one now."""
    rows = (
        MeasureResult.objects.filter(episode=visit.episode_id, taken_on__lte=visit.date_of_service)
        .standing()
        .order_by("taken_on", "pk")
    )
    by_series: dict[str, list[MeasureResult]] = defaultdict(list)
    for row in rows:
        by_series[row.series.key].append(row)
    return [_result(results, since) for results in by_series.values()]


def _result(results: list[MeasureResult], since: dt.date | None) -> report.ThenAndNow:
    before = [row for row in results if since is not None and row.taken_on <= since]
    then, now = (before[-1] if before else results[0]), results[-1]
    if then is now:
        return report.ThenAndNow(now.series.short, now.said, now.taken_on)
    return report.ThenAndNow(now.series.short, now.said, now.taken_on, then.said, then.taken_on)
