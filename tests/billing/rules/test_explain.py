"""What-if, from what somebody writes down to the whole answer."""

import json

import pytest

from billing.rules.explain import answer
from billing.rules.types import Discipline
from billing.rules.visit_input import BadInput
from tests.billing.rules.explained import THE_VISIT, ask, stored, visit
from tests.billing.rules.makers import policy
from tests.billing.rules.tables import CODES

GP = "Furnished under a physical therapy plan of care (CMS Pub. 100-04, ch. 5, § 20.1)"


def test_the_whole_answer_to_a_whole_question():
    assert ask(THE_VISIT) == {
        "timed_minutes": 47,
        "units_total": 3,
        "units": {"97112": 2, "97110": 1},
        "untimed_units": {},
        "alternatives": [],
        "lines": [
            {
                "code": "97112",
                "units": 2,
                "modifiers": ["GP"],
                "unit_prices": ["32.73", "24.88"],
                "allowed": "57.61",
            },
            {
                "code": "97110",
                "units": 1,
                "modifiers": ["GP"],
                "unit_prices": ["22.21"],
                "allowed": "22.21",
            },
        ],
        "findings": [],
        "totals": {"allowed": "79.82"},
        "settlement": None,
        "proof": [
            "24 + 23 = 47 timed minutes",
            "38 to 52 minutes bill 3 units (CMS Pub. 100-04, ch. 5, § 20.2)",
            "97112: 24 = 1 × 15 + 9",
            "97110: 23 = 1 × 15 + 8",
            "Whole blocks of 15 are 2 units; 1 more goes to the most minutes left over: 97112 (9)",
            "97112 has the most practice expense and keeps one whole unit; every other unit "
            "loses 50 % of its practice expense (CMS Pub. 100-04, ch. 5, § 10.7)",
            f"GP on 97112: {GP}",
            f"GP on 97110: {GP}",
            "Used of 2026: 2400.00 of 2480.00 for PT with SLP, 0.00 of 2480.00 for OT",
        ],
    }


def test_an_answer_is_plain_json():
    assert json.loads(json.dumps(ask(THE_VISIT))) == ask(THE_VISIT)


def test_a_list_of_visits_is_answered_by_a_list():
    other = visit({"code": "97110", "minutes": 7})

    assert ask([THE_VISIT, other]) == [ask(THE_VISIT), ask(other)]
    assert ask([]) == []


def test_a_tie_lists_every_other_allocation():
    result = ask(visit({"code": "97112", "minutes": 20}, {"code": "97110", "minutes": 20}))

    # The higher price decides until somebody does.
    assert result["units"] == {"97112": 2, "97110": 1}
    assert result["alternatives"] == [{"97112": 1, "97110": 2}]


def test_untimed_services_have_lines_and_stand_beside_the_timed_units():
    result = ask(visit({"code": "97161", "minutes": 30}, {"code": "97112", "minutes": 15}))

    assert (result["units"], result["untimed_units"]) == ({"97112": 1}, {"97161": 1})
    assert [(line["code"], line["unit_prices"]) for line in result["lines"]] == [
        ("97161", ["97.86"]),
        ("97112", ["24.88"]),
    ]


def test_an_edit_is_a_finding_with_both_columns():
    result = ask(visit({"code": "97150"}, {"code": "97112", "minutes": 15}))

    (finding,) = result["findings"]
    assert finding == {
        "check": "ncci",
        "severity": "error",
        "codes": ["97150", "97112"],
        "column1": "97150",
        "column2": "97112",
        "modifier_indicator": 1,
        "bypass_modifiers": ["59", "XE", "XS", "XP", "XU"],
        "suggested_line": "97112",
        "message": (
            "97150 includes 97112 on the same day: 97112 would be denied. Only if the two were "
            "apart, in time or in region, may 97112 carry 59 or an X modifier."
        ),
        "source": "CMS NCCI procedure-to-procedure edits, practitioner file",
    }


@pytest.mark.parametrize(
    ("times", "modifiers", "checks"),
    [
        (("09:00", "09:30", "09:30", "09:45"), ["59", "GP"], []),
        (("09:00", "09:30", "09:20", "09:35"), ["GP"], ["same_minutes", "ncci"]),
        (
            (
                "2026-03-02T09:00:00-08:00",
                "2026-03-02T09:30:00-08:00",
                "2026-03-02T17:30:00Z",
                "2026-03-02T17:45:00Z",
            ),
            ["59", "GP"],
            [],
        ),
    ],
)
def test_times_are_the_evidence_for_59(times, modifiers, checks):
    group = {"code": "97150", "minutes": 30, "starts_at": times[0], "ends_at": times[1]}
    alone = {"code": "97112", "minutes": 15, "starts_at": times[2], "ends_at": times[3]}

    result = ask(visit(group, alone))

    assert result["lines"][1]["modifiers"] == modifiers
    assert [finding["check"] for finding in result["findings"]] == checks


