"""How bytes that claim to be X12 become segments, however they were wrapped on the way.

Delimiters come from each interchange header: bytes 3, 82, 104 and 105 when its widths are right,
else by counting its sixteen separators. A byte-order mark, text before and after, blank lines,
CRLF, hard wraps at a column and lower-case segment ids are borne; nothing is judged here.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

# "ISA" and sixteen equal separators, none far from the next.
_HEADER = re.compile(r"ISA([^A-Za-z0-9\s])(?:(?:(?!\1).){0,40}\1){15}", re.ASCII | re.I | re.S)
_SEPARATOR_PLACES = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_LINE_ENDS = str.maketrans("", "", "\r\n")
# Not str.strip()'s own list: that holds 1C to 1F, which some partners use as delimiters.
_BLANKS = " \t\r\n\v\f\0\x1a"


class NotX12(ValueError):
    """There is no interchange header in these bytes."""


class Separators(NamedTuple):
    """The delimiters that one interchange declares; `segment` may be a line feed."""

    element: str
    component: str
    repetition: str
    segment: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as it stood in the file.

    `elements` are what follows the id, so element 1 is `elements[0]`; `get` counts from 1 as the
    guides do. `offset` is the byte at which the segment begins. `terminated` is False for the
    last piece of a file that breaks off: its last element may be cut short.
    """

    id: str
    elements: tuple[str, ...]
    offset: int
    separators: Separators
    terminated: bool = True

    def get(self, position: int, component: int = 0) -> str:
        """Element `position`, or its component; empty when it is not there. Both count from 1."""
        if position > len(self.elements):
            return ""
        element = self.elements[position - 1]
        if not component:
            return element
        parts = element.split(self.separators.component)
        return parts[component - 1] if component <= len(parts) else ""

    def components(self, position: int) -> tuple[str, ...]:
        """The components of an element; none when it is empty."""
        element = self.get(position)
        return tuple(element.split(self.separators.component)) if element else ()

    def repetitions(self, position: int) -> tuple[str, ...]:
        """The repetitions of an element; none when it is empty."""
        element = self.get(position)
        return tuple(element.split(self.separators.repetition)) if element else ()


def to_day(text: str) -> date | None:
    """The day of a CCYYMMDD element; None when it is none."""
    if not re.fullmatch("[0-9]{8}", text, re.ASCII):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def to_amount(text: str) -> Decimal | None:
    """The number of a type R element, in dollars; None when it is none or has parts of a cent."""
    if not re.fullmatch(r"-?(?:[0-9]+(?:\.[0-9]{0,2})?|\.[0-9]{1,2})", text, re.ASCII):
        return None
    return Decimal(text)


def read_segments(content: bytes) -> Iterator[Segment]:
    """The segments of every interchange in `content`, in order.

    What stands before a header or after an IEA is passed over. Text is read as UTF-8 where it is
    that, else as Latin-1. Raises NotX12 when there is no header at all.
    """
    # One character per byte, so that an index is an offset.
    text = content.decode("latin-1")
    header = _HEADER.search(text)
    if header is None:
        raise NotX12("no ISA segment")
    while header is not None:
        end = yield from _interchange(text, header.start())
        header = _HEADER.search(text, end)


def _interchange(text: str, start: int) -> Generator[Segment, None, int]:
    """Yield one interchange; return where it ended."""
    marks, position = _separators(text, start)
    yield _segment(text[start:position], start, marks, terminated=True)
    while position < len(text):
        end = text.find(marks.segment, position)
        terminated = end >= 0
        end = end if terminated else len(text)
        lost = _header_within(text, position, end)
        if lost is not None:  # this interchange broke off and another begins
            end, terminated = lost, False
        raw = text[position:end]
        begins = position + len(raw) - len(raw.lstrip(_BLANKS))
        segment = _segment(raw.strip(_BLANKS), begins, marks, terminated=terminated)
        if segment.id:
            yield segment
        if lost is not None:
            return lost
        position = end + 1
        if segment.id == "IEA":
            break
    return position


def _header_within(text: str, start: int, end: int) -> int | None:
    # Most segments do not hold these three letters; the search for the whole header is dear.
    if "ISA" not in text[start:end].upper():
        return None
    header = _HEADER.search(text, start, end)
    return header.start() if header else None


def _segment(raw: str, offset: int, marks: Separators, *, terminated: bool) -> Segment:
    raw = raw.translate(_LINE_ENDS).removesuffix(marks.segment)
    name, *elements = raw.split(marks.element)
    texts = tuple(map(_decoded, elements))
    return Segment(name.strip(_BLANKS).upper(), texts, offset, marks, terminated)


def _decoded(element: str) -> str:
    if element.isascii():
        return element
    try:
        return element.encode("latin-1").decode()
    except UnicodeDecodeError:
        return element


def _separators(text: str, start: int) -> tuple[Separators, int]:
    """The delimiters of the header at `start`, and the offset just behind its terminator."""
    mark = text[start + 3]
    fixed = text[start : start + 106]
    in_place = len(fixed) == 106 and all(fixed[place] == mark for place in _SEPARATOR_PLACES)
    if in_place and fixed[105] not in "\r\n" and not fixed[105].isalnum():
        return Separators(mark, fixed[104], fixed[82], fixed[105]), start + 106
    return _counted_separators(text, start, mark)


def _counted_separators(text: str, start: int, mark: str) -> tuple[Separators, int]:
    """For a header whose widths are off, that was wrapped, or that ends with its line."""
    places = [start + 3]
    while len(places) < len(_SEPARATOR_PLACES):
        places.append(text.index(mark, places[-1] + 1))  # the header pattern has counted them
    repetition = text[places[10] + 1 : places[11]].translate(_LINE_ENDS)[:1]
    last = _after_line_ends(text, places[15] + 1)
    component, behind = text[last : last + 1], _after_line_ends(text, last + 1)
    follows = text[behind : behind + 4].upper().startswith((f"GS{mark}", f"TA1{mark}"))
    if follows and behind == last + 1:  # ISA16 is empty, so this was the terminator
        return Separators(mark, ":", repetition, component), behind
    if follows:  # nothing but a line end stands between the two segments
        return Separators(mark, component, repetition, "\n"), behind
    return Separators(mark, component, repetition, text[behind : behind + 1] or "~"), behind + 1


def _after_line_ends(text: str, position: int) -> int:
    while position < len(text) and text[position] in "\r\n":
        position += 1
    return position
