"""Save the session page as it is being typed: nothing is lost, and no save undoes another's."""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation import charting, session_content
from documentation.models import Visit
from documentation.rules.findings import Finding
from documentation.rules.session import Logged, LoggedEntry, NotASession
from documentation.rules.similarity import Written, compare, near_copies
from documentation.session_rows import sentences_of
from people import audit
from people.models import User

LARGEST = 1_000_000  # characters of one page; the longest real note has a few thousand
AUDIT_AFTER = dt.timedelta(minutes=10)  # one line per stretch of writing, not per keystroke
NEVER_CARRIED = ("evaluation", "re_evaluation")


class StaleDraft(Exception):
    """The page was saved from elsewhere since; both versions are there to choose from."""

    def __init__(self, content: dict[str, Any], version: int, saved_by: str, saved_at: Any) -> None:
        super().__init__(version)
        self.content = content
        self.version = version
        self.saved_by = saved_by
        self.saved_at = saved_at


class DraftTooLarge(Exception):
    """More than a note can hold."""


@dataclass(frozen=True)
class PageState:
    """All that the page shows besides what was typed."""

    version: int
    saved_at: dt.datetime | None
    errors: dict[str, str]
    findings: list[Finding]
    composed: dict[str, str]
    timed_minutes: int
    treatment_minutes: int | None
    last: Visit | None = None  # the last signed visit of the case, whose services may be copied

    @property
    def missing(self) -> int:
        return sum(finding.is_required for finding in self.findings)


@transaction.atomic
def save_draft(*, visit: Visit, content: dict[str, Any], base_version: int, by: User) -> PageState:
    """Keep what was typed, valid or not, and bring the rows in line with the valid part.

    Raises `AlreadySigned`, `StaleDraft`, `DraftTooLarge` or `NotASession`. The same content
    again, as after an answer that got lost, is no conflict.
    """
    try:
        content = {"note": {}, "entries": []} | _storable(content)
    except RecursionError:
        raise NotASession("This is nested too deep.") from None
    if len(json.dumps(content, ensure_ascii=False)) > LARGEST:
        raise DraftTooLarge("This is more than a note can hold.")
    visit = charting.lock_unsigned(visit)
    draft = session_content.draft_of(visit)
    version = draft.version if draft is not None else 0
    if version != base_version:
        if draft is not None and draft.content == content:
            return state_of(visit)
        raise StaleDraft(
            session_content.content_of(visit),
            version,
            str(draft.saved_by) if draft is not None and draft.saved_by else "",
            draft.saved_at if draft is not None else None,
        )
    charting.store(visit, content, by=by)
    if draft is None or draft.saved_by_id != by.pk or draft.saved_at < timezone.now() - AUDIT_AFTER:
        audit.record(
            by=by,
            action="note.drafted",
            patient=visit.patient,
            target=visit.note,
            version=version + 1,
        )
    return state_of(visit)


def _storable(value: Any) -> Any:
    """The same without what PostgreSQL cannot keep: NUL and halves of a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # 1e999 is a number in JSON and none in PostgreSQL
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(str(name)): _storable(inner) for name, inner in value.items()}
    return value


def state_of(visit: Visit) -> PageState:
    visit = session_content.fresh(visit)
    codes = session_content.all_codes()
    logged = session_content.logged_of(visit, codes)
    draft = session_content.draft_of(visit)
    last = last_signed(visit)
    findings = session_content.findings_of(visit, codes)
    if last is not None:
        findings += near_copies(_written(visit, logged), _written_before(last))
    return PageState(
        version=draft.version if draft is not None else 0,
        saved_at=draft.saved_at if draft is not None else None,
        errors=dict(logged.errors),
        findings=findings,
        composed={
            entry.key: sentences_of(entry, visit)
            for entry in logged.entries
            if entry.details is not None and not entry.narrative_is_own
        },
        timed_minutes=logged.timed_minutes,
        treatment_minutes=logged.treatment_minutes,
        last=last,
    )


# --- The visit before ---------------------------------------------------------------------------


def last_signed(visit: Visit) -> Visit | None:
    """The last signed visit of the case before this one."""
    if visit.episode_id is None:
        return None
    before = Visit.objects.filter(
        episode=visit.episode_id,
        note__signed_at__isnull=False,
        date_of_service__lte=visit.date_of_service,
    ).exclude(pk=visit.pk)
    return session_content.with_session(before).order_by("-date_of_service", "-pk").first()


def carried_forward(visit: Visit, last: Visit | None = None) -> list[dict[str, Any]]:
    """The last visit's services as entries for this one: marked until changed or confirmed.

    The patient's response is never carried: it is this visit's or nothing. Who has fetched the
    `last` visit already hands it in.
    """
    last = last or last_signed(visit)
    if last is None:
        return []
    codes = session_content.all_codes()
    goals = (
        {goal.pk for goal in visit.episode.goals.all() if goal.met_on is None}
        if visit.episode
        else set()
    )
    return [
        _carried(row, goals, with_assistant=visit.assistant_id is not None)
        for row in session_content.content_of_rows(last)["entries"]
        if row["code"] in codes and codes[row["code"]].kind not in NEVER_CARRIED
    ]


def _carried(row: dict[str, Any], goals: set[int], *, with_assistant: bool) -> dict[str, Any]:
    details = {name: value for name, value in row["details"].items() if name != "response"}
    entry = row | {
        "key": str(uuid.uuid4()),
        "assistant_minutes": row["assistant_minutes"] if with_assistant else 0,
        "goal": row["goal"] if row["goal"] in goals else None,
        "details": details,
    }
    entry["carried"] = [
        *(name for name in ("minutes", "goal", "narrative") if entry[name]),
        # The reasons in words stand in one row with those chosen from the list.
        *sorted(
            {
                "skilled" if name == "skilled_words" else name
                for name, value in details.items()
                if _says_something(value)
            }
        ),
    ]
    return entry


def _says_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_says_something(inner) for inner in value.values())
    return bool(value)


def beside_the_last(visit: Visit) -> dict[str, Any] | None:
    """This note beside the last signed one of the case, for whoever is about to sign it."""
    visit = session_content.fresh(visit)
    last = last_signed(visit)
    if last is None:
        return None
    logged = session_content.logged_of(visit, session_content.all_codes())
    parts = compare(_written(visit, logged), _written_before(last))
    if not parts:
        return None
    return {
        "day": last.date_of_service,
        "url": last.note.get_absolute_url(),
        "parts": parts,
        "has_near_copy": any(part.is_near_copy for part in parts),
    }


def _written(visit: Visit, logged: Logged) -> Written:
    entries: list[LoggedEntry] = [entry for entry in logged.entries if entry.is_whole]
    return Written(
        note=dict(logged.note),
        narratives={entry.typed_code: sentences_of(entry, visit) for entry in entries},
        minutes={entry.typed_code: entry.minutes or 0 for entry in entries},
        keys={entry.typed_code: entry.key for entry in entries},
    )


def _written_before(last: Visit) -> Written:
    rows: list[Any] = [*last.timed_entries.all(), *last.service_entries.all()]
    return Written(
        note={
            part: getattr(last.note, part)
            for part in ("subjective", "objective", "assessment", "plan")
        },
        narratives={row.code_id: row.narrative for row in rows},
        minutes={row.code_id: row.minutes or 0 for row in rows},
        day=f"{last.date_of_service:%B} {last.date_of_service.day}",
    )
