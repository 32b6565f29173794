"""The audit line: who did what to whom, when and from where; and whether the chain still holds."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from people import audit, exports
from people.access import OVERSIGHT, StaffRequest, allow
from people.forms.rows import status_of
from people.forms.staff import AuditFilterForm
from people.models import AuditEvent, Patient, practice_zone
from web.responses import go_to, wants_piece

PAGE_SIZE = 50


@allow(*OVERSIGHT)
def audit_line(request: StaffRequest) -> HttpResponseBase:
    """The list. The filter comes by POST and goes on as ids: an MRN has no place in an address."""
    names = AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct()
    actions = [(name, in_words(name)) for name in names]
    if request.method == "POST":
        form = AuditFilterForm(request.POST, actions=actions)
        if form.is_valid():
            chosen, problem = _as_ids(form.cleaned_data)
            if problem is None:
                query = f"?{urlencode(chosen)}" if chosen else ""
                return go_to(request, reverse("people:audit") + query)
            form.add_error("mrn", problem)
        events, chosen = AuditEvent.objects.none(), {}
    else:
        events, chosen, initial = _filtered(request)
        form = AuditFilterForm(actions=actions, initial=initial)
    events = events.select_related("patient").order_by("-at", "-pk")
    if exports.is_asked(request) and not form.errors:
        return exports.export(request, name="audit", columns=_columns(), rows=events)
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "rows": [_as_read(event) for event in page.object_list],
        "query": urlencode(chosen),
        "is_filtered": bool(chosen) or form.is_bound,
        "zone": practice_zone().key,
    }
    return render(request, "people/audit.html", context, status=status_of(form))


@allow(*OVERSIGHT)
@require_POST
def audit_verify(request: StaffRequest) -> HttpResponse:
    """Recompute the whole chain, and write down that it was done."""
    broken = audit.broken_links()
    linked = AuditEvent.objects.exclude(position=None).count()
    audit.record(by=request.user, action="audit.verified", broken=len(broken), events=linked)
    context = {
        "broken": broken,
        "linked": linked,
        "at": timezone.now(),
        "zone": practice_zone().key,
    }
    if wants_piece(request):
        return render(request, "people/_chain.html", context)
    if broken:
        messages.error(request, f"The chain is broken at {len(broken)} places.")
    else:
        messages.success(request, f"Chain verified: all {linked} lines stand as they were written.")
    return go_to(request, reverse("people:audit"))


def _as_read(event: AuditEvent) -> dict[str, Any]:
    """An event in words: field names and counts stay, nothing about the patient is looked up."""
    kind = event.target_type.rpartition(".")[2]
    return {
        "event": event,
        "words": in_words(event.action),
        "target": f"{kind} {event.target_id}" if kind not in {"", "patient"} else "",
        "detail": "; ".join(
            f"{name.replace('_', ' ')}: {_listed(value)}" for name, value in event.detail.items()
        ),
    }


def _columns() -> exports.Columns:
    zone = practice_zone()
    return (
        ("When", lambda event: event.at.astimezone(zone)),
        ("Who", lambda event: event.actor_name),
        ("What", lambda event: in_words(event.action)),
        ("Patient", lambda event: event.patient.mrn if event.patient else ""),
        ("Record", lambda event: _as_read(event)["target"]),
        ("Fields and counts", lambda event: _as_read(event)["detail"]),
        ("From", lambda event: event.from_address),
    )


def _listed(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def in_words(action: str) -> str:
    """patient.viewed as "Patient viewed"."""
    return action.replace(".", " ").replace("_", " ").capitalize()


def _as_ids(values: dict[str, Any]) -> tuple[dict[str, str], str | None]:
    chosen: dict[str, str] = {}
    if values["mrn"]:
        patient = Patient.objects.filter(mrn=values["mrn"].strip().upper()).first()
        if patient is None:
            return {}, "No patient has this MRN."
        chosen["patient"] = str(patient.pk)
    if values["person"]:
        chosen["person"] = str(values["person"].pk)
    if values["action"]:
        chosen["action"] = values["action"]
    for name in ("since", "until"):
        if values[name]:
            chosen[name] = values[name].isoformat()
    return chosen, None


def _filtered(
    request: StaffRequest,
) -> tuple[QuerySet[AuditEvent], dict[str, str], dict[str, Any]]:
    """The events that the address asks for; what cannot be read there is left out."""
    events = AuditEvent.objects.all()
    chosen: dict[str, str] = {}
    initial: dict[str, Any] = {}
    zone = practice_zone()
    for name in ("patient", "person"):
        value = request.GET.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 19:
            if name == "patient":
                events = events.filter(patient__in=Patient.objects.same_person(int(value)))
            else:
                events = events.filter(actor=int(value))
            chosen[name] = value
    if "person" in chosen:
        initial["person"] = chosen["person"]
    if "patient" in chosen:
        patient = Patient.objects.filter(pk=chosen["patient"]).first()
        initial["mrn"] = patient.mrn if patient else ""
    if action := request.GET.get("action", "").replace("\x00", ""):
        events = events.filter(action=action)
        chosen["action"] = initial["action"] = action
    for name in ("since", "until"):
        day = _day(request.GET.get(name, ""))
        if day is not None:
            chosen[name] = day.isoformat()
            initial[name] = day
    if "since" in initial:
        events = events.filter(at__gte=dt.datetime.combine(initial["since"], dt.time(), zone))
    if "until" in initial:
        end = initial["until"] + dt.timedelta(days=1)
        events = events.filter(at__lt=dt.datetime.combine(end, dt.time(), zone))
    return events, chosen, initial


def _day(text: str) -> dt.date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 1900 <= day.year <= 2999 else None
