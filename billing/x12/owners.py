"""To which claim, and to which of its lines, each segment of a claim file of ours belongs.

A 999 names a refused segment by its place in the transaction; this finds whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from billing.x12.read import read_segments


class Owner(NamedTuple):
    """The control numbers of a claim (CLM01) and of a line (REF*6R); empty where none applies."""

    claim: str = ""
    line: str = ""


@dataclass(slots=True)
class OwnTransaction:
    """One ST of ours: whose each segment is, the ST itself being place 1, and all its claims."""

    owners: list[Owner] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)

    def at(self, position: int) -> Owner:
        """Whose the segment at this place is; nobody's when there is no such place."""
        return self.owners[position - 1] if 0 < position <= len(self.owners) else Owner()


def owners_in(content: bytes) -> dict[str, OwnTransaction]:
    """The transactions of a file by their control number (ST02), without zeros in front.

    What stands before a claim (its subscriber, its patient) belongs to that claim: whoever has to
    mend it starts there.
    """
    found: dict[str, OwnTransaction] = {}
    here: OwnTransaction | None = None
    unclaimed, line_from = 0, 0
    for segment in read_segments(content):
        if segment.id == "ST":
            here = found.setdefault(segment.get(2).lstrip("0"), OwnTransaction())
            unclaimed = line_from = 0
        if here is None:  # between two transactions
            continue
        here.owners.append(here.owners[-1] if here.owners else Owner())
        place = len(here.owners)
        if segment.id == "HL":
            if not unclaimed and segment.get(3) in ("22", "23"):
                unclaimed = place
            here.owners[-1], line_from = Owner(), 0
        elif segment.id == "CLM":
            claim = segment.get(1)
            here.claims.append(claim)
            for earlier in range((unclaimed or place) - 1, place):
                here.owners[earlier] = Owner(claim)
            unclaimed = line_from = 0
        elif segment.id == "LX":
            line_from = place
            here.owners[-1] = Owner(here.owners[-1].claim)
        elif segment.id == "REF" and segment.get(1) == "6R" and line_from:
            owner = Owner(here.owners[-1].claim, segment.get(2))
            for earlier in range(line_from - 1, place):
                here.owners[earlier] = owner
        elif segment.id == "SE":
            here.owners[-1] = Owner()
            here = None
    return found
