"""Build a patient's home program, give it, pause it and end it.

A draft is changed as often as one likes, each change saved by itself. `give` freezes it, words
included; from then on the database refuses a change, and whatever is to be different begins as a
draft of the next version. Whoever changes a draft locks its program row first, then its exercises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from documentation.exercises import library
from documentation.models import (
    HomeProgram,
    HomeProgramItem,
    HomeProgramPdf,
    HomeProgramTemplate,
)
from documentation.models.home_program import words_of
from people import audit, links
from people.models import Patient, PatientLink, User

Status = HomeProgram.Status
PURPOSE = PatientLink.Purpose.HOME_PROGRAM
LINK_LASTS = dt.timedelta(days=365)  # or until the program ends
MOST_EXERCISES = 20
DOSE = ("sets", "reps", "hold_seconds", "seconds", "times_a_day", "days_a_week", "side")
COPIED = (*DOSE, "exercise", "own_words", "step_axis", "step_text")


class AlreadyGiven(Exception):
    """It was given: only a new version can differ."""


class NothingToGive(Exception):
    """A program without an exercise is no program."""


class TooMany(Exception):
    """More exercises than anybody does."""


class NoSuchExercise(Exception):
    """The library has none of this key, or the exercise has no step along this axis."""


class WrongState(Exception):
    """It does not run, or it runs already."""


@transaction.atomic
def start(*, patient: Patient, by: User, copy: HomeProgram | None = None) -> HomeProgram:
    """The patient's draft: the one there is, or a new one, empty or copied from a version."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    programs = HomeProgram.objects.filter(patient=patient)
    draft = programs.filter(status=Status.DRAFT).first()
    if draft is not None:
        return draft
    newest = programs.aggregate(newest=Max("version"))["newest"] or 0
    draft = HomeProgram.objects.create(
        patient=patient, version=newest + 1, made_by=by, remark=copy.remark if copy else ""
    )
    if copy is not None:
        _add_rows(draft, [{name: getattr(item, name) for name in COPIED} for item in _rows(copy)])
    audit.record(by=by, action="home_program.begun", patient=patient, target=draft)
    return draft


@transaction.atomic
def add(*, program: HomeProgram, exercise: str, by: User) -> HomeProgramItem:
    """The exercise at the end, with the library's dose; once in it, it is not added again."""
    draft = _draft(program)
    found = draft.items.filter(exercise=exercise).first()
    if found is not None:
        return found
    _add_rows(draft, [_as_in_library(exercise)])
    item = draft.items.get(exercise=exercise)
    _changed(draft, by, "added", exercise)
    return item


@transaction.atomic
def add_template(*, program: HomeProgram, template: HomeProgramTemplate, by: User) -> int:
    """Its exercises at the end, those left out that are in the program; how many were added."""
    draft = _draft(program)
    have = set(draft.items.values_list("exercise", flat=True))
    known = library.exercises()
    rows = [row for row in template.items if row["exercise"] in known.keys() - have]
    _add_rows(draft, rows)
    _changed(draft, by, "template", str(template.pk))
    return len(rows)


@transaction.atomic
def save_item(*, item: HomeProgramItem, by: User, **values: Any) -> HomeProgramItem:
    """Another dose or other words; what is not named stays."""
    draft = _draft(item.program)
    item = draft.items.select_for_update().get(pk=item.pk)
    for name, value in values.items():
        setattr(item, name, value)
    item.save(update_fields=list(values))
    _changed(draft, by, "dose", item.exercise)
    return item


@transaction.atomic
def take_step(*, item: HomeProgramItem, axis: str, by: User) -> HomeProgramItem:
    """One step on along an axis: the exercise that follows, or this one with the step's words."""
    draft = _draft(item.program)
    item = draft.items.select_for_update().get(pk=item.pk)
    step = next((s for s in item.in_library.progressions if s.axis == axis), None)
    if step is None:
        raise NoSuchExercise
    if step.to and not draft.items.filter(exercise=step.to).exists():
        following = _as_in_library(step.to) | {"own_words": "", "step_axis": "", "step_text": ""}
        for name, value in following.items():
            setattr(item, name, value)
        item.save(update_fields=list(following))
    else:
        item.step_axis, item.step_text = step.axis, step.text
        item.save(update_fields=["step_axis", "step_text"])
    _changed(draft, by, "step", item.exercise)
    return item


