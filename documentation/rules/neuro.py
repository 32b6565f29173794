"""What does a structured 97112 entry hold, and which part of what was typed is valid?

`read` takes the details as typed and returns the valid part beside a message for each part that
is not, so that one wrong number never costs the rest. docs/rules/neuro.md shows the shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from documentation.rules.vocabulary import Kind, Parameter, Vocabulary, load

CODE = "97112"
TEXT_MOST = 1000
ACTIVITIES_MOST = 8
WEEKS_MOST = 52
DAYS_A_WEEK = 7
SIDES = ("left", "right", "bilateral")

Value = int | float | str | bool | tuple[str, ...]


@dataclass(frozen=True)
class BodyPart:
    region: str
    side: str = ""


@dataclass(frozen=True)
class Activity:
    """One technique as it was done: the activity in words and its dose."""

    technique: str
    words: str = ""
    dose: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    performance: str = ""
    tolerance: str = ""
    stopped_for: str = ""
    carryover: str = ""
    adverse: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Course:
    """Intensity, frequency, duration, and what becomes harder next."""

    intensity: str = ""
    frequency_per_week: int | None = None
    duration_weeks: int | None = None
    progression: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class NeuroEntry:
    body_parts: tuple[BodyPart, ...] = ()
    activities: tuple[Activity, ...] = ()
    deficit: str = ""
    purposes: tuple[str, ...] = ()
    skilled: tuple[str, ...] = ()
    skilled_words: str = ""
    response: Response = Response()
    course: Course = Course()

    def as_details(self) -> dict[str, Any]:
        """The same as plain JSON; `read` gives the entry back."""
        return {
            "body_parts": [{"region": p.region, "side": p.side} for p in self.body_parts],
            "activities": [
                {
                    "technique": activity.technique,
                    "words": activity.words,
                    "dose": {
                        name: list(value) if isinstance(value, tuple) else value
                        for name, value in activity.dose.items()
                    },
                }
                for activity in self.activities
            ],
            "deficit": self.deficit,
            "purposes": list(self.purposes),
            "skilled": list(self.skilled),
            "skilled_words": self.skilled_words,
            "response": {
                "performance": self.response.performance,
                "tolerance": self.response.tolerance,
                "stopped_for": self.response.stopped_for,
                "carryover": self.response.carryover,
                "adverse": list(self.response.adverse),
                "words": self.response.words,
            },
            "course": {
                "intensity": self.course.intensity,
                "frequency_per_week": self.course.frequency_per_week,
                "duration_weeks": self.course.duration_weeks,
                "progression": list(self.course.progression),
                "words": self.course.words,
            },
        }


def number(value: object) -> int | float | None:
    """A number as typed ("12", 12, "0.5"), or None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            return None
    if not isinstance(value, int | float) or value != value or abs(value) > 1e9:
        return None
    return int(value) if float(value).is_integer() else float(value)


def plain(value: float) -> str:
    """1000.0 as 1000, 0.5 as 0.5."""
    return str(int(value)) if float(value).is_integer() else str(value)


