"""Pain and difficulty over the days as points of a small plot; the table below says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documentation.rules.adherence import STRONG_PAIN, Adherence

WIDTH, HEIGHT, EDGE = 320, 90, 10


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    said: str
    is_strong: bool = False


@dataclass(frozen=True)
class Plot:
    dots: tuple[Dot, ...]
    line: str
    guide: float | None  # where the strong pain begins

    def __bool__(self) -> bool:
        return bool(self.dots)


def pain(how: Adherence) -> Plot:
    return _plot([day.pain for day in how.days], least=0, most=10, strong=STRONG_PAIN)


def hardness(how: Adherence) -> Plot:
    return _plot([day.hardness for day in how.days], least=1, most=3, strong=None)


def _plot(
    values: Sequence[float | None], *, least: float, most: float, strong: float | None
) -> Plot:
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)

    def height(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - least) / (most - least), 1)

    dots = tuple(
        Dot(
            round(EDGE + at * step, 1),
            height(value),
            f"{value:g}",
            strong is not None and value >= strong,
        )
        for at, value in enumerate(values)
        if value is not None
    )
    return Plot(
        dots,
        " ".join(f"{dot.x},{dot.y}" for dot in dots),
        height(strong) if strong is not None else None,
    )
