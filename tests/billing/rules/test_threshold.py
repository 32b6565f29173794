"""The yearly therapy amount: what is above it, whose bucket it is, who bears a denial."""

from decimal import Decimal

import pytest

from billing.rules.threshold import Passed, accrued_of, liable_without_kx, passes
from billing.rules.types import Discipline
from tests.billing.rules.tables import THRESHOLDS


@pytest.mark.parametrize(
    ("accrued", "allowed", "passed"),
    [
        ("2400.00", "70.00", Passed(False, Decimal("2470.00"))),  # kx-001
        ("2460.00", "70.00", Passed(True, Decimal("2530.00"))),  # kx-002
        ("2480.00", "0.01", Passed(True, Decimal("2480.01"))),  # kx-005
        ("2410.00", "70.00", Passed(False, Decimal("2480.00"))),  # kx-006: at it is not above
    ],
)
def test_only_what_lies_above_the_amount_passes_it(accrued, allowed, passed):
    assert passes(Decimal(accrued), Decimal(allowed), THRESHOLDS[2026].pt_slp) == passed


@pytest.mark.parametrize(("accrued", "kx"), [("2479.99", False), ("2480.00", True)])
def test_a_line_without_a_price_passes_once_the_amount_is_used_up(accrued, kx):
    assert passes(Decimal(accrued), None, Decimal("2480")) == Passed(kx, None)


@pytest.mark.parametrize(
    ("year", "amount"),
    # kx-y2019, kx-y2021, kx-y2024, kx-y2025, kx-y2026
    [(2019, "2040"), (2021, "2110"), (2024, "2330"), (2025, "2410"), (2026, "2480")],
)
@pytest.mark.parametrize("discipline", list(Discipline))
def test_each_year_has_its_amount(year, amount, discipline):
    limit = THRESHOLDS[year].of(discipline)

    assert limit == Decimal(amount)
    assert passes(limit, Decimal("0.01"), limit).kx
    assert not passes(limit - Decimal("0.01"), Decimal("0.01"), limit).kx


def test_physical_and_speech_therapy_share_and_occupational_therapy_does_not():
    accrued = {
        Discipline.PT: Decimal("2400.00"),
        Discipline.SLP: Decimal("60.00"),
        Discipline.OT: Decimal("5.00"),
    }

    used = [accrued_of(discipline, accrued) for discipline in Discipline]

    assert used == [Decimal("2460.00"), Decimal("5.00"), Decimal("2460.00")]


@pytest.mark.parametrize(
    ("modifiers", "liable"),
    [({"GP", "GA"}, "patient"), ({"GP"}, "provider"), ({"GP", "GZ"}, "provider")],
)
def test_without_kx_only_a_mandatory_notice_makes_the_patient_liable(modifiers, liable):
    # kx-010
    assert liable_without_kx(frozenset(modifiers)) == liable
