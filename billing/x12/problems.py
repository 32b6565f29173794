"""What the reader of our own files says about one of them."""

from collections.abc import Iterable
from dataclasses import dataclass

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


class Report:
    """Collects problems in the order in which they are found, each with its place in the file."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self.problems: list[Problem] = []
        self.places: dict[int, int] = {}  # byte offset of a segment -> its place, from 1
        self._claims: dict[int, str] = {}  # the same -> the claim it belongs to
        claim = ""
        for place, segment in enumerate(segments, start=1):
            if segment.id == "CLM":
                claim = segment.get(1)
            elif segment.id in ("HL", "SE"):
                claim = ""
            self.places[segment.offset] = place
            self._claims[segment.offset] = claim

    def add(self, check: str, message: str, segment: Segment | None = None) -> None:
        """Note a problem, at the segment if it has one."""
        if segment is None:
            self.problems.append(Problem(check, message))
            return
        place, claim = self.places[segment.offset], self._claims[segment.offset]
        self.problems.append(Problem(check, message, segment.id, place, claim))
