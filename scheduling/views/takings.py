"""Money taken at the desk: a receipt, its reversal, and the takings of a day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people import audit, exports
from people.access import DESK, allow, find_visible
from people.models import Practice
from scheduling import counter, sheets
from scheduling.access import SEES_MONEY, StaffRequest
from scheduling.forms.check_in import ReasonForm, TakingsForm
from scheduling.models import DeskPayment
from scheduling.views import clinic_of
from web.responses import go_to

NOTHING = Decimal("0.00")


def open_payment(pk: int, *, by: Any) -> DeskPayment:
    """A payment, with a line in the audit that `by` looked."""
    rows = DeskPayment.objects.select_related(
        "patient__clinic", "clinic", "appointment__type", "taken_by", "reverses", "reversed_by"
    )
    payment: DeskPayment = find_visible(rows, pk, by=by)
    audit.record(by=by, action="payment.viewed", patient=payment.patient, target=payment)
    return payment


@allow(*SEES_MONEY)
@require_safe
def payment(request: StaffRequest, pk: int) -> HttpResponse:
    """The receipt, for the screen and for paper."""
    row = open_payment(pk, by=request.user)
    context = {
        "payment": row,
        "patient": row.patient,
        "practice": Practice.objects.first(),
        "may_reverse": request.user.has_role(*DESK)
        and row.reverses_id is None
        and not hasattr(row, "reversed_by"),
    }
    return render(request, "scheduling/receipt.html", context)


@allow(*DESK)
def payment_reverse(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_payment(pk, by=request.user)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            reversal = counter.reverse_payment(
                payment=row, reason=form.cleaned_data["reason"], by=request.user
            )
        except ValidationError as error:
            for told in error.messages:
                form.add_error("reason", told)
        else:
            messages.success(request, f"{row} is reversed by {reversal}.")
            return go_to(request, reverse("scheduling:payment", args=[reversal.pk]))
    context = {"payment": row, "patient": row.patient, "form": form}
    status = 422 if form.errors else 200
    return render(request, "scheduling/payment_reverse.html", context, status=status)


@allow(*SEES_MONEY)
@require_safe
def takings(request: StaffRequest) -> HttpResponseBase:
    """The day's money by method, to count the drawer against."""
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    form = TakingsForm(request.GET)
    form.is_valid()
    today = timezone.localdate(timezone=clinic.zone)
    day = form.cleaned_data.get("date") or today
    rows: list[Any] = list(
        DeskPayment.objects.visible_to(request.user)
        .filter(clinic=clinic, taken_on=day)
        .select_related("patient", "clinic", "taken_by", "reverses", "reversed_by")
    )
    if exports.is_asked(request):
        return exports.export(request, name="takings", columns=sheets.TAKINGS, rows=rows)
    totals = [
        {
            "label": label,
            "total": sum((row.amount for row in rows if row.method == method), NOTHING),
            "count": sum(row.method == method for row in rows),
        }
        for method, label in DeskPayment.Method.choices
    ]
    context = {
        "clinic": clinic,
        "clinics": list(request.user.visible_clinics().filter(is_active=True)),
        "day": day,
        "form": TakingsForm(initial={"date": day}),
        "rows": rows,
        "totals": totals,
        "total": sum((row.amount for row in rows), NOTHING),
    }
    return render(request, "scheduling/takings.html", context)
