"""What was measured, as typed: the valid part is kept, and each mistake is told at its field."""

import pytest

from documentation.rules.examination import (
    CHART,
    Line,
    as_shown,
    as_written,
    lines,
    pain_lines,
    read,
    words,
)

KNEE = {"id": "knee_flexion", "side": "left", "active": 95, "passive": "110"}


def test_what_is_right_is_kept_as_it_was_meant():
    found = read(
        {
            "prior_level": " Walked a mile. ",
            "pain": {"now": "3", "best": 1, "worst": 7, "activity": None, "where": "Left knee"},
            "motion": [
                KNEE,
                {"id": "knee_extension", "side": "left", "active": "−10", "note": "lag"},
            ],
            "strength": [{"id": "trunk_flexors", "grade": "4-"}],
            "balance": [
                {"id": "one_leg", "side": "right", "seconds": 12},
                {"id": "sitting_static", "grade": "fair+"},
            ],
            "marks": [{"view": "front", "x": 430, "y": "710", "kind": "pain", "words": "dull"}],
        }
    )

    assert found.errors == {}
    assert found.content == {
        "prior_level": "Walked a mile.",
        "pain": {"now": 3, "best": 1, "worst": 7, "where": "Left knee"},
        "motion": [
            {"id": "knee_flexion", "side": "left", "active": 95, "passive": 110},
            {"id": "knee_extension", "side": "left", "active": -10, "note": "lag"},
        ],
        "strength": [{"id": "trunk_flexors", "grade": "4-"}],
        "balance": [
            {"id": "one_leg", "side": "right", "seconds": 12},
            {"id": "sitting_static", "grade": "fair+"},
        ],
        "marks": [{"view": "front", "x": 430, "y": 710, "kind": "pain", "words": "dull"}],
    }
    assert read(found.content) == found


@pytest.mark.parametrize("typed", [None, {}, [], {"pain": {}, "motion": [], "history": "  "}])
def test_nothing_typed_is_an_empty_examination(typed):
    assert read(typed).is_empty
    assert read(typed).errors == {}


def test_a_row_that_nobody_has_filled_in_yet_is_no_finding_and_no_mistake():
    assert read({"motion": [{"id": "knee_flexion", "side": "left", "active": None}]}) == read({})


WRONG = [
    ({"pain": {"now": 11}}, "pain.now", "Write a whole number from 0 to 10."),
    ({"pain": {"now": "2.5"}}, "pain.now", "Write a whole number from 0 to 10."),
    ({"pain": {"best": 6, "worst": 4}}, "pain.best", "The best is worse than the worst."),
    ({"pain": {"where": ["x"]}}, "pain.where", "Write words here."),
    (
        {"motion": [KNEE | {"active": 300}]},
        "motion.0.active",
        "Write a whole number from -60 to 200.",
    ),
    ({"motion": [KNEE | {"active": True}]}, "motion.0.active", None),
    ({"motion": [KNEE | {"side": "middle"}]}, "motion.0", "Choose left or right."),
    ({"motion": [KNEE, KNEE]}, "motion.1", "Knee flexion stands here twice."),
    (
        {"motion": [{"id": "tail_wag", "active": 3}]},
        "motion.0",
        "This is nothing that can be measured here.",
    ),
    ({"motion": ["knee"]}, "motion.0", "This is nothing that can be measured here."),
    ({"motion": [{}] * 81}, "motion", "At most 80 rows."),
    (
        {"strength": [{"id": "grip", "side": "left", "grade": "6"}]},
        "strength.0.grade",
        "Choose from the list.",
    ),
    (
        {"balance": [{"id": "tandem", "side": "left", "seconds": 121}]},
        "balance.0.seconds",
        "Write a whole number from 0 to 120.",
    ),
    (
        {"marks": [{"view": "side", "x": 1, "y": 1, "kind": "pain"}]},
        "marks.0",
        "This mark stands nowhere on the chart.",
    ),
    ({"marks": [{"view": "back", "x": 1, "y": 1}]}, "marks.0", "Say what this mark means."),
    (
        {"marks": [{"view": "back", "x": 1, "y": CHART + 1, "kind": "pain"}]},
        "marks.0",
        "Write a whole number from 0 to 1000.",
    ),
    (
        {"history": "x" * 5001},
        "history",
        "Shorten this to 5,000 characters; it has 5,001.",
    ),
]


