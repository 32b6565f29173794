"""Check-in on the tablet: details, cards, forms to sign, copay, arrival; each step a press."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from people import intake
from people.access import DESK, allow
from people.forms.rows import status_of
from scheduling import arrivals, counter
from scheduling.access import BOOKS, StaffRequest, find_appointment, open_appointment
from scheduling.booking import day_of
from scheduling.facts import NotBookable, WrongStatus
from scheduling.forms.check_in import ArriveForm, DetailsForm, PaymentForm
from scheduling.models import Appointment
from web.responses import go_to


def page(
    request: StaffRequest, row: Appointment, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """Everything on one page. `forms` are those that came back with a mistake."""
    standing = arrivals.standing_of(row)
    due = standing["copay"].due
    context = standing | {
        "appointment": row,
        "patient": row.patient,
        "may_arrive": "arrived" in row.may_follow,
        "is_here": row.arrived_at is not None,
        "may_change": request.user.has_role(*DESK),
        "arrive_form": ArriveForm(appointment=row),
        "payment_form": PaymentForm(initial={"amount": due, "method": "card"}),
    }
    return render(request, "scheduling/check_in.html", context | forms, status=status)


def address_of(row: Appointment, part: str = "") -> str:
    return reverse("scheduling:check-in", args=[row.pk]) + (f"#{part}" if part else "")


@allow(*BOOKS)
@require_POST
def verify(request: StaffRequest, pk: int) -> HttpResponse:
    """Still right: the details were read out, the cards were seen."""
    row = find_appointment(pk, by=request.user)
    day = day_of(row)
    intake.verify_details(patient=row.patient, on=day, by=request.user)
    for card in counter.cards_of(row):
        intake.verify_card(coverage=card, on=day, by=request.user)
    return go_to(request, address_of(row, "forms"))


@allow(*DESK)
def details(request: StaffRequest, pk: int) -> HttpResponse:
    """Mend what is no longer right; saving it says that the rest is."""
    row = open_appointment(pk, by=request.user)
    form = DetailsForm(request.POST or None, instance=row.patient, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            intake.change_patient(patient=row.patient, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            intake.verify_details(patient=row.patient, on=day_of(row), by=request.user)
            messages.success(request, "The changes are saved.")
            return go_to(request, address_of(row, "cards"))
    context = {"appointment": row, "patient": row.patient, "form": form}
    return render(request, "scheduling/check_in_details.html", context, status=status_of(form))


@allow(*DESK)
@require_POST
def take_copay(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_appointment(pk, by=request.user)
    form = PaymentForm(request.POST)
    if form.is_valid():
        try:
            payment = counter.take_payment(
                appointment=row, kind="copay", by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            for name, told in error.message_dict.items():
                form.add_error(name if name in form.fields else None, told)
        else:
            messages.success(request, f"Taken. The receipt is {payment}.")
            return go_to(request, address_of(row, "copay"))
    return page(request, row, payment_form=form, status=422)


@allow(*BOOKS)
@require_POST
def arrive(request: StaffRequest, pk: int) -> HttpResponse:
    """The last press; or, for who is here, the time they really came."""
    row = find_appointment(pk, by=request.user)
    form = ArriveForm(request.POST, appointment=row)
    if form.is_valid():
        try:
            arrivals.arrive(row, at=form.moment(), by=request.user)
        except NotBookable as refusal:
            for told in refusal.problems.values():
                form.add_error("at", told)
        except WrongStatus as refusal:
            messages.error(request, refusal.sentence)
            return go_to(request, address_of(row))
        else:
            messages.success(request, f"{row.patient} is checked in.")
            return go_to(request, address_of(row))
    return page(request, row, arrive_form=form, status=422)
