"""What is stored about payers and codes, handed to the pure rules as values of one day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from billing.models import CodeRule, Fee, FeeSchedule, PayerPolicy
from billing.rules.types import CodeFacts, Discipline, PolicyFacts, UnitRule
from documentation.models import ProcedureCode
from people.models import Payer


class NoPolicy(LookupError):
    """Nobody has written down yet how this payer wants to be billed on that day."""


def policy_on(payer: Payer, day: dt.date) -> PayerPolicy:
    """The policy in force; raises NoPolicy."""
    policy = PayerPolicy.objects.in_force_on(day).filter(payer=payer).first()
    if policy is None:
        raise NoPolicy(f"{payer} has no policy for {day}")
    return policy


def policy_facts(policy: PayerPolicy) -> PolicyFacts:
    return PolicyFacts(
        unit_rule=UnitRule(policy.unit_rule),
        discipline_modifier=policy.discipline_modifier,
        ncci=policy.ncci,
        mue=policy.mue,
        assistant_modifier=policy.assistant_modifier,
        distinct_modifier="X" if policy.distinct_modifier == "X" else "59",
        mppr=policy.mppr,
        kx=policy.kx,
        modifier_order=tuple(policy.modifier_order),
        certification_required=policy.certification_needed,
        referring_required=policy.referral_needed,
        authorization_required=policy.authorization_needed,
        timely_filing_days=policy.timely_filing_days,
    )


def code_facts(day: dt.date) -> dict[str, CodeFacts]:
    """What is known of every active code on that day, by code."""
    rules = {rule.code_id: rule for rule in CodeRule.objects.in_force_on(day)}
    return {
        code.code: _facts_of(code, rules.get(code.code))
        for code in ProcedureCode.objects.order_by("code")
    }


def _facts_of(code: ProcedureCode, rule: CodeRule | None) -> CodeFacts:
    therapy = rule.therapy if rule is not None else CodeRule.Therapy.NEVER
    is_evaluation = code.kind in (
        ProcedureCode.Kind.EVALUATION,
        ProcedureCode.Kind.RE_EVALUATION,
    )
    return CodeFacts(
        code=code.code,
        timed=code.timed,
        minutes_per_unit=code.minutes_per_unit or 15,
        always_therapy=therapy == CodeRule.Therapy.ALWAYS,
        sometimes_therapy=therapy == CodeRule.Therapy.SOMETIMES,
        mppr=rule is not None and rule.mppr,
        base_code=code.base_code_id,
        evaluation=Discipline(code.disciplines[0]) if is_evaluation and code.disciplines else None,
        supervised_modality=code.kind == ProcedureCode.Kind.MODALITY and not code.timed,
    )


def fees_on(payer: Payer | None, day: dt.date) -> dict[str, Decimal]:
    """The charge of one unit by code: the payer's own list, filled up from the practice's."""
    schedules = FeeSchedule.objects.in_force_on(day).filter(payer=None) | (
        FeeSchedule.objects.in_force_on(day).filter(payer=payer)
        if payer is not None
        else FeeSchedule.objects.none()
    )
    fees: dict[str, Decimal] = {}
    for fee in Fee.objects.filter(schedule__in=schedules).order_by("schedule__payer_id"):
        fees.setdefault(fee.code_id, fee.amount)
    return fees
