"""A patient's chart: the cases, and every visit with how its note stands."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from documentation import compliance, frozen, goal_progress, plan_page
from documentation.access import open_episode
from documentation.models import Episode, EpisodeDiagnosis, Goal, PlanOfCare, Visit
from people.access import CLINICAL, READS_CHARTS, allow, open_patient
from people.models import Patient
from scheduling.access import StaffRequest

PAGE_SIZE = 25
SHOWN_DIAGNOSES = 3  # on a case's card


@allow(*READS_CHARTS)
@require_safe
def chart(request: StaffRequest, patient_id: int) -> HttpResponse:
    patient = open_patient(patient_id, by=request.user)
    episodes = (
        Episode.objects.visible_to(request.user)
        .filter(patient__in=Patient.objects.same_person(patient.pk))
        .select_related("therapist__user", "referring_provider", "clinic")
        .prefetch_related(*_what_belongs_to_a_case())
    )
    visits = Visit.objects.visible_to(request.user).filter(
        patient__in=Patient.objects.same_person(patient.pk)
    )
    context = {
        "patient": patient,
        "cases": [_case(episode) for episode in episodes],
        "page_obj": _page_of(request, visits),
        "may_write": request.user.has_role(*CLINICAL),
    }
    return render(request, "documentation/chart.html", context)


@allow(*READS_CHARTS)
@require_safe
def episode(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_episode(pk, by=request.user)
    whole = (
        Episode.objects.select_related("patient__clinic", "clinic", "case_group")
        .prefetch_related(*_what_belongs_to_a_case())
        .get(pk=row.pk)
    )
    visits = Visit.objects.visible_to(request.user).filter(episode=row)
    case = _case(whole)
    sents = plan_page.brief_of(row)
    for each in case["plans"]:
        each["sents"] = sents.get(each["plan"].pk, [])
    context = {
        "episode": row,
        "patient": row.patient,
        "case": case,
        "stands": goal_progress.of_episode(whole, on=timezone.localdate(timezone=row.clinic.zone)),
        "page_obj": _page_of(request, visits),
        "may_write": request.user.has_role(*CLINICAL),
    }
    return render(request, "documentation/episode.html", context)


def _what_belongs_to_a_case() -> list[Any]:
    return [
        Prefetch("diagnoses", EpisodeDiagnosis.objects.order_by("position")),
        Prefetch("goals", Goal.objects.order_by(F("met_on").asc(nulls_first=True), "due_on", "pk")),
        Prefetch("plans", PlanOfCare.objects.order_by("-starts_on")),
    ]


def _page_of(request: StaffRequest, visits: QuerySet[Visit]) -> Any:
    timeline = visits.select_related(
        "note", "episode", "therapist__user", "assistant__user", "student__user", "clinic"
    ).prefetch_related("timed_entries", "service_entries")
    return Paginator(timeline, PAGE_SIZE).get_page(request.GET.get("page"))


def _case(episode: Episode) -> dict[str, Any]:
    """A case as its card shows it: the plan in force, and how long it can stand."""
    today = timezone.localdate(timezone=episode.clinic.zone)
    plans = list(episode.plans.all())
    is_running = episode.discharged_on is None or episode.discharged_on >= today
    current = next((plan for plan in plans if plan.starts_on <= today), None)
    goals = list(episode.goals.all())
    diagnoses = list(episode.diagnoses.all())
    return {
        "episode": episode,
        "diagnoses": diagnoses,
        "first_diagnoses": diagnoses[:SHOWN_DIAGNOSES],
        "more_diagnoses": len(diagnoses[SHOWN_DIAGNOSES:]),
        "goals": goals,
        "goals_met": sum(goal.met_on is not None for goal in goals),
        "plans": [
            _plan(plan, plans, episode, today) | {"is_in_force": is_running and plan == current}
            for plan in plans
        ],
        "current": _plan(current, plans, episode, today) if current else None,
        "today": today,
        "is_running": is_running,
    }


def _plan(
    plan: PlanOfCare, plans: list[PlanOfCare], episode: Episode, today: Any
) -> dict[str, Any]:
    is_first = plan.starts_on == min(each.starts_on for each in plans)
    validity = frozen.validity_of(plan, episode=episode, is_first=is_first)
    certification, words = compliance.told_of(plan, today=today, episode=episode, is_first=is_first)
    days_left = (validity.through - today).days
    return {
        "plan": plan,
        "validity": validity,
        "certification": certification,
        "certification_words": words,
        "is_over": days_left < 0,
        "days_left": days_left,
        "ends_soon": 0 <= days_left <= 14,
    }
