"""Write and verify the audit line.

`record` adds an event inside the caller's transaction. At commit a deferred trigger gives the
event its position and a SHA-256 over the event before it, so that two writers never wait for
each other longer than a commit. `broken_links` recomputes the whole chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from django.db import connection, models

from people.models import AuditEvent, Patient, User

from_address: ContextVar[str | None] = ContextVar("from_address", default=None)


def record(
    *,
    by: User | None,
    action: str,
    patient: Patient | None = None,
    target: models.Model | None = None,
    **detail: Any,
) -> AuditEvent:
    """Add one line: who (`None` for the house itself), what, to what. `detail` holds no PHI:
    ids, counts, field names."""
    event = _event(by, action, patient, target, detail)
    event.save(force_insert=True)
    return event


def record_many(*, by: User | None, action: str, patients: Iterable[Patient]) -> None:
    """Add one line for each of the patients, in one query."""
    AuditEvent.objects.bulk_create([_event(by, action, patient, None, {}) for patient in patients])


def _event(
    by: User | None,
    action: str,
    patient: Patient | None,
    target: models.Model | None,
    detail: dict[str, Any],
) -> AuditEvent:
    about = target if target is not None else patient
    return AuditEvent(
        actor=by,
        actor_name=str(by) if by is not None else "PT Practice",
        action=action,
        target_type=about._meta.label_lower if about is not None else "",
        target_id=about.pk if about is not None else None,
        patient=patient,
        from_address=from_address.get(),
        detail=detail,
    )


def hashes_of(action: str) -> dict[int, str]:
    """The SHA-256 that each event of this kind wrote down, by the row it is about."""
    events = AuditEvent.objects.filter(action=action).order_by("pk")
    rows = events.values_list("target_id", "detail__sha256").iterator(chunk_size=1000)
    return {target: sha256 for target, sha256 in rows if target is not None}


def broken_links(batch_size: int = 5000) -> list[int]:
    """Positions at which the chain does not hold; empty when nobody has tampered with it."""
    broken: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position FROM ("
            "  SELECT position, hash,"
            "    audit_link(lag(hash, 1, '') OVER chain, event) AS expected,"
            "    lag(position, 1, 0::bigint) OVER chain + 1 AS expected_position"
            "  FROM people_auditevent AS event WHERE position IS NOT NULL"
            "  WINDOW chain AS (ORDER BY position)"
            ") AS links WHERE hash <> expected OR position <> expected_position"
            " ORDER BY position LIMIT %s",
            [batch_size],
        )
        broken.extend(row[0] for row in cursor.fetchall())
    return broken
