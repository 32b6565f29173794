"""The live units of a visit: what the session page shows while minutes are typed."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from billing.coding import (
    AlreadyClaimed,
    ChoiceNotAllowed,
    Coded,
    NoPolicy,
    choose_units,
    code_visit,
    coverage_of,
)
from billing.rules.threshold import accrued_of
from billing.rules.types import Discipline, UnitRule
from documentation.models import ProcedureCode, Visit
from people.access import CLINICAL, READS_CHARTS, StaffRequest, allow, find_visible
from people.models import Authorization, Coverage
from scheduling import budget
from web.responses import announce, tell


@allow(*READS_CHARTS)
@require_GET
def visit_units(request: StaffRequest, pk: int) -> HttpResponse:
    """A piece: units per code under the payer's rule with their proof, and the other rule's."""
    visit = find_visible(Visit.objects.select_related("therapist", "patient"), pk, by=request.user)
    return _units(request, visit)


@allow(*CLINICAL)
@require_POST
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep the clinician's choice of a tie: `units` comes as "97112:2,97110:1"."""
    visit = find_visible(Visit.objects.select_related("therapist", "patient"), pk, by=request.user)
    try:
        units = _parsed(request.POST.get("units", ""))
        choose_units(visit=visit, units=units, by=request.user)
    except (ChoiceNotAllowed, ValueError):
        return tell(
            _units(request, visit),
            "The minutes have changed: these units are no longer open to choice.",
            level="danger",
        )
    except AlreadyClaimed:
        return tell(
            _units(request, visit), "The claim has left already; ask billing.", level="danger"
        )
    return announce(_units(request, visit), "units-chosen")


def _parsed(text: str) -> dict[str, int]:
    units: dict[str, int] = {}
    for part in text.split(","):
        code, _, count = part.partition(":")
        units[code.strip()] = int(count)
    return units


def _units(request: StaffRequest, visit: Visit) -> HttpResponse:
    coverage = coverage_of(visit)
    without_policy = False
    try:
        coded = code_visit(visit, coverage)
    except NoPolicy:
        without_policy = True
        coded = code_visit(visit, None)
    rule = coded.units.rule
    other_rule = UnitRule.AMA if rule is UnitRule.CMS else UnitRule.CMS
    other = code_visit(visit, None, rule=other_rule).units
    labels = dict(ProcedureCode.objects.values_list("code", "label"))
    rows = [
        {
            "code": code,
            "label": labels.get(code, ""),
            "minutes": sum(s.minutes for s in coded.services if s.code == code),
            "units": coded.units.units.get(code, coded.units.untimed_units.get(code, 0)),
            "other_units": other.units.get(code, other.untimed_units.get(code, 0)),
        }
        for code in dict.fromkeys(service.code for service in coded.services)
    ]
    context = {
        "visit": visit,
        "coverage": coverage,
        "without_policy": without_policy,
        "rule": rule,
        "other_rule": other_rule,
        "result": coded.units,
        "other": other,
        "rows": rows,
        "alternatives": [
            {
                "value": ",".join(f"{code}:{count}" for code, count in units.items()),
                "text": " + ".join(f"{code} × {count}" for code, count in units.items()),
            }
            for units in coded.units.alternatives[:6]
        ],
        "findings": coded.findings,
        "year": _year(visit, coded),
        "authorization": _authorization(visit, coverage),
        "may_choose": request.user.has_role(*CLINICAL),
    }
    return render(request, "billing/_units.html", context)


def _year(visit: Visit, coded: Coded) -> dict[str, object] | None:
    """How much of the year's amount is used, this visit included as far as its price is known."""
    limit, accrued = coded.year.threshold, coded.year.accrued
    if limit is None or accrued is None:
        return None
    discipline = Discipline(visit.therapist.discipline)
    here = sum((amount for amount in coded.allowed if amount is not None), Decimal(0))
    used, most = accrued_of(discipline, accrued) + here, limit.of(discipline)
    return {"used": used, "limit": most, "is_over": used > most}


def _authorization(visit: Visit, coverage: Coverage | None) -> dict[str, object] | None:
    if coverage is None:
        return None
    authorization = (
        Authorization.objects.select_related("coverage__patient__clinic")
        .filter(
            coverage=coverage,
            starts_on__lte=visit.date_of_service,
            ends_on__gte=visit.date_of_service,
        )
        .order_by("ends_on", "pk")
        .first()
    )
    if authorization is None:
        return None
    used = Visit.objects.filter(
        patient=visit.patient,
        date_of_service__range=(authorization.starts_on, authorization.ends_on),
        date_of_service__lte=visit.date_of_service,
    ).count()
    approved = authorization.visits_approved
    return {
        "number": authorization.number,
        "approved": approved,
        "used": used,
        "left": max(approved - used, 0) if approved is not None else None,
        "ends_on": authorization.ends_on,
        "units": authorization.units_approved,
        "units_left": budget.budget_of(authorization).units_left,
    }
