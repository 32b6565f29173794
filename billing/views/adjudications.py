"""What a payer decided: typed in from its EOB, and the claim to the next payer drafted from it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from billing import adjudications as verbs
from billing import secondary
from billing.adjudication_forms import AdjudicationInput
from billing.models import Claim
from billing.views.claims import after, open_claim
from people import audit
from people.access import BILLING, StaffRequest, allow
from web.responses import go_to

PAGE = "billing/adjudication_edit.html"


@allow(*BILLING)
@require_http_methods(["GET", "HEAD", "POST"])
def adjudication_new(request: StaffRequest, pk: int) -> HttpResponse:
    """The form with its live balance; a decision that stands is shown to be put right."""
    claim = open_claim(request, pk)
    if not verbs.may_be_decided(claim):
        messages.info(request, "No payer has this claim: there is nothing to enter yet.")
        return go_to(request, claim.get_absolute_url())
    typed = AdjudicationInput(claim, request.POST if request.method == "POST" else None)
    if request.method == "POST" and typed.is_valid():
        return _record(request, claim, typed)
    if request.method != "POST":
        audit.record(by=request.user, action="claim.viewed", patient=claim.patient, target=claim)
    context = {
        "claim": claim,
        "typed": typed,
        "stands": claim.adjudications.exists(),
        "following": secondary.next_payer(claim).card,
    }
    return render(request, PAGE, context, status=422 if typed.has_errors else 200)


def _record(request: StaffRequest, claim: Claim, typed: AdjudicationInput) -> HttpResponse:
    assert typed.decided is not None
    try:
        verbs.record(
            claim=claim, decided=typed.decided, heading=typed.as_heading(), by=request.user
        )
    except (verbs.OtherLines, verbs.NotWithPayer):
        messages.warning(request, "The claim has changed meanwhile: look at it again.")
        return go_to(request, claim.get_absolute_url())
    said = "Recorded."
    try:
        drafted = secondary.draft_next(claim=claim, by=request.user)
        said = f"Recorded. The claim to {drafted.payer} is drafted: {drafted.control_number}."
    except secondary.NothingToDraft:
        pass  # the claim's page says why
    messages.success(request, said)
    return go_to(request, claim.get_absolute_url())


@allow(*BILLING)
@require_POST
def draft_next(request: StaffRequest, pk: int) -> HttpResponse:
    """Draft the claim to the next payer by hand, as the background does by itself."""
    claim = open_claim(request, pk)
    try:
        drafted = secondary.draft_next(claim=claim, by=request.user)
    except secondary.NothingToDraft as reason:
        return after(request, claim, str(reason), level="warning")
    return go_to(request, drafted.get_absolute_url())
