"""Dull pieces the rule tests are made of; what matters to a test is written in it."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings

from billing.rules.types import PolicyFacts, Service, UnitRule

# The pure tests stay quick.
property_test = settings(max_examples=60)

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def policy(**changes) -> PolicyFacts:
    medicare = {
        "unit_rule": UnitRule.CMS,
        "discipline_modifier": True,
        "ncci": True,
        "mue": True,
        "assistant_modifier": True,
        "distinct_modifier": "59",
        "mppr": True,
        "kx": True,
    }
    return PolicyFacts(**(medicare | changes))


def at(code: str, start: int, end: int, **more) -> Service:
    """A service that fills the minutes from `start` to `end` after nine."""
    return Service(
        code,
        end - start,
        starts_at=NINE + timedelta(minutes=start),
        ends_at=NINE + timedelta(minutes=end),
        **more,
    )
