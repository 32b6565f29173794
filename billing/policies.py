"""What is stored about payers and codes, handed to the pure rules as values of one day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from billing.models import CodeRule, Fee, FeeSchedule, PayerPolicy, RelativeValue
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
    in_force = CodeRule.objects.in_force_on(day).values_list("code", "therapy", "mppr")
    rules = {code: (therapy, mppr) for code, therapy, mppr in in_force}
    # The fee schedule's own file knows better than the list the program came with.
    reduced = dict(RelativeValue.objects.in_force_on(day).values_list("code", "mppr"))
    facts = {}
    # Plain values: this is asked on every save of a session and every check of a claim.
    for code, kind, timed, minutes, base_code, disciplines in ProcedureCode.objects.order_by(
        "code"
    ).values_list("code", "kind", "timed", "minutes_per_unit", "base_code", "disciplines"):
        therapy, mppr = rules.get(code, (CodeRule.Therapy.NEVER, False))
        evaluates = kind in (ProcedureCode.Kind.EVALUATION, ProcedureCode.Kind.RE_EVALUATION)
        facts[code] = CodeFacts(
            code=code,
            timed=timed,
            minutes_per_unit=minutes or 15,
            always_therapy=therapy == CodeRule.Therapy.ALWAYS,
            sometimes_therapy=therapy == CodeRule.Therapy.SOMETIMES,
            mppr=reduced.get(code, mppr),
            base_code=base_code,
            evaluation=Discipline(disciplines[0]) if evaluates and disciplines else None,
            supervised_modality=kind == ProcedureCode.Kind.MODALITY and not timed,
        )
    return facts


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
