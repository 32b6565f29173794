"""Setting the schedule up: types, rooms, working hours and closures, for the owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people.access import allow, find_visible
from people.forms.rows import RowForm
from people.models import Clinic
from scheduling import availability, set_up
from scheduling.access import SETS_UP, StaffRequest
from scheduling.forms.practice import ClosureForm, HoursForm, RoomForm, TypeForm
from scheduling.models import AppointmentType, Closure, Room
from scheduling.slots import Hours
from web.responses import go_to


@allow(*SETS_UP)
@require_safe
def types(request: StaffRequest) -> HttpResponse:
    rows = AppointmentType.objects.order_by("-is_active", "name").prefetch_related(
        "equipment_kinds"
    )
    return render(request, "scheduling/types.html", {"rows": rows})


@allow(*SETS_UP)
def type_new(request: StaffRequest) -> HttpResponse:
    form = TypeForm(request.POST or None, by=request.user, initial={"minutes": 45})
    return save(
        request,
        form,
        write=lambda: set_up.add_type(by=request.user, **form.new_values()),
        told="{} is offered from now on.",
        back="scheduling:types",
        page="scheduling/type_edit.html",
    )


@allow(*SETS_UP)
def type_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(AppointmentType, pk=pk)
    form = TypeForm(request.POST or None, instance=row, by=request.user)
    return save(
        request,
        form,
        write=lambda: set_up.change_type(row=row, by=request.user, **form.changes()),
        told="{} is saved.",
        back="scheduling:types",
        page="scheduling/type_edit.html",
        row=row,
    )


@allow(*SETS_UP)
@require_safe
def rooms(request: StaffRequest) -> HttpResponse:
    rows = Room.objects.visible_to(request.user).select_related("clinic")
    context = {"rows": rows.order_by("clinic__name", "-is_active", "name")}
    return render(request, "scheduling/rooms.html", context)


@allow(*SETS_UP)
def room_new(request: StaffRequest) -> HttpResponse:
    form = RoomForm(request.POST or None, by=request.user)
    return save(
        request,
        form,
        write=lambda: set_up.add_room(by=request.user, **form.new_values()),
        told="{} can be booked.",
        back="scheduling:rooms",
        page="scheduling/room_edit.html",
    )


@allow(*SETS_UP)
def room_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Room.objects.select_related("clinic"), pk, by=request.user)
    form = RoomForm(request.POST or None, instance=row, by=request.user)
    return save(
        request,
        form,
        write=lambda: set_up.change_room(row=row, by=request.user, **form.changes()),
        told="{} is saved.",
        back="scheduling:rooms",
        page="scheduling/room_edit.html",
        row=row,
    )


def save(
    request: StaffRequest,
    form: RowForm,
    *,
    write: Callable[[], Any],
    told: str,
    back: str,
    page: str,
    row: Any = None,
) -> HttpResponse:
    """Check, write with the verb, say so and go back to the list; else the page with what is
    wrong."""
    if form.is_bound and form.is_valid():
        try:
            written = write()
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, told.format(written))
            return go_to(request, reverse(back))
    status = 422 if form.errors else 200
    return render(request, page, {"form": form, "row": row}, status=status)


@allow(*SETS_UP)
@require_safe
def hours(request: StaffRequest) -> HttpResponse:
    """Each clinic's therapists with their week."""
    clinics = []
    for clinic in request.user.visible_clinics().filter(is_active=True):
        therapists = list(availability.therapists_of(clinic))
        week = availability.weekly_hours(clinic, therapists)
        written = availability.has_hours(therapists)
        clinics.append(
            {
                "clinic": clinic,
                "rows": [
                    {
                        "therapist": therapist,
                        "is_default": therapist.pk not in written,
                        "days": [
                            (name[:3], _hours_of_day(week[therapist.pk], weekday))
                            for weekday, name in enumerate(set_up.WEEKDAYS)
                        ],
                    }
                    for therapist in therapists
                ],
            }
        )
    context = {"clinics": clinics, "weekdays": [name[:3] for name in set_up.WEEKDAYS]}
    return render(request, "scheduling/hours.html", context)


def _hours_of_day(week: list[Hours], weekday: int) -> list[str]:
    blocks = sorted(block for block in week if block.weekday == weekday)
    return [availability.in_short(block.starts_at, block.ends_at) for block in blocks]


@allow(*SETS_UP)
def hours_edit(request: StaffRequest, clinic: int, therapist: int) -> HttpResponse:
    place = get_object_or_404(request.user.visible_clinics(), pk=clinic)
    who = availability.therapists_of(place).filter(pk=therapist).first()
    if who is None:
        raise Http404("There is no such therapist, or they do not work at this clinic.")
    form = HoursForm(request.POST or None, therapist=who, clinic=place)
    if form.is_bound and "copy" in request.POST:
        form = HoursForm(form.with_monday_all_week(), therapist=who, clinic=place)
        form.is_valid()
    elif form.is_bound and form.is_valid():
        try:
            set_up.set_hours(therapist=who, clinic=place, hours=form.hours(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"The hours of {who} at {place} are saved.")
            return go_to(request, reverse("scheduling:hours"))
    context = {"form": form, "clinic": place, "therapist": who}
    status = 422 if form.errors else 200
    return render(request, "scheduling/hours_edit.html", context, status=status)


@allow(*SETS_UP)
@require_safe
def closures(request: StaffRequest) -> HttpResponse:
    rows = Closure.objects.visible_to(request.user).select_related(
        "clinic", "room__clinic", "equipment__clinic", "therapist__user"
    )
    now = timezone.now()
    context = {
        "coming": rows.filter(ends_at__gte=now),
        "past": rows.filter(ends_at__lt=now).order_by("-starts_at")[:50],
        "zone": _zone_shown(request),
    }
    return render(request, "scheduling/closures.html", context)


def _zone_shown(request: StaffRequest) -> str:
    first: Clinic | None = request.user.visible_clinics().filter(is_active=True).first()
    return first.time_zone if first is not None else "UTC"


@allow(*SETS_UP)
def closure_new(request: StaffRequest) -> HttpResponse:
    return _closure(request, None)


@allow(*SETS_UP)
def closure_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _closure(request, find_visible(Closure.objects.all(), pk, by=request.user))


def _closure(request: StaffRequest, row: Closure | None) -> HttpResponse:
    form = ClosureForm(request.POST or None, by=request.user, closure=row)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data["closure"]
        if row is None:
            row = set_up.add_closure(by=request.user, **values)
        else:
            row = set_up.change_closure(row=row, by=request.user, **values)
        messages.success(request, "The closure is saved.")
        if booked := set_up.booked_during(row):
            lie = "appointment lies" if booked == 1 else "appointments lie"
            messages.warning(request, f"{booked} {lie} in this time: move or cancel by hand.")
        return go_to(request, reverse("scheduling:closures"))
    context = {"form": form, "row": row}
    status = 422 if form.errors else 200
    return render(request, "scheduling/closure_edit.html", context, status=status)


@allow(*SETS_UP)
@require_POST
def closure_remove(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Closure.objects.all(), pk, by=request.user)
    set_up.remove_closure(row=row, by=request.user)
    messages.success(request, "The closure is removed.")
    return go_to(request, reverse("scheduling:closures"))
