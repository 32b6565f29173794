"""The stored rules are those of the date of service: starter set, years, prices."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.models import ClinicLocality, GeographicIndex, MedicareAmounts, NcciPair
from billing.policies import code_facts
from billing.rule_data import amounts_on, edits_on, gpci_on, limits_on, rates_on, threshold_of
from billing.rules.types import Gpci, MueLimit, Threshold
from billing.what_if import explain_data
from tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db
AUGUST_2024, MARCH_2026 = dt.date(2024, 8, 1), dt.date(2026, 3, 2)


def pair_on(day, *codes) -> list[tuple]:
    return [
        (edit.column1, edit.column2, edit.modifier_indicator)
        for edit in edits_on(day, codes)
        if edit.modifier_indicator != 9
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("97112", "97760"), [("97760", "97112", 1)]),
        (("97112", "97763"), [("97763", "97112", 1)]),
        (("90912", "97112"), [("90912", "97112", 1)]),
        (("92526", "97112"), [("92526", "97112", 1)]),
        (("97112", "98940"), [("98940", "97112", 1)]),
        (("97036", "97112"), [("97112", "97036", 1)]),
        (("97110", "97150"), [("97150", "97110", 1)]),
        (("97140", "97150"), [("97150", "97140", 1)]),
        (("97150", "97530"), [("97150", "97530", 1)]),
        (("97530", "97750"), [("97530", "97750", 1)]),
        (("97140", "97750"), [("97140", "97750", 1)]),
        (("97110", "97113"), [("97113", "97110", 1)]),
        (("97012", "97140"), [("97012", "97140", 1)]),
        (("97140", "98941"), [("98941", "97140", 1)]),
        (("97124", "97140"), [("97140", "97124", 0)]),
        (("97161", "97750"), [("97161", "97750", 0)]),
        (("97161", "97164"), [("97161", "97164", 0)]),
        (("97161", "97162"), [("97162", "97161", 0)]),
        (("97161", "98940"), [("98940", "97161", 0)]),
        (("97150", "97750"), [("97750", "97150", 0)]),
        (("97140", "97161"), []),
        (("97110", "97164"), []),
        (("97116", "97164"), []),
        (("97112", "97116"), []),
        (("97112", "97750"), []),
        (("97112", "97161"), []),
        (("20560", "97112"), []),
        (("97110", "98940"), []),
        (("97110", "97140"), []),
        (("97112", "97530"), []),
    ],
)
def test_the_starter_set_knows_the_published_pair_in_either_order(codes, expected):
    assert pair_on(AUGUST_2024, *codes) == expected
    assert pair_on(AUGUST_2024, *codes[::-1]) == expected


def test_a_pair_that_ended_holds_for_the_days_before():
    assert pair_on(dt.date(2019, 12, 31), "97530", "97116") == [("97530", "97116", 1)]
    assert pair_on(dt.date(2020, 1, 1), "97530", "97116") == []
    assert pair_on(dt.date(2021, 12, 31), "97530", "97535") == [("97530", "97535", 1)]
    assert pair_on(dt.date(2022, 1, 1), "97530", "97535") == []


def test_every_pair_names_codes_the_practice_knows_and_its_quarter():
    codes = set(code_facts(MARCH_2026))
    pairs = list(NcciPair.objects.all())

    assert len(pairs) == 350
    assert {code for pair in pairs for code in (pair.column1, pair.column2)} <= codes
    assert {pair.source for pair in pairs} == {
        "Starter set: CMS NCCI practitioner file in force on July 1, 2024 (2024Q3)"
    }


def test_limits_are_those_of_the_day():
    assert limits_on(AUGUST_2024, ["97112", "97161"]) == {
        "97112": MueLimit("97112", 4, 3),
        "97161": MueLimit("97161", 1, 2),
    }
    assert limits_on(dt.date(2024, 6, 30), ["97112"]) == {}


@pytest.mark.parametrize(
    ("year", "amount"),
    [(2019, 2040), (2021, 2110), (2024, 2330), (2025, 2410), (2026, 2480)],
)
def test_each_year_has_its_threshold(year, amount):
    assert threshold_of(amounts_on(dt.date(year, 7, 1))) == Threshold(
        Decimal(amount), Decimal(amount), Decimal(3000)
    )


def test_a_year_nobody_has_written_down_has_none():
    assert amounts_on(dt.date(2027, 1, 1)) is None
    assert rates_on(dt.date(2027, 1, 1), ["97112"], clinic=None, amounts=None) is None


def test_two_sets_of_amounts_for_one_day_are_refused():
    with (
        pytest.raises(IntegrityError, match="one_set_of_medicare_amounts_a_day"),
        transaction.atomic(),
    ):
        MedicareAmounts.objects.create(
            effective_from=dt.date(2026, 12, 31),
            pt_slp_threshold=1,
            ot_threshold=1,
            medical_review=1,
            source="x",
        )


@pytest.mark.parametrize(
    ("day", "factor", "price"),
    [
        (dt.date(2024, 3, 8), "32.7442", "33.07"),
        (dt.date(2024, 3, 9), "33.2875", "33.62"),
        (dt.date(2025, 6, 1), "32.3465", "32.02"),
        (MARCH_2026, "33.4009", "32.73"),
    ],
)
def test_a_97112_is_priced_by_its_day(day, factor, price):
    asked = {
        "date_of_service": day.isoformat(),
        "discipline": "PT",
        "unit_rule": "cms",
        "services": [{"code": "97112", "minutes": 15}],
    }
    answer = explain_data(asked)

    assert answer["lines"][0]["unit_prices"] == [price]
    assert any(
        f"conversion factor {factor}, national amounts (no locality is named)" in sentence
        for sentence in answer["proof"]
    )


def test_the_clinics_locality_prices_its_visits():
    clinic = ClinicFactory()
    GeographicIndex.objects.create(
        contractor="13202",
        locality="01",
        state="NY",
        name="Manhattan",
        work="1.064",
        practice_expense="1.162",
        malpractice="1.586",
        effective_from=dt.date(2026, 1, 1),
        source="test",
    )
    ClinicLocality.objects.create(clinic=clinic, contractor="13202", locality="01")

    place, gpci = gpci_on(MARCH_2026, clinic)

    assert (place, gpci) == (
        "NY: Manhattan",
        Gpci(Decimal("1.064"), Decimal("1.162"), Decimal("1.586")),
    )
    assert gpci_on(dt.date(2025, 3, 2), clinic)[1] == Gpci(Decimal(1), Decimal(1), Decimal(1))