class _Reader:
    """Walks the details and keeps a message for each part that it leaves out."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.problems: dict[str, str] = {}

    def text(self, value: object, path: str, most: int = TEXT_MOST) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problems[path] = "Write words here."
            return ""
        if len(value) > most:
            self.problems[path] = f"Shorten this to {most:,} characters; it has {len(value):,}."
            return ""
        return value.strip()

    def one(self, value: object, known: Mapping[str, Any], path: str) -> str:
        if value in (None, ""):
            return ""
        if not isinstance(value, str) or value not in known:
            self.problems[path] = "Choose one of the list."
            return ""
        return value

    def many(self, value: object, known: Mapping[str, Any], path: str) -> tuple[str, ...]:
        if value in (None, ""):
            return ()
        if not isinstance(value, list):
            self.problems[path] = "Choose from the list."
            return ()
        chosen = [item for item in value if isinstance(item, str) and item in known]
        if len(chosen) != len(value):
            self.problems[path] = "Choose from the list."
        return tuple(dict.fromkeys(chosen))

    def amount(
        self, value: object, path: str, *, least: float, most: float, whole: bool, unit: str = ""
    ) -> int | float | None:
        if value in (None, ""):
            return None
        amount = number(value)
        if amount is None or (whole and not isinstance(amount, int)):
            self.problems[path] = "Write a whole number." if whole else "Write a number."
            return None
        if not least <= amount <= most:
            bounds = f"{plain(least)} to {plain(most)} {unit}".strip()
            self.problems[path] = f"This goes from {bounds}."
            return None
        return amount

    def dose_value(self, value: object, parameter: Parameter, path: str) -> Value | None:
        known = self.words.choices.get(parameter.id, {})
        readers: dict[Kind, Callable[[], Value | None]] = {
            Kind.ONE: lambda: self.one(value, known, path),
            Kind.MANY: lambda: self.many(value, known, path),
            Kind.TEXT: lambda: self.text(value, path, parameter.max_length),
            Kind.YES: lambda: value is True,
        }
        if parameter.kind in readers:
            return readers[parameter.kind]() or None
        return self.amount(
            value,
            path,
            least=parameter.least,
            most=parameter.most,
            whole=parameter.kind is Kind.WHOLE,
            unit=parameter.unit,
        )

    def dose(self, value: object, path: str) -> dict[str, Value]:
        if not isinstance(value, dict):
            return {}
        dose: dict[str, Value] = {}
        # In the vocabulary's order, so that the same dose always reads the same.
        for name, parameter in self.words.parameters.items():
            if name in value:
                given = self.dose_value(value[name], parameter, f"{path}.{name}")
                if given is not None:
                    dose[name] = given
        for name in value:
            if name not in self.words.parameters:
                self.problems[f"{path}.{name}"] = "This is not a parameter we know."
        return dose

    def activities(self, value: object) -> tuple[Activity, ...]:
        if not isinstance(value, list):
            return ()
        if len(value) > ACTIVITIES_MOST:
            self.problems["activities"] = f"At most {ACTIVITIES_MOST} techniques fit one entry."
        activities = []
        for place, row in enumerate(value[:ACTIVITIES_MOST]):
            path = f"activities.{place}"
            row = row if isinstance(row, dict) else {}
            technique = self.one(row.get("technique"), self.words.techniques, f"{path}.technique")
            words = self.text(row.get("words"), f"{path}.words")
            dose = self.dose(row.get("dose"), f"{path}.dose")
            if technique or words or dose:
                activities.append(Activity(technique, words, dose))
        return tuple(activities)

    def body_parts(self, value: object) -> tuple[BodyPart, ...]:
        if not isinstance(value, list):
            return ()
        parts: dict[str, BodyPart] = {}
        for place, row in enumerate(value):
            path = f"body_parts.{place}"
            row = row if isinstance(row, dict) else {}
            region = self.one(row.get("region"), self.words.regions, f"{path}.region")
            if not region:
                continue
            side = self.one(row.get("side"), dict.fromkeys(SIDES), f"{path}.side")
            parts[region] = BodyPart(region, side if self.words.regions[region].lateral else "")
        return tuple(parts.values())

    def response(self, value: object) -> Response:
        row = value if isinstance(value, dict) else {}
        choices = self.words.choices
        return Response(
            performance=self.one(
                row.get("performance"), choices["performance"], "response.performance"
            ),
            tolerance=self.one(row.get("tolerance"), choices["tolerance"], "response.tolerance"),
            stopped_for=self.one(
                row.get("stopped_for"), choices["reason_stopped"], "response.stopped_for"
            ),
            carryover=self.one(row.get("carryover"), choices["carryover"], "response.carryover"),
            adverse=self.many(row.get("adverse"), choices["adverse"], "response.adverse"),
            words=self.text(row.get("words"), "response.words"),
        )

    def course(self, value: object) -> Course:
        row = value if isinstance(value, dict) else {}
        frequency = self.amount(
            row.get("frequency_per_week"),
            "course.frequency_per_week",
            least=1,
            most=DAYS_A_WEEK,
            whole=True,
            unit="a week",
        )
        weeks = self.amount(
            row.get("duration_weeks"),
            "course.duration_weeks",
            least=1,
            most=WEEKS_MOST,
            whole=True,
            unit="weeks",
        )
        return Course(
            intensity=self.one(
                row.get("intensity"), self.words.choices["intensity"], "course.intensity"
            ),
            frequency_per_week=None if frequency is None else int(frequency),
            duration_weeks=None if weeks is None else int(weeks),
            progression=self.many(row.get("progression"), self.words.axes, "course.progression"),
            words=self.text(row.get("words"), "course.words"),
        )


def read(details: object) -> tuple[NeuroEntry, dict[str, str]]:
    """The valid part of the details, and a message for each part that is not valid."""
    reader = _Reader(load())
    row = details if isinstance(details, dict) else {}
    entry = NeuroEntry(
        body_parts=reader.body_parts(row.get("body_parts")),
        activities=reader.activities(row.get("activities")),
        deficit=reader.text(row.get("deficit"), "deficit"),
        purposes=reader.many(row.get("purposes"), reader.words.purposes, "purposes"),
        skilled=reader.many(row.get("skilled"), reader.words.skilled_reasons, "skilled"),
        skilled_words=reader.text(row.get("skilled_words"), "skilled_words"),
        response=reader.response(row.get("response")),
        course=reader.course(row.get("course")),
    )
    return entry, reader.problems
