"""A hand close up: forearm, palm and fingers from the side or from the palm, for small movements.

`wrist` bends the hand against the forearm (up is positive), `fingers` are the three finger joints'
bends towards the palm, `thumb` is its angle away from the palm.
"""

from __future__ import annotations

from typing import Any

from documentation.exercises.geometry import Circle, Point, along
from documentation.exercises.paint import (
    BAND,
    FLOOR,
    INK,
    PROP,
    PROP_EDGE,
    SHIRT,
    SKIN,
    SKIN_FAR,
    arrow,
    box,
    disc,
    edge,
    fill,
    line,
    n,
    outline_of,
)

WIDTH, HEIGHT = 220.0, 170.0
ELBOW = Point(-30, 96)


def draw(frame: dict[str, Any]) -> str:
    palm_up = frame.get("view", "side") == "palm"
    picture = _from_the_palm(frame) if palm_up else _from_the_side(frame)
    return f'<g transform="translate(0,-26)">{picture}</g>'


def _chain(start: Point, angle: float, lengths: list[float], bends: list[float]) -> list[Point]:
    points = [start]
    for length, bend in zip(lengths, bends, strict=True):
        angle += bend
        points.append(along(points[-1], angle, length))
    return points


def _tube(points: list[Point], radii: list[float]) -> list[str]:
    return [
        outline_of([Circle(a, ra), Circle(b, rb)])
        for a, b, ra, rb in zip(points, points[1:], radii, radii[1:], strict=False)
    ]


def _paint(paths: list[str], color: str) -> str:
    return edge(paths) + "".join(fill(path, color) for path in paths)


def _from_the_side(frame: dict[str, Any]) -> str:
    """Forearm from the left, back of the hand on top; bends go down, towards the palm."""
    lift = float(frame.get("forearm", 0))
    elbow = Point(ELBOW.x, ELBOW.y - float(frame.get("lower", 0)))
    wrist = along(elbow, 90 + lift, 118)
    hand_angle = 90 + lift + float(frame.get("wrist", 0))
    knuckle = along(wrist, hand_angle, 40)
    bends = [-float(bend) for bend in frame.get("fingers", [10, 15, 10])]
    fingers = _chain(knuckle, hand_angle, [27, 18, 14], bends)
    behind = _chain(
        knuckle.moved(0, -3), hand_angle, [26, 18, 13], [b - 5 for b in bends[:1]] + bends[1:]
    )
    root = along(along(wrist, hand_angle, 12), hand_angle - 90, 9)
    thumb = _chain(root, hand_angle - float(frame.get("thumb", 30)), [22, 17], [0, 12])
    arm = outline_of([Circle(elbow, 19), Circle(wrist, 12.5)])
    palm = outline_of([Circle(wrist, 12.5), Circle(along(knuckle, hand_angle, -4), 11.5)])
    sleeve = outline_of([Circle(elbow, 21), Circle(along(elbow, 90 + lift, 46), 19)])
    return (
        _things(frame, behind=True, hand=fingers[-1], knuckle=knuckle)
        + _paint(_tube(behind, [8.5, 7.6, 6.8, 6]), SKIN_FAR)
        + _paint([arm, palm, *_tube(fingers, [9.5, 8.2, 7.2, 6.2])], SKIN)
        + _paint(_tube(thumb, [9, 7.6, 6.4]), SKIN)
        + _paint([sleeve], SHIRT)
        + _things(frame, behind=False, hand=fingers[-1], knuckle=knuckle)
        + _moves(frame)
    )


def _from_the_palm(frame: dict[str, Any]) -> str:
    """Seen onto the palm, fingers to the right; `spread` parts them, `fold` shortens them."""
    wrist, base = Point(74, 96), Point(118, 96)
    spread = float(frame.get("spread", 4))
    folds = frame.get("fold", [1, 1, 1, 1])
    lengths, offsets = [46, 52, 48, 37], [22, 8, -7, -21]
    arm = outline_of([Circle(Point(-20, 96), 21), Circle(wrist, 17)])
    palm = outline_of(
        [
            Circle(Point(78, 96), 18),
            Circle(base.moved(0, 18), 13),
            Circle(base.moved(2, -15), 12),
            Circle(Point(86, 86), 16),
        ]
    )
    fingers = []
    for place, (length, offset) in enumerate(zip(lengths, offsets, strict=True)):
        root = base.moved(4 - abs(offset) * 0.12, offset)
        tip = along(root, 90 + spread * (1.5 - place), length * float(folds[place]) + 6)
        fingers.append(outline_of([Circle(root, 8.2), Circle(tip, 6.4)]))
    turn = float(frame.get("thumb", 55))
    thumb = _chain(Point(86, 108), 90 + turn, [30, 24], [0, float(frame.get("thumb_bend", -14))])
    sleeve = outline_of([Circle(Point(-20, 96), 24), Circle(Point(10, 96), 22)])
    return (
        _things(frame, behind=True, hand=base, knuckle=base)
        + _paint([arm, palm, *fingers], SKIN)
        + _paint(_tube(thumb, [12, 8.4, 6.6]), SKIN)
        + _paint([sleeve], SHIRT)
        + _things(frame, behind=False, hand=base, knuckle=base)
        + _moves(frame)
    )


def _things(frame: dict[str, Any], *, behind: bool, hand: Point, knuckle: Point) -> str:
    drawn = []
    for name, *how in frame.get("props", []):
        if (name in ("desk", "putty", "ball", "coin")) is not behind:
            continue
        if name == "desk":
            drawn.append(box(-10, 0, how[0], how[1], round_by=3))
        elif name in ("ball", "coin"):
            drawn.append(disc(Point(how[0], how[1]), how[2]))
        elif name == "putty":
            drawn.append(
                f'<ellipse cx="{n(how[0])}" cy="{n(FLOOR - how[1])}" rx="{n(how[2])}" '
                f'ry="{n(how[3])}" fill="{BAND}" stroke="{INK}" stroke-width="1.8"/>'
            )
        elif name == "weight":
            at = knuckle.moved(how[0], how[1])
            drawn.append(disc(at, 13) + disc(at, 4, fill=PROP_EDGE))
        elif name == "peg":
            drawn.append(line([Point(how[0], how[1]), Point(how[0], how[1] + how[2])], width=9))
            drawn.append(
                line(
                    [Point(how[0], how[1]), Point(how[0], how[1] + how[2])], stroke=PROP, width=5.4
                )
            )
        elif name == "band":
            points = [Point(x, y) for x, y in how]
            drawn.append(line(points, width=6) + line(points, stroke=BAND, width=3.6))
    return "".join(drawn)


def _moves(frame: dict[str, Any]) -> str:
    drawn = []
    for x1, y1, x2, y2, bend in frame.get("arrows", []):
        start, end = Point(x1, y1), Point(x2, y2)
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
        middle = Point(
            (x1 + x2) / 2 - bend * (y2 - y1) / length, (y1 + y2) / 2 + bend * (x2 - x1) / length
        )
        points = []
        for step in range(11):
            t = step / 10
            points.append(
                Point(
                    (1 - t) ** 2 * start.x + 2 * t * (1 - t) * middle.x + t * t * end.x,
                    (1 - t) ** 2 * start.y + 2 * t * (1 - t) * middle.y + t * t * end.y,
                )
            )
        drawn.append(arrow(points))
    return "".join(drawn)
