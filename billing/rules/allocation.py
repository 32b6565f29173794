"""Who competes for the units of a day, and every way a rule lets them be handed out.

`units.py` asks; this module knows items (a code, or a first code with its add-on), the CMS pool and
what each discipline brings to the visit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from billing.rules.types import CodeFacts, Discipline, Service, UnitRule

UNIT = 15  # CMS Pub. 100-04, ch. 5, § 20.2: the table rises by one unit every 15 minutes


class UnknownCode(LookupError):
    """A service bears a code nothing is known of."""


def midpoint(minutes_per_unit: int) -> int:
    """The least minutes that are more than half a unit: 8 of 15, 16 of 30, 31 of 60, 61 of 120.

    8 of 15 is also where the CMS table begins.
    """
    return minutes_per_unit // 2 + 1


def units_in(minutes: int, minutes_per_unit: int = UNIT) -> int:
    """Whole units, and one more when the rest passes the midpoint of the next."""
    whole, rest = divmod(minutes, minutes_per_unit)
    return whole + (rest >= midpoint(minutes_per_unit))


@dataclass(frozen=True)
class Item:
    """What competes for units as one: a code, or a first code together with its add-on."""

    first: CodeFacts
    more: CodeFacts | None
    minutes: int

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.first.code, self.more.code) if self.more else (self.first.code,)

    @property
    def pooled(self) -> bool:
        """Only 15-minute therapy codes enter the total (CMS Pub. 100-04, ch. 5, § 20.2).

        The manual gives no example of a first code with its add-on; their minutes are counted
        in when both are 15-minute codes, and the visit says so in a warning.
        """
        lengths = {self.first.minutes_per_unit}
        if self.more:
            lengths.add(self.more.minutes_per_unit)
        return self.first.therapy and lengths == {UNIT}

    def alone(self) -> dict[str, int]:
        """Units when no other code's minutes matter."""
        if self.more is None:
            return {self.first.code: units_in(self.minutes, self.first.minutes_per_unit)}
        length = self.first.minutes_per_unit
        first = units_in(min(self.minutes, length), length)
        beyond = max(self.minutes - length, 0)
        return {
            self.first.code: first,
            self.more.code: units_in(beyond, self.more.minutes_per_unit),
        }

    def spread(self, units: int) -> dict[str, int]:
        """So many pooled units by code: the first unit is the first code's."""
        if self.more is None:
            return {self.first.code: units}
        return {self.first.code: min(units, 1), self.more.code: max(units - 1, 0)}

    def next_code(self) -> str:
        """The code that the unit after the whole blocks would bear."""
        return self.more.code if self.more and self.minutes >= UNIT else self.first.code


def items_of(services: Iterable[Service], facts: Mapping[str, CodeFacts]) -> list[Item]:
    """The timed codes of one discipline in the order they were first logged."""
    add_ons = add_ons_of(facts)
    minutes: Counter[str] = Counter()
    for service in services:
        fact = fact_of(service.code, facts)
        if fact.timed and service.minutes:
            minutes[fact.base_code or fact.code] += service.minutes
    return [
        Item(first=fact_of(code, facts), more=add_ons.get(code), minutes=spent)
        for code, spent in minutes.items()
    ]


def add_ons_of(facts: Mapping[str, CodeFacts]) -> dict[str, CodeFacts]:
    """The timed add-on of each first code that has one."""
    return {fact.base_code: fact for fact in facts.values() if fact.timed and fact.base_code}


def fact_of(code: str, facts: Mapping[str, CodeFacts]) -> CodeFacts:
    try:
        return facts[code]
    except KeyError:
        raise UnknownCode(code) from None


@dataclass(frozen=True)
class Pool:
    """How CMS hands out the units of one discipline's pooled minutes."""

    items: tuple[Item, ...]
    minutes: int
    units: int
    left: int  # units beyond everybody's whole blocks
    sure: tuple[Item, ...]  # whose remainder is past the cut
    tied: tuple[Item, ...]  # whose remainder is at the cut, best claim first

    @property
    def open(self) -> int:
        """How many of the tied may have a unit."""
        return self.left - len(self.sure)

    def allocations(self) -> Iterator[dict[str, int]]:
        """Every allocation the rule allows, the one to take without a choice first."""
        units: dict[str, int] = {}
        for item in self.items:
            units |= item.spread(item.minutes // UNIT)
        for item in self.sure:
            units |= item.spread(item.minutes // UNIT + 1)
        with_one_more = [item.spread(item.minutes // UNIT + 1) for item in self.tied]
        for winners in combinations(with_one_more, self.open):
            answer = dict(units)
            for winner in winners:
                answer |= winner
            yield answer


def pool_of(items: Sequence[Item], prices: Mapping[str, Decimal]) -> Pool:
    """CMS Pub. 100-04, ch. 5, § 20.2: units for the total, then whole blocks, then remainders."""
    total = sum(item.minutes for item in items)
    units = units_in(total)
    left = units - sum(item.minutes // UNIT for item in items)
    # The units still owed go to the codes with most minutes beyond a whole unit.
    remainders = sorted((item.minutes % UNIT for item in items), reverse=True)
    cut = remainders[left - 1] if left else UNIT
    return Pool(
        items=tuple(items),
        minutes=total,
        units=units,
        left=left,
        sure=tuple(item for item in items if item.minutes % UNIT > cut),
        # The manual leaves a tie to the therapist. Until one has chosen: most minutes of the
        # day, then the higher price, then the first logged (sorting keeps that order).
        tied=tuple(
            sorted(
                (item for item in items if item.minutes % UNIT == cut),
                key=lambda item: (-item.minutes, -prices.get(item.next_code(), Decimal(0))),
            )
        ),
    )


@dataclass(frozen=True)
class Share:
    """One discipline's part of a visit: CMS never pools physical with occupational therapy."""

    discipline: Discipline
    order: tuple[str, ...]
    pool: Pool | None
    alone: tuple[Item, ...]
    untimed: Mapping[str, int]

    def allocations(self) -> Iterator[dict[str, int]]:
        for pooled in self.pool.allocations() if self.pool else ({},):
            units = dict(pooled)
            for item in self.alone:
                units |= item.alone()
            yield {code: units[code] for code in self.order if units.get(code)}


def share_of(
    discipline: Discipline,
    services: Sequence[Service],
    rule: UnitRule,
    facts: Mapping[str, CodeFacts],
    prices: Mapping[str, Decimal],
) -> Share:
    items = items_of(services, facts)
    pooled = [item for item in items if rule is UnitRule.CMS and item.pooled]
    untimed: Counter[str] = Counter()
    for service in services:
        if not fact_of(service.code, facts).timed:
            untimed[service.code] += service.count
    codes_of = {code: item.codes for item in items for code in item.codes}
    order = dict.fromkeys(
        code for service in services for code in codes_of.get(service.code, (service.code,))
    )
    return Share(
        discipline=discipline,
        order=tuple(order),
        pool=pool_of(pooled, prices) if pooled else None,
        alone=tuple(item for item in items if item not in pooled),
        untimed=untimed,
    )
