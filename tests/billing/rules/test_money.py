"""Prices, the multiple-procedure reduction and the chain from allowed to paid, to the cent."""

from decimal import Decimal

import pytest

from billing.rules.money import (
    Settlement,
    full_price_code,
    full_prices,
    price_lines,
    round_cents,
    settle,
    total_allowed,
    unit_price,
)
from billing.rules.types import Gpci, Line, Rates, Rvu
from tests.billing.rules.tables import CODES, RVU

ONE = Gpci(Decimal(1), Decimal(1), Decimal(1))
MANHATTAN = Gpci(Decimal("1.064"), Decimal("1.162"), Decimal("1.586"))


def rates(cf="33.4009", gpci=ONE, rvu=RVU) -> Rates:
    return Rates(Decimal(cf), gpci, rvu, pe_reduction=Decimal("0.50"))


@pytest.mark.parametrize(
    ("lines", "rates", "full", "prices", "total"),
    [
        pytest.param(
            [("97112", 2), ("97110", 1)],
            rates(),
            "97112",
            [["32.73", "24.88"], ["22.21"]],
            "79.82",
            id="mppr-003",
        ),
        pytest.param(
            [("97161", 1), ("97112", 2), ("97110", 1)],
            rates(),
            "97161",
            [["97.86"], ["24.88", "24.88"], ["22.21"]],
            "169.83",
            id="mppr-005",
        ),
        pytest.param(
            [("97112", 1), ("97129", 1)],
            rates(),
            "97112",
            [["32.73"], ["22.38"]],
            "55.11",
            id="mppr-006 outside MULT PROC 5",
        ),
        pytest.param(
            [("97110", 1), ("97116", 1)],
            rates(),
            "97110",
            [["29.06"], ["22.21"]],
            "51.27",
            id="mppr-008 equal in all: the first line",
        ),
        pytest.param(
            [("97112", 1)], rates(gpci=MANHATTAN), "97112", [["36.54"]], "36.54", id="mppr-009"
        ),
        pytest.param(
            [("97112", 1)], rates("33.5675"), "97112", [["32.90"]], "32.90", id="mppr-010"
        ),
        pytest.param(
            [("97112", 2), ("97530", 1)],
            rates(),
            "97530",
            [["24.88", "24.88"], ["35.07"]],
            "84.83",
            id="more practice expense takes the full payment from 97112",
        ),
    ],
)
def test_the_multiple_procedure_reduction_pays_one_unit_whole(lines, rates, full, prices, total):
    lines = [Line(code, units) for code, units in lines]

    priced = price_lines(lines, CODES, rates, mppr=True)

    assert full_price_code(lines, CODES, rates) == full
    assert [[str(price) for price in line.unit_prices] for line in priced] == prices
    assert total_allowed(priced) == Decimal(total)


def test_practice_expense_ranks_before_the_total():
    rvu = {
        "97110": Rvu(Decimal("1.50"), Decimal(".40"), Decimal(".01")),
        "97116": Rvu(Decimal(".45"), Decimal(".41"), Decimal(".01")),
    }
    lines = [Line("97110", 1), Line("97116", 1)]

    assert full_price_code(lines, CODES, rates(rvu=rvu)) == "97116"


def test_equal_practice_expense_is_ranked_by_the_total():
    rvu = {
        "97110": Rvu(Decimal(".45"), Decimal(".41"), Decimal(".01")),
        "97116": Rvu(Decimal(".46"), Decimal(".41"), Decimal(".01")),
    }
    lines = [Line("97110", 1), Line("97116", 1)]

    assert full_price_code(lines, CODES, rates(rvu=rvu)) == "97116"


def test_an_assistants_line_of_the_top_code_is_reduced_throughout():
    lines = [Line("97112", 1), Line("97112", 1, assistant=True)]

    priced = price_lines(lines, CODES, rates(), mppr=True)

    assert [line.allowed for line in priced] == [Decimal("32.73"), Decimal("24.88")]


