"""The practice's own details, and its clinics."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from people import set_up
from people.access import OVERSIGHT, StaffRequest, allow
from people.forms.practice import PLACES_OF_SERVICE, TIME_ZONES, ClinicForm, PracticeForm
from people.forms.rows import status_of
from people.models import Clinic, Practice, Role
from web.responses import go_to


@allow(*OVERSIGHT)
@require_safe
def practice(request: StaffRequest) -> HttpResponse:
    context = {
        "practice": Practice.objects.first(),
        "may_write": request.user.has_role(Role.OWNER),
    }
    return render(request, "people/practice.html", context)


@allow(Role.OWNER)
def practice_edit(request: StaffRequest) -> HttpResponse:
    row = Practice.objects.first()
    form = PracticeForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        values = form.new_values() if row is None else form.changes()
        try:
            set_up.set_up_practice(by=request.user, **values)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The practice's details are saved.")
            return go_to(request, reverse("people:practice"))
    context = {"form": form, "practice": row}
    return render(request, "people/practice_edit.html", context, status=status_of(form))


@allow(*OVERSIGHT)
@require_safe
def clinics(request: StaffRequest) -> HttpResponse:
    zones, places = dict(TIME_ZONES), dict(PLACES_OF_SERVICE)
    rows = [
        {
            "clinic": clinic,
            "time_zone": zones.get(clinic.time_zone, clinic.time_zone),
            "place": places.get(clinic.place_of_service, clinic.place_of_service),
        }
        for clinic in Clinic.objects.order_by("-is_active", "name")
    ]
    context = {"rows": rows, "may_write": request.user.has_role(Role.OWNER)}
    return render(request, "people/clinics.html", context)


@allow(Role.OWNER)
def clinic_new(request: StaffRequest) -> HttpResponse:
    form = ClinicForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            clinic = set_up.open_clinic(by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{clinic} is open.")
            return go_to(request, reverse("people:clinics"))
    context = {"form": form, "clinic": None}
    return render(request, "people/clinic_edit.html", context, status=status_of(form))


@allow(Role.OWNER)
def clinic_edit(request: StaffRequest, pk: int) -> HttpResponse:
    clinic = get_object_or_404(Clinic, pk=pk)
    form = ClinicForm(request.POST or None, instance=clinic, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            set_up.change_clinic(clinic=clinic, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, reverse("people:clinics"))
    context = {"form": form, "clinic": clinic}
    return render(request, "people/clinic_edit.html", context, status=status_of(form))
