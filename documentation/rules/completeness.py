"""What does a visit still lack before it can be signed, and what would make it stand in a review?

Required findings block signing, advice and questions do not. Each names the field and its source;
docs/rules/neuro.md lists them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from documentation.rules import findings as sources
from documentation.rules import fit
from documentation.rules.findings import Finding, Level, at_path
from documentation.rules.neuro import NeuroEntry
from documentation.rules.session import Logged, LoggedEntry
from documentation.rules.vocabulary import load

EVALUATIONS = ("evaluation", "re_evaluation")

# Which parts each kind of note must have, and where that stands.
NOTE_NEEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "evaluation": (("subjective", "objective", "assessment", "plan"), sources.EVALUATION),
    "re_evaluation": (("objective", "assessment", "plan"), sources.EVALUATION),
    "progress": (("objective", "assessment", "plan"), sources.PROGRESS_REPORT),
    "discharge": (("objective", "assessment"), sources.PROGRESS_REPORT),
    "daily": (("assessment",), sources.HOUSE),
}
# Which kinds stand on measurements.
MEASURED: Mapping[str, str] = {
    "evaluation": sources.EVALUATION,
    "re_evaluation": sources.EVALUATION,
    "progress": sources.PROGRESS_REPORT,
    "discharge": sources.PROGRESS_REPORT,
}
EVALUATION_TELLS = {
    "history": "Write the history: onset, course, what matters of other illness.",
    "systems": "Write the systems review: heart and lungs, skin, muscles, nerves, communication.",
}
PART_PROMPTS = {
    "subjective": "Write what the patient reports.",
    "objective": "Write what was measured and seen.",
    "assessment": "Write the assessment: what the response means, why skill was needed.",
    "plan": "Write the plan: what comes next.",
}


@dataclass(frozen=True)
class Case:
    """What the visit hangs on."""

    is_linked: bool
    diagnoses: int = 0
    goals: int = 0


def _required(element: str, message: str, source: str = "", entry: str = "") -> Finding:
    return Finding(element, Level.REQUIRED, message, source, entry)


def _advice(element: str, message: str, source: str = "", entry: str = "") -> Finding:
    return Finding(element, Level.ADVICE, message, source, entry)


# --- The 97112 entry ----------------------------------------------------------------------------


def _body_parts(entry: NeuroEntry, key: str) -> list[Finding]:
    at = "details.body_parts"
    if not entry.body_parts:
        return [_required(at, "Choose the body part.", sources.NEURO, key)]
    regions = load().regions
    return [
        _required(
            at, f"{regions[part.region].label}: choose left, right or both.", sources.NEURO, key
        )
        for part in entry.body_parts
        if regions[part.region].lateral and not part.side
    ]


def _activities(entry: NeuroEntry, key: str) -> list[Finding]:
    if not any(activity.technique for activity in entry.activities):
        return [_required("details.activities", "Choose a technique.", sources.NEURO, key)]
    found = []
    techniques = load().techniques
    for place, activity in enumerate(entry.activities):
        at = f"details.activities.{place}"
        if not any(
            isinstance(value, int | float) and not isinstance(value, bool)
            for value in activity.dose.values()
        ):
            message = "Give a dose: sets, repetitions, seconds, trials or distance."
            found.append(_advice(at, message, sources.NEURO, key))
        technique = techniques.get(activity.technique)
        if technique and technique.coding_note:
            found.append(_advice(at, technique.coding_note, sources.NEURO, key))
    helped = any(
        {"assistance", "cue_types", "cue_amount"} & activity.dose.keys()
        for activity in entry.activities
    )
    if not helped:
        message = "Give the level of assistance or cueing."
        found.append(_advice("details.activities.0", message, sources.NEURO, key))
    return found


def _deficit(entry: NeuroEntry, key: str) -> list[Finding]:
    at = "details.deficit"
    if not entry.deficit:
        return [_advice(at, "Name the deficit treated, with a measure.", sources.NEURO, key)]
    if not any(character.isdigit() for character in entry.deficit):
        return [_advice(at, "Add a measure, such as a score or seconds.", sources.NEURO, key)]
    return []


def _why_and_what_came_of_it(entry: NeuroEntry, key: str) -> list[Finding]:
    found = []
    if not entry.purposes:
        found.append(_required("details.purposes", "Choose the purpose.", sources.NEURO, key))
    if not entry.skilled and not entry.skilled_words:
        message = "Say why a therapist's skill was needed."
        found.append(_required("details.skilled", message, sources.SKILLED_CARE, key))
    response = entry.response
    if not response.performance and not response.words:
        message = "Say how the patient responded."
        found.append(_required("details.response", message, sources.NEURO, key))
    elif not response.tolerance or not response.adverse:
        message = "Add tolerance and any adverse response, or that there was none."
        found.append(_advice("details.response", message, sources.NEURO, key))
    if not entry.course.progression and not entry.course.words:
        message = "Say what becomes harder next."
        found.append(_advice("details.course", message, sources.TREATMENT_NOTE, key))
    return found


def check_neuro(entry: NeuroEntry, key: str = "") -> list[Finding]:
    """Every element of a 97112 entry that would stand in a review and is not there."""
    return [
        *_body_parts(entry, key),
        *_activities(entry, key),
        *_deficit(entry, key),
        *_why_and_what_came_of_it(entry, key),
        *fit.questions(entry, key),
    ]


# --- Each service -------------------------------------------------------------------------------


def _goal(entry: LoggedEntry, case: Case) -> list[Finding]:
    if entry.goal is None:
        message = (
            "Link it to a goal."
            if case.goals
            else "The case has no goals yet: add one to the plan."
        )
        return [_advice("goal", message, sources.PLAN_OF_CARE, entry.key)]
    if not entry.goal.is_measurable:
        message = "This goal has no measure to reach."
        return [_advice("goal", message, sources.REVIEWERS, entry.key)]
    return []


def _carried(entry: LoggedEntry) -> list[Finding]:
    found = []
    if "minutes" in entry.carried:
        message = "Confirm the minutes: they are the last visit's."
        found.append(_required("minutes", message, sources.MINUTES, entry.key))
    if entry.carried - {"minutes"}:
        message = "Carried forward from the last visit: change or confirm what is marked."
        found.append(_advice("carried", message, sources.REVIEWERS, entry.key))
    return found


def check_entry(entry: LoggedEntry, case: Case, *, discipline: str = "") -> list[Finding]:
    found = _carried(entry)
    code = entry.code
    if code is None:
        return found
    if discipline and code.disciplines and discipline not in code.disciplines:
        message = f"{code.code} is not usual for {discipline}: check the code."
        found.append(_advice("code", message, sources.HOUSE, entry.key))
    if code.kind in EVALUATIONS:
        if entry.assistant_minutes:
            message = "An assistant cannot furnish an evaluation."
            found.append(_required("assistant_minutes", message, sources.ASSISTANTS, entry.key))
        return found
    if entry.details is not None:
        found += check_neuro(entry.details, entry.key)
    elif code.timed and not entry.narrative:
        message = "Say what was done."
        found.append(_required("narrative", message, sources.TREATMENT_NOTE, entry.key))
    if entry.details is not None and entry.narrative_is_own and not entry.narrative:
        message = "Write the sentence, or have it composed."
        found.append(_required("narrative", message, sources.TREATMENT_NOTE, entry.key))
    if code.timed:
        found += _goal(entry, case)
    return found


# --- The visit ----------------------------------------------------------------------------------


def _services(logged: Logged) -> list[Finding]:
    if not logged.entries:
        return [_required("entries", "Log at least one service.", sources.TREATMENT_NOTE)]
    logged_codes = {entry.typed_code for entry in logged.entries}
    return [
        _required(
            "code",
            f"{entry.code.code} needs {entry.code.base_code} on the same day.",
            sources.MINUTES,
            entry.key,
        )
        for entry in logged.entries
        if entry.code and entry.code.base_code and entry.code.base_code not in logged_codes
    ]


def _minutes(logged: Logged) -> list[Finding]:
    if "total_treatment_minutes" in logged.errors or not logged.entries:
        return []
    total = logged.treatment_minutes
    if total is None:
        message = "Write the total treatment minutes: not every service has its own."
        return [_required("total_treatment_minutes", message, sources.TREATMENT_NOTE)]
    if total < logged.service_minutes:
        message = f"The services come to {logged.service_minutes} minutes, more than this total."
        return [_required("total_treatment_minutes", message, sources.TREATMENT_NOTE)]
    return []


def _note(logged: Logged, case: Case) -> list[Finding]:
    needed, source = NOTE_NEEDS[logged.kind]
    found = [
        _required(f"note.{part}", PART_PROMPTS[part], source)
        for part in needed
        if not logged.note[part] and f"note.{part}" not in logged.errors
    ]
    if logged.kind == "daily" and not logged.note["plan"]:
        found.append(_advice("note.plan", PART_PROMPTS["plan"], sources.HOUSE))
    found += _examination(logged)
    found += _of_its_kind(logged, case)
    evaluates = {entry.code.kind for entry in logged.entries if entry.code} & set(EVALUATIONS)
    for kind in sorted(evaluates):
        if logged.kind != kind:
            word = "an evaluation" if kind == "evaluation" else "a re-evaluation"
            message = f"You log {word}: choose that kind of note."
            found.append(_advice("note.kind", message, sources.EVALUATION))
    return found


def _examination(logged: Logged) -> list[Finding]:
    """What only an evaluation tells, and that what is claimed was measured."""
    found = []
    examined = logged.examination
    if logged.kind == "evaluation" and not examined.content.get("prior_level"):
        message = "Write how the patient functioned before this."
        found.append(_required("examination.prior_level", message, sources.EVALUATION))
    if logged.kind in MEASURED and not examined.measures_something:
        message = "Measure something: pain, motion, strength or balance."
        found.append(_advice("examination", message, MEASURED[logged.kind]))
    return found


def _of_its_kind(logged: Logged, case: Case) -> list[Finding]:
    """What an evaluation's plan rests on, and what ends with a discharge."""
    found = []
    if logged.kind in EVALUATIONS and not case.goals:
        message = "Add a goal to the case: the plan of care rests on it."
        found.append(_required("episode", message, sources.PLAN_OF_CARE))
    if logged.kind == "evaluation":
        for name, message in EVALUATION_TELLS.items():
            if not logged.examination.content.get(name):
                found.append(_advice(f"examination.{name}", message, sources.EVALUATION))
    if logged.kind in EVALUATIONS and logged.entries:
        kinds = {entry.code.kind for entry in logged.entries if entry.code}
        if logged.kind not in kinds:
            message = "No such service is logged: add its code, or choose another kind of note."
            found.append(_advice("note.kind", message, sources.EVALUATION))
    if logged.kind == "discharge" and not logged.note["plan"]:
        message = "Say why care ends and what follows: home program, who to call."
        found.append(_advice("note.plan", message, sources.HOUSE))
    return found


