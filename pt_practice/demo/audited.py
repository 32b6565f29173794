"""An auditor asks the demo clinic: a packet of the case with the most signed notes is asked for."""

from __future__ import annotations

from django.db.models import Count

from billing import packets
from documentation.models import Episode, Note
from people.models import User


def build_packet(biller: User) -> None:
    """The row only: a worker makes it, as soon as one runs."""
    final = Note.objects.exclude(signed_at=None).exclude(cosign_needed=True, cosigned_at=None)
    most = (
        final.values("visit__episode")
        .exclude(visit__episode=None)
        .annotate(count=Count("pk"))
        .order_by("-count", "visit__episode")
        .first()
    )
    if most is None:
        return
    episode = Episode.objects.get(pk=most["visit__episode"])
    packets.ask(
        episode=episode,
        visits=list(packets.final_visits(episode)[: packets.MOST_VISITS]),
        made_for="Noridian, additional documentation request 4711",
        by=biller,
    )
