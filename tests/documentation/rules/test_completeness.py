"""Each element of a defensible entry is missed when it is away, and only then."""

import pytest

from documentation.rules import findings as sources
from documentation.rules import neuro
from documentation.rules.completeness import Case, check_neuro, check_visit
from documentation.rules.findings import Finding, Level
from documentation.rules.session import Code, GoalFacts, Surroundings, read
from tests.documentation.rules.entries import WHOLE, without

KEY = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001"
CODES = {
    "97112": Code("97112", "Neuromuscular re-education", "treatment", True, disciplines=("PT",)),
    "97110": Code("97110", "Therapeutic exercise", "treatment", True, disciplines=("PT",)),
    "97161": Code("97161", "PT evaluation", "evaluation", False, disciplines=("PT",)),
    "97164": Code("97164", "PT re-evaluation", "re_evaluation", False, disciplines=("PT",)),
    "97129": Code("97129", "Cognition, first", "treatment", True),
    "97130": Code("97130", "Cognition, more", "treatment", True, base_code="97129"),
    "97010": Code("97010", "Heat or ice packs", "modality", False),
    "92507": Code("92507", "Speech treatment", "treatment", False, disciplines=("SLP",)),
}
GOALS = {4: GoalFacts(4, "Walk outdoors", "6-minute walk", "300 m"), 5: GoalFacts(5, "Be well")}
AROUND = Surroundings(codes=CODES, goals=GOALS, assistants=frozenset({9}))
CASE = Case(is_linked=True, diagnoses=1, goals=2)
SOAP = {"kind": "daily", "assessment": "Steadier in tandem.", "plan": "Go on to foam."}


def check(*entries, case=CASE, note=SOAP, **more):
    rows = [{"key": f"{KEY[:-1]}{n}"} | row for n, row in enumerate(entries, start=1)]
    logged = read({"note": note, "entries": rows} | more, AROUND)
    return check_visit(logged, case, discipline="PT")


def required(found):
    return {(finding.element, finding.message) for finding in found if finding.is_required}


def advised(found):
    return {(finding.element, finding.message) for finding in found if not finding.is_required}


NEURO = {"code": "97112", "minutes": 15, "goal": 4, "details": WHOLE}
EXERCISE = {"code": "97110", "minutes": 20, "goal": 4, "narrative": "Leg press 3 x 10"}


def test_a_complete_visit_lacks_nothing():
    assert check(NEURO, EXERCISE) == []


@pytest.mark.parametrize(
    ("details", "element", "message", "source"),
    [
        (without("body_parts"), "details.body_parts", "Choose the body part.", sources.NEURO),
        (
            without(body_parts=[{"region": "knee"}, {"region": "trunk"}]),
            "details.body_parts",
            "Knee: choose left, right or both.",
            sources.NEURO,
        ),
        (
            without(activities=[{"words": "Cones", "dose": {"reps": 3, "assistance": "total"}}]),
            "details.activities",
            "Choose a technique.",
            sources.NEURO,
        ),
        (without("purposes"), "details.purposes", "Choose the purpose.", sources.NEURO),
        (
            without("skilled", "skilled_words"),
            "details.skilled",
            "Say why a therapist's skill was needed.",
            sources.SKILLED_CARE,
        ),
        (
            without("response"),
            "details.response",
            "Say how the patient responded.",
            sources.NEURO,
        ),
    ],
)
def test_without_this_a_97112_entry_cannot_be_signed(details, element, message, source):
    entry, _ = neuro.read(details)

    found = [finding for finding in check_neuro(entry, KEY) if finding.is_required]

    assert found == [Finding(element, Level.REQUIRED, message, source, KEY)]


