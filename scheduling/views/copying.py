"""The same visit at another time: as a form without a script, in one move on Day and Week."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from people.access import allow
from scheduling import booking
from scheduling.access import BOOKS, StaffRequest, find_appointment, open_appointment
from scheduling.answers import REFUSALS
from scheduling.forms.copying import CopyForm
from scheduling.views.moving import invalid_in_json, refused_in_json

A_WEEK = dt.timedelta(weeks=1)
CHOSEN = ("date", "time", "minutes", "therapist", "room")


@allow(*BOOKS)
def copy(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the booking form, filled in as this appointment, a week on or where the address says.
    POST: book it there, with JSON for an answer."""
    if request.method != "POST":
        row = open_appointment(pk, by=request.user)
        at = (row.starts_at.astimezone(row.clinic.zone) + A_WEEK).replace(tzinfo=None)
        parts = {
            "clinic": row.clinic_id,
            "patient": row.patient_id,
            "appointment_type": row.type_id,
            "therapist": row.therapist_id,
            "room": row.room_id or "",
            "minutes": row.minutes,
            "date": at.date().isoformat(),
            "time": at.strftime("%H:%M"),
        }
        parts |= {name: request.GET[name] for name in CHOSEN if name in request.GET}
        # The browser follows by itself, and htmx with it: the panel then shows the form.
        return HttpResponseRedirect(f"{reverse('scheduling:book')}?{urlencode(parts)}")
    row = find_appointment(pk, by=request.user)
    form = CopyForm(request.POST, appointment=row, by=request.user)
    if not form.is_valid():
        return invalid_in_json(form)
    try:
        booked = booking.book(**form.asked())
    except REFUSALS as refusal:
        return refused_in_json(refusal, request)
    return JsonResponse({"id": booked.pk, "version": booked.version}, status=201)