@transaction.atomic
def step_back(*, item: HomeProgramItem, by: User) -> HomeProgramItem:
    """Take the step's words away again."""
    return save_item(item=item, by=by, step_axis="", step_text="")


@transaction.atomic
def move(*, item: HomeProgramItem, by: User, places: int) -> None:
    """So many places down, or up when negative; at the end it stays."""
    draft = _draft(item.program)
    order = list(draft.items.values_list("pk", flat=True))
    at = order.index(item.pk)
    order.insert(max(0, min(len(order) - 1, at + places)), order.pop(at))
    _number(draft, order)
    _changed(draft, by, "order", item.exercise)


@transaction.atomic
def put_in_order(*, program: HomeProgram, order: Sequence[int], by: User) -> None:
    """As the ids say; what they do not name keeps its order behind them."""
    draft = _draft(program)
    own = list(draft.items.values_list("pk", flat=True))
    named = [pk for pk in dict.fromkeys(order) if pk in own]
    _number(draft, [*named, *(pk for pk in own if pk not in named)])
    _changed(draft, by, "order", "")


@transaction.atomic
def remove(*, item: HomeProgramItem, by: User) -> None:
    draft = _draft(item.program)
    draft.items.filter(pk=item.pk).delete()
    _changed(draft, by, "removed", item.exercise)


@transaction.atomic
def say(*, program: HomeProgram, remark: str, by: User) -> None:
    """The therapist's words to the patient, above the exercises."""
    draft = _draft(program)
    draft.remark = remark
    draft.save(update_fields=["remark"])
    _changed(draft, by, "remark", "")


@transaction.atomic
def keep_as_template(*, program: HomeProgram, name: str, by: User) -> HomeProgramTemplate:
    """The exercises with their doses under a name of this therapist's; the same name is written
    over. Words to one patient do not go along."""
    items = [
        {field: getattr(item, field) for field in (*DOSE, "exercise")} for item in _rows(program)
    ]
    if not items:
        raise NothingToGive
    template, _ = HomeProgramTemplate.objects.update_or_create(
        owner=by, name=name, defaults={"items": items}
    )
    return template


@transaction.atomic
def discard(*, program: HomeProgram, by: User) -> None:
    """Throw a draft away; what the patient has in hand stays."""
    draft = _draft(program)
    draft.items.all().delete()
    audit.record(by=by, action="home_program.discarded", patient=draft.patient, target=draft)
    draft.delete()


@transaction.atomic
def give(*, program: HomeProgram, by: User) -> HomeProgram:
    """Freeze the draft and put it into the patient's hands: the version before it ends, the
    hand-out waits to be made, and the patient's link leads to this one."""
    # The patient first: a second giver waits here, not at one of two programs.
    patient = Patient.objects.select_for_update(no_key=True).get(pk=program.patient_id)
    draft = _draft(program)
    items = list(draft.items.select_for_update().order_by("pk"))
    if not items:
        raise NothingToGive
    for item in items:
        item.content = words_of(item.in_library)
        item.save(update_fields=["content"])
    now = timezone.now()
    HomeProgram.objects.running().filter(patient=patient).update(status=Status.ENDED, ended_at=now)
    draft.status = Status.GIVEN
    draft.given_by, draft.giver_name, draft.given_at = by, str(by), now
    draft.starts_on = timezone.localdate(timezone=patient.clinic.zone)
    draft.save(update_fields=["status", "given_by", "giver_name", "given_at", "starts_on"])
    link_of(patient=patient, by=by)
    HomeProgramPdf.objects.create(program=draft)
    audit.record(
        by=by, action="home_program.given", patient=patient, target=draft, version=draft.version
    )
    return draft


@transaction.atomic
def pause(*, program: HomeProgram, by: User) -> HomeProgram:
    return _turn(program, Status.PAUSED, of=(Status.GIVEN,), by=by)


