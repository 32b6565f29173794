"""One result of an outcome measure as a form: the fields that the measure's way of entry asks for.

The fields only carry what was typed; `documentation.rules.scoring` says what is wrong with it, and
`refuse` puts each sentence beside its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from documentation.models import MeasureResult
from documentation.rules import change, measures
from documentation.rules.measures import Series, Way
from documentation.rules.scoring import LONGEST_ACTIVITY, LOWER_SIDE_COUNTS
from web.forms import TidyForm

# Where a sentence about the whole stands when no field bears its name.
STANDS_AT = {"trials": "trial1", "activities": "activity1", "items": "total"}


class ResultForm(TidyForm):
    """The answers, and what is kept beside them. `day` and `why` come only where they are asked."""

    def __init__(
        self,
        *args: Any,
        series: Series,
        asks_day: bool = False,
        asks_why: bool = False,
        before: MeasureResult | None = None,
        for_patient: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.series = series
        self.entry = series.measure.entry
        if asks_day:
            self.fields["taken_on"] = forms.DateField(label="Measured on")
        self._add_answers(before)
        if not for_patient:
            self._add_specials()
            self._add_conditions()
            self.fields["remark"] = _text("Remark", most=200)
        if asks_why:
            self.fields["why"] = _text("Why is it corrected?", most=200)
        if before is not None:
            self.show(answers_as_fields(before))

    def show(self, values: Mapping[str, Any]) -> None:
        """What stands in the fields before anybody types."""
        self.initial = {**self.initial, **values}

    def _add_answers(self, before: MeasureResult | None) -> None:
        entry = self.entry
        for place in range(1, entry.count + 1):
            two_sided = place in LOWER_SIDE_COUNTS.get(self.series.measure.id, ())
            self.fields[f"item{place}"] = _number(f"Item {place}{', left' if two_sided else ''}")
            if two_sided:
                self.fields[f"item{place}_right"] = _number(f"Item {place}, right")
        for part in entry.parts:
            hint = f"0 to {measures.plain(part.most)}"
            self.fields[f"part_{part.id}"] = _number(part.label, hint=hint)
        if entry.takes_total:
            self.fields["total"] = _number(
                "Score" if entry.way is Way.TOTAL else "Total",
                hint=self.series.measure.range_in_words,
            )
        if entry.way is Way.WALK:
            self.fields["distance"] = _number("Timed distance, m")
            self.initial.setdefault("distance", "10" if before is None else None)
        if entry.way in (Way.TRIALS, Way.WALK):
            label = entry.label or "Seconds"
            for trial in range(1, entry.many + 1):
                said = label if entry.many == 1 else f"{label}, trial {trial}"
                self.fields[f"trial{trial}"] = _number(said)
        if entry.way is Way.ACTIVITIES:
            for place in range(1, entry.many + 1):
                self.fields[f"activity{place}"] = _text(f"Activity {place}", most=LONGEST_ACTIVITY)
                self.fields[f"rating{place}"] = _number(f"Rating {place}, 0 to 10")

    def _add_specials(self) -> None:
        specials = self.series.measure.specials
        if specials:
            self.fields["special"] = forms.ChoiceField(
                label="Outcome",
                required=False,
                choices=[("", "Measured"), *((each.id, each.label) for each in specials)],
            )

    def _add_conditions(self) -> None:
        for condition in self.series.measure.conditions:
            name = f"with_{condition.id}"
            if condition.choices:
                self.fields[name] = forms.ChoiceField(
                    label=condition.label,
                    required=False,
                    choices=[("", "Not noted"), *condition.choices.items()],
                )
            else:
                self.fields[name] = _number(condition.label)

    def groups(self) -> dict[str, list[Any]]:
        """The fields as the page lays them out."""
        kinds: dict[str, list[Any]] = {"main": [], "items": [], "rows": [], "beside": []}
        for name in self.fields:
            kind = "main"
            if name.startswith("item"):
                kind = "items"
            elif name.startswith(("activity", "rating")):
                kind = "rows"
            elif name.startswith("with_") or name in ("remark", "special", "why"):
                kind = "beside"
            kinds[kind].append(self[name])
        return kinds

    def answers(self) -> dict[str, Any]:
        """What was typed, as `rules.scoring` takes it: the total where there is one."""
        given, entry = self.cleaned_data, self.entry
        if given.get("total"):
            return {"total": given["total"]}
        if entry.way is Way.ITEMS:
            return {"items": [self._item(place) for place in range(1, entry.count + 1)]}
        if entry.way is Way.PARTS:
            return {"parts": {part.id: given[f"part_{part.id}"] for part in entry.parts}}
        if entry.way is Way.ACTIVITIES:
            return {
                "activities": [
                    {"name": given[f"activity{place}"], "rating": given[f"rating{place}"]}
                    for place in range(1, entry.many + 1)
                ]
            }
        if entry.way is Way.TOTAL:
            return {}
        trials = [given[f"trial{trial}"] for trial in range(1, entry.many + 1)]
        return {"trials": trials, "distance": given.get("distance")}

    def _item(self, place: int) -> Any:
        left = self.cleaned_data[f"item{place}"]
        right = f"item{place}_right"
        return [left, self.cleaned_data[right]] if right in self.fields else left

    def values(self) -> dict[str, Any]:
        """What the verb takes besides the case and who acts."""
        given = self.cleaned_data
        told: dict[str, Any] = {
            "series": self.series,
            "answers": self.answers(),
            "special": given.get("special", ""),
            "conditions": {
                name.removeprefix("with_"): value
                for name, value in given.items()
                if name.startswith("with_")
            },
            "remark": given.get("remark", ""),
        }
        return told

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Each sentence beside its field; what has none stands above."""
        for name, sentence in errors.items():
            places = (name, f"with_{name}", STANDS_AT.get(name, ""))
            at = next((place for place in places if place in self.fields), None)
            self.add_error(at, sentence)


