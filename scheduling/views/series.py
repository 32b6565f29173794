"""Series: plan one, see every visit and its conflicts, book it; later change or call it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people import audit
from people.access import allow, find_visible
from people.models import Clinic, Patient
from scheduling import answers, free_time, series_plan
from scheduling import series as verbs
from scheduling.access import BOOKS, SEES_THE_DAY, StaffRequest
from scheduling.answers import REFUSALS
from scheduling.facts import NotBookable, SeriesRefused
from scheduling.finding import WEEKDAYS
from scheduling.forms.series import (
    CancelSeriesForm,
    ChangeForm,
    PlanForm,
    SeriesForm,
    hidden_again,
)
from scheduling.free_time import Needs
from scheduling.models import Appointment, Series
from scheduling.series_plan import Change, Plan
from scheduling.series_solver import TooFewDays
from scheduling.views import clinic_of
from web.responses import go_to

BEGIN = "begin"  # the button on the booking form: what it knows so far becomes an address
BOOK = "book"  # the button under a plan; without it the plan is made


@allow(*BOOKS)
def series_new(request: StaffRequest) -> HttpResponse:
    """The form; under it, once it is sent, the plan; and from there the booking."""
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    if request.method != "POST":
        form = SeriesForm(None, by=request.user, clinic=clinic, initial=_known(request, clinic))
        return _new_page(request, clinic, form)
    form = SeriesForm(request.POST, by=request.user, clinic=clinic)
    if BEGIN in request.POST:
        return go_to(request, f"{reverse('scheduling:series-new')}?{form.known_so_far()}")
    if not form.is_valid():
        return _new_page(request, clinic, form, status=422)
    if BOOK in request.POST:
        return _book(request, clinic, form)
    try:
        plan = series_plan.plan_new(form.question(), to=request.user)
    except TooFewDays as refusal:
        field = "weekdays" if form.cleaned_data["weekdays"] else "per_week"
        form.add_error(field, _too_few(refusal))
        return _new_page(request, clinic, form, status=422)
    return _new_page(request, clinic, form, plan=plan)


def _book(request: StaffRequest, clinic: Clinic, form: SeriesForm) -> HttpResponse:
    question = form.question()
    chosen = _plan_form(request, question.needs)
    if not chosen.is_valid():
        shown = chosen.cleaned_data.get("chosen", ())
        plan = series_plan.plan_new(question, to=request.user, shown=shown)
        return _new_page(request, clinic, form, plan=plan, chosen=chosen, status=422)
    try:
        made = verbs.book(
            patient=question.patient,
            clinic=clinic,
            appointment_type=question.needs.appointment_type,
            minutes=question.wanted.minutes,
            rule=form.rule(),
            visits=chosen.visits(),
            by=request.user,
            rest=chosen.cleaned_data["rest"],
        )
    except SeriesRefused as refusal:
        plan = series_plan.plan_new(
            question,
            to=request.user,
            shown=chosen.cleaned_data["chosen"],
            refused=_told(refusal, request),
        )
        _ask_for_a_reason(chosen, plan)
        return _new_page(request, clinic, form, plan=plan, chosen=chosen, status=409)
    messages.success(request, f"{made.visits} visits of {made.patient} are booked.")
    left = len([row for row in chosen.cleaned_data["chosen"] if not row.is_skipped]) - made.visits
    if left:
        messages.warning(request, f"{left} of the chosen visits could not be booked any more.")
    return go_to(request, made.get_absolute_url())


def _plan_form(request: StaffRequest, needs: Needs) -> PlanForm:
    therapists = {therapist.pk: therapist for therapist, _ in free_time.therapists_for(needs)}
    return PlanForm(request.POST, therapists=therapists, clinic=needs.clinics[0])


def _told(refusal: SeriesRefused, request: StaffRequest) -> dict[int, list[str]]:
    """Each refused visit's reason in words."""
    return {
        position: [answers.in_json(problem, to=request.user)["detail"]]
        for position, problem in refusal.problems.items()
        if isinstance(problem, REFUSALS)
    }


def _ask_for_a_reason(chosen: PlanForm, plan: Plan) -> None:
    is_wanted = any(row.needs_reason and row.chosen != series_plan.SKIP for row in plan.rows)
    if is_wanted and not chosen.cleaned_data["over_budget_reason"]:
        chosen.add_error("over_budget_reason", "Say why, or leave these visits out.")


def _too_few(refusal: TooFewDays) -> str:
    days = [WEEKDAYS[weekday] for weekday in refusal.weekdays]
    if not days:
        return "Nobody works then. Choose another time of day, or other therapists."
    on = " and ".join(filter(None, [", ".join(days[:-1]), days[-1]]))
    return f"Somebody works then on {on} only: at most {len(days)} a week."


def _known(request: StaffRequest, clinic: Clinic) -> dict[str, Any]:
    """Starting values from the address; ids only."""
    asked = request.GET
    known: dict[str, Any] = {
        "starts_on": asked.get("date") or timezone.now().astimezone(clinic.zone).date(),
        "appointment_type": asked.get("appointment_type", ""),
        "therapists": asked.getlist("therapist"),
    }
    if asked.get("patient", "").isdigit():
        patient = find_visible(Patient.objects.all(), int(asked["patient"]), by=request.user)
        known |= {"patient": patient.pk, "patient_name": patient.list_name}
    return known


