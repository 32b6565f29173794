"""Set the schedule up: appointment types, rooms, equipment, working hours, closures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Clinic, Therapist, User
from scheduling.models import (
    Appointment,
    AppointmentType,
    BudgetAndWaitRules,
    Closure,
    Equipment,
    EquipmentKind,
    Group,
    Room,
    WeeklyHours,
)
from scheduling.slots import Hours

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@transaction.atomic
def add_type(
    *, by: User, equipment_kinds: Iterable[EquipmentKind] = (), **values: Any
) -> AppointmentType:
    row = AppointmentType()
    fill(row, values)
    write_new(row)
    row.equipment_kinds.set(equipment_kinds)
    audit.record(by=by, action="appointment_type.added", target=row)
    return row


@transaction.atomic
def change_type(
    *,
    row: AppointmentType,
    by: User,
    equipment_kinds: Iterable[EquipmentKind] | None = None,
    **values: Any,
) -> AppointmentType:
    """Appointments that are booked keep their length, and groups their places.

    Raises `ValidationError` for a type with groups to come that would hold one patient only.
    """
    row = AppointmentType.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.is_group and values.get("capacity") == 1 and _meets_again(row):
        told = "Groups of this type are booked still: cancel or move their patients first."
        raise ValidationError({"capacity": told})
    changed = write_changes(row, values)
    if equipment_kinds is not None:
        wanted = {kind.pk for kind in equipment_kinds}
        if wanted != set(row.equipment_kinds.values_list("pk", flat=True)):
            row.equipment_kinds.set(wanted)
            changed = sorted([*changed, "equipment_kinds"])
    if changed:
        audit.record(by=by, action="appointment_type.changed", target=row, fields=changed)
    return row


def _meets_again(row: AppointmentType) -> bool:
    coming = Group.objects.filter(type=row, ends_at__gt=timezone.now())
    return Appointment.objects.live().filter(group__in=coming).exists()


@transaction.atomic
def add_room(*, by: User, **values: Any) -> Room:
    row = Room()
    fill(row, values)
    write_new(row)
    audit.record(by=by, action="room.added", target=row)
    return row


@transaction.atomic
def change_room(*, row: Room, by: User, **values: Any) -> Room:
    row = Room.objects.select_for_update(no_key=True).get(pk=row.pk)
    if changed := write_changes(row, values):
        audit.record(by=by, action="room.changed", target=row, fields=changed)
    return row


@transaction.atomic
def change_budget_and_wait_rules(*, by: User, **values: Any) -> BudgetAndWaitRules:
    """The practice's one row of them, made when somebody changes them first."""
    row, _ = BudgetAndWaitRules.objects.select_for_update().get_or_create(pk=1)
    if changed := write_changes(row, values):
        audit.record(by=by, action="budget_and_wait_rules.changed", target=row, fields=changed)
    return row


@transaction.atomic
def add_equipment(*, kind: str, by: User, **values: Any) -> Equipment:
    """A piece of a kind, which is made when it is the first of it."""
    row = Equipment()
    fill(row, values | {"kind": _kind_named(kind)})
    write_new(row)
    audit.record(by=by, action="equipment.added", target=row)
    return row


@transaction.atomic
def change_equipment(
    *, row: Equipment, by: User, kind: str | None = None, **values: Any
) -> Equipment:
    """A kind of which nothing is left, and which no type needs, goes with its last piece."""
    row = Equipment.objects.select_for_update(no_key=True).get(pk=row.pk)
    if kind is not None:
        values["kind"] = _kind_named(kind)
    if changed := write_changes(row, values):
        needed = AppointmentType.equipment_kinds.through.objects.values("equipmentkind")
        EquipmentKind.objects.filter(pieces=None).exclude(pk__in=needed).delete()
        audit.record(by=by, action="equipment.changed", target=row, fields=changed)
    return row


def _kind_named(name: str) -> EquipmentKind:
    """Treadmill and treadmill are one kind."""
    found = EquipmentKind.objects.filter(name__iexact=name).first()
    if found is not None:
        return found
    kind = EquipmentKind()
    fill(kind, {"name": name})
    write_new(kind)
    return kind


@transaction.atomic
def set_hours(*, therapist: Therapist, clinic: Clinic, hours: Iterable[Hours], by: User) -> None:
    """The therapist's whole week at the clinic, in place of what stood there.

    Raises `ValidationError` with a sentence for each weekday that does not work out.
    """
    therapist = Therapist.objects.select_for_update(no_key=True).get(pk=therapist.pk)
    wanted = sorted(set(hours))
    elsewhere = [
        (row.clinic, Hours(row.weekday, row.starts_at, row.ends_at))
        for row in WeeklyHours.objects.filter(therapist=therapist)
        .exclude(clinic=clinic)
        .select_related("clinic")
    ]
    problems = _hours_problems(wanted, elsewhere)
    if problems:
        raise ValidationError(problems)
    mine = WeeklyHours.objects.filter(therapist=therapist, clinic=clinic)
    stood = sorted(Hours(row.weekday, row.starts_at, row.ends_at) for row in mine)
    if stood == wanted:
        return
    mine.delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            therapist=therapist,
            clinic=clinic,
            weekday=block.weekday,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
        )
        for block in wanted
    )
    audit.record(
        by=by, action="hours.changed", target=therapist, clinic=clinic.pk, blocks=len(wanted)
    )


def _hours_problems(
    wanted: Sequence[Hours], elsewhere: Sequence[tuple[Clinic, Hours]]
) -> list[str]:
    by_day: dict[int, list[Hours]] = defaultdict(list)
    problems = []
    for block in wanted:
        name = WEEKDAYS[block.weekday]
        if block.ends_at <= block.starts_at:
            problems.append(f"{name}: the end must lie after the start.")
            continue
        if any(_overlap(block, other) for other in by_day[block.weekday]):
            problems.append(f"{name}: the two times overlap.")
        for clinic, other in elsewhere:
            if _overlap(block, other):
                problems.append(f"{name}: these are hours at {clinic} already.")
        by_day[block.weekday].append(block)
    return problems


def _overlap(one: Hours, other: Hours) -> bool:
    return (
        one.weekday == other.weekday
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    )


@transaction.atomic
def add_closure(*, by: User, **values: Any) -> Closure:
    row = Closure()
    fill(row, values)
    write_new(row)
    audit.record(by=by, action="closure.added", target=row)
    return row


@transaction.atomic
def change_closure(*, row: Closure, by: User, **values: Any) -> Closure:
    row = Closure.objects.select_for_update(no_key=True).get(pk=row.pk)
    if changed := write_changes(row, values):
        audit.record(by=by, action="closure.changed", target=row, fields=changed)
    return row


@transaction.atomic
def remove_closure(*, row: Closure, by: User) -> None:
    """Gone; the time can be booked again without a question."""
    pk = row.pk
    row.delete()
    row.pk = pk  # so that the line in the audit can name it
    audit.record(by=by, action="closure.removed", target=row)


def booked_during(closure: Closure) -> int:
    """How many live appointments lie in a closure's time: they have to be moved by hand."""
    rows = Appointment.objects.live().overlapping(closure.starts_at, closure.ends_at)
    if closure.clinic_id:
        return rows.filter(clinic=closure.clinic_id).count()
    if closure.therapist_id:
        return rows.filter(therapist=closure.therapist_id).count()
    if closure.equipment_id:
        return rows.filter(equipment=closure.equipment_id).count()
    return rows.filter(room=closure.room_id).count()
