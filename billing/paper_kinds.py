"""Audit packets among the kinds of PDF that the one page of all of them shows."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from billing import packets
from billing.models import AuditPacket
from billing.places import SEES_CLAIMS
from billing.tasks import make_audit_packet
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


def register_own() -> None:
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
