"""What is in the way of a planned visit, in words; whom it may not name, it does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from people.models import Patient, Therapist, User
from scheduling import availability, slots
from scheduling.facts import Conflict, Held
from scheduling.finder import NOTHING, Diary, Opening
from scheduling.free_time import Loaded
from scheduling.models import Appointment
from scheduling.series_solver import PlannedVisit, Trouble
from web.templatetags.pt import clock


@dataclass(frozen=True)
class Told:
    """What the sentences are made of."""

    loaded: Loaded
    patient: Patient
    plan_ends_on: dt.date | None
    not_paid_for: Mapping[int, str]  # the budget's sentence, by position
    to: User
    but: Collection[int] = ()


def why(planned: Sequence[PlannedVisit], told: Told) -> dict[int, list[str]]:
    """A sentence or more for each visit that has troubles, by position. Two queries."""
    troubled = [visit for visit in planned if visit.troubles]
    rivals = _rivals(troubled, told)
    seen = set(told.to.visible_clinics().values_list("pk", flat=True))
    return {visit.position: _sentences(visit, rivals, seen, told) for visit in troubled}


def _rivals(troubled: Sequence[PlannedVisit], told: Told) -> list[Appointment]:
    """Whatever holds the therapist, the room or the patient on the days of those visits."""
    if not troubled:
        return []
    when = Q()
    for visit in troubled:
        whole = slots.whole_day(visit.day, told.loaded.clinics[visit.place.clinic].zone)
        when |= Q(starts_at__lt=whole.ends_at, starts_at__gte=whole.starts_at)
    who = Q(therapist__in={visit.place.therapist for visit in troubled}) | Q(patient=told.patient)
    rooms = {visit.place.room for visit in troubled} - {None}
    if rooms:
        who |= Q(room__in=rooms)
    rows = Appointment.objects.live().filter(when).filter(who)
    return list(rows.exclude(pk__in=told.but).for_day_sheet())


def _sentences(
    visit: PlannedVisit, rivals: Sequence[Appointment], seen: Collection[int], told: Told
) -> list[str]:
    place = visit.place
    overlapping = [row for row in rivals if availability.span_of(row).overlaps(place.span)]
    therapist = told.loaded.therapists[place.therapist]

    def taken(of: Held, mine: int | None) -> list[str]:
        return [
            Conflict(of=of, with_appointment=row).told(is_visible=row.clinic_id in seen)
            for row in overlapping
            if mine is not None and getattr(row, f"{of}_id") == mine
        ]

    words: dict[Trouble, Callable[[], list[str]]] = {
        Trouble.NOT_ON_THE_CLOCK: lambda: ["The clocks skip this time that day."],
        Trouble.PAST: lambda: ["This time is past."],
        Trouble.OUTSIDE_HOURS: lambda: [_hours(visit, therapist, told)],
        Trouble.CLOSED: lambda: _closed(place, therapist, told),
        Trouble.CROWDED: lambda: [f"{therapist} keeps time free between visits there."],
        Trouble.THERAPIST: lambda: taken(Held.THERAPIST, place.therapist),
        Trouble.PATIENT: lambda: taken(Held.PATIENT, told.patient.pk),
        Trouble.ROOM: lambda: (
            taken(Held.ROOM, place.room) or ["No room or equipment of the kind it needs is free."]
        ),
        Trouble.SAME_DAY: lambda: [_same_day(visit, rivals, told)],
        Trouble.PLAN_ENDS: lambda: [_plan_ends(told)],
        Trouble.NOT_PAID_FOR: lambda: [told.not_paid_for.get(visit.position, "")],
    }
    return list(dict.fromkeys(told for trouble in visit.troubles for told in words[trouble]()))


def _hours(visit: PlannedVisit, therapist: Therapist, told: Told) -> str:
    clinic = told.loaded.clinics[visit.place.clinic]
    diary = _diary(visit.place, told.loaded)
    blocks = diary.working(visit.day) if diary is not None else []
    return f"{therapist} {availability.works_in_words(blocks, clinic)}."


def _diary(place: Opening, loaded: Loaded) -> Diary | None:
    for diary in loaded.search.diaries:
        if (diary.therapist, diary.clinic) == (place.therapist, place.clinic):
            return Diary(diary.therapist, diary.clinic, diary.zone, diary.hours, closed=NOTHING)
    return None


def _closed(place: Opening, therapist: Therapist, told: Told) -> list[str]:
    clinic = told.loaded.clinics[place.clinic]
    return [
        f"{clinic} is closed: {closure.reason}."
        if closure.clinic_id == clinic.pk
        else f"{therapist} is away: {closure.reason}."
        for closure in told.loaded.closures
        if (closure.clinic_id == clinic.pk or closure.therapist_id == therapist.pk)
        and availability.span_of(closure).overlaps(place.span)
    ]


def _same_day(visit: PlannedVisit, rivals: Sequence[Appointment], told: Told) -> str:
    for row in rivals:
        at = row.starts_at.astimezone(row.clinic.zone)
        if row.patient_id == told.patient.pk and at.date() == visit.day:
            return f"There is another visit that day, at {clock(at)} with {row.therapist}."
    return "There is another visit that day."


def _plan_ends(told: Told) -> str:
    end = told.plan_ends_on
    return f"The plan of care ends on {end:%B} {end.day}." if end is not None else ""
