"""What was measured and seen: pain, motion, strength, balance, marks on the body, and the words
that only an evaluation asks for. Which part of it, as typed, is valid?

It travels in the session page under `examination`. `read` never refuses it whole: a wrong number
costs that number and gives a message at its path, such as `examination.motion.2.active`. The
words stand in `documentation/vocabulary/examination.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from documentation.rules.neuro import number

FILE = Path(__file__).resolve().parent.parent / "vocabulary" / "examination.json"

ROWS_MOST = 80
MARKS_MOST = 40
NOTE_MOST = 200
WORDS_MOST = 5_000
LEAST_DEGREES, MOST_DEGREES = -60, 200  # a lack of extension is written as less than nothing
MOST_SECONDS = 120
CHART = 1000  # both ways across a body chart
MARK_FOOT = 12  # from a mark's middle down to where its number stands

SIDES = ("left", "right")
PAIN = {"now": "Now", "best": "At its best", "worst": "At its worst", "activity": "In activity"}
WORDS = {
    "history": "History and what brought the patient here",
    "prior_level": "Function before this",
    "home": "Home, work and help",
    "systems": "Systems review",
}
TABLES = ("motion", "strength", "balance")


@dataclass(frozen=True)
class Item:
    """Something that is measured. `kind` is degrees, strength, grade or seconds; `usual` is the
    motion, in degrees, that healthy adults have."""

    id: str
    label: str
    group: str
    lateral: bool
    kind: str
    usual: int | None = None


@dataclass(frozen=True)
class Words:
    motions: Mapping[str, Item]
    strengths: Mapping[str, Item]
    balance: Mapping[str, Item]
    grades: Mapping[str, str]
    balance_grades: Mapping[str, str]
    marks: Mapping[str, str]

    def of(self, table: str) -> Mapping[str, Item]:
        return {"motion": self.motions, "strength": self.strengths, "balance": self.balance}[table]


@lru_cache
def as_written() -> dict[str, Any]:
    """The file itself: what the page draws with."""
    written: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return written


@lru_cache
def words() -> Words:
    written = as_written()

    def items(name: str, kind: str = "") -> dict[str, Item]:
        return {
            row["id"]: Item(
                row["id"],
                row["label"],
                row.get("group", ""),
                row["lateral"],
                kind or row["kind"],
                row.get("usual"),
            )
            for row in written[name]
        }

    def labels(name: str) -> dict[str, str]:
        return {row["id"]: row["label"] for row in written[name]}

    return Words(
        motions=items("motions", "degrees"),
        strengths=items("strengths", "strength"),
        balance=items("balance"),
        grades=labels("grades"),
        balance_grades=labels("balance_grades"),
        marks=labels("marks"),
    )


@dataclass(frozen=True)
class Examination:
    """The valid part, and a message for each part that is not."""

    content: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.content

    @property
    def measures_something(self) -> bool:
        """Whether there is a number or a grade in it, not words alone."""
        pain = self.content.get("pain", {})
        return any(name in pain for name in PAIN) or any(self.content.get(t) for t in TABLES)


class _Reader:
    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def text(self, value: object, path: str, most: int) -> str:
        if value in (None, ""):
            return ""
        if not isinstance(value, str):
            self.errors[path] = "Write words here."
            return ""
        if len(value) > most:
            self.errors[path] = f"Shorten this to {most:,} characters; it has {len(value):,}."
            return ""
        return value.strip()

    def whole(self, value: object, path: str, least: int, most: int) -> int | None:
        if value in (None, ""):
            return None
        found = number(value.replace("−", "-") if isinstance(value, str) else value)
        if not isinstance(found, int) or not least <= found <= most:
            self.errors[path] = f"Write a whole number from {least} to {most}."
            return None
        return found

    def choice(self, value: object, known: Mapping[str, str], path: str) -> str:
        if value in (None, ""):
            return ""
        if not isinstance(value, str) or value not in known:
            self.errors[path] = "Choose from the list."
            return ""
        return value

    def pain(self, typed: object) -> dict[str, Any]:
        rows = typed if isinstance(typed, dict) else {}
        found: dict[str, Any] = {}
        for name in PAIN:
            value = self.whole(rows.get(name), f"pain.{name}", 0, 10)
            if value is not None:
                found[name] = value
        best, worst = found.get("best"), found.get("worst")
        if best is not None and worst is not None and best > worst:
            self.errors["pain.best"] = "The best is worse than the worst."
            del found["best"]
        if where := self.text(rows.get("where"), "pain.where", NOTE_MOST):
            found["where"] = where
        return found

    def table(self, name: str, typed: object) -> list[dict[str, Any]]:
        rows = typed if isinstance(typed, list) else []
        if len(rows) > ROWS_MOST:
            self.errors[name] = f"At most {ROWS_MOST} rows."
        known, seen, found = words().of(name), set(), []
        for place, row in enumerate(rows[:ROWS_MOST]):
            path = f"{name}.{place}"
            item = known.get(str(row.get("id"))) if isinstance(row, dict) else None
            if item is None:
                self.errors[path] = "This is nothing that can be measured here."
                continue
            side = row.get("side") if item.lateral else ""
            if item.lateral and side not in SIDES:
                self.errors[path] = "Choose left or right."
                continue
            if (item.id, side) in seen:
                self.errors[path] = f"{item.label} stands here twice."
                continue
            seen.add((item.id, side))
            values = self.values(item, row, path)
            if values:
                found.append({"id": item.id} | ({"side": side} if side else {}) | values)
        return found

    def values(self, item: Item, row: Mapping[str, Any], path: str) -> dict[str, Any]:
        """What was found; empty for a row nobody has filled in yet."""
        read: dict[str, Any]
        if item.kind == "degrees":
            read = {
                way: self.whole(row.get(way), f"{path}.{way}", LEAST_DEGREES, MOST_DEGREES)
                for way in ("active", "passive")
            }
        elif item.kind == "seconds":
            read = {"seconds": self.whole(row.get("seconds"), f"{path}.seconds", 0, MOST_SECONDS)}
        else:
            grades = words().grades if item.kind == "strength" else words().balance_grades
            read = {"grade": self.choice(row.get("grade"), grades, f"{path}.grade") or None}
        found = {name: value for name, value in read.items() if value is not None}
        if note := self.text(row.get("note"), f"{path}.note", NOTE_MOST):
            found["note"] = note
        return found

    def marks(self, typed: object) -> list[dict[str, Any]]:
        rows = typed if isinstance(typed, list) else []
        if len(rows) > MARKS_MOST:
            self.errors["marks"] = f"At most {MARKS_MOST} marks."
        found = []
        for place, row in enumerate(rows[:MARKS_MOST]):
            path = f"marks.{place}"
            if not isinstance(row, dict) or row.get("view") not in ("front", "back"):
                self.errors[path] = "This mark stands nowhere on the chart."
                continue
            x = self.whole(row.get("x"), path, 0, CHART)
            y = self.whole(row.get("y"), path, 0, CHART)
            kind = self.choice(row.get("kind"), words().marks, path)
            if x is None or y is None or not kind:
                self.errors.setdefault(path, "Say what this mark means.")
                continue
            mark: dict[str, Any] = {"view": row["view"], "x": x, "y": y, "kind": kind}
            if said := self.text(row.get("words"), f"{path}.words", NOTE_MOST):
                mark["words"] = said
            found.append(mark)
        return found


def read(typed: object) -> Examination:
    """The valid part of what stands under `examination`; nothing typed is an empty one."""
    if typed in (None, {}, []):
        return Examination({})
    if not isinstance(typed, dict):
        return Examination({}, {"examination": "This is no examination."})
    reader = _Reader()
    content: dict[str, Any] = {}
    for name in WORDS:
        content[name] = reader.text(typed.get(name), name, WORDS_MOST)
    content["pain"] = reader.pain(typed.get("pain"))
    for name in TABLES:
        content[name] = reader.table(name, typed.get(name))
    content["marks"] = reader.marks(typed.get("marks"))
    return Examination(
        {name: value for name, value in content.items() if value},
        {f"examination.{path}": message for path, message in reader.errors.items()},
    )


# --- What is shown --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One thing measured: what, on which side, what it is now and was before."""

    label: str
    side: str
    now: str
    before: str = ""
    usual: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "label": self.label,
            "side": self.side,
            "now": self.now,
            "before": self.before,
            "usual": self.usual,
            "note": self.note,
        }


