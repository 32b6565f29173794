"""Claims on paper: what waits for the mail, the piles that were printed, copies of many claims."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing import paper_batches as verbs
from billing.forms import MailedForm
from billing.models import Batch, Claim, FormPrinter, PaperBatch
from billing.places import SEES_CLAIMS
from billing.tasks import print_paper_batch
from people import audit
from people.access import BILLING, StaffRequest, allow
from people.models import Payer, practice_zone
from web.files import give_pdf
from web.responses import go_to, render_page_or_piece

LIST = "billing:paper-batches"


@allow(*SEES_CLAIMS)
@require_safe
def paper_batches(request: StaffRequest) -> HttpResponse:
    """What could be printed for the mail, over all that was printed, the newest first."""
    context = {
        "waiting": verbs.waiting(),
        "page_obj": Paginator(_rows(), 25).get_page(request.GET.get("page")),
        "printers": printers_for(request),
        "zone": practice_zone().key,
        "may_print": request.user.has_role(*BILLING),
    }
    return render(request, "billing/paper_batches.html", context)


@allow(*BILLING)
@require_POST
def paper_mail(request: StaffRequest, payer_pk: int) -> HttpResponse:
    """One pile of the payer's claims, for the mail."""
    payer = get_object_or_404(Payer, pk=payer_pk)
    try:
        batch = verbs.ask_for_mail(payer=payer, by=request.user, **_look(request))
    except verbs.NothingToPrint:
        messages.warning(request, "Nothing waits for this payer any more.")
        return go_to(request, reverse(LIST))
    print_paper_batch.delay_on_commit(batch.pk)
    messages.success(request, "The forms are being made. You can leave this page.")
    return go_to(request, batch.get_absolute_url())


@allow(*SEES_CLAIMS)
@require_POST
def paper_copies(request: StaffRequest) -> HttpResponse:
    """Copies of the ticked claims (`claim`), or of every claim of a file (`batch`)."""
    try:
        batch = verbs.ask_for_copies(
            claims=list(_asked_for(request)), by=request.user, **_look(request)
        )
    except verbs.NothingToPrint:
        messages.warning(request, "Tick at least one claim that was released.")
        return go_to(request, request.headers.get("Referer") or reverse("billing:claims"))
    except verbs.TooMany:
        messages.error(request, f"A PDF holds {verbs.MOST_CLAIMS:,} claims at most.")
        return go_to(request, reverse(LIST))
    except verbs.AlreadyBeingMade as known:
        messages.info(request, "This very PDF is being made already.")
        return go_to(request, known.batch.get_absolute_url())
    print_paper_batch.delay_on_commit(batch.pk)
    messages.success(request, "The copies are being made. You can leave this page.")
    return go_to(request, batch.get_absolute_url())


def _asked_for(request: StaffRequest) -> QuerySet[Claim]:
    visible = Claim.objects.visible_to(request.user).order_by("visit__date_of_service", "pk")
    asked = request.POST.get("batch", "")
    if asked.isdecimal():
        return visible.filter(batches=get_object_or_404(Batch, pk=int(asked)))
    ticked = [int(pk) for pk in request.POST.getlist("claim") if pk.isdecimal()]
    return visible.filter(pk__in=ticked)


def printers_for(request: StaffRequest) -> QuerySet[FormPrinter]:
    return FormPrinter.objects.visible_to(request.user).select_related("clinic")


def _look(request: StaffRequest) -> dict[str, Any]:
    """`printer` is empty for plain paper, "form" for the red form, or a printer's number."""
    asked = request.POST.get("printer", "")
    printer = None
    if asked.isdecimal():
        printer = printers_for(request).filter(pk=int(asked)).first()
    return {"background": asked == "", "printer": printer}


@allow(*SEES_CLAIMS)
@require_safe
def paper_batch(request: StaffRequest, pk: int) -> HttpResponse:
    """The pile: how far its PDF is, its claims, and when it was mailed. Asks again by itself."""
    return _page(request, _find(pk))


def _page(
    request: StaffRequest, batch: PaperBatch, form: MailedForm | None = None, *, status: int = 200
) -> HttpResponse:
    zone = practice_zone()
    context = {
        "batch": batch,
        "form": form or MailedForm(initial={"mailed_on": timezone.localdate(timezone=zone)}),
        "claims": batch.claims.select_related("patient", "payer", "visit").order_by("pk"),
        "zone": zone.key,
        "may_print": request.user.has_role(*BILLING),
    }
    return render_page_or_piece(
        request,
        page="billing/paper_batch.html",
        piece="billing/_paper_batch_state.html",
        context=context,
        status=status,
    )


@allow(*SEES_CLAIMS)
@require_safe
def paper_batch_file(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _find(pk)
    if batch.status != PaperBatch.Status.READY or batch.withdrawn_at is not None:
        messages.info(request, "There is no PDF of it to open.")
        return go_to(request, batch.get_absolute_url())
    verbs.note_printed(batch)
    audit.record(by=request.user, action="paper_batch.opened", target=batch, sha256=batch.sha256)
    return give_pdf(batch.file_bytes, name=f"cms1500-{batch.pk}.pdf")


@allow(*BILLING)
@require_POST
def paper_batch_mailed(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _find(pk)
    form = MailedForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, form, status=422)
    try:
        verbs.mark_mailed(batch=batch, on=form.cleaned_data["mailed_on"], by=request.user)
    except verbs.NotThatDay:
        form.add_error("mailed_on", "Not before they were printed, and not a day to come.")
        return _page(request, batch, form, status=422)
    except (verbs.NotOpen, verbs.NotReady):
        messages.warning(request, "It was mailed or withdrawn before, or is not made yet.")
    else:
        messages.success(request, "Recorded as mailed: its claims are sent.")
    return go_to(request, batch.get_absolute_url())


@allow(*BILLING)
@require_POST
def paper_batch_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _find(pk)
    try:
        verbs.withdraw(batch=batch, by=request.user)
        messages.success(request, "Withdrawn: its claims wait for the next pile.")
    except verbs.NotOpen:
        messages.warning(request, "It was mailed or withdrawn before.")
    return go_to(request, batch.get_absolute_url())


@allow(*SEES_CLAIMS)
@require_POST
def paper_batch_again(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _find(pk)
    if verbs.ask_again(batch=batch, by=request.user):
        print_paper_batch.delay(batch.pk)
        messages.success(request, "The forms are being made again.")
    else:
        messages.info(request, "Nothing to try again: they stand as shown.")
    return go_to(request, batch.get_absolute_url())


def _rows() -> QuerySet[PaperBatch]:
    return PaperBatch.objects.select_related("payer", "asked_by", "mailed_by").defer("file_bytes")


def _find(pk: int) -> PaperBatch:
    batch: PaperBatch = get_object_or_404(_rows(), pk=pk)
    return batch
