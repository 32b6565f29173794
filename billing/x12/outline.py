"""Which loop each segment of a professional claim transaction stands in, and what belongs there.

`outline_837p` sorts segments into loops by the marks that open them. `STRUCTURE` is the part of
005010X222A1 that this house sends; what it does not name is out of place in our files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from billing.x12.read import Segment


class Shape(NamedTuple):
    """The segments and loops within a loop, in order; those with "!" must be there."""

    segments: str
    loops: str = ""


STRUCTURE = {
    "HEADER": Shape("ST! BHT!", "1000A! 1000B! 2000A!"),
    "1000A": Shape("NM1! PER!"),
    "1000B": Shape("NM1!"),
    "2000A": Shape("HL! PRV", "2010AA! 2010AB 2000B!"),
    "2010AA": Shape("NM1! N3! N4! REF! PER"),
    "2010AB": Shape("NM1! N3! N4!"),
    "2000B": Shape("HL! SBR! PAT", "2010BA! 2010BB! 2300 2000C"),
    "2010BA": Shape("NM1! N3 N4 DMG REF PER"),
    "2010BB": Shape("NM1! N3 N4"),
    "2000C": Shape("HL! PAT!", "2010CA! 2300!"),
    "2010CA": Shape("NM1! N3! N4! DMG! REF PER"),
    "2300": Shape("CLM! DTP PWK AMT REF NTE HI!", "2310A 2310B 2310C 2310D 2320 2400!"),
    "2310A": Shape("NM1!"),
    "2310B": Shape("NM1! PRV"),
    "2310C": Shape("NM1! N3! N4!"),
    "2310D": Shape("NM1!"),
    "2320": Shape("SBR! CAS AMT OI! MOA", "2330A! 2330B!"),
    "2330A": Shape("NM1! N3 N4"),
    "2330B": Shape("NM1! N3 N4 DTP REF"),
    "2400": Shape("LX! SV1! DTP! REF!", "2420A 2430"),
    "2420A": Shape("NM1! PRV"),
    "2430": Shape("SVD! CAS DTP! AMT"),
}

# The level that an HL opens, and the loop that hangs one below it.
LEVELS = {"20": "2000A", "22": "2000B", "23": "2000C"}
ABOVE = {"2000A": "HEADER", "2000B": "2000A", "2000C": "2000B"}

# Under which loop an NM1 opens which other loop.
NAMES = {
    "HEADER": {"41": "1000A", "40": "1000B"},
    "2000A": {"85": "2010AA", "87": "2010AB"},
    "2000B": {"IL": "2010BA", "PR": "2010BB"},
    "2000C": {"QC": "2010CA"},
    "2300": {"DN": "2310A", "82": "2310B", "77": "2310C", "DQ": "2310D"},
    "2320": {"IL": "2330A", "PR": "2330B"},
    "2400": {"82": "2420A"},
}


@dataclass(slots=True)
class Loop:
    """One occurrence of a loop, with its own segments and the loops inside it.

    `strays` are segments that open nothing and belong nowhere: an HL of no known level, a claim
    without a patient.
    """

    name: str
    parent: "Loop | None" = None
    segments: list[Segment] = field(default_factory=list)
    loops: list["Loop"] = field(default_factory=list)
    strays: list[Segment] = field(default_factory=list)

    def first(self, segment_id: str, qualifier: str = "") -> Segment | None:
        """The first such segment of this loop itself."""
        return next(self.all(segment_id, qualifier), None)

    def all(self, segment_id: str, qualifier: str = "") -> Iterator[Segment]:
        """Every such segment of this loop itself; `qualifier` is its first element."""
        for segment in self.segments:
            if segment.id == segment_id and qualifier in ("", segment.get(1)):
                yield segment

    def get(self, segment_id: str, position: int, component: int = 0) -> str:
        """An element of the first such segment; empty when there is none."""
        segment = self.first(segment_id)
        return segment.get(position, component) if segment else ""

    def within(self, name: str) -> Iterator["Loop"]:
        """The loops of that name directly inside this one."""
        return (loop for loop in self.loops if loop.name == name)

    def one(self, name: str) -> "Loop":
        """The first loop of that name directly inside; an empty one when there is none."""
        return next(self.within(name), Loop(name, self))

    def nearest(self, name: str) -> "Loop | None":
        """This loop or the closest one around it that bears the name."""
        loop: Loop | None = self
        while loop is not None and loop.name != name:
            loop = loop.parent
        return loop


def outline_837p(segments: Iterable[Segment]) -> Loop:
    """The loops of one transaction, from its ST up to but without its SE."""
    root = Loop("HEADER")
    here = root
    for segment in segments:
        opened = _opens(segment, here)
        if opened is None:
            here.segments.append(segment)
            continue
        name, above = opened
        if above is None:
            here.strays.append(segment)
            continue
        here = Loop(name, above, [segment])
        above.loops.append(here)
    return root


def _opens(segment: Segment, here: Loop) -> tuple[str, Loop | None] | None:
    """The loop that this segment opens, and the loop it opens in when there is one."""
    match segment.id:
        case "HL":
            name = LEVELS.get(segment.get(3), "")
            return name, here.nearest(ABOVE.get(name, ""))
        case "CLM":
            return "2300", here.nearest("2000C") or here.nearest("2000B")
        case "SBR" if here.nearest("2300"):
            return "2320", here.nearest("2300")
        case "LX":
            return "2400", here.nearest("2300")
        case "SVD":
            return "2430", here.nearest("2400")
        case "NM1":
            return _opened_by_name(segment.get(1), here)
        case _:
            return None


def _opened_by_name(role: str, here: Loop) -> tuple[str, Loop | None]:
    loop: Loop | None = here
    while loop is not None and loop.name not in NAMES:
        loop = loop.parent
    name = NAMES[loop.name].get(role, "") if loop else ""
    return name, loop if name else None
