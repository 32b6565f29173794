"""What a claim says beside the visit: work and admission, and the reports that go with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from billing import claims, details
from billing.forms_details import AttachmentForms, ClaimDatesForm
from billing.models import Finding
from billing.views.claims import open_claim
from people import audit
from people.access import BILLING, StaffRequest, allow
from web.responses import go_to


@allow(*BILLING)
def claim_details(request: StaffRequest, pk: int) -> HttpResponse:
    claim = open_claim(request, pk)
    asked = request.POST if request.method == "POST" else None
    form = ClaimDatesForm(asked, instance=claim)
    rows = AttachmentForms(
        asked,
        prefix="a",
        initial=list(claim.attachments.values("report", "delivery", "control_number")),
    )
    if asked is None:
        audit.record(by=request.user, action="claim.viewed", patient=claim.patient, target=claim)
    elif form.is_valid() and rows.is_valid():
        attached = [each for row in rows if (each := row.as_attached()) is not None]
        try:
            claim = details.keep(
                claim=claim, dates=form.cleaned_data, attached=attached, by=request.user
            )
        except details.HasLeft:
            messages.error(request, "It was released meanwhile: take it back first.")
        else:
            held = claim.findings.filter(severity=Finding.Severity.ERROR).exists()
            said = "Saved. Something still holds this claim." if held else "Saved."
            messages.success(request, said)
        return go_to(request, claim.get_absolute_url())
    context = {
        "claim": claim,
        "form": form,
        "rows": rows,
        "may_change": claim.status in claims.OPEN,
        "attachments": claim.attachments.all(),
    }
    refused = asked is not None
    return render(request, "billing/claim_details.html", context, status=422 if refused else 200)