@transaction.atomic
def resume(*, program: HomeProgram, by: User) -> HomeProgram:
    return _turn(program, Status.GIVEN, of=(Status.PAUSED,), by=by)


@transaction.atomic
def end(*, program: HomeProgram, by: User) -> HomeProgram:
    """It is over: the patient's link opens no more."""
    ended = _turn(program, Status.ENDED, of=(Status.GIVEN, Status.PAUSED), by=by)
    links.revoke(purpose=PURPOSE, target=ended.patient)
    return ended


def open_link_of(patient: Patient) -> PatientLink | None:
    """The link that opens now; it leads to whatever program runs."""
    return PatientLink.objects.filter(
        purpose=PURPOSE,
        target_id=patient.pk,
        revoked_at=None,
        used_at=None,
        expires_at__gt=timezone.now(),
    ).last()


@transaction.atomic
def link_of(*, patient: Patient, by: User) -> PatientLink:
    """The patient's link: the open one, or a new one."""
    found = open_link_of(patient)
    return found or links.make(
        purpose=PURPOSE,
        patient=patient,
        target=patient,
        expires_at=timezone.now() + LINK_LASTS,
        by=by,
    )


@transaction.atomic
def renew_link(*, patient: Patient, by: User) -> PatientLink:
    """Take the link back, wherever it went, and make another."""
    links.revoke(purpose=PURPOSE, target=patient)
    audit.record(by=by, action="home_program.link_revoked", patient=patient)
    return link_of(patient=patient, by=by)


def _turn(program: HomeProgram, status: Status, *, of: tuple[Status, ...], by: User) -> HomeProgram:
    row = (
        HomeProgram.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .get(pk=program.pk)
    )
    if row.status not in of:
        raise WrongState
    now = timezone.now()
    row.status = status
    row.paused_at = now if status == Status.PAUSED else None
    row.ended_at = now if status == Status.ENDED else None
    row.save(update_fields=["status", "paused_at", "ended_at"])
    audit.record(by=by, action=f"home_program.{status}", patient=row.patient, target=row)
    return row


def _draft(program: HomeProgram) -> HomeProgram:
    """The program, locked. Raises `AlreadyGiven`."""
    row = (
        HomeProgram.objects.select_for_update(of=("self",))
        .select_related("patient")
        .get(pk=program.pk)
    )
    if not row.is_draft:
        raise AlreadyGiven
    return row


def _rows(program: HomeProgram) -> list[HomeProgramItem]:
    return [item for item in program.items.all() if item.exercise in library.exercises()]


def _as_in_library(key: str) -> dict[str, Any]:
    exercise = library.exercises().get(key)
    if exercise is None:
        raise NoSuchExercise
    dose = exercise.dose
    return {
        "exercise": key,
        "sets": dose.sets,
        "reps": dose.reps,
        "hold_seconds": dose.hold_seconds,
        "seconds": dose.seconds,
        "times_a_day": dose.times_a_day,
        "days_a_week": dose.days_a_week,
        "side": "both" if exercise.each_side else "",
    }


def _add_rows(draft: HomeProgram, rows: Iterable[Mapping[str, Any]]) -> None:
    last = draft.items.aggregate(last=Max("position"))["last"] or 0
    new = [
        HomeProgramItem(program=draft, position=last + n, **row)
        for n, row in enumerate(rows, start=1)
    ]
    if draft.items.count() + len(new) > MOST_EXERCISES:
        raise TooMany
    HomeProgramItem.objects.bulk_create(new)


def _number(draft: HomeProgram, order: Iterable[int]) -> None:
    items = {item.pk: item for item in draft.items.select_for_update().order_by("pk")}
    for position, pk in enumerate(order, start=1):
        items[pk].position = position
    HomeProgramItem.objects.bulk_update(items.values(), ["position"])


def _changed(draft: HomeProgram, by: User, what: str, exercise: str) -> None:
    audit.record(
        by=by,
        action="home_program.changed",
        patient=draft.patient,
        target=draft,
        what=what,
        exercise=exercise,
    )
