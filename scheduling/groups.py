"""Move or cancel a whole group at once: one act, all members or none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import Therapist, User
from scheduling import budget, conflicts, fitness, time_requests
from scheduling.booking import KEEP, Keep, record_status, span_of
from scheduling.conflicts import group_constraint_as_fact
from scheduling.facts import GroupChanged, MemberStands, NotBookable, OverBudget
from scheduling.locking import lock_appointments, lock_group, lock_therapists, lock_things
from scheduling.models import Appointment, EquipmentUse, Group, Room
from scheduling.models.set_up import MOST_PLACES

Status = Appointment.Status
PLACED = ("starts_at", "ends_at", "therapist", "room", "capacity")


@transaction.atomic
def move_group(
    *,
    group: Group,
    version: int,
    by: User,
    starts_at: dt.datetime | None = None,
    minutes: int | None = None,
    therapist: Therapist | None = None,
    room: Room | Keep | None = KEEP,
    capacity: int | None = None,
    anyway: bool = False,
    over_budget_reason: str = "",
) -> Group:
    """Change when, with whom or where all members meet, or how many places there are.

    Raises what `booking.move` raises; `GroupChanged` where the version is not the one seen, and
    `MemberStands` where a member's treatment has begun.
    """
    seen = Group.objects.for_page().get(pk=group.pk)
    to_room = seen.room if isinstance(room, Keep) else room
    to_therapist = lock_therapists(
        therapist if therapist is not None else seen.therapist, seen.therapist
    )
    # Nobody joins or leaves for another group of these therapists from here on.
    members = list(seen.members.live().select_related("patient"))
    uses = EquipmentUse.objects.filter(appointment__in=members).select_related("equipment")
    things = lock_things(
        rooms=[to_room],
        equipment=[use.equipment for use in uses],
        patients=[member.patient for member in members],
    )
    moved = lock_group(group)
    if moved.version != version or moved.therapist_id != seen.therapist_id:
        raise GroupChanged(moved)
    members = [row for row in lock_appointments(row.pk for row in members) if row.is_live]
    _refuse_standing(members, Appointment.MOVABLE, "moved")

    was = {name: getattr(moved, name) for name in PLACED}
    span = span_of(
        moved.starts_at if starts_at is None else starts_at,
        moved.minutes if minutes is None else minutes,
    )
    for member in members:
        fitness.check(
            span=span,
            patient=things.patients[member.patient_id],
            therapist=to_therapist,
            clinic=moved.clinic,
            appointment_type=moved.type,
            room=things.room(to_room),
        )
        fitness.check_day_of_arrival(member, span)
    moved.capacity = _places(moved, capacity)
    moved.starts_at, moved.ends_at = span.starts_at, span.ends_at
    moved.therapist, moved.room = to_therapist, things.room(to_room)
    changed = sorted(name for name, value in was.items() if getattr(moved, name) != value)
    if not changed:
        return moved
    # The database moves the members along; in memory they go first, to be judged there.
    days_before = {member.pk: _day_of(member) for member in members}
    for member in members:
        member.starts_at, member.ends_at = span.starts_at, span.ends_at
        member.therapist, member.room = moved.therapist, moved.room
    if changed != ["capacity"]:
        conflicts.refuse_group_taken(moved, members)
        if members:
            pieces = list(things.equipment.values())
            conflicts.refuse_closed(members[0], pieces, anyway=anyway)
    reserved = [
        member
        for member in members
        if _day_of(member) != days_before[member.pk]
        and _reserve(member, reason=over_budget_reason, by=by)
    ]
    moved.version += 1
    with group_constraint_as_fact(moved, members):
        moved.save(update_fields=[*PLACED, "version"])
        _write_members(members, reserved, placed_anew=changed != ["capacity"])
    audit.record(by=by, action="group.moved", target=moved, fields=changed, members=len(members))
    if changed != ["capacity"]:
        for member in members:
            audit.record(
                by=by,
                action="appointment.moved",
                patient=member.patient,
                target=member,
                fields=[name for name in changed if name != "capacity"],
                group=moved.pk,
            )
            if "starts_at" in changed:
                time_requests.close_moved(member, by=by)
    for member in reserved:
        budget.record_over(member, by=by)
    return moved


def _refuse_standing(members: list[Appointment], may: Any, wanted: str) -> None:
    for member in members:
        if member.status not in may:
            raise MemberStands(member, wanted)


def _places(group: Group, capacity: int | None) -> int:
    if capacity is None or capacity == group.capacity:
        return group.capacity
    if capacity < max(1, group.taken):
        raise NotBookable({"capacity": f"{group.taken} are in the group."})
    if capacity > MOST_PLACES:
        raise NotBookable({"capacity": f"A group has at most {MOST_PLACES} places."})
    return capacity


def _day_of(member: Appointment) -> dt.date:
    return member.starts_at.astimezone(member.clinic.zone).date()


def _reserve(member: Appointment, *, reason: str, by: User) -> list[str]:
    try:
        return budget.reserve(member, reason=reason, by=by)
    except OverBudget as refusal:
        # Six patients, six cards: say whose it is.
        told = f"{member.patient}: {refusal.sentence}"
        raise OverBudget(refusal.choice, told) from refusal


def _write_members(
    members: list[Appointment], reserved: list[Appointment], *, placed_anew: bool
) -> None:
    """What does not come with the group: reservations, and that a visit left its series."""
    now = timezone.now()
    for member in reserved:
        member.save(
            update_fields=[
                "authorization", "over_budget_reason", "over_budget_by", "over_budget_at",
            ]
        )  # fmt: skip
    if placed_anew:
        rows = Appointment.objects.filter(pk__in=[member.pk for member in members])
        rows.filter(series__isnull=False).update(detached_from_series_at=now)


@transaction.atomic
def cancel_group(*, group: Group, reason: str, by: User) -> Group:
    """Cancel every member, with one reason. Refused with `MemberStands` where one is being
    treated or has been."""
    reason = fitness.clean_reason(reason)
    # Who joins locks the group before the appointment: nobody comes in meanwhile.
    locked = lock_group(group)
    members = lock_appointments(locked.members.live().values_list("pk", flat=True))
    members = [member for member in members if member.is_live]
    _refuse_standing(members, (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED), Status.CANCELLED)
    for member in members:
        record_status(member, Status.CANCELLED, by=by, cancel_reason=reason)
    audit.record(by=by, action="group.cancelled", target=locked, members=len(members))
    return locked
