"""Is a plan of care certified, by which way, and until which day?

A signature certifies a plan. For an initial plan a signed order on file does so too, once the plan
was sent to whoever ordered it within 30 days of the evaluation, with evidence that it arrived.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

LONGEST_CERTIFICATION = 90  # calendar days; the day it begins is the first of them
SOURCE = "CMS Pub. 100-02, ch. 15, § 220.1.3"
ORDER_SOURCE = "42 CFR 424.24(c)"
ORDER_STANDS_FROM = dt.date(2025, 1, 1)  # 89 FR 97710: for plans that begin from this day on
DAYS_TO_CERTIFY = 30  # after first treatment
DAYS_AFTER_VERBAL = 14  # a verbal order is followed by a signature


class State(StrEnum):
    """How a plan stands; the first three hold on their own."""

    SIGNED = "signed"
    SIGNED_LATE = "signed_late"  # a delayed certification, with its reason
    ON_ORDER = "on_order"  # a signed order on file, and the plan sent in time
    VERBAL = "verbal"  # ordered by word of mouth; the signature is to follow
    WAITING = "waiting"  # sent, and there is time
    NOT_SENT = "not_sent"  # there is time
    NO_REASON = "no_reason"  # signed late, and nobody has said why
    OVERDUE = "overdue"  # neither signed nor standing on an order, and the time is over


CERTIFIED = frozenset({State.SIGNED, State.SIGNED_LATE, State.ON_ORDER})


@dataclass(frozen=True)
class Facts:
    """What is on file of one plan. `begins_on` is first treatment for the initial plan of a case,
    the plan's own start for one that renews it; `sent_on` is a day with evidence of delivery."""

    begins_on: dt.date
    is_initial: bool = True
    order_signed_on: dt.date | None = None
    sent_on: dt.date | None = None
    verbal_on: dt.date | None = None
    signed_on: dt.date | None = None
    delay_reason: str = ""

    @property
    def in_time(self) -> dt.date:
        """The last day on which a certification is not a delayed one."""
        return self.begins_on + dt.timedelta(days=DAYS_TO_CERTIFY)

    @property
    def due_on(self) -> dt.date:
        """The day by which it is to be signed. A renewal is due as it begins."""
        if self.verbal_on is not None and self.verbal_on <= self.in_time:
            return self.verbal_on + dt.timedelta(days=DAYS_AFTER_VERBAL)
        return self.in_time if self.is_initial else self.begins_on


@dataclass(frozen=True)
class Certification:
    """How the plan stands today; `due_on` is the day of the signature that is still wanted."""

    state: State
    due_on: dt.date | None
    source: str = SOURCE

    @property
    def holds(self) -> bool:
        return self.state in CERTIFIED


def certify(facts: Facts, *, today: dt.date) -> Certification:
    """How the plan stands: each state follows from what is on file, and from nothing before."""
    if facts.signed_on is not None:
        return Certification(_signed(facts, facts.signed_on), None)
    if _stands_on_order(facts):
        return Certification(State.ON_ORDER, None, ORDER_SOURCE)
    return Certification(_unsigned(facts, today), facts.due_on)


def _signed(facts: Facts, signed_on: dt.date) -> State:
    verbal = facts.verbal_on is not None and facts.verbal_on <= facts.in_time
    if signed_on <= (max(facts.due_on, facts.in_time) if verbal else facts.in_time):
        return State.SIGNED
    return State.SIGNED_LATE if facts.delay_reason.strip() else State.NO_REASON


def _stands_on_order(facts: Facts) -> bool:
    """The second way, for the initial plan alone: a recertification is always signed."""
    return (
        facts.is_initial
        and facts.begins_on >= ORDER_STANDS_FROM
        and facts.order_signed_on is not None
        and facts.sent_on is not None
        and facts.sent_on <= facts.in_time
    )


def _unsigned(facts: Facts, today: dt.date) -> State:
    if today > facts.due_on:
        return State.OVERDUE
    if facts.verbal_on is not None and facts.verbal_on <= facts.in_time:
        return State.VERBAL
    return State.WAITING if facts.sent_on is not None else State.NOT_SENT


def in_words(found: Certification, facts: Facts) -> str:
    """One sentence: how it stands, and what to do."""
    due = _spoken(found.due_on) if found.due_on is not None else ""
    signed = _spoken(facts.signed_on) if facts.signed_on is not None else ""
    return {
        State.SIGNED: f"Certified: signed on {signed}.",
        State.SIGNED_LATE: f"Certified late, on {signed}; the reason is on file.",
        State.ON_ORDER: "Certified: a signed order is on file and the plan was sent in time.",
        State.VERBAL: f"Ordered by word of mouth. Have it signed by {due}.",
        State.WAITING: f"Sent, not signed. Have it signed by {due}.",
        State.NOT_SENT: f"Not sent. Send it, and have it signed by {due}.",
        State.NO_REASON: f"Signed late, on {signed}. Enter why, so that it counts.",
        State.OVERDUE: f"Not certified: it was to be signed by {due}. A late signature counts, "
        "with its reason.",
    }[found.state]


def _spoken(day: dt.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


@dataclass(frozen=True)
class Validity:
    """The last day a certification can reach, and what sets that limit."""

    through: dt.date
    limit: str
    source: str = SOURCE

    def covers(self, day: dt.date) -> bool:
        return day <= self.through


def validity(*, begins_on: dt.date, starts_on: dt.date, duration_weeks: int) -> Validity:
    """The plan's own duration or 90 days, whichever ends first.

    `begins_on` is the day the 90 days count from: first treatment for an initial plan, the
    plan's own start for one that renews it.
    """
    by_duration = starts_on + dt.timedelta(days=7 * duration_weeks - 1)
    by_ninety_days = begins_on + dt.timedelta(days=LONGEST_CERTIFICATION - 1)
    if by_duration <= by_ninety_days:
        return Validity(by_duration, f"the plan's {duration_weeks} weeks")
    return Validity(by_ninety_days, f"{LONGEST_CERTIFICATION} days")
