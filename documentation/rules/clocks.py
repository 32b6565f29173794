"""What of a case falls due, by when, and how pressing it is: progress report, renewal, license.

Certification has a state machine of its own (`rules.certification`); authorizations are
scheduling's (`scheduling.budget_rules`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

# CMS Pub. 100-02, ch. 15, § 220.3 D: a report for at least every ten treatment days.
REPORT_EVERY = 10

REPORT_SOURCE = "CMS Pub. 100-02, ch. 15, § 220.3 D"
RENEWAL_SOURCE = "CMS Pub. 100-02, ch. 15, § 220.1.3"


class Urgency(IntEnum):
    """The higher, the more it presses."""

    LATER = 0
    SOON = 1
    NOW = 2
    OVERDUE = 3

    @property
    def tone(self) -> str:
        return {0: "muted", 1: "info", 2: "warning", 3: "danger"}[self.value]

    @property
    def label(self) -> str:
        return {0: "Later", 1: "Soon", 2: "Now", 3: "Overdue"}[self.value]


@dataclass(frozen=True)
class Ahead:
    """How long before it is due something counts as soon: treatment days, then calendar days."""

    report_visits: int
    renewal_days: int
    license_days: int


@dataclass(frozen=True)
class Clock:
    """How far a clock has run; `words` are one sentence that says what to do."""

    urgency: Urgency
    words: str
    source: str
    due_on: dt.date | None = None


def progress_report(treatment_days: int, *, ahead: Ahead) -> Clock:
    """The report that is due with the tenth treatment day since the last one."""
    days = f"{treatment_days} treatment day{'' if treatment_days == 1 else 's'}"
    if treatment_days > REPORT_EVERY:
        words = f"The progress report is overdue: {days} since the last."
        return Clock(Urgency.OVERDUE, words, REPORT_SOURCE)
    if treatment_days == REPORT_EVERY:
        words = f"Write the progress report now: {days} since the last."
        return Clock(Urgency.NOW, words, REPORT_SOURCE)
    left = REPORT_EVERY - treatment_days
    words = f"Progress report in {left} treatment day{'' if left == 1 else 's'}."
    urgency = Urgency.SOON if left <= ahead.report_visits else Urgency.LATER
    return Clock(urgency, words, REPORT_SOURCE)


def renewal(through: dt.date, *, today: dt.date, ahead: Ahead) -> Clock:
    """The plan of care that ends, by its own duration or after ninety days."""
    left = (through - today).days
    if left < 0:
        words = f"The plan of care ended on {_spoken(through)}: renew it."
        return Clock(Urgency.OVERDUE, words, RENEWAL_SOURCE, through)
    words = f"The plan of care ends on {_spoken(through)}: renew it or discharge."
    if left <= ahead.renewal_days // 2:
        return Clock(Urgency.NOW, words, RENEWAL_SOURCE, through)
    urgency = Urgency.SOON if left <= ahead.renewal_days else Urgency.LATER
    return Clock(urgency, words, RENEWAL_SOURCE, through)


def license_of(expires_on: dt.date, *, today: dt.date, ahead: Ahead) -> Clock:
    """A clinician's license: nobody signs without one."""
    left = (expires_on - today).days
    if left < 0:
        words = f"The license expired on {_spoken(expires_on)}: nothing can be signed."
        return Clock(Urgency.OVERDUE, words, "Rule of this practice", expires_on)
    words = f"The license expires on {_spoken(expires_on)}: enter its renewal."
    urgency = Urgency.SOON if left <= ahead.license_days else Urgency.LATER
    return Clock(urgency, words, "Rule of this practice", expires_on)


def _spoken(day: dt.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
