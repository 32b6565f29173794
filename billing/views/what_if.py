"""The What-if page: type minutes, see units, modifiers and proof at once. Nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from billing.forms import WhatIfForm, WhatIfServices
from billing.rules.types import UnitRule
from billing.rules.visit_input import BadInput
from billing.what_if import explain_data
from documentation.models import ProcedureCode
from people.access import READS_CHARTS, StaffRequest, allow
from web.responses import render_page_or_piece

ASKS_WHAT_IF = READS_CHARTS


@allow(*ASKS_WHAT_IF)
def what_if(request: StaffRequest) -> HttpResponse:
    """The form with, beside it, the answer under the chosen rule and the other rule's units."""
    asked = request.POST if request.method == "POST" else None
    form = WhatIfForm(
        asked, initial={"date_of_service": timezone.localdate(), "unit_rule": UnitRule.CMS.value}
    )
    services = WhatIfServices(asked, prefix="s")
    context: dict[str, Any] = {
        "form": form,
        "services": services,
        "codes": ProcedureCode.objects.filter(is_active=True),
    }
    if asked is not None and form.is_valid() and services.is_valid():
        context |= _answers(form, services)
    return render_page_or_piece(
        request,
        page="billing/what_if.html",
        piece="billing/_what_if_answer.html",
        context=context,
    )


def _answers(form: WhatIfForm, services: Any) -> dict[str, Any]:
    rows = [row for row in (each.as_service() for each in services) if row is not None]
    if not rows:
        return {}
    visit = {
        "date_of_service": form.cleaned_data["date_of_service"].isoformat(),
        "discipline": form.cleaned_data["discipline"],
        "unit_rule": form.cleaned_data["unit_rule"],
        "services": rows,
    }
    rule = UnitRule(form.cleaned_data["unit_rule"])
    other = UnitRule.AMA if rule is UnitRule.CMS else UnitRule.CMS
    payer = form.cleaned_data["payer"]
    try:
        return {
            "answer": explain_data(visit, payer=payer),
            "other": explain_data(visit | {"unit_rule": other.value}, payer=payer),
            "rule": rule,
            "other_rule": other,
        }
    except BadInput as error:
        return {"faults": error.errors}
