"""The examination of a visit: what the page begins with, what it is compared to, what is signed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from documentation.models import Note, Visit
from documentation.rules import examination


@dataclass(frozen=True)
class Earlier:
    """The last signed examination of the case before a visit."""

    on: dt.date
    content: dict[str, Any]


def before(visit: Visit) -> Earlier | None:
    """What was found last, part by part: the newest signed note that has each part tells it."""
    if visit.episode_id is None:
        return None
    notes = (
        Note.objects.filter(
            visit__episode=visit.episode_id,
            signed_at__isnull=False,
            visit__date_of_service__lte=visit.date_of_service,
        )
        .exclude(visit=visit.pk)
        .exclude(examination={})
    )
    rows = list(
        notes.order_by("-visit__date_of_service", "-pk").values_list(
            "visit__date_of_service", "examination"
        )
    )
    if not rows:
        return None
    return Earlier(rows[0][0], _newest_parts([content for _day, content in rows]))


def _newest_parts(contents: list[dict[str, Any]]) -> dict[str, Any]:
    """One examination of several, newest first: each measured thing as it was seen last."""
    found: dict[str, Any] = {}
    for name in ("pain", *examination.WORDS):
        found[name] = next((each[name] for each in contents if each.get(name)), None)
    for table in examination.TABLES:
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for content in contents:
            for row in content.get(table, []):
                rows.setdefault((row["id"], row.get("side", "")), row)
        found[table] = list(rows.values())
    found["marks"] = next((each["marks"] for each in contents if each.get("marks")), [])
    return {name: value for name, value in found.items() if value}


def shown(note: Note) -> dict[str, Any] | None:
    """The note's examination with its labels beside what was found before; None when empty."""
    if not note.examination:
        return None
    earlier = before(note.visit)
    return examination.as_shown(
        note.examination,
        earlier.content if earlier is not None else {},
        day=earlier.on.isoformat() if earlier is not None else "",
    )
