"""Results over time as a plot with the published bands; the table beside it says the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from documentation.rules.change import Fit
from documentation.rules.goals import Reading
from documentation.rules.measures import Better, Series, plain

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 14, 28
LINES = 4  # about as many horizontal lines
LEAST_BAND = 1.5  # of a value that is one number: still to be seen


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    said: str
    on: dt.date


@dataclass(frozen=True)
class Strip:
    """A band across the plot: measurement error, or the change that matters."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True)
class Line:
    y: float
    said: str


@dataclass(frozen=True)
class Plot:
    dots: tuple[Dot, ...]
    path: str
    strips: tuple[Strip, ...]
    lines: tuple[Line, ...]
    target: float | None
    first: dt.date
    last: dt.date


def plot(
    series: Series,
    readings: Sequence[Reading],
    *,
    mdc: Fit | None,
    mcid: Fit | None,
    target: Decimal | None = None,
) -> Plot | None:
    """None without a number to show. The first reading is the baseline the bands start from."""
    if not readings:
        return None
    base = float(readings[0].value)
    spans = _spans(base, series.better, mdc, mcid)
    shown = [float(reading.value) for reading in readings]
    shown += [edge for _, low, high in spans for edge in (low, high)]
    if target is not None:
        shown.append(float(target))
    ticks = _ticks(_kept_in(series, min(shown)), _kept_in(series, max(shown)))
    least, most = ticks[0], ticks[-1]

    def height(value: float) -> float:
        inside = min(most, max(least, value))
        return round(
            HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (inside - least) / (most - least), 1
        )

    first, last = readings[0].on, readings[-1].on
    days = max(1, (last - first).days)
    dots = tuple(
        Dot(
            round(LEFT + 8 + (WIDTH - LEFT - RIGHT - 16) * (reading.on - first).days / days, 1),
            height(float(reading.value)),
            series.say(reading.value),
            reading.on,
        )
        for reading in readings
    )
    return Plot(
        dots=dots,
        path=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        strips=tuple(_strip(kind, height(high), height(low)) for kind, low, high in spans),
        lines=tuple(Line(height(tick), f"{tick:g}") for tick in ticks),
        target=height(float(target)) if target is not None else None,
        first=first,
        last=last,
    )


def _spans(
    base: float, better: Better, mdc: Fit | None, mcid: Fit | None
) -> list[tuple[str, float, float]]:
    """The error lies on both sides of the baseline; what matters lies on the better one."""
    spans = []
    if mdc is not None:
        spans.append(("mdc", base - float(mdc.high), base + float(mdc.high)))
    if mcid is not None:
        way = 1 if better is Better.HIGHER else -1
        edges = sorted((base + way * float(mcid.low), base + way * float(mcid.high)))
        spans.append(("mcid", edges[0], edges[1]))
    return spans


def _strip(kind: str, top: float, bottom: float) -> Strip:
    if bottom - top < LEAST_BAND:
        return Strip(kind, round(top - LEAST_BAND / 2, 1), LEAST_BAND)
    return Strip(kind, top, round(bottom - top, 1))


def _kept_in(series: Series, value: float) -> float:
    """Bands that leave the range of the measure are cut at its end."""
    value = max(value, float(series.measure.low))
    return value if series.measure.high is None else min(value, float(series.measure.high))


def _ticks(least: float, most: float) -> list[float]:
    """Round numbers from below the least to above the most."""
    span = (most - least) or max(abs(most), 1.0) * 0.2
    rough = span / LINES
    size = 10 ** floor(log10(rough))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= rough * 0.999)
    low, high = floor(least / step + 1e-9), ceil(most / step - 1e-9)
    if low == high:
        high += 1
    return [round(step * place, 6) for place in range(low, high + 1)]


def said_of(fit: Fit | None, unit: str) -> str:
    """A band in the key below the plot: "MDC95 2.7 pt"."""
    if fit is None:
        return ""
    value = plain(fit.low) if fit.low == fit.high else fit.value_in_words
    return f"{fit.change.name} {value} {unit}"
