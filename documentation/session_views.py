"""The session page, its saves, opening a visit, and the clinician's day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documentation import (
    charting,
    drafts,
    plan_page,
    reports,
    session_content,
    session_page,
    timer_page,
    today,
)
from documentation.models import Visit
from documentation.rules.session import NotASession
from documentation.session_forms import PlainSessionForm, TodayForm, read_json
from people import audit
from people.access import CLINICAL, allow, find_visible, open_patient
from people.models import Patient, Role, Therapist, User
from scheduling.access import StaffRequest
from scheduling.facts import NotBookable, WrongStatus
from scheduling.models import Appointment
from web.responses import go_to, render_page_or_piece

# --- The day ------------------------------------------------------------------------------------


@allow(*CLINICAL)
@require_GET
def today_page(request: StaffRequest) -> HttpResponse:
    user = request.user
    form = TodayForm(request.GET, user=user)
    form.is_valid()
    now = today.today_for(user)
    day = form.cleaned_data.get("day") or now
    therapist, may_pick = _whose_day(user, form)
    unsigned, unsigned_count = today.unsigned_before(
        day=min(day, now), user=user, therapist=therapist
    )
    context = {
        "day": day,
        "is_today": day == now,
        "previous": day - dt.timedelta(days=1),
        "following": day + dt.timedelta(days=1),
        "told": plan_page.to_tell(user, therapist=therapist) if day == now else [],
        "running": timer_page.running_for(user, therapist),
        "rows": today.day_of(day=day, user=user, therapist=therapist),
        "unsigned": unsigned,
        "unsigned_count": unsigned_count,
        "therapist": therapist,
        "therapists": form.fields["therapist"].queryset if may_pick else None,  # type: ignore[attr-defined]
        "shows_therapist": therapist is None,
    }
    return render_page_or_piece(
        request,
        page="documentation/today.html",
        piece="documentation/_today_rows.html",
        context=context,
    )


def _whose_day(user: User, form: TodayForm) -> tuple[Therapist | None, bool]:
    """Clinicians see their own day; an owner picks one, or sees them all."""
    own = Therapist.objects.select_related("user").filter(user=user).first()
    if not user.has_role(Role.OWNER):
        return own or Therapist(pk=0), False
    if "therapist" in form.data:
        return form.cleaned_data.get("therapist"), True
    return own, True


# --- Opening ------------------------------------------------------------------------------------


@allow(*CLINICAL)
@require_POST
def open_visit(request: StaffRequest, pk: int) -> HttpResponse:
    """One tap on an appointment: its visit, opened now or before."""
    appointment = find_visible(Appointment.objects.select_related("clinic"), pk, by=request.user)
    try:
        visit = charting.open_visit(appointment=appointment, by=request.user)
    except charting.NotTreatable as error:
        return _not_opened(request, str(error), appointment)
    except NotBookable as error:
        return _not_opened(request, " ".join(error.problems.values()), appointment)
    except WrongStatus as error:
        return _not_opened(request, error.sentence, appointment)
    return go_to(request, _page_of(visit))


@allow(*CLINICAL)
@require_POST
def open_walk_in(request: StaffRequest, patient_id: int) -> HttpResponse:
    """A visit of today without an appointment."""
    patient = open_patient(patient_id, by=request.user)
    try:
        visit = charting.open_walk_in(patient=patient, by=request.user)
    except charting.NotTreatable as error:
        messages.error(request, str(error))
        return go_to(request, patient.get_absolute_url())
    return go_to(request, _page_of(visit))


def _page_of(visit: Visit) -> str:
    return visit.note.get_absolute_url() if visit.note.is_signed else visit.get_absolute_url()


def _not_opened(request: StaffRequest, why: str, appointment: Appointment) -> HttpResponse:
    messages.error(request, why)
    return go_to(request, appointment.get_absolute_url())


@allow(*CLINICAL)
@require_GET
def appointment_panel(request: StaffRequest, pk: int) -> HttpResponse:
    """What the appointment's card offers a clinician: open the visit, go on, or read the note."""
    appointment = find_visible(Appointment.objects.select_related("clinic"), pk, by=request.user)
    visit = Visit.objects.select_related("note").filter(appointment=appointment).first()
    context = {"appointment": appointment, "visit": visit, "may_open": today.may_open(appointment)}
    return render(request, "documentation/_session_open.html", context)


