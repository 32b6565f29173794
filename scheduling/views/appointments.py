"""One appointment: book it, look at it, move it, and take it from booked to done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import exports
from people.access import ANY_STAFF, allow, find_visible, open_patient
from people.models import Patient
from scheduling import (
    answers,
    availability,
    booking,
    missed,
    newcomers,
    sheets,
    time_requests,
    wait_list,
)
from scheduling.access import BOOKS, SEES_THE_DAY, StaffRequest, find_appointment, open_appointment
from scheduling.answers import CONFLICTS, Refusal
from scheduling.booking import Keep
from scheduling.facts import GroupFull, NotBookable, SlotTaken, Stale, WrongStatus
from scheduling.forms.booking import (
    ASK_FOR_NEW,
    NOT_NEW,
    BookForm,
    CancelForm,
    MoveForm,
    as_choice,
    with_picked_time,
)
from scheduling.forms.budget import BudgetCardForm
from scheduling.forms.wait_list import SlotForm
from scheduling.models import Appointment, Equipment, WaitListEntry
from scheduling.views import check_in as check_in_page
from scheduling.views import clinic_of, form_answer
from scheduling.views.budget import card_context
from scheduling.views.moving import answer_move
from scheduling.views.wait_list import address_of, waiting_for
from scheduling.wait_list import NoLongerWaiting
from web.responses import announce, go_to, render_page_or_piece, tell, wants_piece
from web.templatetags.pt import clock

PAST_A_PAGE = 25
Verb = Callable[..., Appointment]


@allow(*SEES_THE_DAY)
@require_safe
def appointment(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_appointment(pk, by=request.user)
    return render_page_or_piece(
        request,
        page="scheduling/appointment.html",
        piece="scheduling/_appointment.html",
        context=_card_context(request, row),
    )


def _card_context(request: StaffRequest, row: Appointment) -> dict[str, Any]:
    now = timezone.now()
    day = row.starts_at.astimezone(row.clinic.zone).date()
    return {
        "appointment": row,
        "equipment": list(row.equipment.all()),
        "in_panel": wants_piece(request),
        "may_book": request.user.has_role(*BOOKS),
        "is_past": row.ends_at < now,
        "may_arrive": "arrived" in row.may_follow and day <= now.astimezone(row.clinic.zone).date(),
        "may_miss": "no_show" in row.may_follow and row.starts_at <= now,
        "age": row.patient.age_on(day),
        "cancel_form": CancelForm(),
        "waiting": waiting_for(row, request) if request.user.has_role(*BOOKS) else None,
    }


@allow(*BOOKS)
def book(request: StaffRequest) -> HttpResponse:
    """The booking form; what the address or the desk's click already knows is filled in."""
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    posted = with_picked_time(request.POST) if request.method == "POST" else None
    if posted is not None and posted.get("new") in (ASK_FOR_NEW, NOT_NEW):
        form = BookForm.turned(posted, clinic=clinic, by=request.user)
        return form_answer(request, "book", form, None, {"form": form, "clinic": clinic})
    form = BookForm(posted, clinic=clinic, by=request.user, initial=_prefilled(request, clinic))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            booked = _book(form)
        except ValidationError as problem:
            form.refuse_newcomer(problem)
        except NotBookable as problem:
            form.refuse(problem)
        except NoLongerWaiting:
            form.add_error(None, "Somebody has booked or withdrawn this wait meanwhile.")
        except CONFLICTS as problem:
            refusal = problem
        else:
            return done(request, booked, _booked_words(booked))
    known = posted if posted is not None else form.initial
    context = {
        "form": form,
        "clinic": clinic,
        "budget": card_context(BudgetCardForm(known, by=request.user)),
    }
    context |= _waiting(form) | _refusal_context(request, form, refusal)
    return form_answer(request, "book", form, refusal, context)


def _book(form: BookForm) -> Appointment:
    """Booked; somebody new is registered with it, and somebody who waits waits no longer."""
    asked = form.asked()
    if form.newcomer is not None:
        del asked["patient"]
        return newcomers.register_and_book(newcomer=form.newcomer.new_values(), **asked)
    if form.entry is not None:
        return wait_list.book(entry=form.entry, **asked)
    return booking.book(**asked)


