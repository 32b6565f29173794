"""The Month: how full each day is, with a way to every Day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import allow
from scheduling import month as months
from scheduling.access import SEES_THE_DAY, SETS_UP, StaffRequest
from scheduling.day import today_at
from scheduling.forms.day import MonthForm
from scheduling.views import clinic_of
from scheduling.views.calendar import address, spans_of_places
from web.responses import render_page_or_piece


@allow(*SEES_THE_DAY)
@require_safe
def month(request: StaffRequest) -> HttpResponse:
    """The page, or the month under it when another one or another therapist is chosen."""
    clinic = clinic_of(request)
    if clinic is None:
        may_set_up = request.user.has_role(*SETS_UP)
        return render(request, "scheduling/no_clinic.html", {"may_set_up": may_set_up})
    form = MonthForm(request.GET, clinic=clinic)
    form.is_valid()
    asked = form.cleaned_data
    date = asked.get("date") or today_at(clinic)
    sheet = months.lay_out(
        clinic=clinic, date=date, user=request.user, therapist=asked.get("therapist")
    )
    parts = {"clinic": clinic.pk}
    context = {
        "sheet": sheet,
        "form": form,
        "clinics": list(request.user.visible_clinics().filter(is_active=True)),
        "therapists": list(form.fields["therapist"].queryset),  # type: ignore[attr-defined]
        "previous": address("month", request, **parts, date=months.month_before(sheet.first)),
        "following": address("month", request, **parts, date=months.month_after(sheet.first)),
        "this_month": address("month", request, **parts, date=today_at(clinic).replace(day=1)),
        "day_url": address("day", request, **parts),
        "spans": spans_of_places("month", request, **parts, date=date),
    }
    return render_page_or_piece(
        request,
        page="scheduling/month.html",
        piece="scheduling/_month.html",
        context=context,
    )
