"""What Day, Week and Month share: addresses that keep the filters, and the mark that is polled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.views.decorators.http import require_safe

from people.access import allow
from scheduling import live
from scheduling.access import SEES_THE_DAY, StaffRequest
from scheduling.forms.day import MarkForm
from scheduling.models import AppointmentType
from scheduling.slots import Span

SHEET = "day-sheet"  # the id of the part that is fetched again after each change
KEPT = ("therapist", "discipline", "type")  # what an address carries on from page to page


def address(name: str, request: StaffRequest, **changes: Any) -> str:
    """A calendar page's address with the filters of this request; `changes` say what differs."""
    parts: dict[str, Any] = {
        kept: values for kept in KEPT if (values := [v for v in request.GET.getlist(kept) if v])
    }
    parts |= changes
    known = {name: value for name, value in parts.items() if value not in (None, "", [])}
    return f"{reverse(f'scheduling:{name}')}?{urlencode(known, doseq=True)}"


def mark_address(span: Span, **of: int | None) -> str:
    """Where a page asks whether anything changed in this stretch."""
    return address_of_mark(
        start=int(span.starts_at.timestamp()),
        end=int(span.ends_at.timestamp()),
        **{name: value for name, value in of.items() if value is not None},
    )


def address_of_mark(**parts: int) -> str:
    return f"{reverse('scheduling:mark')}?{urlencode(parts)}"


def spans_of_places(name: str, request: StaffRequest, **parts: Any) -> list[dict[str, Any]]:
    """Day, Week and Month as the switch between them shows them; each keeps day and clinic."""
    return [
        {
            "label": label,
            "url": address(page, request, **parts),
            "is_here": page == name,
        }
        for page, label in (("day", "Day"), ("week", "Week"), ("month", "Month"))
    ]


def type_links(
    name: str,
    request: StaffRequest,
    types: Iterable[AppointmentType],
    chosen: Iterable[int],
    **parts: Any,
) -> list[dict[str, Any]]:
    """A chip for each type: the legend of the colours, and the filter. Several may be chosen."""
    on = set(chosen)
    return [
        {
            "type": row,
            "is_chosen": row.pk in on,
            "url": address(name, request, **parts, type=sorted(on ^ {row.pk})),
        }
        for row in types
    ]


@allow(*SEES_THE_DAY)
@require_safe
def mark(request: StaffRequest) -> HttpResponse:
    """204 with a mark as ETag, or 304 when it is the one the page has. Asked every few seconds by
    every open calendar, so it costs one query beside the log-in's."""
    form = MarkForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=400)
    asked = form.cleaned_data
    found = live.mark(
        asked["span"], user=request.user, clinic=asked["clinic"], therapist=asked["therapist"]
    )
    tag = f'"{found}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(status=204, headers={"ETag": tag})
