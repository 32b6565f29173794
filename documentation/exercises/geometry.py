"""The little geometry that drawing a body needs: directions, two-bone reach, hulls.

x runs to the right, y up; an angle of 0 points down, 90 to the right, 180 up, as limbs hang.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

SAMPLES = 24  # points on a circle that takes part in a hull


class Point(NamedTuple):
    x: float
    y: float

    def moved(self, dx: float, dy: float) -> Point:
        return Point(self.x + dx, self.y + dy)


class Circle(NamedTuple):
    center: Point
    radius: float


def along(start: Point, angle: float, length: float) -> Point:
    """The end of a bone that begins here."""
    turn = math.radians(angle)
    return Point(start.x + length * math.sin(turn), start.y - length * math.cos(turn))


def angle_to(start: Point, end: Point) -> float:
    return math.degrees(math.atan2(end.x - start.x, start.y - end.y))


def between(start: Point, end: Point, part: float) -> Point:
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)


def reach(
    root: Point, target: Point, *, upper: float, lower: float, bend: int
) -> tuple[float, float]:
    """The angles of two bones that end at the target, or as near as they can; `bend` is +1 or -1:
    to which side the joint between them sticks out."""
    straight = math.dist(root, target)
    distance = min(max(straight, abs(upper - lower) + 0.1), upper + lower - 0.01)
    aim = angle_to(root, target)
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    first = aim + bend * math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    joint = along(root, first, upper)
    return first, angle_to(joint, along(root, aim, distance))


def hull(circles: Iterable[Circle]) -> list[Point]:
    """The outline around circles, as a rubber band would lie."""
    cloud = sorted(
        {
            Point(
                round(circle.center.x + circle.radius * math.cos(turn), 2),
                round(circle.center.y + circle.radius * math.sin(turn), 2),
            )
            for circle in circles
            for turn in (2 * math.pi * step / SAMPLES for step in range(SAMPLES))
        }
    )
    lower = _half(cloud)
    upper = _half(cloud[::-1])
    return lower[:-1] + upper[:-1]


def _half(cloud: list[Point]) -> list[Point]:
    band: list[Point] = []
    for point in cloud:
        while len(band) > 1 and _turns_right(band[-2], band[-1], point):
            band.pop()
        band.append(point)
    return band


def _turns_right(a: Point, b: Point, c: Point) -> bool:
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) <= 0
