"""Find a time: the form, and the free times under it, each one click from the booking form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from people.access import allow
from people.models import Clinic, Patient, Therapist
from scheduling import finder, finding
from scheduling.access import BOOKS, StaffRequest
from scheduling.finder import Opening
from scheduling.finding import Found
from scheduling.forms.finding import FindForm
from scheduling.models import Room
from scheduling.slots import GRID_MINUTES
from scheduling.views import clinic_of
from web.responses import go_to, wants_piece
from web.templatetags.pt import clock

# Starts on one page lie as far apart as most visits begin; shorter visits get each quarter hour.
APART, SHORT = 30, 30


@dataclass(frozen=True)
class Chip:
    """A free time as a link to the booking form."""

    label: str
    url: str
    room: Room | None


@dataclass
class Line:
    """One therapist's free times of a day."""

    therapist: Therapist
    clinic: Clinic
    chips: list[Chip] = field(default_factory=list)


@allow(*BOOKS)
def find_a_time(request: StaffRequest) -> HttpResponse:
    """A POST (it may carry a name) becomes an address of ids, which shows the free times."""
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    if request.method == "POST":
        form = FindForm(_as_search(request.POST), by=request.user, clinic=clinic)
        # From the booking panel what is still missing is asked for on this page.
        if form.is_valid() or wants_piece(request):
            return go_to(request, f"{reverse('scheduling:find-a-time')}?{form.address()}")
        return _page(request, clinic, form, None, status=422)
    asked = _as_search(request.GET)
    name = _name_of_patient(asked.get("patient", ""), request)
    if "appointment_type" not in asked and "discipline" not in asked:
        return _page(request, clinic, _empty_form(request, clinic, asked, name), None)
    asked["patient_name"] = name
    form = FindForm(asked, by=request.user, clinic=clinic)
    if not form.is_valid():
        return _page(request, clinic, form, None, status=422)
    found = finding.find(form.needs(), form.wanted(), first=form.first_day())
    return _page(request, clinic, form, found)


def _as_search(sent: Any) -> Any:
    """What was sent; the booking form says `therapist` for the one it has."""
    asked = sent.copy()
    if asked.get("therapist") and "therapists" not in asked:
        asked["therapists"] = asked["therapist"]
    return asked


def _name_of_patient(pk: str, request: StaffRequest) -> str:
    if not pk.isdigit():
        return ""
    found = Patient.objects.visible_to(request.user).filter(pk=int(pk)).first()
    return found.list_name if found is not None else ""


def _empty_form(request: StaffRequest, clinic: Clinic, asked: Any, name: str) -> FindForm:
    initial: dict[str, Any] = {key: asked[key] for key in ("patient", "date") if key in asked}
    initial |= {"patient_name": name, "clinics": [clinic.pk]}
    if asked.get("therapists"):
        initial["therapists"] = asked.getlist("therapists")
    return FindForm(None, by=request.user, clinic=clinic, initial=initial)


def _page(
    request: StaffRequest, clinic: Clinic, form: FindForm, found: Found | None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "clinic": clinic, "found": found}
    if found is not None:
        apart = APART if form.length() > SHORT else GRID_MINUTES
        context |= {
            "days": [
                (day.day, _lines(finder.spaced(day.openings, minutes=apart), found, form))
                for day in found.days
            ],
            "hints": [
                (hint.sentence, _loosened(form, hint.without) if hint.without else "")
                for hint in found.hints
            ],
            "later": _here(form, date=found.next_day) if found.next_day else "",
            "length": form.length(),
        }
    return render(request, "scheduling/find_a_time.html", context, status=status)


def _lines(openings: Iterable[Opening], found: Found, form: FindForm) -> list[Line]:
    lines: dict[tuple[int, int], Line] = {}
    loaded = found.loaded
    for opening in openings:
        therapist, clinic = loaded.therapists[opening.therapist], loaded.clinics[opening.clinic]
        line = lines.setdefault((therapist.pk, clinic.pk), Line(therapist, clinic))
        room = loaded.rooms.get(opening.room) if opening.room is not None else None
        at = opening.starts_at.astimezone(clinic.zone)
        line.chips.append(Chip(clock(at), _booking_url(at, opening, form), room))
    return list(lines.values())


def _booking_url(at: dt.datetime, opening: Opening, form: FindForm) -> str:
    """The booking form with all that is known; ids and times only."""
    patient = form.cleaned_data["patient"]
    known: dict[str, Any] = {
        "clinic": opening.clinic,
        "date": at.date(),
        "time": f"{at:%H:%M}",
        "minutes": form.length(),
        "therapist": opening.therapist,
        "appointment_type": form.cleaned_data["appointment_type"].pk,
        "room": opening.room,
        "equipment": list(opening.equipment),
        "patient": patient.pk if patient is not None else None,
    }
    sent = {name: value for name, value in known.items() if value not in (None, [])}
    return f"{reverse('scheduling:book')}?{urlencode(sent, doseq=True)}"


def _loosened(form: FindForm, without: str) -> str:
    gone: dict[str, dict[str, Any]] = {
        "weekdays": {"weekdays": None},
        "time_of_day": {"time_of_day": None, "from_time": None, "to_time": None},
        "room": {"room": None},
        "therapists": {"therapists": None},
    }
    return _here(form, **gone[without])


def _here(form: FindForm, **changes: Any) -> str:
    return f"{reverse('scheduling:find-a-time')}?{form.address(**changes)}"
