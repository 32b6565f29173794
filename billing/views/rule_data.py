"""Rule data: what of CMS's tables is loaded, and how a new file comes in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from billing import rule_loads
from billing.models import ClinicLocality, GeographicIndex, MedicareAmounts, RuleLoad
from billing.rule_forms import AmountsForm, LocalityForm, RuleFileForm
from billing.rule_state import held_on, outdated_on
from billing.tasks import read_rule_file
from people import audit
from people.access import BILLING, StaffRequest, allow
from people.models import Clinic, Role, practice_zone
from web.responses import go_to

SEES_RULES = (Role.OWNER, Role.BILLER, Role.AUDITOR)
ON_A_PAGE = 20


@allow(*SEES_RULES)
@require_GET
def rule_data(request: StaffRequest) -> HttpResponse:
    """Every table with its edition, the year's amounts, the clinics' localities, the files."""
    return _page(request, RuleFileForm())


def _page(request: StaffRequest, form: RuleFileForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    held = {each.clinic_id: each for each in ClinicLocality.objects.all()}
    names = {
        (index.contractor, index.locality): str(index)
        for index in GeographicIndex.objects.in_force_on(today)
    }
    loads = RuleLoad.objects.select_related("uploaded_by", "taken_by")
    context = {
        "form": form,
        "tables": held_on(today),
        "outdated": outdated_on(today),
        "amounts": MedicareAmounts.objects.all(),
        "today": today,
        "zone": practice_zone().key,
        "clinics": [
            {
                "clinic": clinic,
                "held": held.get(clinic.pk),
                "name": names.get((held[clinic.pk].contractor, held[clinic.pk].locality), "")
                if clinic.pk in held
                else "",
            }
            for clinic in Clinic.objects.filter(is_active=True)
        ],
        "page_obj": Paginator(loads, ON_A_PAGE).get_page(request.GET.get("page")),
        "may_edit": request.user.has_role(*BILLING),
    }
    return render(request, "billing/rule_data.html", context, status=status)


@allow(*BILLING)
@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    """Keep the file for a worker; the page that follows shows how far it is."""
    form = RuleFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            load = rule_loads.receive(
                kind=form.cleaned_data["kind"],
                name=file.name,
                chunks=file.chunks(),
                holds_from=form.cleaned_data["holds_from"],
                by=request.user,
            )
        except rule_loads.CannotLoad as refused:
            form.add_error(refused.field, refused.told)
        else:
            read_rule_file.delay(load.pk)
            return go_to(request, load.get_absolute_url())
    return _page(request, form, status=422)


def _load(pk: int) -> RuleLoad:
    return get_object_or_404(RuleLoad.objects.select_related("uploaded_by", "taken_by"), pk=pk)


@allow(*SEES_RULES)
@require_GET
def rule_load(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: how far it is, what it would change, or which row is wrong."""
    load = _load(pk)
    order = ("added", "changed", "ended")
    context = {
        "load": load,
        "zone": practice_zone().key,
        "counts": [(what, load.counts.get(what, 0)) for what in (*order, "same")],
        "samples": [
            (
                what,
                [each for each in load.samples if each["what"] == what],
                load.counts.get(what, 0),
            )
            for what in order
        ],
        "changes": any(load.counts.get(what) for what in order),
        "may_edit": request.user.has_role(*BILLING),
    }
    return render(request, "billing/rule_load.html", context)


@allow(*SEES_RULES)
@require_GET
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """What the page asks for every second: numbers only."""
    load = _load(pk)
    if not load.is_moving:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "billing/_rule_progress.html", {"load": load})


@allow(*BILLING)
@require_POST
def take(request: StaffRequest, pk: int) -> HttpResponse:
    load = _load(pk)
    try:
        rule_loads.take(load=load, by=request.user)
    except rule_loads.NotWaiting:
        messages.error(request, "This file is not waiting to be confirmed any more.")
    except rule_loads.CannotLoad as refused:
        messages.error(request, refused.told)
    else:
        messages.success(request, "The file holds. Open claims are checked by it the next time.")
    return go_to(request, load.get_absolute_url())


@allow(*BILLING)
@require_POST
def dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    load = _load(pk)
    try:
        rule_loads.dismiss(load=load, by=request.user)
    except rule_loads.NotWaiting:
        messages.error(request, "This file cannot be dismissed any more.")
        return go_to(request, load.get_absolute_url())
    messages.success(request, "The file is dismissed. The rules are what they were.")
    return go_to(request, reverse("billing:rule-data"))


@allow(*BILLING)
def amounts_new(request: StaffRequest) -> HttpResponse:
    """The next year's amounts, begun with what the last ones say."""
    last: Any = MedicareAmounts.objects.first()
    initial: dict[str, Any] = {}
    if last is not None:
        year = last.effective_from.year + 1
        initial = {
            "effective_from": dt.date(year, 1, 1),
            "effective_to": dt.date(year, 12, 31),
            "coinsurance": last.coinsurance.normalize(),
            "assistant_share": last.assistant_share.normalize(),
            "sequestration": last.sequestration.normalize(),
            "pe_reduction": last.pe_reduction.normalize(),
            "medical_review": last.medical_review,
        }
    form = AmountsForm(request.POST or None, initial=initial)
    return _amounts(request, form, title="Medicare amounts of a year", action="amounts.added")


@allow(*BILLING)
def amounts_edit(request: StaffRequest, pk: int) -> HttpResponse:
    amounts = get_object_or_404(MedicareAmounts, pk=pk)
    return _amounts(
        request,
        AmountsForm(request.POST or None, instance=amounts),
        title=f"Medicare amounts of {amounts.effective_from.year}",
        action="amounts.changed",
    )


def _amounts(request: StaffRequest, form: AmountsForm, *, title: str, action: str) -> HttpResponse:
    back = reverse("billing:rule-data")
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            audit.record(
                by=request.user, action=action, target=saved, fields=sorted(form.changed_data)
            )
        messages.success(request, "Saved.")
        return go_to(request, back)
    context = {
        "form": form,
        "title": title,
        "back": back,
        "text": "They hold for dates of service within these days.",
    }
    return render(request, "billing/edit.html", context, status=422 if form.errors else 200)


@allow(*BILLING)
def locality(request: StaffRequest, clinic_pk: int) -> HttpResponse:
    """In which of the loaded localities a clinic stands."""
    clinic = get_object_or_404(Clinic, pk=clinic_pk)
    back = reverse("billing:rule-data")
    held = ClinicLocality.objects.filter(clinic=clinic).first()
    form = LocalityForm(request.POST or None, initial={"locality": str(held) if held else ""})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["locality"]
        with transaction.atomic():
            if chosen:
                contractor, _, number = chosen.partition("-")
                ClinicLocality.objects.update_or_create(
                    clinic=clinic, defaults={"contractor": contractor, "locality": number}
                )
            else:
                ClinicLocality.objects.filter(clinic=clinic).delete()
            audit.record(by=request.user, action="locality.set", target=clinic, locality=chosen)
        messages.success(request, "Saved.")
        return go_to(request, back)
    context = {
        "form": form,
        "title": f"Medicare locality of {clinic}",
        "back": back,
        "text": "The contractor's locality decides what a unit is worth. Load a GPCI file to see "
        "all of them.",
    }
    return render(request, "billing/edit.html", context, status=422 if form.errors else 200)
