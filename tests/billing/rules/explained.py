"""A visit as somebody writes it down, what is stored for it, and the answer."""

from decimal import Decimal

from billing.rules.explain import answer
from billing.rules.types import Gpci, Rates
from billing.rules.visit import StoredRules
from tests.billing.rules.makers import policy
from tests.billing.rules.tables import CODES, EDITS, MUE, RVU, THRESHOLDS

ONE = Gpci(Decimal(1), Decimal(1), Decimal(1))
RATES = Rates(Decimal("33.4009"), ONE, RVU, pe_reduction=Decimal("0.50"))


def stored(**changes) -> StoredRules:
    known = {
        "codes": CODES,
        "policy": policy(),
        "edits": EDITS,
        "mue": MUE,
        "rates": RATES,
        "threshold": THRESHOLDS[2026],
    }
    return StoredRules(**(known | changes))


def visit(*services: dict, **more) -> dict:
    return {
        "date_of_service": "2026-03-02",
        "discipline": "PT",
        "unit_rule": "cms",
        "services": list(services),
        **more,
    }


def ask(data, rules: StoredRules | None = None):
    return answer(data, CODES, lambda visit: rules or stored())


THE_VISIT = visit(
    {
        "code": "97112",
        "minutes": 24,
        "assistant_minutes": 0,
        "regions": ["left lower extremity"],
        "modifiers": [],
        "starts_at": None,
        "ends_at": None,
    },
    {"code": "97110", "minutes": 23},
    payer={
        "discipline_modifier": True,
        "ncci": True,
        "mue": True,
        "assistant_modifier": True,
        "distinct_modifier": "59",
        "mppr": True,
        "kx": True,
    },
    year_to_date={"PT": "2400.00", "SLP": "0.00", "OT": "0.00"},
    rates={
        "conversion_factor": "33.4009",
        "gpci": {"work": "1", "pe": "1", "mp": "1"},
        "rvu": {"97112": {"work": ".50", "pe": ".47", "mp": ".01"}},
        "pe_reduction": "0.50",
    },
)
