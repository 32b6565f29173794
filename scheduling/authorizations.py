"""Running authorizations and how each stands, the most urgent first; visits over budget."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from people.models import Authorization, Clinic, Payer, User
from scheduling import budget
from scheduling import budget_rules as rules
from scheduling.budget_rules import Budget, Standing
from scheduling.models import Appointment, CareWindow

KEPT_DAYS = 90  # an authorization that ended longer ago is history, on the patient's page
NEEDS_ACTION = (Standing.OVER, Standing.SPENT, Standing.LOW)


@dataclass(frozen=True)
class Running:
    """One line of the list."""

    authorization: Authorization
    budget: Budget
    plan_ends_on: dt.date | None

    @property
    def ends_before_plan(self) -> bool:
        return rules.runs_out_before(self.budget, self.plan_ends_on)

    @property
    def needs_action(self) -> bool:
        return self.budget.standing in NEEDS_ACTION or self.ends_before_plan


def running(
    *,
    user: User,
    clinic: Clinic | None = None,
    payer: Payer | None = None,
    ended: bool = False,
) -> list[Running]:
    """Authorizations that run or begin later, or those that `ended` of late; the most urgent
    first. Four queries, however many there are."""
    today = timezone.localdate()
    rows = Authorization.objects.visible_to(user).select_related(
        "coverage__patient__clinic", "coverage__payer"
    )
    if ended:
        since = today - dt.timedelta(days=KEPT_DAYS)
        rows = rows.filter(ends_on__lt=today, ends_on__gte=since)
    else:
        rows = rows.filter(ends_on__gte=today)
    if clinic is not None:
        rows = rows.filter(coverage__patient__clinic=clinic)
    if payer is not None:
        rows = rows.filter(coverage__payer=payer)
    found = list(rows)
    budgets = budget.budgets_of(found)
    plans = dict(
        CareWindow.objects.filter(patient__in={row.coverage.patient_id for row in found})
        .values("patient")
        .annotate(last=Max("ends_on"))
        .values_list("patient", "last")
    )
    lines = [Running(row, budgets[row.pk], plans.get(row.coverage.patient_id)) for row in found]
    return sorted(
        lines,
        key=lambda line: (
            rules.urgency(line.budget, plan_ends_on=line.plan_ends_on),
            line.authorization.coverage.patient.list_name,
        ),
    )


def over_budget(user: User, *, past: bool = False) -> list[Appointment]:
    """Live visits that were booked over the budget: those to come, or the past ones."""
    now = timezone.now()
    rows = (
        Appointment.objects.visible_to(user)
        .live()
        .exclude(over_budget_reason="")
        .select_related("authorization__coverage__payer", "over_budget_by")
        .select_related("patient", "therapist__user", "type", "clinic")
    )
    if past:
        since = now - dt.timedelta(days=KEPT_DAYS)
        return list(rows.filter(ends_at__lt=now, starts_at__gte=since).order_by("-starts_at", "pk"))
    return list(rows.filter(ends_at__gte=now).order_by("starts_at", "pk"))
