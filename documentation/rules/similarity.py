"""Is this note nearly a copy of the last one?

Reviewers deny successive notes that say the same. Likeness is the share of three-word runs that
two texts have in common (Sørensen-Dice), so that moving a sentence does not hide a copy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from documentation.rules.findings import REVIEWERS, Finding, Level

NEAR = 0.9
RUN = 3
FEWEST_WORDS = 8  # "No change." is no copy
_WORD = re.compile(r"[\w/.%+-]+")


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    if len(words) < RUN:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same words in the same runs)."""
    a, b = _runs(one), _runs(other)
    if not a or not b:
        return 0.0
    return 2 * (a & b).total() / (a.total() + b.total())


def is_near_copy(text: str, last: str) -> bool:
    return len(_WORD.findall(text)) >= FEWEST_WORDS and likeness(text, last) >= NEAR


@dataclass(frozen=True)
class Written:
    """What a visit's note says: its parts, and per code the minutes and the sentences."""

    note: Mapping[str, str] = field(default_factory=dict)
    narratives: Mapping[str, str] = field(default_factory=dict)  # by code
    minutes: Mapping[str, int] = field(default_factory=dict)  # by code
    keys: Mapping[str, str] = field(default_factory=dict)  # code -> the entry's key
    day: str = ""


def near_copies(this: Written, last: Written) -> list[Finding]:
    findings = [
        Finding(
            f"note.{part}",
            Level.ADVICE,
            f"Almost the same words as on {last.day}. Say what was different this time.",
            REVIEWERS,
        )
        for part, text in this.note.items()
        if is_near_copy(text, last.note.get(part, ""))
    ]
    findings += [
        Finding(
            "narrative",
            Level.ADVICE,
            f"{code} reads almost as on {last.day}. Say what was different this time.",
            REVIEWERS,
            this.keys.get(code, ""),
        )
        for code, text in this.narratives.items()
        if is_near_copy(text, last.narratives.get(code, ""))
    ]
    if len(this.minutes) > 1 and dict(this.minutes) == dict(last.minutes):
        findings.append(
            Finding(
                "total_treatment_minutes",
                Level.ADVICE,
                f"Each service has the same minutes as on {last.day}. Are they this visit's?",
                REVIEWERS,
            )
        )
    return findings
