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


# --- What differs, and what does not ------------------------------------------------------------

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Compared:
    """A part of the note beside the last one's: how alike, and which sentences are new or old."""

    label: str
    percent: int
    new: tuple[str, ...]
    same: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_near_copy(self) -> bool:
        return self.percent >= NEAR * 100


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def compare_text(label: str, this: str, last: str) -> Compared | None:
    """None where either says nothing: there is nothing to compare."""
    if not this.strip() or not last.strip():
        return None
    now, before = sentences(this), sentences(last)
    known, said = {_key(each) for each in before}, {_key(each) for each in now}
    return Compared(
        label=label,
        percent=int(likeness(this, last) * 100),
        new=tuple(each for each in now if _key(each) not in known),
        same=tuple(each for each in now if _key(each) in known),
        gone=tuple(each for each in before if _key(each) not in said),
    )


def compare(this: Written, last: Written) -> list[Compared]:
    """Part by part, then service by service; what only one of the two notes has is left out."""
    texts = [(part.capitalize(), text, last.note.get(part, "")) for part, text in this.note.items()]
    texts += [(code, text, last.narratives.get(code, "")) for code, text in this.narratives.items()]
    compared = [compare_text(label, now, before) for label, now, before in texts]
    return [each for each in compared if each is not None]


def _key(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.lower()))
