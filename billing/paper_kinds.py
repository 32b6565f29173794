"""Audit packets and claims on paper among the kinds of PDF that the one page of all shows."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from billing import packets, paper_batches
from billing.models import AuditPacket, Claim, PaperBatch
from billing.places import SEES_CLAIMS
from billing.tasks import make_audit_packet, print_paper_batch
from documentation.paper_kinds import Kind, Shown, register
from people.models import User


def _visible(user: User) -> models.QuerySet[AuditPacket]:
    rows = AuditPacket.objects.visible_to(user).select_related(
        "episode__patient", "episode__clinic"
    )
    return rows.defer("file_bytes", "content")


def _shown(row: AuditPacket) -> Shown:
    first, last = row.first_day, row.last_day
    title = f"Audit packet, {first:%b} {first.day}, {first.year}"
    if last != first:
        title += f" to {last:%b} {last.day}, {last.year}"
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


def register_own() -> None:
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
