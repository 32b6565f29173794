"""Which of a case's diagnoses go on its claim, when there are more than a claim holds?

The therapist's order says what matters most; what lines point to always goes. Of the rest, what is
treated goes before what merely tells a cause or a status.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_DIAGNOSES = 12  # HI of loop 2300; CMS-1500 item 21
POINTED = 4  # lines point to the first of them: SV107; CMS-1500 item 24E
EXTERNAL_CAUSES = frozenset("VWXY")  # ICD-10-CM chapter 20
STATUS = "Z"  # chapter 21: factors influencing health status


@dataclass(frozen=True)
class Chosen:
    """Both in the order of the case."""

    kept: tuple[str, ...]
    dropped: tuple[str, ...] = ()


def claim_diagnoses(codes: Sequence[str]) -> Chosen:
    """At most twelve, the first four among them."""
    if len(codes) <= MOST_DIAGNOSES:
        return Chosen(tuple(codes))
    places = sorted(range(len(codes)), key=lambda place: (place >= POINTED, _rank(codes[place])))
    kept = set(places[:MOST_DIAGNOSES])
    return Chosen(
        tuple(code for place, code in enumerate(codes) if place in kept),
        tuple(code for place, code in enumerate(codes) if place not in kept),
    )


def _rank(code: str) -> int:
    if code[:1] in EXTERNAL_CAUSES:
        return 2
    return 1 if code[:1] == STATUS else 0
