"""Which words may a 97112 entry use: body parts, techniques, doses, purposes, responses?

The words stand in `documentation/vocabulary/neuro.json`, in our own wording, so that a clinic can
read and review them. A `label` is what a chip shows; a `phrase` is how the note says it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "vocabulary" / "neuro.json"


class Kind(StrEnum):
    """How a parameter of the dose is given."""

    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"
    ONE = "one"
    MANY = "many"
    YES = "yes"


@dataclass(frozen=True)
class Choice:
    id: str
    label: str
    phrase: str


@dataclass(frozen=True)
class Region:
    id: str
    label: str
    phrase: str
    lateral: bool  # has a left and a right


@dataclass(frozen=True)
class Parameter:
    id: str
    label: str
    kind: Kind
    phrase: str
    phrase_for_one: str = ""
    unit: str = ""
    least: float = 0
    most: float = 0
    max_length: int = 0


@dataclass(frozen=True)
class Technique:
    id: str
    label: str
    phrase: str
    group: str
    purposes: tuple[str, ...]
    parameters: tuple[str, ...]
    coding_note: str = ""


@dataclass(frozen=True)
class Axis:
    """A way to make the task harder."""

    id: str
    label: str
    start: str
    goal: str


@dataclass(frozen=True)
class Vocabulary:
    regions: Mapping[str, Region]
    techniques: Mapping[str, Technique]
    parameters: Mapping[str, Parameter]
    choices: Mapping[str, Mapping[str, Choice]]
    purposes: Mapping[str, Choice]
    skilled_reasons: Mapping[str, Choice]
    axes: Mapping[str, Axis]

    def phrase(self, group: str, choice: str) -> str:
        return self.choices[group][choice].phrase


def _choices(rows: Iterable[Mapping[str, Any]]) -> dict[str, Choice]:
    return {row["id"]: Choice(row["id"], row["label"], row["phrase"]) for row in rows}


def _parameter(row: Mapping[str, Any]) -> Parameter:
    return Parameter(
        id=row["id"],
        label=row["label"],
        kind=Kind(row["type"]),
        phrase=row["phrase"],
        phrase_for_one=row.get("phrase_for_one", ""),
        unit=row.get("unit", ""),
        least=row.get("min", 0),
        most=row.get("max", 0),
        max_length=row.get("max_length", 0),
    )


def _technique(row: Mapping[str, Any]) -> Technique:
    return Technique(
        id=row["id"],
        label=row["label"],
        phrase=row["phrase"],
        group=row["group"],
        purposes=tuple(row["purposes"]),
        parameters=tuple(row["parameters"]),
        coding_note=row.get("coding_note", ""),
    )


@lru_cache(maxsize=1)
def as_written() -> dict[str, Any]:
    """The file itself, for a browser that draws the chips from it."""
    words: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return words


@lru_cache(maxsize=1)
def load() -> Vocabulary:
    words = as_written()
    return Vocabulary(
        regions={
            row["id"]: Region(row["id"], row["label"], row["phrase"], row["lateral"])
            for row in words["regions"]
        },
        techniques={row["id"]: _technique(row) for row in words["techniques"]},
        parameters={row["id"]: _parameter(row) for row in words["parameters"]},
        choices={group: _choices(rows) for group, rows in words["choices"].items()},
        purposes=_choices(words["purposes"]),
        skilled_reasons=_choices(words["skilled_reasons"]),
        axes={
            row["id"]: Axis(row["id"], row["label"], row["from"], row["to"])
            for row in words["progression_axes"]
        },
    )