def _waiting(form: BookForm) -> dict[str, Any]:
    """How many wait for the time the desk has picked, as long as it is for nobody yet."""
    initial = form.initial
    if form.is_bound or initial.get("patient") or not {"therapist", "time"} <= set(initial):
        return {}
    slot_form = SlotForm(initial, clinic=form.clinic, by=form.by)
    if not slot_form.is_valid():
        return {}
    slot = slot_form.slot()
    count = len(wait_list.matches(slot, user=form.by))
    return {"waiting": {"count": count, "url": address_of(slot)}}


def _prefilled(request: StaffRequest, clinic: Any) -> dict[str, Any]:
    """Starting values from the address; ids and times only, never a name."""
    asked = request.GET
    values: dict[str, Any] = {
        name: asked[name]
        for name in (
            "date",
            "time",
            "minutes",
            "therapist",
            "room",
            "appointment_type",
            "wait_list_entry",
        )
        if name in asked
    }
    if "equipment" in asked:
        values["equipment"] = asked.getlist("equipment")
    values.setdefault("date", timezone.now().astimezone(clinic.zone).date())
    if asked.get("patient", "").isdigit():
        patient = find_visible(Patient.objects.all(), int(asked["patient"]), by=request.user)
        values |= {"patient": patient.pk, "patient_name": patient.list_name}
    if "appointment_type" not in values:
        usual = availability.usual_type(clinic, therapist=values.get("therapist", ""))
        values |= {"appointment_type": usual.pk, "minutes": usual.minutes} if usual else {}
    return values


@allow(*BOOKS)
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """The form, and the door of the drag on the Day."""
    is_asked = request.method == "POST"
    row = (find_appointment if is_asked else open_appointment)(pk, by=request.user)
    typed = with_picked_time(request.POST) if is_asked else None
    form = MoveForm(typed, appointment=row, by=request.user)

    def say(moved: Appointment) -> HttpResponse:
        return done(request, moved, f"{moved.patient} is moved to {when(moved)}.", card=True)

    def show(refusal: Refusal | None) -> HttpResponse:
        now = row
        if isinstance(refusal, Stale):
            now = refusal.current
            # Pressing once more is then a decision made in sight of what somebody else did.
            form.agree_to(now.version)
        context = {"form": form, "appointment": now} | _refusal_context(request, form, refusal)
        if refusal is None:
            context |= _wished(now)
        return form_answer(request, "move", form, refusal, context)

    return answer_move(request, form, booking.move, done=say, show=show)


def _wished(row: Appointment) -> dict[str, Any]:
    """The patient's open wish for another time, and the free times that fit it as buttons."""
    wish = time_requests.open_request_of(row)
    if wish is None or not row.is_movable:
        return {}
    wish.appointment = row
    times = time_requests.free_times(wish)
    return {
        "wish": wish,
        "fitting": [as_choice(at, wanted=row.starts_at, clinic=row.clinic) for at in times],
    }


def _booked_words(booked: Appointment) -> str:
    if booked.group is None:
        return f"{booked.patient} is booked for {when(booked)}."
    taken = booked.group.members.live().count()
    return (
        f"{booked.patient} is in {booked.type} on {when(booked)}: "
        f"{taken} of {booked.group.capacity} places are taken."
    )


def _refusal_context(
    request: StaffRequest, form: BookForm | MoveForm, refusal: Refusal | None
) -> dict[str, Any]:
    """What stands in the way in words, and the nearest free times as buttons."""
    if refusal is None:
        return {}
    told = answers.in_json(refusal, to=request.user)
    if not isinstance(refusal, SlotTaken | GroupFull):
        return {"refusal": told}
    asked = form.asked()
    moving = asked.get("appointment")
    now = timezone.now()
    free = availability.free_times(
        asked["starts_at"],
        minutes=asked["minutes"] or asked["appointment_type"].minutes,
        clinic=form.clinic,
        therapist=asked["therapist"],
        patient=moving.patient if moving else asked["patient"],
        room=asked["room"],
        equipment=_pieces(asked["equipment"], moving),
        appointment_type=moving.type if moving else asked["appointment_type"],
        but=moving,
        not_before=now if asked["starts_at"] > now else None,
    )
    choices = [as_choice(at, wanted=asked["starts_at"], clinic=form.clinic) for at in free]
    return {"refusal": told, "free": choices, "wait_url": _wait_url(asked)}


def _wait_url(asked: dict[str, Any]) -> str:
    """Where whoever cannot have this time is put on the wait list; not for a visit being moved."""
    if asked.get("patient") is None:
        return ""
    known = {"type": asked["appointment_type"].pk, "therapist": asked["therapist"].pk}
    return f"{reverse('scheduling:wait-new', args=[asked['patient'].pk])}?{urlencode(known)}"


