"""What stands on a visit's session page now: as typed when there is a draft, else from the rows.

Nothing here writes. `charting` and `drafts` write; the page, the "today" list and signing read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum

from documentation.models import (
    Draft,
    Episode,
    Goal,
    ProcedureCode,
    ServiceEntry,
    ServiceTimer,
    TimedEntry,
    Visit,
)
from documentation.rules import neuro, session
from documentation.rules.completeness import Case, check_visit
from documentation.rules.findings import Finding
from documentation.rules.session import Code, GoalFacts, Logged, Surroundings
from people.models import Patient, Therapist


def with_session(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with all that their pages are made of, in as many queries for one as for many."""
    return visits.select_related(
        "patient",
        "clinic",
        "note",
        "draft__saved_by",
        "episode",
        "therapist__user",
        "assistant__user",
        "student__user",
    ).prefetch_related(
        Prefetch("timed_entries", TimedEntry.objects.order_by("position", "pk")),
        Prefetch("service_entries", ServiceEntry.objects.order_by("position", "pk")),
        Prefetch("timers", ServiceTimer.objects.kept()),
        "episode__goals",
        "episode__diagnoses",
    )


def fresh(visit: Visit) -> Visit:
    return with_session(Visit.objects.filter(pk=visit.pk)).get()


def draft_of(visit: Visit) -> Draft | None:
    return getattr(visit, "draft", None)


def version_of(visit: Visit) -> int:
    """The version of what is typed, of a visit that `fresh` or `with_session` fetched."""
    draft = draft_of(visit)
    return draft.version if draft is not None else 0


def content_of_rows(visit: Visit) -> dict[str, Any]:
    """The session page as the stored services and note tell it."""
    entries = [(entry.position, entry.pk, _timed(entry)) for entry in visit.timed_entries.all()] + [
        (entry.position, entry.pk, _untimed(entry)) for entry in visit.service_entries.all()
    ]
    note = visit.note
    return {
        "note": {"kind": note.kind} | {part: getattr(note, part) for part in session.NOTE_PARTS},
        "examination": note.examination,
        "total_treatment_minutes": visit.total_treatment_minutes,
        "assistant": visit.assistant_id,
        "episode": visit.episode_id,
        "entries": [entry for *_place, entry in sorted(entries, key=lambda row: row[:2])],
    }


def content_of(visit: Visit) -> dict[str, Any]:
    draft = draft_of(visit)
    return draft.content if draft is not None and draft.version else content_of_rows(visit)


def _timed(entry: TimedEntry) -> dict[str, Any]:
    composed = entry.code_id == neuro.CODE and not entry.narrative_is_own
    return {
        "key": str(entry.key),
        "code": entry.code_id,
        "minutes": entry.minutes,
        "assistant_minutes": entry.assistant_minutes,
        "goal": entry.goal_id,
        "details": entry.details,
        "narrative": "" if composed else entry.narrative,
        "narrative_is_own": entry.narrative_is_own,
    }


def _untimed(entry: ServiceEntry) -> dict[str, Any]:
    return {
        "key": str(entry.key),
        "code": entry.code_id,
        "minutes": entry.minutes,
        "assistant_minutes": entry.assistant_minutes,
        "goal": None,
        "details": {},
        "narrative": entry.narrative,
        "narrative_is_own": True,
    }


# --- What the page may refer to -----------------------------------------------------------------


def all_codes() -> dict[str, Code]:
    return {
        row.code: Code(
            code=row.code,
            label=row.label,
            kind=row.kind,
            timed=row.timed,
            is_active=row.is_active,
            base_code=row.base_code_id or "",
            disciplines=tuple(row.disciplines),
        )
        for row in ProcedureCode.objects.all()
    }


def goal_facts(goals: Iterable[Goal]) -> dict[int, GoalFacts]:
    return {goal.pk: GoalFacts(goal.pk, goal.text, goal.measure, goal.target) for goal in goals}


