"""Pages of the schedule."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse

from people.models import Clinic
from scheduling import answers
from scheduling.access import StaffRequest
from scheduling.answers import Refusal
from scheduling.forms.day import ClinicForm
from web.responses import render_page_or_piece, wants_piece

CLINIC = "clinic"  # the session's memory of where this person works today


def clinic_of(request: StaffRequest) -> Clinic | None:
    """The clinic the request names, else the one looked at last, else the first; `None` for
    who works in no clinic."""
    named = request.POST.get(CLINIC) or request.GET.get(CLINIC)
    if named:
        form = ClinicForm({CLINIC: named}, by=request.user)
        if not form.is_valid():
            raise Http404("There is no such clinic, or you do not work there.")
        clinic: Clinic = form.cleaned_data[CLINIC]
        if request.session.get(CLINIC) != clinic.pk:
            request.session[CLINIC] = clinic.pk
        return clinic
    mine = request.user.visible_clinics().filter(is_active=True)
    remembered: int = request.session.get(CLINIC, 0)
    return mine.filter(pk=remembered).first() or mine.first()


def form_answer(
    request: StaffRequest, name: str, form: Any, refusal: Refusal | None, context: dict[str, Any]
) -> HttpResponse:
    """A form's page or piece, with the status that says whether it was refused."""
    status = 200
    if refusal is not None:
        status = answers.status_of(refusal)
    elif form.is_bound and not form.is_valid():
        status = 422
    return render_page_or_piece(
        request,
        page=f"scheduling/{name}.html",
        piece=f"scheduling/_{name}.html",
        context=context | {"in_panel": wants_piece(request)},
        status=status,
    )