def said(item: Item, row: Mapping[str, Any]) -> str:
    """A row's values in words: "95° active, 110° passive", "4+", "12 s", "Fair"."""
    if item.kind == "degrees":
        return ", ".join(f"{row[way]}° {way}" for way in ("active", "passive") if way in row)
    if item.kind == "seconds":
        return f"{row['seconds']} s" if "seconds" in row else ""
    grade = row.get("grade", "")
    return str(grade) if item.kind == "strength" else words().balance_grades.get(grade, "")


def lines(table: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> list[Line]:
    """The rows of a table, in the order they were typed, beside what they were before."""
    known = words().of(table)
    earlier = {(row["id"], row.get("side", "")): row for row in before.get(table, [])}
    found = []
    for row in now.get(table, []):
        item, side = known[row["id"]], row.get("side", "")
        was = earlier.get((item.id, side))
        found.append(
            Line(
                item.label,
                side,
                said(item, row),
                said(item, was) if was else "",
                f"{item.usual}°" if item.usual is not None else "",
                row.get("note", ""),
            )
        )
    return found


def pain_lines(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Line]:
    """Pain on the scale from 0 to 10, where it was asked for."""
    pain, was = now.get("pain", {}), before.get("pain", {})
    for name, label in PAIN.items():
        if name in pain:
            earlier = f"{was[name]} of 10" if name in was else ""
            yield Line(label, "", f"{pain[name]} of 10", earlier)


def as_shown(now: Mapping[str, Any], before: Mapping[str, Any], *, day: str) -> dict[str, Any]:
    """All of it with its labels, to be read after the words of this file have changed. `day` is
    when `before` was found, as ISO."""
    titles = {"motion": "Range of motion", "strength": "Strength", "balance": "Balance"}
    tables = [
        {
            "title": title,
            "lines": [line.as_dict() for line in lines(name, now, before)],
            "is_motion": name == "motion",
        }
        for name, title in titles.items()
        if now.get(name)
    ]
    pain = [line.as_dict() for line in pain_lines(now, before)]
    marks = [
        mark
        | {"number": place, "label": words().marks[mark["kind"]], "text_y": mark["y"] + MARK_FOOT}
        for place, mark in enumerate(now.get("marks", []), start=1)
    ]
    return {
        "words": [
            {"title": title, "text": now[name]} for name, title in WORDS.items() if now.get(name)
        ],
        "pain": pain,
        "pain_where": now.get("pain", {}).get("where", ""),
        "tables": tables,
        "marks": marks,
        "views": [
            {"name": view, "marks": [mark for mark in marks if mark["view"] == view]}
            for view in ("front", "back")
            if any(mark["view"] == view for mark in marks)
        ],
        "before_on": day or None,
    }
