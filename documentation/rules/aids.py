"""What of a card may become a favorite or a template: all but what belongs to one patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documentation.rules import neuro
from documentation.rules.session import NARRATIVE_MOST, NOTE_PARTS

NOTE_FIELDS = tuple(f"note.{part}" for part in NOTE_PARTS)
DETAIL_FIELDS = ("activities", "purposes", "skilled", "response", "course")
FIELDS = (*DETAIL_FIELDS, "narrative", *NOTE_FIELDS)
TEMPLATE_MOST = 12  # services
OF_ONE_PATIENT = ("response", "deficit")  # never in a template


class NothingToKeep(ValueError):
    """There is nothing in it that could be used again; the message says what to do."""


def favorite(field: object, value: object) -> Any:
    """The value of a favorite of that field, cleaned as the page's own would be."""
    if field not in FIELDS:
        raise NothingToKeep("This field has no favorites.")
    if field == "narrative" or field in NOTE_FIELDS:
        words = value.strip() if isinstance(value, str) else ""
        if not words or len(words) > NARRATIVE_MOST:
            raise NothingToKeep("Write the words first, and not too many.")
        return words
    wanted = value if field == "skilled" else {str(field): value}
    details = _details(wanted)
    kept: Any = {name: details[name] for name in ("skilled", "skilled_words") if details.get(name)}
    if field != "skilled":
        kept = details.get(str(field))
        if isinstance(kept, dict):
            # Words are about this patient's answer; what was chosen can be true of the next.
            kept = {name: inner for name, inner in kept.items() if name != "words" and inner}
    if not kept:
        raise NothingToKeep("Choose something first.")
    return kept


def template(entries: object) -> list[dict[str, Any]]:
    """The services of a template: their codes and what is done, without minutes, goal, response."""
    if not isinstance(entries, list) or not 1 <= len(entries) <= TEMPLATE_MOST:
        raise NothingToKeep(f"A template has 1 to {TEMPLATE_MOST} services.")
    kept: list[dict[str, Any]] = []
    for row in entries:
        code = row.get("code") if isinstance(row, dict) else None
        if not isinstance(code, str) or not 1 <= len(code) <= 5:
            raise NothingToKeep("Each service has a code.")
        if code == neuro.CODE:
            details = _details(row.get("details"))
            details = {
                name: value
                for name, value in details.items()
                if value and name not in OF_ONE_PATIENT
            }
            kept.append({"code": code, "details": details})
        else:
            words = row.get("narrative")
            narrative = words.strip()[:NARRATIVE_MOST] if isinstance(words, str) else ""
            kept.append({"code": code, "narrative": narrative})
    return kept


def _details(typed: object) -> dict[str, Any]:
    entry, _problems = neuro.read(typed if isinstance(typed, Mapping) else {})
    return dict(entry.as_details())
