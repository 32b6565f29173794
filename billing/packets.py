"""Audit packets: ask for one, and make it.

The row stands first; a worker gathers what the packet says, freezes it there, and draws it part by
part, telling the row how far it is. Drawn again from what was frozen, it comes out the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from billing import packet_content, packet_pages
from billing.models import AuditPacket
from documentation import papers
from documentation.models import Episode, Note, Visit
from people import audit
from people.models import User

MOST_VISITS = 150  # a thicker packet is two
SIGN_OF_LIFE = dt.timedelta(minutes=2)  # no part takes a worker half as long
Step = AuditPacket.Step


class NothingToShow(Exception):
    """None of the visits has a final note."""


class TooMany(Exception):
    """More visits than one packet holds."""


class AlreadyBeingMade(Exception):
    """The very same packet is in the making; `packet` is its row."""

    def __init__(self, packet: AuditPacket) -> None:
        super().__init__(packet.pk)
        self.packet = packet


def final_visits(episode: Episode) -> models.QuerySet[Visit]:
    """The case's visits that a packet can show, the first one first."""
    final = Note.objects.exclude(signed_at=None).exclude(cosign_needed=True, cosigned_at=None)
    visits = Visit.objects.filter(episode=episode, note__in=final)
    return visits.select_related("note").order_by("date_of_service", "pk")


@transaction.atomic
def ask(*, episode: Episode, visits: Sequence[Visit], made_for: str, by: User) -> AuditPacket:
    """Have a packet made of these visits of the case; the ones without a final note stay out.

    Raises NothingToShow, TooMany, AlreadyBeingMade.
    """
    wanted = {visit.pk for visit in visits}
    shown = [visit for visit in final_visits(episode) if visit.pk in wanted]
    if not shown:
        raise NothingToShow
    if len(shown) > MOST_VISITS:
        raise TooMany
    packet = AuditPacket(
        episode=episode,
        visits=[visit.pk for visit in shown],
        first_day=shown[0].date_of_service,
        last_day=shown[-1].date_of_service,
        made_for=made_for,
        asked_by=by,
    )
    packet.inputs_sha256 = _fingerprint(packet)
    try:
        with transaction.atomic():
            packet.save(force_insert=True)
    except IntegrityError:
        raise AlreadyBeingMade(_in_the_making(packet.inputs_sha256)) from None
    audit.record(
        by=by,
        action="audit_packet.asked",
        patient=episode.patient,
        target=packet,
        visits=packet.visits,
    )
    return packet


def make(packet: AuditPacket) -> None:
    """Make the packet, once. A second call finds it made, or in other hands, and leaves."""
    rows = AuditPacket.objects.filter(pk=packet.pk)
    if _is_in_other_hands(rows):
        return
    row = papers.begin(rows)
    if row is None:
        return
    try:
        content = row.content or _freeze(row)
        drawn = packet_pages.draw(content, identifier=_identifier(row), tell=_teller(row))
    except Exception as error:
        rows.update(worked_at=None)
        papers.give_up_or_wait(rows, error)
        raise
    with transaction.atomic():
        row = rows.select_for_update().defer("file_bytes").get()
        if row.status == AuditPacket.Status.WAITING:
            papers.keep(row, drawn.content, pages=drawn.pages)
            audit.record(
                by=None,
                action="audit_packet.made",
                patient=row.patient,
                target=row,
                sha256=row.sha256,
                pages=drawn.pages,
            )


def redraw(packet: AuditPacket) -> bytes:
    """The packet once more, from what was frozen: the same bytes."""
    assert packet.content is not None  # what is drawn again was drawn before
    drawn = packet_pages.draw(
        packet.content, identifier=_identifier(packet), tell=lambda step, **how_far: None
    )
    return drawn.content


def ask_again(*, packet: AuditPacket, by: User) -> bool:
    """Have a packet that failed tried anew; whether there was one."""
    same = AuditPacket.objects.filter(
        inputs_sha256=packet.inputs_sha256, status=AuditPacket.Status.WAITING
    )
    if same.exists():  # one of the same visits was asked for meanwhile
        return False
    return papers.ask_again(
        AuditPacket.objects.filter(pk=packet.pk),
        by=by,
        action="audit_packet.asked_again",
        patient=packet.patient,
        target=packet,
    )


def _fingerprint(packet: AuditPacket) -> str:
    inputs = [packet.episode_id, packet.visits, packet.made_for.casefold()]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


def _in_the_making(fingerprint: str) -> AuditPacket:
    return AuditPacket.objects.get(inputs_sha256=fingerprint, status=AuditPacket.Status.WAITING)


def _identifier(packet: AuditPacket) -> str:
    return f"audit-packet-{packet.pk}"


@transaction.atomic
def _is_in_other_hands(rows: models.QuerySet[AuditPacket]) -> bool:
    """Whether another worker is at it; when not, it is in ours from now on."""
    row = rows.select_for_update().only("pk", "worked_at", "status").get()
    now = timezone.now()
    if row.worked_at is not None and now - row.worked_at < SIGN_OF_LIFE:
        return True
    if row.status == AuditPacket.Status.WAITING:
        row.worked_at = now
        row.save(update_fields=["worked_at"])
    return False


@transaction.atomic
def _freeze(packet: AuditPacket) -> packet_content.Content:
    """What the packet says, from now on."""
    row = AuditPacket.objects.select_for_update().defer("file_bytes").get(pk=packet.pk)
    row.content = packet_content.gather(row)
    row.save(update_fields=["content"])
    content: packet_content.Content = row.content
    return content


def _teller(packet: AuditPacket) -> packet_pages.Teller:
    def tell(step: str, *, done: int, total: int, pages: int) -> None:
        AuditPacket.objects.filter(pk=packet.pk, status=AuditPacket.Status.WAITING).update(
            step=step,
            parts_done=done,
            parts_total=total,
            pages=pages,
            worked_at=timezone.now(),
        )

    return tell
