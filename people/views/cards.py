"""A patient's cards: coverages, and the authorisations that hang on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from people import intake
from people.access import (
    TAKES_CARDS,
    StaffRequest,
    allow,
    open_authorization,
    open_coverage,
    open_patient,
)
from people.forms.patient import AuthorizationForm, CoverageForm
from people.forms.rows import status_of
from people.models import Coverage
from web.responses import go_to


@allow(*TAKES_CARDS)
def coverage_new(request: StaffRequest, patient_id: int) -> HttpResponse:
    patient = open_patient(patient_id, by=request.user)
    form = CoverageForm(
        request.POST or None, by=request.user, initial={"priority": _next_priority(patient.pk)}
    )
    if form.is_bound and form.is_valid():
        try:
            intake.add_coverage(patient=patient, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error, beside="priority")
        else:
            messages.success(request, "The card is on file.")
            return go_to(request, patient.get_absolute_url())
    context = {"patient": patient, "form": form, "coverage": None}
    return render(request, "people/coverage_edit.html", context, status=status_of(form))


@allow(*TAKES_CARDS)
def coverage_edit(request: StaffRequest, pk: int) -> HttpResponse:
    coverage = open_coverage(pk, by=request.user)
    form = CoverageForm(request.POST or None, instance=coverage, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            intake.change_coverage(coverage=coverage, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error, beside="priority")
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, coverage.patient.get_absolute_url())
    context = {"patient": coverage.patient, "form": form, "coverage": coverage}
    return render(request, "people/coverage_edit.html", context, status=status_of(form))


@allow(*TAKES_CARDS)
def authorization_new(request: StaffRequest, coverage_id: int) -> HttpResponse:
    coverage = open_coverage(coverage_id, by=request.user)
    form = AuthorizationForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            intake.add_authorization(coverage=coverage, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The authorization is on file.")
            return go_to(request, coverage.patient.get_absolute_url())
    context = {
        "patient": coverage.patient,
        "coverage": coverage,
        "form": form,
        "authorization": None,
    }
    return render(request, "people/authorization_edit.html", context, status=status_of(form))


@allow(*TAKES_CARDS)
def authorization_edit(request: StaffRequest, pk: int) -> HttpResponse:
    authorization = open_authorization(pk, by=request.user)
    form = AuthorizationForm(request.POST or None, instance=authorization, by=request.user)
    patient = authorization.coverage.patient
    if form.is_bound and form.is_valid():
        try:
            intake.change_authorization(
                authorization=authorization, by=request.user, **form.changes()
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, patient.get_absolute_url())
    context = {
        "patient": patient,
        "coverage": authorization.coverage,
        "form": form,
        "authorization": authorization,
    }
    return render(request, "people/authorization_edit.html", context, status=status_of(form))


def _next_priority(patient_id: int) -> int:
    """The first place that no running card holds; a patient's second card is mostly secondary."""
    taken = set(
        Coverage.objects.filter(patient_id=patient_id, ends_on=None).values_list(
            "priority", flat=True
        )
    )
    return next((place for place in Coverage.Priority.values if place not in taken), 1)
