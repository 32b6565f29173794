"""Authorizations: the card on the booking form, the list by urgency, and what went over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import exports
from people.access import ANY_STAFF, SEES_CARDS, TAKES_CARDS, allow, open_coverage
from people.forms.rows import status_of
from people.models import Authorization
from scheduling import authorizations as lists
from scheduling import budget, set_up, sheets
from scheduling.access import BOOKS, SETS_UP, StaffRequest
from scheduling.forms.budget import AuthorizationsForm, BudgetAndWaitRulesForm, BudgetCardForm
from scheduling.models import BudgetAndWaitRules
from web.responses import go_to

PAGE_SIZE = 50


@allow(*BOOKS)
@require_POST
def card(request: StaffRequest) -> HttpResponse:
    """What this visit would take of which authorization, as far as the form says yet. Asked for
    by POST, as a patient's id has no place in a history."""
    form = BudgetCardForm(request.POST, by=request.user)
    return render(request, "scheduling/_budget_card.html", card_context(form))


def card_context(form: BudgetCardForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"form": form, "preview": None}
    asked = form.cleaned_data
    shown = budget.preview(
        patient=asked["patient"],
        appointment_type=asked["appointment_type"],
        on=asked["date"],
        minutes=asked["minutes"],
    )
    return {"form": form, "preview": shown}


@allow(*SEES_CARDS)
@require_safe
def authorizations(request: StaffRequest) -> HttpResponseBase:
    form = AuthorizationsForm(request.GET, by=request.user)
    form.is_valid()
    asked = form.cleaned_data
    show = asked.get("show") or "action"
    rows = lists.running(
        user=request.user,
        clinic=asked.get("clinic"),
        payer=asked.get("payer"),
        ended=show == "ended",
    )
    to_act_on = [row for row in rows if row.needs_action]
    shown = to_act_on if show == "action" else rows
    if exports.is_asked(request):
        return exports.export(
            request, name="authorizations", columns=sheets.AUTHORIZATIONS, rows=shown
        )
    context = {
        "form": form,
        "show": show,
        "tabs": [(value, label, _address(request, show=value)) for value, label in form.SHOW],
        "action_count": len(to_act_on) if show != "ended" else None,
        "page_obj": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "takes_cards": request.user.has_role(*TAKES_CARDS),
        "over_count": len(lists.over_budget(request.user)),
        "may_set_up": request.user.has_role(*SETS_UP),
    }
    return render(request, "scheduling/authorizations.html", context)


def _address(request: StaffRequest, **changes: str) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    for name, value in changes.items():
        asked[name] = value
    return f"?{asked.urlencode()}"


@allow(*SEES_CARDS)
@require_safe
def over_budget(request: StaffRequest) -> HttpResponseBase:
    """Visits booked over a budget or without one: who, when and why."""
    past = request.GET.get("show") == "past"
    rows = lists.over_budget(request.user, past=past)
    if exports.is_asked(request):
        return exports.export(request, name="over-budget", columns=sheets.OVER_BUDGET, rows=rows)
    context = {
        "past": past,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "takes_cards": request.user.has_role(*TAKES_CARDS),
    }
    return render(request, "scheduling/over_budget.html", context)


@allow(*ANY_STAFF)
@require_safe
def coverage_panel(request: StaffRequest, pk: int) -> HttpResponse:
    """The meters under a card on the patient's page."""
    coverage = open_coverage(pk, by=request.user)
    today = timezone.localdate(timezone=coverage.patient.clinic.zone)
    rows = Authorization.objects.visible_to(request.user).filter(
        coverage=coverage, ends_on__gte=today
    )
    found = list(rows.select_related("coverage__patient__clinic").order_by("ends_on", "pk"))
    budgets = budget.budgets_of(found)
    context = {"budgets": [budgets[row.pk] for row in found]}
    return render(request, "scheduling/_coverage_budget.html", context)


@allow(*SETS_UP)
def rules(request: StaffRequest) -> HttpResponse:
    """When to warn of an authorization, and how freed times are offered."""
    row = BudgetAndWaitRules.current()
    form = BudgetAndWaitRulesForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            set_up.change_budget_and_wait_rules(by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The rules are saved.")
            return go_to(request, reverse("scheduling:authorizations"))
    context = {"form": form}
    return render(request, "scheduling/budget_rules.html", context, status=status_of(form))
