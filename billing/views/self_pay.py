"""A self-pay patient's papers: superbills and estimates on one tab, and the way to a superbill."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import issued_papers, ledger
from billing import superbills as verbs
from billing.forms_self_pay import SuperbillForm, TakeBackForm, called
from billing.models import Estimate, EstimateRequest, Superbill
from billing.tasks import make_superbill
from people.access import (
    BILLING,
    SEES_CARDS,
    TAKES_CARDS,
    StaffRequest,
    allow,
    find_visible,
    open_patient,
)
from people.models import Patient
from web.files import give_pdf
from web.responses import go_to

FORM = "billing/superbill_new.html"


@allow(*SEES_CARDS)
@require_safe
def patient_self_pay(request: StaffRequest, pk: int) -> HttpResponse:
    """What the patient was told it would cost, and what they were billed."""
    patient = open_patient(pk, by=request.user)
    return show(request, patient)


def show(
    request: StaffRequest, patient: Patient, *, refused: TakeBackForm | None = None, of: int = 0
) -> HttpResponse:
    same = Patient.objects.same_person(patient.pk)
    estimates = Estimate.objects.filter(patient__in=same).select_related(
        "clinic", "issued_by", "replaced_by", "given_by"
    )
    superbills = Superbill.objects.filter(patient__in=same).select_related(
        "clinic", "asked_by", "withdrawn_by"
    )
    context = {
        "patient": patient,
        "balance": ledger.balance_of(patient)["patient"],
        "estimates": estimates.defer("file_bytes", "content", "replaced_by__file_bytes"),
        "superbills": superbills.defer("file_bytes", "content"),
        "asked": EstimateRequest.objects.filter(patient__in=same, answered_by=None).first(),
        "may_make": request.user.has_role(*TAKES_CARDS),
        "may_take_back": request.user.has_role(*BILLING),
        "refused": refused,
        "refused_of": of,
    }
    status = 422 if refused is not None else 200
    return render(request, "billing/patient_self_pay.html", context, status=status)


@allow(*TAKES_CARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def superbill_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose the visits; a bill that outgrows its estimate is shown before it is made."""
    patient = open_patient(pk, by=request.user)
    form = SuperbillForm(request.POST if request.method == "POST" else None, patient=patient)
    if request.method == "POST" and form.is_valid():
        superbill = _ask(request, patient, form)
        if superbill is not None:
            return go_to(request, superbill.get_absolute_url())
    context = {"patient": patient, "form": form}
    return render(request, FORM, context, status=422 if form.errors else 200)


def _ask(request: StaffRequest, patient: Patient, form: SuperbillForm) -> Superbill | None:
    try:
        superbill = verbs.ask(
            patient=patient,
            visits=form.chosen,
            by=request.user,
            over=[each.estimate.pk for each in form.over],
        )
    except verbs.Refused as error:  # something happened to a visit a moment ago
        for visit in form.chosen:
            if visit.pk in error.reasons:
                form.add_error(None, f"{called(visit)}: {error.reasons[visit.pk]}")
        return None
    make_superbill.delay(superbill.pk)
    messages.success(request, f"Superbill {superbill.number} is being made.")
    return superbill


@allow(*SEES_CARDS)
@require_safe
def superbill_state(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the PDF is; shows nothing of the patient, and is no reading of the record."""
    context: dict[str, Any] = {
        "superbill": _find(request, pk),
        "may_make": request.user.has_role(*TAKES_CARDS),
        "may_take_back": request.user.has_role(*BILLING),
    }
    return render(request, "billing/_superbill.html", context)


@allow(*SEES_CARDS)
@require_safe
def superbill_file(request: StaffRequest, pk: int) -> HttpResponse:
    superbill = _find(request, pk)
    if superbill.status != Superbill.Status.READY:
        messages.info(request, "The superbill is not ready yet.")
        return go_to(request, superbill.get_absolute_url())
    paper = issued_papers.note_opened(superbill, by=request.user)
    return give_pdf(paper, name=f"{superbill.number}.pdf")


@allow(*TAKES_CARDS)
@require_POST
def superbill_again(request: StaffRequest, pk: int) -> HttpResponse:
    superbill = _find(request, pk)
    if issued_papers.ask_again(superbill, by=request.user):
        make_superbill.delay(superbill.pk)
        messages.success(request, "The superbill is being made again.")
    else:
        messages.info(request, "Nothing to try again: the superbill stands as shown.")
    return go_to(request, superbill.get_absolute_url())


@allow(*BILLING)
@require_POST
def superbill_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Its charges reverse; its visits may go to a payer or onto another superbill."""
    superbill = _find(request, pk)
    form = TakeBackForm(request.POST, auto_id=f"{superbill.pk}_%s")
    if not form.is_valid():
        return show(request, superbill.patient, refused=form, of=superbill.pk)
    try:
        verbs.take_back(superbill=superbill, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "Taken back: its charges are reversed.")
    except verbs.TakenBack:
        messages.info(request, "Somebody took it back a moment ago.")
    return go_to(request, reverse("billing:patient-self-pay", args=[superbill.patient_id]))


def _find(request: StaffRequest, pk: int) -> Superbill:
    rows = Superbill.objects.select_related("patient__clinic", "clinic", "asked_by", "withdrawn_by")
    superbill: Superbill = find_visible(rows.defer("content"), pk, by=request.user)
    return superbill
