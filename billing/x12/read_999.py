"""What a 999 (and a TA1) says of a file of ours: taken, or refused at which segment.

Tolerant: what is not understood is skipped and counted, never guessed at. Layout: ASC X12N
005010X231A1; codes: data elements 715, 717, 720 and 723, in our own words in
`billing/data/acknowledgment_codes.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from billing.x12.read import Segment

# Data elements 715 and 717: what has been taken, with or without remarks. All else is a refusal.
TAKEN = frozenset({"A", "E"})
PARTLY = "P"


@dataclass(slots=True)
class ElementFault:
    """IK4: an element that was refused. `position` and `component` count from 1, 0 is none."""

    position: int
    component: int
    code: str


@dataclass(slots=True)
class SegmentFault:
    """IK3 with what follows it: a segment of ours that was refused.

    `position` counts the segments of the transaction, its ST being 1; 0 when none was given.
    `claim` is the patient control number that a CTX named, empty when none did.
    """

    segment: str
    position: int
    loop: str
    code: str
    claim: str = ""
    elements: list[ElementFault] = field(default_factory=list)


@dataclass(slots=True)
class TransactionAnswer:
    """AK2 to IK5: what became of one ST of ours."""

    control_number: str
    outcome: str = ""
    codes: tuple[str, ...] = ()
    faults: list[SegmentFault] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        return self.outcome in TAKEN


@dataclass(slots=True)
class GroupAnswer:
    """AK1 to AK9: what became of one functional group of ours, by its GS06."""

    control_number: str
    function: str
    outcome: str = ""
    codes: tuple[str, ...] = ()
    transactions: list[TransactionAnswer] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        return self.outcome in TAKEN

    @property
    def is_partly_taken(self) -> bool:
        return self.outcome == PARTLY


@dataclass(slots=True)
class InterchangeAnswer:
    """TA1: what became of one interchange of ours, by its ISA13."""

    control_number: str
    outcome: str
    code: str

    @property
    def is_taken(self) -> bool:
        return self.outcome in TAKEN


@dataclass(slots=True)
class Acknowledgment:
    """All that one file acknowledges. `skipped` are segments that no place was found for."""

    interchanges: list[InterchangeAnswer] = field(default_factory=list)
    groups: list[GroupAnswer] = field(default_factory=list)
    skipped: int = 0


def read_999(segments: Iterable[Segment]) -> Acknowledgment:
    """The answers in these segments, in order; envelopes are passed over."""
    found = Acknowledgment()
    group: GroupAnswer | None = None
    transaction: TransactionAnswer | None = None
    fault: SegmentFault | None = None
    for segment in segments:
        match segment.id:
            case "ISA" | "GS" | "ST" | "SE" | "GE" | "IEA":
                group = transaction = fault = None
            case "TA1":
                found.interchanges.append(
                    InterchangeAnswer(
                        _number(segment.get(1)), segment.get(4).upper(), segment.get(5)
                    )
                )
            case "AK1":
                group = GroupAnswer(_number(segment.get(2)), segment.get(1).upper())
                transaction = fault = None
                found.groups.append(group)
            case "AK2" if group is not None:
                transaction, fault = TransactionAnswer(segment.get(2).strip()), None
                group.transactions.append(transaction)
            case "IK3" | "AK3" if transaction is not None:
                fault = SegmentFault(
                    segment.get(1).upper(),
                    _count(segment.get(2)),
                    segment.get(3),
                    segment.get(4).upper(),
                )
                transaction.faults.append(fault)
            case "CTX" if fault is not None:
                fault.claim = fault.claim or _claim_named(segment)
            case "IK4" | "AK4" if fault is not None:
                fault.elements.append(_element(segment))
            case "IK5" | "AK5" if transaction is not None:
                transaction.outcome = segment.get(1).upper()
                transaction.codes = _codes(segment, first=2)
                transaction = fault = None
            case "AK9" if group is not None:
                group.outcome = segment.get(1).upper()
                group.codes = _codes(segment, first=5)
                group = transaction = fault = None
            case _:
                found.skipped += 1
    return found


def _element(segment: Segment) -> ElementFault:
    place = segment.components(1)
    return ElementFault(
        position=_count(place[0]) if place else 0,
        component=_count(place[1]) if len(place) > 1 else 0,
        code=segment.get(3).upper(),
    )


def _claim_named(segment: Segment) -> str:
    """CTX01 "CLM01:…": the claim that the fault stands in."""
    name, _, value = segment.get(1).partition(segment.separators.component)
    return value.strip() if name.strip().upper() == "CLM01" else ""


def _codes(segment: Segment, *, first: int) -> tuple[str, ...]:
    return tuple(code.upper() for code in segment.elements[first - 1 :] if code)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _number(text: str) -> str:
    """A control number without the zeros in front, which not every partner sends back."""
    return text.strip().lstrip("0")
