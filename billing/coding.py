"""What a visit bills: its services from the chart, its units and lines from the rules.

Used by the claim, by the session page's live header and by the unit choice; all three must agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from billing.logged import elsewhere_on, services_of
from billing.models import Claim, UnitChoice
from billing.policies import NoPolicy, code_facts, fees_on, policy_facts, policy_on
from billing.rule_data import amounts_on, edits_on, limits_on, rates_on, threshold_of
from billing.rules.modifiers import Year
from billing.rules.same_day import Elsewhere
from billing.rules.types import (
    AppliedModifier,
    CodeFacts,
    Finding,
    Line,
    MueLimit,
    Notice,
    PolicyFacts,
    PtpEdit,
    Service,
    UnitResult,
    UnitRule,
)
from billing.rules.units import ChoiceNotAllowed, bill_units
from billing.rules.visit import StoredRules, bill_visit
from billing.year_use import accrued_on, notices_on
from documentation.models import Visit
from people import audit
from people.models import Coverage, Patient, Payer, User


class AlreadyClaimed(Exception):
    """The visit's claim has left the house: its units can no longer be chosen."""


@dataclass(frozen=True)
class Coded:
    """One visit under one payer's rules."""

    services: tuple[Service, ...]
    facts: dict[str, CodeFacts]
    policy: PolicyFacts
    fees: dict[str, Decimal]
    units: UnitResult
    lines: tuple[Line, ...]
    modifiers: tuple[tuple[AppliedModifier, ...], ...]
    findings: tuple[Finding, ...]
    allowed: tuple[Decimal | None, ...]  # line by line
    proof: tuple[str, ...]  # all but what stands with each modifier
    edits: tuple[PtpEdit, ...]
    mue: dict[str, MueLimit]
    notices: tuple[Notice, ...]
    elsewhere: tuple[Elsewhere, ...]  # what other claims bill for the patient's day
    year: Year  # what of the year's amount the visits before this one have used


def coverage_of(visit: Visit, priority: int = Coverage.Priority.PRIMARY) -> Coverage | None:
    """The card that pays first (or second …) on the visit's day."""
    cards = Coverage.objects.select_related("payer").filter(
        patient__in=Patient.objects.same_person(visit.patient_id),
        priority=priority,
        starts_on__lte=visit.date_of_service,
    )
    return next((card for card in cards if card.is_active_on(visit.date_of_service)), None)


def plain_policy(unit_rule: UnitRule) -> PolicyFacts:
    """Units alone, for a visit nobody is billed for: no modifiers, no edits."""
    return PolicyFacts(
        unit_rule=unit_rule,
        discipline_modifier=False,
        ncci=False,
        mue=False,
        assistant_modifier=False,
        distinct_modifier="59",
        mppr=False,
        kx=False,
    )


def self_pay_policy() -> PolicyFacts:
    """As for nobody, but with the discipline: a patient may send the superbill to an insurer."""
    return replace(plain_policy(UnitRule.CMS), discipline_modifier=True)


def code_visit(
    visit: Visit,
    coverage: Coverage | None,
    *,
    rule: UnitRule | None = None,
    without_card: PolicyFacts | None = None,
) -> Coded:
    """Units, lines and modifiers under the coverage's policy; `rule` looks through the other
    rule's eyes. Without a coverage the CMS rule counts units and nothing else is added, unless
    `without_card` says otherwise.

    Raises NoPolicy when the payer has none on that day.
    """
    day = visit.date_of_service
    if coverage is None:
        policy = without_card or plain_policy(rule or UnitRule.CMS)
        fees = fees_on(None, day)
    else:
        policy = policy_facts(policy_on(coverage.payer, day))
        fees = fees_on(coverage.payer, day)
    services = services_of(visit)
    stored = rules_for(visit, coverage, services, policy)
    if rule is not None:
        stored = replace(stored, policy=replace(policy, unit_rule=rule))
    choice = None
    if rule is None:
        chosen = UnitChoice.objects.filter(visit=visit).first()
        choice = chosen.units if chosen is not None else None
    try:
        bill = bill_visit(services, stored, on=day, prices=fees, choice=choice)
    except ChoiceNotAllowed:  # the minutes were changed after the choice was made
        bill = bill_visit(services, stored, on=day, prices=fees)
    return Coded(
        services=services,
        facts=dict(stored.codes),
        policy=policy,
        fees=fees,
        units=bill.units,
        lines=tuple(billed.line for billed in bill.lines),
        modifiers=tuple(billed.modifiers for billed in bill.lines),
        findings=bill.findings,
        allowed=tuple(billed.allowed for billed in bill.lines),
        proof=tuple(said for said in bill.proof if said not in bill.modifier_proof),
        edits=tuple(stored.edits),
        mue=dict(stored.mue),
        notices=tuple(stored.notices),
        elsewhere=tuple(stored.elsewhere),
        year=Year(stored.threshold, stored.accrued),
    )


def rules_for(
    visit: Visit, coverage: Coverage | None, services: tuple[Service, ...], policy: PolicyFacts
) -> StoredRules:
    """All that is stored for the visit's day, asked for as the payer's policy needs it."""
    day = visit.date_of_service
    facts = code_facts(day)
    codes = {service.code for service in services}
    codes |= {code for code, fact in facts.items() if fact.base_code in codes}
    elsewhere = elsewhere_on(visit, coverage)
    paired = codes | {other.code for other in elsewhere}
    # Medicare's own prices; what others agreed to pay stands in no table of CMS.
    of_medicare = coverage is not None and coverage.payer.kind == Payer.Kind.MEDICARE
    amounts = amounts_on(day) if policy.kx or of_medicare else None
    return StoredRules(
        codes=facts,
        policy=policy,
        edits=edits_on(day, paired) if policy.ncci else (),
        mue=limits_on(day, codes) if policy.mue else {},
        rates=rates_on(day, codes, clinic=visit.clinic, amounts=amounts) if of_medicare else None,
        threshold=threshold_of(amounts),
        accrued=accrued_on(visit.patient_id, day, before_visit=visit.pk) if policy.kx else None,
        notices=notices_on(visit.patient_id, day) if of_medicare else (),
        elsewhere=elsewhere,
    )


@transaction.atomic
def choose_units(*, visit: Visit, units: dict[str, int], by: User) -> UnitChoice:
    """Keep the clinician's choice where the rule leaves a tie.

    Raises ChoiceNotAllowed when the rule does not allow it, AlreadyClaimed once a claim went out.
    """
    visit = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    gone = Claim.objects.filter(visit=visit).exclude(
        status__in=[Claim.Status.DRAFT, Claim.Status.NEEDS_WORK, Claim.Status.READY]
    )
    if gone.exists():
        raise AlreadyClaimed
    coverage = coverage_of(visit)
    policy = plain_policy(UnitRule.CMS)
    if coverage is not None:
        policy = policy_facts(policy_on(coverage.payer, visit.date_of_service))
    bill_units(
        services_of(visit), policy.unit_rule, code_facts(visit.date_of_service), choice=units
    )
    choice, _ = UnitChoice.objects.update_or_create(
        visit=visit, defaults={"units": units, "chosen_by": by}
    )
    audit.record(by=by, action="units.chosen", patient=visit.patient, target=visit, units=units)
    return choice


__all__ = [
    "AlreadyClaimed",
    "ChoiceNotAllowed",
    "Coded",
    "NoPolicy",
    "choose_units",
    "code_visit",
    "coverage_of",
    "self_pay_policy",
    "services_of",
]