@pytest.mark.parametrize(
    ("details", "element", "message"),
    [
        (without("deficit"), "details.deficit", "Name the deficit treated, with a measure."),
        (
            without(deficit="Poor balance"),
            "details.deficit",
            "Add a measure, such as a score or seconds.",
        ),
        (
            without(
                activities=[{"technique": "static_balance", "dose": {"assistance": "minimal"}}]
            ),
            "details.activities.0",
            "Give a dose: sets, repetitions, seconds, trials or distance.",
        ),
        (
            without(activities=[{"technique": "static_balance", "dose": {"reps": 5}}]),
            "details.activities.0",
            "Give the level of assistance or cueing.",
        ),
        (
            without(
                activities=[
                    {"technique": "amplitude_training", "dose": {"reps": 5, "cue_amount": "none"}}
                ]
            ),
            "details.activities.0",
            "Branded programs (e.g. BIG) need certification; store generic.",
        ),
        (
            without(response={"performance": "improved"}),
            "details.response",
            "Add tolerance and any adverse response, or that there was none.",
        ),
        (without("course"), "details.course", "Say what becomes harder next."),
    ],
)
def test_without_this_a_97112_entry_gets_advice_and_can_be_signed(details, element, message):
    entry, _ = neuro.read(details)

    found = check_neuro(entry, KEY)

    assert [(f.element, f.message, f.is_required) for f in found] == [(element, message, False)]


@pytest.mark.parametrize(
    ("goal", "case", "message"),
    [
        (None, CASE, "Link it to a goal."),
        (None, Case(True, 1, 0), "The case has no goals yet: add one to the plan."),
        (5, CASE, "This goal has no measure to reach."),
    ],
)
def test_a_timed_service_is_advised_to_serve_a_measurable_goal(goal, case, message):
    found = check(EXERCISE | {"goal": goal}, case=case)

    assert [(f.element, f.message, f.is_required) for f in found] == [("goal", message, False)]


@pytest.mark.parametrize(
    ("entries", "more", "missing"),
    [
        ([], {}, {("entries", "Log at least one service.")}),
        ([EXERCISE | {"narrative": " "}], {}, {("narrative", "Say what was done.")}),
        ([EXERCISE | {"minutes": ""}], {}, {
            ("minutes", "Write the minutes."),
            ("total_treatment_minutes",
             "Write the total treatment minutes: not every service has its own."),
        }),
        ([EXERCISE | {"minutes": ""}], {"total_treatment_minutes": 30},
         {("minutes", "Write the minutes.")}),
        ([EXERCISE, {"code": "97010"}], {}, {
            ("total_treatment_minutes",
             "Write the total treatment minutes: not every service has its own."),
        }),
        ([EXERCISE], {"total_treatment_minutes": 19}, {
            ("total_treatment_minutes",
             "The services come to 20 minutes, more than this total."),
        }),
        ([EXERCISE], {"total_treatment_minutes": "x"},
         {("total_treatment_minutes", "Write whole minutes, such as 15.")}),
        ([{"code": "97130", "minutes": 15, "narrative": "Sequencing", "goal": 4}], {},
         {("code", "97130 needs 97129 on the same day.")}),
        ([EXERCISE | {"carried": ["minutes"]}], {},
         {("minutes", "Confirm the minutes: they are the last visit's.")}),
        ([NEURO | {"narrative_is_own": True, "narrative": ""}], {},
         {("narrative", "Write the sentence, or have it composed.")}),
        ([{"code": "97161", "minutes": 40, "assistant_minutes": 10}], {"assistant": 9},
         {("assistant_minutes", "An assistant cannot furnish an evaluation.")}),
    ],
)  # fmt: skip
def test_without_this_a_visit_cannot_be_signed(entries, more, missing):
    assert required(check(*entries, **more)) == missing


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("daily", {"note.assessment"}),
        (
            "evaluation",
            {
                "note.subjective",
                "note.objective",
                "note.assessment",
                "note.plan",
                "examination.prior_level",
            },
        ),
        ("re_evaluation", {"note.objective", "note.assessment", "note.plan"}),
        ("progress", {"note.objective", "note.assessment", "note.plan"}),
        ("discharge", {"note.objective", "note.assessment"}),
    ],
)
def test_each_kind_of_note_needs_its_parts(kind, missing):
    found = check(EXERCISE, note={"kind": kind})

    assert {finding.element for finding in found if finding.is_required} == missing


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (Case(is_linked=False), "Link the visit to a case with its diagnosis and plan."),
        (Case(is_linked=True), "The case has no diagnosis: add it to the case."),
    ],
)
def test_a_visit_hangs_on_a_case_with_a_diagnosis(case, message):
    assert ("episode", message) in required(check(NEURO, case=case))


