"""What-if, from what somebody writes down to the whole answer."""

import json
from decimal import Decimal

import pytest

from billing.rules.explain import answer
from billing.rules.types import Discipline, Gpci, Rates, Shares
from billing.rules.visit import StoredRules
from billing.rules.visit_input import BadInput
from tests.billing.rules.makers import policy
from tests.billing.rules.tables import CODES, EDITS, MUE, RVU, THRESHOLDS

ONE = Gpci(Decimal(1), Decimal(1), Decimal(1))
RATES = Rates(Decimal("33.4009"), ONE, RVU, pe_reduction=Decimal("0.50"))
GP = "Furnished under a physical therapy plan of care (CMS Pub. 100-04, ch. 5, § 20.1)"


def stored(**changes) -> StoredRules:
    known = {
        "codes": CODES,
        "policy": policy(),
        "edits": EDITS,
        "mue": MUE,
        "rates": RATES,
        "threshold": THRESHOLDS[2026],
    }
    return StoredRules(**(known | changes))


def visit(*services: dict, **more) -> dict:
    return {
        "date_of_service": "2026-03-02",
        "discipline": "PT",
        "unit_rule": "cms",
        "services": list(services),
        **more,
    }


def ask(data, rules: StoredRules | None = None):
    return answer(data, CODES, lambda visit: rules or stored())


THE_VISIT = visit(
    {
        "code": "97112",
        "minutes": 24,
        "assistant_minutes": 0,
        "regions": ["left lower extremity"],
        "modifiers": [],
        "starts_at": None,
        "ends_at": None,
    },
    {"code": "97110", "minutes": 23},
    payer={
        "discipline_modifier": True,
        "ncci": True,
        "mue": True,
        "assistant_modifier": True,
        "distinct_modifier": "59",
        "mppr": True,
        "kx": True,
    },
    year_to_date={"PT": "2400.00", "SLP": "0.00", "OT": "0.00"},
    rates={
        "conversion_factor": "33.4009",
        "gpci": {"work": "1", "pe": "1", "mp": "1"},
        "rvu": {"97112": {"work": ".50", "pe": ".47", "mp": ".01"}},
        "pe_reduction": "0.50",
    },
)


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


MEDICARE_SHARES = Shares(Decimal("0.2"), Decimal("0.85"), Decimal("0.02"))


def test_medicare_s_shares_settle_the_allowed_amount():
    result = ask(THE_VISIT, stored(shares=MEDICARE_SHARES))

    assert result["settlement"] == {
        "deductible": "0.00",
        "coinsurance": "15.96",
        "patient_owes": "15.96",
        "before_assistant": "63.86",
        "before_sequestration": "63.86",
        "paid": "62.58",
    }
    assert result["proof"][-3:] == [
        "The Part B deductible is taken as met",
        "Coinsurance: the patient bears 20 % of the rest",
        "Sequestration takes 2 % of what Medicare pays",
    ]


def test_the_assistants_share_comes_off_medicares_part_and_the_proof_says_how_much():
    visit_of_both = visit(
        {"code": "97112", "minutes": 30, "assistant_minutes": 30}, {"code": "97110", "minutes": 15}
    )

    result = ask(visit_of_both, stored(shares=MEDICARE_SHARES))

    # 97112 CQ 32.73 + 24.88 = 57.61, 97110 22.21: coinsurance 11.52 + 4.44,
    # 46.09 × 0.85 = 39.18 (6.91 less), 17.77 whole; × 0.98 = 38.40 + 17.41.
    assert result["settlement"] == {
        "deductible": "0.00",
        "coinsurance": "15.96",
        "patient_owes": "15.96",
        "before_assistant": "63.86",
        "before_sequestration": "56.95",
        "paid": "55.81",
    }
    assert (
        "An assistant's service is paid at 85 % of Medicare's part: 6.91 less; the coinsurance "
        "stays whole (CMS therapy services page, CQ/CO: 10 % standard and the 2022 exceptions)"
    ) in result["proof"]


def test_what_is_left_of_the_deductible_is_used_up_by_the_first_lines():
    result = ask(THE_VISIT | {"deductible_remaining": "60.00"}, stored(shares=MEDICARE_SHARES))

    # 57.61 of the first line and 2.39 of the second; 20 % of the 19.82 that are left.
    assert result["settlement"] == {
        "deductible": "60.00",
        "coinsurance": "3.96",
        "patient_owes": "63.96",
        "before_assistant": "15.86",
        "before_sequestration": "15.86",
        "paid": "15.54",
    }
    assert "Deductible: 60.00 of the 60.00 left falls on the patient" in result["proof"]


def test_nothing_is_settled_while_a_line_has_no_price():
    unpriced = visit({"code": "97112", "minutes": 15}, {"code": "97012"})

    assert ask(unpriced, stored(shares=MEDICARE_SHARES))["settlement"] is None


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


def test_the_proof_names_the_reduction_from_the_second_unit_on():
    def reductions(minutes: int) -> list[str]:
        proof = ask(visit({"code": "97112", "minutes": minutes}))["proof"]
        return [sentence for sentence in proof if "practice expense" in sentence]

    assert (len(reductions(15)), len(reductions(30))) == (0, 1)


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


def test_a_code_without_a_rate_leaves_the_others_their_price():
    result = ask(visit({"code": "97112", "minutes": 15}, {"code": "97035", "minutes": 15}))

    assert [line["allowed"] for line in result["lines"]] == ["32.73", None]
    assert result["totals"] == {"allowed": None}


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ({"conversion_factor": "33.4009"}, None),
        (
            {
                "conversion_factor": "33.4009",
                "gpci": {"work": "1", "pe": "1", "mp": "1"},
                "rvu": {"97112": {"work": ".50", "pe": ".47", "mp": ".01"}},
                "pe_reduction": "0.5",
            },
            "57.61",
        ),
        (
            {
                "conversion_factor": "33.4009",
                "gpci": {"work": "1", "pe": "1", "mp": "1"},
                "rvu": {"97112": {"work": ".50", "pe": ".47"}},
                "pe_reduction": "0.5",
            },
            None,
        ),
        (
            {
                "conversion_factor": "33.4009",
                "gpci": {"work": "1", "pe": "1", "mp": "1"},
                "rvu": {"97112": {"work": ".50", "pe": ".47", "mp": ".01"}},
            },
            None,
        ),
    ],
    ids=["no locality", "all of it", "a code without malpractice", "no reduction"],
)
def test_rates_written_down_must_be_whole_where_none_are_stored(given, total):
    result = ask(visit({"code": "97112", "minutes": 30}, rates=given), stored(rates=None))

    assert result["totals"] == {"allowed": total}


def test_without_the_reduction_its_size_need_not_be_known():
    rates = {
        "conversion_factor": "33.4009",
        "gpci": {"work": "1", "pe": "1", "mp": "1"},
        "rvu": {"97112": {"work": ".50", "pe": ".47", "mp": ".01"}},
    }

    result = ask(
        visit({"code": "97112", "minutes": 30}, rates=rates, payer={"mppr": False}),
        stored(rates=None),
    )

    assert result["totals"] == {"allowed": "65.46"}


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
