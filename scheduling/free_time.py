"""What a search for free times looks through, read from the rows: the bridge to `finder`.

However many therapists, appointments and days there are, it is the same handful of queries.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from people.models import Clinic, Patient, Therapist
from people.models.staff import Discipline
from scheduling import availability
from scheduling.finder import Busy, Diary, Pool, Search, Wanted
from scheduling.models import (
    Appointment,
    AppointmentType,
    Closure,
    Equipment,
    EquipmentUse,
    Group,
    Room,
    WeeklyHours,
)
from scheduling.slots import Hours, Span


@dataclass(frozen=True)
class Needs:
    """Who and what a visit needs. No therapists named: any that may give it. A room named, or
    `any_room`, or none."""

    clinics: tuple[Clinic, ...]
    appointment_type: AppointmentType
    therapists: tuple[Therapist, ...] = ()
    patient: Patient | None = None
    room: Room | None = None
    any_room: bool = False

    @property
    def wants_a_room(self) -> bool:
        return self.room is not None or self.any_room or self.appointment_type.needs_room


@dataclass(frozen=True)
class Loaded:
    """A search, and the rows its numbers stand for."""

    search: Search
    therapists: dict[int, Therapist]
    clinics: dict[int, Clinic]
    rooms: dict[int, Room]
    equipment: dict[int, Equipment]
    closures: tuple[Closure, ...]


def therapists_for(needs: Needs) -> list[tuple[Therapist, Clinic]]:
    """Who may give such a visit, and at which of the clinics. Two queries."""
    rows = availability.therapists_at(needs.clinics)
    if needs.therapists:
        rows = rows.filter(pk__in=[therapist.pk for therapist in needs.therapists])
    order = {therapist.pk: place for place, therapist in enumerate(needs.therapists)}
    kind, patient = needs.appointment_type, needs.patient
    found: list[tuple[Therapist, Clinic]] = []
    for therapist in sorted(rows, key=lambda row: order.get(row.pk, 0)):
        if therapist.discipline != Discipline(kind.discipline):
            continue
        if kind.is_evaluation and not therapist.may_evaluate:
            continue
        everywhere = therapist.user.sees_all_clinics
        theirs = {clinic.pk for clinic in therapist.user.clinics.all()}
        if patient is not None and not (everywhere or patient.clinic_id in theirs):
            continue
        found += [
            (therapist, clinic) for clinic in needs.clinics if everywhere or clinic.pk in theirs
        ]
    return found


def load(
    needs: Needs,
    wanted: Wanted,
    *,
    first: dt.datetime,
    last: dt.datetime,
    but: Collection[int] = (),
) -> Loaded:
    """Everything a search between two moments looks at. `but` are appointments whose own time
    counts as free, because they are being moved."""
    who = therapists_for(needs)
    therapists = {therapist.pk: therapist for therapist, _ in who}
    closures = _closures(needs, therapists.values(), first, last)
    hours = _hours(who)
    taken = _taken(needs, therapists.values(), first, last, but=but)
    joins = _joins(needs, therapists.values(), first, last)
    diaries = tuple(
        Diary(
            therapist=therapist.pk,
            clinic=clinic.pk,
            zone=clinic.zone,
            hours=tuple(hours[therapist.pk, clinic.pk]),
            closed=Busy(
                availability.span_of(closure)
                for closure in closures
                if clinic.pk == closure.clinic_id or therapist.pk == closure.therapist_id
            ),
            taken=Busy(taken.of_therapist[therapist.pk]),
            kept=Busy(taken.kept_by[therapist.pk]),
            joins=frozenset(joins[therapist.pk, clinic.pk]),
        )
        for therapist, clinic in who
    )
    rooms = _rooms(needs)
    room_pools = _room_pools(needs, rooms, closures, taken.of_room)
    equipment, equipment_pools = _equipment(needs, closures, first, last, but=but)
    return Loaded(
        search=Search(
            wanted=wanted,
            diaries=diaries,
            patient=Busy(taken.of_patient),
            pools=(*room_pools, *equipment_pools),
        ),
        therapists=therapists,
        clinics={clinic.pk: clinic for clinic in needs.clinics},
        rooms={room.pk: room for room in rooms},
        equipment=equipment,
        closures=tuple(closures),
    )


def _closures(
    needs: Needs, therapists: Iterable[Therapist], first: dt.datetime, last: dt.datetime
) -> list[Closure]:
    rows = Closure.objects.overlapping(first, last)
    return list(
        rows.filter(
            Q(clinic__in=needs.clinics)
            | Q(therapist__in=therapists)
            | Q(room__clinic__in=needs.clinics)
            | Q(equipment__clinic__in=needs.clinics)
        )
    )


def _hours(who: Sequence[tuple[Therapist, Clinic]]) -> dict[tuple[int, int], list[Hours]]:
    """Working hours by therapist and clinic; who has none anywhere works while a clinic is open."""
    anywhere: set[int] = set()
    hours: dict[tuple[int, int], list[Hours]] = defaultdict(list)
    rows = WeeklyHours.objects.filter(therapist__in={therapist.pk for therapist, _ in who})
    for row in rows.order_by("weekday", "starts_at"):
        anywhere.add(row.therapist_id)
        hours[row.therapist_id, row.clinic_id].append(
            Hours(row.weekday, row.starts_at, row.ends_at)
        )
    for therapist, clinic in who:
        if therapist.pk not in anywhere:
            hours[therapist.pk, clinic.pk] = [
                Hours(weekday, clinic.opens_at, clinic.closes_at)
                for weekday in availability.WORKDAYS
            ]
    return hours


@dataclass(frozen=True)
class _Taken:
    of_therapist: dict[int, list[Span]]
    kept_by: dict[int, list[Span]]
    of_room: dict[int, list[Span]]
    of_patient: list[Span]


def _taken(
    needs: Needs,
    therapists: Iterable[Therapist],
    first: dt.datetime,
    last: dt.datetime,
    *,
    but: Collection[int],
) -> _Taken:
    concerned = Q(therapist__in=therapists)
    if needs.patient is not None:
        concerned |= Q(patient=needs.patient)
    if needs.wants_a_room:
        concerned |= Q(room__clinic__in=needs.clinics)
    rows = Appointment.objects.live().overlapping(first, last).filter(concerned)
    found = _Taken(defaultdict(list), defaultdict(list), defaultdict(list), [])
    patient = needs.patient.pk if needs.patient is not None else None
    for who, whom, room, starts_at, ends_at, kept in rows.exclude(pk__in=but).values_list(
        "therapist", "patient", "room", "starts_at", "ends_at", "type__buffer_minutes"
    ):
        span = Span(starts_at, ends_at)
        found.of_therapist[who].append(span)
        found.kept_by[who].append(Span(starts_at, ends_at + dt.timedelta(minutes=kept)))
        if room is not None:
            found.of_room[room].append(span)
        if whom == patient:
            found.of_patient.append(span)
    return found


def _joins(
    needs: Needs, therapists: Iterable[Therapist], first: dt.datetime, last: dt.datetime
) -> dict[tuple[int, int], list[dt.datetime]]:
    """When groups of a group type begin that one more patient can join."""
    found: dict[tuple[int, int], list[dt.datetime]] = defaultdict(list)
    if not needs.appointment_type.is_group:
        return found
    groups = Group.objects.with_taken().filter(
        type=needs.appointment_type,
        therapist__in=therapists,
        clinic__in=needs.clinics,
        starts_at__gte=first,
        starts_at__lt=last,
    )
    groups = groups.filter(Q(taken__gt=0) & Q(taken__lt=F("capacity")))
    if needs.room is not None:
        groups = groups.filter(room=needs.room)
    for therapist, clinic, starts_at in groups.values_list("therapist", "clinic", "starts_at"):
        found[therapist, clinic].append(starts_at)
    return found


def _rooms(needs: Needs) -> list[Room]:
    if needs.room is not None:
        return [needs.room]
    if not needs.wants_a_room:
        return []
    return list(Room.objects.filter(clinic__in=needs.clinics, is_active=True))


def _room_pools(
    needs: Needs, rooms: Sequence[Room], closures: Sequence[Closure], taken: dict[int, list[Span]]
) -> list[Pool]:
    """One pool for each clinic: a room is needed there, and these are its rooms."""
    if not needs.wants_a_room:
        return []
    return [
        Pool(
            clinic=clinic.pk,
            is_rooms=True,
            pieces=tuple(
                (
                    room.pk,
                    Busy(
                        taken[room.pk]
                        + [availability.span_of(row) for row in closures if row.room_id == room.pk]
                    ),
                )
                for room in rooms
                if room.clinic_id == clinic.pk
            ),
        )
        for clinic in needs.clinics
    ]


def _equipment(
    needs: Needs,
    closures: Sequence[Closure],
    first: dt.datetime,
    last: dt.datetime,
    *,
    but: Collection[int],
) -> tuple[dict[int, Equipment], list[Pool]]:
    """The pieces the type needs, and a pool for each kind at each clinic."""
    kinds = [kind.pk for kind in needs.appointment_type.equipment_kinds.all()]
    if not kinds:
        return {}, []
    pieces = list(
        Equipment.objects.filter(kind__in=kinds, clinic__in=needs.clinics, is_active=True)
    )
    taken: dict[int, list[Span]] = defaultdict(list)
    uses = EquipmentUse.objects.filter(
        equipment__in=pieces, is_live=True, starts_at__lt=last, ends_at__gt=first
    ).exclude(appointment__in=but)
    for piece, starts_at, ends_at in uses.values_list("equipment", "starts_at", "ends_at"):
        taken[piece].append(Span(starts_at, ends_at))
    for closure in closures:
        if closure.equipment_id is not None:
            taken[closure.equipment_id].append(availability.span_of(closure))
    pools = [
        Pool(
            clinic=clinic.pk,
            pieces=tuple(
                (piece.pk, Busy(taken[piece.pk]))
                for piece in pieces
                if piece.clinic_id == clinic.pk and piece.kind_id == kind
            ),
        )
        for clinic in needs.clinics
        for kind in kinds
    ]
    return {piece.pk: piece for piece in pieces}, pools
