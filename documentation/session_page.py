"""What the session page is drawn from: the head, the page as typed, and what it may offer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from documentation import drafts, due, examining, session_content, timer_page
from documentation.models import Note, PlanOfCare, ProcedureCode, SessionAid, Visit
from documentation.rules import clocks, examination, timing, vocabulary
from people.models import Clinic, User
from web.templatetags.pt import clinic_time, clock

CERTIFIED_AT_MOST = 90  # days: CMS Pub. 100-02, ch. 15, § 220.1.3

# What each discipline logs most, in the order of the chips.
COMMON = {
    "PT": ("97112", "97110", "97530", "97116", "97140", "97535", "97150"),
    "OT": ("97530", "97535", "97112", "97110", "97140", "97129", "97150"),
    "SLP": ("92507", "92526", "97129", "97130", "92508"),
}
EVALUATIONS = {
    "PT": ("97161", "97162", "97163", "97164"),
    "OT": ("97165", "97166", "97167", "97168"),
    "SLP": ("92521", "92522", "92523", "92524", "92610"),
}
ICONS = ("x", "plus", "minus", "trash", "check", "bulb", "circle-dashed", "alert-circle",
         "help-circle", "chevron-down", "arrow-back-up", "history", "search", "player-play",
         "player-stop", "alert-triangle", "star")  # fmt: skip


@dataclass(frozen=True)
class PlanDay:
    """Where the visit stands in the plan of care in force."""

    day: int
    days: int
    ends_on: dt.date

    @property
    def left(self) -> int:
        return max(self.days - self.day, 0)

    @property
    def is_over(self) -> bool:
        return self.day > self.days


def plan_day(visit: Visit) -> PlanDay | None:
    if visit.episode_id is None:
        return None
    plan = (
        PlanOfCare.objects.filter(episode=visit.episode_id, starts_on__lte=visit.date_of_service)
        .order_by("-starts_on")
        .first()
    )
    if plan is None:
        return None
    days = min(plan.duration_weeks * 7, CERTIFIED_AT_MOST)
    return PlanDay(
        day=(visit.date_of_service - plan.starts_on).days + 1,
        days=days,
        ends_on=plan.starts_on + dt.timedelta(days=days - 1),
    )


def visit_number(visit: Visit) -> int | None:
    """The how-manieth treatment day of the case this is."""
    if visit.episode_id is None:
        return None
    days = Visit.objects.filter(
        episode=visit.episode_id, date_of_service__lte=visit.date_of_service
    )
    return days.values("date_of_service").distinct().count()


def treatment_days_to_report(visit: Visit) -> int | None:
    """How many treatment days are left until a progress report is due, this one counted; below
    zero: how many too late."""
    if visit.episode_id is None:
        return None
    done = due.treatment_days(visit.episode_id, through=visit.date_of_service)
    return clocks.REPORT_EVERY - done


def clock_time(moment: dt.datetime | None, clinic: Clinic) -> str:
    return clock(clinic_time(moment, clinic))


def state_as_json(state: drafts.PageState, clinic: Clinic) -> dict[str, Any]:
    return {
        "version": state.version,
        "saved_at": clock_time(state.saved_at, clinic),
        "errors": state.errors,
        "findings": [finding.as_dict() for finding in state.findings],
        "composed": state.composed,
        "timed_minutes": state.timed_minutes,
        "treatment_minutes": state.treatment_minutes,
        "missing": state.missing,
    }


def context(visit: Visit, user: User, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything the page needs; `content` is what was typed when it could not be saved."""
    typed = content if content is not None else session_content.content_of(visit)
    state = drafts.state_of(visit)
    codes = list(ProcedureCode.objects.filter(is_active=True))
    known = session_content.all_codes()
    episodes = list(session_content.episodes_for(visit))
    assistants = list(session_content.assistants_for(visit))
    last = state.last
    discipline = visit.therapist.discipline
    is_evaluation = visit.note.kind in (Note.Kind.EVALUATION, Note.Kind.RE_EVALUATION)
    common = COMMON[discipline]
    chips = (*EVALUATIONS[discipline], *common) if is_evaluation else common
    data = {
        "visit": visit.pk,
        "user": user.pk,
        "save_url": reverse("documentation:session-draft", args=[visit.pk]),
        "aids": [aid.for_page() for aid in SessionAid.objects.visible_to(user)],
        "keep_url": reverse("documentation:session-aid-keep"),
        "aids_url": reverse("documentation:session-aids"),
        "timers_url": reverse("documentation:session-timers", args=[visit.pk]),
        "timers": timer_page.as_json(visit, user=user),
        "note_url": visit.note.get_absolute_url(),
        "largest": drafts.LARGEST,
        "content": typed | {"episode": typed.get("episode") or visit.episode_id},
        "state": state_as_json(state, visit.clinic),
        "discipline": discipline,
        "common": chips,
        "codes": [
            {
                "code": row.code,
                "label": row.label,
                "kind": row.kind,
                "timed": row.timed,
                "fits": discipline in row.disciplines,
                "one_on_one": timing.is_one_on_one(known[row.code]),
            }
            for row in codes
        ],
        "goals": {
            episode.pk: [
                {"id": goal.pk, "text": _goal_text(goal), "measure": _measure(goal)}
                for goal in episode.goals.all()
            ]
            for episode in _with_goals(episodes)
        },
        "therapist": str(visit.therapist),
        "assistants": {person.pk: str(person) for person in assistants},
        "starts_with_assistant": visit.assistant_id is not None,
        "examination": _examination(visit),
        "last": {
            "day": f"{last.date_of_service:%B} {last.date_of_service.day}",
            "short_day": f"{last.date_of_service:%b} {last.date_of_service.day}",
            "entries": drafts.carried_forward(visit, last),
        }
        if last is not None
        else None,
    }
    return {
        "visit": visit,
        "elsewhere": timer_page.elsewhere(visit, user=user),
        "patient": visit.patient,
        "age": visit.patient.age_on(visit.date_of_service),
        "episode": visit.episode,
        "episodes": episodes,
        "assistants": assistants,
        "diagnoses": list(visit.episode.diagnoses.all()) if visit.episode else [],
        "plan_day": plan_day(visit),
        "visit_number": visit_number(visit),
        "report_in": treatment_days_to_report(visit),
        "kinds": Note.Kind.choices,
        "parts": [
            {
                "name": part,
                "label": part.capitalize(),
                "text": typed["note"].get(part, ""),
                "path": f"note.{part}",
                "error": state.errors.get(f"note.{part}", ""),
            }
            for part in ("subjective", "objective", "assessment", "plan")
        ],
        "typed": typed,
        "entries": _plain_entries(typed, codes, state),
        "state": state,
        "version": state.version,
        "last": last,
        "data": data,
        "words": vocabulary.as_written(),
        "icons": ICONS,
    }


