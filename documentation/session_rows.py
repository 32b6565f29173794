"""Bring a visit's rows in line with the valid part of its page."""

from __future__ import annotations

from typing import Any

from documentation.models import ServiceEntry, TimedEntry, Visit
from documentation.rules import neuro
from documentation.rules.narrative import compose
from documentation.rules.session import Logged, LoggedEntry

TIMED_FIELDS = (
    "position",
    "code_id",
    "minutes",
    "assistant_minutes",
    "goal_id",
    "details",
    "narrative",
    "narrative_is_own",
)
SERVICE_FIELDS = ("position", "code_id", "minutes", "assistant_minutes", "narrative")


def sentences_of(entry: LoggedEntry, visit: Visit) -> str:
    """What the note says of the service: composed for 97112 unless the therapist wrote it."""
    if entry.details is None or entry.narrative_is_own:
        return entry.narrative
    return compose(
        entry.details,
        minutes=entry.minutes,
        goal=entry.goal.text if entry.goal else "",
        furnished_by=_furnished_by(entry, visit),
    )


def _furnished_by(entry: LoggedEntry, visit: Visit) -> str:
    if not entry.assistant_minutes or visit.assistant is None:
        return ""
    if entry.assistant_minutes == entry.minutes:
        return f"furnished by {visit.assistant}"
    return f"{entry.assistant_minutes} of them by {visit.assistant}"


def write_rows(visit: Visit, logged: Logged) -> None:
    """An entry without valid minutes or code has no row; a field in error keeps what it had."""
    _write_visit(visit, logged)
    _write_note(visit, logged)
    whole = [entry for entry in logged.entries if entry.is_whole and entry.code is not None]
    timed = [entry for entry in whole if entry.code and entry.code.timed]
    untimed = [entry for entry in whole if entry.code and not entry.code.timed]
    _bring_in_line(
        visit,
        TimedEntry,
        list(visit.timed_entries.all()),
        {entry.key: _timed_values(entry, visit) for entry in timed},
        TIMED_FIELDS,
    )
    _bring_in_line(
        visit,
        ServiceEntry,
        list(visit.service_entries.all()),
        {entry.key: _service_values(entry) for entry in untimed},
        SERVICE_FIELDS,
    )


def _timed_values(entry: LoggedEntry, visit: Visit) -> dict[str, Any]:
    return {
        "position": entry.position,
        "code_id": entry.typed_code,
        "minutes": entry.minutes,
        "assistant_minutes": entry.assistant_minutes,
        "goal_id": entry.goal.id if entry.goal else None,
        "details": entry.details.as_details() if entry.details else {},
        "narrative": sentences_of(entry, visit),
        "narrative_is_own": entry.narrative_is_own if entry.typed_code == neuro.CODE else True,
    }


def _service_values(entry: LoggedEntry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "code_id": entry.typed_code,
        "minutes": entry.minutes,
        "assistant_minutes": entry.assistant_minutes,
        "narrative": entry.narrative,
    }


def _bring_in_line(
    visit: Visit,
    model: Any,
    rows: list[Any],
    wanted: dict[str, dict[str, Any]],
    fields: tuple[str, ...],
) -> None:
    """Delete, change, add: one query each at most, and none for what stays as it is."""
    gone = [row.pk for row in rows if str(row.key) not in wanted]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    changed = []
    for row in rows:
        values = wanted.pop(str(row.key), None)
        if values is not None and any(getattr(row, name) != values[name] for name in fields):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    if changed:
        model.objects.bulk_update(changed, [name.removesuffix("_id") for name in fields])
    if wanted:
        model.objects.bulk_create(
            model(visit=visit, key=key, **values) for key, values in wanted.items()
        )


def _write_visit(visit: Visit, logged: Logged) -> None:
    values = {
        "total_treatment_minutes": logged.treatment_minutes,
        "assistant_id": logged.assistant,
        "episode_id": logged.episode,
    }
    _save_changed(
        visit,
        {
            name: value
            for name, value in values.items()
            if name.removesuffix("_id") not in logged.errors
        },
    )


def _write_note(visit: Visit, logged: Logged) -> None:
    examined = {"examination": dict(logged.examination.content)}
    values = {"kind": logged.kind} | dict(logged.note) | examined
    _save_changed(
        visit.note,
        {name: value for name, value in values.items() if f"note.{name}" not in logged.errors},
    )


def _save_changed(row: Any, values: dict[str, Any]) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=[name.removesuffix("_id") for name in changed])
