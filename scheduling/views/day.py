"""The Day: a column per therapist, and the same day as a list for phones, keyboards and paper."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from people.access import allow
from scheduling import day as days
from scheduling.access import BOOKS, SEES_THE_DAY, SETS_UP, StaffRequest
from scheduling.forms.day import DayForm
from scheduling.models import Appointment
from scheduling.views import clinic_of
from web.responses import render_page_or_piece

SHEET = "day-sheet"  # the id of the part that is fetched again after each change


@allow(*SEES_THE_DAY)
@require_safe
def day(request: StaffRequest) -> HttpResponse:
    """The page, the day under it (for another date or filter), or its sheet alone (to refresh)."""
    clinic = clinic_of(request)
    if clinic is None:
        return render(request, "scheduling/no_clinic.html", {"may_set_up": _may_set_up(request)})
    form = DayForm(request.GET, clinic=clinic)
    form.is_valid()
    asked = form.cleaned_data
    today = days.today_at(clinic)
    sheet = days.lay_out(
        clinic=clinic,
        date=asked.get("date") or today,
        user=request.user,
        only_therapist=asked.get("therapist"),
        only_type=asked.get("type"),
    )
    may_book = request.user.has_role(*BOOKS)
    is_refresh = bool(request.htmx) and request.htmx.target == SHEET
    context = {
        "sheet": sheet,
        "calendar": json.dumps(days.for_calendar(sheet, may_book=may_book)),
        "may_book": may_book,
        "may_check_in": may_book and sheet.has_dawned,
        "may_set_up": _may_set_up(request),
        "here": _address(request, sheet),
        "form": form,
    }
    if not is_refresh:
        context |= {
            "clinics": list(request.user.visible_clinics().filter(is_active=True)),
            "therapists": list(form.fields["therapist"].queryset),  # type: ignore[attr-defined]
            "types": _type_links(request, form, sheet),
            "previous": _address(request, sheet, date=sheet.date - dt.timedelta(days=1)),
            "following": _address(request, sheet, date=sheet.date + dt.timedelta(days=1)),
            "today": _address(request, sheet, date=today),
            "statuses": [(status, Appointment.ICONS[status]) for status in Appointment.Status],
        }
    return render_page_or_piece(
        request,
        page="scheduling/day.html",
        piece="scheduling/_day_sheet.html" if is_refresh else "scheduling/_day.html",
        context=context,
    )


def _may_set_up(request: StaffRequest) -> bool:
    return request.user.has_role(*SETS_UP)


def _address(request: StaffRequest, sheet: days.DaySheet, **changes: Any) -> str:
    """The Day's address for the same clinic and filters; `changes` say what differs."""
    parts: dict[str, Any] = {"date": sheet.date, "clinic": sheet.clinic.pk}
    for name in ("therapist", "type"):
        if value := request.GET.get(name):
            parts[name] = value
    parts |= changes
    known = {name: str(value) for name, value in parts.items() if value is not None}
    return f"{reverse('scheduling:day')}?{urlencode(known)}"


def _type_links(request: StaffRequest, form: DayForm, sheet: days.DaySheet) -> list[dict[str, Any]]:
    """A chip for each type: the legend of the colours, and the filter."""
    types = form.fields["type"].queryset  # type: ignore[attr-defined]
    chosen = sheet.only_type.pk if sheet.only_type else None
    return [
        {
            "type": row,
            "is_chosen": row.pk == chosen,
            "url": _address(request, sheet, type=None if row.pk == chosen else row.pk),
        }
        for row in types
    ]
