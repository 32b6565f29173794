"""What does a check of a visit report: one element, how grave, in a sentence, with its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The publications that the checks rest on, cited beside each finding.
TREATMENT_NOTE = "CMS Pub. 100-02, ch. 15, § 220.3 E"
EVALUATION = "CMS Pub. 100-02, ch. 15, § 220.3 C"
PROGRESS_REPORT = "CMS Pub. 100-02, ch. 15, § 220.3 D"
SKILLED_CARE = "CMS Pub. 100-02, ch. 15, § 220.2"
PLAN_OF_CARE = "CMS Pub. 100-02, ch. 15, § 220.1.2"
ASSISTANTS = "CMS Pub. 100-02, ch. 15, § 230.1"
MINUTES = "CMS Pub. 100-04, ch. 5, § 20.3"
NEURO = "CGS LCD L34049, article A57067"
REVIEWERS = "Common reasons for denial on review"
HOUSE = "Rule of this practice"


class Level(StrEnum):
    REQUIRED = "required"  # blocks signing
    ADVICE = "advice"
    QUESTION = "question"  # asks whether another code fits better


@dataclass(frozen=True)
class Finding:
    """`element` is the field's path in the visit, or in the entry when `entry` holds its key."""

    element: str
    level: Level
    message: str
    source: str = ""
    entry: str = ""

    @property
    def path(self) -> str:
        return f"entries.{self.entry}.{self.element}" if self.entry else self.element

    @property
    def is_required(self) -> bool:
        return self.level is Level.REQUIRED

    def as_dict(self) -> dict[str, str]:
        return {
            "path": self.path,
            "entry": self.entry,
            "element": self.element,
            "level": self.level.value,
            "message": self.message,
            "source": self.source,
        }


def at_path(path: str, message: str) -> Finding:
    """What was typed wrongly, at its field: such a field blocks signing."""
    if path.startswith("entries."):
        _, key, element = path.split(".", 2)
        return Finding(element, Level.REQUIRED, message, entry=key)
    return Finding(path, Level.REQUIRED, message)
