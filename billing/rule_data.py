"""Medicare's own tables, handed to the pure rules as the values of one date of service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q

from billing.models import (
    ClinicLocality,
    ConversionFactor,
    GeographicIndex,
    MedicareAmounts,
    NcciPair,
    RelativeValue,
    UnitLimit,
)
from billing.rules.types import Gpci, MueLimit, PtpEdit, Rates, Rvu, Shares, Threshold
from people.models import Clinic

NATIONAL = Gpci(Decimal(1), Decimal(1), Decimal(1))


def edits_on(day: dt.date, codes: Collection[str]) -> tuple[PtpEdit, ...]:
    """The pairs in force among these codes, whichever column each stands in."""
    rows = (
        NcciPair.objects.filter(column1__in=codes, column2__in=codes)
        .filter(Q(effective_on=None) | Q(effective_on__lte=day))
        .filter(Q(deleted_on=None) | Q(deleted_on__gte=day))
    )
    return tuple(
        PtpEdit(*row)
        for row in rows.values_list(
            "column1", "column2", "modifier_indicator", "effective_on", "deleted_on"
        )
    )


def limits_on(day: dt.date, codes: Collection[str]) -> dict[str, MueLimit]:
    rows = UnitLimit.objects.in_force_on(day).filter(code__in=codes)
    return {
        code: MueLimit(code, units, indicator)
        for code, units, indicator in rows.values_list("code", "units", "adjudication_indicator")
    }


def amounts_on(day: dt.date) -> MedicareAmounts | None:
    amounts: MedicareAmounts | None = MedicareAmounts.objects.in_force_on(day).first()
    return amounts


def threshold_of(amounts: MedicareAmounts | None) -> Threshold | None:
    if amounts is None:
        return None
    return Threshold(amounts.pt_slp_threshold, amounts.ot_threshold, amounts.medical_review)


def shares_of(amounts: MedicareAmounts | None) -> Shares | None:
    if amounts is None:
        return None
    return Shares(amounts.coinsurance, amounts.assistant_share, amounts.sequestration)


def rates_on(
    day: dt.date,
    codes: Collection[str],
    *,
    clinic: Clinic | None,
    amounts: MedicareAmounts | None,
) -> Rates | None:
    """What a unit is worth at this clinic; None where the year's factor is not known.

    A clinic whose locality nobody has named is priced with the national amounts, and the source
    says so.
    """
    factor = ConversionFactor.objects.in_force_on(day).values_list("amount", "source").first()
    if factor is None or amounts is None:
        return None
    rows = RelativeValue.objects.in_force_on(day).filter(code__in=codes)
    place, gpci = gpci_on(day, clinic)
    return Rates(
        conversion_factor=factor[0],
        gpci=gpci,
        rvu={
            code: Rvu(work, practice_expense, malpractice)
            for code, work, practice_expense, malpractice in rows.values_list(
                "code", "work", "practice_expense", "malpractice"
            )
        },
        pe_reduction=amounts.pe_reduction,
        source=f"{factor[1]}, conversion factor {factor[0].normalize():f}, {place}",
    )


def gpci_on(day: dt.date, clinic: Clinic | None) -> tuple[str, Gpci]:
    """The indices of the clinic's locality, with the locality's name."""
    held = ClinicLocality.objects.filter(clinic=clinic).first() if clinic is not None else None
    if held is None:
        return "national amounts (no locality is named)", NATIONAL
    index = (
        GeographicIndex.objects.in_force_on(day)
        .filter(contractor=held.contractor, locality=held.locality)
        .first()
    )
    if index is None:
        return f"national amounts (locality {held} is not loaded for the day)", NATIONAL
    return str(index), Gpci(index.work, index.practice_expense, index.malpractice)
