"""Paid plus adjusted is what was charged, or the sums that do not meet are shown."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.rules.balance import Adjusted, Decided, DecidedLine, imbalances, paid_for_claim
from billing.rules.checks import scrub
from tests.billing.rules.claims import but, line
from tests.billing.rules.earlier_faults import AETNA, DECIDED, SECOND


def test_a_decision_that_accounts_for_every_cent_balances():
    assert imbalances(DECIDED) == []
    assert (DECIDED.adjusted, DECIDED.share) == (Decimal("110.00"), Decimal("40.00"))


def test_a_line_that_does_not_meet_shows_its_three_sums():
    short = replace(DECIDED.lines[0], paid=Decimal("100.00"))

    found = imbalances(replace(DECIDED, lines=(short, DECIDED.lines[1])))

    assert [(each.line, each.message) for each in found] == [
        (
            1,
            "Line 1 (97112): 100.00 paid + 80.00 adjusted = 180.00, but 200.00 was charged: "
            "20.00 is missing.",
        )
    ]


def test_what_is_too_much_is_called_so():
    much = replace(DECIDED.lines[1], paid=Decimal("1040.00"))

    found = imbalances(replace(DECIDED, lines=(DECIDED.lines[0], much)))

    assert [each.message for each in found] == [
        "Line 2 (97110): 1,040.00 paid + 30.00 adjusted = 1,070.00, but 70.00 was charged: "
        "1,000.00 is too much."
    ]


def test_a_claim_decided_as_a_whole_has_one_sum():
    whole = Decided(
        charge=Decimal("170.00"),
        paid=Decimal("100.00"),
        adjustments=(Adjusted("CO", "45", Decimal("50.00")),),
    )

    assert [(each.line, each.message) for each in imbalances(whole)] == [
        (
            None,
            "The claim: 100.00 paid + 50.00 adjusted = 150.00, but 170.00 was charged: "
            "20.00 is missing.",
        )
    ]
    assert imbalances(replace(whole, paid=Decimal("120.00"))) == []


def test_what_is_adjusted_of_the_whole_claim_is_taken_off_what_its_lines_paid():
    whole = (Adjusted("CO", "253", Decimal("3.20")),)
    paid = paid_for_claim(DECIDED.lines, whole)

    assert paid == Decimal("156.80")
    assert imbalances(replace(DECIDED, paid=paid, adjustments=whole)) == []
    assert [each.message for each in imbalances(replace(DECIDED, adjustments=whole))] == [
        "The lines come to 160.00 paid, less 3.20 adjusted for the whole claim = 156.80; "
        "160.00 is given as paid."
    ]


def test_a_negative_adjustment_adds_to_what_is_accounted_for():
    interest = DecidedLine(
        number=1,
        code="97112",
        charge=Decimal("90.00"),
        paid=Decimal("95.00"),
        units=1,
        adjustments=(Adjusted("CO", "45", Decimal("-5.00")),),
    )

    assert imbalances(Decided(Decimal("90.00"), Decimal("95.00"), (interest,))) == []


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        pytest.param(
            but(SECOND, lines=line(1, charge=Decimal("210.00")), total_charge=Decimal("280.00")),
            "Aetna: Line 1 (97112): 120.00 paid + 80.00 adjusted = 200.00, but 210.00 was "
            "charged: 10.00 is missing.",
            id="a charge was changed",
        ),
        pytest.param(
            but(
                SECOND,
                earlier=(replace(AETNA, decided=replace(DECIDED, lines=DECIDED.lines[:1])),),
            ),
            "Aetna decided 1 of the lines, 200.00; this claim has 2, 270.00.",
            id="a line is missing",
        ),
        pytest.param(
            but(SECOND, earlier=(replace(AETNA, decided=None),)),
            "Aetna has not decided yet, or its decision is not entered.",
            id="not decided",
        ),
    ],
)
def test_a_later_payers_claim_is_held_with_the_sums(facts, message):
    assert [found.message for found in scrub(facts)] == [message]


def test_a_good_claim_to_a_later_payer_has_no_findings():
    assert scrub(SECOND) == []
    assert (
        scrub(but(SECOND, coverage__payer__medicare=False, coverage__medicare_secondary="")) == []
    )
