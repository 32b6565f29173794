"""Compliance: what is due in the cases, whose it is, and the page where it is done."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from documentation import due, sheets, today
from documentation import lead_times as verbs
from documentation.forms import LeadTimesForm
from documentation.models import LeadTimes
from documentation.rules.clocks import Urgency
from people import exports
from people.access import READS_CHARTS, allow
from people.forms.rows import status_of
from people.models import Role, Therapist
from scheduling.access import StaffRequest
from scheduling.authorizations import running as running_authorizations
from web.responses import go_to

PAGE_SIZE = 50
SHOWN = {"pressing": Urgency.NOW, "soon": Urgency.SOON, "all": Urgency.LATER}


@allow(*READS_CHARTS)
@require_safe
def compliance(request: StaffRequest) -> HttpResponseBase:
    """Clinicians begin with their own cases; `?whose=all` shows all they may see."""
    user = request.user
    own = Therapist.objects.filter(user=user, is_active=True).first()
    whose = "mine" if own is not None and request.GET.get("whose") != "all" else "all"
    show = request.GET.get("show", "soon")
    show = show if show in SHOWN else "soon"
    kind = request.GET.get("kind", "")
    kind = kind if kind in due.KINDS else ""
    day = today.today_for(user)
    cases = due.running_cases(user, therapist=own if whose == "mine" else None)
    everything = due.of_cases(cases, today=day, least=Urgency.LATER)
    if kind in ("", "license"):
        everything += due.licenses(_licensed(user, own, whose), today=day)
    chosen = [row for row in everything if row.clock.urgency >= SHOWN[show]]
    rows = sorted((row for row in chosen if kind in ("", row.kind)), key=lambda row: row.order)
    if exports.is_asked(request):
        return exports.export(request, name="compliance", columns=sheets.DUE, rows=rows)
    authorizations = [row for row in running_authorizations(user=user) if row.needs_action]
    context = {
        "show": show,
        "kind": kind,
        "kinds": due.KINDS.items(),
        "whose": whose,
        "has_own": own is not None,
        "tabs": [
            (key, label, sum(row.clock.urgency >= SHOWN[key] for row in everything))
            for key, label in (("pressing", "Now"), ("soon", "Now and soon"), ("all", "All"))
        ],
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "authorizations": len(authorizations),
        "may_set_up": user.has_role(Role.OWNER),
    }
    return render(request, "documentation/compliance.html", context)


def _licensed(user: object, own: Therapist | None, whose: str) -> list[Therapist]:
    """Owners see everybody's license, clinicians their own."""
    if whose == "mine":
        return [own] if own is not None else []
    if not user.has_role(Role.OWNER):  # type: ignore[attr-defined]
        return [own] if own is not None else []
    return list(Therapist.objects.filter(is_active=True).select_related("user"))


@allow(*READS_CHARTS)
@require_safe
def compliance_badge(request: StaffRequest) -> HttpResponse:
    """How much is overdue or due now: the number beside the page's name."""
    user = request.user
    own = Therapist.objects.filter(user=user, is_active=True).first()
    rows = due.of_cases(
        due.running_cases(user, therapist=own), today=today.today_for(user), least=Urgency.NOW
    )
    return render(request, "documentation/_due_badge.html", {"count": len(rows)})


@allow(Role.OWNER)
def lead_times(request: StaffRequest) -> HttpResponse:
    """How far ahead what falls due begins to press."""
    form = LeadTimesForm(request.POST or None, instance=LeadTimes.current(), by=request.user)
    if form.is_bound and form.is_valid():
        try:
            verbs.change(by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The lead times are saved.")
            return go_to(request, reverse("documentation:compliance"))
    context = {"form": form}
    return render(request, "documentation/lead_times.html", context, status=status_of(form))
