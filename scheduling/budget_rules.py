"""How far does an authorization reach, and which one does a visit draw on?

A payer approves so many visits, or units, of certain codes between two days. A visit that was
held has used one; a live appointment ahead has booked one. What is left is the difference, and
whoever books sees on which day it runs out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

PACE_WEEKS = 4  # how far back the pace of a patient's visits is measured

# Evaluations and re-evaluations, by discipline (CPT code numbers; 97164 and 97168 are repeats).
EVALUATIONS = {
    "PT": frozenset({"97161", "97162", "97163", "97164"}),
    "OT": frozenset({"97165", "97166", "97167", "97168"}),
    "SLP": frozenset({"92521", "92522", "92523", "92524", "92597", "92610"}),
}
ALL_EVALUATIONS = frozenset().union(*EVALUATIONS.values())
SPEECH = "92"  # speech-language treatment codes begin so, therapy of movement begins with 97


class Standing(StrEnum):
    """How an authorization stands, the worst first."""

    OVER = "over"
    SPENT = "spent"
    EXPIRED = "expired"
    LOW = "low"
    FINE = "fine"


class Problem(StrEnum):
    """Why a visit is not covered."""

    SPENT = "spent"
    MISSING = "missing"


@dataclass(frozen=True)
class Grant:
    """What one authorization says."""

    id: int
    number: str
    starts_on: dt.date
    ends_on: dt.date
    visits: int | None = None
    units: int | None = None
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Card:
    """One coverage, with what its payer has granted; `priority` 1 is the primary."""

    priority: int
    payer: str
    needs_authorization: bool
    starts_on: dt.date
    ends_on: dt.date | None
    grants: tuple[Grant, ...] = ()

    def is_active_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Use:
    """One live appointment on an authorization: its day, its units, whether it was held."""

    on: dt.date
    units: int
    held: bool


@dataclass(frozen=True)
class Budget:
    """What is left of an authorization, and until when it lasts."""

    grant: Grant
    standing: Standing
    visits_used: int
    visits_booked: int
    units_used: int
    units_booked: int
    runs_out_on: dt.date | None
    ends_soon: bool

    @property
    def visits_left(self) -> int | None:
        if self.grant.visits is None:
            return None
        return self.grant.visits - self.visits_used - self.visits_booked

    @property
    def units_left(self) -> int | None:
        if self.grant.units is None:
            return None
        return self.grant.units - self.units_used - self.units_booked

    @property
    def runs_out_early(self) -> bool:
        """Whether it is forecast to be used up before its last day."""
        return self.runs_out_on is not None and self.runs_out_on < self.grant.ends_on

    @property
    def meter(self) -> tuple[int, int]:
        """How much of it is used and how much booked, in hundredths; by whichever is scarcer."""
        shares = [
            (100 * used / approved, 100 * booked / approved)
            for approved, used, booked in (
                (self.grant.visits, self.visits_used, self.visits_booked),
                (self.grant.units, self.units_used, self.units_booked),
            )
            if approved
        ]
        used, booked = max(shares, key=sum)
        used = min(used, 100)
        return round(used), round(min(booked, 100 - used))


@dataclass(frozen=True)
class Choice:
    """On which authorization a visit is reserved, or why it would not be covered.

    `grant` may stand with a problem: the one that is spent.
    """

    grant: Grant | None = None
    problem: Problem | None = None
    payer: str = ""
    needs_units: int = 0
    visits_left: int | None = None
    units_left: int | None = None
    ended_on: dt.date | None = None


def usual_units(*, minutes: int, told: int | None) -> int:
    """Units a visit takes before it is billed: what its type says, else one per 15 minutes."""
    return told if told is not None else minutes // 15


def fits(codes: Collection[str], *, discipline: str, is_evaluation: bool) -> bool:
    """Whether an authorization for these codes may be for such a visit; none named: any code."""
    if not codes:
        return True
    if is_evaluation:
        return bool(EVALUATIONS.get(discipline, frozenset()) & set(codes))
    treatments = [code for code in codes if code not in ALL_EVALUATIONS]
    return any(code.startswith(SPEECH) == (discipline == "SLP") for code in treatments)


def choose(
    cards: Iterable[Card],
    uses: dict[int, Sequence[Use]],
    *,
    on: dt.date,
    units: int,
    discipline: str,
    is_evaluation: bool,
) -> Choice:
    """The authorization for a visit on that day: of the first card that has one which covers the
    day and fits, one with something left, and of those the one that ends first."""
    active = sorted((c for c in cards if c.is_active_on(on)), key=lambda card: card.priority)
    for card in active:
        fitting = [
            grant
            for grant in sorted(card.grants, key=lambda grant: (grant.ends_on, grant.id))
            if fits(grant.codes, discipline=discipline, is_evaluation=is_evaluation)
        ]
        covering = [grant for grant in fitting if grant.starts_on <= on <= grant.ends_on]
        choices = [_choice(grant, uses.get(grant.id, ()), card, units) for grant in covering]
        with_room = [choice for choice in choices if choice.problem is None]
        if with_room:
            return with_room[0]
        if choices:
            return choices[0]
        if card.needs_authorization:
            ended = [grant.ends_on for grant in fitting if grant.ends_on < on]
            return Choice(
                problem=Problem.MISSING,
                payer=card.payer,
                needs_units=units,
                ended_on=max(ended, default=None),
            )
    return Choice()


def _choice(grant: Grant, uses: Sequence[Use], card: Card, units: int) -> Choice:
    visits_left = None if grant.visits is None else grant.visits - len(uses)
    taken = sum(use.units for use in uses)
    units_left = None if grant.units is None else grant.units - taken
    has_room = (visits_left is None or visits_left >= 1) and (
        units_left is None or units_left >= units
    )
    return Choice(
        grant=grant,
        problem=None if has_room else Problem.SPENT,
        payer=card.payer,
        needs_units=units,
        visits_left=visits_left,
        units_left=units_left,
    )


def budget(
    grant: Grant,
    uses: Sequence[Use],
    *,
    today: dt.date,
    few_visits: int,
    ends_soon_days: int,
) -> Budget:
    """How the authorization stands today."""
    held = [use for use in uses if use.held]
    booked = [use for use in uses if not use.held]
    ends_soon = today <= grant.ends_on <= today + dt.timedelta(days=ends_soon_days)
    worked_out = Budget(
        grant=grant,
        standing=Standing.FINE,
        visits_used=len(held),
        visits_booked=len(booked),
        units_used=sum(use.units for use in held),
        units_booked=sum(use.units for use in booked),
        runs_out_on=runs_out_on(grant, uses, today=today),
        ends_soon=ends_soon,
    )
    standing = _standing(worked_out, today=today, few_visits=few_visits, uses=uses)
    return Budget(**{**vars(worked_out), "standing": standing})


def _standing(found: Budget, *, today: dt.date, few_visits: int, uses: Sequence[Use]) -> Standing:
    left = [number for number in (found.visits_left, found.units_left) if number is not None]
    if min(left) < 0:
        return Standing.OVER
    if found.grant.ends_on < today:
        return Standing.EXPIRED
    if min(left) == 0:
        return Standing.SPENT
    visits_left = visits_worth(found, uses)
    if visits_left <= few_visits or found.ends_soon:
        return Standing.LOW
    return Standing.FINE


URGENCY = (Standing.OVER, Standing.SPENT, Standing.LOW)


def urgency(found: Budget, *, plan_ends_on: dt.date | None) -> tuple[int, dt.date]:
    """What to look at first: over, spent, low, then what runs out before the plan of care does."""
    if found.standing in URGENCY:
        return URGENCY.index(found.standing), found.grant.ends_on
    early = runs_out_before(found, plan_ends_on)
    return len(URGENCY) + (not early), found.grant.ends_on


def runs_out_before(found: Budget, plan_ends_on: dt.date | None) -> bool:
    """Whether the visits, or the days, end before the plan of care does."""
    if plan_ends_on is None:
        return False
    last = min(found.runs_out_on or found.grant.ends_on, found.grant.ends_on)
    return last < plan_ends_on


def visits_worth(found: Budget, uses: Sequence[Use]) -> int:
    """How many visits what is left comes to; units are turned to visits by what a visit took."""
    worth = []
    if found.visits_left is not None:
        worth.append(found.visits_left)
    if found.units_left is not None:
        worth.append(found.units_left // _units_a_visit(uses))
    return max(min(worth), 0)


def _units_a_visit(uses: Sequence[Use]) -> int:
    taken = [use.units for use in uses if use.units]
    return max(round(sum(taken) / len(taken)), 1) if taken else 3


def runs_out_on(grant: Grant, uses: Sequence[Use], *, today: dt.date) -> dt.date | None:
    """The day of the visit that takes the last of it.

    By what is booked where that reaches; beyond it, by the pace of the last weeks and the weeks
    booked. `None` when nothing says how fast it goes.
    """
    in_order = sorted(uses, key=lambda use: use.on)
    visits, units = 0, 0
    for use in in_order:
        visits, units = visits + 1, units + use.units
        if (grant.visits is not None and visits >= grant.visits) or (
            grant.units is not None and units >= grant.units
        ):
            return use.on
    since = today - dt.timedelta(weeks=PACE_WEEKS)
    counted = [use for use in in_order if use.on > since]
    if not counted:
        return None
    last = max(counted[-1].on, today)
    weeks = max((last - max(since, counted[0].on)).days / 7, 1.0)
    a_week = len(counted) / weeks
    worth = []
    if grant.visits is not None:
        worth.append(grant.visits - visits)
    if grant.units is not None:
        worth.append(-(-(grant.units - units) // _units_a_visit(in_order)))
    return last + dt.timedelta(days=round(min(worth) / a_week * 7))


def sentence(choice: Choice, *, on: dt.date) -> str:
    """What is in the way, for whoever books."""
    day = f"{on:%B} {on.day}"
    if choice.problem is Problem.MISSING:
        ended = choice.ended_on
        told = f"{choice.payer} needs an authorization, and none covers {day}"
        return f"{told}; the last ended on {ended:%B} {ended.day}." if ended else f"{told}."
    if choice.problem is None or choice.grant is None:
        return ""
    grant = choice.grant
    if choice.visits_left is not None and choice.visits_left < 1:
        return (
            f"Authorization {grant.number} is spent: all {grant.visits} visits are used or booked."
        )
    left = max(choice.units_left or 0, 0)
    return (
        f"Authorization {grant.number} has {left} of {grant.units} units left; "
        f"this visit usually takes {choice.needs_units}."
    )
