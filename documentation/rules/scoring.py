"""What does a result score, and what is wrong with what was entered?

Answers come as they were typed, by the measure's way of entry; a score comes back, or `NotScored`
with a sentence for each wrong field. What is missing is never guessed: each measure says how many
answers it needs. docs/rules/measures.md works the formulas through by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from documentation.rules.measures import Entry, Measure, Way, plain

LONGEST_ACTIVITY = 80
LOWER_SIDE_COUNTS = {"minibest": frozenset({3, 6})}  # items scored on both sides
SUBSCORES: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    "minibest": (
        ("Anticipatory", 1, 3),
        ("Reactive", 4, 6),
        ("Sensory orientation", 7, 9),
        ("Dynamic gait", 10, 14),
    ),
}
STORED_PLACES = Decimal("0.001")


@dataclass(frozen=True)
class Score:
    """A result: its number, how many answers it rests on, and what it is made of."""

    value: Decimal | None
    answered: int
    answers: Mapping[str, Any]  # as stored: whole numbers and text only
    subscores: tuple[tuple[str, Decimal], ...] = ()


class NotScored(Exception):
    """It cannot be scored. `errors` has a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = dict(errors)


def score(measure: Measure, answers: Mapping[str, Any], *, special: str = "") -> Score:
    """The score of what was entered. Raises `NotScored`."""
    said = measure.special(special) if special else None
    if special and said is None:
        raise NotScored({"special": "This measure has no such outcome."})
    if said is not None and not said.has_value:
        return Score(None, 0, {})
    if "total" in answers and measure.entry.takes_total:
        return _of_total(measure, answers["total"])
    return _WAYS[measure.entry.way](measure, answers)


def conditions_of(measure: Measure, typed: Mapping[str, Any]) -> dict[str, str]:
    """What was kept beside the number, tidied; what was left empty is left out. Raises
    `NotScored`."""
    kept: dict[str, str] = {}
    errors: dict[str, str] = {}
    for condition in measure.conditions:
        raw = typed.get(condition.id)
        if raw is None or raw == "":
            continue
        if condition.choices:
            if raw in condition.choices:
                kept[condition.id] = str(raw)
            else:
                errors[condition.id] = "Choose one of the list."
            continue
        value = number(raw)
        if (
            value is None
            or value != value.to_integral_value()
            or not condition.least <= value <= condition.most
        ):
            errors[condition.id] = f"A whole number from {condition.least} to {condition.most}."
        else:
            kept[condition.id] = plain(value)
    if errors:
        raise NotScored(errors)
    return kept


def comparable(
    before: tuple[Mapping[str, Any], Decimal], now: tuple[Mapping[str, Any], Decimal]
) -> tuple[Decimal, Decimal] | None:
    """The two numbers to compare, each with its answers. Of activities the patient named, only
    those count that were rated both times; None where there is none."""
    rated = [_ratings(answers) for answers, _ in (before, now)]
    if not rated[0] and not rated[1]:
        return before[1], now[1]
    both = sorted(rated[0].keys() & rated[1].keys())
    if not both:
        return None
    first, last = (sum((each[name] for name in both), Decimal(0)) / len(both) for each in rated)
    return first, last


def _ratings(answers: Mapping[str, Any]) -> dict[str, Decimal]:
    return {row["name"].casefold(): Decimal(row["rating"]) for row in answers.get("activities", ())}


