"""Which part of a session page, as typed, is valid, and what is wrong with the rest?

The page travels as one JSON document: the note, the total treatment minutes, and an entry per
service. `read` never refuses it: a wrong number costs that number and gives a message at its
path, such as `entries.<key>.minutes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from documentation.rules import examination, neuro
from documentation.rules.examination import Examination

MINUTES_IN_A_DAY = 24 * 60
NOTE_TEXT_MOST = 20_000
NARRATIVE_MOST = 5_000
ENTRIES_MOST = 40

NOTE_KINDS = ("evaluation", "daily", "progress", "re_evaluation", "discharge")
NOTE_PARTS = ("subjective", "objective", "assessment", "plan")

WHOLE_MINUTES = "Write whole minutes, such as 15."


class NotASession(ValueError):
    """The document has not the shape of a session page at all."""


@dataclass(frozen=True)
class Code:
    code: str
    label: str
    kind: str
    timed: bool
    is_active: bool = True
    base_code: str = ""
    disciplines: tuple[str, ...] = ()


@dataclass(frozen=True)
class GoalFacts:
    id: int
    text: str
    measure: str = ""
    target: str = ""

    @property
    def is_measurable(self) -> bool:
        return bool(self.measure and self.target) or any(c.isdigit() for c in self.text)


@dataclass(frozen=True)
class Surroundings:
    """What the house knows and the page may refer to."""

    codes: Mapping[str, Code]
    goals: Mapping[int, GoalFacts] = field(default_factory=dict)
    discipline: str = ""
    assistants: frozenset[int] = frozenset()
    episodes: frozenset[int] = frozenset()
    assistant: int | None = None  # as the visit has it, for a page that does not say
    episode: int | None = None
    minutes_elsewhere: int = 0  # the patient's other visits of that day


@dataclass(frozen=True)
class LoggedEntry:
    key: str
    position: int
    typed_code: str
    code: Code | None
    minutes: int | None = None
    assistant_minutes: int = 0
    goal: GoalFacts | None = None
    details: neuro.NeuroEntry | None = None
    narrative: str = ""
    narrative_is_own: bool = False
    carried: frozenset[str] = frozenset()
    is_whole: bool = False  # may become a row

    @property
    def counts(self) -> bool:
        return self.is_whole and self.minutes is not None


@dataclass(frozen=True)
class Logged:
    """The valid part of the page, and a message for each part that is not."""

    kind: str
    note: Mapping[str, str]
    total_treatment_minutes: int | None
    entries: tuple[LoggedEntry, ...]
    assistant: int | None
    episode: int | None
    errors: Mapping[str, str]
    examination: Examination = field(default_factory=lambda: Examination({}))

    @property
    def timed_minutes(self) -> int:
        return sum(e.minutes or 0 for e in self.entries if e.counts and e.code and e.code.timed)

    @property
    def service_minutes(self) -> int:
        return sum(e.minutes or 0 for e in self.entries if e.counts)

    @property
    def treatment_minutes(self) -> int | None:
        """As written; else the sum of the services, when each has its minutes."""
        if self.total_treatment_minutes is not None:
            return self.total_treatment_minutes
        if "total_treatment_minutes" in self.errors or not self.entries:
            return None
        if not all(entry.counts for entry in self.entries):
            return None
        return self.service_minutes


def read_minutes(value: object) -> tuple[int | None, str]:
    """Whole minutes of a day, or why not; nothing typed is (None, "")."""
    if value in (None, ""):
        return None, ""
    minutes = neuro.number(value)
    if not isinstance(minutes, int):
        return None, WHOLE_MINUTES
    if minutes < 1:
        return None, "Minutes start at 1."
    if minutes > MINUTES_IN_A_DAY:
        return None, "A day has 1,440 minutes."
    return minutes, ""


def read_assistant_minutes(value: object, *, of: int | None) -> tuple[int, str]:
    if value in (None, "", 0, "0"):
        return 0, ""
    minutes, problem = read_minutes(value)
    if minutes is None:
        return 0, problem
    if of is None:
        return 0, "Write the minutes of the whole service first."
    if minutes > of:
        return 0, f"The assistant's minutes are part of the service's {of}."
    return minutes, ""


def _key_of(row: object) -> str:
    try:
        key = str(row["key"])  # type: ignore[index]
        if key == str(UUID(key)):
            return key
    except (KeyError, TypeError, ValueError):
        pass
    raise NotASession("Each entry is an object with a UUID as its key.")


class _Reader:
    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.errors: dict[str, str] = {}
        self.minutes_so_far = around.minutes_elsewhere
        self.untimed: set[str] = set()

    def text(self, value: object, path: str, most: int) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.errors[path] = "Write words here."
            return ""
        if len(value) > most:
            self.errors[path] = f"Shorten this to {most:,} characters; it has {len(value):,}."
            return ""
        return value

    def one_of(self, value: object, known: frozenset[int], path: str, message: str) -> int | None:
        if value in (None, ""):
            return None
        chosen = neuro.number(value)
        if not isinstance(chosen, int) or chosen not in known:
            self.errors[path] = message
            return None
        return chosen

    def code(self, typed: str, path: str) -> Code | None:
        code = self.around.codes.get(typed)
        if code is None:
            self.errors[f"{path}.code"] = (
                f"{typed[:10]} is not a code we know." if typed else "Choose a code."
            )
        elif not code.is_active:
            self.errors[f"{path}.code"] = f"{typed} is no longer in use."
            return None
        return code

    def minutes(self, row: Mapping[str, Any], code: Code | None, path: str) -> int | None:
        minutes, problem = read_minutes(row.get("minutes"))
        if not problem and minutes is None and code is not None and code.timed:
            problem = "Write the minutes."
        if problem:
            self.errors[f"{path}.minutes"] = problem
        return minutes

    def assistant_minutes(
        self, row: Mapping[str, Any], minutes: int | None, has_assistant: bool, path: str
    ) -> int:
        who = row.get("furnished_by")
        if who == "therapist" or not has_assistant:
            return 0
        if who == "assistant":
            return minutes or 0
        given, problem = read_assistant_minutes(row.get("assistant_minutes"), of=minutes)
        if problem and f"{path}.minutes" not in self.errors:
            self.errors[f"{path}.assistant_minutes"] = problem
        return given

    def refuse_if_impossible(self, code: Code, minutes: int | None, path: str) -> bool:
        """What no single entry shows: a code that stands once, a day that has 24 hours."""
        if not code.timed:
            if code.code in self.untimed:
                self.errors[f"{path}.code"] = f"{code.code} stands once in a visit."
                return True
            self.untimed.add(code.code)
        if minutes is not None:
            if self.minutes_so_far + minutes > MINUTES_IN_A_DAY:
                self.errors[f"{path}.minutes"] = (
                    "The patient's services of this day come to more than 24 hours."
                )
                return True
            self.minutes_so_far += minutes
        return False

    def entry(self, row: Mapping[str, Any], position: int, has_assistant: bool) -> LoggedEntry:
        key = _key_of(row)
        path = f"entries.{key}"
        typed = str(row.get("code") or "").strip().upper()
        code = self.code(typed, path)
        minutes = self.minutes(row, code, path)
        assistant_minutes = self.assistant_minutes(row, minutes, has_assistant, path)
        goal_id = self.one_of(
            row.get("goal"),
            frozenset(self.around.goals),
            f"{path}.goal",
            "This goal is not of this case.",
        )
        details = None
        if typed == neuro.CODE:
            details, problems = neuro.read(row.get("details"))
            self.errors |= {f"{path}.details.{at}": text for at, text in problems.items()}
        carried = row.get("carried")
        whole = (
            code is not None
            and f"{path}.minutes" not in self.errors
            and not self.refuse_if_impossible(code, minutes, path)
        )
        return LoggedEntry(
            key=key,
            position=position,
            typed_code=typed,
            code=code,
            minutes=minutes,
            assistant_minutes=assistant_minutes,
            goal=self.around.goals[goal_id] if goal_id is not None else None,
            details=details,
            narrative=self.text(row.get("narrative"), f"{path}.narrative", NARRATIVE_MOST).strip(),
            narrative_is_own=row.get("narrative_is_own") is True or typed != neuro.CODE,
            carried=frozenset(map(str, carried)) if isinstance(carried, list) else frozenset(),
            is_whole=whole,
        )

    def entries(self, rows: list[Any], has_assistant: bool) -> tuple[LoggedEntry, ...]:
        keys = [_key_of(row) for row in rows]
        if len(set(keys)) != len(keys):
            raise NotASession("Two entries bear the same key.")
        return tuple(
            self.entry(row, position, has_assistant) for position, row in enumerate(rows, start=1)
        )


def read(content: object, around: Surroundings) -> Logged:
    if not isinstance(content, dict):
        raise NotASession("A session page is an object.")
    rows, note = content.get("entries", []), content.get("note", {})
    if not isinstance(rows, list) or len(rows) > ENTRIES_MOST or not isinstance(note, dict):
        raise NotASession(f"A session page has a note and up to {ENTRIES_MOST} entries.")

    reader = _Reader(around)
    kind = note.get("kind") or "daily"
    if kind not in NOTE_KINDS:
        reader.errors["note.kind"] = "Choose the kind of note from the list."
        kind = "daily"
    assistant = reader.one_of(
        content.get("assistant", around.assistant),
        around.assistants,
        "assistant",
        "Choose an assistant who works here.",
    )
    episode = reader.one_of(
        content.get("episode") or around.episode,  # a visit keeps the case it has
        around.episodes,
        "episode",
        "Choose a case of this patient.",
    )
    total, problem = read_minutes(content.get("total_treatment_minutes"))
    if problem:
        reader.errors["total_treatment_minutes"] = problem
    examined = examination.read(content.get("examination"))
    reader.errors |= examined.errors
    return Logged(
        kind=kind,
        note={
            part: reader.text(note.get(part), f"note.{part}", NOTE_TEXT_MOST).strip()
            for part in NOTE_PARTS
        },
        total_treatment_minutes=total,
        entries=reader.entries(rows, assistant is not None),
        assistant=assistant,
        episode=episode,
        errors=reader.errors,
        examination=examined,
    )
