"""Files of CMS that were read or taken, and the starter set as CMS would write it."""

import datetime as dt

from billing import rule_loads, tasks
from billing.models import NcciPair, RuleLoad, UnitLimit

JULY, MARCH = dt.date(2026, 7, 1), dt.date(2026, 3, 2)
Status = RuleLoad.Status


def load(content: bytes, kind: str, *, starts: dt.date = JULY, name: str = "file") -> RuleLoad:
    """A file as it stands after the worker has read it."""
    made = rule_loads.receive(kind=kind, name=name, chunks=[content], holds_from=starts, by=None)
    tasks.read_rule_file(made.pk)
    made.refresh_from_db()
    return made


def taken(content: bytes, kind: str, **fields) -> RuleLoad:
    return rule_loads.take(load=load(content, kind, **fields), by=None)


def held_pairs() -> list[tuple[str, str, str, str, str]]:
    """The starter set as CMS's file would name it: each pair with a start of its own."""
    rows = {}
    for pair in NcciPair.objects.order_by("column1", "column2", "effective_on"):
        start = pair.effective_on or dt.date(1996, 1, 1)
        rows[pair.column1, pair.column2, start] = (
            pair.column1,
            pair.column2,
            f"{start:%Y%m%d}",
            f"{pair.deleted_on:%Y%m%d}" if pair.deleted_on else "*",
            str(pair.modifier_indicator),
        )
    return list(rows.values())


def held_limits() -> list[tuple[str, str, str]]:
    return [
        (limit.code, str(limit.units), f"{limit.adjudication_indicator} Edit")
        for limit in UnitLimit.objects.in_force_on(MARCH)
    ]
