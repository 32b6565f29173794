"""Every PDF in the making, on one page: what waits, what failed and why, what was made lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from documentation.models.pdf_row import PdfRow
from documentation.paper_kinds import Kind, Shown, kinds_for
from people.access import READS_CHARTS, allow
from scheduling.access import StaffRequest
from web.responses import go_to, render_page_or_piece

MOST = 100  # of each kind, in each list
RECENT = dt.timedelta(days=7)


@dataclass(frozen=True)
class Paper:
    """A row with its kind: what one line of the page shows."""

    kind: Kind
    row: Any
    shown: Shown
    may_ask: bool

    @property
    def name(self) -> str:
        return f"{self.kind.key}:{self.row.pk}"


@allow(*READS_CHARTS)
@require_safe
def papers(request: StaffRequest) -> HttpResponse:
    waiting = _papers(request, status="waiting", order="waiting_since")
    failed = _papers(request, status="failed", order="waiting_since")
    since = timezone.now() - RECENT
    recent = _papers(request, status="ready", order="-made_at", made_at__gte=since)
    recent.sort(key=lambda paper: paper.row.made_at, reverse=True)
    return render_page_or_piece(
        request,
        page="documentation/papers.html",
        piece="documentation/_papers.html",
        context={
            "waiting": sorted(waiting, key=lambda paper: paper.row.waiting_since),
            "failed": sorted(failed, key=lambda paper: paper.row.waiting_since),
            "recent": recent[:MOST],
            "days": RECENT.days,
            "may_ask": any(paper.may_ask for paper in failed),
            "every": 15 if any(paper.row.is_late for paper in waiting) else 3,
        },
    )


@allow(*READS_CHARTS)
@require_POST
def papers_again(request: StaffRequest) -> HttpResponse:
    """Have one PDF tried again (`paper` names it), or all that failed (`paper` is "all")."""
    name = request.POST.get("paper", "")
    count = 0
    for paper in _papers(request, status="failed", order="waiting_since"):
        if not paper.may_ask or name not in ("all", paper.name):
            continue
        if paper.kind.ask_again(paper.row, request.user):
            paper.kind.ring(paper.row)
            count += 1
    if count:
        told = "The PDF is" if count == 1 else f"{count} PDFs are"
        messages.success(request, f"{told} being made again.")
    else:
        messages.info(request, "Nothing there to try again: somebody was faster.")
    return go_to(request, reverse("documentation:papers"))


@allow(*READS_CHARTS)
@require_safe
def papers_badge(request: StaffRequest) -> HttpResponse:
    """How many PDFs failed: the number beside PDFs in the navigation."""
    failed = PdfRow.Status.FAILED
    count = sum(
        kind.visible(request.user).filter(status=failed).count() for kind in kinds_for(request.user)
    )
    return render(request, "documentation/_papers_badge.html", {"count": count})


def _papers(request: StaffRequest, *, status: str, order: str, **more: Any) -> list[Paper]:
    found = []
    for kind in kinds_for(request.user):
        may_ask = request.user.has_role(*kind.asks)
        rows = kind.visible(request.user).filter(status=status, **more).order_by(order, "pk")
        found += [Paper(kind, row, kind.shown(row), may_ask) for row in rows[:MOST]]
    return found
