"""Billing's papers among the kinds of PDF that the one page of all of them shows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models
from django.urls import reverse

from billing import issued_papers, packets, paper_batches
from billing.models import AuditPacket, Claim, Estimate, PaperBatch, Superbill
from billing.places import SEES_CLAIMS
from billing.rules.words import spoken
from billing.tasks import make_audit_packet, make_estimate, make_superbill, print_paper_batch
from documentation.paper_kinds import Kind, Shown, register
from people.access import SEES_CARDS, TAKES_CARDS
from people.models import User


def _visible(user: User) -> models.QuerySet[AuditPacket]:
    rows = AuditPacket.objects.visible_to(user).select_related(
        "episode__patient", "episode__clinic"
    )
    return rows.defer("file_bytes", "content")


def _shown(row: AuditPacket) -> Shown:
    first, last = row.first_day, row.last_day
    title = f"Audit packet, {spoken(first)}"
    if last != first:
        title += f" to {spoken(last)}"
    return Shown(
        title=title,
        patient=row.patient,
        clinic=row.episode.clinic,
        page=row.get_absolute_url(),
        file=reverse("billing:packet-file", args=[row.pk]),
    )


def _piles(user: User) -> models.QuerySet[PaperBatch]:
    """Those of whose claims none is hidden from the user."""
    rows = PaperBatch.objects.select_related("payer").filter(withdrawn_at=None)
    if not user.sees_all_clinics:
        visible = Claim.objects.visible_to(user)
        rows = rows.exclude(claims__in=Claim.objects.exclude(pk__in=visible))
    return rows.defer("file_bytes").prefetch_related("claims__clinic")


def _pile(row: PaperBatch) -> Shown:
    return Shown(
        title=row.title,
        patient=None,
        clinic=row.claims.all()[0].clinic,
        page=row.get_absolute_url(),
        file=reverse("billing:paper-batch-file", args=[row.pk]),
    )


def _issued(user: User, model: Any) -> models.QuerySet[Any]:
    rows = model.objects.visible_to(user).select_related("patient", "clinic")
    return rows.defer("file_bytes", "content")


def _superbill(row: Superbill) -> Shown:
    return Shown(
        title=f"Superbill {row.number}",
        patient=row.patient,
        clinic=row.clinic,
        page=row.get_absolute_url(),
        file=reverse("billing:superbill-file", args=[row.pk]),
    )


def _estimate(row: Estimate) -> Shown:
    return Shown(
        title=f"Estimate {row.number}",
        patient=row.patient,
        clinic=row.clinic,
        page=row.get_absolute_url(),
        file=reverse("billing:estimate-file", args=[row.pk]),
    )


def _ring(task: Any, row: Superbill | Estimate) -> None:
    task.delay(row.pk)


def register_own() -> None:
    for key, label, model, shown, task, redraw in (
        (
            "superbill",
            "Superbill",
            Superbill,
            _superbill,
            make_superbill,
            issued_papers.superbill_pdf,
        ),
        (
            "estimate",
            "Good-faith estimate",
            Estimate,
            _estimate,
            make_estimate,
            issued_papers.estimate_pdf,
        ),
    ):
        register(
            Kind(
                key=key,
                label=label,
                reads=SEES_CARDS,
                asks=TAKES_CARDS,
                visible=partial(_issued, model=model),
                shown=shown,
                ask_again=lambda row, by: issued_papers.ask_again(row, by=by),
                ring=partial(_ring, task),
                redraw=redraw,
            )
        )
    register(
        Kind(
            key="paper-claims",
            label="CMS-1500 forms",
            reads=SEES_CLAIMS,
            asks=SEES_CLAIMS,
            visible=_piles,
            shown=_pile,
            ask_again=lambda row, by: paper_batches.ask_again(batch=row, by=by),
            ring=lambda row: print_paper_batch.delay(row.pk),
            redraw=paper_batches.redraw,
        )
    )
    register(
        Kind(
            key="packet",
            label="Audit packet",
            reads=SEES_CLAIMS,
            asks=SEES_CLAIMS,
            visible=_visible,
            shown=_shown,
            ask_again=lambda row, by: packets.ask_again(packet=row, by=by),
            ring=lambda row: make_audit_packet.delay(row.pk),
            redraw=packets.redraw,
        )
    )
