"""How payers want to be billed, who gets their files, and what is charged."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from billing import sending, tasks, transport
from billing.forms import FeeScheduleForm, FeesForm, PartnerForm, PolicyForm
from billing.models import FeeSchedule, PayerPolicy, TradingPartner
from people import audit
from people.access import BILLING, StaffRequest, allow
from people.models import Payer, Role, practice_zone
from web.responses import go_to

SEES_RULES = (Role.OWNER, Role.BILLER, Role.AUDITOR)


@allow(*SEES_RULES)
@require_GET
def policies(request: StaffRequest) -> HttpResponse:
    """Every payer with its policies, and the trading partners their files go to."""
    by_date = PayerPolicy.objects.select_related("partner").order_by("-effective_from")
    held: dict[int, list[PayerPolicy]] = {}
    for policy in by_date:
        held.setdefault(policy.payer_id, []).append(policy)
    context = {
        "payers": [
            {"payer": payer, "policies": held.get(payer.pk, [])}
            for payer in Payer.objects.filter(is_active=True)
        ],
        "partners": TradingPartner.objects.all(),
        "zone": practice_zone().key,
        "may_edit": request.user.has_role(*BILLING),
    }
    return render(request, "billing/policies.html", context)


def _edit(
    request: StaffRequest,
    form: ModelForm[Any],
    *,
    title: str,
    back: str,
    action: str,
    text: str = "",
) -> HttpResponse:
    """One form page: saves and goes back, or shows what is wrong beside the field."""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            audit.record(
                by=request.user, action=action, target=saved, fields=sorted(form.changed_data)
            )
        messages.success(request, "Saved.")
        return go_to(request, back)
    context = {"form": form, "title": title, "back": back, "text": text}
    return render(request, "billing/edit.html", context, status=422 if form.errors else 200)


@allow(*BILLING)
def policy_new(request: StaffRequest, payer_pk: int) -> HttpResponse:
    payer = get_object_or_404(Payer, pk=payer_pk)
    form = PolicyForm(request.POST or None, instance=PayerPolicy(payer=payer))
    return _edit(
        request,
        form,
        title=f"New policy of {payer}",
        back=reverse("billing:policies"),
        action="policy.added",
        text="It holds from the day you name; end the policy before it first.",
    )


@allow(*BILLING)
def policy_edit(request: StaffRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(PayerPolicy.objects.select_related("payer"), pk=pk)
    return _edit(
        request,
        PolicyForm(request.POST or None, instance=policy),
        title=f"Policy of {policy.payer}",
        back=reverse("billing:policies"),
        action="policy.changed",
        text="Claims already released keep what they said; open ones are checked by the new words.",
    )


@allow(*BILLING)
def partner_new(request: StaffRequest) -> HttpResponse:
    return _edit(
        request,
        PartnerForm(request.POST or None),
        title="New trading partner",
        back=reverse("billing:policies"),
        action="partner.added",
    )


@allow(*BILLING)
def partner_edit(request: StaffRequest, pk: int) -> HttpResponse:
    partner = get_object_or_404(TradingPartner, pk=pk)
    return _edit(
        request,
        PartnerForm(request.POST or None, instance=partner),
        title=str(partner),
        back=reverse("billing:policies"),
        action="partner.changed",
    )


@allow(*BILLING)
@require_POST
def partner_try(request: StaffRequest, pk: int) -> HttpResponse:
    """Log in to the partner's server and take in what lies there: the proof that it works."""
    partner = get_object_or_404(TradingPartner, pk=pk, delivery="sftp")
    try:
        if partner.sftp_inbox:
            new = sending.fetch(partner)
            tasks.sweep_replies.delay_on_commit()
            told = f"The connection works; {new} new repl{'y' if new == 1 else 'ies'} fetched."
        else:
            with transport.open_door(partner):
                told = "The connection works."
        messages.success(request, told)
    except transport.NotReached as failure:
        messages.error(request, failure.reason)
    return go_to(request, reverse("billing:policies"))


@allow(*SEES_RULES)
@require_GET
def fees(request: StaffRequest) -> HttpResponse:
    """The fee schedules, each with how many codes it prices."""
    context = {
        "schedules": FeeSchedule.objects.select_related("payer").annotate(codes=Count("fees")),
        "may_edit": request.user.has_role(*BILLING),
    }
    return render(request, "billing/fees.html", context)


@allow(*BILLING)
def fee_schedule_new(request: StaffRequest) -> HttpResponse:
    return _edit(
        request,
        FeeScheduleForm(request.POST or None),
        title="New fee schedule",
        back=reverse("billing:fees"),
        action="fee_schedule.added",
    )


@allow(*SEES_RULES)
def fee_schedule(request: StaffRequest, pk: int) -> HttpResponse:
    """One schedule: an amount per code."""
    schedule = get_object_or_404(
        FeeSchedule.objects.select_related("payer").prefetch_related(Prefetch("fees")), pk=pk
    )
    may_edit = request.user.has_role(*BILLING)
    form = FeesForm(request.POST or None, schedule=schedule)
    if request.method == "POST" and may_edit and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record(
                by=request.user,
                action="fees.changed",
                target=schedule,
                codes=sorted(form.changed_data),
            )
        messages.success(request, "Saved.")
        return go_to(request, reverse("billing:fees"))
    context = {"schedule": schedule, "form": form, "may_edit": may_edit}
    return render(request, "billing/fee_schedule.html", context, status=422 if form.errors else 200)
