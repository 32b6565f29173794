"""What a read file would change in the rules, and the change itself.

Pairs bear their own days, so a file amends them one by one and ends, within the codes it reaches,
what it no longer names. The other tables are editions: a file replaces the whole table from its
first day to the day before the next edition's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import Min, Q

from billing.models import (
    ConversionFactor,
    GeographicIndex,
    NcciPair,
    RelativeValue,
    RuleLoad,
    StagedRow,
    UnitLimit,
)
from billing.models.rule_data import last_day_before
from billing.rules.cms_files import WrongRow
from billing.rules.cms_quarters import quarter_name
from billing.rules.words import spoken

SAMPLES = 8  # of each kind of change
# A file cut at the end of a line has no mark of it, but then much of what is held is missing.
MOST_MISSING = 0.10
LEAST_MISSING = 5

Values = dict[str, Any]


@dataclass
class Change:
    what: str  # added, changed, ended
    row: int | None
    told: str


class Changes(Protocol):
    def counts(self) -> dict[str, int]: ...
    def samples(self) -> list[dict[str, Any]]: ...
    def apply(self, load: RuleLoad) -> None: ...


def of(load: RuleLoad, *, reach: tuple[str, str]) -> Changes:
    """Compare the staged rows with what is held. Raises WrongRow for a file that cannot be whole,
    or that an already loaded one has overtaken."""
    staged = list(StagedRow.objects.filter(load=load).order_by("row"))
    if load.kind == RuleLoad.Kind.NCCI:
        return PairChanges.between(load, staged, reach)
    return EditionChanges.between(load, staged, EDITIONS[load.kind])


@dataclass
class _Told:
    same: int = 0
    told: list[Change] = field(default_factory=list)

    def say(self, what: str, row: int | None, told: str) -> None:
        self.told.append(Change(what, row, told))

    def counts(self) -> dict[str, int]:
        tally = dict.fromkeys(("added", "changed", "ended"), 0)
        for change in self.told:
            tally[change.what] += 1
        return tally | {"same": self.same}

    def samples(self) -> list[dict[str, Any]]:
        return [
            {"what": change.what, "row": change.row, "told": change.told}
            for what in ("added", "changed", "ended")
            for change in [each for each in self.told if each.what == what][:SAMPLES]
        ]


def _refuse_a_stump(missing: int, held: int) -> None:
    if missing > max(LEAST_MISSING, held * MOST_MISSING):
        raise WrongRow(
            None,
            f"{missing} of the {held} rows held for the same codes are not in it: the file was cut "
            "off, or is another one.",
        )


# Pairs


def source_of(load: RuleLoad) -> str:
    """Where a row says it comes from."""
    when = (
        quarter_name(load.holds_from)
        if load.kind in (RuleLoad.Kind.NCCI, RuleLoad.Kind.MUE)
        else spoken(load.holds_from)
    )
    return f"CMS {load.get_kind_display()}, {when}: {load.file_name}"[:200]


class PairChanges(_Told):
    def __init__(self) -> None:
        super().__init__()
        self.new: list[NcciPair] = []
        self.amended: list[NcciPair] = []
        self.gone: list[int] = []

    @classmethod
    def between(
        cls, load: RuleLoad, staged: list[StagedRow], reach: tuple[str, str]
    ) -> PairChanges:
        newest = (
            RuleLoad.objects.filter(
                kind=load.kind, status=RuleLoad.Status.TAKEN, holds_from__gt=load.holds_from
            )
            .order_by("-holds_from")
            .first()
        )
        if newest is not None:
            raise WrongRow(
                None,
                f"{quarter_name(newest.holds_from)} is loaded already, and each quarter's file "
                "holds the days of all before it.",
            )
        changes, source = cls(), source_of(load)
        held: dict[tuple[str, str], dict[dt.date | None, NcciPair]] = {}
        for pair in NcciPair.objects.filter(column1__range=reach):
            held.setdefault((pair.column1, pair.column2), {})[pair.effective_on] = pair
        named: set[tuple[str, str]] = set()
        for row in staged:
            values = row.values
            codes = values["column1"], values["column2"]
            named.add(codes)
            changes._compare(row, held.get(codes, {}), load, source)
        for codes, rows in held.items():
            if codes in named:
                # What we held without a start is now told apart by the file's own days.
                changes.gone += [r.pk for start, r in rows.items() if start is None]
            elif codes[0] != reach[1]:  # a file cut at a line's end may lack more of its last code
                changes._end(rows.values(), last_day_before(load.holds_from))
        _refuse_a_stump(len(held.keys() - named), len(held))
        return changes

    def _compare(
        self, row: StagedRow, held: dict[dt.date | None, NcciPair], load: RuleLoad, source: str
    ) -> None:
        values = row.values
        start = dt.date.fromisoformat(values["effective_on"])
        end = dt.date.fromisoformat(values["deleted_on"]) if values["deleted_on"] else None
        indicator = values["modifier_indicator"]
        told = f"{values['column1']} with {values['column2']}: {_days(start, end, indicator)}"
        pair = held.get(start)
        if pair is None:
            self.new.append(
                NcciPair(
                    column1=values["column1"],
                    column2=values["column2"],
                    modifier_indicator=indicator,
                    effective_on=start,
                    deleted_on=end,
                    source=source,
                    load=load,
                )
            )
            self.say("changed" if None in held else "added", row.row, told)
            return
        if (pair.modifier_indicator, pair.deleted_on) == (indicator, end):
            self.same += 1
            return
        ended = pair.deleted_on is None and end is not None
        self.say("ended" if ended else "changed", row.row, told)
        pair.modifier_indicator, pair.deleted_on = indicator, end
        pair.source, pair.load = source, load
        self.amended.append(pair)

    def _end(self, rows: Iterable[NcciPair], last: dt.date) -> None:
        for pair in rows:
            if pair.deleted_on is not None and pair.deleted_on <= last:
                continue
            told = f"{pair.column1} with {pair.column2}: no longer named"
            self.say("ended", None, told)
            if pair.effective_on is not None and pair.effective_on > last:
                self.gone.append(pair.pk)
            else:
                pair.deleted_on = last
                self.amended.append(pair)

    def apply(self, load: RuleLoad) -> None:
        NcciPair.objects.filter(pk__in=self.gone).delete()
        NcciPair.objects.bulk_update(
            self.amended, ["modifier_indicator", "deleted_on", "source", "load"], batch_size=500
        )
        NcciPair.objects.bulk_create(self.new, batch_size=500)


def _days(start: dt.date, end: dt.date | None, indicator: int) -> str:
    if indicator == 9:
        return "indicator 9, never in force"
    until = f" to {spoken(end)}" if end else ""
    return f"indicator {indicator}, from {spoken(start)}{until}"


# Editions


@dataclass(frozen=True)
class Table:
    """One table that comes in editions: its key columns, and the others."""

    model: type[UnitLimit] | type[RelativeValue] | type[ConversionFactor] | type[GeographicIndex]
    key: tuple[str, ...]
    columns: tuple[str, ...]
    label: str  # of a row, from its values

    def key_of(self, values: Values) -> tuple[str, ...]:
        return tuple(str(values[name]) for name in self.key)

    def told(self, values: Values) -> str:
        return self.label.format(**values)


LIMITS = Table(
    UnitLimit,
    ("code",),
    ("units", "adjudication_indicator"),
    "{code}: at most {units} units, indicator {adjudication_indicator}",
)
VALUES = Table(
    RelativeValue,
    ("code",),
    ("work", "practice_expense", "malpractice", "mppr"),
    "{code}: work {work}, practice {practice_expense}, malpractice {malpractice}",
)
FACTORS = Table(ConversionFactor, (), ("amount",), "Conversion factor {amount}")
INDICES = Table(
    GeographicIndex,
    ("contractor", "locality"),
    ("state", "name", "work", "practice_expense", "malpractice"),
    "{state}, {name}: work {work}, practice {practice_expense}, malpractice {malpractice}",
)


def _limits(rows: list[StagedRow]) -> list[tuple[Table, list[tuple[int, Values]]]]:
    return [
        (
            LIMITS,
            [
                (
                    row.row,
                    {
                        "code": row.values["code"],
                        "units": row.values["units"],
                        "adjudication_indicator": row.values["indicator"],
                    },
                )
                for row in rows
            ],
        )
    ]


def _values(rows: list[StagedRow]) -> list[tuple[Table, list[tuple[int, Values]]]]:
    worth = [
        (row.row, {name: value for name, value in row.values.items() if name != "factor"})
        for row in rows
    ]
    factor = [(rows[0].row, {"amount": rows[0].values["factor"]})]
    return [(VALUES, worth), (FACTORS, factor)]


def _indices(rows: list[StagedRow]) -> list[tuple[Table, list[tuple[int, Values]]]]:
    return [(INDICES, [(row.row, dict(row.values)) for row in rows])]


EDITIONS = {"mue": _limits, "rvu": _values, "gpci": _indices}


class EditionChanges(_Told):
    def __init__(self, tables: list[tuple[Table, list[tuple[int, Values]]]]) -> None:
        super().__init__()
        self.tables = tables

    @classmethod
    def between(cls, load: RuleLoad, staged: list[StagedRow], split: Any) -> EditionChanges:
        changes = cls(split(staged))
        for table, rows in changes.tables:
            changes._compare(table, rows, load.holds_from)
        return changes

    def _compare(self, table: Table, rows: list[tuple[int, Values]], day: dt.date) -> None:
        names = (*table.key, *table.columns)
        held = {
            table.key_of(values): values
            for values in table.model.objects.in_force_on(day).values(*names)
        }
        named = set()
        for number, values in rows:
            key = table.key_of(values)
            named.add(key)
            before = held.get(key)
            if before is None:
                self.say("added", number, table.told(values))
            elif all(_alike(before[name], values[name]) for name in table.columns):
                self.same += 1
            else:
                self.say("changed", number, f"{table.told(values)}; so far {_short(table, before)}")
        missing = held.keys() - named
        for key in sorted(missing):
            self.say("ended", None, f"{table.told(held[key])}; no longer named")
        _refuse_a_stump(len(missing), len(held))

    def apply(self, load: RuleLoad) -> None:
        for table, rows in self.tables:
            _replace(table, [values for _, values in rows], load)


def _alike(before: Any, now: Any) -> bool:
    if isinstance(now, str) and not isinstance(before, str):
        return bool(before == type(before)(now))
    return bool(before == now)


def _short(table: Table, values: Values) -> str:
    return table.told(values).partition(": ")[2] or table.told(values)


def _replace(table: Table, rows: list[Values], load: RuleLoad) -> None:
    """The edition's rows from its first day to the day before the next one's."""
    day, source = load.holds_from, source_of(load)
    objects: Any = table.model.objects
    objects.filter(effective_from=day).delete()
    objects.filter(effective_from__lt=day).filter(
        Q(effective_to=None) | Q(effective_to__gte=day)
    ).update(effective_to=last_day_before(day))
    next_edition = RuleLoad.objects.filter(
        kind=load.kind, status=RuleLoad.Status.TAKEN, holds_from__gt=day
    ).aggregate(first=Min("holds_from"))["first"]
    later: dict[tuple[str, ...], dt.date] = {}
    for values in (
        objects.filter(effective_from__gt=day)
        .order_by("-effective_from")
        .values(*table.key, "effective_from")
    ):
        later[table.key_of(values)] = values["effective_from"]
    new = []
    for values in rows:
        ends = [each for each in (later.get(table.key_of(values)), next_edition) if each]
        new.append(
            table.model(
                **values,
                effective_from=day,
                effective_to=last_day_before(min(ends)) if ends else None,
                source=source,
                load=load,
            )
        )
    objects.bulk_create(new, batch_size=500)
