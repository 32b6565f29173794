"""One visit through all the rules: units, owners, prices, modifiers, findings, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.rules import ncci, same_day
from billing.rules.assistants import SOURCE as ASSISTANT_SOURCE
from billing.rules.assistants import split_lines
from billing.rules.modifiers import Modified, Year, modify_lines
from billing.rules.money import (
    PricedLine,
    Settlement,
    full_price_code,
    full_prices,
    price_lines,
    settle_lines,
    total_allowed,
)
from billing.rules.threshold import accrued_of
from billing.rules.types import (
    AppliedModifier,
    CodeFacts,
    Discipline,
    Finding,
    Line,
    MueLimit,
    Notice,
    PolicyFacts,
    PtpEdit,
    Rates,
    Service,
    Shares,
    Threshold,
    UnitResult,
)
from billing.rules.units import bill_units

MPPR_SOURCE = "CMS Pub. 100-04, ch. 5, § 10.7"


@dataclass(frozen=True)
class StoredRules:
    """All that is stored for a date of service and a payer; None is "nobody knows"."""

    codes: Mapping[str, CodeFacts]
    policy: PolicyFacts
    edits: Sequence[PtpEdit] = ()
    mue: Mapping[str, MueLimit] = field(default_factory=dict)
    rates: Rates | None = None
    threshold: Threshold | None = None
    accrued: Mapping[Discipline, Decimal] | None = None
    notices: Sequence[Notice] = ()
    elsewhere: Sequence[same_day.Elsewhere] = ()  # of the same patient and day, on other claims
    shares: Shares | None = None  # None: a payer that pays by another scheme


@dataclass(frozen=True)
class BilledLine:
    line: Line
    modifiers: tuple[AppliedModifier, ...]
    unit_prices: tuple[Decimal, ...]
    allowed: Decimal | None


@dataclass(frozen=True)
class VisitBill:
    units: UnitResult
    lines: tuple[BilledLine, ...]
    findings: tuple[Finding, ...]
    allowed: Decimal | None
    proof: tuple[str, ...]
    modifier_proof: tuple[str, ...] = ()  # the part of it that stands with each line too
    settlements: tuple[Settlement, ...] | None = None


def bill_visit(
    services: Sequence[Service],
    stored: StoredRules,
    *,
    on: date,
    choice: Mapping[str, int] | None = None,
    prices: Mapping[str, Decimal] | None = None,
    deductible_remaining: Decimal = Decimal(0),
) -> VisitBill:
    """What a visit bills under one payer's policy on its date of service.

    `choice` is the clinician's stored allocation where the unit rule leaves a tie; raises
    `ChoiceNotAllowed` when the minutes do not allow it. `prices` settle a tie that minutes do not;
    without them the rates do.
    """
    policy = stored.policy
    units = bill_units(
        services,
        policy.unit_rule,
        stored.codes,
        prices=full_prices(stored.rates) if prices is None else prices,
        choice=choice,
    )
    split = split_lines(services, units, stored.codes, assistant_modifier=policy.assistant_modifier)
    priced = price_lines(split.lines, stored.codes, stored.rates, mppr=policy.mppr)
    modified = modify_lines(
        split.lines,
        services,
        stored.codes,
        policy,
        on=on,
        edits=stored.edits,
        allowed=[line.allowed for line in priced],
        year=Year(stored.threshold, stored.accrued),
        given=stored.notices,
        elsewhere=stored.elsewhere,
    )
    lines = tuple(
        BilledLine(price.line, modifiers, price.unit_prices, price.allowed)
        for price, modifiers in zip(priced, modified.lines, strict=True)
    )
    settlements = (
        settle_lines(priced, stored.shares, deductible_remaining=deductible_remaining)
        if stored.shares and priced
        else None
    )
    modifier_proof = _modifier_proof(split.lines, modified)
    return VisitBill(
        units=units,
        lines=lines,
        findings=(
            *_edit_findings(lines, services, stored, on),
            *units.findings,
            *split.findings,
            *modified.findings,
        ),
        allowed=total_allowed(priced),
        proof=(
            *units.proof,
            *_price_proof(priced, stored),
            *modifier_proof,
            *_threshold_proof(stored, on),
            *_settlement_proof(settlements, stored, deductible_remaining),
        ),
        modifier_proof=modifier_proof,
        settlements=settlements,
    )


def _edit_findings(
    lines: Sequence[BilledLine], services: Sequence[Service], stored: StoredRules, on: date
) -> list[Finding]:
    carried: dict[str, frozenset[str]] = {}
    units: dict[str, list[int]] = {}
    for billed in lines:
        code = billed.line.code
        units.setdefault(code, []).append(billed.line.units)
        carried[code] = carried.get(code, frozenset()) | {m.code for m in billed.modifiers}
    elsewhere = stored.elsewhere
    findings = ncci.same_minutes_findings(services, stored.codes)
    findings += same_day.same_minutes_findings(services, elsewhere, stored.codes)
    findings += ncci.addon_findings(list(units), stored.codes)
    if stored.policy.ncci:
        behind = ncci.services_behind(carried, services, stored.codes)
        findings += ncci.evaluation_findings(services, stored.codes)
        findings += same_day.evaluation_findings(services, elsewhere, stored.codes)
        findings += ncci.pair_findings(behind, carried, stored.edits, on)
        findings += same_day.pair_findings(
            behind, carried, elsewhere, stored.edits, stored.codes, on
        )
    if stored.policy.mue:
        findings += same_day.limit_findings(units, elsewhere, stored.mue)
    return findings


def _price_proof(priced: Sequence[PricedLine], stored: StoredRules) -> Iterator[str]:
    unknown = list(dict.fromkeys(price.line.code for price in priced if price.allowed is None))
    if unknown:
        yield f"No rate is known for {', '.join(unknown)}: no price and no total is given"
    if stored.rates is not None and stored.rates.source and len(unknown) < len(priced):
        yield f"Prices: {stored.rates.source}"
    if stored.rates is None or not stored.policy.mppr:
        return
    reduced = sum(p.line.units for p in priced if stored.codes[p.line.code].mppr and p.unit_prices)
    whole = full_price_code([price.line for price in priced], stored.codes, stored.rates)
    if whole and reduced > 1:
        percent = f"{(stored.rates.pe_reduction * 100).normalize():f}"
        yield (
            f"{whole} has the most practice expense and keeps one whole unit; every other unit "
            f"loses {percent} % of its practice expense ({MPPR_SOURCE})"
        )


def _modifier_proof(lines: Sequence[Line], modified: Modified) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{modifier.code} on {line.code}: {modifier.reason} ({modifier.source})"
            for line, modifiers in zip(lines, modified.lines, strict=True)
            for modifier in modifiers
        )
    )


def _threshold_proof(stored: StoredRules, on: date) -> Iterator[str]:
    if not stored.policy.kx:
        return
    if stored.threshold is None:
        yield f"No KX amount is known for {on.year}: KX is left undecided"
    elif stored.accrued is None:
        yield f"What {on.year} has used so far is not known: KX is left undecided"
    else:
        threshold = stored.threshold
        used = stored.accrued
        yield (
            f"Used of {on.year}: {accrued_of(Discipline.PT, used):.2f} of "
            f"{threshold.pt_slp:.2f} for PT with SLP, {accrued_of(Discipline.OT, used):.2f} of "
            f"{threshold.ot:.2f} for OT"
        )


def _settlement_proof(
    settlements: Sequence[Settlement] | None, stored: StoredRules, deductible_remaining: Decimal
) -> Iterator[str]:
    if not settlements or stored.shares is None:
        return
    shares = stored.shares
    if deductible_remaining:
        met = sum((each.deductible for each in settlements), Decimal(0))
        yield f"Deductible: {met:.2f} of the {deductible_remaining:.2f} left falls on the patient"
    else:
        yield "The Part B deductible is taken as met"
    yield f"Coinsurance: the patient bears {_percent(shares.coinsurance)} of the rest"
    reduced = sum(
        (each.before_assistant - each.before_sequestration for each in settlements), Decimal(0)
    )
    if reduced:
        yield (
            f"An assistant's service is paid at {_percent(shares.assistant)} of Medicare's part: "
            f"{reduced:.2f} less; the coinsurance stays whole ({ASSISTANT_SOURCE})"
        )
    yield f"Sequestration takes {_percent(shares.sequestration)} of what Medicare pays"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
