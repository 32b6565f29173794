"""What the reader of our own files says about one of them."""

from dataclasses import dataclass, field

from billing.x12.read import Segment


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file.

    `check` is a stable name, `message` a sentence without patient data, `segment` the id and
    `position` the place of the segment in the file, counted from 1 (0: the file as a whole), and
    `claim` the claim's control number where there is one.
    """

    check: str
    message: str
    segment: str = ""
    position: int = 0
    claim: str = ""


@dataclass(slots=True)
class Report:
    """Collects problems in the order in which they are found."""

    positions: dict[int, int]  # byte offset of a segment -> its place in the file
    problems: list[Problem] = field(default_factory=list)
    claim: str = ""

    def add(self, check: str, message: str, segment: Segment | None = None) -> None:
        """Note a problem, at the segment if it has one and in the claim being looked at."""
        self.problems.append(
            Problem(
                check,
                message,
                segment.id if segment else "",
                self.positions.get(segment.offset, 0) if segment else 0,
                self.claim,
            )
        )
