"""Whom scheduling locks, and in which order: therapists, rooms, equipment, patients with their
authorizations, the group, the appointments; within each by key. Two desks that want the same
thing queue up so, and nobody deadlocks. `no_key`: other rows may still point at what is locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from people.models import Patient, Therapist
from scheduling import budget
from scheduling.models import Appointment, Equipment, Group, Room


@dataclass(frozen=True)
class Things:
    """Rooms, equipment and patients as they are now, by key."""

    rooms: dict[int, Room]
    equipment: dict[int, Equipment]
    patients: dict[int, Patient]

    def room(self, wanted: Room | None) -> Room | None:
        return None if wanted is None else self.rooms[wanted.pk]

    def pieces(self, wanted: Iterable[Equipment]) -> list[Equipment]:
        return [self.equipment[pk] for pk in sorted({piece.pk for piece in wanted})]


def lock_therapists(*therapists: Therapist) -> Therapist:
    """Lock them all; returns the first one as it is now. While they are held no group of theirs
    comes, goes or moves."""
    found = {row.pk: row for row in _rows(Therapist, {row.pk for row in therapists}, "user")}
    first: Therapist = found[therapists[0].pk]
    return first


def lock_things(
    *,
    rooms: Iterable[Room | None] = (),
    equipment: Collection[Equipment] = (),
    patients: Collection[Patient] = (),
) -> Things:
    """Lock what an appointment needs besides its therapist, who is locked by now."""
    wanted = {room.pk for room in rooms if room is not None}
    found_rooms = _rows(Room, wanted, "clinic") if wanted else []
    pieces = {piece.pk for piece in equipment}
    found_pieces = _rows(Equipment, pieces, "kind") if pieces else []
    found_patients = _rows(Patient, {row.pk for row in patients}, "clinic")
    budget.lock(*found_patients)
    return Things(
        rooms={row.pk: row for row in found_rooms},
        equipment={row.pk: row for row in found_pieces},
        patients={row.pk: row for row in found_patients},
    )


def lock_group(group: Group) -> Group:
    """The group as it is now, `taken` counted after the lock."""
    locked: list[Group] = _rows(Group, {group.pk}, "type", "room", "clinic", "therapist__user")
    locked[0].taken = locked[0].members.live().count()
    return locked[0]


def lock_appointment(appointment: Appointment) -> Appointment:
    return lock_appointments([appointment.pk])[0]


def lock_appointments(pks: Iterable[int]) -> list[Appointment]:
    found: list[Appointment] = _rows(
        Appointment,
        set(pks),
        "clinic",
        "type",
        "patient__clinic",
        "therapist__user",
        "room",
        "group",
    )
    return found


def _rows(model: type[models.Model], pks: set[int], *related: str) -> list[Any]:
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related(*related).filter(pk__in=pks).order_by("pk"))
