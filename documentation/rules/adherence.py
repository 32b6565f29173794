"""How much of a home program was done, where does pain go, and when should the clinic be told?

Values in, values out. A day counts as done when at least one exercise was; an exercise is expected
on as many days as its dose says, no matter which days of the week they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

STRONG_PAIN = 7  # of 10; from here on the page says stop, and the chart shows it
SHARP_RISE = 3  # points above the last time
DAYS_SHOWN = 14
HARDNESS = {"easy": 1, "right": 2, "hard": 3}


@dataclass(frozen=True)
class Line:
    """An exercise the patient has in hand, and since when."""

    key: str
    name: str
    days_a_week: int
    since: dt.date


@dataclass(frozen=True)
class Said:
    """What the patient said of it on one day."""

    key: str
    day: dt.date
    done: bool
    pain: int | None = None
    difficulty: str = ""


@dataclass(frozen=True)
class Cell:
    """One day of one exercise: done, not done, not answered, or before it was given."""

    day: dt.date
    state: str
    pain: int | None = None


@dataclass(frozen=True)
class Row:
    line: Line
    cells: tuple[Cell, ...]
    done: int
    expected: int

    @property
    def percent(self) -> int:
        return _percent(self.done, self.expected)


@dataclass(frozen=True)
class Day:
    """All exercises of one day together: the worst pain, the mean of how hard it was."""

    day: dt.date
    done: int
    pain: int | None
    hardness: float | None


@dataclass(frozen=True)
class Adherence:
    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    last_answer_on: dt.date | None
    pains: tuple[int, ...] = field(default=())

    @property
    def days_done(self) -> int:
        return sum(day.done > 0 for day in self.days)

    @property
    def percent(self) -> int:
        expected = sum(row.expected for row in self.rows)
        return _percent(sum(min(row.done, row.expected) for row in self.rows), expected)

    @property
    def in_one_line(self) -> str:
        """ "9 of 14 days, pain 3 → 2"."""
        said = f"{self.days_done} of {len(self.days)} day{'' if len(self.days) == 1 else 's'}"
        if not self.pains:
            return said
        if len(self.pains) == 1:
            return f"{said}, pain {self.pains[0]}"
        return f"{said}, pain {self.pains[0]} → {self.pains[-1]}"


def adherence(
    lines: Sequence[Line], said: Iterable[Said], *, today: dt.date, days: int = DAYS_SHOWN
) -> Adherence:
    """The last days up to today, but none before the first exercise was given."""
    answers = sorted(said, key=lambda one: one.day)
    first = max(
        min((line.since for line in lines), default=today), today - dt.timedelta(days=days - 1)
    )
    span = [first + dt.timedelta(days=n) for n in range(max(0, (today - first).days) + 1)]
    in_span = [one for one in answers if one.day in set(span)]
    by_day = tuple(_day(day, [one for one in in_span if one.day == day]) for day in span)
    return Adherence(
        days=by_day,
        rows=tuple(_row(line, in_span, span) for line in lines),
        last_answer_on=answers[-1].day if answers else None,
        pains=tuple(day.pain for day in by_day if day.pain is not None),
    )


def alarm(*, pain: int | None, before: int | None) -> str:
    """Whether the clinic should know: "high", "rise", or nothing."""
    if pain is None:
        return ""
    if pain >= STRONG_PAIN:
        return "high"
    return "rise" if before is not None and pain - before >= SHARP_RISE else ""


def _row(line: Line, said: Sequence[Said], span: Sequence[dt.date]) -> Row:
    own = {one.day: one for one in said if one.key == line.key}
    cells = tuple(_cell(line, day, own.get(day)) for day in span)
    open_days = sum(day >= line.since for day in span)
    expected = max(1, round(line.days_a_week * open_days / 7)) if open_days else 0
    return Row(line, cells, sum(cell.state == "done" for cell in cells), expected)


def _cell(line: Line, day: dt.date, said: Said | None) -> Cell:
    if said is not None:
        return Cell(day, "done" if said.done else "not_done", said.pain)
    return Cell(day, "before" if day < line.since else "no_answer")


def _day(day: dt.date, said: Sequence[Said]) -> Day:
    pains = [one.pain for one in said if one.pain is not None]
    hard = [HARDNESS[one.difficulty] for one in said if one.difficulty]
    return Day(
        day=day,
        done=sum(one.done for one in said),
        pain=max(pains, default=None),
        hardness=sum(hard) / len(hard) if hard else None,
    )


def _percent(part: int, whole: int) -> int:
    return round(100 * min(part, whole) / whole) if whole else 0
