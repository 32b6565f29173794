"""How full is a stretch of work? Minutes booked, minutes free, and the share of the two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduling.slots import Span, free_gaps, merged

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Load:
    """What is worked and how much of it is still free, in minutes."""

    working: int = 0
    free: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(self.working + other.working, self.free + other.free)

    @property
    def percent(self) -> int:
        """How much of the working time is booked: 0 to 100; nothing worked is nothing booked."""
        if not self.working:
            return 0
        return round(100 * (self.working - self.free) / self.working)


def minutes_of(spans: Iterable[Span]) -> int:
    """The minutes these spans cover; what lies in two of them counts once."""
    covered = (span.ends_at - span.starts_at for span in merged(spans))
    return sum(length // MINUTE for length in covered)


def load_of(working: Sequence[Span], taken: Sequence[Span]) -> Load:
    """What is booked outside working hours takes nothing of them."""
    return Load(working=minutes_of(working), free=minutes_of(free_gaps(working, taken)))
