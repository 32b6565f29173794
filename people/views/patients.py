"""Patients: find one, open one, register, change, remove and put back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import exports, intake, search, sheets
from people.access import (
    ANY_STAFF,
    DESK,
    TAKES_CARDS,
    StaffRequest,
    allow,
    find_visible,
    open_patient,
)
from people.forms.patient import PatientForm, SearchForm
from people.forms.rows import status_of
from people.models import Patient, Role
from web.responses import go_to, render_page_or_piece

PAGE_SIZE = 50
PALETTE_SIZE = 8


@allow(*ANY_STAFF)
def patients(request: StaffRequest) -> HttpResponseBase:
    """The list, and search as you type. A question comes by POST: a name has no place in an
    address, which histories and proxies keep."""
    form = SearchForm(request.POST or None)
    visible = Patient.objects.visible_to(request.user).select_related("clinic")
    typed = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
    if exports.is_asked(request) and not form.errors:
        rows = search.find(visible, typed) if typed else visible
        return exports.export(request, name="patients", columns=sheets.PATIENTS, rows=rows)
    context = {
        "form": form,
        "typed": typed,
        "may_write": request.user.has_role(*DESK),
        "is_owner": request.user.has_role(Role.OWNER),
        "shows_clinic": request.user.visible_clinics().count() > 1,
    }
    if typed or form.errors:
        found = list(search.find(visible, typed)[: PAGE_SIZE + 1])
        context |= {"patients": found[:PAGE_SIZE], "has_more": len(found) > PAGE_SIZE}
    else:
        page = Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"patients": page.object_list, "page_obj": page}
    return render_page_or_piece(
        request,
        page="people/patients.html",
        piece="people/_patient_rows.html",
        context=context,
    )


@allow(*ANY_STAFF)
@require_POST
def search_patients(request: StaffRequest) -> JsonResponse:
    """What the command palette asks: the eight likeliest patients."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"patients": [], "errors": form.errors}, status=400)
    visible = Patient.objects.visible_to(request.user)
    found = search.find(visible, form.cleaned_data["q"])[:PALETTE_SIZE]
    return JsonResponse(
        {
            "patients": [
                {
                    "id": patient.pk,
                    "name": patient.list_name,
                    "mrn": patient.mrn,
                    "birth_date": patient.birth_date.isoformat(),
                    "phone": patient.mobile_phone or patient.home_phone,
                    "url": patient.get_absolute_url(),
                }
                for patient in found
            ]
        }
    )


@allow(*ANY_STAFF)
@require_safe
def patient(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_patient(pk, by=request.user)
    today = timezone.localdate(timezone=row.clinic.zone)
    coverages = [
        {
            "coverage": coverage,
            "is_active": coverage.is_active_on(today),
            "is_coming": coverage.starts_on > today,
            "authorizations": [
                {
                    "authorization": authorization,
                    "is_active": authorization.is_active_on(today),
                    "is_coming": authorization.starts_on > today,
                }
                for authorization in coverage.authorizations.all()
            ],
        }
        for coverage in row.coverages.select_related("payer").prefetch_related("authorizations")
    ]
    return render(
        request,
        "people/patient.html",
        {
            "patient": row,
            "coverages": coverages,
            "today": today,
            "may_write": request.user.has_role(*DESK),
            "takes_cards": request.user.has_role(*TAKES_CARDS),
        },
    )


@allow(*DESK)
def patient_new(request: StaffRequest) -> HttpResponse:
    form = PatientForm(request.POST or None, by=request.user)
    duplicates: list[Patient] = []
    if form.is_bound and form.is_valid():
        values = form.new_values()
        if "is_new" not in request.POST:
            duplicates = list(
                search.possible_duplicates(
                    Patient.objects.visible_to(request.user),
                    last_name=values["last_name"],
                    birth_date=values["birth_date"],
                ).select_related("clinic")[:5]
            )
        if not duplicates:
            try:
                row = intake.register_patient(by=request.user, **values)
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, "The patient is registered.")
                return go_to(request, row.get_absolute_url())
    context = {"form": form, "duplicates": duplicates}
    return render(request, "people/patient_new.html", context, status=status_of(form))


@allow(*DESK)
def patient_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_patient(pk, by=request.user)
    form = PatientForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            intake.change_patient(patient=row, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, row.get_absolute_url())
    context = {
        "patient": row,
        "form": form,
        "may_remove": request.user.has_role(Role.OWNER),
    }
    return render(request, "people/patient_edit.html", context, status=status_of(form))


@allow(Role.OWNER)
@require_POST
def patient_remove(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Patient.objects.all(), pk, by=request.user)
    intake.remove_patient(patient=row, by=request.user)
    messages.success(request, "The patient is removed, and can be put back from here.")
    return go_to(request, reverse("people:patients-removed"))


@allow(Role.OWNER)
@require_safe
def removed_patients(request: StaffRequest) -> HttpResponse:
    removed = (
        Patient.objects.removed_visible_to(request.user)
        .select_related("clinic")
        .order_by("-removed_at")
    )
    page = Paginator(removed, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "people/removed_patients.html", {"page_obj": page})


@allow(Role.OWNER)
@require_POST
def patient_restore(request: StaffRequest, pk: int) -> HttpResponse:
    removed = Patient.objects.removed_visible_to(request.user).filter(pk=pk).first()
    row = removed or find_visible(Patient.objects.all(), pk, by=request.user)
    intake.restore_patient(patient=row, by=request.user)
    messages.success(request, "The patient is back.")
    return go_to(request, row.get_absolute_url())
