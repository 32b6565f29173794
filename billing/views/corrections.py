"""Correct or void what the payer has, and see what each released version said."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from billing import corrections as verbs
from billing.forms import CorrectionForm
from billing.models import Claim, ClaimVersion
from billing.version_diff import changes
from billing.views.claims import SEES_CLAIMS, after, open_claim, show
from people import audit
from people.access import BILLING, StaffRequest, allow

NOT_TAKEN = (
    "This payer takes no corrected claims and no voids by file: ask it to reopen the claim. "
    "Its policy says so."
)


@allow(*BILLING)
@require_POST
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """`do` says which: "correct" opens the claim for mending, "void" sends a void."""
    found = open_claim(request, pk)
    form = CorrectionForm(request.POST)
    voiding = request.POST.get("do") == "void"
    if not form.is_valid():
        return show(request, found, correction_form=form)
    act = verbs.void_at_payer if voiding else verbs.correct
    try:
        act(claim=found, by=request.user, **form.cleaned_data)
    except verbs.NoPayerNumber:
        form.add_error("payer_control_number", "The payer must be told which claim is meant.")
        return show(request, found, correction_form=form)
    except verbs.NotTaken:
        form.add_error(None, NOT_TAKEN)
        return show(request, found, correction_form=form)
    except verbs.NotDecided:
        return after(request, found, "The payer does not have this claim.", level="danger")
    if voiding:
        return after(request, found, "The void goes into the next file.")
    return after(request, found, "Opened: mend it and release it; it replaces what the payer has.")


@allow(*SEES_CLAIMS)
@require_safe
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """A released version: what it changed against the one before it."""
    this = get_object_or_404(ClaimVersion.objects.select_related("made_by"), pk=pk)
    found: Claim = open_claim(request, this.claim_id)
    numbered = {row.number: row for row in found.versions.all()}
    earlier = numbered.get(this.number - 1)
    audit.record(
        by=request.user, action="claim.version_viewed", patient=found.patient, target=found
    )
    context = {
        "claim": found,
        "version": this,
        "earlier": earlier,
        "later": numbered.get(this.number + 1),
        "changes": changes(earlier.content if earlier else None, this.content),
    }
    return render(request, "billing/claim_version.html", context)