def test_a_payer_without_the_reduction_pays_every_unit_whole():
    priced = price_lines([Line("97112", 2), Line("97110", 1)], CODES, rates(), mppr=False)

    assert [line.allowed for line in priced] == [Decimal("65.46"), Decimal("29.06")]


def test_a_code_without_a_rate_has_no_price_and_neither_has_the_visit():
    priced = price_lines([Line("97112", 1), Line("97035", 1)], CODES, rates(), mppr=True)

    assert [(line.unit_prices, line.allowed) for line in priced] == [
        ((Decimal("32.73"),), Decimal("32.73")),
        ((), None),
    ]
    assert total_allowed(priced) is None


def test_without_rates_nothing_is_guessed():
    priced = price_lines([Line("97112", 1)], CODES, None, mppr=True)

    assert [(line.unit_prices, line.allowed) for line in priced] == [((), None)]
    assert (total_allowed(priced), full_prices(None)) == (None, {})


def test_a_unit_is_relative_value_times_conversion_factor():
    # mppr-021, lw-consult.com on 2025: 2.0 × 32.35
    two = Rvu(Decimal("2.0"), Decimal(0), Decimal(0))

    assert unit_price(two, rates("32.35")) == Decimal("64.70")
    assert full_prices(rates())["97530"] == Decimal("35.07")


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.004999", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01")],
)
def test_half_a_cent_rounds_away_from_nothing(amount, rounded):
    assert str(round_cents(Decimal(amount))) == rounded


def test_the_assistants_share_comes_off_what_medicare_pays():
    # cq-046: 20.00 + 68.00 of 100.00 is the "88 %" of the articles
    settled = settle(
        Decimal("100.00"),
        deductible_remaining=Decimal("0.00"),
        coinsurance_share=Decimal("0.20"),
        assistant_share=Decimal("0.85"),
        sequestration=Decimal("0.02"),
    )

    assert settled == Settlement(
        allowed=Decimal("100.00"),
        deductible=Decimal("0.00"),
        coinsurance=Decimal("20.00"),
        before_assistant=Decimal("80.00"),
        before_sequestration=Decimal("68.00"),
        paid=Decimal("66.64"),
    )
    assert settled.patient_owes == Decimal("20.00")
    assert settled.coinsurance + settled.before_sequestration == Decimal("88.00")


def test_the_chain_without_an_assistant():
    # mppr-022
    settled = settle(
        Decimal("79.82"),
        deductible_remaining=Decimal("0.00"),
        coinsurance_share=Decimal("0.20"),
        assistant_share=Decimal(1),
        sequestration=Decimal("0.02"),
    )

    assert (settled.coinsurance, settled.before_sequestration, settled.paid) == (
        Decimal("15.96"),
        Decimal("63.86"),
        Decimal("62.58"),
    )


def test_the_deductible_is_the_patients_before_any_share():
    settled = settle(
        Decimal("79.82"),
        deductible_remaining=Decimal("50.00"),
        coinsurance_share=Decimal("0.20"),
        assistant_share=Decimal(1),
        sequestration=Decimal("0.02"),
    )

    # 79.82 - 50.00 = 29.82; 20 % of it is 5.96; 23.86 less 2 % is 23.38
    assert (settled.deductible, settled.coinsurance, settled.patient_owes, settled.paid) == (
        Decimal("50.00"),
        Decimal("5.96"),
        Decimal("55.96"),
        Decimal("23.38"),
    )


def test_a_deductible_beyond_the_amount_leaves_nothing_to_pay():
    settled = settle(
        Decimal("79.82"),
        deductible_remaining=Decimal("283.00"),
        coinsurance_share=Decimal("0.20"),
        assistant_share=Decimal("0.85"),
        sequestration=Decimal("0.02"),
    )

    assert (settled.patient_owes, settled.paid) == (Decimal("79.82"), Decimal("0.00"))
