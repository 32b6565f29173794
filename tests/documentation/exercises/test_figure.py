"""The drawn person: bones keep their length, feet stand on the ground, hands reach."""

import math

import pytest

from documentation.exercises import drawing
from documentation.exercises.figure import (
    BASES,
    FOREARM,
    SHANK,
    THIGH,
    UPPER_ARM,
    foot_corners,
    halfway,
    place,
)
from documentation.exercises.geometry import Circle, Point, hull, reach


@pytest.mark.parametrize("base", [name for name in BASES if name != "front_sit"])
def test_bones_keep_their_length_in_every_base(base):
    joints = place({"base": base}).joints

    for side in ("near", "far"):
        lengths = [
            math.dist(joints[f"{side}_{a}"], joints[f"{side}_{b}"])
            for a, b in (
                ("shoulder", "elbow"),
                ("elbow", "wrist"),
                ("hip", "knee"),
                ("knee", "ankle"),
            )
        ]
        assert lengths == pytest.approx([UPPER_ARM, FOREARM, THIGH, SHANK])


@pytest.mark.parametrize("base", ["stand", "sit", "front"])
def test_whoever_stands_or_sits_has_the_lower_foot_on_the_ground(base):
    figure = place({"base": base})

    lowest = min(c.y for side in ("near", "far") for c in foot_corners(figure, side))

    assert lowest == pytest.approx(0)


def test_a_hand_is_where_it_was_sent():
    figure = place({"base": "stand", "near_arm": {"to": [30, 100]}})

    assert figure.joints["near_wrist"] == pytest.approx((30, 100))


def test_what_is_out_of_reach_is_pointed_at_with_a_straight_limb():
    first, second = reach(Point(0, 0), Point(500, 0), upper=30, lower=20, bend=1)

    assert (first, second) == pytest.approx((90, 90), abs=3)


def test_the_way_from_pose_to_pose_is_an_arc_about_the_joint():
    down = place({"base": "front", "near_arm": [0, 0]})
    level = place({"base": "front", "near_arm": [90, 90]})

    middle = halfway(down, level, 0.5).joints

    assert math.dist(middle["near_shoulder"], middle["near_wrist"]) == pytest.approx(
        UPPER_ARM + FOREARM
    )


def test_a_hull_goes_around_what_lies_inside():
    outside = [Circle(Point(0, 0), 1), Circle(Point(10, 0), 1), Circle(Point(5, 9), 1)]

    assert hull([*outside, Circle(Point(5, 3), 1)]) == hull(outside)


def test_a_frame_takes_over_what_it_does_not_say():
    frames = [{"base": "stand", "props": [["wall", 40]]}, {"near_leg": [40, 0]}]

    picture = drawing.draw(frames, title="A <b>")

    assert picture.count('width="3"') + picture.count('stroke-width="3"') >= 2
    assert "<title>A &lt;b&gt;</title>" in picture
    assert picture == drawing.draw(frames, title="A <b>")