@pytest.mark.parametrize(
    ("entries", "note", "advice"),
    [
        ([EXERCISE], {"assessment": "Steadier."},
         {("note.plan", "Write the plan: what comes next.")}),
        ([{"code": "97161", "minutes": 40}], SOAP,
         {("note.kind", "You log an evaluation: choose that kind of note.")}),
        ([{"code": "97164", "minutes": 20}], SOAP,
         {("note.kind", "You log a re-evaluation: choose that kind of note.")}),
        ([{"code": "92507", "minutes": 30}], SOAP,
         {("code", "92507 is not usual for PT: check the code.")}),
        ([NEURO | {"carried": ["purposes", "deficit"]}], SOAP,
         {("carried",
           "Carried forward from the last visit: change or confirm what is marked.")}),
    ],
)  # fmt: skip
def test_advice_is_given_and_blocks_nothing(entries, note, advice):
    found = check(*entries, note=note)

    assert (required(found), advised(found)) == (set(), advice)


def test_an_evaluation_needs_no_words_about_each_service():
    note = SOAP | {"kind": "evaluation", "subjective": "Falls.", "objective": "Berg 41/56."}

    examined = {
        "history": "Stroke in January.",
        "prior_level": "Walked a mile.",
        "systems": "Skin whole; heart rate 72.",
        "pain": {"now": 0},
    }

    assert check({"code": "97161", "minutes": 40}, note=note, examination=examined) == []


@pytest.mark.parametrize("kind", ["evaluation", "re_evaluation"])
def test_an_evaluation_cannot_be_signed_without_a_goal(kind):
    message = "Add a goal to the case: the plan of care rests on it."

    assert ("episode", message) in required(
        check(EXERCISE, note=SOAP | {"kind": kind}, case=Case(is_linked=True, diagnoses=1))
    )


@pytest.mark.parametrize(
    ("kind", "element", "message"),
    [
        (
            "evaluation",
            "examination.history",
            "Write the history: onset, course, what matters of other illness.",
        ),
        (
            "evaluation",
            "examination.systems",
            "Write the systems review: heart and lungs, skin, muscles, nerves, communication.",
        ),
        (
            "re_evaluation",
            "note.kind",
            "No such service is logged: add its code, or choose another kind of note.",
        ),
        (
            "discharge",
            "note.plan",
            "Say why care ends and what follows: home program, who to call.",
        ),
    ],
)
def test_each_kind_is_advised_of_what_is_its_own(kind, element, message):
    note = {"kind": kind, "assessment": "Steadier."}

    assert (element, message) in advised(check(EXERCISE, note=note))


@pytest.mark.parametrize("kind", ["evaluation", "re_evaluation", "progress", "discharge"])
def test_a_kind_that_stands_on_measurements_is_advised_to_measure_something(kind):
    message = "Measure something: pain, motion, strength or balance."
    note = SOAP | {"kind": kind}
    measured = {"strength": [{"id": "grip", "side": "left", "grade": "4"}]}

    assert ("examination", message) in advised(check(EXERCISE, note=note))
    assert ("examination", message) not in advised(check(EXERCISE, note=note, examination=measured))
    assert ("examination", message) not in advised(check(EXERCISE))


def test_a_wrong_number_of_the_examination_blocks_signing_at_its_field():
    found = check(NEURO, EXERCISE, examination={"pain": {"now": 12}})

    assert required(found) == {("examination.pain.now", "Write a whole number from 0 to 10.")}


def test_a_finding_tells_the_page_where_it_belongs():
    (finding,) = check(EXERCISE | {"narrative": ""})

    assert finding.as_dict() == {
        "path": f"entries.{KEY}.narrative",
        "entry": KEY,
        "element": "narrative",
        "level": "required",
        "message": "Say what was done.",
        "source": "CMS Pub. 100-02, ch. 15, § 220.3 E",
    }
