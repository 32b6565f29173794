"""Replies: take them in, see what each says of which claim, and set aside what is not ours."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing import replies as verbs
from billing import sheets
from billing.forms import ReplyForm
from billing.models import Reply, ReplyItem
from billing.tasks import apply_reply
from people import audit, exports
from people.access import BILLING, StaffRequest, allow
from people.models import Role, practice_zone
from web.files import give
from web.responses import go_to, render_page_or_piece

SEES_FILES = (Role.OWNER, Role.BILLER, Role.AUDITOR)
ON_A_PAGE = 50
SHOWN = {
    "all": ("All", Q()),
    "rejected": ("Rejected", Q(outcome__in=["rejected", "partly"])),
    "accepted": ("Accepted", Q(outcome="accepted")),
    "other": ("Other", Q(outcome__in=["on_its_way", "unknown"])),
    "unmatched": ("Not ours", Q(effect="unmatched")),
}


@allow(*SEES_FILES)
@require_safe
def reply_list(request: StaffRequest) -> HttpResponseBase:
    return _list(request, ReplyForm())


def _list(request: StaffRequest, form: ReplyForm) -> HttpResponseBase:
    replies = Reply.objects.select_related("received_by").annotate(
        accepted=Count("items", filter=Q(items__level="claim", items__outcome="accepted")),
        rejected=Count("items", filter=Q(items__level="claim", items__outcome="rejected")),
        unmatched=Count("items", filter=Q(items__effect="unmatched")),
    )
    replies = replies.order_by("-received_at", "-pk")
    to_look_at = Reply.objects.to_look_at().count()
    shown = "look" if request.GET.get("show") == "look" else "all"
    if shown == "look":
        replies = replies.filter(pk__in=Reply.objects.to_look_at().values("pk"))
    if exports.is_asked(request):
        return exports.export(request, name="replies", columns=sheets.REPLIES, rows=replies)
    context = {
        "form": form,
        "shown": shown,
        "to_look_at": to_look_at,
        "page_obj": Paginator(replies, ON_A_PAGE).get_page(request.GET.get("page")),
        "zone": practice_zone().key,
        "may_work": request.user.has_role(*BILLING),
    }
    status = 422 if form.is_bound else 200
    return render(request, "billing/replies.html", context, status=status)


@allow(*BILLING)
@require_POST
def upload(request: StaffRequest) -> HttpResponseBase:
    """Keep each uploaded file and have it applied; one that was there before is said to be."""
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form)
    taken: list[Reply] = []
    again = 0
    for uploaded in form.cleaned_data["replies"]:
        reply, is_new = verbs.take_in(
            content=uploaded.read(), name=uploaded.name, came_by=Reply.Way.UPLOAD, by=request.user
        )
        taken.append(reply)
        again += not is_new
        if is_new:
            apply_reply.delay_on_commit(reply.pk)
    if again:
        messages.warning(
            request,
            f"{again} of {len(taken)} had been taken in before; nothing is applied twice."
            if len(taken) > 1
            else "This file had been taken in before; nothing is applied twice.",
        )
    if len(taken) == 1:
        return go_to(request, taken[0].get_absolute_url())
    if len(taken) > again:
        messages.success(request, f"{len(taken) - again} files are taken in.")
    return go_to(request, reverse("billing:replies"))


@allow(*SEES_FILES)
@require_safe
def reply(request: StaffRequest, pk: int) -> HttpResponse:
    """What one reply says, part by part; asks again by itself while it waits to be read."""
    found = get_object_or_404(Reply.objects.select_related("file", "received_by"), pk=pk)
    shown = request.GET.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    items = found.items.select_related("claim__patient", "claim__visit", "batch__file")
    counts = found.items.aggregate(
        **{
            key: Count("pk", filter=test) if test else Count("pk")
            for key, (_, test) in SHOWN.items()
        }
    )
    context = {
        "reply": found,
        "tabs": [
            (key, label, counts[key])
            for key, (label, _) in SHOWN.items()
            if counts[key] or key == "all"
        ],
        "shown": shown,
        "page_obj": Paginator(items.filter(SHOWN[shown][1]), ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "needs_a_look": Reply.objects.to_look_at().filter(pk=found.pk).exists(),
        "zone": practice_zone().key,
        "may_work": request.user.has_role(*BILLING),
    }
    return render_page_or_piece(
        request, page="billing/reply.html", piece="billing/_reply.html", context=context
    )


@allow(*BILLING)
@require_safe
def reply_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The reply as it came, byte for byte."""
    found = get_object_or_404(Reply.objects.select_related("file"), pk=pk)
    audit.record(by=request.user, action="reply.downloaded", target=found)
    return give(
        bytes(found.file.file_bytes),
        content_type="application/octet-stream",
        name=found.file.file_name,
    )


@allow(*BILLING)
@require_POST
def set_aside(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Reply, pk=pk)
    verbs.set_aside(reply=found, by=request.user)
    messages.success(request, "Set aside: it is not listed as one to look at any more.")
    return go_to(request, reverse("billing:replies"))


def answers_to(claim_pk: int) -> list[ReplyItem]:
    """What was said of a claim, newest first: for the claim's page."""
    items = ReplyItem.objects.filter(claim=claim_pk).select_related("reply")
    return list(items.order_by("-reply__received_at", "-reply", "position"))
