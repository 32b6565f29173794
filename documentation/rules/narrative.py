"""How does a structured 97112 entry read as sentences in the note?

The same entry always gives the same words. Therapists may write their own instead; then these
are not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from documentation.rules.neuro import Activity, BodyPart, NeuroEntry, Value, plain
from documentation.rules.vocabulary import Kind, Vocabulary, load

# Said together, so that "3 sets", "30 s" read as "3 × 30 s".
_SETS_WITH = (("sets", "reps", "{} × {}"), ("sets", "duration_s", "{} × {} s"))
_CUES = ("cue_types", "cue_amount", "cue_for")
_PERTURBATION = (
    "perturbation_predictability",
    "perturbation_magnitude",
    "perturbation_type",
)


def listed(items: Iterable[str]) -> str:
    """a; a and b; a, b and c."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    text = upper_first(text.strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def say_body_part(part: BodyPart, words: Vocabulary) -> str:
    region = words.regions[part.region].phrase
    return f"{words.phrase('side', part.side)} {region}" if part.side else region


def _say_value(name: str, value: Value, words: Vocabulary) -> str:
    parameter = words.parameters[name]
    if parameter.kind is Kind.YES:
        return parameter.phrase
    if isinstance(value, tuple):
        said = listed(words.phrase(name, choice) for choice in value)
    elif isinstance(value, str):
        said = words.phrase(name, value) if parameter.kind is Kind.ONE else value
    else:
        if value == 1 and parameter.phrase_for_one:
            return parameter.phrase_for_one
        said = plain(value)
    return parameter.phrase.format(value=said)


def _say_cues(activity: Activity, words: Vocabulary) -> str:
    types, amount, purpose = (activity.dose.get(name) for name in _CUES)
    if amount == "none":
        return "without cues"
    if not types and not amount:
        return ""
    parts = [
        words.phrase("cue_amount", str(amount)) if amount else "",
        listed(words.phrase("cue_types", kind) for kind in types)
        if isinstance(types, tuple)
        else "",
        "cues",
    ]
    said = " ".join(part for part in parts if part)
    if isinstance(purpose, tuple) and purpose:
        said += " for " + listed(words.phrase("cue_for", choice) for choice in purpose)
    return said


def say_dose(activity: Activity, words: Vocabulary) -> str:
    """3 × 30 s, in tandem stance, on foam, eyes closed, contact guard assist, …"""
    dose = dict(activity.dose)
    said: dict[str, str] = {}
    for first, second, pattern in _SETS_WITH:
        if first in dose and second in dose:
            pair = (dose.pop(first), dose.pop(second))
            said[second] = pattern.format(*pair)
    pushes = [_say_value(name, dose.pop(name), words) for name in _PERTURBATION if name in dose]
    cues = _say_cues(activity, words)
    for name in _CUES:
        dose.pop(name, None)

    parts = []
    for name in words.parameters:
        if name in said:
            parts.append(said[name])
        elif name in dose:
            parts.append(_say_value(name, dose[name], words))
        elif name == "perturbation_type" and pushes:
            parts.append(" ".join(pushes))
        elif name == "cue_types" and cues:
            parts.append(cues)
    return ", ".join(parts)


def _say_activity(activity: Activity, where: str, words: Vocabulary) -> str:
    technique = words.techniques.get(activity.technique)
    what = technique.phrase if technique else activity.words
    if where:
        what = f"{what or 'work'} for {where}"
    rest = [activity.words if technique else "", say_dose(activity, words)]
    detail = ", ".join(part.rstrip(".") for part in rest if part)
    return sentence(f"{what}: {detail}" if detail else what)


def _say_response(entry: NeuroEntry, words: Vocabulary) -> str:
    response = entry.response
    parts = []
    if response.performance:
        parts.append(f"performance {words.phrase('performance', response.performance)}")
    if response.tolerance:
        said = words.phrase("tolerance", response.tolerance)
        if response.tolerance == "stopped_early" and response.stopped_for:
            said += f" for {words.phrase('reason_stopped', response.stopped_for)}"
        parts.append(said)
    if response.carryover:
        parts.append(words.phrase("carryover", response.carryover))
    if response.adverse:
        parts.append(listed(words.phrase("adverse", choice) for choice in response.adverse))
    if response.words:
        parts.append(response.words.rstrip("."))
    return "; ".join(parts)


def _say_course(entry: NeuroEntry, words: Vocabulary) -> str:
    course = entry.course
    parts = []
    if course.frequency_per_week:
        times = f"{course.frequency_per_week}×/week"
        if course.duration_weeks:
            weeks = "week" if course.duration_weeks == 1 else "weeks"
            times += f" for {course.duration_weeks} {weeks}"
        parts.append(times)
    elif course.duration_weeks:
        parts.append(f"for {course.duration_weeks} weeks")
    if course.intensity:
        parts.append(words.phrase("intensity", course.intensity))
    steps: Sequence[str] = [
        f"{words.axes[axis].label.lower()} from {words.axes[axis].start} to {words.axes[axis].goal}"
        for axis in course.progression
    ]
    if steps:
        parts.append("progress " + listed(steps))
    if course.words:
        parts.append(course.words.rstrip("."))
    return "; ".join(parts)


def compose(
    entry: NeuroEntry, *, minutes: int | None = None, goal: str = "", furnished_by: str = ""
) -> str:
    """The entry as sentences; empty when nothing has been filled in."""
    words = load()
    where = listed(say_body_part(part, words) for part in entry.body_parts)
    said = [
        _say_activity(activity, where if place == 0 else "", words)
        for place, activity in enumerate(entry.activities)
    ]
    if not entry.activities and where:
        said.append(sentence(f"work on {where}"))
    if entry.deficit:
        said.append(sentence(f"deficit treated: {entry.deficit}"))
    purposes = listed(words.purposes[purpose].phrase for purpose in entry.purposes)
    if purposes or goal:
        aim = f"for {purposes}" if purposes else ""
        toward = f"toward the goal “{goal.rstrip('.')}”" if goal else ""
        said.append(sentence(", ".join(part for part in (aim, toward) if part)))
    why = [words.skilled_reasons[reason].phrase for reason in entry.skilled]
    if entry.skilled_words:
        why.append(entry.skilled_words.rstrip("."))
    if why:
        said.append(sentence("skilled care was needed: " + "; ".join(why)))
    if response := _say_response(entry, words):
        said.append(sentence("response: " + response))
    if course := _say_course(entry, words):
        said.append(sentence("course: " + course))
    if not said:
        return ""
    if minutes:
        by = f", {furnished_by}" if furnished_by else ""
        said.append(sentence(f"{minutes} min one-on-one{by}"))
    return " ".join(said)
