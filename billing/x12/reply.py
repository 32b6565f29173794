"""Which reply some bytes are, and all that is read from them.

The kind is told by the transactions inside (ST01 and GS08), not by the file's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from billing.x12.read import NotX12, Segment, read_segments
from billing.x12.read_277ca import ClaimAcknowledgment, read_277ca
from billing.x12.read_999 import Acknowledgment, read_999

ACKNOWLEDGMENTS = ("999", "997")
CLAIM_ACKNOWLEDGMENT = "277"


@dataclass(slots=True)
class Reply:
    """What one file holds. `kinds` are the ST01 values met, in order, each once; "TA1" is added
    when an interchange was answered. `cut_off` tells that the file ends in mid-segment or without
    its IEA."""

    sender: str = ""
    kinds: list[str] = field(default_factory=list)
    acknowledgment: Acknowledgment = field(default_factory=Acknowledgment)
    claims: ClaimAcknowledgment = field(default_factory=ClaimAcknowledgment)
    cut_off: bool = False

    @property
    def is_read(self) -> bool:
        """Whether there is anything in it that we know how to apply."""
        known = {*ACKNOWLEDGMENTS, CLAIM_ACKNOWLEDGMENT, "TA1"}
        return bool(known & set(self.kinds))


def read_reply(content: bytes) -> Reply:
    """Read the file whole. Raises NotX12 when there is no interchange in it."""
    reply = Reply()
    acknowledging: list[Segment] = []
    answering: list[Segment] = []
    kind, last = "", None
    for segment in read_segments(content):
        last = segment
        if segment.id == "ISA":
            reply.sender, kind = reply.sender or segment.get(6).strip(), ""
        elif segment.id == "GS":
            kind = ""
        elif segment.id == "ST":
            kind = segment.get(1).strip()
            _add(reply.kinds, kind)
        elif segment.id == "TA1":
            _add(reply.kinds, "TA1")
        if segment.id == "TA1" or kind in ACKNOWLEDGMENTS:
            acknowledging.append(segment)
        elif kind == CLAIM_ACKNOWLEDGMENT:
            answering.append(segment)
    reply.acknowledgment = read_999(acknowledging)
    reply.claims = read_277ca(answering)
    reply.cut_off = last is None or last.id != "IEA"
    return reply


def _add(kinds: list[str], kind: str) -> None:
    if kind not in kinds:
        kinds.append(kind)


__all__ = ["NotX12", "Reply", "read_reply"]
