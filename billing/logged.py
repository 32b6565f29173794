"""What was logged of a visit, as the rules want it; and what else of that day is billed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from billing.models import Claim, ClaimLine
from billing.rules.same_day import Elsewhere
from billing.rules.types import Discipline, Service
from documentation.models import ServiceTimer, Visit
from people.models import Coverage, Patient, Therapist

Interval = tuple[dt.datetime, dt.datetime]


def services_of(visit: Visit) -> tuple[Service, ...]:
    """The logged services as the rules want them, in the order they stand on the page."""
    discipline = Discipline(visit.therapist.discipline)
    timed_runs = _runs_of(visit)
    services: list[tuple[int, int, Service]] = []
    for timed in visit.timed_entries.all():
        service = Service(
            code=timed.code_id,
            minutes=timed.minutes,
            assistant_minutes=timed.assistant_minutes,
            regions=_regions_of(timed.details),
            intervals=_intervals(timed_runs.get(timed.key, ()), timed.minutes),
            discipline=discipline,
        )
        services.append((timed.position, 0, service))
    for untimed in visit.service_entries.all():
        minutes = untimed.minutes or 0
        service = Service(
            code=untimed.code_id,
            minutes=minutes,
            assistant_minutes=min(untimed.assistant_minutes, minutes),
            intervals=_intervals(timed_runs.get(untimed.key, ()), minutes),
            discipline=discipline,
        )
        services.append((untimed.position, 1, service))
    return tuple(service for _, _, service in sorted(services, key=lambda item: item[:2]))


def _runs_of(visit: Visit) -> dict[uuid.UUID, list[Interval]]:
    """The timers that ran, by the entry they belong to."""
    runs: dict[uuid.UUID, list[Interval]] = {}
    kept = ServiceTimer.objects.filter(visit=visit).kept()
    for entry, began, ended in kept.order_by("started_at", "pk").values_list(
        "entry", "started_at", "stopped_at"
    ):
        if ended is not None:
            runs.setdefault(entry, []).append((began, ended))
    return runs


def renderers_of(visit: Visit) -> dict[str, Therapist]:
    """Who furnished most of a code's measured minutes, where that was another therapist than the
    visit's. Assistants and students work under the visit's therapist, who is named for them."""
    spent: dict[str, dict[Therapist, dt.timedelta]] = {}
    timers = ServiceTimer.objects.filter(visit=visit).kept()
    for timer in timers.select_related("furnished_by__user").order_by("started_at", "pk"):
        who = visit.therapist if timer.furnished_by.is_supervised else timer.furnished_by
        of_code = spent.setdefault(timer.code_id, {})
        ran = (timer.stopped_at or timer.started_at) - timer.started_at
        of_code[who] = of_code.get(who, dt.timedelta()) + ran
    most = {code: max(by, key=lambda who: by[who]) for code, by in spent.items()}
    return {code: who for code, who in most.items() if who != visit.therapist}


def _intervals(runs: Sequence[Interval], minutes: int) -> tuple[Interval, ...]:
    """The runs, where they measured every minute that is logged: minutes written by hand happened
    at a time nobody knows, and so prove nothing."""
    measured = sum((ended - began for began, ended in runs), dt.timedelta())
    return tuple(runs) if runs and measured >= dt.timedelta(minutes=minutes) else ()


def _regions_of(details: dict[str, Any]) -> tuple[str, ...]:
    """The body regions of a 97112 entry, each with its side."""
    return tuple(
        f"{part.get('side', '')} {part['region']}".strip()
        for part in details.get("body_parts", ())
        if part.get("region")
    )


def elsewhere_on(visit: Visit, coverage: Coverage | None) -> tuple[Elsewhere, ...]:
    """The lines of the practice's other live claims for this person and day, at the same place in
    the order of payers."""
    rows = (
        ClaimLine.objects.filter(
            claim__patient__in=Patient.objects.same_person(visit.patient_id),
            claim__visit__date_of_service=visit.date_of_service,
            claim__sequence=coverage.priority if coverage is not None else 1,
        )
        .exclude(claim__visit=visit)
        .exclude(claim__status=Claim.Status.VOID)
        .exclude(claim__frequency=Claim.Frequency.VOIDED)
        .select_related("claim__visit__therapist")
        .order_by("claim__pk", "number")
    )
    logged: dict[int, tuple[Service, ...]] = {}
    found = []
    for line in rows:
        other = line.claim.visit
        if other.pk not in logged:
            logged[other.pk] = services_of(other)
        found.append(
            Elsewhere(
                claim=line.claim.control_number,
                code=line.code_id,
                units=line.units,
                discipline=Discipline(other.therapist.discipline),
                modifiers=tuple(line.modifiers),
                services=logged[other.pk],
                together=coverage is not None
                and line.claim.payer_id == coverage.payer_id
                and line.claim.status != Claim.Status.DENIED,
            )
        )
    return tuple(found)