def _examination(visit: Visit) -> dict[str, Any]:
    """The words it is written in, and what was found the last time."""
    earlier = examining.before(visit)
    return {
        "words": examination.as_written(),
        "before": {"day": f"{earlier.on:%b} {earlier.on.day}", "content": earlier.content}
        if earlier is not None
        else None,
    }


def _goal_text(goal: Any) -> str:
    return f"{goal.text} (met)" if goal.met_on else goal.text


def _measure(goal: Any) -> str:
    return f"{goal.measure} {goal.target}".strip()


def _with_goals(episodes: list[Any]) -> list[Any]:
    prefetch_related_objects(episodes, "goals")
    return episodes


def _plain_entries(
    typed: dict[str, Any], codes: list[ProcedureCode], state: drafts.PageState
) -> list[dict[str, Any]]:
    """The services for a browser without scripts."""
    labels = {row.code: row.label for row in codes}
    return [
        {
            "key": row["key"],
            "code": row.get("code") or "",
            "label": labels.get(row.get("code") or "", ""),
            "minutes": "" if row.get("minutes") is None else row["minutes"],
            "narrative": row.get("narrative") or state.composed.get(row["key"], ""),
            "error": state.errors.get(f"entries.{row['key']}.minutes", ""),
        }
        for row in typed["entries"]
    ]
