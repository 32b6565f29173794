"""Two records of one person: who may be one, side by side, merged, told apart, and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from people import duplicates, merging
from people.access import DESK, StaffRequest, allow, find_visible, open_patient
from people.duplicates import known
from people.forms.merge import MergeForm
from people.likeness import compare
from people.models import MergeRecord, Patient
from web.responses import go_to

RECENT = 20


@allow(*DESK)
@require_safe
def possible_duplicates(request: StaffRequest) -> HttpResponse:
    merges = (
        MergeRecord.objects.visible_to(request.user)
        .filter(undone_at=None)
        .select_related("kept__clinic", "other", "merged_by")[:RECENT]
    )
    context = {
        "pairs": duplicates.pairs(by=request.user),
        "merges": merges,
        "shows_clinic": request.user.visible_clinics().count() > 1,
    }
    return render(request, "people/duplicates.html", context)


@allow(*DESK)
def merge_patients(request: StaffRequest, patient_id: int, other_patient_id: int) -> HttpResponse:
    """Side by side, with what merging would move and what stands in the way; the first is kept."""
    if patient_id == other_patient_id:
        raise Http404("A record is not merged with itself.")
    kept = open_patient(patient_id, by=request.user)
    other = open_patient(other_patient_id, by=request.user)
    form = MergeForm(request.POST or None, kept=kept, other=other)
    status = 200
    told = ""
    if request.method == "POST" and form.is_valid():
        try:
            merging.merge(kept=kept, other=other, take=form.taken(), by=request.user)
        except merging.CannotMerge as problem:
            told, status = problem.told, 409
        except ValidationError as problem:
            told, status = " ".join(problem.messages), 422
        else:
            messages.success(request, f"{other.mrn} is merged into {kept.mrn}. It can be undone.")
            return go_to(request, kept.get_absolute_url())
    try:
        preview = merging.preview(kept=kept, other=other)
    except merging.CannotMerge as problem:
        raise Http404(problem.told) from None
    context = {
        "kept": kept,
        "other": other,
        "form": form,
        "likeness": compare(known(kept), known(other)),
        "preview": preview,
        "told": told,
    }
    return render(request, "people/merge.html", context, status=status)


@allow(*DESK)
@require_POST
def tell_apart(request: StaffRequest, patient_id: int, other_patient_id: int) -> HttpResponse:
    if patient_id == other_patient_id:
        raise Http404("A record is itself.")
    one, other = (
        find_visible(Patient.objects.all(), pk, by=request.user)
        for pk in (patient_id, other_patient_id)
    )
    duplicates.tell_apart(one, other, by=request.user)
    messages.success(request, "Remembered: these are two people.")
    return go_to(request, reverse("people:duplicates"))


@allow(*DESK)
@require_POST
def merge_undo(request: StaffRequest, pk: int) -> HttpResponse:
    record = find_visible(MergeRecord.objects.select_related("kept", "other"), pk, by=request.user)
    try:
        merging.undo(record=record, by=request.user)
    except merging.CannotUndo as problem:
        context = {"record": record, "reasons": problem.reasons}
        return render(request, "people/merge_undo.html", context, status=409)
    messages.success(request, "The two records stand as they stood before.")
    return go_to(request, reverse("people:duplicates"))
