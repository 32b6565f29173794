"""Is this 837P file fit to leave the house? A second look, at the bytes alone.

It knows nothing of how the file was written: it reads the bytes again, sorts them into loops and
checks the counts, the tree and the claims. `docs/rules/x12.md` lists every check by name.
"""

from collections.abc import Iterable, Iterator

from billing.x12.check_claims import check_claims
from billing.x12.check_envelope import check_characters, check_envelope, check_levels
from billing.x12.check_parties import check_parties
from billing.x12.outline import STRUCTURE, Loop, outline_837p
from billing.x12.problems import Problem, Report
from billing.x12.read import NotX12, Segment, read_segments


def check_837p(content: bytes) -> list[Problem]:
    """Everything that is wrong with the file; an empty list lets it go. Never raises."""
    try:
        segments = list(read_segments(content))
    except NotX12:
        return [Problem("not-x12", "There is no interchange header in the file.")]
    report = Report(segments)
    check_characters(report, content, segments)
    check_envelope(report, segments)
    used: set[str] = set()
    filed_on = next((segment.get(4) for segment in segments if segment.id == "GS"), "")
    for transaction in _transactions(segments):
        root = outline_837p(transaction)
        check_levels(report, transaction)
        _check_structure(report, root)
        check_parties(report, root)
        check_claims(report, root, used=used, filed_on=filed_on)
    return report.problems


def _transactions(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """The segments of each ST, without the SE."""
    inside: list[Segment] | None = None
    for segment in segments:
        if segment.id == "ST":
            inside = [segment]
        elif segment.id == "SE" and inside is not None:
            yield inside
            inside = None
        elif inside is not None:
            inside.append(segment)


def _check_structure(report: Report, loop: Loop) -> None:
    """Each loop holds what the guide puts there, in the guide's order."""
    shape = STRUCTURE[loop.name]
    opening = loop.segments[0] if loop.segments else None
    held = [(segment.id, segment) for segment in loop.segments]
    _check_order(report, loop.name, shape.segments, held, opening)
    inner = [(below.name, below.segments[0]) for below in loop.loops]
    _check_order(report, loop.name, shape.loops, inner, opening)
    for stray in loop.strays:
        report.add("stray-segment", f"{stray.id} opens no loop where it stands.", stray)
    for below in loop.loops:
        _check_structure(report, below)


def _check_order(
    report: Report,
    loop: str,
    allowed: str,
    held: list[tuple[str, Segment]],
    opening: Segment | None,
) -> None:
    order = [name.rstrip("!") for name in allowed.split()]
    reached = 0
    for name, segment in held:
        if name not in order:
            report.add("stray-segment", f"{name} does not belong in loop {loop}.", segment)
        elif order.index(name) < reached:
            report.add("segment-order", f"{name} comes too late in loop {loop}.", segment)
        else:
            reached = order.index(name)
    present = {name for name, _ in held}
    for name in allowed.split():
        if name.endswith("!") and name.rstrip("!") not in present:
            report.add("missing", f"Loop {loop} has no {name.rstrip('!')}.", opening)
