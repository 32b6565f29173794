"""The practice's address book: payers and referring providers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from people import directory, exports, sheets
from people.access import ANY_STAFF, BILLING, SEES_CARDS, TAKES_CARDS, StaffRequest, allow
from people.forms.directory import PayerForm, ReferrerForm
from people.forms.rows import status_of
from people.models import Payer, ReferringProvider
from web.responses import go_to


@allow(*SEES_CARDS)
@require_safe
def payers(request: StaffRequest) -> HttpResponseBase:
    rows = Payer.objects.order_by("-is_active", "name")
    if exports.is_asked(request):
        return exports.export(request, name="payers", columns=sheets.PAYERS, rows=rows)
    context = {
        "payers": rows,
        "may_write": request.user.has_role(*BILLING),
    }
    return render(request, "people/payers.html", context)


@allow(*BILLING)
def payer_new(request: StaffRequest) -> HttpResponse:
    form = PayerForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            payer = directory.add_payer(by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{payer} can now be chosen on cards.")
            return go_to(request, reverse("people:payers"))
    context = {"form": form, "payer": None}
    return render(request, "people/payer_edit.html", context, status=status_of(form))


@allow(*BILLING)
def payer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    payer = get_object_or_404(Payer, pk=pk)
    form = PayerForm(request.POST or None, instance=payer, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            directory.change_payer(payer=payer, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, reverse("people:payers"))
    context = {"form": form, "payer": payer}
    return render(request, "people/payer_edit.html", context, status=status_of(form))


@allow(*ANY_STAFF)
@require_safe
def referrers(request: StaffRequest) -> HttpResponseBase:
    rows = ReferringProvider.objects.order_by("-is_active", "last_name", "first_name")
    if exports.is_asked(request):
        return exports.export(request, name="referrers", columns=sheets.REFERRERS, rows=rows)
    context = {
        "referrers": rows,
        "may_write": request.user.has_role(*TAKES_CARDS),
    }
    return render(request, "people/referrers.html", context)


@allow(*TAKES_CARDS)
def referrer_new(request: StaffRequest) -> HttpResponse:
    form = ReferrerForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            referrer = directory.add_referrer(by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{referrer} is in the list.")
            return go_to(request, reverse("people:referrers"))
    context = {"form": form, "referrer": None}
    return render(request, "people/referrer_edit.html", context, status=status_of(form))


@allow(*TAKES_CARDS)
def referrer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    referrer = get_object_or_404(ReferringProvider, pk=pk)
    form = ReferrerForm(request.POST or None, instance=referrer, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            directory.change_referrer(referrer=referrer, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, reverse("people:referrers"))
    context = {"form": form, "referrer": referrer}
    return render(request, "people/referrer_edit.html", context, status=status_of(form))
