"""How segments are put together: positions, delimiters, counts, and where a refusal happened."""

from dataclasses import dataclass
from functools import partial

from billing.x12.values import Refused, Value

Simple = str | Value
Element = Simple | tuple[Simple, ...]

# ASC X12.5: the interchange header is the one segment with fixed widths.
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
ISA_LENGTH = 106  # with separators and the terminator


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiters:
    """The characters that part the file. None of them may stand in what is sent.

    `line_breaks` puts a line feed after each segment terminator, for people to read; receivers
    skip it. Raises ValueError when two are the same or one could be part of a name or number.
    """

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line_breaks: bool = False

    def __post_init__(self) -> None:
        marks = (self.element, self.component, self.repetition, self.segment)
        if len(set(marks)) != len(marks):
            raise ValueError("The four delimiters must differ.")
        for mark in marks:
            # Full stop, hyphen and plus belong to numbers; 1C to 1F are the old control separators.
            usable = len(mark) == 1 and ("!" <= mark <= "~" or "\x1c" <= mark <= "\x1f")
            if not usable or mark.isalnum() or mark in ".-+":
                raise ValueError("A delimiter is one ASCII mark other than '.', '-' and '+'.")


class X12ValueError(ValueError):
    """A value that may not be sent, and where it stood.

    `loop`, `segment` and `element` name the place as the guide does ("2010AA", "N4", "N403");
    a component is "SV101-2". `claim` is the control number of the claim, or of the first claim
    under a subscriber or patient, and empty for the rest of the file. `message` is a sentence
    part in plain words that never repeats the value.
    """

    def __init__(
        self, loop: str, segment: str, element: str, message: str, *, claim: str = ""
    ) -> None:
        self.loop = loop
        self.segment = segment
        self.element = element
        self.message = message
        self.claim = claim
        where = f"{loop} {element or segment}"
        super().__init__(f"{f'claim {claim}: ' if claim else ''}{where} {message}")

    def __reduce__(self) -> tuple[object, ...]:
        # So that a worker process can hand it to its parent whole.
        arguments = (self.loop, self.segment, self.element, self.message)
        return partial(X12ValueError, claim=self.claim), arguments


@dataclass(slots=True)
class Place:
    """Where the writer stands, for whoever has to mend a refused value."""

    loop: str = "ENVELOPE"
    claim: str = ""


class SegmentWriter:
    """Takes segments in order and remembers how many there were.

    Trailing empty elements and components are dropped, as X12.5 asks. Values are cleaned and
    checked against this file's delimiters. Raises X12ValueError naming loop and element.
    """

    def __init__(self, delimiters: Delimiters) -> None:
        self.place = Place()
        self.count = 0
        self._parts: list[str] = []
        self._delimiters = delimiters
        self._reserved = (
            delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
        )
        self._end = delimiters.segment + ("\n" if delimiters.line_breaks else "")

    def refuse(self, segment: str, element: str, message: str) -> X12ValueError:
        """The error for a fault that concerns more than one value, at the present place."""
        return X12ValueError(self.place.loop, segment, element, message, claim=self.place.claim)

    def seg(self, segment_id: str, *elements: Element) -> None:
        """Add one segment; a tuple is a composite element."""
        texts = [
            self._composite(segment_id, position, element)
            if isinstance(element, tuple)
            else self._text(segment_id, f"{segment_id}{position:02d}", element)
            for position, element in enumerate(elements, start=1)
        ]
        self._add(segment_id, _trimmed(texts))

    def isa(self, *elements: Simple) -> None:
        """Add the interchange header, each element filled with blanks to its width."""
        # The two delimiters that the header itself declares; they may stand nowhere else.
        marks = (self._delimiters.repetition, self._delimiters.component)
        texts = [
            self._text("ISA", f"ISA{position:02d}", element)
            for position, element in enumerate(
                (*elements[:10], marks[0], *elements[10:], marks[1]), start=1
            )
        ]
        padded = [text.ljust(width) for text, width in zip(texts, ISA_WIDTHS, strict=True)]
        self._add("ISA", padded)
        length = len(self._parts[-1]) - int(self._delimiters.line_breaks)
        if length != ISA_LENGTH:
            raise self.refuse("ISA", "", f"is {length} characters long, not {ISA_LENGTH}")

    def content(self) -> bytes:
        """The file so far."""
        return "".join(self._parts).encode("ascii")

    def _add(self, segment_id: str, texts: list[str]) -> None:
        self._parts.append(self._delimiters.element.join([segment_id, *texts]) + self._end)
        self.count += 1

    def _composite(self, segment_id: str, position: int, parts: tuple[Simple, ...]) -> str:
        texts = [
            self._text(segment_id, f"{segment_id}{position:02d}-{component}", part)
            for component, part in enumerate(parts, start=1)
        ]
        return self._delimiters.component.join(_trimmed(texts))

    def _text(self, segment_id: str, element_name: str, element: Simple) -> str:
        if isinstance(element, str):  # a code of ours, or one already cleaned
            return element
        try:
            return element.render(self._reserved)
        except Refused as refusal:
            raise self.refuse(segment_id, element_name, str(refusal)) from None


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts
