"""What stands in the way of an appointment: looked up by whoever holds the locks, and told the
same when the database refuses what somebody wrote without them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    return found + _equipment_conflicts(wanted, equipment)


def _are_together(one: Appointment, other: Appointment) -> bool:
    return one.group_id is not None and one.group_id == other.group_id


def _equipment_conflicts(wanted: Appointment, equipment: Collection[Equipment]) -> list[Conflict]:
    if not equipment:
        return []
    uses = list(
        EquipmentUse.objects.filter(
            equipment__in=equipment,
            is_live=True,
            starts_at__lt=wanted.ends_at,
            ends_at__gt=wanted.starts_at,
        )
        .exclude(appointment=wanted.pk)
        .select_related("equipment")
        .order_by("starts_at", "pk")
    )
    pks = {use.appointment_id for use in uses}
    rows = {row.pk: row for row in Appointment.objects.filter(pk__in=pks).for_day_sheet()}
    return [
        Conflict(
            of=Held.EQUIPMENT, with_appointment=rows[use.appointment_id], equipment=use.equipment
        )
        for use in uses
    ]


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
