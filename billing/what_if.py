"""What-if: what the rules would say of a visit somebody writes down. Nothing is stored.

The command, the API and the page come through `explain_data`, so all three say the same.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from billing.models import ClinicLocality, PayerPolicy
from billing.policies import code_facts, policy_facts
from billing.rule_data import amounts_on, edits_on, limits_on, rates_on, shares_of, threshold_of
from billing.rules.explain import Answer, answer
from billing.rules.types import PolicyFacts
from billing.rules.visit import StoredRules
from billing.rules.visit_input import VisitInput
from people.models import Clinic, Payer


def explain_data(data: object, *, payer: Payer | None = None) -> Answer | list[Answer]:
    """The answer to one visit or a list of them (DESIGN: What-if).

    What the data says of the payer wins; else the stored policy of `payer` on the date of service,
    else Medicare's. Raises `billing.rules.visit_input.BadInput` with a sentence per wrong field.
    """
    return answer(data, code_facts(timezone.localdate()), lambda visit: _stored_for(visit, payer))


def _stored_for(visit: VisitInput, payer: Payer | None) -> StoredRules:
    day = visit.date_of_service
    facts = code_facts(day)
    codes = {service.code for service in visit.services}
    codes |= {code for code, fact in facts.items() if fact.base_code in codes}
    amounts = amounts_on(day)
    of_medicare = payer is None or payer.kind == Payer.Kind.MEDICARE
    return StoredRules(
        codes=facts,
        policy=_policy(day, payer),
        edits=edits_on(day, codes),
        mue=limits_on(day, codes),
        # Nobody says where: the one place all clinics share, else the national amounts.
        rates=rates_on(day, codes, clinic=_clinic(), amounts=amounts) if of_medicare else None,
        threshold=threshold_of(amounts),
        shares=shares_of(amounts) if of_medicare else None,
    )


def _clinic() -> Clinic | None:
    """Any clinic, where all that name a locality name the same one."""
    held = list(ClinicLocality.objects.select_related("clinic").order_by("pk"))
    places = {(each.contractor, each.locality) for each in held}
    return held[0].clinic if len(places) == 1 else None


def _policy(day: dt.date, payer: Payer | None) -> PolicyFacts:
    """The payer's policy of that day, Medicare's when none is named, else the plain defaults."""
    in_force = PayerPolicy.objects.in_force_on(day)
    wanted = {"payer": payer} if payer is not None else {"payer__kind": Payer.Kind.MEDICARE}
    policy = in_force.filter(**wanted).order_by("payer").first()
    return policy_facts(policy or PayerPolicy(unit_rule="cms"))
