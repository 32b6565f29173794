"""What stands around the person: chair, wall, step, band, ball, desk, card, hand-held things.

A prop is a list: its name, then numbers (x from the hip, heights from the ground) or joints.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from documentation.exercises.figure import Figure
from documentation.exercises.geometry import Point, between
from documentation.exercises.paint import (
    BAND,
    FLOOR,
    INK,
    PROP,
    PROP_EDGE,
    arrow,
    box,
    disc,
    line,
    n,
    shape,
    words,
)

IN_FRONT = {"held_card", "band", "weight", "stick", "cup", "towel", "strap", "text", "phone"}


def where(figure: Figure, place: Any) -> Point:
    """A joint by name, a joint with an offset, or a place: x from the hip, y from the ground."""
    if isinstance(place, str):
        return figure.joints[place]
    if isinstance(place[0], str):
        return figure.joints[place[0]].moved(place[1], place[2])
    return Point(figure.hip.x + place[0], place[1])


def draw(figure: Figure, prop: list[Any]) -> str:
    name, *how = prop
    return DRAWN[name](figure, *how)


def extent(figure: Figure, prop: list[Any]) -> list[float]:
    """From where to where the prop reaches sideways and up: xs, then the highest y last."""
    name, *how = prop
    x = figure.hip.x
    reach: dict[str, Callable[[], list[float]]] = {
        "chair": lambda: [x - 30, x + 26, figure.hip.y + 44],
        "support": lambda: [x + how[0], x + how[0] + 42, 92],
        "support_back": lambda: [x + how[0] - 42, x + how[0], 92],
        "wall": lambda: [x + how[0] - 8, x + how[0] + 8, 150],
        "counter": lambda: [x + how[0], x + how[0] + 40, 92],
        "desk": lambda: [x + how[0], x + how[0] + how[1], how[2]],
        "step": lambda: [x + how[0], x + how[0] + how[1], how[2]],
        "foam": lambda: [x + how[0], x + how[0] + how[1], how[2]],
        "mat": lambda: [x + how[0], x + how[1], 0],
        "card": lambda: [x + how[0] - 10, x + how[0] + 10, how[1] + 12],
        "ball": lambda: [
            where(figure, how[0]).x - how[1],
            where(figure, how[0]).x + how[1],
            where(figure, how[0]).y + how[1],
        ],
        "doorway": lambda: [x - how[0], x + how[0], 196],
    }
    return reach[name]() if name in reach else []


def _legs(x: float, width: float, top: float) -> str:
    return "".join(
        line([Point(x + at, top), Point(x + at, 0)], stroke=PROP_EDGE, width=3)
        for at in (3, width - 3)
    )


def _chair(figure: Figure, dx: float = -3) -> str:
    x, top = figure.hip.x + dx, figure.hip.y - 10.5
    back = line([Point(x - 18, top), Point(x - 22, top + 48)], stroke=PROP_EDGE, width=5)
    return back + _legs(x - 20, 42, top - 4) + box(x - 20, top - 6, 42, 6)


def _stool(figure: Figure, dx: float = 0) -> str:
    x, top = figure.hip.x + dx, figure.hip.y - 10.5
    return _legs(x - 18, 36, top - 4) + box(x - 18, top - 6, 36, 6)


def _support(figure: Figure, dx: float) -> str:
    """A chair ahead, its back towards the person: something to hold."""
    x = figure.hip.x + dx
    back = line([Point(x + 3, 40), Point(x, 90)], stroke=PROP_EDGE, width=5)
    return back + _legs(x, 40, 38) + box(x, 36, 40, 6)


def _support_back(figure: Figure, dx: float) -> str:
    x = figure.hip.x + dx
    back = line([Point(x - 3, 40), Point(x, 90)], stroke=PROP_EDGE, width=5)
    return back + _legs(x - 40, 40, 38) + box(x - 40, 36, 40, 6)


def _wall(figure: Figure, dx: float, side: int = 1) -> str:
    x = figure.hip.x + dx
    hatch = "".join(
        line([Point(x, y), Point(x + 8 * side, y + 8)], stroke=PROP_EDGE, width=1)
        for y in range(0, 178, 12)
    )
    return hatch + line([Point(x, 0), Point(x, 186)], stroke=PROP_EDGE, width=3)


def _counter(figure: Figure, dx: float) -> str:
    x = figure.hip.x + dx
    return box(x + 3, 0, 36, 86, round_by=1) + box(x, 86, 42, 5)


def _desk(figure: Figure, dx: float, width: float, height: float) -> str:
    x = figure.hip.x + dx
    leg = line([Point(x + width - 8, height), Point(x + width - 8, 0)], stroke=PROP_EDGE, width=3.5)
    return leg + box(x, height - 5, width, 5)


def _block(figure: Figure, dx: float, width: float, height: float) -> str:
    return box(figure.hip.x + dx, 0, width, height)


def _foam(figure: Figure, dx: float, width: float, height: float) -> str:
    x = figure.hip.x + dx
    dots = "".join(
        disc(Point(x + at, height / 2 + (1.4 if at % 2 else -1.4)), 0.5, fill=PROP_EDGE)
        for at in range(6, int(width) - 4, 7)
    )
    return box(x, 0, width, height, round_by=4) + dots


def _mat(figure: Figure, start: float, end: float) -> str:
    return box(figure.hip.x + start, -6, end - start, 6, round_by=3)


def _ball(figure: Figure, place: Any, radius: float) -> str:
    center = where(figure, place)
    shine = center.moved(-radius * 0.35, radius * 0.35)
    return disc(center, radius) + disc(shine, radius * 0.16, fill="#fff", stroke="#fff")


def _weight(figure: Figure, place: Any) -> str:
    at = where(figure, place)
    return (
        box(at.x - 9, at.y - 1.5, 18, 3, round_by=1)
        + box(at.x - 11, at.y - 5, 5, 10, round_by=1.5)
        + box(at.x + 6, at.y - 5, 5, 10, round_by=1.5)
    )


def _pillow(figure: Figure, place: Any, width: float = 34, height: float = 9) -> str:
    at = where(figure, place)
    return box(at.x - width / 2, at.y - height / 2, width, height, round_by=4.4)


def _roll(figure: Figure, place: Any, radius: float = 7) -> str:
    center = where(figure, place)
    turn = [
        Point(
            center.x + radius * 0.16 * step / 3 * math.cos(step * 0.8),
            center.y + radius * 0.16 * step / 3 * math.sin(step * 0.8),
        )
        for step in range(2, 16)
    ]
    return disc(center, radius) + line(turn, stroke=PROP_EDGE, width=1.2)


def _band(figure: Figure, *places: Any) -> str:
    points = [where(figure, place) for place in places]
    return line(points, stroke=INK, width=5.6) + line(points, stroke=BAND, width=3.4)


def _strap(figure: Figure, *places: Any) -> str:
    return line([where(figure, place) for place in places], stroke=PROP_EDGE, width=3)


def _stick(figure: Figure, a: Any, b: Any, beyond: float = 0.12) -> str:
    first, last = where(figure, a), where(figure, b)
    ends = [between(first, last, -beyond), between(first, last, 1 + beyond)]
    return line(ends, stroke=INK, width=5) + line(ends, stroke=PROP, width=2.6)


def _card(figure: Figure, dx: float, height: float, letter: str = "A") -> str:
    at = Point(figure.hip.x + dx, height)
    return box(at.x - 8, at.y - 10, 16, 20, round_by=1.5) + words(letter, at.moved(0, -5), size=14)


def _held_card(figure: Figure, place: Any, letter: str = "A") -> str:
    at = where(figure, place)
    return box(at.x - 8, at.y - 4, 16, 20, round_by=1.5) + words(letter, at.moved(0, 1), size=14)


def _side_card(figure: Figure, dx: float, height: float) -> str:
    """A card seen from its edge, as on a wall beside the person."""
    return box(figure.hip.x + dx, height - 10, 3, 20, round_by=1)


def _cup(figure: Figure, place: Any) -> str:
    at = where(figure, place)
    x, y = at.x - 5, FLOOR - at.y - 7
    return shape(
        f"M{n(x)} {n(y)}L{n(x + 1.4)} {n(y + 14)}L{n(x + 8.6)} {n(y + 14)}L{n(x + 10)} {n(y)}Z",
        fill=PROP,
        stroke=INK,
        width=1.6,
    )


def _cone(figure: Figure, dx: float) -> str:
    x = figure.hip.x + dx
    return shape(
        f"M{n(x - 8)} {n(FLOOR)}L{n(x)} {n(FLOOR - 20)}L{n(x + 8)} {n(FLOOR)}Z",
        fill=BAND,
        stroke=INK,
        width=1.6,
    )


def _tape(figure: Figure, start: float, end: float) -> str:
    ends = [Point(figure.hip.x + start, -3), Point(figure.hip.x + end, -3)]
    return line(ends, stroke=BAND, width=3.4)


def _towel(figure: Figure, start: Any, end: Any) -> str:
    a, b = where(figure, start), where(figure, end)
    return line([a, b], stroke=PROP_EDGE, width=7) + line([a, b], stroke=PROP, width=4)


def _doorway(figure: Figure, half: float) -> str:
    x = figure.hip.x
    return "".join(
        line([Point(x + half * side, 0), Point(x + half * side, 196)], stroke=PROP_EDGE, width=5)
        for side in (-1, 1)
    )


def _text(figure: Figure, place: Any, text: str, size: float = 13) -> str:
    return words(text, where(figure, place), size=size)


def _phone(figure: Figure, place: Any) -> str:
    at = where(figure, place)
    return box(at.x - 3, at.y - 2, 6, 12, round_by=1.5)


def _bars(figure: Figure, dx: float, count: int, gap: float) -> str:
    return "".join(_tape(figure, dx + gap * at, dx + gap * at + 5) for at in range(count))


DRAWN: dict[str, Callable[..., str]] = {
    "ball": _ball,
    "band": _band,
    "bars": _bars,
    "card": _card,
    "chair": _chair,
    "cone": _cone,
    "counter": _counter,
    "cup": _cup,
    "desk": _desk,
    "doorway": _doorway,
    "foam": _foam,
    "held_card": _held_card,
    "mat": _mat,
    "phone": _phone,
    "pillow": _pillow,
    "roll": _roll,
    "side_card": _side_card,
    "step": _block,
    "stick": _stick,
    "stool": _stool,
    "strap": _strap,
    "support": _support,
    "support_back": _support_back,
    "tape": _tape,
    "text": _text,
    "towel": _towel,
    "wall": _wall,
    "weight": _weight,
}


def draw_arrow(figure: Figure, how: dict[str, Any]) -> str:
    """An arrow from one place to another, bowed by `bend` to its left."""
    start, end = where(figure, how["from"]), where(figure, how["to"])
    bend = float(how.get("bend", 0))
    length = math.dist(start, end) or 1.0
    middle = Point(
        (start.x + end.x) / 2 - bend * (end.y - start.y) / length,
        (start.y + end.y) / 2 + bend * (end.x - start.x) / length,
    )
    points = [
        between(between(start, middle, t), between(middle, end, t), t)
        for t in (step / 10 for step in range(11))
    ]
    return arrow(points, both_ways=bool(how.get("both")))
