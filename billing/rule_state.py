"""What of CMS's tables is loaded today, from where and by whom, and what of it is out of date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from billing.models import (
    ConversionFactor,
    GeographicIndex,
    MedicareAmounts,
    NcciPair,
    RelativeValue,
    RuleLoad,
    UnitLimit,
)
from billing.rules.cms_quarters import first_of_quarter, quarter_name
from billing.rules.words import spoken

STARTER_QUARTER = dt.date(2024, 7, 1)  # of the pairs and limits the program comes with
QUARTERLY = (RuleLoad.Kind.NCCI, RuleLoad.Kind.MUE)


@dataclass(frozen=True)
class Held:
    """One of the tables as it stands on a day. `load` is None while it is the starter set."""

    kind: str
    label: str
    rows: int
    starts: dt.date | None
    source: str
    load: RuleLoad | None

    @property
    def edition(self) -> str:
        if self.starts is None:
            return ""
        if self.kind in QUARTERLY:
            return quarter_name(self.starts)
        return spoken(self.starts)


def held_on(day: dt.date) -> list[Held]:
    """All four tables. A table's edition is the latest file that holds on the day."""
    loads: dict[str, RuleLoad] = {}
    taken = RuleLoad.objects.filter(status=RuleLoad.Status.TAKEN, holds_from__lte=day)
    for load in taken.select_related("taken_by").order_by("holds_from", "taken_at"):
        loads[load.kind] = load
    pairs = (
        NcciPair.objects.filter(Q(effective_on=None) | Q(effective_on__lte=day))
        .filter(Q(deleted_on=None) | Q(deleted_on__gte=day))
        .exclude(modifier_indicator=9)
    )
    counts = {
        RuleLoad.Kind.NCCI: pairs.count(),
        RuleLoad.Kind.MUE: UnitLimit.objects.in_force_on(day).count(),
        RuleLoad.Kind.RVU: RelativeValue.objects.in_force_on(day).count(),
        RuleLoad.Kind.GPCI: GeographicIndex.objects.in_force_on(day).count(),
    }
    return [
        _held(kind, counts[kind], loads.get(kind), day)
        for kind in (RuleLoad.Kind(k) for k in counts)
    ]


def _held(kind: RuleLoad.Kind, rows: int, load: RuleLoad | None, day: dt.date) -> Held:
    if load is not None:
        return Held(kind, kind.label, rows, load.holds_from, load.file_name, load)
    if not rows:
        return Held(kind, kind.label, 0, None, "", None)
    starts = STARTER_QUARTER
    if kind is RuleLoad.Kind.RVU:
        factor = ConversionFactor.objects.in_force_on(day).first()
        starts = factor.effective_from if factor else dt.date(day.year, 1, 1)
    return Held(kind, kind.label, rows, starts, "Starter set, came with the program", None)


def outdated_on(day: dt.date) -> list[str]:
    """A sentence for everything a biller should load or write down anew."""
    told = []
    current = first_of_quarter(day)
    newest = {
        kind: RuleLoad.objects.filter(kind=kind, status=RuleLoad.Status.TAKEN, holds_from__lte=day)
        .order_by("-holds_from")
        .values_list("holds_from", flat=True)
        .first()
        for kind in QUARTERLY
    }
    for kind, starts in newest.items():
        quarter = first_of_quarter(starts or STARTER_QUARTER)
        if quarter < current:
            told.append(
                f"{kind.label} are of {quarter_name(quarter)}; load {quarter_name(current)}."
            )
    if not ConversionFactor.objects.in_force_on(day).filter(
        effective_from__gte=dt.date(day.year, 1, 1)
    ):
        told.append(f"Relative values of {day.year} are not loaded.")
    if not MedicareAmounts.objects.in_force_on(day).exists():
        told.append(f"Medicare's amounts of {day.year} are not written down: KX stays undecided.")
    return told
