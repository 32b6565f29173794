"""Put a cancelled or missed appointment back: pressed on its card, asked about where it must be."""

from __future__ import annotations

from django.http import HttpResponse

from people.access import allow
from scheduling import answers, booking
from scheduling.access import BOOKS, StaffRequest, find_appointment, open_appointment
from scheduling.answers import REFUSALS, Refusal
from scheduling.facts import WrongStatus
from scheduling.forms.restoring import RestoreForm
from scheduling.views import form_answer
from scheduling.views.appointments import done, refused, when


@allow(*BOOKS)
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: ask, where there is no script. POST: put it back, or show what stands in the way."""
    form = RestoreForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        row = find_appointment(pk, by=request.user)
        try:
            row = booking.restore(row, by=request.user, **form.asked())
        except WrongStatus as problem:
            return refused(request, row, problem)
        except REFUSALS as problem:
            refusal = problem
        else:
            return done(request, row, f"{row.patient} is back on {when(row)}.", card=True)
    else:
        row = open_appointment(pk, by=request.user)
    told = None if refusal is None else answers.in_json(refusal, to=request.user)
    context = {"form": form, "appointment": row, "refusal": told}
    return form_answer(request, "restore", form, refusal, context)
