"""The Week of one therapist: a column per day, and the same week as a table."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import allow
from people.models import Therapist
from scheduling import live
from scheduling import week as weeks
from scheduling.access import BOOKS, SEES_THE_DAY, SETS_UP, StaffRequest
from scheduling.day import today_at
from scheduling.forms.day import WeekForm
from scheduling.models import Appointment
from scheduling.views import clinic_of
from scheduling.views.calendar import SHEET, address, mark_address, spans_of_places, type_links
from web.responses import render_page_or_piece

THERAPIST = "week_of"  # the session's memory of whose week was looked at


@allow(*SEES_THE_DAY)
@require_safe
def week(request: StaffRequest) -> HttpResponse:
    """The page, the week under it (for another date, therapist or filter), or its sheet alone."""
    clinic = clinic_of(request)
    may_set_up = request.user.has_role(*SETS_UP)
    if clinic is None:
        return render(request, "scheduling/no_clinic.html", {"may_set_up": may_set_up})
    form = WeekForm(request.GET, clinic=clinic)
    form.is_valid()
    choices: Any = form.fields
    therapists = list(choices["therapist"].queryset)
    therapist = _whose(request, form.cleaned_data.get("therapist"), therapists)
    if therapist is None:
        return render(request, "scheduling/no_therapist.html", {"may_set_up": may_set_up})
    monday = weeks.monday_of(form.cleaned_data.get("date") or today_at(clinic))
    span = weeks.span_of(monday, clinic)
    seen = live.mark(span, user=request.user, therapist=therapist.pk)
    sheet = weeks.lay_out(
        therapist=therapist,
        date=monday,
        clinic=clinic,
        user=request.user,
        types=list(form.cleaned_data.get("type") or ()),
    )
    may_book = request.user.has_role(*BOOKS)
    is_refresh = bool(request.htmx) and request.htmx.target == SHEET
    parts = {"date": monday, "clinic": clinic.pk, "therapist": therapist.pk}
    context = {
        "sheet": sheet,
        "calendar": json.dumps(weeks.for_calendar(sheet, may_book=may_book)),
        "mark": seen,
        "mark_url": mark_address(span, therapist=therapist.pk),
        "may_book": may_book,
        "here": address("week", request, **parts),
        "form": form,
        "statuses": [(status, Appointment.ICONS[status]) for status in Appointment.Status],
    }
    if not is_refresh:
        context |= _around(request, form, sheet, parts) | {"therapists": therapists}
    return render_page_or_piece(
        request,
        page="scheduling/week.html",
        piece="scheduling/_week_sheet.html" if is_refresh else "scheduling/_week.html",
        context=context,
    )


def _whose(
    request: StaffRequest, asked: Therapist | None, therapists: list[Therapist]
) -> Therapist | None:
    """Whose week: the one asked for, your own, the one looked at last, else the first."""
    if asked is not None:
        if request.session.get(THERAPIST) != asked.pk:
            request.session[THERAPIST] = asked.pk
        return asked
    remembered = request.session.get(THERAPIST)
    mine = next((row for row in therapists if row.user_id == request.user.pk), None)
    last = next((row for row in therapists if row.pk == remembered), None)
    return last or mine or next(iter(therapists), None)


def _around(
    request: StaffRequest, form: WeekForm, sheet: weeks.WeekSheet, parts: dict[str, Any]
) -> dict[str, Any]:
    """Heading, filters and the ways to other weeks."""
    choices: Any = form.fields
    types = [chosen.pk for chosen in sheet.types]
    a_week = dt.timedelta(days=weeks.DAYS)

    def on(date: dt.date) -> str:
        return address("week", request, **parts | {"date": date})

    return {
        "clinics": list(request.user.visible_clinics().filter(is_active=True)),
        "types": type_links("week", request, choices["type"].queryset, types, **parts),
        "previous": on(sheet.monday - a_week),
        "following": on(sheet.monday + a_week),
        "this_week": on(weeks.monday_of(sheet.today)),
        "spans": spans_of_places("week", request, **parts),
    }
