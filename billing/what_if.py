"""What-if: what the rules would say of a visit somebody writes down. Nothing is stored.

The command, the API and the page come through `explain_data`, so all three say the same.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from billing.models import PayerPolicy
from billing.policies import code_facts, policy_facts
from billing.rules.explain import Answer, answer
from billing.rules.types import PolicyFacts
from billing.rules.visit import StoredRules
from billing.rules.visit_input import VisitInput
from people.models import Payer


def explain_data(data: object, *, payer: Payer | None = None) -> Answer | list[Answer]:
    """The answer to one visit or a list of them (DESIGN: What-if).

    What the data says of the payer wins; else the stored policy of `payer` on the date of service,
    else Medicare's. Raises `billing.rules.visit_input.BadInput` with a sentence per wrong field.
    """
    return answer(data, code_facts(timezone.localdate()), lambda visit: _stored_for(visit, payer))


def _stored_for(visit: VisitInput, payer: Payer | None) -> StoredRules:
    day = visit.date_of_service
    return StoredRules(codes=code_facts(day), policy=_policy(day, payer))


def _policy(day: dt.date, payer: Payer | None) -> PolicyFacts:
    """The payer's policy of that day, Medicare's when none is named, else the plain defaults."""
    in_force = PayerPolicy.objects.in_force_on(day)
    wanted = {"payer": payer} if payer is not None else {"payer__kind": Payer.Kind.MEDICARE}
    policy = in_force.filter(**wanted).order_by("payer").first()
    return policy_facts(policy or PayerPolicy(unit_rule="cms"))