@allow(*CLINICAL)
@require_GET
def patient_panel(request: StaffRequest, pk: int) -> HttpResponse:
    """On the patient's page: a visit without an appointment. The page itself was audited."""
    find_visible(Patient.objects.all(), pk, by=request.user)
    is_clinician = Therapist.objects.filter(user=request.user, is_active=True).exists()
    context = {"patient_id": pk, "is_clinician": is_clinician}
    return render(request, "documentation/_session_walk_in.html", context)


# --- The session --------------------------------------------------------------------------------


@allow(*CLINICAL)
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: StaffRequest, pk: int) -> HttpResponse:
    """The page on which a visit is logged. A browser without scripts posts it here as a form."""
    visits = session_content.with_session(Visit.objects.all())
    visit = find_visible(visits, pk, by=request.user)
    if visit.note.is_signed:
        return go_to(request, visit.note.get_absolute_url())
    if request.method == "POST":
        return _save_plain(request, visit)
    audit.record(by=request.user, action="note.viewed", patient=visit.patient, target=visit.note)
    return render(request, "documentation/session.html", session_page.context(visit, request.user))


def _save_plain(request: StaffRequest, visit: Visit) -> HttpResponse:
    content = session_content.content_of(visit)
    form = PlainSessionForm(request.POST, entries=content["entries"])
    if not form.is_valid():
        messages.error(request, "That form could not be read. Reload the page and try again.")
        return go_to(request, visit.get_absolute_url())
    content = form.over(content)
    if "draft_report" in request.POST:
        kind = str(content["note"].get("kind", ""))
        texts = reports.draft(visit=visit, kind=kind, by=request.user)
        content = reports.into_empty_fields(content, texts)
    if "copy" in request.POST:
        content["entries"] += drafts.carried_forward(visit)
    try:
        drafts.save_draft(
            visit=visit,
            content=content,
            base_version=form.cleaned_data["base_version"],
            by=request.user,
        )
    except charting.AlreadySigned as error:
        messages.error(request, str(error))
        return go_to(request, visit.note.get_absolute_url())
    except drafts.StaleDraft as stale:
        who = f" by {stale.saved_by}" if stale.saved_by else ""
        messages.error(
            request,
            f"This visit was saved elsewhere meanwhile{who}. Your words are still below: "
            "look them over and save again to keep them.",
        )
        context = session_page.context(visit, request.user, content=content)
        return render(request, "documentation/session.html", context, status=409)
    except drafts.DraftTooLarge:
        messages.error(request, "This is more than a note can hold. Shorten it and save again.")
        context = session_page.context(visit, request.user, content=content)
        return render(request, "documentation/session.html", context, status=413)
    if "review" in request.POST:
        return go_to(request, visit.note.get_absolute_url())
    return go_to(request, visit.get_absolute_url())


@csrf_exempt  # checked below, after the log-in: a lapsed session is told so and keeps what it typed
@allow(*CLINICAL)
@require_POST
@csrf_protect
def session_draft(request: StaffRequest, pk: int) -> HttpResponse:
    """A save while somebody types. Answers with what the page shows beside the fields."""
    visit = find_visible(Visit.objects.select_related("clinic"), pk, by=request.user)
    try:
        typed = read_json(request)
        if typed.get("user") not in (None, request.user.pk):
            return _refused(409, "other_user", "Somebody else is logged in here now.")
        content, base = typed.get("content"), typed.get("base_version")
        if not isinstance(content, dict) or type(base) is not int:
            raise NotASession("A save has a content and the version it was built on.")
        state = drafts.save_draft(visit=visit, content=content, base_version=base, by=request.user)
    except NotASession as error:
        return _refused(400, "unreadable", str(error))
    except drafts.DraftTooLarge as error:
        return _refused(413, "too_large", str(error))
    except charting.AlreadySigned as error:
        return _refused(409, "signed", str(error), url=visit.note.get_absolute_url())
    except drafts.StaleDraft as stale:
        return _refused(
            409,
            "stale_draft",
            "This visit was saved from elsewhere since.",
            version=stale.version,
            content=stale.content,
            saved_by=stale.saved_by,
            saved_at=session_page.clock_time(stale.saved_at, visit.clinic),
        )
    return JsonResponse(session_page.state_as_json(state, visit.clinic))


def _refused(status: int, code: str, detail: str, **more: Any) -> JsonResponse:
    return JsonResponse({"code": code, "detail": detail} | more, status=status)
