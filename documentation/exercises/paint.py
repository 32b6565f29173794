"""The words in which a drawing is written: colors, strokes, and shapes as SVG.

Pictures are seen on paper-white in both themes and printed in black and white: line art with two
tints, and one strong color for what moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from documentation.exercises.geometry import Circle, Point, hull

INK = "#22343d"
SKIN = "#fffdfa"
SKIN_FAR = "#e3e9ec"
SHIRT = "#8ccad3"
SHIRT_FAR = "#68aab4"
SHORTS = "#3d6470"
SHORTS_FAR = "#2f505a"
SHOE = "#c9d3d8"
HAIR = "#4a5a62"
MOVE = "#d2500f"
PROP = "#e9eef1"
PROP_EDGE = "#7b8c96"
BAND = "#d9902a"
GROUND = "#b4c0c7"

OUTLINE = 2.2
FLOOR = 196.0  # where y = 0 stands in a frame


def n(value: float) -> str:
    text = f"{value:.1f}"
    return "0" if text in ("-0.0", "0.0") else text.removesuffix(".0")


def at(point: Point) -> str:
    """A point as SVG counts: y down, the ground at FLOOR."""
    return f"{n(point.x)} {n(FLOOR - point.y)}"


def outline_of(circles: Sequence[Circle]) -> str:
    """Path data around circles; two of them are a limb, drawn with true arcs."""
    if len(circles) == 2 and math.dist(*(c.center for c in circles)) > abs(
        circles[0].radius - circles[1].radius
    ):
        return _limb(*circles)
    if len(circles) == 1:
        return _limb(circles[0], Circle(circles[0].center.moved(0.1, 0), circles[0].radius))
    points = hull(circles)
    return "M" + "L".join(at(point) for point in points) + "Z"


def _limb(a: Circle, b: Circle) -> str:
    dx, dy = b.center.x - a.center.x, -(b.center.y - a.center.y)  # in SVG's sense
    length = math.hypot(dx, dy)
    aim = math.atan2(dy, dx)
    open_by = math.acos(max(-1.0, min(1.0, (a.radius - b.radius) / length)))

    def on(circle: Circle, turn: float) -> str:
        x = circle.center.x + circle.radius * math.cos(turn)
        y = FLOOR - circle.center.y + circle.radius * math.sin(turn)
        return f"{n(x)} {n(y)}"

    far_a = int(open_by < math.pi / 2)
    far_b = int(open_by > math.pi / 2)
    return (
        f"M{on(a, aim + open_by)}"
        f"A{n(a.radius)} {n(a.radius)} 0 {far_a} 1 {on(a, aim - open_by)}"
        f"L{on(b, aim - open_by)}"
        f"A{n(b.radius)} {n(b.radius)} 0 {far_b} 1 {on(b, aim + open_by)}Z"
    )


def edge(paths: Iterable[str]) -> str:
    """The dark line around all paths together: painted first, the fills lie over its inside."""
    return (
        f'<path d="{"".join(paths)}" fill="{INK}" stroke="{INK}" '
        f'stroke-width="{n(OUTLINE * 2)}" stroke-linejoin="round"/>'
    )


def fill(path: str, color: str) -> str:
    return f'<path d="{path}" fill="{color}"/>'


def shape(path: str, *, fill: str = "none", stroke: str = INK, width: float = 2.0) -> str:
    return (
        f'<path d="{path}" fill="{fill}" stroke="{stroke}" stroke-width="{n(width)}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def line(points: Sequence[Point], *, stroke: str = INK, width: float = 2.0) -> str:
    return shape("M" + "L".join(at(point) for point in points), stroke=stroke, width=width)


def box(x: float, y: float, width: float, height: float, *, round_by: float = 2.0) -> str:
    """A prop's box from its lower left corner."""
    return (
        f'<rect x="{n(x)}" y="{n(FLOOR - y - height)}" width="{n(width)}" height="{n(height)}" '
        f'rx="{n(round_by)}" fill="{PROP}" stroke="{PROP_EDGE}" stroke-width="1.8"/>'
    )


def disc(center: Point, radius: float, *, fill: str = PROP, stroke: str = PROP_EDGE) -> str:
    return (
        f'<circle cx="{n(center.x)}" cy="{n(FLOOR - center.y)}" r="{n(radius)}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="1.8"/>'
    )


def words(text: str, where: Point, *, size: float = 13, color: str = INK) -> str:
    return (
        f'<text x="{n(where.x)}" y="{n(FLOOR - where.y)}" font-family="Helvetica, Arial, '
        f'sans-serif" font-size="{n(size)}" font-weight="700" fill="{color}" '
        f'text-anchor="middle">{escape(text)}</text>'
    )


def arrow(points: Sequence[Point], *, both_ways: bool = False) -> str:
    """An arrow along a path, white behind it so that it reads on clothes and on skin."""
    path = "M" + "L".join(at(point) for point in points)
    heads = [_head(points[-1], points[max(0, len(points) - 3)])]
    if both_ways:
        heads.append(_head(points[0], points[min(len(points) - 1, 2)]))
    head = "".join(heads)
    return (
        f'<path d="{path}" fill="none" stroke="#fff" stroke-width="6.4" stroke-linecap="round"/>'
        f'<path d="{head}" fill="#fff" stroke="#fff" stroke-width="3.4" stroke-linejoin="round"/>'
        f'<path d="{path}" fill="none" stroke="{MOVE}" stroke-width="3.2" stroke-linecap="round"/>'
        f'<path d="{head}" fill="{MOVE}" stroke="{MOVE}" stroke-width="1" stroke-linejoin="round"/>'
    )


def _head(tip: Point, behind: Point) -> str:
    length = math.dist(tip, behind) or 1.0
    dx, dy = (tip.x - behind.x) / length, (tip.y - behind.y) / length
    left = Point(tip.x - 3 * dx - 5.2 * dy, tip.y - 3 * dy + 5.2 * dx)
    right = Point(tip.x - 3 * dx + 5.2 * dy, tip.y - 3 * dy - 5.2 * dx)
    front = Point(tip.x + 6 * dx, tip.y + 6 * dy)
    return f"M{at(left)}L{at(front)}L{at(right)}Z"
