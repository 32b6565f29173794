"""What-if: one visit written down, and all the rules say of it, as plain values for JSON.

The command, the API and the page all ask `answer`, so all three say the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from billing.rules.money import Settlement
from billing.rules.types import CodeFacts, Gpci, PolicyFacts, Rates, Rvu
from billing.rules.visit import BilledLine, StoredRules, bill_visit
from billing.rules.visit_input import (
    BadInput,
    RatesInput,
    VisitInput,
    parse_visit,
    parse_visits,
)

Answer = dict[str, object]


def answer(
    data: object,
    codes: Mapping[str, CodeFacts],
    stored_for: Callable[[VisitInput], StoredRules],
) -> Answer | list[Answer]:
    """One visit in, one answer out; a list in, a list out. Raises BadInput with every fault.

    `stored_for` fetches what is stored for a visit's date; it is asked only when all can be read.
    """
    if isinstance(data, list):
        visits = parse_visits(data, codes)
        faults = [each for each in visits if not isinstance(each, VisitInput)]
        if faults:
            raise BadInput(faults)
        return [explain(v, stored_for(v)) for v in visits if isinstance(v, VisitInput)]
    visit = parse_visit(data, codes)
    if not isinstance(visit, VisitInput):
        raise BadInput(visit)
    return explain(visit, stored_for(visit))


def explain(visit: VisitInput, stored: StoredRules) -> Answer:
    """What the visit bills and why. What was written down wins over what is stored."""
    policy = _policy(visit, stored.policy)
    stored = replace(
        stored,
        policy=policy,
        rates=_rates(visit.rates, stored.rates, mppr=policy.mppr),
        accrued=stored.accrued if visit.year_to_date is None else visit.year_to_date,
    )
    bill = bill_visit(
        visit.services,
        stored,
        on=visit.date_of_service,
        deductible_remaining=visit.deductible_remaining,
    )
    return {
        "timed_minutes": bill.units.timed_minutes,
        "units_total": bill.units.units_total,
        "units": dict(bill.units.units),
        "untimed_units": dict(bill.units.untimed_units),
        "alternatives": [dict(units) for units in bill.units.alternatives],
        "lines": [_line(line) for line in bill.lines],
        "findings": [finding.as_dict() for finding in bill.findings],
        "totals": {"allowed": _text(bill.allowed)},
        "settlement": _settlement(bill.settlements),
        "proof": list(bill.proof),
    }


def _line(billed: BilledLine) -> Answer:
    return {
        "code": billed.line.code,
        "units": billed.line.units,
        "modifiers": [modifier.code for modifier in billed.modifiers],
        "unit_prices": [_text(price) for price in billed.unit_prices],
        "allowed": _text(billed.allowed),
    }


def _settlement(lines: Sequence[Settlement] | None) -> Answer | None:
    """Who bears the allowed amount; None where a price or the payer's shares are not known."""
    if lines is None:
        return None

    def added(amounts: Iterable[Decimal]) -> str | None:
        return _text(sum(amounts, Decimal(0)))

    return {
        "deductible": added(each.deductible for each in lines),
        "coinsurance": added(each.coinsurance for each in lines),
        "patient_owes": added(each.patient_owes for each in lines),
        "before_assistant": added(each.before_assistant for each in lines),
        "before_sequestration": added(each.before_sequestration for each in lines),
        "paid": added(each.paid for each in lines),
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _policy(visit: VisitInput, stored: PolicyFacts) -> PolicyFacts:
    given = visit.payer
    return replace(
        stored,
        unit_rule=visit.unit_rule,
        discipline_modifier=bool(given.get("discipline_modifier", stored.discipline_modifier)),
        ncci=bool(given.get("ncci", stored.ncci)),
        mue=bool(given.get("mue", stored.mue)),
        assistant_modifier=bool(given.get("assistant_modifier", stored.assistant_modifier)),
        distinct_modifier=(
            "X" if given.get("distinct_modifier", stored.distinct_modifier) == "X" else "59"
        ),
        mppr=bool(given.get("mppr", stored.mppr)),
        kx=bool(given.get("kx", stored.kx)),
    )


def _rates(given: RatesInput | None, stored: Rates | None, *, mppr: bool) -> Rates | None:
    """The stored rates with what was written down in their place; None while a part is missing."""
    if given is None:
        return stored
    factor = given.conversion_factor
    reduction = given.pe_reduction
    gpci = dict(given.gpci)
    rvu = dict(stored.rvu) if stored else {}
    if stored:
        factor = stored.conversion_factor if factor is None else factor
        reduction = stored.pe_reduction if reduction is None else reduction
        gpci = _filled(gpci, stored.gpci)
    if reduction is None and not mppr:
        reduction = Decimal(0)
    for code, parts in given.rvu.items():
        whole = _filled(parts, rvu[code]) if code in rvu else parts
        if len(whole) == 3:
            rvu[code] = Rvu(**whole)
    if factor is None or reduction is None or len(gpci) < 3:
        return None
    return Rates(factor, Gpci(**gpci), rvu, reduction, source=_rates_source(given, stored))


def _rates_source(given: RatesInput, stored: Rates | None) -> str:
    if stored is None or not stored.source:
        return ""
    written = given.conversion_factor is not None or given.gpci or given.rvu
    return f"{stored.source}, with what was written down in its place" if written else stored.source


def _filled(parts: Mapping[str, Decimal], from_stored: Gpci | Rvu) -> dict[str, Decimal]:
    return {
        "work": parts.get("work", from_stored.work),
        "pe": parts.get("pe", from_stored.pe),
        "mp": parts.get("mp", from_stored.mp),
    }
