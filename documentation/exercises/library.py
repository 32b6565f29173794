"""Which exercises are there for at home, how are they done, and what comes after each?

The texts are our own, written to be read by patients; they stand in `texts/`, one file per group,
so that a clinic can read and review them. Each carries its drawing as poses (`drawing`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from documentation.exercises import drawing
from documentation.rules import vocabulary

FOLDER = Path(__file__).resolve().parent / "texts"

# The groups in the order in which the library shows them.
GROUPS = {
    "balance": "Balance",
    "gait": "Walking",
    "vestibular": "Dizziness and gaze",
    "coordination": "Coordination",
    "arm-after-stroke": "Arm after stroke",
    "trunk": "Trunk control",
    "low-back": "Low back",
    "neck": "Neck",
    "shoulder": "Shoulder and shoulder blade",
    "hand": "Elbow, wrist and hand",
    "hip": "Hip",
    "knee": "Knee",
    "ankle": "Ankle and foot",
    "position-sense": "Position sense",
    "calm": "Breathing and letting go",
}
PURPOSES = {
    "balance": "Balance",
    "gait": "Walking",
    "vestibular": "Vestibular",
    "coordination": "Coordination",
    "arm": "Arm function",
    "trunk_control": "Trunk control",
    "motion": "Motion",
    "strength": "Strength",
    "proprioception": "Position sense",
    "relaxation": "Relaxation",
}
POSITIONS = {
    "lying": "Lying",
    "sitting": "Sitting",
    "kneeling": "Kneeling",
    "standing": "Standing",
    "walking": "Walking",
}


@dataclass(frozen=True)
class Dose:
    """How much and how often; an exercise counts repetitions or seconds."""

    sets: int
    times_a_day: int
    days_a_week: int
    reps: int | None = None
    hold_seconds: int | None = None
    seconds: int | None = None


@dataclass(frozen=True)
class Progression:
    """One step on, along one axis: a change of words, or another exercise (`to`)."""

    axis: str
    text: str
    to: str = ""

    @property
    def axis_label(self) -> str:
        return axes()[self.axis]


@dataclass(frozen=True)
class Exercise:
    key: str
    group: str
    name: str
    regions: tuple[str, ...]
    purposes: tuple[str, ...]
    position: str
    start: str
    steps: tuple[str, ...]
    cautions: tuple[str, ...]
    dose: Dose
    each_side: bool
    progressions: tuple[Progression, ...]
    alt: str
    frames: tuple[Mapping[str, Any], ...]

    @property
    def picture(self) -> str:
        """Where its drawing stands among the static files."""
        return f"img/exercises/{self.key}.svg"

    @property
    def group_label(self) -> str:
        return GROUPS[self.group]

    @property
    def position_label(self) -> str:
        return POSITIONS[self.position]

    def drawn(self) -> str:
        return drawing.draw([dict(frame) for frame in self.frames], title=self.alt)


@lru_cache(maxsize=1)
def exercises() -> Mapping[str, Exercise]:
    """The whole library by key, group by group."""
    found: dict[str, Exercise] = {}
    for group in GROUPS:
        for entry in json.loads((FOLDER / f"{group}.json").read_text(encoding="utf-8")):
            found[entry["key"]] = _read(group, entry)
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def axes() -> Mapping[str, str]:
    """The ways in which an exercise gets harder, by id, in the words of the 97112 entry."""
    return MappingProxyType({axis.id: axis.label for axis in vocabulary.load().axes.values()})


@lru_cache(maxsize=1)
def regions() -> Mapping[str, str]:
    """The parts of the body that the library has exercises for."""
    used = {region for exercise in exercises().values() for region in exercise.regions}
    return MappingProxyType(
        {key: region.label for key, region in vocabulary.load().regions.items() if key in used}
    )


def find(
    words: str = "", *, region: str = "", purpose: str = "", position: str = ""
) -> list[Exercise]:
    """The exercises in which every word occurs and which fit what else is asked for."""
    asked = words.lower().split()
    return [
        exercise
        for exercise in exercises().values()
        if (not region or region in exercise.regions)
        and (not purpose or purpose in exercise.purposes)
        and (not position or position == exercise.position)
        and all(word in _searched(exercise) for word in asked)
    ]


def dose_in_words(dose: Dose, *, each_side: bool = False) -> str:
    """ "3 sets of 10, hold 5 seconds, on each side, twice a day, 5 days a week"."""
    parts = [_how_much(dose)]
    if dose.hold_seconds:
        parts.append(f"hold {_count(dose.hold_seconds, 'second')}")
    if each_side:
        parts.append("on each side")
    parts.append(_how_often(dose))
    return ", ".join(parts)


def _how_much(dose: Dose) -> str:
    if dose.seconds:
        minutes, rest = divmod(dose.seconds, 60)
        time = _count(minutes, "minute") if minutes and not rest else f"{dose.seconds} seconds"
        return time if dose.sets == 1 else f"{dose.sets} times {time}"
    if dose.reps:
        return _count(dose.reps, "time") if dose.sets == 1 else f"{dose.sets} sets of {dose.reps}"
    return _count(dose.sets, "set")


def _how_often(dose: Dose) -> str:
    day = {1: "once a day", 2: "twice a day"}.get(
        dose.times_a_day, f"{dose.times_a_day} times a day"
    )
    if dose.days_a_week == 7:
        return f"{day}, every day"
    return f"{day}, {_count(dose.days_a_week, 'day')} a week"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _searched(exercise: Exercise) -> str:
    labels = [GROUPS[exercise.group], POSITIONS[exercise.position]]
    labels += [PURPOSES[purpose] for purpose in exercise.purposes]
    return " ".join(
        [exercise.name, exercise.key, *_region_labels(exercise.regions), *labels]
    ).lower()


def _region_labels(ids: Iterable[str]) -> list[str]:
    known = vocabulary.load().regions
    return [known[region].label for region in ids]


def _read(group: str, entry: Mapping[str, Any]) -> Exercise:
    return Exercise(
        key=entry["key"],
        group=group,
        name=entry["name"],
        regions=tuple(entry["regions"]),
        purposes=tuple(entry["purposes"]),
        position=entry["position"],
        start=entry["start"],
        steps=tuple(entry["steps"]),
        cautions=tuple(entry["cautions"]),
        dose=Dose(**entry["dose"]),
        each_side=entry["each_side"],
        progressions=tuple(Progression(**step) for step in entry["progressions"]),
        alt=entry["picture"]["alt"],
        frames=tuple(entry["picture"]["frames"]),
    )
