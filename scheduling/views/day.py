"""The Day: a column per therapist or room, and the same day as a list for phones, keyboards and
paper."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import allow
from people.models.staff import Discipline
from scheduling import day as days
from scheduling import live, slots
from scheduling.access import BOOKS, SEES_THE_DAY, SETS_UP, StaffRequest
from scheduling.forms.day import DayForm
from scheduling.models import Appointment
from scheduling.views import clinic_of
from scheduling.views.calendar import SHEET, address, mark_address, spans_of_places, type_links
from web.responses import render_page_or_piece

BY = "day_by"  # the session's memory of whether this person looks at therapists or rooms


@allow(*SEES_THE_DAY)
@require_safe
def day(request: StaffRequest) -> HttpResponse:
    """The page, the day under it (for another date or filter), or its sheet alone (to refresh)."""
    clinic = clinic_of(request)
    if clinic is None:
        return render(request, "scheduling/no_clinic.html", {"may_set_up": _may_set_up(request)})
    form = DayForm(request.GET, clinic=clinic)
    form.is_valid()
    date = form.cleaned_data.get("date") or days.today_at(clinic)
    whole = slots.whole_day(date, clinic.zone)
    # Before the rows are read: what is written in between is then news, and not missed.
    seen = live.mark(whole, user=request.user, clinic=clinic.pk)
    sheet = days.lay_out(
        clinic=clinic,
        date=date,
        user=request.user,
        filters=form.filters(),
        by=_by(request, form.cleaned_data.get("by", "")),
    )
    may_book = request.user.has_role(*BOOKS)
    is_refresh = bool(request.htmx) and request.htmx.target == SHEET
    parts = {"date": date, "clinic": clinic.pk}
    context = {
        "sheet": sheet,
        "calendar": json.dumps(days.for_calendar(sheet, may_book=may_book)),
        "mark": seen,
        "mark_url": mark_address(whole, clinic=clinic.pk),
        "may_book": may_book,
        "may_check_in": may_book and sheet.has_dawned,
        "may_set_up": _may_set_up(request),
        "here": address("day", request, **parts),
        "form": form,
        "statuses": [(status, Appointment.ICONS[status]) for status in Appointment.Status],
    }
    if not is_refresh:
        context |= _around(request, form, sheet, parts)
    return render_page_or_piece(
        request,
        page="scheduling/day.html",
        piece="scheduling/_day_sheet.html" if is_refresh else "scheduling/_day.html",
        context=context,
    )


def _by(request: StaffRequest, asked: str) -> str:
    """Therapists or rooms: what the address says, else what was looked at last."""
    if asked and request.session.get(BY) != asked:
        request.session[BY] = asked
    return asked or str(request.session.get(BY, days.BY_THERAPIST))


def _around(
    request: StaffRequest, form: DayForm, sheet: days.DaySheet, parts: dict[str, Any]
) -> dict[str, Any]:
    """Heading, filters and the ways to other days."""
    choices: Any = form.fields
    types = [chosen.pk for chosen in sheet.filters.types]
    a_day = dt.timedelta(days=1)

    def on(date: dt.date, **changes: Any) -> str:
        return address("day", request, **parts | {"date": date} | changes)

    return {
        "clinics": list(request.user.visible_clinics().filter(is_active=True)),
        "therapists": list(choices["therapist"].queryset),
        "disciplines": Discipline.choices,
        "types": type_links("day", request, choices["type"].queryset, types, **parts),
        "previous": on(sheet.date - a_day),
        "following": on(sheet.date + a_day),
        "today": on(days.today_at(sheet.clinic)),
        "by_therapist": on(sheet.date, by=days.BY_THERAPIST),
        "by_room": on(sheet.date, by=days.BY_ROOM),
        "print_url": address("day-print", request, **parts),
        "spans": spans_of_places("day", request, **parts),
    }


def _may_set_up(request: StaffRequest) -> bool:
    return request.user.has_role(*SETS_UP)
