"""On the card of a first visit: how the intake stands, and the button that sends it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from people import questionnaires
from people.access import DESK, allow
from people.models import Message
from scheduling import first_visits
from scheduling.access import StaffRequest, find_appointment
from scheduling.first_visits import NotAFirstVisit
from scheduling.models import Appointment
from web.responses import announce, go_to, tell, wants_piece


@allow(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_intake(request: StaffRequest, pk: int) -> HttpResponse:
    """The panel; a press of its button sends the questionnaire and shows how it stands now."""
    row = find_appointment(pk, by=request.user)
    if request.method != "POST":
        return _panel(request, row)
    try:
        sent = first_visits.send_intake(appointment=row, by=request.user)
    except NotAFirstVisit:
        told, level = "This is not a first visit that is still to come.", "danger"
    else:
        told, level = "The intake is on its way to the patient.", "success"
        message = questionnaires.message_of(sent, by=request.user)
        if message.status == Message.Status.WITHHELD:
            told, level = f"The message was not sent: {message.problem}", "warning"
    if wants_piece(request):
        response = announce(_panel(request, row), "messages-changed")
        return tell(response, told, level=level)
    getattr(messages, "error" if level == "danger" else level)(request, told)
    return go_to(request, row.get_absolute_url())


def _panel(request: StaffRequest, row: Appointment) -> HttpResponse:
    context = {"appointment": row, "clinic": row.clinic, "first": first_visits.of(row)}
    return render(request, "scheduling/_appointment_intake.html", context)
