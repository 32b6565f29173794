"""Which group a patient joins, and what an appointment takes: locked first, then looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from people.models import Clinic, Patient, Therapist
from scheduling import locking
from scheduling.facts import GroupFull, NotBookable
from scheduling.models import Appointment, AppointmentType, Equipment, EquipmentUse, Group, Room
from scheduling.slots import Span


@dataclass(frozen=True)
class Place:
    """What an appointment is about to take, locked; `group` when one meets there already."""

    therapist: Therapist
    patient: Patient
    room: Room | None
    equipment: list[Equipment]
    group: Group | None
    span: Span


def group_at(
    starts_at: dt.datetime,
    *,
    therapist: Therapist,
    clinic: Clinic,
    appointment_type: AppointmentType,
) -> Group | None:
    """The group of that type with members in it that begins then; `None` for a type that is no
    group."""
    if not appointment_type.is_group:
        return None
    groups = Group.objects.meeting().for_page()
    return groups.filter(
        therapist=therapist,
        clinic=clinic,
        type=appointment_type,
        starts_at=starts_at,
    ).first()


def lock_place(
    *,
    therapists: Iterable[Therapist],
    patient: Patient,
    clinic: Clinic,
    appointment_type: AppointmentType,
    room: Room | None,
    equipment: Collection[Equipment],
    span: Span,
) -> Place:
    """Lock the therapists (the first is the one wanted), then the rest in order. Who joins a
    group takes its length and its room; the room asked for counts where no group meets."""
    therapist = locking.lock_therapists(*therapists)
    group = group_at(
        span.starts_at, therapist=therapist, clinic=clinic, appointment_type=appointment_type
    )
    theirs = group.room if group is not None else room
    things = locking.lock_things(rooms=[theirs], equipment=equipment, patients=[patient])
    if group is not None:
        group = locking.lock_group(group)
        span = Span(group.starts_at, group.ends_at)
    return Place(
        therapist=therapist,
        patient=things.patients[patient.pk],
        room=things.room(theirs),
        equipment=things.pieces(equipment),
        group=group,
        span=span,
    )


def refuse_another_room(place: Place, room: Room | None) -> None:
    """A group stays in its room, whoever joins."""
    if place.group is not None and room is not None and room != place.group.room:
        where = f"meets in {place.group.room}" if place.group.room else "has no room"
        raise NotBookable({"room": f"The group {where}. Move the whole group to change that."})


def refuse_full(group: Group | None) -> None:
    if group is not None and group.taken >= group.capacity:
        raise GroupFull(group)


def take_seat(wanted: Appointment) -> None:
    """Open a group around an appointment of a group type that joins none."""
    if wanted.group is None and wanted.type.is_group:
        wanted.group = Group.objects.create(
            therapist=wanted.therapist,
            clinic=wanted.clinic,
            room=wanted.room,
            type=wanted.type,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            capacity=wanted.type.capacity,
        )


def let_go(appointment: Appointment, *, but: Collection[Equipment]) -> None:
    """Give up every piece of equipment but these."""
    EquipmentUse.objects.filter(appointment=appointment).exclude(equipment__in=but).delete()


def hold(appointment: Appointment, equipment: Collection[Equipment]) -> None:
    """Hold these pieces; a trigger writes each use's times."""
    held = set(
        EquipmentUse.objects.filter(appointment=appointment).values_list("equipment", flat=True)
    )
    for piece in equipment:
        if piece.pk not in held:
            EquipmentUse.objects.create(
                appointment=appointment,
                equipment=piece,
                starts_at=appointment.starts_at,
                ends_at=appointment.ends_at,
            )
