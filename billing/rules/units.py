"""How many units a visit bills, and which code each unit belongs to.

CMS adds every timed minute of the day together first, then hands the units out; AMA looks at each
code alone. docs/rules/units.md works both through by hand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product

from billing.rules import proof
from billing.rules.allocation import Share, share_of
from billing.rules.types import (
    CodeFacts,
    Discipline,
    Finding,
    Service,
    Severity,
    UnitResult,
    UnitRule,
)

# Ties among twenty codes could be hundreds of thousands of allocations; no visit of a clinic comes
# near this many, and a made-up one must not fill the memory.
MOST_ALTERNATIVES = 5000


class ChoiceNotAllowed(ValueError):
    """A stored allocation is not one the rule allows for these minutes."""


def bill_units(
    services: Iterable[Service],
    rule: UnitRule,
    facts: Mapping[str, CodeFacts],
    *,
    prices: Mapping[str, Decimal] | None = None,
    choice: Mapping[str, int] | None = None,
) -> UnitResult:
    """Units to bill for each code; a code that earns none is left out.

    `prices` (of one full unit) settle a tie that minutes do not. `choice` is the allocation of
    timed codes a clinician once picked; `ChoiceNotAllowed` when these minutes do not allow it.
    """
    services = tuple(services)
    by_discipline: dict[Discipline, list[Service]] = {}
    for service in services:
        by_discipline.setdefault(service.discipline, []).append(service)
    shares = [
        share_of(discipline, part, rule, facts, prices or {})
        for discipline, part in by_discipline.items()
    ]

    # Two disciplines may meet in one code, so different hand-outs may bill the same.
    allowed: dict[frozenset[tuple[str, int]], tuple[dict[str, int], ...]] = {}
    every_way = product(*(list(islice(s.allocations(), MOST_ALTERNATIVES + 1)) for s in shares))
    for parts in islice(every_way, MOST_ALTERNATIVES + 1):
        allowed.setdefault(frozenset(_together(parts).items()), parts)
    chosen = next(iter(allowed))
    if choice is not None:
        chosen = frozenset((code, units) for code, units in choice.items() if units)
        if chosen not in allowed:
            raise ChoiceNotAllowed(dict(choice))

    units = _together(allowed[chosen])
    untimed = Counter[str]()
    for share in shares:
        untimed.update(share.untimed)
    return UnitResult(
        rule=rule,
        timed_minutes=sum(s.minutes for s in services if facts[s.code].timed),
        units_total=sum(units.values()),
        units=units,
        untimed_units=dict(untimed),
        alternatives=tuple(_together(parts) for key, parts in allowed.items() if key != chosen),
        by_discipline={
            share.discipline: {
                code: timed.get(code, 0) + share.untimed.get(code, 0)
                for code in share.order
                if code in timed or code in share.untimed
            }
            for share, timed in zip(shares, allowed[chosen], strict=True)
        },
        proof=proof.of_units(
            [
                (share, by_discipline[share.discipline], timed)
                for share, timed in zip(shares, allowed[chosen], strict=True)
            ],
            rule,
            facts,
            chosen_by_clinician=choice is not None,
        ),
        findings=tuple(_pooled_families(shares)),
    )


def _together(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    units: dict[str, int] = {}
    for part in parts:
        for code, count in part.items():
            units[code] = units.get(code, 0) + count
    return units


def _pooled_families(shares: Iterable[Share]) -> Iterator[Finding]:
    for share in shares:
        for item in share.pool.items if share.pool else ():
            if item.more and share.pool and len(share.pool.items) > 1:
                yield Finding(
                    check="addon_pool",
                    severity=Severity.WARNING,
                    message=(
                        f"{item.codes[0]} and its add-on {item.codes[1]} share one total with the "
                        "other timed codes. CMS gives no example of that: look at the units."
                    ),
                    source="CMS Pub. 100-04, ch. 5, § 20.2 (silent on add-on codes)",
                    codes=item.codes,
                )