@pytest.mark.parametrize(("typed", "path", "message"), WRONG, ids=[row[1] for row in WRONG])
def test_a_mistake_costs_its_own_field_and_is_told_there(typed, path, message):
    right = {"prior_level": "Walked a mile."}

    found = read(typed | right)

    assert f"examination.{path}" in found.errors
    if message:
        assert found.errors[f"examination.{path}"] == message
    assert found.content["prior_level"] == "Walked a mile."


def test_a_wrong_number_leaves_the_other_numbers_of_its_row():
    found = read({"motion": [KNEE | {"active": "lots"}]})

    assert found.content == {"motion": [{"id": "knee_flexion", "side": "left", "passive": 110}]}


@pytest.mark.parametrize("typed", ["text", 3, [1]])
def test_what_has_not_the_shape_of_an_examination_is_told_as_a_whole(typed):
    assert read(typed).errors == {"examination": "This is no examination."}


def test_words_alone_measure_nothing():
    assert not read({"history": "Fell.", "pain": {"where": "knee"}}).measures_something
    assert read({"pain": {"now": 0}}).measures_something
    assert read({"balance": [{"id": "sitting_static", "grade": "good"}]}).measures_something


# --- Shown ----------------------------------------------------------------------------------------

BEFORE = {
    "pain": {"now": 6},
    "motion": [{"id": "knee_flexion", "side": "left", "active": 80}],
    "balance": [{"id": "sitting_static", "grade": "poor"}],
}


def test_each_line_stands_beside_what_it_was_on_the_same_side():
    now = read(
        {
            "motion": [KNEE, {"id": "knee_flexion", "side": "right", "active": 130, "note": "ok"}],
            "balance": [{"id": "sitting_static", "grade": "good"}],
        }
    ).content

    assert lines("motion", now, BEFORE) == [
        Line("Knee flexion", "left", "95° active, 110° passive", "80° active", "135°"),
        Line("Knee flexion", "right", "130° active", "", "135°", "ok"),
    ]
    assert lines("balance", now, BEFORE) == [Line("Sitting, still", "", "Good", "Poor")]
    assert list(pain_lines({"pain": {"now": 3, "worst": 5}}, BEFORE)) == [
        Line("Now", "", "3 of 10", "6 of 10"),
        Line("At its worst", "", "5 of 10", ""),
    ]


def test_what_is_shown_reads_without_the_vocabulary():
    now = read(
        {
            "history": "Fell in the bath.",
            "pain": {"now": 3, "where": "Knee"},
            "strength": [{"id": "knee_flexors", "side": "left", "grade": "3+"}],
            "marks": [
                {"view": "back", "x": 500, "y": 420, "kind": "stiff"},
                {"view": "back", "x": 510, "y": 270, "kind": "pain", "words": "sharp"},
            ],
        }
    ).content

    shown = as_shown(now, BEFORE, day="2026-03-02")

    marks = [
        {
            "view": "back",
            "x": 500,
            "y": 420,
            "kind": "stiff",
            "number": 1,
            "label": "Stiffness",
            "text_y": 432,
        },
        {
            "view": "back",
            "x": 510,
            "y": 270,
            "kind": "pain",
            "words": "sharp",
            "number": 2,
            "label": "Pain",
            "text_y": 282,
        },
    ]
    assert shown == {
        "words": [{"title": "History and what brought the patient here", "text": now["history"]}],
        "pain": [Line("Now", "", "3 of 10", "6 of 10").as_dict()],
        "pain_where": "Knee",
        "tables": [
            {
                "title": "Strength",
                "lines": [Line("Knee flexors", "left", "3+").as_dict()],
                "is_motion": False,
            }
        ],
        "marks": marks,
        "views": [{"name": "back", "marks": marks}],
        "before_on": "2026-03-02",
    }


# --- The words ------------------------------------------------------------------------------------


def test_every_word_has_a_name_of_its_own_and_every_place_lies_on_the_body():
    written = as_written()

    for name in ("motions", "strengths", "balance", "grades", "balance_grades", "marks", "places"):
        ids = [row["id"] for row in written[name]]
        assert len(set(ids)) == len(ids)
        assert all(row["label"] for row in written[name])
    assert all(100 <= row["x"] <= 900 and 0 <= row["y"] <= 1000 for row in written["places"])
    assert {row["view"] for row in written["places"]} == {"front", "back"}
    assert len(words().motions) > 25
    assert all(item.usual is not None for item in words().motions.values())


def test_left_on_the_front_of_the_body_is_on_the_readers_right():
    places = {row["id"]: row for row in as_written()["places"]}

    assert places["left_knee"]["x"] > 500 > places["right_knee"]["x"]
    assert places["left_calf"]["x"] < 500 < places["right_calf"]["x"]
