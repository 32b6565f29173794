"""What stands in the way of an appointment: looked up by whoever holds the locks, and told the
same when the database refuses what somebody wrote without them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Q

from scheduling import availability
from scheduling.facts import Conflict, GroupFull, Held, OutsideHours, SlotTaken
from scheduling.models import Appointment, Equipment, EquipmentUse, Group
from scheduling.slots import Span

EXCLUSIONS = {
    "no_two_live_appointments_of_a_therapist",
    "no_two_live_appointments_of_a_room",
    "no_two_live_appointments_of_a_patient",
    "no_two_live_appointments_of_an_equipment",
}
OUT_OF_STEP = "members_are_with_their_group"
NO_PLACE = "no_more_members_than_places"
SHARED_IN_A_GROUP = (Held.THERAPIST, Held.ROOM)


def conflicts_of(wanted: Appointment, equipment: Collection[Equipment] = ()) -> list[Conflict]:
    """The live appointments that hold the therapist, the room, the patient or a piece of
    equipment at that time. Members of one group share the first two."""
    held = Q(therapist=wanted.therapist_id) | Q(patient=wanted.patient_id)
    if wanted.room_id is not None:
        held |= Q(room=wanted.room_id)
    rivals = (
        Appointment.objects.live()
        .overlapping(wanted.starts_at, wanted.ends_at)
        .filter(held)
        .exclude(pk=wanted.pk)
        .for_day_sheet()
    )
    found = [
        Conflict(of=of, with_appointment=rival)
        for rival in rivals
        for of in (Held.THERAPIST, Held.ROOM, Held.PATIENT)
        if (mine := getattr(wanted, f"{of}_id")) is not None
        and mine == getattr(rival, f"{of}_id")
        and not (of in SHARED_IN_A_GROUP and _are_together(wanted, rival))
    ]
    return _once_per_group(found) + _equipment_conflicts(wanted, equipment)


def _once_per_group(found: Iterable[Conflict]) -> list[Conflict]:
    """A group that holds therapist and room stands in the way once, not once for each member."""
    once: dict[tuple[Held, str, int | None], Conflict] = {}
    for conflict in found:
        row = conflict.with_appointment
        shared = conflict.of in SHARED_IN_A_GROUP and row.group_id is not None
        key = ("group", row.group_id) if shared else ("appointment", row.pk)
        once.setdefault((conflict.of, *key), conflict)
    return list(once.values())


def _are_together(one: Appointment, other: Appointment) -> bool:
    return one.group_id is not None and one.group_id == other.group_id


def _equipment_conflicts(wanted: Appointment, equipment: Collection[Equipment]) -> list[Conflict]:
    if not equipment:
        return []
    uses = (
        EquipmentUse.objects.filter(equipment__in=equipment)
        .exclude(appointment=wanted.pk)
        .during(wanted.starts_at, wanted.ends_at)
    )
    return _as_conflicts(uses)


def _as_conflicts(uses: Iterable[EquipmentUse]) -> list[Conflict]:
    held = list(uses)
    pks = {use.appointment_id for use in held}
    rows = Appointment.objects.filter(pk__in=pks).for_day_sheet().in_bulk()
    return [
        Conflict(
            of=Held.EQUIPMENT, with_appointment=rows[use.appointment_id], equipment=use.equipment
        )
        for use in held
    ]


def refuse_group_taken(group: Group, members: Collection[Appointment]) -> None:
    """The same for a whole group where it is going, in as many queries for ten as for two."""
    patients = {member.patient_id for member in members}
    held = Q(therapist=group.therapist_id) | Q(patient__in=patients)
    if group.room_id is not None:
        held |= Q(room=group.room_id)
    rivals = (
        Appointment.objects.live()
        .overlapping(group.starts_at, group.ends_at)
        .filter(held)
        .exclude(group=group.pk)
        .for_day_sheet()
    )
    found = []
    for rival in rivals:
        if rival.therapist_id == group.therapist_id:
            found.append(Conflict(of=Held.THERAPIST, with_appointment=rival))
        if rival.room_id is not None and rival.room_id == group.room_id:
            found.append(Conflict(of=Held.ROOM, with_appointment=rival))
        if rival.patient_id in patients:
            found.append(Conflict(of=Held.PATIENT, with_appointment=rival))
    pieces = EquipmentUse.objects.filter(appointment__in=members).values("equipment")
    uses = (
        EquipmentUse.objects.filter(equipment__in=pieces)
        .exclude(appointment__in=members)
        .during(group.starts_at, group.ends_at)
    )
    found = _once_per_group(found) + _as_conflicts(uses)
    if found:
        raise SlotTaken(found)


def refuse_taken(wanted: Appointment, equipment: Collection[Equipment] = ()) -> None:
    if conflicts := conflicts_of(wanted, equipment):
        raise SlotTaken(conflicts)


def refuse_closed(
    wanted: Appointment, equipment: Collection[Equipment] = (), *, anyway: bool
) -> None:
    """Hours, closures and the time therapists keep free around visits: a question, not a wall."""
    if anyway:
        return
    span = Span(wanted.starts_at, wanted.ends_at)
    reasons = availability.why_closed(
        span,
        clinic=wanted.clinic,
        therapist=wanted.therapist,
        room=wanted.room,
        equipment=equipment,
    )
    reasons += availability.why_crowded(span, wanted=wanted)
    if reasons:
        raise OutsideHours(reasons)


@contextmanager
def constraint_as_fact(
    wanted: Appointment, equipment: Collection[Equipment] = (), *, group: Group | None = None
) -> Iterator[None]:
    """The database's refusal, told as a fact: somebody wrote without our locks."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", None)
        if name == NO_PLACE and group is not None:
            raise GroupFull(Group.objects.with_taken().for_page().get(pk=group.pk)) from error
        if name not in EXCLUSIONS | {OUT_OF_STEP}:
            raise
        raise SlotTaken(conflicts_of(wanted, equipment)) from error


@contextmanager
def group_constraint_as_fact(group: Group, members: Collection[Appointment]) -> Iterator[None]:
    """The same for a whole group."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) not in EXCLUSIONS:
            raise
        refuse_group_taken(group, members)
        raise SlotTaken([]) from error
