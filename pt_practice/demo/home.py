"""Three patients of the demo with a home program: one keeps at it, one struggles, one has pain."""

from __future__ import annotations

import datetime as dt
import random

from django.utils import timezone

from documentation import home_programs
from documentation.models import (
    HomeAnswer,
    HomeProgram,
    HomeProgramItem,
    HomeProgramPdf,
    HomeProgramTemplate,
)
from documentation.models.home_program import words_of
from documentation.rules.adherence import alarm
from people.models import Patient, User

# exercises, days given ago, how often it is done, pain from first to last day, a remark
PROGRAMS = [
    (("one-leg-stand", "heel-raise", "side-steps", "sit-to-stand"), 12, 0.85, (4, 1),
     "Easier on the stairs now."),
    (("gaze-x1-standing", "walk-head-turns", "feet-together-stand"), 9, 0.5, (2, 2),
     "Dizzy for a few minutes after."),
    (("bridge", "bird-dog", "hip-hinge"), 6, 0.8, (3, 8), "Sharp pain when I bend."),
]  # fmt: skip


def build_programs(patients: list[Patient], by: User, chance: random.Random) -> None:
    for patient, (keys, ago, often, pains, remark) in zip(patients, PROGRAMS, strict=False):
        program = _given(patient, keys, ago, by)
        _answers(program, ago, often, pains, remark, chance)
    first = HomeProgram.objects.filter(made_by=by).order_by("pk").first()
    if first is not None:
        HomeProgramTemplate.objects.create(
            owner=by,
            name="Balance level 1",
            items=[
                {name: getattr(item, name) for name in (*home_programs.DOSE, "exercise")}
                for item in first.items.all()
            ],
        )


def _given(patient: Patient, keys: tuple[str, ...], ago: int, by: User) -> HomeProgram:
    """As `home_programs.give` does it, on a day that is past."""
    program = home_programs.start(patient=patient, by=by)
    for key in keys:
        item = home_programs.add(program=program, exercise=key, by=by)
        HomeProgramItem.objects.filter(pk=item.pk).update(content=words_of(item.in_library))
    given_at = timezone.now() - dt.timedelta(days=ago)
    program.status = HomeProgram.Status.GIVEN
    program.given_by, program.giver_name, program.given_at = by, str(by), given_at
    program.starts_on = given_at.astimezone(patient.clinic.zone).date()
    program.remark = "Do these in the morning. Stop and call us when it hurts more than usual."
    program.save(
        update_fields=["status", "given_by", "giver_name", "given_at", "starts_on", "remark"]
    )
    home_programs.link_of(patient=patient, by=by)
    HomeProgramPdf.objects.create(program=program)
    return program


def _answers(
    program: HomeProgram,
    ago: int,
    often: float,
    pains: tuple[int, int],
    remark: str,
    chance: random.Random,
) -> None:
    assert program.starts_on is not None
    rows = []
    for item in program.items.all():
        before = None
        for n in range(ago):
            done = n == ago - 1 or chance.random() < often
            pain = round(pains[0] + (pains[1] - pains[0]) * n / (ago - 1)) if done else None
            rows.append(
                HomeAnswer(
                    item=item,
                    day=program.starts_on + dt.timedelta(days=n),
                    done=done,
                    pain=pain,
                    difficulty=("hard" if n < ago / 2 else "right") if done else "",
                    remark=remark if n == ago - 1 and item.position == 1 else "",
                    alarm=alarm(pain=pain, before=before) if n == ago - 1 else "",
                )
            )
            before = pain if pain is not None else before
    HomeAnswer.objects.bulk_create(rows)
