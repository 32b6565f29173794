"""The pages behind the link in a message. No log-in: the signed address is the key.

Looking never changes anything, because mail scanners open links; only buttons do. The pages show
where and when and with whom, never why. They take no cookie, so that no program that shows mail
stands in the way: the address itself proves who asks, and there is nothing else to forge.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from people import limits, links
from people.access import public
from people.models import PatientLink
from scheduling import patient_acts, reminders
from scheduling.forms.reminders import WishesForm
from scheduling.models import Appointment, TimeRequest
from web.responses import go_to
from web.views import too_many_requests

GUESSES, FOR_AN_HOUR = 30, 3600
PURPOSE = PatientLink.Purpose.APPOINTMENT
Page = Callable[[HttpRequest, PatientLink, Appointment], HttpResponse]


def by_link(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open the page of a good link; the kind page of one that is closed or nobody's."""

    @csrf_exempt
    @public
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        if limits.has_guessed_too_often("appointment", most=GUESSES):
            return too_many_requests(request)
        try:
            link = links.open_link(token, purpose=PURPOSE)
        except links.NoSuchLink:
            limits.note_guess("appointment", seconds=FOR_AN_HOUR)
            response = render(request, "scheduling/link_unknown.html", status=404)
        except links.LinkClosed as closed:
            context = {"clinic": closed.link.patient.clinic}
            response = render(request, "scheduling/link_closed.html", context, status=410)
        else:
            response = page(request, link, patient_acts.appointment_of(link))
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@by_link
def appointment(request: HttpRequest, link: PatientLink, row: Appointment) -> HttpResponse:
    """Clinic, day, time, therapist; and the button that confirms."""
    if request.method == "POST":
        return _act(request, link, patient_acts.confirm)
    return _show(request, link, row)


@by_link
def cancel(request: HttpRequest, link: PatientLink, row: Appointment) -> HttpResponse:
    """Asks to be sure, then cancels."""
    if request.method == "POST":
        return _act(request, link, patient_acts.cancel)
    if not patient_acts.may_cancel(row):
        return _show(request, link, row)
    return render(request, "scheduling/link_cancel.html", _context(link, row))


@by_link
def ask(request: HttpRequest, link: PatientLink, row: Appointment) -> HttpResponse:
    """Which other times suit; the desk answers."""
    if not patient_acts.is_changeable(row):
        return _show(request, link, row)
    form = WishesForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _act(request, link, lambda link: patient_acts.ask(link, **form.cleaned_data))
    status = 422 if form.errors else 200
    context = _context(link, row) | {"form": form}
    return render(request, "scheduling/link_ask.html", context, status=status)


def _act(
    request: HttpRequest, link: PatientLink, act: Callable[[PatientLink], Any]
) -> HttpResponse:
    try:
        act(link)
    except patient_acts.NotYours:
        row = patient_acts.appointment_of(link)
        return _show(request, link, row, refused=True, status=409)
    return go_to(request, _url("scheduling:patient-link", link))


def _show(
    request: HttpRequest,
    link: PatientLink,
    row: Appointment,
    *,
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _context(link, row) | {
        "refused": refused,
        "asked": TimeRequest.objects.filter(appointment=row, answered_at=None).first(),
        "may_change": patient_acts.is_changeable(row),
        "may_cancel": patient_acts.may_cancel(row),
        "notice_hours": int(patient_acts.notice_needed(row).total_seconds() // 3600),
    }
    return render(request, "scheduling/link.html", context, status=status)


def _context(link: PatientLink, row: Appointment) -> dict[str, Any]:
    return {
        "first_name": row.patient.preferred_name or row.patient.first_name,
        "clinic": row.clinic,
        "day": reminders.day_of(row),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "therapist": reminders.therapist_of(row),
        "is_confirmed": row.status == Appointment.Status.CONFIRMED,
        "is_cancelled": row.status == Appointment.Status.CANCELLED,
        "here": _url("scheduling:patient-link", link),
        "cancel_url": _url("scheduling:patient-link-cancel", link),
        "ask_url": _url("scheduling:patient-link-ask", link),
    }


def _url(name: str, link: PatientLink) -> str:
    return reverse(name, args=[links.token_of(link)])