def number(value: Any) -> Decimal | None:
    """A number as people type it, or None; no infinity and nothing that is not finite."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _of_total(measure: Measure, typed: Any) -> Score:
    value = number(typed)
    if value is None:
        raise NotScored({"total": "Write a number."})
    if measure.places == 0 and value != value.to_integral_value():
        raise NotScored({"total": "Write a whole number."})
    _in_range(measure, value, "total")
    return Score(_rounded(value), 0, {"total": plain(value)})


def _of_items(measure: Measure, answers: Mapping[str, Any]) -> Score:
    """Scores by item number, from 1. Of an item of two sides the lower side counts."""
    entry = measure.entry
    given = answers.get("items")
    typed = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else []
    if len(typed) != entry.count:
        raise NotScored({"items": f"There are {entry.count} items."})
    two_sided = LOWER_SIDE_COUNTS.get(measure.id, frozenset())
    errors: dict[str, str] = {}
    scored: list[Decimal | None] = []
    for place, raw in enumerate(typed, start=1):
        sides = raw if place in two_sided and isinstance(raw, list | tuple) else [raw]
        values = [_item(entry, side, f"item{place}", errors) for side in sides]
        known = [value for value in values if value is not None]
        scored.append(min(known) if known and len(known) == len(values) else None)
    answered = [value for value in scored if value is not None]
    if not errors and len(answered) < entry.required:
        errors["items"] = _too_few(entry, len(answered))
    if errors:
        raise NotScored(errors)
    value = _FORMULAS[entry.formula](answered, entry)
    stored = [[_stored(side) for side in raw] if isinstance(raw, list | tuple) else _stored(raw)
              for raw in typed]  # fmt: skip
    return Score(_rounded(value), len(answered), {"items": stored}, _subscores(measure, scored))


def _item(entry: Entry, raw: Any, name: str, errors: dict[str, str]) -> Decimal | None:
    if raw is None or raw == "":
        return None
    value = number(raw)
    allowed = value is not None and (
        value in entry.values if entry.values else entry.least <= value <= entry.most
    )
    if not allowed:
        errors[name] = (
            f"{', '.join(plain(each) for each in entry.values[:-1])} or {plain(entry.values[-1])}."
            if entry.values
            else f"{plain(entry.least)} to {plain(entry.most)}."
        )
        return None
    return value


def _too_few(entry: Entry, answered: int) -> str:
    need = "All" if entry.required == entry.count else f"At least {entry.required} of the"
    return f"{need} {entry.count} items are needed; {answered} have a score."


def _subscores(
    measure: Measure, scored: Sequence[Decimal | None]
) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (label, sum((value or Decimal(0) for value in scored[first - 1 : last]), Decimal(0)))
        for label, first, last in SUBSCORES.get(measure.id, ())
    )


def _of_parts(measure: Measure, answers: Mapping[str, Any]) -> Score:
    given = answers.get("parts")
    typed = given if isinstance(given, Mapping) else {}
    errors: dict[str, str] = {}
    values: list[tuple[str, Decimal]] = []
    for part in measure.entry.parts:
        value = number(typed.get(part.id))
        is_whole = value is None or measure.places > 0 or value == value.to_integral_value()
        if value is None or not 0 <= value <= part.most or not is_whole:
            errors[f"part_{part.id}"] = f"0 to {plain(part.most)}."
        else:
            values.append((part.label, value))
    if errors:
        raise NotScored(errors)
    stored = {part.id: _stored(typed[part.id]) for part in measure.entry.parts}
    total = sum((value for _, value in values), Decimal(0))
    return Score(_rounded(total), len(values), {"parts": stored}, tuple(values))


def _of_trials(measure: Measure, answers: Mapping[str, Any]) -> Score:
    """The mean of the trials, or the best of them where the measure counts that."""
    trials = _trials(measure, answers)
    mean = sum(trials, Decimal(0)) / len(trials)
    value = max(trials) if measure.entry.formula == "best" else mean
    return Score(_rounded(value), len(trials), {"trials": [plain(each) for each in trials]})


def _of_walk(measure: Measure, answers: Mapping[str, Any]) -> Score:
    """Meters a second: the timed distance over the seconds of each trial, averaged."""
    distance = number(answers.get("distance"))
    errors = {}
    if distance is None or not 2 <= distance <= 50:
        errors["distance"] = "2 to 50 meters."
    try:
        trials = _trials(measure, answers, most=None)
    except NotScored as error:
        raise NotScored(errors | error.errors) from None
    if any(seconds == 0 for seconds in trials):
        errors["trials"] = "Write the seconds of each trial."
    if errors or distance is None:
        raise NotScored(errors)
    value = sum((distance / seconds for seconds in trials), Decimal(0)) / len(trials)
    _in_range(measure, value, "trials")
    stored = {"distance": plain(distance), "trials": [plain(each) for each in trials]}
    return Score(_rounded(value), len(trials), stored)


def _trials(
    measure: Measure, answers: Mapping[str, Any], most: str | None = "high"
) -> list[Decimal]:
    given = answers.get("trials")
    typed = [each for each in given if each not in (None, "")] if isinstance(given, list) else []
    values = [number(each) for each in typed]
    trials = [value for value in values if value is not None]
    if not trials or len(trials) != len(values):
        raise NotScored({"trials": "Write a number for each trial."})
    if len(trials) > measure.entry.many:
        raise NotScored({"trials": f"{measure.entry.many} at most."})
    if any(value < 0 for value in trials):
        raise NotScored({"trials": "A trial is not less than 0."})
    if most is not None:
        for value in trials:
            _in_range(measure, value, "trials")
    return trials


def _of_activities(measure: Measure, answers: Mapping[str, Any]) -> Score:
    """The mean of the activities that were rated; each is named once."""
    entry = measure.entry
    given = answers.get("activities")
    rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
    errors: dict[str, str] = {}
    kept: list[tuple[str, Decimal]] = []
    for place, row in enumerate(rows, start=1):
        name = " ".join(str(row.get("name") or "").split())
        rating = row.get("rating")
        if not name and rating in (None, ""):
            continue
        value = number(rating)
        if not name:
            errors[f"activity{place}"] = "Name the activity."
        elif len(name) > LONGEST_ACTIVITY:
            errors[f"activity{place}"] = f"{LONGEST_ACTIVITY} characters at most."
        elif value is None or not entry.least <= value <= entry.most:
            errors[f"rating{place}"] = f"{plain(entry.least)} to {plain(entry.most)}."
        elif name.casefold() in {other.casefold() for other, _ in kept}:
            errors[f"activity{place}"] = "This activity stands here twice."
        else:
            kept.append((name, value))
    if not errors and not entry.required <= len(kept) <= entry.many:
        errors["activities"] = f"Name {entry.required} to {entry.many} activities and rate each."
    if errors:
        raise NotScored(errors)
    value = sum((rating for _, rating in kept), Decimal(0)) / len(kept)
    stored = [{"name": name, "rating": plain(rating)} for name, rating in kept]
    return Score(_rounded(value), len(kept), {"activities": stored})


def _of_total_only(measure: Measure, answers: Mapping[str, Any]) -> Score:
    raise NotScored({"total": "Write the score."})


def _in_range(measure: Measure, value: Decimal, name: str) -> None:
    if value < measure.low or (measure.high is not None and value > measure.high):
        raise NotScored({name: f"This measure goes from {measure.range_in_words}."})


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(STORED_PLACES, rounding=ROUND_HALF_UP)


def _stored(raw: Any) -> str | None:
    value = number(raw)
    return plain(value) if value is not None else None


_WAYS: Mapping[Way, Callable[[Measure, Mapping[str, Any]], Score]] = {
    Way.ITEMS: _of_items,
    Way.PARTS: _of_parts,
    Way.TRIALS: _of_trials,
    Way.WALK: _of_walk,
    Way.ACTIVITIES: _of_activities,
    Way.TOTAL: _of_total_only,
}

_FORMULAS: Mapping[str, Callable[[Sequence[Decimal], Entry], Decimal]] = {
    "sum": lambda values, entry: sum(values, Decimal(0)),
    "mean": lambda values, entry: sum(values, Decimal(0)) / len(values),
    "percent": lambda values, entry: sum(values, Decimal(0)) * 100 / (entry.most * len(values)),
    "of_50": lambda values, entry: sum(values, Decimal(0)) * 50 / (entry.most * len(values)),
    "quickdash": lambda values, entry: (sum(values, Decimal(0)) / len(values) - 1) * 25,
}
