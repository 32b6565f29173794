"""Why the units are what they are, in sentences a biller can read to an auditor."""

from collections.abc import Iterator, Mapping, Sequence

from billing.rules.allocation import UNIT, Item, Pool, Share, midpoint
from billing.rules.types import CodeFacts, Service, UnitRule

CMS_TABLE = "CMS Pub. 100-04, ch. 5, § 20.2"


def of_units(
    parts: Sequence[tuple[Share, Sequence[Service], Mapping[str, int]]],
    rule: UnitRule,
    facts: Mapping[str, CodeFacts],
    *,
    chosen_by_clinician: bool,
) -> tuple[str, ...]:
    """One list for the visit; with two disciplines each sentence begins with its own."""
    sentences: list[str] = []
    for share, services, units in parts:
        said = [
            *_total(services, facts),
            *(_pool(share.pool, units, chosen_by_clinician) if share.pool else ()),
            *(_alone(item, rule, units) for item in share.alone),
            *(f"{code} is untimed: {_units(n)}" for code, n in share.untimed.items()),
        ]
        lead = f"{share.discipline}: " if len(parts) > 1 else ""
        sentences += [lead + sentence for sentence in said]
    return tuple(sentences)


def _total(services: Sequence[Service], facts: Mapping[str, CodeFacts]) -> Iterator[str]:
    minutes = [s.minutes for s in services if facts[s.code].timed and s.minutes]
    if len(minutes) > 1:
        yield f"{' + '.join(map(str, minutes))} = {sum(minutes)} timed minutes"
    else:
        yield f"{sum(minutes)} timed minutes"


def _pool(pool: Pool, units: Mapping[str, int], chosen_by_clinician: bool) -> Iterator[str]:
    yield f"{_table_row(pool.units)} ({CMS_TABLE})"
    if pool.units == 0:
        return

    for item in pool.items:
        whole, rest = divmod(item.minutes, UNIT)
        yield f"{_name(item)}: {item.minutes} = {whole} × {UNIT} + {rest}"
    if pool.left:
        whole = pool.units - pool.left
        given = [item for item in pool.items if _units_of(item, units) > item.minutes // UNIT]
        yield (
            f"Whole blocks of {UNIT} are {_units(whole)}; {pool.left} more "
            f"{'goes' if pool.left == 1 else 'go'} to the most minutes left over: "
            + ", ".join(f"{_name(item)} ({item.minutes % UNIT})" for item in given)
        )
    if len(pool.tied) > pool.open:
        names = [_name(item) for item in pool.tied]
        winners = [_name(i) for i in pool.tied if _units_of(i, units) > i.minutes // UNIT]
        tie = (
            f"{', '.join(names[:-1])} and {names[-1]} tie at {pool.tied[0].minutes % UNIT} left "
            "over, and the rule leaves the choice to the therapist: "
        )
        if chosen_by_clinician:
            yield f"{tie}{', '.join(winners)} was chosen"
        else:
            yield (
                f"{tie}{', '.join(winners)} until one chooses (most minutes, then the higher "
                "price, then the first logged)"
            )
    for item in pool.items:
        if _units_of(item, units) == 0:
            yield (
                f"{_name(item)} earns no unit; its {item.minutes} minutes still count in the "
                "total and stand in the note"
            )


def _table_row(units: int) -> str:
    most = UNIT * units + midpoint(UNIT) - 1
    if units == 0:
        return f"0 to {most} minutes bill no unit"
    return f"{most - UNIT + 1} to {most} minutes bill {_units(units)}"


def _alone(item: Item, rule: UnitRule, units: Mapping[str, int]) -> str:
    source = (
        "AMA: each code alone, a unit begins past its midpoint"
        if rule is UnitRule.AMA
        else f"outside the 15-minute total of {CMS_TABLE}; a unit begins past its midpoint"
    )
    lengths = [item.first.minutes_per_unit]
    if item.more:
        lengths.append(item.more.minutes_per_unit)
        how = f"first {lengths[0]}, then every {lengths[1]}"
    else:
        whole, rest = divmod(item.minutes, lengths[0])
        how = f"{whole} × {lengths[0]} + {rest}"
    billed = ", ".join(f"{code} {_units(units.get(code, 0))}" for code in item.codes)
    return f"{_name(item)}: {item.minutes} minutes = {how}: {billed} ({source})"


def _units_of(item: Item, units: Mapping[str, int]) -> int:
    return sum(units.get(code, 0) for code in item.codes)


def _name(item: Item) -> str:
    return " with ".join(item.codes)


def _units(count: int) -> str:
    return "no unit" if count == 0 else f"{count} unit{'' if count == 1 else 's'}"