def answers_as_fields(result: MeasureResult) -> dict[str, Any]:
    """A result as the form shows it, to be corrected or measured again."""
    answers = result.answers
    found: dict[str, Any] = {"total": answers.get("total"), "distance": answers.get("distance")}
    for place, item in enumerate(answers.get("items", []), start=1):
        left, right = item if isinstance(item, list) else (item, None)
        found |= {f"item{place}": left, f"item{place}_right": right}
    found |= {f"part_{key}": value for key, value in answers.get("parts", {}).items()}
    found |= {f"trial{n}": each for n, each in enumerate(answers.get("trials", []), start=1)}
    for n, row in enumerate(answers.get("activities", []), start=1):
        found |= {f"activity{n}": row["name"], f"rating{n}": row["rating"]}
    found |= {f"with_{key}": value for key, value in result.conditions.items()}
    return found | {
        "taken_on": result.taken_on,
        "special": result.special,
        "remark": result.remark,
    }


class PickForm(TidyForm):
    """Which measure; the choices stand in the order of the house."""

    series = forms.ChoiceField(label="Measure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["series"]
        field.choices = [("", "Choose"), *series_choices()]


class GroupForm(TidyForm):
    """Whom to compare the patient with."""

    group = forms.ChoiceField(label="Compare with", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["group"]
        field.choices = [
            ("", "As the case says"),
            *((group.id, group.label) for group in change.groups().values()),
        ]


class AskForm(TidyForm):
    """What the patient is asked, and for how long the link opens."""

    series = forms.MultipleChoiceField(label="Ask for", widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label="Open for", coerce=int, initial=7)

    def __init__(self, *args: Any, days: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["series"]
        which.choices = [
            (each.key, each.label)
            for each in measures.all_series().values()
            if each.measure.by_patient
        ]
        how_long: Any = self.fields["days"]
        how_long.choices = [(each, f"{each} days") for each in days]


def series_choices() -> list[tuple[str, str]]:
    return [(each.key, each.label) for each in measures.all_series().values()]


def _number(label: str, *, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(
        label=label, required=False, max_length=12, widget=widget, help_text=hint
    )


def _text(label: str, *, most: int) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)
