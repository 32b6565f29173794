"""How a plan stands: what is on file of its certification, handed to the pure rules."""

from __future__ import annotations

import datetime as dt

from documentation.models import Episode, PlanOfCare
from documentation.rules import certification as rules


def facts_of(plan: PlanOfCare, *, episode: Episode, is_first: bool) -> rules.Facts:
    """The first plan of a case is the initial one, and counts from first treatment."""
    return rules.Facts(
        begins_on=min(episode.started_on, plan.starts_on) if is_first else plan.starts_on,
        is_initial=is_first,
        order_signed_on=episode.order_signed_on,
        sent_on=plan.sent_on,
        verbal_on=plan.verbal_on,
        signed_on=plan.signed_on,
        delay_reason=plan.delay_reason,
    )


def told_of(
    plan: PlanOfCare, *, today: dt.date, episode: Episode, is_first: bool
) -> tuple[rules.Certification, str]:
    """How the plan stands today, and the sentence that says so and what to do."""
    facts = facts_of(plan, episode=episode, is_first=is_first)
    found = rules.certify(facts, today=today)
    return found, rules.in_words(found, facts)
