"""Limits, relative values and indices hold from their own day on."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.models import (
    ClinicLocality,
    ConversionFactor,
    GeographicIndex,
    RelativeValue,
    UnitLimit,
)
from billing.rule_data import limits_on
from billing.rules.types import MueLimit
from tests.billing import cms_samples as cms
from tests.billing.rule_loads.makers import JULY, MARCH, held_limits, taken
from tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db


def test_limits_hold_from_their_quarter_and_the_older_ones_before_it():
    rows = [row for row in held_limits() if row[0] != "97112"]

    taken(cms.limits(*rows, ("97112", "5", "2 Edit")), "mue")

    assert limits_on(JULY, ["97112"]) == {"97112": MueLimit("97112", 5, 2)}
    assert limits_on(dt.date(2026, 6, 30), ["97112"]) == {"97112": MueLimit("97112", 4, 3)}


def test_an_edition_loaded_late_ends_where_the_next_one_begins():
    rows = [row for row in held_limits() if row[0] not in ("97112", "97110")]
    october = dt.date(2026, 10, 1)
    taken(cms.limits(*rows, ("97112", "6", "3 Edit")), "mue", starts=october)

    late = taken(cms.limits(*rows, ("97112", "5", "3 Edit"), ("97110", "7", "3 Edit")), "mue")

    units = [
        {code: limit.units for code, limit in limits_on(day, ["97112", "97110"]).items()}
        for day in (MARCH, JULY, dt.date(2026, 9, 30), october)
    ]
    assert units == [{"97112": 4, "97110": 6}, {"97112": 5, "97110": 7}, {"97112": 5, "97110": 7},
                     {"97112": 6}]  # fmt: skip
    assert late.counts["changed"] == 2


def test_an_edition_loaded_again_is_the_same_edition():
    content = cms.limits(*held_limits())
    taken(content, "mue")
    again = taken(content, "mue")

    assert {what: again.counts[what] for what in ("added", "changed", "ended")} == {
        "added": 0,
        "changed": 0,
        "ended": 0,
    }
    assert UnitLimit.objects.in_force_on(JULY).count() == len(held_limits())


def test_relative_values_bring_the_conversion_factor_and_the_reduction():
    rows = [
        cms.value(
            code,
            f"{work}",
            f"{pe}",
            f"{mp}",
            f"{work + pe + mp}",
            mult="0" if code == "97110" else "5",
            factor="33.5675",
        )
        for code, work, pe, mp in RelativeValue.objects.in_force_on(MARCH).values_list(
            "code", "work", "practice_expense", "malpractice"
        )
    ]

    taken(cms.values(*rows), "rvu")

    factors = [ConversionFactor.objects.in_force_on(day).get().amount for day in (MARCH, JULY)]
    assert factors == [Decimal("33.4009"), Decimal("33.5675")]
    reduced = [
        RelativeValue.objects.in_force_on(day).get(code="97110").mppr for day in (MARCH, JULY)
    ]
    assert reduced == [True, False]


def test_indices_name_the_localities_clinics_choose_from(client, biller):
    clinic = ClinicFactory()
    taken(cms.indices("13202,NY,01,Manhattan,1.05,1.064,1.162,1.586"), "gpci",
          starts=dt.date(2020, 1, 1))  # fmt: skip
    client.force_login(biller)

    client.post(reverse("billing:locality", args=[clinic.pk]), {"locality": "13202-01"})

    assert str(ClinicLocality.objects.get(clinic=clinic)) == "13202-01"
    assert GeographicIndex.objects.get().work == Decimal("1.0640")
    client.post(reverse("billing:locality", args=[clinic.pk]), {"locality": ""})
    assert not ClinicLocality.objects.exists()
