"""The codes of a reply in plain words, and the field of ours to look at.

The words are ours. What a code means: X12 external code lists 507 and 508 for claim statuses, data
elements 716, 718, 720, 723 and I18 for acknowledgments. A code that is not in the tables is shown
as it came.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from billing.x12.read_277ca import Status
from billing.x12.read_999 import SegmentFault

TABLES = Path(__file__).parent / "data"

# Whom an entity code means, and where that is kept (X12 data element 98).
ENTITIES = {
    "IL": ("subscriber", "coverage"),
    "QC": ("patient", "patient"),
    "82": ("treating therapist", "provider"),
    "85": ("billing provider", "practice"),
    "87": ("pay-to address", "practice"),
    "1P": ("provider", "provider"),
    "DN": ("referring provider", "referring_provider"),
    "DK": ("ordering provider", "referring_provider"),
    "DQ": ("supervising provider", "provider"),
    "77": ("place of service", "practice"),
    "PR": ("payer", "payer"),
    "40": ("receiver of the file", "payer"),
    "41": ("sender of the file", "practice"),
}

# Which loop of a claim is kept where (005010X222A1).
LOOPS = {
    "2000A": "practice",
    "2010AA": "practice",
    "2010AB": "practice",
    "2000B": "coverage",
    "2010BA": "coverage",
    "2010BB": "payer",
    "2000C": "coverage.relation",
    "2010CA": "patient",
    "2310A": "referring_provider",
    "2310B": "provider",
    "2310C": "practice",
    "2310D": "provider",
    "2320": "coverage",
    "2330A": "coverage",
    "2330B": "coverage",
    "2400": "visit.services",
    "2420A": "provider",
}
SEGMENTS = {"HI": "episode.diagnoses", "SV1": "visit.services", "DTP": "episode"}


@dataclass(frozen=True)
class Said:
    """One thing that a reply says: a sentence, its codes as they came, and our field, if any."""

    words: str
    codes: tuple[str, ...]
    field: str = ""


@cache
def _statuses() -> dict[str, tuple[str, str]]:
    with (TABLES / "status_codes.csv").open(encoding="utf-8", newline="") as table:
        return {row["code"]: (row["words"], row["field"]) for row in csv.DictReader(table)}


@cache
def _acknowledgments() -> dict[tuple[str, str], str]:
    with (TABLES / "acknowledgment_codes.csv").open(encoding="utf-8", newline="") as table:
        return {(row["list"], row["code"]): row["words"] for row in csv.DictReader(table)}


def of_status(status: Status) -> Said:
    """A status code of a 277CA: what is wrong, about whom, and where that is kept."""
    words, field = _statuses().get(status.code, ("", ""))
    whom, entity_field = ENTITIES.get(status.entity, ("", ""))
    if not words:
        words = f"Status {status.code or status.category}"
    sentence = f"{words}: {whom}." if whom else f"{words}."
    codes = [part for part in (status.category, status.code, status.entity) if part]
    # Whose name, address or number it is decides where it is mended, unless the code says itself.
    return Said(sentence, (":".join(codes),), field or entity_field)


def of_statuses(statuses: Iterable[Status], own_words: Iterable[str] = ()) -> list[Said]:
    """Every status, each once, and the payer's own words after them."""
    said = list(dict.fromkeys(of_status(status) for status in statuses))
    return said + [Said(words, ()) for words in dict.fromkeys(own_words)]


def of_fault(fault: SegmentFault) -> Said:
    """A segment that a 999 refused: which one, what is wrong with it, and where that is kept."""
    place = f"{fault.segment} in loop {fault.loop}" if fault.loop else fault.segment
    parts = [f"Segment {place} {_words('segment', fault.code)}"]
    codes = [f"{fault.segment}:{fault.code}"]
    for element in fault.elements:
        name = f"{fault.segment}{element.position:02d}"
        name += f"-{element.component}" if element.component else ""
        parts.append(f"element {name} {_words('element', element.code)}")
        codes.append(f"{name}:{element.code}")
    field = SEGMENTS.get(fault.segment) or LOOPS.get(fault.loop, "")
    return Said("; ".join(parts) + ".", tuple(codes), field)


def of_refusal(what: str, codes: Iterable[str]) -> Said:
    """Why an interchange, a group or a transaction was refused; `what` names the list."""
    codes = tuple(codes)
    reasons = "; ".join(_words(what, code) for code in codes)
    return Said(f"The {what} was refused: {reasons or 'no reason is given'}.", codes)


def _words(what: str, code: str) -> str:
    return _acknowledgments().get((what, code), f"has code {code}" if code else "is refused")
