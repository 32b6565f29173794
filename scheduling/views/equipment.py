"""Equipment: the pieces of each clinic, set up by the owner."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import allow, find_visible
from scheduling import set_up
from scheduling.access import SETS_UP, StaffRequest
from scheduling.forms.practice import EquipmentForm
from scheduling.models import Equipment
from scheduling.views.practice import save


@allow(*SETS_UP)
@require_safe
def equipment(request: StaffRequest) -> HttpResponse:
    rows = Equipment.objects.visible_to(request.user).select_related("clinic", "kind")
    context = {"rows": rows.order_by("clinic__name", "-is_active", "kind__name", "name")}
    return render(request, "scheduling/equipment.html", context)


@allow(*SETS_UP)
def equipment_new(request: StaffRequest) -> HttpResponse:
    form = EquipmentForm(request.POST or None, by=request.user)
    return save(
        request,
        form,
        write=lambda: set_up.add_equipment(by=request.user, **form.new_values()),
        told="{} can be booked.",
        back="scheduling:equipment",
        page="scheduling/equipment_edit.html",
    )


@allow(*SETS_UP)
def equipment_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Equipment.objects.select_related("clinic", "kind"), pk, by=request.user)
    form = EquipmentForm(request.POST or None, instance=row, by=request.user)
    return save(
        request,
        form,
        write=lambda: set_up.change_equipment(row=row, by=request.user, **form.changes()),
        told="{} is saved.",
        back="scheduling:equipment",
        page="scheduling/equipment_edit.html",
        row=row,
    )
