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
from billing import paper_batches, sending, sheets
from billing.models import Batch, TradingPartner
from billing.tasks import send_batch
from billing.x12.segments import X12ValueError
from people import audit, exports
from people.access import BILLING, StaffRequest, allow
from people.models import Payer, Role, practice_zone
from web.files import give
from web.responses import go_to, render_page_or_piece

SEES_FILES = (Role.OWNER, Role.BILLER, Role.AUDITOR)


@allow(*SEES_FILES)
@require_GET
def batch_list(request: StaffRequest) -> HttpResponseBase:
    built = Batch.objects.select_related("partner", "file", "built_by").prefetch_related("claims")
    if exports.is_asked(request):
        return exports.export(request, name="claim-files", columns=sheets.BATCHES, rows=built)
    context = {
        "waiting": verbs.waiting(),
        "on_paper": sum(len(row.claims) for row in paper_batches.waiting()),
        "page_obj": Paginator(built, 25).get_page(request.GET.get("page")),
        "zone": practice_zone().key,
        "may_build": request.user.has_role(*BILLING),
    }
    return render(request, "billing/batches.html", context)


@allow(*BILLING)
@require_POST
def build(request: StaffRequest, partner_pk: int) -> HttpResponse:
    partner = get_object_or_404(TradingPartner, pk=partner_pk)
    asked = request.POST.get("payer", "")
    payer = get_object_or_404(Payer, pk=asked) if asked.isdigit() else None
    try:
        batch = verbs.build(partner=partner, payer=payer, by=request.user)
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
        "zone": practice_zone().key,
        "may_build": request.user.has_role(*BILLING),
        "answers": found.answers.filter(level="file").select_related("reply").order_by("-pk"),
    }
    return render_page_or_piece(
        request, page="billing/batch.html", piece="billing/_batch_state.html", context=context
    )


@allow(*BILLING)
@require_POST
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the file in line for the partner's server; the worker sends it."""
    found = get_object_or_404(Batch, pk=pk)
    try:
        sending.ask_to_send(batch=found, by=request.user)
        send_batch.delay_on_commit(found.pk)
    except sending.NoSftp:
        messages.warning(request, "This receiver's files are downloaded by hand.")
    except verbs.NotBuilt:
        messages.warning(request, "It was sent or withdrawn before.")
    return go_to(request, found.get_absolute_url())


@allow(*BILLING)
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what the partner said of a file of which nobody knew whether it had arrived."""
    found = get_object_or_404(Batch, pk=pk)
    arrived = request.POST.get("arrived") == "yes"
    try:
        sending.settle(batch=found, arrived=arrived, by=request.user)
        messages.success(request, "Recorded as sent." if arrived else "It can be sent again.")
    except sending.NotStuck:
        messages.warning(request, "It was settled before.")
    return go_to(request, found.get_absolute_url())


@allow(*BILLING)
@require_GET
def batch_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The file as it was built, byte for byte."""
    found = get_object_or_404(Batch.objects.select_related("file"), pk=pk)
    if found.status == Batch.Status.WITHDRAWN:
        raise Http404("This file was withdrawn.")
    audit.record(by=request.user, action="batch.downloaded", target=found)
    return give(
        bytes(found.file.file_bytes),
        content_type="application/edi-x12",
        name=found.file.file_name,
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
