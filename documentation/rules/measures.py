"""Which outcome measures are there, how is each entered, and what does a number of it mean?

They stand in `documentation/data/measures.json`, each with its license note, so that a clinic can
read and review them. No item of a published questionnaire is worded there: such a measure takes a
total or scores by item number. `documentation.rules.scoring` scores, `documentation.rules.change`
says what a change is worth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "data" / "measures.json"
BETWEEN = "."  # between a measure and its variant in the key of a series


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


class Kind(StrEnum):
    """MDC: what a change must exceed to be more than measurement error. MCID: what matters to
    patients. They are never mixed."""

    MDC = "mdc"
    MCID = "mcid"


class Basis(StrEnum):
    """How well we know a value: read in the study, read where somebody quotes it, or neither."""

    READ = "read"
    QUOTED = "quoted"
    UNCONFIRMED = "unconfirmed"


class Way(StrEnum):
    """How a result is entered."""

    ITEMS = "items"
    PARTS = "parts"
    TRIALS = "trials"
    WALK = "walk"
    ACTIVITIES = "activities"
    TOTAL = "total"


@dataclass(frozen=True)
class Band:
    """A value for baselines of one span; the limits belong to it, but for above and below."""

    value: Decimal
    least: Decimal | None = None
    most: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None

    def holds(self, baseline: Decimal) -> bool:
        return (
            (self.least is None or baseline >= self.least)
            and (self.most is None or baseline <= self.most)
            and (self.above is None or baseline > self.above)
            and (self.below is None or baseline < self.below)
        )


@dataclass(frozen=True)
class Change:
    """One published value, with whom it was found in and where it is written."""

    kind: Kind
    name: str  # MDC95, MIC … as the study calls it
    group: str
    population: str
    source: str
    basis: Basis
    variant: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    percent: int | None = None  # of the baseline
    bands: tuple[Band, ...] = ()

    @property
    def is_usable(self) -> bool:
        """What nobody has read in the paper or a quotation makes no band and no verdict."""
        return self.basis is not Basis.UNCONFIRMED

    def at(self, baseline: Decimal) -> tuple[Decimal, Decimal] | None:
        """The least and the most of the value for this baseline; none where it says nothing."""
        if self.percent is not None:
            part = baseline * self.percent / 100
            return (part, part) if part > 0 else None
        if self.bands:
            found = next((band.value for band in self.bands if band.holds(baseline)), None)
            return (found, found) if found is not None else None
        if self.low is None or self.high is None:
            return None
        return self.low, self.high


@dataclass(frozen=True)
class Cutoff:
    text: str
    source: str
    basis: Basis


@dataclass(frozen=True)
class Part:
    id: str
    label: str
    most: Decimal


@dataclass(frozen=True)
class Special:
    """A result that is no plain number: could not do it, stopped early."""

    id: str
    label: str
    has_value: bool


@dataclass(frozen=True)
class Condition:
    """What is kept beside the number: device, course, rests. A choice or a whole number."""

    id: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    most: int = 0


@dataclass(frozen=True)
class Entry:
    """How the number comes about."""

    way: Way
    count: int = 0  # items
    values: tuple[Decimal, ...] = ()  # what an item may score; empty: anything between
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    formula: str = ""
    required: int = 0
    parts: tuple[Part, ...] = ()
    label: str = ""
    many: int = 1  # trials or activities at most
    anchors: tuple[str, ...] = ()

    @property
    def takes_total(self) -> bool:
        """Whether the sum alone may be entered, scored elsewhere."""
        return self.way in (Way.ITEMS, Way.PARTS, Way.TOTAL)


@dataclass(frozen=True)
class Measure:
    id: str
    name: str
    short: str
    unit: str
    places: int
    low: Decimal
    high: Decimal | None
    ship: str
    license: str
    entry: Entry
    better_of: Mapping[str, Better]  # by variant; "" where it has none
    variants: Mapping[str, str]
    changes: tuple[Change, ...]
    cutoffs: tuple[Cutoff, ...]
    specials: tuple[Special, ...]
    conditions: tuple[Condition, ...]
    how: str = ""
    note: str = ""
    by_patient: bool = False

    def better(self, variant: str = "") -> Better:
        return self.better_of[variant]

    @property
    def range_in_words(self) -> str:
        if self.high is None:
            return f"{self.low} and more, {self.unit}"
        return f"{self.low} to {self.high} {self.unit}"

    def special(self, key: str) -> Special | None:
        return next((special for special in self.specials if special.id == key), None)


@dataclass(frozen=True)
class Series:
    """What can be compared over time: a measure, at one pace, on one side, in one domain."""

    measure: Measure
    variant: str = ""

    @property
    def key(self) -> str:
        return f"{self.measure.id}{BETWEEN}{self.variant}" if self.variant else self.measure.id

    @property
    def label(self) -> str:
        if not self.variant:
            return self.measure.name
        return f"{self.measure.name}, {self.measure.variants[self.variant].lower()}"

    @property
    def short(self) -> str:
        if not self.variant:
            return self.measure.short
        return f"{self.measure.short}, {self.measure.variants[self.variant].lower()}"

    @property
    def better(self) -> Better:
        return self.measure.better(self.variant)

    def say(self, value: Decimal | None) -> str:
        """The number as it is written: "31 pt", "0.72 m/s"."""
        return f"{plain(value)} {self.measure.unit}" if value is not None else "–"


class NoSuchMeasure(KeyError):
    """The house keeps no measure of this key."""


def plain(value: Decimal) -> str:
    """A number without zeros that say nothing: 44, 0.72, 13.5."""
    said = f"{value:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """By key, in the order in which they are offered."""
    return {row["id"]: _measure(row) for row in _file()["measures"]}


@lru_cache(maxsize=1)
def all_series() -> dict[str, Series]:
    """Everything that can be compared over time, by key."""
    found = [
        Series(measure, variant)
        for measure in measures().values()
        for variant in (measure.variants or {"": ""})
    ]
    return {series.key: series for series in found}


def series(key: str) -> Series:
    """The series of this key. Raises `NoSuchMeasure`."""
    try:
        return all_series()[key]
    except KeyError:
        raise NoSuchMeasure(key) from None


@lru_cache(maxsize=1)
def groups_as_written() -> tuple[Mapping[str, Any], ...]:
    return tuple(_file()["groups"])


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"), parse_float=Decimal)
    return found


def _measure(row: Mapping[str, Any]) -> Measure:
    variants = row.get("variants", {})
    better = row.get("better_by_variant") or dict.fromkeys(variants or [""], row["better"])
    return Measure(
        id=row["id"],
        name=row["name"],
        short=row["short"],
        unit=row["unit"],
        places=row["places"],
        low=Decimal(row["low"]),
        high=_decimal(row["high"]),
        ship=row["ship"],
        license=row["license"],
        entry=_entry(row["entry"]),
        better_of={variant: Better(word) for variant, word in better.items()},
        variants=variants,
        changes=tuple(_change(each) for each in row["changes"]),
        cutoffs=tuple(
            Cutoff(each["text"], each["source"], Basis(each["basis"]))
            for each in row.get("cutoffs", ())
        ),
        specials=tuple(Special(**each) for each in row.get("special", ())),
        conditions=tuple(_condition(each) for each in row.get("conditions", ())),
        how=row.get("how", ""),
        note=row.get("note", ""),
        by_patient=row.get("by_patient", False),
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    values = tuple(Decimal(value) for value in row.get("values", ()))
    least, most = row.get("between", (min(values, default=0), max(values, default=0)))
    return Entry(
        way=Way(row["kind"]),
        count=row.get("count", 0),
        values=values,
        least=Decimal(least),
        most=Decimal(most),
        formula=row.get("formula", ""),
        required=row.get("required", row.get("least", 0)),
        parts=tuple(Part(key, label, Decimal(top)) for key, label, top in row.get("parts", ())),
        label=row.get("label", ""),
        many=row.get("most", 1),
        anchors=tuple(row.get("anchors", ())),
    )


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        kind=Kind(row["kind"]),
        name=row["name"],
        group=row["group"],
        population=row["population"],
        source=row["source"],
        basis=Basis(row["basis"]),
        variant=row.get("variant", ""),
        low=_decimal(row.get("low")),
        high=_decimal(row.get("high")),
        percent=row.get("percent"),
        bands=tuple(
            Band(
                Decimal(band["value"]),
                _decimal(band.get("from")),
                _decimal(band.get("through")),
                _decimal(band.get("above")),
                _decimal(band.get("below")),
            )
            for band in row.get("bands", ())
        ),
    )


def _condition(row: Mapping[str, Any]) -> Condition:
    least, most = row.get("number", (0, 0))
    return Condition(row["id"], row["label"], row.get("choices", {}), least, most)


def _decimal(value: Any) -> Decimal | None:
    return Decimal(value) if value is not None else None
