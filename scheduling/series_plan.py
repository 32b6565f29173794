"""From a wish to a plan the desk can read: rows in, the solver asked, every visit in words.

Nothing is written here. A plan that was shown comes back as what was chosen of it (`Chosen`), is
worked out anew around those choices when something got taken meanwhile, and is shown again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from people.models import Clinic, Patient, Therapist, User
from scheduling import budget, care, free_time, series_words, slots
from scheduling.budget_rules import Grant, Problem, sentence
from scheduling.finder import Diary, Opening, Wanted
from scheduling.free_time import Loaded, Needs
from scheduling.models import Appointment, Room, Series
from scheduling.series_solver import (
    PlannedVisit,
    Target,
    Wish,
    answer,
    targets_of,
)

SKIP = "skip"  # the visit is not booked, or stays where it is


@dataclass(frozen=True)
class Place:
    """A time with therapist, room and equipment, as a choice on the page."""

    opening: Opening
    therapist: Therapist
    clinic: Clinic
    room: str
    is_anyway: bool = False  # booked although something speaks against it

    @property
    def code(self) -> str:
        """As the page sends it: the instant, and ids."""
        at = self.opening.starts_at.astimezone(dt.UTC)
        pieces = "-".join(str(pk) for pk in self.opening.equipment)
        parts = (
            f"{at:%Y%m%dT%H%M}",
            str(self.opening.therapist),
            str(self.opening.room or ""),
            pieces,
            "anyway" if self.is_anyway else "",
        )
        return "~".join(parts)


@dataclass(frozen=True)
class Chosen:
    """What was chosen of one visit of a plan, as the page sent it: ids, not yet looked up."""

    position: int
    starts_at: dt.datetime
    therapist: int
    room: int | None = None
    equipment: tuple[int, ...] = ()
    is_anyway: bool = False
    is_skipped: bool = False


def read_code(code: str, *, position: int, is_skipped: bool = False) -> Chosen:
    """A place's code back; raises `ValueError` for anything else."""
    at, therapist, room, pieces, anyway = code.split("~")
    return Chosen(
        position=position,
        starts_at=dt.datetime.strptime(at, "%Y%m%dT%H%M").replace(tzinfo=dt.UTC),
        therapist=int(therapist),
        room=int(room) if room else None,
        equipment=tuple(int(piece) for piece in pieces.split("-") if piece),
        is_anyway=anyway == "anyway",
        is_skipped=is_skipped,
    )


