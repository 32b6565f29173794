"""Around appointments and messages at the desk: the card's panel, requests for another time, and
whom to call."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import exports
from people.access import DESK, allow, find_visible
from people.models import Message, MessageStop
from people.views.messages import as_read
from scheduling import patient_acts, sheets, slots
from scheduling import time_requests as requests
from scheduling.access import SEES_THE_DAY, StaffRequest, find_appointment
from scheduling.facts import WrongStatus
from scheduling.forms.reminders import AnswerForm, CallDayForm, CallForm
from scheduling.models import Appointment, AppointmentMessage, PhoneCall, TimeRequest
from scheduling.views import clinic_of
from web.responses import announce, go_to, tell, wants_piece

ANSWERED_SHOWN = 25


@allow(*SEES_THE_DAY)
@require_safe
def appointment_messages(request: StaffRequest, pk: int) -> HttpResponse:
    """On the card: what was sent when, what waits, what failed; calls and requests too."""
    row = find_appointment(pk, by=request.user)
    told = (
        AppointmentMessage.objects.filter(appointment=row)
        .select_related("message__patient__clinic", "message__settled_by")
        .order_by("-made_at", "-pk")
    )
    sent_again = Message.objects.filter(
        instead_of__in=[one.message_id for one in told]
    ).select_related("patient__clinic", "settled_by")
    declined = Message.objects.filter(source_key__in=requests.keys_of(row)).select_related(
        "patient__clinic", "settled_by"
    )
    found = [*(one.message for one in told), *sent_again, *declined]
    context = {
        "appointment": row,
        "clinic": row.clinic,
        "rows": [as_read(message) for message in sorted(found, key=lambda m: -m.pk)],
        "calls": PhoneCall.objects.filter(appointment=row).select_related("called_by"),
        "asked": TimeRequest.objects.filter(appointment=row, answered_at=None).first(),
        "may_settle": request.user.has_role(*DESK),
    }
    return render(request, "scheduling/_appointment_messages.html", context)


@allow(*DESK)
@require_safe
def time_requests(request: StaffRequest) -> HttpResponse:
    """Patients who have asked for another time, the nearest appointment first."""
    rows = TimeRequest.objects.visible_to(request.user).select_related(
        "appointment__patient",
        "appointment__clinic",
        "appointment__therapist__user",
        "answered_by",
    )
    context = {
        "open": rows.filter(answered_at=None).order_by("appointment__starts_at", "pk"),
        "answered": rows.exclude(answered_at=None).order_by("-answered_at")[:ANSWERED_SHOWN],
    }
    return render(request, "scheduling/time_requests.html", context)


@allow(*DESK)
@require_POST
def time_request_answer(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(
        TimeRequest.objects.select_related("appointment__patient"), pk, by=request.user
    )
    form = AnswerForm(request.POST)
    if not form.is_valid():
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        if wants_piece(request):
            return tell(HttpResponse(status=422), told, level="danger")
        messages.error(request, told)
        return go_to(request, reverse("scheduling:time-requests"))
    words = form.cleaned_data["answer"]
    if form.cleaned_data["decline"]:
        row = requests.decline(request=row, words=words, by=request.user)
    else:
        row = requests.answer(request=row, answer=words, by=request.user)
    told = _what_became(row, words, declined=form.cleaned_data["decline"])
    if wants_piece(request):
        return tell(announce(HttpResponse(status=204), "messages-changed"), told)
    messages.success(request, told)
    return go_to(request, reverse("scheduling:time-requests"))


def _what_became(row: TimeRequest, words: str, *, declined: bool) -> str:
    if row.answer != words:
        return f"{row.answered_by} has answered this request already."
    if not declined:
        return "The request is done."
    message = requests.message_of(row)
    if message is None or message.status == Message.Status.WITHHELD:
        why = message.problem if message is not None else ""
        return f"The request is declined. Call the patient: {why}"
    return "The request is declined; the patient is told."


@allow(*DESK)
@require_safe
def calls(request: StaffRequest) -> HttpResponseBase:
    """A clinic's patients to call about a day's appointments: tomorrow's unless asked. Who wants to
    be called, and who cannot be written to though they would like it."""
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    form = CallDayForm(request.GET)
    form.is_valid()
    today = timezone.now().astimezone(clinic.zone).date()
    day = form.cleaned_data.get("date") or today + dt.timedelta(days=1)
    whole = slots.whole_day(day, clinic.zone)
    rows = (
        Appointment.objects.visible_to(request.user)
        .filter(
            _to_be_called(),
            clinic=clinic,
            status__in=("booked", "confirmed"),
            starts_at__gte=whole.starts_at,
            starts_at__lt=whole.ends_at,
            patient__deceased_on=None,
        )
        .for_day_sheet()
    )
    last: dict[int, PhoneCall] = {}
    for call in (
        PhoneCall.objects.filter(appointment__in=rows)
        .select_related("called_by")
        .order_by("called_at", "pk")
    ):
        last[call.appointment_id] = call
    done = {PhoneCall.Outcome.CONFIRMED, PhoneCall.Outcome.REACHED}
    found: list[dict[str, Any]] = [
        {
            "appointment": row,
            "call": last.get(row.pk),
            "is_done": row.status == "confirmed"
            or (row.pk in last and last[row.pk].outcome in done),
            "why": "" if row.patient.contact_by == "phone" else "Cannot be written to",
        }
        for row in rows
    ]
    found.sort(key=lambda row: bool(row["is_done"]))
    if exports.is_asked(request):
        return exports.export(request, name="calls", columns=sheets.CALLS, rows=found)
    context = {
        "clinic": clinic,
        "clinics": request.user.visible_clinics().filter(is_active=True),
        "day": day,
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1),
        "rows": found,
        "left": sum(not row["is_done"] for row in found),
        "outcomes": PhoneCall.Outcome.choices,
    }
    return render(request, "scheduling/calls.html", context)


def _to_be_called() -> Q:
    """Who prefers the telephone, and who prefers a channel that has no address or was stopped."""
    found = Q(patient__contact_by="phone")
    for channel, address in (("sms", "patient__mobile_phone"), ("email", "patient__email")):
        stopped = MessageStop.objects.filter(channel=channel, resumed_at=None).values("patient")
        unreachable = Q(**{address: ""}) | Q(patient__in=stopped)
        found |= Q(patient__contact_by=channel) & unreachable
    return found


@allow(*DESK)
@require_POST
def call_note(request: StaffRequest, pk: int) -> HttpResponse:
    """What came of a call. Back to the day it was about."""
    row = find_appointment(pk, by=request.user)
    form = CallForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what came of the call.")
    else:
        try:
            patient_acts.note_call(
                appointment=row, outcome=form.cleaned_data["outcome"], by=request.user
            )
        except WrongStatus as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, "The call is noted.")
    day = row.starts_at.astimezone(row.clinic.zone).date()
    return go_to(request, f"{reverse('scheduling:calls')}?date={day}&clinic={row.clinic_id}")