def _pieces(
    asked: Collection[Equipment] | Keep, moving: Appointment | None
) -> Collection[Equipment]:
    if isinstance(asked, Keep):
        return list(moving.equipment.all()) if moving is not None else ()
    return asked


@allow(*BOOKS)
@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, booking.confirm, "has confirmed")


@allow(*BOOKS)
def check_in(request: StaffRequest, pk: int) -> HttpResponse:
    """One press checks in; the page behind the same address verifies, signs and takes first."""
    if request.method == "POST":
        return _act(request, pk, booking.check_in, "is checked in")
    return check_in_page.page(request, open_appointment(pk, by=request.user))


@allow(*BOOKS)
@require_POST
def undo_check_in(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, booking.undo_check_in, "is no longer checked in")


@allow(*BOOKS)
@require_POST
def no_show(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, booking.no_show, "is marked a no-show")


@allow(*BOOKS)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks why, on a page of its own where there is no script; from the card it comes with it."""
    form = CancelForm(request.POST or None)
    if request.method == "POST":
        row = find_appointment(pk, by=request.user)
        form.is_valid()
        try:
            row = booking.cancel(row, reason=form.cleaned_data.get("reason", ""), by=request.user)
        except NotBookable as refusal:
            if not form.errors:
                form.refuse(refusal)
        except WrongStatus as refusal:
            return refused(request, row, refusal)
        else:
            return done(request, row, f"{row.patient}'s appointment is cancelled.", card=True)
    else:
        row = open_appointment(pk, by=request.user)
    context = _card_context(request, row) | {"cancel_form": form, "form": form}
    return form_answer(request, "cancel", form, None, context)


def _act(request: StaffRequest, pk: int, verb: Verb, told: str) -> HttpResponse:
    row = find_appointment(pk, by=request.user)
    try:
        row = verb(row, by=request.user)
    except (WrongStatus, NotBookable) as refusal:
        return refused(request, row, refusal)
    return done(request, row, f"{row.patient} {told}.")


def refused(request: StaffRequest, row: Appointment, refusal: Refusal) -> HttpResponse:
    told = answers.in_json(refusal, to=request.user)["detail"]
    if wants_piece(request):
        response = HttpResponse(status=answers.status_of(refusal))
        return tell(announce(response, "day-changed"), told, level="danger")
    messages.error(request, told)
    return go_to(request, row.get_absolute_url())


def done(request: StaffRequest, row: Appointment, told: str, *, card: bool = False) -> HttpResponse:
    """Say it, have the Day fetch itself again, and show the card where a form stood."""
    if not wants_piece(request):
        messages.success(request, told)
        return go_to(request, row.get_absolute_url())
    if card:
        row = open_appointment(row.pk, by=request.user)
        response = render(request, "scheduling/_appointment.html", _card_context(request, row))
    else:
        response = HttpResponse(status=204)
    response = announce(response, "day-changed", appointment=row.pk)
    return tell(response, told)


def when(row: Appointment) -> str:
    at: dt.datetime = row.starts_at.astimezone(row.clinic.zone)
    return f"{at:%A, %B} {at.day} at {clock(at)}"


@allow(*ANY_STAFF)
@require_safe
def patient_appointments(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The patient's tab: what is coming, and what has been."""
    patient = open_patient(pk, by=request.user)
    rows = Appointment.objects.visible_to(request.user).filter(patient=patient).for_day_sheet()
    rows = rows.select_related("series")
    if exports.is_asked(request):
        return exports.export(
            request,
            name="patient-appointments",
            columns=sheets.APPOINTMENTS,
            rows=rows.order_by("-starts_at", "-pk"),
        )
    now = timezone.now()
    past = rows.filter(ends_at__lt=now).order_by("-starts_at", "-pk")
    context = {
        "patient": patient,
        "upcoming": rows.filter(ends_at__gte=now),
        "page_obj": Paginator(past, PAST_A_PAGE).get_page(request.GET.get("page")),
        "waits": WaitListEntry.objects.filter(patient=patient).for_list().open(),
        "today": now.astimezone(patient.clinic.zone).date(),
        "may_book": request.user.has_role(*BOOKS),
        "missed": missed.missed_by(patient, before=now),
    }
    return render(request, "scheduling/patient_appointments.html", context)
