"""The day sheet on paper: a page per therapist, or the whole clinic on one list."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people import exports
from people.access import allow
from scheduling import day as days
from scheduling import sheets
from scheduling.access import SEES_THE_DAY, SETS_UP, StaffRequest
from scheduling.forms.day import DayForm
from scheduling.views import clinic_of
from scheduling.views.calendar import address

WHOLE = "clinic"


@allow(*SEES_THE_DAY)
@require_safe
def day_print(request: StaffRequest) -> HttpResponseBase:
    """What the desk needs when the screens are dark: when, who, what kind, where, and a telephone
    number. Nothing clinical."""
    clinic = clinic_of(request)
    if clinic is None:
        may_set_up = request.user.has_role(*SETS_UP)
        return render(request, "scheduling/no_clinic.html", {"may_set_up": may_set_up})
    form = DayForm(request.GET, clinic=clinic)
    form.is_valid()
    date = form.cleaned_data.get("date") or days.today_at(clinic)
    sheet = days.lay_out(clinic=clinic, date=date, user=request.user, filters=form.filters())
    if exports.is_asked(request):
        rows = [*sheet.listed, *sheet.cancelled]
        return exports.export(request, name="day", columns=sheets.DAY, rows=rows)
    is_whole = request.GET.get("pages") == WHOLE
    parts = {"date": date, "clinic": clinic.pk}
    context = {
        "sheet": sheet,
        "is_whole": is_whole,
        "sections": [_whole(sheet)] if is_whole else _by_therapist(sheet),
        "each_url": address("day-print", request, **parts),
        "whole_url": address("day-print", request, **parts, pages=WHOLE),
        "day_url": address("day", request, **parts),
    }
    return render(request, "scheduling/day_print.html", context)


def _whole(sheet: days.DaySheet) -> dict[str, Any]:
    return {"title": sheet.clinic.name, "hours": "", "shut": sheet.notices, "rows": sheet.listed}


def _by_therapist(sheet: days.DaySheet) -> list[dict[str, Any]]:
    """A section for whoever works or has somebody, with their hours and what keeps them away."""
    rows: dict[str, list[Any]] = {}
    for row in sheet.listed:
        rows.setdefault(str(row.therapist_id), []).append(row)
    return [
        {
            "title": f"{column.name}, {column.more}",
            "hours": column.hours or column.idle,
            "shut": sorted({shade.reason for shade in column.shut}),
            "rows": rows.get(column.key, []),
        }
        for column in sheet.columns
    ]
