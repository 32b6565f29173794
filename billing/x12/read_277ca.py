"""What a 277CA says of our claims: taken into adjudication, or turned back, and why.

Four levels hang in each other: who answers (20), who sent the file (21), the billing provider (19)
and the patient (22, or PT), each perhaps with a verdict; a claim may have verdicts on its lines.
Tolerant: what is not understood is skipped and counted, never guessed at. Layout: ASC X12N
005010X214.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from billing.x12.read import Segment, to_amount

FILE_LEVEL, PROVIDER_LEVEL, PATIENT_LEVELS = "21", "19", ("22", "PT", "23")
ANSWERER_LEVEL = "20"
# Claim status categories (code list 507) that turn a claim back, in our own words in
# billing/data/status_codes.csv; STC03 "U" says the same where a partner sends no category.
TURNED_BACK = ("A3", "A4", "A6", "A7", "A8")
TAKEN = "A2"
REJECTING_ACTION = "U"


class Verdict(Enum):
    """What one set of statuses comes to."""

    REJECTED = "rejected"
    ACCEPTED = "accepted"
    ON_ITS_WAY = "on its way"  # received or passed on: no decision yet
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Status:
    """One of up to three codes of an STC: category, status, and whom it is about."""

    category: str
    code: str
    entity: str = ""


@dataclass(slots=True)
class Statuses:
    """All that the STC segments of one place say."""

    codes: list[Status] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def take(self, segment: Segment) -> None:
        for place in (1, 10, 11):
            parts = segment.components(place)
            if parts:
                texts = [part.strip().upper() for part in parts] + ["", ""]
                self.codes.append(Status(texts[0], texts[1].lstrip("0") or texts[1], texts[2]))
        if segment.get(3):
            self.actions.append(segment.get(3).strip().upper())
        if segment.get(12).strip():
            self.words.append(segment.get(12).strip())

    @property
    def verdict(self) -> Verdict:
        """One refusal outweighs everything; no category that is known says nothing."""
        categories = [status.category for status in self.codes]
        if any(category in TURNED_BACK for category in categories):
            return Verdict.REJECTED
        if REJECTING_ACTION in self.actions:
            return Verdict.REJECTED
        if TAKEN in categories:
            return Verdict.ACCEPTED
        return Verdict.ON_ITS_WAY if any(categories) else Verdict.UNKNOWN


@dataclass(slots=True)
class LineAnswer:
    """2220D: what is said of one service line, by the line control number that we sent."""

    control_number: str = ""
    procedure: str = ""
    statuses: Statuses = field(default_factory=Statuses)


@dataclass(slots=True)
class ClaimAnswer:
    """2200D: what is said of one claim, by the control number that we sent (CLM01)."""

    control_number: str
    payer_control_number: str = ""
    statuses: Statuses = field(default_factory=Statuses)
    lines: list[LineAnswer] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """A refused line turns the claim back: it is not taken in part."""
        if any(line.statuses.verdict is Verdict.REJECTED for line in self.lines):
            return Verdict.REJECTED
        return self.statuses.verdict


@dataclass(slots=True)
class ProviderAnswer:
    """The claims of one billing provider, and what is said of all of them together."""

    statuses: Statuses = field(default_factory=Statuses)
    claims: list[ClaimAnswer] = field(default_factory=list)


@dataclass(slots=True)
class FileAnswer:
    """2000B: what is said of one transaction of ours. `reference` is our BHT03."""

    answered_by: str = ""
    reference: str = ""
    statuses: Statuses = field(default_factory=Statuses)
    claimed: Decimal | None = None
    providers: list[ProviderAnswer] = field(default_factory=list)


@dataclass(slots=True)
class ClaimAcknowledgment:
    """All that one file says. `skipped` are segments that no place was found for."""

    files: list[FileAnswer] = field(default_factory=list)
    skipped: int = 0


PASSED_OVER = {"ISA", "GS", "ST", "SE", "GE", "IEA", "BHT", "DTP", "QTY", "PER"}


@dataclass(slots=True)
class _Reader:
    """Where in the tree the next segment belongs."""

    found: ClaimAcknowledgment = field(default_factory=ClaimAcknowledgment)
    level: str = ""
    answered_by: str = ""
    file: FileAnswer | None = None
    provider: ProviderAnswer | None = None
    claim: ClaimAnswer | None = None
    line: LineAnswer | None = None

    def take(self, segment: Segment) -> None:
        match segment.id:
            case "HL":
                self._enter(segment.get(3).strip().upper())
            case "ST":
                self.level, self.file, self.provider = "", None, None
                self.claim = self.line = None
            case "NM1" if self.level == ANSWERER_LEVEL:
                self.answered_by = segment.get(3)
            case "TRN":
                self._trace(segment.get(2).strip())
            case "STC":
                self._status(segment)
            case "AMT" if self.file is not None and self.level == FILE_LEVEL:
                self.file.claimed = to_amount(segment.get(2)) or self.file.claimed
            case "REF":
                self._reference(segment.get(1).upper(), segment.get(2).strip())
            case "SVC" if self.claim is not None:
                parts = segment.components(1)
                self.line = LineAnswer(procedure=parts[1] if len(parts) > 1 else "")
                self.claim.lines.append(self.line)
            case "NM1" | "AMT":
                pass
            case _ if segment.id not in PASSED_OVER:
                self.found.skipped += 1

    def _enter(self, level: str) -> None:
        """A new level; one that names no known level is still the patient's if it hangs lowest."""
        self.level = level
        self.claim = self.line = None
        if level == ANSWERER_LEVEL:
            self.file = self.provider = None
        elif level == FILE_LEVEL:
            self.file = FileAnswer(answered_by=self.answered_by)
            self.provider = None
            self.found.files.append(self.file)
        elif level == PROVIDER_LEVEL:
            self.provider = ProviderAnswer()
            self._file().providers.append(self.provider)

    def _file(self) -> FileAnswer:
        if self.file is None:
            self.file = FileAnswer(answered_by=self.answered_by)
            self.found.files.append(self.file)
        return self.file

    def _provider(self) -> ProviderAnswer:
        if self.provider is None:
            self.provider = ProviderAnswer()
            self._file().providers.append(self.provider)
        return self.provider

    def _trace(self, number: str) -> None:
        if self.level in PATIENT_LEVELS:
            # One patient may have several claims: each begins with its own trace.
            self.claim, self.line = ClaimAnswer(number), None
            self._provider().claims.append(self.claim)
        elif self.level == FILE_LEVEL and self.file is not None:
            self.file.reference = self.file.reference or number

    def _status(self, segment: Segment) -> None:
        if self.line is not None:
            self.line.statuses.take(segment)
        elif self.claim is not None:
            self.claim.statuses.take(segment)
        elif self.level == PROVIDER_LEVEL and self.provider is not None:
            self.provider.statuses.take(segment)
        elif self.level == FILE_LEVEL and self.file is not None:
            self.file.statuses.take(segment)
        else:
            self.found.skipped += 1

    def _reference(self, kind: str, number: str) -> None:
        if self.line is not None and kind in ("FJ", "6R"):
            self.line.control_number = number
        elif self.claim is not None and self.line is None and kind == "1K":
            self.claim.payer_control_number = self.claim.payer_control_number or number


def read_277ca(segments: Iterable[Segment]) -> ClaimAcknowledgment:
    """The answers in these segments, in order."""
    reader = _Reader()
    for segment in segments:
        reader.take(segment)
    return reader.found