def assistants_for(visit: Visit) -> QuerySet[Therapist]:
    """Assistants of the visit's discipline who work at its clinic, and whoever is on it."""
    credentials = [
        credential
        for credential in Therapist.ASSISTANTS
        if Therapist.DISCIPLINE_OF[credential] == visit.therapist.discipline
    ]
    here = Therapist.objects.filter(
        is_active=True, credential__in=credentials, user__clinics=visit.clinic_id
    )
    return (
        Therapist.objects.filter(pk__in=here.values("pk"))
        | Therapist.objects.filter(pk=visit.assistant_id or 0)
    ).select_related("user")


def episodes_for(visit: Visit) -> QuerySet[Episode]:
    """The patient's cases of this discipline that run on the day, and the one it hangs on."""
    running = Episode.objects.filter(
        patient__in=Patient.objects.same_person(visit.patient_id),
        discipline=visit.therapist.discipline,
        started_on__lte=visit.date_of_service,
    ).exclude(discharged_on__lt=visit.date_of_service)
    return running | Episode.objects.filter(pk=visit.episode_id or 0)


def minutes_elsewhere(visit: Visit) -> int:
    """Minutes of the patient's other visits of that day: a day has 1,440 of them."""
    others = {
        "visit__patient__in": Patient.objects.same_person(visit.patient_id),
        "visit__date_of_service": visit.date_of_service,
    }
    sums = [
        rows.filter(**others).exclude(visit=visit.pk).aggregate(sum=Sum("minutes"))["sum"]
        for rows in (TimedEntry.objects, ServiceEntry.objects)
    ]
    return sum(minutes or 0 for minutes in sums)


def surroundings_of(visit: Visit, content: Mapping[str, Any] | None = None) -> Surroundings:
    """All that a page being saved may refer to; a case chosen in `content` brings its goals."""
    episodes = set(episodes_for(visit).values_list("pk", flat=True))
    chosen = visit.episode_id
    if content is not None and content.get("episode"):
        wanted = neuro.number(content["episode"])
        chosen = wanted if isinstance(wanted, int) and wanted in episodes else None
    return Surroundings(
        codes=all_codes(),
        goals=goal_facts(Goal.objects.filter(episode=chosen)) if chosen else {},
        discipline=visit.therapist.discipline,
        assistants=frozenset(assistants_for(visit).values_list("pk", flat=True)),
        episodes=frozenset(episodes),
        assistant=visit.assistant_id,
        episode=visit.episode_id,
        minutes_elsewhere=minutes_elsewhere(visit),
    )


def known_surroundings(visit: Visit, codes: Mapping[str, Code]) -> Surroundings:
    """The same from what `with_session` fetched: a saved page refers to nothing else."""
    return Surroundings(
        codes=codes,
        goals=goal_facts(visit.episode.goals.all()) if visit.episode else {},
        discipline=visit.therapist.discipline,
        assistants=frozenset({visit.assistant_id} if visit.assistant_id else ()),
        episodes=frozenset({visit.episode_id} if visit.episode_id else ()),
        assistant=visit.assistant_id,
        episode=visit.episode_id,
    )


def logged_of(visit: Visit, codes: Mapping[str, Code]) -> Logged:
    return session.read(content_of(visit), known_surroundings(visit, codes))


def case_of(visit: Visit) -> Case:
    episode = visit.episode
    if episode is None:
        return Case(is_linked=False)
    return Case(
        is_linked=True,
        diagnoses=len(episode.diagnoses.all()),
        goals=len(episode.goals.all()),
    )


def findings_of(visit: Visit, codes: Mapping[str, Code]) -> list[Finding]:
    """What the visit lacks; for a visit that came through `with_session`, without a query."""
    running = frozenset(str(timer.entry) for timer in visit.timers.all() if timer.is_running)
    return check_visit(
        logged_of(visit, codes),
        case_of(visit),
        discipline=visit.therapist.discipline,
        running=running,
    )


def missing_count(visit: Visit, codes: Mapping[str, Code]) -> int:
    return sum(finding.is_required for finding in findings_of(visit, codes))