def _case(case: Case) -> list[Finding]:
    if not case.is_linked:
        message = "Link the visit to a case with its diagnosis and plan."
        return [_required("episode", message, sources.PLAN_OF_CARE)]
    if not case.diagnoses:
        message = "The case has no diagnosis: add it to the case."
        return [_required("episode", message, sources.PLAN_OF_CARE)]
    return []


def _timers(logged: Logged, running: frozenset[str]) -> list[Finding]:
    """A timer that runs measures minutes that the note does not say yet."""
    cards = [entry.key for entry in logged.entries if entry.key in running]
    found = [
        _required("minutes", "The timer still runs: stop it.", sources.MINUTES, key)
        for key in cards
    ]
    if running - set(cards):
        message = "The timer of a service that was removed still runs: stop it."
        found.append(_required("entries", message, sources.MINUTES))
    return found


def check_visit(
    logged: Logged, case: Case, *, discipline: str = "", running: frozenset[str] = frozenset()
) -> list[Finding]:
    """Everything the visit lacks: service by service, mistakes first; then the visit itself.
    `running` are the entries whose timer runs."""
    wrong = [at_path(path, message) for path, message in logged.errors.items()]
    found = [*_services(logged), *_timers(logged, running)]
    for entry in logged.entries:
        found += [finding for finding in wrong if finding.entry == entry.key]
        found += check_entry(entry, case, discipline=discipline)
    found += [finding for finding in wrong if not finding.entry]
    return [*found, *_minutes(logged), *_note(logged, case), *_case(case)]
