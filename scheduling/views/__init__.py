"""Pages of the schedule."""

from __future__ import annotations

from django.http import Http404

from people.models import Clinic
from scheduling.access import StaffRequest
from scheduling.forms.day import ClinicForm

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
