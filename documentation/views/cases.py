"""Open and change a case: its facts, diagnoses, goals and plans of care."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from documentation import cases, compliance, frozen, goal_progress, icd, plan_page, plan_sending
from documentation.access import open_episode, open_goal, open_plan
from documentation.forms import (
    ARRANGE,
    EpisodeForm,
    FindDiagnosisForm,
    GoalForm,
    PlanForm,
    arranged,
)
from documentation.models import Episode, EpisodeDiagnosis, PlanSending
from people.access import CLINICAL, allow, open_patient
from people.forms.rows import status_of
from people.models import Therapist
from scheduling.access import StaffRequest
from web.responses import go_to


@allow(*CLINICAL)
def episode_new(request: StaffRequest, patient_id: int) -> HttpResponse:
    patient = open_patient(patient_id, by=request.user)
    therapist = Therapist.objects.filter(user=request.user, is_active=True).first()
    if therapist is not None and therapist.is_supervised:
        therapist = therapist.supervisor
    initial: dict[str, Any] = {
        "clinic": patient.clinic_id,
        "therapist": therapist,
        "discipline": therapist.discipline if therapist is not None else "PT",
        "started_on": timezone.localdate(timezone=patient.clinic.zone),
    }
    form = EpisodeForm(request.POST or None, initial=initial, patient=patient, by=request.user)
    if ARRANGE not in request.POST and form.is_bound and form.is_valid():
        try:
            row = cases.open_episode(
                patient=patient,
                diagnoses=request.POST.getlist("diagnoses"),
                by=request.user,
                **form.new_values(),
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The case is open. Next: its goals and the plan of care.")
            return go_to(request, row.get_absolute_url())
    context = {"patient": patient, "form": form, "episode": None}
    return _episode_form(request, context, form, chosen=[])


@allow(*CLINICAL)
def episode_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_episode(pk, by=request.user)
    form = EpisodeForm(request.POST or None, instance=row, patient=row.patient, by=request.user)
    if ARRANGE not in request.POST and form.is_bound and form.is_valid():
        out = plan_sending.open_of(row)
        try:
            cases.change_episode(
                episode=row,
                diagnoses=request.POST.getlist("diagnoses"),
                by=request.user,
                **form.changes(),
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            _tell_of_withdrawn(request, out)
            return go_to(request, row.get_absolute_url())
    context = {"patient": row.patient, "form": form, "episode": row}
    return _episode_form(request, context, form, chosen=list(row.diagnoses.all()))


@allow(*CLINICAL)
@require_POST
def diagnoses(request: StaffRequest) -> HttpResponse:
    """The diagnosis picker after a press of one of its buttons, or while words are typed. By POST,
    because what is searched for may belong to the patient on the screen."""
    codes = arranged(request.POST.getlist("diagnoses"), request.POST.get(ARRANGE, ""))
    form = FindDiagnosisForm(request.POST)
    find = form.cleaned_data["find"] if form.is_valid() else ""
    context = _picker(codes, find=find, kept=[], problems=[])
    piece = "_diagnosis_results.html" if "find_only" in request.POST else "_diagnosis_picker.html"
    return render(request, f"documentation/{piece}", context)


@allow(*CLINICAL)
def goal_new(request: StaffRequest, episode_id: int) -> HttpResponse:
    episode = open_episode(episode_id, by=request.user)
    form = GoalForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid():
        out = plan_sending.open_of(episode)
        try:
            cases.add_goal(episode=episode, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The goal is added.")
            _tell_of_withdrawn(request, out)
            return go_to(request, episode.get_absolute_url())
    return _of_case(request, "documentation/goal.html", form, episode, goal=None)


@allow(*CLINICAL)
def goal_edit(request: StaffRequest, pk: int) -> HttpResponse:
    goal = open_goal(pk, by=request.user)
    form = GoalForm(request.POST or None, instance=goal, by=request.user)
    if form.is_bound and form.is_valid():
        out = plan_sending.open_of(goal.episode)
        try:
            cases.change_goal(goal=goal, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            _tell_of_withdrawn(request, out)
            return go_to(request, goal.episode.get_absolute_url())
    today = timezone.localdate(timezone=goal.episode.clinic.zone)
    stand = goal_progress.of_goal(goal, on=today) if goal.series else None
    return _of_case(request, "documentation/goal.html", form, goal.episode, goal=goal, stand=stand)


@allow(*CLINICAL)
def plan_new(request: StaffRequest, episode_id: int) -> HttpResponse:
    episode = open_episode(episode_id, by=request.user)
    is_first = not episode.plans.exists()
    initial = {
        "starts_on": episode.started_on
        if is_first
        else timezone.localdate(timezone=episode.clinic.zone)
    }
    form = PlanForm(request.POST or None, initial=initial, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            cases.add_plan(episode=episode, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The plan of care is added.")
            return go_to(request, episode.get_absolute_url())
    return _of_case(request, "documentation/plan.html", form, episode, plan=None)


@allow(*CLINICAL)
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_plan(pk, by=request.user)
    validity = frozen.validity_of(row)
    certification, words = compliance.told_of(
        row,
        today=timezone.localdate(timezone=row.episode.clinic.zone),
        episode=row.episode,
        is_first=not row.episode.plans.filter(starts_on__lt=row.starts_on).exists(),
    )
    form = PlanForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        out = plan_sending.open_of(row.episode)
        try:
            cases.change_plan(plan=row, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            _tell_of_withdrawn(request, out)
            return go_to(request, row.episode.get_absolute_url())
    sents = plan_page.sent_of(row)
    is_out = next((sent.sending for sent in sents if sent.sending.is_open), None)
    can_be_sent = is_out is None or sents[0].can_be_sent_again
    return _of_case(
        request,
        "documentation/plan.html",
        form,
        row.episode,
        plan=row,
        sents=sents,
        is_out=is_out,
        may_send=row.signed_on is None and can_be_sent and bool(row.episode.referring_provider_id),
        validity=validity,
        certification=certification,
        certification_words=words,
    )


def _tell_of_withdrawn(request: StaffRequest, out: list[PlanSending]) -> None:
    """What was out before the change, and came back by it."""
    for sending in out:
        sending.refresh_from_db(fields=["status"])
        if not sending.is_open:
            messages.warning(
                request,
                f"The plan of care with {sending.provider_name} is withdrawn, because it now says "
                "something else. Send it again.",
            )


def _of_case(
    request: StaffRequest, page: str, form: Any, episode: Episode, **more: Any
) -> HttpResponse:
    context = {"form": form, "episode": episode, "patient": episode.patient} | more
    return render(request, page, context, status=status_of(form))


def _episode_form(
    request: StaffRequest,
    context: dict[str, Any],
    form: EpisodeForm,
    *,
    chosen: list[EpisodeDiagnosis],
) -> HttpResponse:
    """The page of a case's form. A press on one of the picker's buttons, where no script runs,
    comes here too: the list is arranged and nothing is saved or found wrong yet."""
    arranges = ARRANGE in request.POST
    codes = request.POST.getlist("diagnoses") if form.is_bound else [row.code for row in chosen]
    if arranges:
        codes = arranged(codes, request.POST[ARRANGE])
        form.errors.clear()
    context |= _picker(
        codes,
        find=request.POST.get("find", "") if arranges else "",
        kept=chosen,
        problems=[] if arranges else form.diagnosis_problems,
    )
    return render(request, "documentation/episode_form.html", context, status=status_of(form))


def _picker(
    codes: list[str], *, find: str, kept: list[EpisodeDiagnosis], problems: list[str]
) -> dict[str, Any]:
    found = icd.search(find) if find.strip() else []
    return {
        "chosen": [_chosen(code, kept) for code in codes],
        "problems": problems,
        "find": find,
        "found": [entry for entry in found if entry.code not in codes],
        "is_full": len(codes) >= cases.MOST_DIAGNOSES,
    }


def _chosen(code: str, kept: list[EpisodeDiagnosis]) -> icd.Diagnosis:
    for row in kept:
        if row.code == icd.tidy(code):
            return icd.Diagnosis(row.code, row.label)
    try:
        return icd.find(code)
    except icd.NotSpecific as error:
        return icd.Diagnosis(icd.tidy(code), str(error))
    except icd.UnknownDiagnosis:
        return icd.Diagnosis(icd.tidy(code)[:8], "No such code")