@dataclass(frozen=True)
class Row:
    """One visit of the plan on the page."""

    visit: PlannedVisit
    place: Place
    why: list[str]
    choices: list[Place]
    chosen: str  # the code of a choice, or SKIP
    needs_reason: bool  # no authorization covers it: booked all the same, it says why
    appointment: Appointment | None = None  # the visit that is there, when it is moved

    @property
    def is_free(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Plan:
    rows: list[Row]
    needs: Needs
    loaded: Loaded

    @property
    def free(self) -> int:
        return sum(row.is_free for row in self.rows)

    @property
    def troubled(self) -> int:
        return len(self.rows) - self.free

    @property
    def needs_reason(self) -> bool:
        return any(row.needs_reason for row in self.rows)


@dataclass(frozen=True)
class Question:
    """What a new series is asked to be."""

    needs: Needs
    wanted: Wanted
    patient: Patient
    starts_on: dt.date
    visits: int
    per_week: int
    weekdays: tuple[int, ...] = ()
    at: dt.time | None = None
    same_therapist: bool = True


@dataclass(frozen=True)
class Change:
    """How visits of a series are to change; what is not named stays."""

    series: Series
    appointments: list[Appointment]
    days_later: int = 0
    at: dt.time | None = None
    therapist: Therapist | None = None
    room: Room | None = None
    any_room: bool = False
    keeps_room: bool = True

    def needs(self) -> Needs:
        who = [self.therapist] if self.therapist else [row.therapist for row in self.appointments]
        room, any_room = self.room, self.any_room
        if self.keeps_room:
            rooms = {row.room for row in self.appointments}
            # Visits in several rooms were given whichever was free, and are again.
            room, any_room = (rooms.pop(), False) if len(rooms) == 1 else (None, True)
        return Needs(
            clinics=(self.series.clinic,),
            appointment_type=self.series.type,
            therapists=tuple(dict.fromkeys(who)),
            patient=self.series.patient,
            room=room,
            any_room=any_room,
        )


def plan_new(
    question: Question,
    *,
    to: User,
    shown: Sequence[Chosen] = (),
    refused: Mapping[int, list[str]] | None = None,
) -> Plan:
    """The whole series, worked out at once. Raises `TooFewDays`."""
    clinic = question.needs.clinics[0]
    first, last = _reach(question, shown, clinic)
    loaded = free_time.load(question.needs, question.wanted, first=first, last=last)
    wish = Wish(
        search=loaded.search,
        starts_on=question.starts_on,
        visits=question.visits,
        per_week=question.per_week,
        weekdays=question.weekdays,
        at=question.at,
        same_therapist=question.same_therapist,
        days_taken=_days_taken(question.patient, clinic, first, last),
    )
    targets = _targets_shown(shown, loaded, clinic) if shown else targets_of(wish)
    return _planned(question.needs, loaded, wish, targets, to=to, shown=shown, refused=refused)


def _reach(
    question: Question, shown: Sequence[Chosen], clinic: Clinic
) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which the visits and their alternatives lie."""
    per_week = max(1, len(question.weekdays) or question.per_week)
    days = 7 * -(-question.visits // per_week) + 14
    last = question.starts_on + dt.timedelta(days=days)
    latest = max((choice.starts_at for choice in shown), default=None)
    if latest is not None:
        last = max(last, latest.astimezone(clinic.zone).date() + dt.timedelta(days=14))
    whole = slots.whole_day(question.starts_on, clinic.zone)
    return whole.starts_at, slots.whole_day(last, clinic.zone).ends_at


def plan_change(
    change: Change,
    *,
    to: User,
    shown: Sequence[Chosen] = (),
    refused: Mapping[int, list[str]] | None = None,
) -> Plan:
    """Where the visits of a series would go, and what is in the way there."""
    series, rows = change.series, change.appointments
    zone = series.clinic.zone
    moved = {row.pk for row in rows}
    needs = change.needs()
    wanted = Wanted(
        minutes=rows[0].minutes,
        buffer_minutes=series.type.buffer_minutes,
        not_before=timezone.now(),
    )
    days = [row.starts_at.astimezone(zone).date() for row in rows]
    first = slots.whole_day(min(days) - dt.timedelta(days=14), zone).starts_at
    last = slots.whole_day(max(days) + dt.timedelta(days=21), zone).ends_at
    loaded = free_time.load(needs, wanted, first=first, last=last, but=moved)
    wish = Wish(
        search=loaded.search,
        starts_on=min(days) - dt.timedelta(days=7),
        visits=len(rows),
        same_therapist=True,
        days_taken=_days_taken(series.patient, series.clinic, first, last, but=moved),
    )
    by_position = {row.series_position or 0: row for row in rows}
    if shown:
        targets = _targets_shown(shown, loaded, series.clinic)
    else:
        targets = [
            Target(
                position=row.series_position or 0,
                day=day + dt.timedelta(days=change.days_later),
                time=change.at or row.starts_at.astimezone(zone).time(),
                diary=_diary(loaded, (change.therapist or row.therapist).pk, series.clinic),
            )
            for row, day in zip(rows, days, strict=True)
        ]
    return _planned(
        needs, loaded, wish, targets, to=to, shown=shown, there=by_position, refused=refused
    )


def _planned(
    needs: Needs,
    loaded: Loaded,
    wish: Wish,
    targets: Sequence[Target],
    *,
    to: User,
    shown: Sequence[Chosen] = (),
    there: Mapping[int, Appointment] | None = None,
    refused: Mapping[int, list[str]] | None = None,
) -> Plan:
    patient = needs.patient
    assert patient is not None  # a series is somebody's
    there = there or {}
    kind = needs.appointment_type
    # An evaluation begins a new plan of care: the end of the last one says nothing about it.
    plan_ends_on = None if kind.is_evaluation else care.ends_on(patient, discipline=kind.discipline)
    against, paid_until, none_left = _unpaid(needs, wish, targets, there)
    wish = replace(wish, last_day=plan_ends_on, paid_until=paid_until, none_left=none_left)
    planned = answer(targets, wish, not_paid_for=against)
    told = series_words.Told(
        loaded=loaded,
        patient=patient,
        plan_ends_on=plan_ends_on,
        not_paid_for={position: each.sentence for position, each in against.items()},
        to=to,
        but=[row.pk for row in there.values()],
    )
    sentences = series_words.why(planned, told)
    before = {choice.position: choice for choice in shown}
    rows = []
    for visit in planned:
        place = _place(visit.place, loaded, is_anyway=bool(visit.troubles))
        others = [_place(opening, loaded) for opening in visit.alternatives]
        choices = [place, *others] if visit.may_be_forced else others
        rows.append(
            Row(
                visit=visit,
                place=place,
                why=sentences.get(visit.position, []) or (refused or {}).get(visit.position, []),
                choices=choices,
                chosen=_first_choice(visit, place, others, before.get(visit.position)),
                needs_reason=visit.position in against and against[visit.position].needs_reason,
                appointment=there.get(visit.position),
            )
        )
    return Plan(rows, needs, loaded)


def _first_choice(
    visit: PlannedVisit, place: Place, others: Sequence[Place], before: Chosen | None
) -> str:
    """What is ticked when the plan is shown: what was chosen before if it still holds, else the
    place itself where it is free, else the nearest alternative, else nothing."""
    if before is not None and before.is_skipped:
        return SKIP
    is_agreed = before is not None and before.is_anyway and visit.may_be_forced
    if visit.is_free or is_agreed:
        return place.code
    return others[0].code if others else SKIP


def _targets_shown(shown: Sequence[Chosen], loaded: Loaded, clinic: Clinic) -> list[Target]:
    """The places that were chosen, as the targets of the next plan."""
    targets = []
    for choice in shown:
        at = choice.starts_at.astimezone(clinic.zone)
        diary = _diary(loaded, choice.therapist, clinic)
        targets.append(Target(choice.position, at.date(), at.time(), diary))
    return targets


def _place(opening: Opening, loaded: Loaded, *, is_anyway: bool = False) -> Place:
    room = loaded.rooms.get(opening.room) if opening.room is not None else None
    return Place(
        opening=opening,
        therapist=loaded.therapists[opening.therapist],
        clinic=loaded.clinics[opening.clinic],
        room=room.name if room is not None else "",
        is_anyway=is_anyway,
    )


def _diary(loaded: Loaded, therapist: int, clinic: Clinic) -> Diary:
    for diary in loaded.search.diaries:
        if diary.therapist == therapist:
            return diary
    # Who may no longer give this visit has no hours for it either.
    return Diary(therapist, clinic.pk, clinic.zone, ())


def _days_taken(
    patient: Patient,
    clinic: Clinic,
    first: dt.datetime,
    last: dt.datetime,
    *,
    but: Collection[int] = (),
) -> frozenset[dt.date]:
    """The days on which the patient comes anyway."""
    rows = Appointment.objects.live().filter(
        patient=patient, starts_at__gte=first, starts_at__lt=last
    )
    return frozenset(
        starts_at.astimezone(clinic.zone).date()
        for starts_at in rows.exclude(pk__in=but).values_list("starts_at", flat=True)
    )


@dataclass(frozen=True)
class _Against:
    """What the budget says against a visit; whether it may be booked with a reason only."""

    sentence: str
    needs_reason: bool


def _unpaid(
    needs: Needs, wish: Wish, targets: Sequence[Target], there: Mapping[int, Appointment]
) -> tuple[dict[int, _Against], dt.date | None, bool]:
    """What the budget says against each visit, by position; the last day of the last
    authorization that one of them would draw on; and whether that one is used up then."""
    patient = needs.patient
    assert patient is not None
    in_order = sorted(targets, key=lambda target: target.day)
    choices = budget.foresee(
        patient=patient,
        appointment_type=needs.appointment_type,
        days=[target.day for target in in_order],
        minutes=wish.search.wanted.minutes,
    )
    against: dict[int, _Against] = {}
    grant: Grant | None = None
    left: int | None = None
    for target, choice in zip(in_order, choices, strict=True):
        # A visit that is moved has its place on the authorization already.
        has_its_own = choice.problem is Problem.SPENT and target.position in there
        if choice.problem is not None and not has_its_own:
            told = sentence(choice, on=target.day)
            against[target.position] = _Against(told, needs_reason=True)
        elif choice.grant is None and grant is not None:
            told = f"Authorization {grant.number} ends on {grant.ends_on:%B} {grant.ends_on.day}."
            against[target.position] = _Against(told, needs_reason=False)
        if choice.grant is not None:
            grant = choice.grant
            left = None if choice.visits_left is None else choice.visits_left - 1
    return against, grant.ends_on if grant is not None else None, left is not None and left < 1
