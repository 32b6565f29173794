"""Good-faith estimates: who needs one and by when, issue one, give it, and the rule's numbers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import estimates as verbs
from billing import estimates_due, issued_papers
from billing.forms_self_pay import EstimateForm, EstimateRuleForm
from billing.models import Estimate, EstimateRule
from billing.tasks import make_estimate
from people import audit
from people.access import (
    BILLING,
    SEES_CARDS,
    TAKES_CARDS,
    StaffRequest,
    allow,
    find_visible,
    open_patient,
)
from people.models import Message, Patient
from web.files import give_pdf
from web.responses import go_to

FORM = "billing/estimate_new.html"
NO_RULE = "No rule on estimates holds today. Add one on the page of estimates first."


@allow(*SEES_CARDS)
@require_safe
def estimates(request: StaffRequest) -> HttpResponse:
    """Who pays alone and has no estimate yet, the most urgent first; below, the rule."""
    context = {
        "due": estimates_due.due_list(request.user),
        "rules": EstimateRule.objects.all(),
        "may_make": request.user.has_role(*TAKES_CARDS),
        "may_edit": request.user.has_role(*BILLING),
    }
    return render(request, "billing/estimates.html", context)


@allow(*SEES_CARDS)
@require_safe
def badge(request: StaffRequest) -> HttpResponse:
    """How many patients need an estimate, beside the navigation's entry."""
    context = {"count": len(estimates_due.due_list(request.user))}
    return render(request, "billing/_estimates_badge.html", context)


@allow(*TAKES_CARDS)
@require_POST
def asked(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient asks what it will cost."""
    patient = open_patient(pk, by=request.user)
    verbs.note_request(patient=patient, by=request.user)
    messages.success(request, "Noted. The estimate is on the list of those that are due.")
    return go_to(request, reverse("billing:patient-self-pay", args=[patient.pk]))


@allow(*TAKES_CARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def estimate_new(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, open_patient(pk, by=request.user))


@allow(*TAKES_CARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def estimate_renew(request: StaffRequest, pk: int) -> HttpResponse:
    """A newer version for a plan that has changed; it begins with what the older one said."""
    older = _find(request, pk)
    if not older.is_current:
        messages.info(request, "A newer estimate stands in its place already.")
        return go_to(request, older.get_absolute_url())
    return _form(request, older.patient.current, replaces=older)


def _form(
    request: StaffRequest, patient: Patient, *, replaces: Estimate | None = None
) -> HttpResponse:
    back = reverse("billing:patient-self-pay", args=[patient.pk])
    try:
        form = EstimateForm(
            request.POST if request.method == "POST" else None,
            patient=patient,
            replaces=replaces,
        )
    except verbs.NoRule:
        messages.error(request, NO_RULE)
        return go_to(request, back)
    if request.method == "POST" and form.is_valid():
        estimate = _issue(request, form, replaces)
        if estimate is not None:
            return go_to(request, estimate.get_absolute_url())
    context = {"patient": patient, "form": form, "replaces": replaces}
    return render(request, FORM, context, status=422 if form.errors else 200)


def _issue(request: StaffRequest, form: EstimateForm, replaces: Estimate | None) -> Estimate | None:
    assert form.plan is not None  # a valid form has one
    try:
        estimate = verbs.issue(
            patient=form.patient, plan=form.plan, replaces=replaces, by=request.user
        )
    except verbs.AlreadyReplaced:
        form.add_error(None, "Somebody has just issued a newer estimate in its place.")
        return None
    make_estimate.delay(estimate.pk)
    messages.success(request, f"Estimate {estimate.number} is issued; its PDF is being made.")
    return estimate


@allow(*SEES_CARDS)
@require_safe
def estimate_state(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the PDF is; shows nothing of the patient, and is no reading of the record."""
    context: dict[str, Any] = {
        "estimate": _find(request, pk),
        "may_make": request.user.has_role(*TAKES_CARDS),
    }
    return render(request, "billing/_estimate.html", context)


@allow(*SEES_CARDS)
@require_safe
def estimate_file(request: StaffRequest, pk: int) -> HttpResponse:
    estimate = _find(request, pk)
    if estimate.status != Estimate.Status.READY:
        messages.info(request, "The estimate is not ready yet.")
        return go_to(request, estimate.get_absolute_url())
    paper = issued_papers.note_opened(estimate, by=request.user)
    return give_pdf(paper, name=f"{estimate.number}.pdf")


@allow(*TAKES_CARDS)
@require_POST
def estimate_again(request: StaffRequest, pk: int) -> HttpResponse:
    estimate = _find(request, pk)
    if issued_papers.ask_again(estimate, by=request.user):
        make_estimate.delay(estimate.pk)
        messages.success(request, "The estimate is being made again.")
    else:
        messages.info(request, "Nothing to try again: the estimate stands as shown.")
    return go_to(request, estimate.get_absolute_url())


@allow(*TAKES_CARDS)
@require_POST
def estimate_given(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient holds it in their hands."""
    estimate = _find(request, pk)
    try:
        if verbs.give(estimate=estimate, how=verbs.Way.PAPER, by=request.user):
            messages.success(request, "Written down: the patient has it on paper.")
        else:
            messages.info(request, "The patient has it already.")
    except verbs.NotReady:
        messages.error(request, "Its PDF is not made yet: there is nothing to give.")
    return go_to(request, estimate.get_absolute_url())


@allow(*TAKES_CARDS)
@require_POST
def estimate_send(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the patient a link, once for each link; nothing clinical goes along."""
    estimate = _find(request, pk)
    if not estimate.is_current:
        messages.error(request, "A newer estimate stands in its place: send that one.")
        return go_to(request, estimate.get_absolute_url())
    message = verbs.send(estimate=estimate, by=request.user)
    if message.status == Message.Status.WITHHELD:
        messages.error(request, f"Nothing was sent. {message.problem}")
    else:
        how = message.get_channel_display().lower()
        messages.success(
            request, f"The link goes out by {how}. It counts as given once it is opened."
        )
    return go_to(request, estimate.get_absolute_url())


@allow(*BILLING)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: StaffRequest) -> HttpResponse:
    return _rule(request, EstimateRule(), "New rule on estimates", "estimate_rule.added")


@allow(*BILLING)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(EstimateRule, pk=pk)
    return _rule(request, rule, "Rule on estimates", "estimate_rule.changed")


def _rule(request: StaffRequest, rule: EstimateRule, title: str, action: str) -> HttpResponse:
    back = reverse("billing:estimates")
    form = EstimateRuleForm(request.POST or None, instance=rule)
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
        "text": "Days are business days. Estimates that were issued keep the numbers of their day.",
    }
    return render(request, "billing/edit.html", context, status=422 if form.errors else 200)


def _find(request: StaffRequest, pk: int) -> Estimate:
    rows = Estimate.objects.select_related(
        "patient__clinic", "clinic", "issued_by", "given_by", "replaced_by"
    )
    estimate: Estimate = find_visible(
        rows.defer("replaced_by__content", "replaced_by__file_bytes"), pk, by=request.user
    )
    return estimate
