"""What patients say of their exercises, from the page behind their link.

One answer for each exercise and day: saying it again changes it, so that a phone which sends twice
does no harm. Today and yesterday can be answered, on the clinic's calendar.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from documentation.models import HomeAnswer, HomeProgram, HomeProgramItem
from documentation.rules import adherence
from people import audit
from people.models import Patient, PatientLink, User


class NotNow(Exception):
    """The program does not run, or the day is neither today nor yesterday."""


def running_of(patient: Patient) -> HomeProgram | None:
    return HomeProgram.objects.running().filter(patient=patient).first()


def days_open(program: HomeProgram, *, today: dt.date) -> list[dt.date]:
    """Which days may be answered: today, and yesterday if the program had begun."""
    days = [today, today - dt.timedelta(days=1)]
    return [day for day in days if program.starts_on is not None and day >= program.starts_on]


@transaction.atomic
def answer(
    *,
    link: PatientLink,
    item: HomeProgramItem,
    day: dt.date,
    done: bool,
    pain: int | None = None,
    difficulty: str = "",
    remark: str = "",
) -> HomeAnswer:
    """Write down what the patient says; `alarm` on the answer tells whether to stop and call."""
    program = HomeProgram.objects.select_for_update(no_key=True).get(pk=item.program_id)
    today = timezone.localdate(timezone=link.patient.clinic.zone)
    is_theirs = program.patient_id == link.patient_id
    if not is_theirs or program.status != HomeProgram.Status.GIVEN:
        raise NotNow
    if day not in days_open(program, today=today):
        raise NotNow
    alarm = adherence.alarm(pain=pain, before=_pain_before(link.patient, item, day))
    found = HomeAnswer.objects.select_for_update().filter(item=item, day=day).first()
    seen = {} if found is not None and found.alarm == alarm else {"seen_by": None, "seen_at": None}
    row, _ = HomeAnswer.objects.update_or_create(
        item=item,
        day=day,
        defaults={
            "done": done,
            "pain": pain,
            "difficulty": difficulty,
            "remark": remark,
            "answered_at": timezone.now(),
            "alarm": alarm,
            **seen,
        },
    )
    audit.record(
        by=None,
        action="home_program.answered",
        patient=link.patient,
        target=row,
        link=link.pk,
        alarm=alarm,
    )
    return row


@transaction.atomic
def mark_seen(*, answer: HomeAnswer, by: User) -> None:
    """Somebody at the clinic knows of the pain. Twice is once."""
    row = (
        HomeAnswer.objects.select_for_update(of=("self",))
        .select_related("item__program__patient")
        .get(pk=answer.pk)
    )
    if not row.alarm or row.seen_at is not None:
        return
    row.seen_by, row.seen_at = by, timezone.now()
    row.save(update_fields=["seen_by", "seen_at"])
    audit.record(
        by=by,
        action="home_program.alarm_seen",
        patient=row.item.program.patient,
        target=row,
    )


def adherence_of(program: HomeProgram, *, today: dt.date) -> adherence.Adherence:
    """How the patient does with what this program holds, over its versions."""
    items = list(program.items.all())
    keys = [item.exercise for item in items]
    given = HomeProgramItem.objects.filter(
        program__patient_id=program.patient_id,
        program__version__lte=program.version,
        exercise__in=keys,
    ).exclude(program__starts_on=None)
    since: dict[str, dt.date] = {}
    for key, day in given.order_by("-program__starts_on").values_list(
        "exercise", "program__starts_on"
    ):
        since[key] = day or today
    answers = HomeAnswer.objects.filter(
        item__program__patient_id=program.patient_id, item__exercise__in=keys, day__lte=today
    ).values_list("item__exercise", "day", "done", "pain", "difficulty")
    return adherence.adherence(
        [
            adherence.Line(
                item.exercise,
                item.words["name"],
                item.days_a_week,
                since.get(item.exercise, today),
            )
            for item in items
        ],
        [adherence.Said(*row) for row in answers],
        today=today,
    )


def _pain_before(patient: Patient, item: HomeProgramItem, day: dt.date) -> int | None:
    """The pain with this exercise the last time before that day."""
    return (
        HomeAnswer.objects.filter(
            item__program__patient=patient, item__exercise=item.exercise, day__lt=day
        )
        .exclude(pain=None)
        .order_by("-day")
        .values_list("pain", flat=True)
        .first()
    )
