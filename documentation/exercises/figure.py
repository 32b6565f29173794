"""Where the joints of the drawn person are: from a pose in angles to points.

A pose names what differs from a base ("stand", "sit", "supine"…). Angles are those of
`geometry`: 0 hangs down, 90 points ahead. A limb is its angles, root first, or where its end is to
be: `{"to": [x, y], "bend": 1}`, x from the hip, y from the ground; the joint between is worked out.
Seen from the front, "near" is the side on the right of the picture and angles count outwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from documentation.exercises.geometry import Point, along, reach

# Lengths and radii of the body, in units of which a standing person is 180 tall.
TRUNK, NECK = 50.0, 8.0
UPPER_ARM, FOREARM, HAND = 29.0, 25.0, 8.0
THIGH, SHANK, SOLE = 43.0, 42.0, 7.0  # SOLE: from ankle to ground
FOOT_TOE, FOOT_HEEL = 17.0, 6.0
PELVIS_R, CHEST_R, KNEE_R, WRIST_R = 11.0, 12.0, 6.2, 3.0
HEAD_UP, HEAD_RX, HEAD_RY = 12.5, 10.0, 12.5
SHOULDER_HALF, HIP_HALF = 16.0, 8.5

LIMBS = ("near_arm", "far_arm", "near_leg", "far_leg")

Pose = dict[str, Any]

BASES: dict[str, Pose] = {
    "stand": {
        "near_leg": [3, -2],
        "far_leg": [-1, -5],
        "near_arm": [-4, 8],
        "far_arm": [8, 20],
    },
    "sit": {
        "near_leg": [88, 0],
        "far_leg": [84, 3],
        "near_arm": [22, 62],
        "far_arm": [28, 66],
    },
    "supine": {
        "lean": -90,
        "near_leg": [90, 90],
        "far_leg": [92, 90],
        "near_arm": [84, 90],
        "far_arm": [88, 92],
    },
    "hook": {
        "lean": -90,
        "hip": PELVIS_R,
        "near_leg": {"to": [48, 0], "bend": 1},
        "far_leg": {"to": [42, 0], "bend": 1},
        "near_arm": [84, 90],
        "far_arm": [88, 92],
    },
    "prone": {
        "lean": 90,
        "near_leg": [-91, -90, -78],
        "far_leg": [-89, -90, -78],
        "near_arm": [-86, -90],
        "far_arm": [-90, -92],
        "head": -4,
    },
    "quad": {
        "lean": 84,
        "hip": THIGH + KNEE_R,
        "near_leg": [0, -90, -88],
        "far_leg": [5, -90, -88],
        "near_arm": {"to": [50, 4], "bend": -1},
        "far_arm": {"to": [57, 4], "bend": -1},
        "near_hand": 90,
        "far_hand": 90,
        "head": -22,
    },
    "tall_kneel": {
        "hip": THIGH + KNEE_R,
        "near_leg": [0, -90, -88],
        "far_leg": [4, -90, -88],
        "near_arm": [-2, 8],
        "far_arm": [6, 16],
    },
    "half_kneel": {
        "hip": THIGH + KNEE_R,
        "near_leg": [0, -90, -80],
        "far_leg": {"to": [42, 0], "bend": 1},
        "near_arm": [-2, 10],
        "far_arm": [6, 18],
    },
    "long_sit": {
        "lean": -8,
        "near_leg": [88, 90],
        "far_leg": [89, 90],
        "near_arm": {"to": [-26, 3], "bend": -1},
        "far_arm": {"to": [-22, 3], "bend": -1},
        "near_hand": -90,
        "far_hand": -90,
    },
    "front": {
        "view": "front",
        "near_leg": [3, 0],
        "far_leg": [3, 0],
        "near_arm": [10, 6],
        "far_arm": [10, 6],
    },
    # Sitting, seen from the front: the thighs point at whoever looks.
    "front_sit": {
        "view": "front",
        "thigh": 14.0,
        "near_leg": [8, 1],
        "far_leg": [8, 1],
        "near_arm": [12, -28],
        "far_arm": [12, -28],
    },
    # On the side, seen from the front of the body: the whole person laid down to the left.
    "side_lie": {
        "view": "front",
        "lean": -90,
        "hip": 15.0,
        "near_leg": [90, 90],
        "far_leg": [-88, -90],
        "near_arm": [78, 84],
        "far_arm": [92, 92],
    },
}


@dataclass
class Figure:
    """One person in one pose: angles worked out, joints placed."""

    view: str
    back: bool
    lean: float
    curl: float
    head: float
    yaw: float
    eyes: float
    eyes_shut: bool
    thigh: float
    hip: Point
    angles: dict[str, list[float]]
    joints: dict[str, Point] = field(default_factory=dict)

    @property
    def is_front(self) -> bool:
        return self.view == "front"


def place(pose: Pose) -> Figure:
    """The figure of a pose, standing on the ground unless the pose gives the hip a height."""
    whole = {**BASES[pose.get("base", "stand")], **pose}
    figure = Figure(
        view=whole.get("view", "side"),
        back=bool(whole.get("back")),
        lean=float(whole.get("lean", 0)),
        curl=float(whole.get("curl", 0)),
        head=float(whole.get("head", 0)),
        yaw=float(whole.get("yaw", 0)),
        eyes=float(whole.get("eyes", 0)),
        eyes_shut=bool(whole.get("shut")),
        thigh=float(whole.get("thigh", THIGH)),
        hip=Point(float(whole.get("x", 0)), float(whole.get("hip", 0))),
        angles={},
    )
    _place_trunk(figure)
    stands = "hip" not in whole
    for name in ("near_leg", "far_leg"):
        _place_limb(figure, name, whole)
    if stands:
        _put_on_the_ground(figure, lift=float(whole.get("lift", 0)))
    for name in ("near_arm", "far_arm"):
        _place_limb(figure, name, whole)
    return figure


def halfway(first: Figure, second: Figure, part: float) -> Figure:
    """The figure on its way from one pose to another: the path a hand or foot really takes."""

    def mix(a: float, b: float) -> float:
        return a + (b - a) * part

    figure = Figure(
        view=second.view,
        back=second.back,
        lean=mix(first.lean, second.lean),
        curl=mix(first.curl, second.curl),
        head=mix(first.head, second.head),
        yaw=mix(first.yaw, second.yaw),
        eyes=mix(first.eyes, second.eyes),
        eyes_shut=second.eyes_shut,
        thigh=mix(first.thigh, second.thigh),
        hip=Point(mix(first.hip.x, second.hip.x), mix(first.hip.y, second.hip.y)),
        angles={
            name: [mix(a, b) for a, b in zip(first.angles[name], second.angles[name], strict=True)]
            for name in LIMBS
        },
    )
    _place_trunk(figure)
    for name in LIMBS:
        _bones(figure, name)
    return figure


def _place_trunk(figure: Figure) -> None:
    up = 180 - figure.lean
    waist = along(figure.hip, up + figure.curl / 2, TRUNK * 0.45)
    neck = along(waist, up - figure.curl, TRUNK * 0.55)
    figure.joints |= {
        "hip": figure.hip,
        "waist": waist,
        "neck": neck,
        "near_shoulder": along(waist, up - figure.curl, TRUNK * 0.48),
        "far_shoulder": along(waist, up - figure.curl, TRUNK * 0.48),
        "near_hip": figure.hip,
        "far_hip": figure.hip,
    }
    if figure.is_front:
        across = 90 - figure.lean
        shoulder = figure.joints["near_shoulder"]
        figure.joints |= {
            "near_shoulder": along(shoulder, across, SHOULDER_HALF),
            "far_shoulder": along(shoulder, across + 180, SHOULDER_HALF),
            "near_hip": along(figure.hip, across, HIP_HALF),
            "far_hip": along(figure.hip, across + 180, HIP_HALF),
        }
    head_angle = up - figure.curl - figure.head
    base = along(neck, head_angle, NECK * 0.6)
    figure.joints["head"] = along(base, head_angle, HEAD_UP)


def _lengths(figure: Figure, name: str) -> tuple[float, float]:
    return (UPPER_ARM, FOREARM) if name.endswith("arm") else (figure.thigh, SHANK)


def _place_limb(figure: Figure, name: str, whole: Pose) -> None:
    side, part = name.split("_")
    wanted = whole[name]
    upper, lower = _lengths(figure, name)
    root = figure.joints[f"{side}_{'shoulder' if part == 'arm' else 'hip'}"]
    outwards = -1 if figure.is_front and side == "far" else 1
    if isinstance(wanted, dict):
        x, y = wanted["to"]
        height = y + (SOLE if part == "leg" else 0)
        first, second = reach(
            root,
            Point(figure.hip.x + x, height),
            upper=upper,
            lower=lower,
            bend=wanted.get("bend", 1 if part == "leg" else -1),
        )
        end = wanted.get("end", 90 if part == "leg" and not figure.is_front else None)
        angles = [first, second]
    else:
        angles = [outwards * angle for angle in wanted[:2]]
        end = outwards * wanted[2] if len(wanted) > 2 else None
    if part == "arm":
        own = whole.get(f"{side}_hand")
        angles.append(angles[1] if own is None else own)
    elif end is not None:
        angles.append(end)
    else:
        angles.append(angles[1] if figure.is_front else angles[1] + 90)
    figure.angles[name] = [float(angle) for angle in angles]
    _bones(figure, name)


def _bones(figure: Figure, name: str) -> None:
    side, part = name.split("_")
    upper, lower = _lengths(figure, name)
    first, second, end = figure.angles[name]
    root = figure.joints[f"{side}_{'shoulder' if part == 'arm' else 'hip'}"]
    joint = along(root, first, upper)
    last = along(joint, second, lower)
    if part == "arm":
        figure.joints |= {
            f"{side}_elbow": joint,
            f"{side}_wrist": last,
            f"{side}_hand": along(last, end, HAND * 0.7),
        }
    else:
        figure.joints |= {f"{side}_knee": joint, f"{side}_ankle": last}
        figure.joints[f"{side}_toe"] = along(last, end, FOOT_TOE if not figure.is_front else SOLE)
        figure.joints[f"{side}_heel"] = along(last, end - 90, SOLE)


def _put_on_the_ground(figure: Figure, *, lift: float) -> None:
    lowest = min(
        *(corner.y for side in ("near", "far") for corner in foot_corners(figure, side)),
        figure.joints["near_knee"].y - KNEE_R,
        figure.joints["far_knee"].y - KNEE_R,
        figure.joints["hip"].y - PELVIS_R,
        figure.joints["near_shoulder"].y - CHEST_R,
    )
    rise = lift - lowest
    figure.hip = figure.hip.moved(0, rise)
    figure.joints = {name: point.moved(0, rise) for name, point in figure.joints.items()}


def foot_corners(figure: Figure, side: str) -> list[Point]:
    """Heel and toe where they meet the ground."""
    ankle = figure.joints[f"{side}_ankle"]
    ahead = figure.angles[f"{side}_leg"][2]
    if figure.is_front:
        return [along(ankle, ahead, SOLE)]
    sole = along(ankle, ahead - 90, SOLE)
    return [along(sole, ahead + 180, FOOT_HEEL), along(sole, ahead, FOOT_TOE)]