def _new_page(
    request: StaffRequest,
    clinic: Clinic,
    form: SeriesForm,
    *,
    plan: Plan | None = None,
    chosen: PlanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "clinic": clinic,
        "plan": plan,
        "chosen": chosen or PlanForm(None, therapists={}, clinic=clinic),
        "hidden": [("clinic", clinic.pk), *hidden_again(form)] if plan is not None else [],
        "is_refused": status == 409,
    }
    return render(request, "scheduling/series_new.html", context, status=status)


# --- One that is there --------------------------------------------------------------------------


def _open(pk: int, request: StaffRequest) -> Series:
    series: Series = find_visible(Series.objects.for_page(), pk, by=request.user)
    audit.record(by=request.user, action="series.viewed", patient=series.patient, target=series)
    return series


@allow(*SEES_THE_DAY)
@require_safe
def series(request: StaffRequest, pk: int) -> HttpResponse:
    """The series: each visit with its place in it."""
    row = _open(pk, request)
    appointments = list(row.appointments.for_day_sheet().order_by("series_position"))
    context = {
        "series": row,
        "patient": row.patient,
        "appointments": appointments,
        "may_change": request.user.has_role(*BOOKS) and bool(verbs.changeable(row)),
    }
    return render(request, "scheduling/series.html", context)


@allow(*BOOKS)
def series_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Move this and the following visits, or all: asked, planned and shown, then done."""
    row = _open(pk, request)
    since = _since(request)
    form = ChangeForm(_sent(request), series=row, since=since, by=request.user)
    if not form.is_bound or not form.is_valid():
        return _change_page(request, row, form, since, status=422 if form.is_bound else 200)
    appointments = verbs.changeable(row, since=form.first_place)
    if not appointments:
        form.add_error(None, "None of these visits can be moved any more.")
        return _change_page(request, row, form, since, status=422)
    change = form.change(appointments)
    if BOOK in request.POST:
        return _move(request, row, form, since, change)
    plan = series_plan.plan_change(change, to=request.user)
    return _change_page(request, row, form, since, plan=plan)


def _move(
    request: StaffRequest, row: Series, form: ChangeForm, since: int, change: Change
) -> HttpResponse:
    chosen = _plan_form(request, change.needs())
    there = {visit.series_position or 0: visit for visit in change.appointments}
    if not chosen.is_valid():
        plan = series_plan.plan_change(change, to=request.user, shown=_still_there(chosen, there))
        return _change_page(request, row, form, since, plan=plan, chosen=chosen, status=422)
    visits = [visit for visit in chosen.visits(there) if visit.appointment is not None]
    try:
        count = verbs.move(
            series=row, visits=visits, by=request.user, rest=chosen.cleaned_data["rest"]
        )
    except SeriesRefused as refusal:
        plan = series_plan.plan_change(
            change,
            to=request.user,
            shown=_still_there(chosen, there),
            refused=_told(refusal, request),
        )
        _ask_for_a_reason(chosen, plan)
        return _change_page(request, row, form, since, plan=plan, chosen=chosen, status=409)
    messages.success(request, f"{count} visit{'s are' if count != 1 else ' is'} moved.")
    return go_to(request, row.get_absolute_url())


def _still_there(chosen: PlanForm, there: dict[int, Appointment]) -> list[Any]:
    """What was chosen for visits that can still be changed."""
    return [each for each in chosen.cleaned_data.get("chosen", ()) if each.position in there]


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _since(request: StaffRequest) -> int:
    sent = request.POST.get("since") or request.GET.get("since") or ""
    return int(sent) if sent.isdigit() and len(sent) < 4 else 1


def _change_page(
    request: StaffRequest,
    row: Series,
    form: ChangeForm,
    since: int,
    *,
    plan: Plan | None = None,
    chosen: PlanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    apart = row.appointments.exclude(detached_from_series_at=None).count()
    context = {
        "series": row,
        "form": form,
        "since": since,
        "plan": plan,
        "chosen": chosen or PlanForm(None, therapists={}, clinic=row.clinic),
        "hidden": [("since", since), *hidden_again(form)] if plan is not None else [],
        "apart": apart,
        "is_refused": status == 409,
    }
    return render(request, "scheduling/series_change.html", context, status=status)


@allow(*BOOKS)
def series_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Call off this and the following visits, or all that are still to come."""
    row = _open(pk, request)
    since = _since(request)
    form = CancelSeriesForm(_sent(request), since=since)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        appointments = verbs.changeable(row, since=form.first_place)
        try:
            count = verbs.cancel(
                series=row,
                appointments=appointments,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except SeriesRefused as refusal:
            for told in _told(refusal, request).values():
                form.add_error(None, told[0])
            status = 409
        except NotBookable as refusal:
            form.add_error("reason", " ".join(refusal.problems.values()))
        else:
            messages.success(request, f"{count} visit{'s are' if count != 1 else ' is'} cancelled.")
            return go_to(request, row.get_absolute_url())
    context = {
        "series": row,
        "form": form,
        "since": since,
        "back": reverse("scheduling:series", args=[row.pk]),
    }
    return render(request, "scheduling/series_cancel.html", context, status=status)