def test_units_beyond_the_limit_are_found_unless_the_payer_has_none():
    five = {"code": "97112", "minutes": 75}

    assert [f["check"] for f in ask(visit(five))["findings"]] == ["mue"]
    assert ask(visit(five, payer={"mue": False}))["findings"] == []


def test_a_payer_outside_ncci_has_no_edits():
    services = ({"code": "97150"}, {"code": "97112", "minutes": 15})

    assert ask(visit(*services, payer={"ncci": False}))["findings"] == []


def test_a_year_that_has_used_nothing_is_not_a_year_nobody_knows():
    service = {"code": "97112", "minutes": 15, "modifiers": ["KX"]}

    assert [f["check"] for f in ask(visit(service, year_to_date={}))["findings"]] == ["kx"]
    assert ask(visit(service))["findings"] == []


def test_an_assistants_units_stand_on_a_line_of_their_own():
    # cq-001
    result = ask(
        visit(
            {"code": "97110", "minutes": 36, "assistant_minutes": 23},
            {"code": "97140", "minutes": 30},
        )
    )

    assert [(line["code"], line["units"], line["modifiers"]) for line in result["lines"]] == [
        ("97110", 1, ["GP"]),
        ("97110", 1, ["GP", "CQ"]),
        ("97140", 2, ["GP"]),
    ]


def test_the_year_decides_kx_and_the_other_buckets_start_at_nothing():
    service = {"code": "97112", "minutes": 15}

    used_up = ask(visit(service, year_to_date={"SLP": "2480.00"}))
    elsewhere = ask(visit(service, year_to_date={"OT": "2480.00"}))
    switched_off = ask(visit(service, year_to_date={"PT": "2480.00"}, payer={"kx": False}))

    assert [each["lines"][0]["modifiers"] for each in (used_up, elsewhere, switched_off)] == [
        ["GP", "KX"],
        ["GP"],
        ["GP"],
    ]


def test_what_is_written_down_wins_over_what_is_stored():
    service = {"code": "97112", "minutes": 15}
    rates = {"conversion_factor": "33.5675", "rvu": {"97112": {"pe": "0.00"}}}

    result = ask(
        visit(service, unit_rule="ama", payer={"discipline_modifier": False}, rates=rates),
        stored(policy=policy(kx=False)),
    )

    # (.50 + .00 + .01) × 33.5675
    assert result["totals"] == {"allowed": "17.12"}
    assert result["lines"][0]["modifiers"] == []
    assert result["proof"][1].endswith("(AMA: each code alone, a unit begins past its midpoint)")


def test_where_nothing_is_known_nothing_is_invented():
    result = ask(
        visit({"code": "97112", "minutes": 30}), stored(rates=None, threshold=None, edits=())
    )

    assert result["lines"] == [
        {
            "code": "97112",
            "units": 2,
            "modifiers": ["GP"],
            "unit_prices": [],
            "allowed": None,
        }
    ]
    assert result["totals"] == {"allowed": None}
    assert result["proof"][-3:] == [
        "No rate is known for 97112: no price and no total is given",
        f"GP on 97112: {GP}",
        "No KX amount is known for 2026: KX is left undecided",
    ]


def test_an_evaluation_is_billed_under_its_own_discipline():
    # ncci-064: two therapists, one day
    result = ask(visit({"code": "97161", "minutes": 30}, {"code": "97165", "minutes": 30}))

    assert [line["modifiers"] for line in result["lines"]] == [["GP"], ["GO"]]
    assert result["findings"] == []


def test_an_add_on_of_an_untimed_code_wants_its_base():
    result = ask(visit({"code": "97598"}))

    assert [(f["check"], f["codes"]) for f in result["findings"]] == [
        ("addon_without_base", ["97598"])
    ]


def test_stored_rules_are_fetched_for_the_visit_that_was_read():
    asked = []

    def stored_for(read):
        asked.append((read.date_of_service.isoformat(), read.discipline))
        return stored()

    answer([THE_VISIT, visit({"code": "97110", "minutes": 7})], CODES, stored_for)

    assert asked == [("2026-03-02", Discipline.PT)] * 2


def test_nothing_is_fetched_while_anything_cannot_be_read():
    def never(read):
        raise AssertionError("asked for stored rules")

    with pytest.raises(BadInput) as caught:
        answer([THE_VISIT, visit({"code": "97112", "minutes": -1})], CODES, never)

    assert str(caught.value) == ("[1].services[0].minutes: Minutes cannot be negative; this is -1.")
