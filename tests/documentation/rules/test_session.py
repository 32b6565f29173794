"""A session page as typed: what is valid stays, what is not gets a message at its path."""

import pytest

from documentation.rules.session import (
    Code,
    GoalFacts,
    NotASession,
    Surroundings,
    read,
    read_minutes,
)

KEY = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001"
OTHER = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0002"
CODES = {
    "97112": Code("97112", "Neuromuscular re-education", "treatment", True),
    "97110": Code("97110", "Therapeutic exercise", "treatment", True),
    "97161": Code("97161", "PT evaluation", "evaluation", False),
    "97014": Code("97014", "Unattended e-stim", "modality", False, is_active=False),
}
AROUND = Surroundings(
    codes=CODES,
    goals={4: GoalFacts(4, "Walk 300 m")},
    assistants=frozenset({9}),
    episodes=frozenset({2}),
)


def page(*entries, **more):
    return {"note": {}, "entries": list(entries)} | more


def entry(code="97110", minutes=20, key=KEY, **more):
    return {"key": key, "code": code, "minutes": minutes} | more


def errors(content, around=AROUND):
    return dict(read(content, around).errors)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (-5, "Minutes start at 1."),
        ("0", "Minutes start at 1."),
        (1441, "A day has 1,440 minutes."),
        ("90000000000000000000", "Write whole minutes, such as 15."),
        ("twenty", "Write whole minutes, such as 15."),
        ("12.5", "Write whole minutes, such as 15."),
        (True, "Write whole minutes, such as 15."),
        ([15], "Write whole minutes, such as 15."),
        ("", "Write the minutes."),
        (None, "Write the minutes."),
    ],
)
def test_wrong_minutes_get_their_message_and_make_no_row(typed, message):
    logged = read(page(entry(minutes=typed)), AROUND)

    assert dict(logged.errors) == {f"entries.{KEY}.minutes": message}
    assert [row.is_whole for row in logged.entries] == [False]


@pytest.mark.parametrize("typed", [15, "15", " 15 ", 15.0, "15.0"])
def test_minutes_are_read_as_people_type_them(typed):
    assert read_minutes(typed) == (15, "")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("97999", "97999 is not a code we know."),
        ("", "Choose a code."),
        ("97014", "97014 is no longer in use."),
        ("x" * 5000, "XXXXXXXXXX is not a code we know."),
    ],
)
def test_a_code_that_cannot_be_logged_says_why(code, message):
    assert errors(page(entry(code=code)))[f"entries.{KEY}.code"] == message


def test_an_untimed_service_needs_no_minutes():
    logged = read(page(entry("97161", None)), AROUND)

    assert (dict(logged.errors), logged.entries[0].is_whole) == ({}, True)


def test_an_untimed_code_stands_once():
    logged = read(page(entry("97161", 30), entry("97161", 30, key=OTHER)), AROUND)

    assert dict(logged.errors) == {f"entries.{OTHER}.code": "97161 stands once in a visit."}
    assert [row.is_whole for row in logged.entries] == [True, False]


def test_a_timed_code_may_stand_twice():
    assert errors(page(entry(), entry(key=OTHER))) == {}


def test_the_services_of_a_day_stay_within_24_hours_with_the_other_visits():
    around = Surroundings(codes=CODES, minutes_elsewhere=1000)
    content = page(entry(minutes=440), entry(minutes=1, key=OTHER))

    assert errors(content, around) == {
        f"entries.{OTHER}.minutes": "The patient's services of this day come to more than 24 hours."
    }


@pytest.mark.parametrize(
    ("typed", "minutes", "message"),
    [
        ({"assistant_minutes": 5}, 5, None),
        ({"assistant_minutes": "20"}, 20, None),
        ({"assistant_minutes": 21}, 0, "The assistant's minutes are part of the service's 20."),
        ({"assistant_minutes": "some"}, 0, "Write whole minutes, such as 15."),
        ({"furnished_by": "assistant", "assistant_minutes": 3}, 20, None),
        ({"furnished_by": "therapist", "assistant_minutes": 3}, 0, None),
    ],
)
def test_the_assistants_minutes_are_part_of_the_service(typed, minutes, message):
    logged = read(page(entry(**typed), assistant=9), AROUND)

    assert logged.entries[0].assistant_minutes == minutes
    assert logged.errors.get(f"entries.{KEY}.assistant_minutes") == message


def test_without_an_assistant_nobody_but_the_therapist_furnished():
    logged = read(page(entry(assistant_minutes=15, furnished_by="assistant")), AROUND)

    assert logged.entries[0].assistant_minutes == 0


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (page(entry(goal=4)), {}),
        (page(entry(goal=5)), {f"entries.{KEY}.goal": "This goal is not of this case."}),
        (page(assistant=8), {"assistant": "Choose an assistant who works here."}),
        (page(episode=3), {"episode": "Choose a case of this patient."}),
        (page(episode=2, assistant=9), {}),
        (page(note={"kind": "poem"}), {"note.kind": "Choose the kind of note from the list."}),
        (page(note={"plan": 7}), {"note.plan": "Write words here."}),
        (
            page(note={"plan": "x" * 20_001}),
            {"note.plan": "Shorten this to 20,000 characters; it has 20,001."},
        ),
        (
            page(total_treatment_minutes="lots"),
            {"total_treatment_minutes": "Write whole minutes, such as 15."},
        ),
        (
            page(entry("97112", details={"activities": [{"dose": {"sets": 99}}]})),
            {f"entries.{KEY}.details.activities.0.dose.sets": "This goes from 1 to 20."},
        ),
    ],
)
def test_what_the_page_refers_to_must_exist(content, problems):
    assert errors(content) == problems


def test_one_wrong_field_leaves_every_other_as_typed():
    content = page(
        entry("97112", "many", details={"deficit": "Berg 41/56"}, narrative="Mine"),
        entry("97110", 10, key=OTHER),
        note={"assessment": "Steadier."},
        total_treatment_minutes=40,
    )

    logged = read(content, AROUND)

    assert logged.note["assessment"] == "Steadier."
    assert logged.entries[0].details.deficit == "Berg 41/56"
    assert (logged.timed_minutes, logged.treatment_minutes) == (10, 40)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "page",
        {"entries": {}},
        {"entries": ["row"]},
        {"entries": [{"code": "97110"}]},
        {"entries": [{"key": "not-a-uuid"}]},
        {"entries": [{"key": KEY.upper()}]},
        {"entries": [{"key": KEY}, {"key": KEY}]},
        {"entries": [{"key": KEY}] * 41},
        {"note": "text"},
    ],
)
def test_what_has_not_the_shape_of_a_page_is_refused(content):
    with pytest.raises(NotASession):
        read(content, AROUND)


@pytest.mark.parametrize(
    ("content", "minutes"),
    [
        (page(), None),
        (page(entry(minutes=20), entry("97161", 25, key=OTHER)), 45),
        (page(entry(minutes=20), entry("97161", None, key=OTHER)), None),
        (page(entry(minutes=20), entry(minutes="x", key=OTHER)), None),
        (page(entry(minutes=20), total_treatment_minutes=50), 50),
        (page(entry(minutes=20), total_treatment_minutes="x"), None),
    ],
)
def test_the_total_is_as_written_or_the_sum_when_every_service_has_minutes(content, minutes):
    assert read(content, AROUND).treatment_minutes == minutes
