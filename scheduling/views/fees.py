"""Who did not come or called off late: the desk charges the fee or waives it; the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from people import exports
from people.access import DESK, allow
from people.forms.rows import status_of
from scheduling import counter, missed, sheets
from scheduling.access import SETS_UP, StaffRequest, find_appointment, open_appointment
from scheduling.forms.check_in import ChargeForm, DeskRulesForm, PaymentForm, ReasonForm
from scheduling.models import Appointment, DeskRules
from web.forms import TidyForm
from web.responses import go_to

PAGE = 25


@allow(*DESK)
@require_safe
def to_decide(request: StaffRequest) -> HttpResponseBase:
    """Every proposed fee that nobody has charged or waived yet, the newest first."""
    rows = (
        Appointment.objects.visible_to(request.user)
        .filter(proposed_fee__gt=0, desk_fees=None)
        .for_day_sheet()
        .order_by("-starts_at", "-pk")
    )
    if exports.is_asked(request):
        return exports.export(request, name="fees-to-decide", columns=sheets.MISSED, rows=rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "scheduling/fees_to_decide.html", {"page_obj": page})


@allow(*DESK)
@require_safe
def fee(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, open_appointment(pk, by=request.user))


def _page(
    request: StaffRequest, row: Appointment, *, status: int = 200, **forms: TidyForm
) -> HttpResponse:
    decision = row.desk_fees.filter(reverses=None).select_related("decided_by").first()
    taken_back = row.desk_fees.exclude(reverses=None).select_related("decided_by").first()
    due = counter.fee_due(row)
    reasons = missed.rules_of(row.clinic).waive_reasons
    context: dict[str, Any] = {
        "appointment": row,
        "patient": row.patient,
        "missed_before": missed.missed_by(row.patient, before=row.starts_at, but=row.pk),
        "decision": decision,
        "taken_back": taken_back,
        "due": due,
        "payments": row.desk_payments.filter(kind="fee").select_related("reversed_by"),
        "charge_form": ChargeForm(initial={"amount": row.proposed_fee}),
        "waive_form": ReasonForm(reasons=reasons),
        "payment_form": PaymentForm(initial={"amount": due, "method": "card"}),
        "take_back_form": ReasonForm(prefix="back"),
    }
    return render(request, "scheduling/fee.html", context | forms, status=status)


@allow(*DESK)
@require_POST
def charge(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_appointment(pk, by=request.user)
    form = ChargeForm(request.POST)
    return _act(
        request,
        row,
        "charge_form",
        form,
        lambda given: counter.charge_fee(appointment=row, by=request.user, **given),
        "The fee is charged to the patient.",
    )


@allow(*DESK)
@require_POST
def waive(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_appointment(pk, by=request.user)
    form = ReasonForm(request.POST, reasons=missed.rules_of(row.clinic).waive_reasons)
    return _act(
        request,
        row,
        "waive_form",
        form,
        lambda given: counter.waive_fee(appointment=row, by=request.user, **given),
        "The fee is waived.",
    )


@allow(*DESK)
@require_POST
def pay(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_appointment(pk, by=request.user)
    form = PaymentForm(request.POST)
    return _act(
        request,
        row,
        "payment_form",
        form,
        lambda given: counter.take_payment(appointment=row, kind="fee", by=request.user, **given),
        "The payment is taken.",
    )


@allow(*DESK)
@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_appointment(pk, by=request.user)
    decision = row.desk_fees.filter(reverses=None).select_related("appointment").first()
    form = ReasonForm(request.POST, prefix="back")

    def act(given: dict[str, Any]) -> Any:
        if decision is None:
            raise ValidationError({"reason": "There is no fee to take back."})
        return counter.take_back_fee(fee=decision, by=request.user, **given)

    return _act(request, row, "take_back_form", form, act, "The fee is taken back.")


def _act(
    request: StaffRequest,
    row: Appointment,
    name: str,
    form: TidyForm,
    act: Callable[[dict[str, Any]], Any],
    told: str,
) -> HttpResponse:
    """Do it and show the page again; what is refused stands beside the field."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as error:
            for field, sentences in error.message_dict.items():
                form.add_error(field if field in form.fields else None, sentences)
        else:
            messages.success(request, told)
            return go_to(request, reverse("scheduling:fee", args=[row.pk]))
    forms: dict[str, Any] = {name: form}
    return _page(request, row, status=422, **forms)


@allow(*SETS_UP)
@require_safe
def desk_rules(request: StaffRequest) -> HttpResponse:
    written = {row.clinic_id: row for row in DeskRules.objects.all()}
    rows = [
        {"clinic": clinic, "rules": written.get(clinic.pk) or DeskRules(clinic=clinic)}
        for clinic in request.user.visible_clinics().filter(is_active=True)
    ]
    return render(request, "scheduling/desk_rules.html", {"rows": rows})


@allow(*SETS_UP)
def desk_rules_edit(request: StaffRequest, clinic_id: int) -> HttpResponse:
    clinic = get_object_or_404(request.user.visible_clinics(), pk=clinic_id)
    form = DeskRulesForm(request.POST or None, instance=missed.rules_of(clinic), by=request.user)
    if form.is_bound and form.is_valid():
        try:
            counter.set_rules(clinic=clinic, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"The rules of {clinic} are saved.")
            return go_to(request, reverse("scheduling:desk-rules"))
    context = {"form": form, "clinic": clinic}
    return render(request, "scheduling/desk_rules_edit.html", context, status=status_of(form))
