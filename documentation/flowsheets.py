"""The flowsheet of a case: its last visits with what was done at each."""

from __future__ import annotations

from dataclasses import dataclass

from documentation.models import Episode, Visit
from documentation.rules.flowsheet import Day, Group, Treated, lay_out
from people.models import User

BESIDE = 4  # visits that fit beside the session
VISITS = 12  # visits on a sheet of their own


@dataclass(frozen=True)
class Flowsheet:
    days: list[Day]
    groups: list[Group]
    earlier: int  # visits before the first that is shown


def flowsheet(episode: Episode, *, user: User, most: int) -> Flowsheet:
    """The newest visits last. What is being written counts too: it shows what comes next."""
    visits = Visit.objects.visible_to(user).filter(episode=episode)
    count = visits.count()
    newest = visits.prefetch_related("timed_entries__code", "service_entries__code").order_by(
        "-date_of_service", "-pk"
    )[:most]
    days = [_day(visit) for visit in reversed(newest)]
    return Flowsheet(days, lay_out(days), max(count - most, 0))


def _day(visit: Visit) -> Day:
    timed = [
        (
            entry.position,
            Treated(entry.code_id, entry.code.label, entry.minutes, entry.details, entry.narrative),
        )
        for entry in visit.timed_entries.all()
    ]
    untimed = [
        (
            entry.position,
            Treated(entry.code_id, entry.code.label, entry.minutes, {}, entry.narrative),
        )
        for entry in visit.service_entries.all()
    ]
    services = [service for _place, service in sorted(timed + untimed, key=lambda row: row[0])]
    return Day(visit.pk, visit.date_of_service, services)
