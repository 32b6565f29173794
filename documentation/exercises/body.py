"""The person on the picture: limbs, trunk, head and feet as SVG, far side first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from documentation.exercises.figure import (
    CHEST_R,
    HEAD_RX,
    HEAD_RY,
    PELVIS_R,
    THIGH,
    WRIST_R,
    Figure,
)
from documentation.exercises.geometry import Circle, Point, along, between
from documentation.exercises.paint import (
    HAIR,
    INK,
    SHIRT,
    SHIRT_FAR,
    SHOE,
    SHORTS,
    SHORTS_FAR,
    SKIN,
    SKIN_FAR,
    at,
    edge,
    fill,
    n,
    outline_of,
    shape,
)

OUTLINE_FACE = 2.2
SLEEVE, SHORT = 0.55, 0.62  # how far shirt and shorts cover arm and thigh


@dataclass(frozen=True)
class Dress:
    skin: str
    shirt: str
    shorts: str


NEAR = Dress(SKIN, SHIRT, SHORTS)
FAR = Dress(SKIN_FAR, SHIRT_FAR, SHORTS_FAR)


def draw(figure: Figure, between_layers: str = "") -> str:
    """The whole person; `between_layers` is what the near arm holds in front of the body."""
    if figure.is_front:
        return _from_the_front(figure, between_layers)
    return "".join(
        [
            _paint(_arm(figure, "far", FAR)),
            _paint(_leg(figure, "far", FAR)),
            _paint([*_neck(figure), *_trunk(figure), *_leg(figure, "near", NEAR)]),
            _head_from_the_side(figure),
            between_layers,
            _paint(_arm(figure, "near", NEAR)),
        ]
    )


def _from_the_front(figure: Figure, between_layers: str) -> str:
    legs = [*_leg(figure, "far", NEAR), *_leg(figure, "near", NEAR)]
    body = _paint([*_neck(figure), *_trunk_from_the_front(figure), *legs]) + _inseam(figure)
    head = _head_from_the_front(figure)
    arms = _paint(_arm(figure, "far", NEAR)) + _paint(_arm(figure, "near", NEAR))
    if figure.back:
        return between_layers + arms + body + head
    return body + head + between_layers + arms


def _inseam(figure: Figure) -> str:
    """What parts two legs that stand close together."""
    joints = figure.joints
    near_hem = between(joints["near_hip"], joints["near_knee"], SHORT)
    far_hem = between(joints["far_hip"], joints["far_knee"], SHORT)
    if figure.thigh < THIGH or math.dist(near_hem, far_hem) > 18:
        return ""
    crotch = along(joints["hip"], -figure.lean, 9)
    seam = shape(f"M{at(crotch)}L{at(between(near_hem, far_hem, 0.5))}", width=OUTLINE_FACE)
    if math.dist(joints["near_ankle"], joints["far_ankle"]) > 11:
        return seam
    knee, ankle = joints["near_knee"], joints["near_ankle"]
    lower = [(_bone(knee, 6.2, ankle, 4.2), NEAR.skin), (_foot(figure, "near"), SHOE)]
    thigh = (_bone(near_hem, 6.8, knee, 6.4), NEAR.skin)
    return _paint([*lower, thigh]) + _paint_short(near_hem, joints["near_hip"]) + seam


def _paint_short(hem: Point, hip: Point) -> str:
    return fill(_bone(between(hem, hip, 0.3), 8.6, hem, 8.0), NEAR.shorts)


def _paint(parts: list[tuple[str, str]]) -> str:
    """Parts of one layer: one common outline, then the fills in order."""
    return edge(path for path, _ in parts) + "".join(fill(path, color) for path, color in parts)


def _bone(a: Point, ra: float, b: Point, rb: float) -> str:
    return outline_of([Circle(a, ra), Circle(b, rb)])


def _arm(figure: Figure, side: str, dress: Dress) -> list[tuple[str, str]]:
    joints = figure.joints
    shoulder, elbow = joints[f"{side}_shoulder"], joints[f"{side}_elbow"]
    wrist, hand = joints[f"{side}_wrist"], joints[f"{side}_hand"]
    cuff = between(shoulder, elbow, SLEEVE)
    return [
        (_bone(elbow, 4.4, wrist, WRIST_R), dress.skin),
        (_bone(wrist, 3.1, hand, 4.1), dress.skin),
        (_bone(shoulder, 5.6, elbow, 4.4), dress.skin),
        (_bone(shoulder, 6.0, cuff, 5.6), dress.shirt),
    ]


def _leg(figure: Figure, side: str, dress: Dress) -> list[tuple[str, str]]:
    joints = figure.joints
    hip, knee, ankle = joints[f"{side}_hip"], joints[f"{side}_knee"], joints[f"{side}_ankle"]
    hem = between(hip, knee, SHORT)
    parts = [
        (_bone(knee, 6.2, ankle, 4.2), dress.skin),
        (_foot(figure, side), SHOE),
        (_bone(hip, 9.6, knee, 6.4), dress.skin),
        (_bone(hip, 10.0, hem, 8.0), dress.shorts),
    ]
    calf = along(knee, figure.angles[f"{side}_leg"][1], 12)
    if not figure.is_front:
        back = figure.angles[f"{side}_leg"][1] - 90
        parts.insert(1, (_bone(along(calf, back, 1.6), 5.6, along(knee, 0, 0), 5.4), dress.skin))
    return parts


def _foot(figure: Figure, side: str) -> str:
    ankle = figure.joints[f"{side}_ankle"]
    ahead = figure.angles[f"{side}_leg"][2]
    if figure.is_front:
        return outline_of(
            [
                Circle(ankle, 4.2),
                Circle(along(along(ankle, ahead, 3.6), ahead + 90, 2.4), 3.4),
                Circle(along(along(ankle, ahead, 3.6), ahead - 90, 2.4), 3.4),
            ]
        )
    down = ahead - 90
    heel = along(along(ankle, down, 3.0), ahead + 180, 2.0)
    ball = along(along(ankle, down, 3.9), ahead, 11.5)
    toe = along(along(ankle, down, 4.4), ahead, 14.4)
    return outline_of([Circle(ankle, 4.4), Circle(heel, 4.0), Circle(ball, 3.1), Circle(toe, 2.6)])


def _trunk(figure: Figure) -> list[tuple[str, str]]:
    joints = figure.joints
    hip, waist, neck = joints["hip"], joints["waist"], joints["neck"]
    chest = between(waist, neck, 0.52)
    shoulders = between(waist, neck, 0.86)
    return [
        (outline_of([Circle(hip, PELVIS_R), Circle(waist, 9.8)]), NEAR.shirt),
        (
            outline_of([Circle(waist, 9.8), Circle(chest, CHEST_R - 0.6), Circle(shoulders, 8.6)]),
            NEAR.shirt,
        ),
        (outline_of([Circle(hip, PELVIS_R), Circle(between(hip, waist, 0.12), 10.8)]), NEAR.shorts),
    ]


def _trunk_from_the_front(figure: Figure) -> list[tuple[str, str]]:
    joints = figure.joints
    near, far = joints["near_shoulder"], joints["far_shoulder"]
    near_hip, far_hip = joints["near_hip"], joints["far_hip"]
    waist_near = between(joints["waist"], between(near, near_hip, 0.5), 0.30)
    waist_far = between(joints["waist"], between(far, far_hip, 0.5), 0.30)
    ribs_near = between(between(near, joints["waist"], 0.42), near, 0.35)
    ribs_far = between(between(far, joints["waist"], 0.42), far, 0.35)
    upper = [Circle(near, 5.6), Circle(far, 5.6), Circle(joints["neck"], 4.0)]
    return [
        (outline_of([*upper, Circle(ribs_near, 6.4), Circle(ribs_far, 6.4)]), NEAR.shirt),
        (
            outline_of(
                [
                    Circle(ribs_near, 6.4),
                    Circle(ribs_far, 6.4),
                    Circle(waist_near, 8.6),
                    Circle(waist_far, 8.6),
                ]
            ),
            NEAR.shirt,
        ),
        (
            outline_of(
                [
                    Circle(waist_near, 8.6),
                    Circle(waist_far, 8.6),
                    Circle(near_hip, 8.6),
                    Circle(far_hip, 8.6),
                ]
            ),
            NEAR.shirt,
        ),
        (outline_of([Circle(near_hip, 9.6), Circle(far_hip, 9.6)]), NEAR.shorts),
    ]


def _neck(figure: Figure) -> list[tuple[str, str]]:
    neck, head = figure.joints["neck"], figure.joints["head"]
    return [(_bone(between(neck, head, -0.1), 5.4, between(neck, head, 0.75), 4.6), NEAR.skin)]


def _upright(figure: Figure) -> float:
    """By how much the head leans, clockwise, in degrees of SVG."""
    return figure.lean + figure.curl + figure.head


def _head_from_the_side(figure: Figure) -> str:
    """A profile, drawn upright and looking right, then turned into place."""
    center = figure.joints["head"]
    skull = f"M0 {n(-HEAD_RY)}C7 {n(-HEAD_RY)} {n(HEAD_RX)} -8 {n(HEAD_RX)} -2.6"
    face = (
        skull + f"L13 2.6Q13.2 4 10.4 4.2L10 8.6Q9.2 {n(HEAD_RY)} 3.4 {n(HEAD_RY)}"
        "C-1 12.5 -5.6 10.6 -8.2 6.4C-11.4 1.6 -12 -12.5 0 -12.5Z"
    )
    hair = (
        "M0 -13.4C8 -13.4 10.6 -9 10.2 -5.4C6 -7 2.2 -7.2 -0.6 -5.4C-0.2 -1.6 -1.6 0.4 -3 1.2"
        "C-3.4 4.4 -5.2 7.6 -8 8.2C-13.6 0.6 -12.6 -13.4 0 -13.4Z"
    )
    look = figure.eyes
    turn = f"translate({at(center).replace(' ', ',')}) rotate({n(_upright(figure))})"
    return (
        f'<g transform="{turn}">'
        + shape(face, fill=SKIN, width=OUTLINE_FACE)
        + shape(hair, fill=HAIR, width=1.4)
        + (
            shape("M5 -1.6Q6.6 0.2 8.2 -1.4", width=1.2)
            if figure.eyes_shut
            else f'<circle cx="{n(6.4 + look * 0.4)}" cy="-1.4" r="1.25" fill="{INK}"/>'
        )
        + shape("M4.6 -4.6Q6.6 -5.8 8.6 -4.8", width=1.2)
        + shape("M9.4 7.2L6.4 7.2", width=1.3)
        + shape("M-1.6 -0.6C1.6 -2.6 2 2.6 -0.8 3.4", fill=SKIN, width=1.3)
        + "</g>"
    )


def _head_from_the_front(figure: Figure) -> str:
    center = figure.joints["head"]
    turn = f"translate({at(center).replace(' ', ',')}) rotate({n(_upright(figure))})"
    outline = (
        f"M0 {n(-HEAD_RY)}C8 {n(-HEAD_RY)} 10.4 -6 10 -1C9.6 6 6.4 {n(HEAD_RY)} 0 {n(HEAD_RY)}"
        f"C-6.4 {n(HEAD_RY)} -9.6 6 -10 -1C-10.4 -6 -8 {n(-HEAD_RY)} 0 {n(-HEAD_RY)}Z"
    )
    if figure.back:
        hair = (
            "M0 -13.4C9 -13.4 11.2 -6 10.8 -1C10.4 4.4 7 8.6 0 8.8C-7 8.6 -10.4 4.4 -10.8 -1"
            "C-11.2 -6 -9 -13.4 0 -13.4Z"
        )
        return (
            f'<g transform="{turn}">'
            + shape(outline, fill=SKIN, width=OUTLINE_FACE)
            + shape(hair, fill=HAIR, width=1.4)
            + "</g>"
        )
    side = math.sin(math.radians(figure.yaw))
    shift = 7.0 * side
    gaze = figure.eyes
    ears = "".join(
        shape(f"M{n(x)} -2C{n(x + 3.4 * s)} -3.4 {n(x + 3 * s)} 4 {n(x)} 3.6", fill=SKIN, width=1.8)
        for x, s in ((9.6 - shift * 0.9, 1), (-9.6 - shift * 0.9, -1))
        if abs(x) < 12
    )
    apart = 4.2 * math.cos(math.radians(figure.yaw)) + 0.2
    lids = "".join(
        shape(f"M{n(x - 2)} -0.8Q{n(x)} 1.4 {n(x + 2)} -0.8", width=1.2)
        for x in (shift - apart, shift + apart)
    )
    eyes = "".join(
        f'<ellipse cx="{n(x)}" cy="-0.6" rx="2.1" ry="1.5" fill="#fff" stroke="{INK}" '
        f'stroke-width="0.7"/><circle cx="{n(x + gaze)}" cy="-0.6" r="1.2" fill="{INK}"/>'
        + shape(f"M{n(x - 2)} -3.6Q{n(x)} -4.6 {n(x + 2)} -3.6", width=1.0)
        for x in (shift - apart, shift + apart)
    )
    nose = shift * 1.35
    hair = (
        f"M-10.6 -1C-12 -9 -7 -13.6 0 -13.6C7 -13.6 12 -9 10.6 -1"
        f"C9.6 -4 {n(7 + shift * 0.4)} -6.4 {n(4 + shift)} -7.6"
        f"C{n(1 + shift)} -6.4 {n(-5 + shift * 0.6)} -6.6 -8 -5.6C-9.4 -4.4 -10 -3 -10.6 -1Z"
    )
    return (
        f'<g transform="{turn}">'
        + ears
        + shape(outline, fill=SKIN, width=OUTLINE_FACE)
        + (lids if figure.eyes_shut else eyes)
        + shape(f"M{n(nose)} 0.4L{n(nose + 1 + side)} 3.6L{n(nose - 0.8)} 3.8", width=1.0)
        + shape(f"M{n(shift - 2.6)} 7.2Q{n(shift)} 8.4 {n(shift + 2.6)} 7.2", width=1.2)
        + shape(hair, fill=HAIR, width=1.2)
        + "</g>"
    )
