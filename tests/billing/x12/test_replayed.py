"""Whatever an earlier payer decided goes out balanced, or not at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.earlier_payers import as_sent
from billing.rules.balance import Adjusted, Decided, DecidedLine, imbalances, paid_for_claim
from billing.x12 import codes
from billing.x12.check_837p import check_837p
from billing.x12.segments import X12ValueError
from billing.x12.types import LineAdjudication
from billing.x12.write_837p import write_837p
from tests.billing.x12.cast import COMMERCIAL, file_of
from tests.billing.x12.pyx12_check import check
from tests.billing.x12.samples.medicare_secondary.source import FILE

(CLAIM,) = FILE.claims
CENT = Decimal("0.01")
cents = st.integers(0, 20_000).map(lambda amount: amount * CENT)
adjusted = st.builds(
    Adjusted,
    group=st.sampled_from([group.value for group in codes.AdjustmentGroup]),
    reason=st.sampled_from(["1", "2", "3", "45", "253", "96", "B7", "P12"]),
    amount=st.integers(-2_000, 9_000).filter(bool).map(lambda amount: amount * CENT),
    quantity=st.one_of(st.none(), st.integers(1, 12)),
)


@st.composite
def decisions(draw) -> Decided:
    """About the sample's two lines: accounted for to the cent, or a little beside it."""
    lines = []
    for number, line in enumerate(CLAIM.lines, start=1):
        some = draw(st.lists(adjusted, max_size=6))
        paid = draw(st.integers(0, int(line.charge * 100)).map(lambda amount: amount * CENT))
        rest = line.charge - paid - sum((each.amount for each in some), Decimal(0))
        rest += draw(st.sampled_from([Decimal(0)] * 4 + [CENT, Decimal("-10.00")]))
        if rest:
            some.append(Adjusted("CO", "45", rest))
        lines.append(
            DecidedLine(
                number=number,
                code=line.code,
                charge=line.charge,
                paid=paid,
                units=line.units,
                modifiers=("GP",),
                adjustments=tuple(some),
            )
        )
    whole = tuple(draw(st.lists(adjusted, max_size=2)))
    paid = paid_for_claim(lines, whole) + draw(st.sampled_from([Decimal(0)] * 5 + [CENT]))
    return Decided(CLAIM.total_charge, paid, tuple(lines), whole)


def file_with(decided: Decided):
    """The sample's file with this decision in place of its own."""
    (other,) = CLAIM.other_payers
    return replace(
        FILE,
        claims=(
            replace(
                CLAIM,
                lines=tuple(
                    replace(
                        line,
                        adjudications=(
                            LineAdjudication(
                                payer_id=COMMERCIAL.id,
                                paid=said.paid,
                                code=said.code,
                                modifiers=said.modifiers,
                                units=said.units,
                                adjudicated_on=date(2026, 3, 20),
                                adjustments=as_sent(said.adjustments),
                            ),
                        ),
                    )
                    for line, said in zip(CLAIM.lines, decided.lines, strict=True)
                ),
                other_payers=(
                    replace(
                        other,
                        paid=decided.paid,
                        remaining_liability=decided.share if decided.share >= 0 else None,
                        adjustments=as_sent(decided.adjustments),
                    ),
                ),
            ),
        ),
    )


@settings(max_examples=60)
@given(decisions())
def test_random_adjustments_balance_in_the_file_or_are_refused(decided):
    file = file_with(decided)

    if imbalances(decided) or decided.paid < 0:
        with pytest.raises(X12ValueError):
            write_837p(file)
    else:
        content = write_837p(file)
        assert check_837p(content) == []


@settings(max_examples=6)
@given(decisions().filter(lambda decided: not imbalances(decided) and decided.paid >= 0))
def test_what_balances_passes_the_independent_validator(decided):
    assert check(write_837p(file_with(decided)).decode("ascii")) == (True, [])


def test_the_strategy_makes_both_kinds():
    """Else the test above could not fail."""
    assert file_of(CLAIM).claims == FILE.claims
    told = Decided(
        CLAIM.total_charge,
        Decimal("0.00"),
        tuple(
            DecidedLine(
                number=number,
                code=line.code,
                charge=line.charge,
                paid=Decimal("0.00"),
                units=0,
                modifiers=("GP",),
                adjustments=(Adjusted("PR", "1", line.charge),),
            )
            for number, line in enumerate(CLAIM.lines, start=1)
        ),
    )
    assert imbalances(told) == []
    assert b"SVD*88201*0*HC:97112:GP**0~" in write_837p(file_with(told))
    with pytest.raises(X12ValueError, match="is not what the payer paid for the lines"):
        write_837p(
            file_with(replace(told, lines=(replace(told.lines[0], paid=CENT), told.lines[1])))
        )
