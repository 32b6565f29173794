"""What a therapist writes into a home program, and what a patient answers on their page."""

from __future__ import annotations

from typing import Any

from django import forms

from documentation.exercises import library
from documentation.models import HomeAnswer, HomeProgram, HomeProgramItem
from web.forms import TidyForm, TidyModelForm


class DoseForm(TidyModelForm):
    """The dose of one exercise and the therapist's own words. It counts repetitions or seconds."""

    class Meta:
        model = HomeProgramItem
        fields = (
            "sets",
            "reps",
            "hold_seconds",
            "seconds",
            "times_a_day",
            "days_a_week",
            "side",
            "own_words",
        )
        labels = {
            "reps": "Repetitions",
            "hold_seconds": "Hold, s",
            "seconds": "Or seconds",
            "times_a_day": "Times a day",
            "days_a_week": "Days a week",
            "own_words": "Own words for this patient",
        }
        widgets = {"own_words": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        item = kwargs["instance"]
        super().__init__(*args, prefix=f"item{item.pk}", **kwargs)
        self.fields["side"].choices = [  # type: ignore[attr-defined]
            ("", "No side"),
            *HomeProgramItem._meta.get_field("side").choices,  # type: ignore[misc]
        ]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and bool(values.get("reps")) == bool(values.get("seconds")):
            self.add_error("reps", "Give repetitions or seconds, one of the two.")
        return values


class RemarkForm(TidyModelForm):
    class Meta:
        model = HomeProgram
        fields = ("remark",)
        labels = {"remark": "Words to the patient, above the exercises"}
        widgets = {"remark": forms.Textarea(attrs={"rows": 2})}


class TemplateForm(TidyForm):
    name = forms.CharField(label="Keep as a template named", max_length=60)


class LibraryForm(TidyForm):
    """What to look for in the library. Nothing asked shows everything."""

    words = forms.CharField(label="Search the library", max_length=60, required=False)
    region = forms.ChoiceField(label="Body part", required=False)
    purpose = forms.ChoiceField(label="Purpose", required=False)
    position = forms.ChoiceField(label="Position", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in (
            ("region", library.regions()),
            ("purpose", library.PURPOSES),
            ("position", library.POSITIONS),
        ):
            field: Any = self.fields[name]
            field.choices = [("", "Any"), *options.items()]

    def found(self) -> list[library.Exercise]:
        if not self.is_valid():
            return library.find()
        asked = self.cleaned_data
        return library.find(
            asked["words"],
            region=asked["region"],
            purpose=asked["purpose"],
            position=asked["position"],
        )


class AnswerForm(TidyForm):
    """What a patient says of one exercise on one day."""

    item = forms.IntegerField()
    day = forms.DateField()
    done = forms.TypedChoiceField(
        choices=[("yes", "Done"), ("no", "Not done")], coerce=lambda value: value == "yes"
    )
    pain = forms.TypedChoiceField(
        label="Pain",
        choices=[("", "-"), *((str(n), str(n)) for n in range(11))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    difficulty = forms.ChoiceField(
        label="How hard was it?",
        choices=[("", "-"), *HomeAnswer.Difficulty.choices],
        required=False,
    )
    remark = forms.CharField(label="Anything to tell us?", max_length=300, required=False)
