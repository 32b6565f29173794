"""Consent forms: the owner words them, patients sign them, anybody on the staff looks them up."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from people import consents
from people.access import (
    ANY_STAFF,
    OVERSIGHT,
    RECEIVES,
    StaffRequest,
    allow,
    open_consent,
    open_patient,
)
from people.forms.consents import (
    ConsentSettingsForm,
    DeclineForm,
    NewConsentForm,
    SignForm,
    VersionForm,
)
from people.forms.rows import status_of
from people.models import (
    ConsentForm,
    ConsentSignature,
    ConsentVersion,
    Patient,
    Practice,
    Role,
    User,
)
from web.responses import go_to


@allow(*OVERSIGHT)
@require_safe
def consent_forms(request: StaffRequest) -> HttpResponse:
    today = _today_of(request.user)
    forms = ConsentForm.objects.order_by("-is_active", "position", "name")
    rows = [
        {"form": form, "version": _in_force(form.versions.all(), today)}
        for form in forms.prefetch_related("versions")
    ]
    context = {"rows": rows, "may_write": request.user.has_role(Role.OWNER)}
    return render(request, "people/consent_forms.html", context)


def _today_of(user: User) -> dt.date:
    """The day at the clinic where this person works; in UTC the evening is tomorrow already."""
    clinic = user.visible_clinics().first()
    return timezone.localdate(timezone=clinic.zone if clinic is not None else None)


def _in_force(versions: Any, day: dt.date) -> ConsentVersion | None:
    begun = [row for row in versions if row.effective_from <= day]
    return max(begun, key=lambda row: row.number, default=None)


@allow(Role.OWNER)
def consent_form_new(request: StaffRequest) -> HttpResponse:
    first = {"effective_from": _today_of(request.user)}
    form = NewConsentForm(request.POST or None, by=request.user, initial=first)
    if form.is_bound and form.is_valid():
        try:
            row = consents.add_form(by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{row} is ready to be signed.")
            return go_to(request, reverse("people:consent-forms"))
    context = {"form": form, "row": None}
    return render(request, "people/consent_form_edit.html", context, status=status_of(form))


@allow(Role.OWNER)
def consent_form_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """When it is to be signed; and every wording it ever had."""
    row = get_object_or_404(ConsentForm, pk=pk)
    form = ConsentSettingsForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            consents.change_form(form=row, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, reverse("people:consent-forms"))
    versions = row.versions.select_related("written_by")
    context = {"form": form, "row": row, "versions": versions}
    return render(request, "people/consent_form_edit.html", context, status=status_of(form))


@allow(Role.OWNER)
def consent_version_new(request: StaffRequest, consent_form_id: int) -> HttpResponse:
    row = get_object_or_404(ConsentForm, pk=consent_form_id)
    newest = row.versions.first()
    initial: dict[str, Any] = {"effective_from": _today_of(request.user)}
    if newest is not None:
        initial |= {"title": newest.title, "body": newest.body}
    form = VersionForm(request.POST or None, by=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            version = consents.write_version(form=row, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{version} is kept; the old wording stays as signed.")
            return go_to(request, reverse("people:consent-form-edit", args=[row.pk]))
    context = {"form": form, "row": row}
    return render(request, "people/consent_version_new.html", context, status=status_of(form))


@allow(*ANY_STAFF)
@require_safe
def patient_consents(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient's tab: what is to be signed, and every answer so far."""
    patient = open_patient(pk, by=request.user)
    answers = (
        ConsentSignature.objects.visible_to(request.user)
        .filter(patient__in=Patient.objects.same_person(patient.pk))
        .defer("image")
        .select_related("version__form")
    )
    context = {
        "patient": patient,
        "asked": consents.asked_of(patient, on=_today(patient)),
        "answers": answers,
        "may_sign": request.user.has_role(*RECEIVES),
        "may_word": request.user.has_role(Role.OWNER),
    }
    return render(request, "people/patient_consents.html", context)


@allow(*RECEIVES)
def consent_sign(request: StaffRequest, patient_id: int, version_id: int) -> HttpResponse:
    """The form on the tablet: read it, then sign or decline."""
    patient = open_patient(patient_id, by=request.user)
    version = get_object_or_404(ConsentVersion.objects.select_related("form"), pk=version_id)
    back = _back(request, patient)
    declines = "decline" in request.POST
    signer = {"signer_name": patient.full_name}
    signing = SignForm(None if declines else request.POST or None, initial=signer)
    declining = DeclineForm(request.POST if declines else None, initial=signer, prefix="no")
    if signing.is_bound and signing.is_valid():
        consents.sign(patient=patient, version=version, by=request.user, **signing.signed())
        messages.success(request, f"{version.title} is signed.")
        return go_to(request, back)
    if declining.is_bound and declining.is_valid():
        consents.decline(patient=patient, version=version, by=request.user, **declining.declined())
        messages.success(request, f"It is written down that {version.title} was declined.")
        return go_to(request, back)
    context = {
        "patient": patient,
        "version": version,
        "signing": signing,
        "declining": declining,
        "back": back,
    }
    used = declining if declines else signing
    return render(request, "people/consent_sign.html", context, status=status_of(used))


@allow(*ANY_STAFF)
@require_safe
def consent(request: StaffRequest, pk: int) -> HttpResponse:
    """What was signed, as it was signed; for the screen and for paper."""
    row = open_consent(pk, by=request.user)
    image = base64.b64encode(bytes(row.image)).decode() if row.image is not None else ""
    context = {
        "patient": row.patient,
        "consent": row,
        "image": image,
        "practice": Practice.objects.first(),
        "is_whole": consents.sha256_of(row) == row.sha256,
    }
    return render(request, "people/consent.html", context)


def _today(patient: Patient) -> dt.date:
    return timezone.localdate(timezone=patient.clinic.zone)


def _back(request: StaffRequest, patient: Patient) -> str:
    """Where the tablet goes next: the page that sent it here, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("people:patient-consents", args=[patient.pk])
