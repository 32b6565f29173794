"""Claim files: what waits, what was built, and the download."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from billing import batches as verbs
from billing import sheets
from billing.models import Batch, TradingPartner
from billing.x12.segments import X12ValueError
from people import audit, exports
from people.access import BILLING, StaffRequest, allow
from people.models import Role
from web.responses import go_to

SEES_FILES = (Role.OWNER, Role.BILLER, Role.AUDITOR)


@allow(*SEES_FILES)
@require_GET
def batch_list(request: StaffRequest) -> HttpResponseBase:
    waiting = [
        {
            "partner": partner,
            "count": len(claims),
            "total": sum(claim.total for claim in claims),
            "payers": sorted({claim.payer.name for claim in claims if claim.payer}),
        }
        for partner, claims in verbs.waiting_by_partner().items()
    ]
    built = Batch.objects.select_related("partner", "file", "built_by").prefetch_related("claims")
    if exports.is_asked(request):
        return exports.export(request, name="claim-files", columns=sheets.BATCHES, rows=built)
    context = {
        "waiting": sorted(waiting, key=lambda row: (row["partner"] is None, str(row["partner"]))),
        "page_obj": Paginator(built, 25).get_page(request.GET.get("page")),
        "may_build": request.user.has_role(*BILLING),
    }
    return render(request, "billing/batches.html", context)


@allow(*BILLING)
@require_POST
def build(request: StaffRequest, partner_pk: int) -> HttpResponse:
    partner = get_object_or_404(TradingPartner, pk=partner_pk)
    try:
        batch = verbs.build(partner=partner, by=request.user)
    except verbs.NothingToSend:
        messages.warning(request, "Nothing waits for this receiver any more.")
    except (verbs.FileNotSound, X12ValueError) as error:
        messages.error(request, f"The file was not built: {error}")
    else:
        messages.success(request, f"File {batch.file.file_name} is ready to download.")
        return go_to(request, batch.get_absolute_url())
    return go_to(request, reverse("billing:batches"))


@allow(*SEES_FILES)
@require_GET
def batch(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Batch.objects.select_related("partner", "file", "built_by", "sent_by"), pk=pk
    )
    context = {
        "batch": found,
        "claims": found.claims.select_related("patient", "payer", "visit").order_by("pk"),
        "may_build": request.user.has_role(*BILLING),
    }
    return render(request, "billing/batch.html", context)


@allow(*BILLING)
@require_GET
def batch_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The file as it was built, byte for byte."""
    found = get_object_or_404(Batch.objects.select_related("file"), pk=pk)
    if found.status == Batch.Status.WITHDRAWN:
        raise Http404("This file was withdrawn.")
    audit.record(by=request.user, action="batch.downloaded", target=found)
    return HttpResponse(
        bytes(found.file.file_bytes),
        content_type="application/edi-x12",
        headers={"Content-Disposition": f'attachment; filename="{found.file.file_name}"'},
    )


@allow(*BILLING)
@require_POST
def mark_sent(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Batch, pk=pk)
    try:
        verbs.mark_sent(batch=found, by=request.user)
        messages.success(request, "Recorded as sent.")
    except verbs.NotBuilt:
        messages.warning(request, "It was sent or withdrawn before.")
    return go_to(request, found.get_absolute_url())


@allow(*BILLING)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Batch, pk=pk)
    try:
        verbs.withdraw(batch=found, by=request.user)
        messages.success(request, "Withdrawn: its claims wait for the next file.")
    except verbs.NotBuilt:
        messages.warning(request, "It was sent or withdrawn before.")
    return go_to(request, found.get_absolute_url())
