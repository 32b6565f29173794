"""A patient's tab "Medicare": notices that Medicare may not pay, and what the year has used."""

from __future__ import annotations

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from billing import year_use
from billing.models import AbnRecord, YearUse
from billing.rule_data import amounts_on, threshold_of
from billing.rule_forms import NoticeForm, YearUseForm
from billing.rules.threshold import accrued_of
from billing.rules.types import Discipline
from people.access import StaffRequest, allow, find_visible, open_patient
from people.models import Patient, Role
from web.responses import go_to

WRITES_NOTICES = (Role.OWNER, Role.FRONT_DESK, Role.BILLER, Role.THERAPIST)
SEES_NOTICES = (*WRITES_NOTICES, Role.ASSISTANT, Role.AUDITOR)
LABELS = {YearUse.Bucket.PT_SLP: Discipline.PT, YearUse.Bucket.OT: Discipline.OT}


@allow(*SEES_NOTICES)
@require_GET
def patient_medicare(request: StaffRequest, pk: int) -> HttpResponse:
    patient = open_patient(pk, by=request.user)
    today = timezone.localdate()
    threshold = threshold_of(amounts_on(today))
    accrued = year_use.accrued_on(patient.pk, today)
    of_person = Patient.objects.same_person(patient.pk)
    context = {
        "patient": patient,
        "year": today.year,
        "meters": [
            {
                "label": bucket.label,
                "used": accrued_of(discipline, accrued),
                "limit": threshold.of(discipline) if threshold else None,
                "is_over": threshold is not None
                and accrued_of(discipline, accrued) >= threshold.of(discipline),
            }
            for bucket, discipline in LABELS.items()
        ],
        "notices": AbnRecord.objects.filter(patient__in=of_person).select_related("recorded_by"),
        "uses": YearUse.objects.filter(patient__in=of_person).select_related("entered_by"),
        "today": today,
        "may_write": request.user.has_role(*WRITES_NOTICES),
    }
    return render(request, "billing/patient_medicare.html", context)


def _new(
    request: StaffRequest, patient: Patient, form: ModelForm, *, title: str, text: str
) -> HttpResponse:
    back = reverse("billing:patient-medicare", args=[patient.pk])
    if request.method == "POST" and form.is_valid():
        row = form.save(commit=False)
        if isinstance(row, AbnRecord):
            year_use.record_notice(row, by=request.user)
        else:
            year_use.enter_use(row, by=request.user)
        messages.success(request, "Saved. Open claims are checked by it the next time.")
        return go_to(request, back)
    context = {"form": form, "title": title, "back": back, "text": text}
    return render(request, "billing/edit.html", context, status=422 if form.errors else 200)


@allow(*WRITES_NOTICES)
def notice_new(request: StaffRequest, pk: int) -> HttpResponse:
    patient = open_patient(pk, by=request.user)
    form = NoticeForm(request.POST or None, instance=AbnRecord(patient=patient))
    return _new(
        request,
        patient,
        form,
        title="Notice that Medicare may not pay",
        text="Form CMS-R-131, or that there is none. It puts GA, GX with GY, GY or GZ on claims.",
    )


@allow(*WRITES_NOTICES)
def year_use_new(request: StaffRequest, pk: int) -> HttpResponse:
    patient = open_patient(pk, by=request.user)
    initial = {"as_of": timezone.localdate(), "source": "Medicare contractor's portal"}
    form = YearUseForm(request.POST or None, instance=YearUse(patient=patient), initial=initial)
    return _new(
        request,
        patient,
        form,
        title="Used of the year's therapy amount",
        text="From all providers, as the payer's portal shows it. Our own later visits are added.",
    )


def _withdraw(request: StaffRequest, row: AbnRecord | YearUse) -> HttpResponse:
    try:
        year_use.withdraw(row, by=request.user)
    except year_use.AlreadyWithdrawn:
        messages.error(request, "Somebody has withdrawn it already.")
    else:
        messages.success(request, "Withdrawn. Open claims are checked without it the next time.")
    return go_to(request, reverse("billing:patient-medicare", args=[row.patient_id]))


@allow(*WRITES_NOTICES)
@require_POST
def notice_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    return _withdraw(request, find_visible(AbnRecord.objects.all(), pk, by=request.user))


@allow(*WRITES_NOTICES)
@require_POST
def year_use_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    return _withdraw(request, find_visible(YearUse.objects.all(), pk, by=request.user))
