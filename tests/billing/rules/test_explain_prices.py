"""What-if: which rates price a visit, what reduces them, and who bears what is allowed."""

from decimal import Decimal

import pytest

from billing.rules.types import Shares
from tests.billing.rules.explained import THE_VISIT, ask, stored, visit

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


def test_the_proof_names_the_reduction_from_the_second_unit_on():
    def reductions(minutes: int) -> list[str]:
        proof = ask(visit({"code": "97112", "minutes": minutes}))["proof"]
        return [sentence for sentence in proof if "practice expense" in sentence]

    assert (len(reductions(15)), len(reductions(30))) == (0, 1)


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
