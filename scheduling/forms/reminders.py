"""Forms around messages: a patient's wishes, templates and their words, a clinic's quiet hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people.forms.rows import RowForm
from people.models import Message
from scheduling import telling
from scheduling.models import (
    AppointmentType,
    MessageTemplate,
    PhoneCall,
    ReminderRules,
    TimeRequest,
)
from web.forms import TidyForm

MOST_IN_A_TEXT = 480  # three parts of a text message
SENDING_DAYS = [(0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday"), (4, "Friday"),
                (5, "Saturday"), (6, "Sunday")]  # fmt: skip


class WishesForm(TidyForm):
    """What a patient asks for by link."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Which days suit you?",
        choices=SENDING_DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    windows = forms.MultipleChoiceField(
        label="Which times?",
        choices=TimeRequest.Window.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label="Anything else about the time?",
        required=False,
        max_length=300,
        widget=forms.Textarea,
        help_text="Only about the time, please. For anything about your health, call us.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and not any(values.get(name) for name in self.fields):
            raise ValidationError("Choose a day or a time, or write a few words.")
        return values


def words_problems(words: str) -> list[str]:
    """What is wrong with the words a patient is to read, a sentence each."""
    if not words.strip():
        return ["Write what the patient is told."]
    forbidden = AppointmentType.objects.values_list("name", flat=True)
    if "{" in words or "}" in words:
        return ["Write it without braces."]
    return telling.problems_of_words(words, forbidden=forbidden, is_subject=False)


class AnswerForm(TidyForm):
    """What became of a request: for the desk's own eyes, or, declined, for the patient's."""

    answer = forms.CharField(label="What was agreed", required=False, max_length=200)
    decline = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("decline") and "answer" not in self.errors:
            for problem in words_problems(values.get("answer", "")):
                self.add_error("answer", problem)
        return values


class CallDayForm(TidyForm):
    date = forms.DateField(required=False)


class CallForm(TidyForm):
    outcome = forms.ChoiceField(choices=PhoneCall.Outcome.choices)


class TemplateForm(RowForm):
    """The words of one occasion."""

    class Meta:
        model = MessageTemplate
        fields = ("kind", "channel", "type", "hours_before", "subject", "body", "is_active")
        labels = {"hours_before": "Hours before", "type": "For"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("type").queryset = AppointmentType.objects.filter(is_active=True)
        self.choice("type").empty_label = "All appointment types"
        self.fields["body"].widget.attrs["rows"] = "8"
        if self.instance.pk:
            for name in ("kind", "channel"):
                del self.fields[name]  # other words are another template

    @property
    def channel(self) -> str:
        return str(self.cleaned_data.get("channel") or self.instance.channel)

    @property
    def occasion(self) -> str:
        return str(self.cleaned_data.get("kind") or self.instance.kind)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        subject, body = values.get("subject", ""), values.get("body", "")
        if self.channel == Message.Channel.SMS:
            values["subject"] = ""
            if len(body) > MOST_IN_A_TEXT:
                self.add_error("body", f"A text message has at most {MOST_IN_A_TEXT} characters.")
        elif not subject and "subject" not in self.errors:
            self.add_error("subject", "An e-mail needs a subject.")
        if self.occasion != MessageTemplate.Kind.REMINDER and values.get("hours_before"):
            self.add_error("hours_before", "Only reminders come before the appointment.")
        forbidden = list(AppointmentType.objects.values_list("name", flat=True))
        for name, text in (("subject", subject), ("body", body)):
            for problem in telling.problems_of_words(
                text, forbidden=forbidden, is_subject=name == "subject"
            ):
                self.add_error(name, problem)
        return values


class PreviewForm(TidyForm):
    """What is typed so far, to be shown as a patient would read it."""

    subject = forms.CharField(required=False, max_length=120)
    body = forms.CharField(required=False, max_length=2000)


class HoursField(forms.CharField):
    """48, 3 as [48, 3]: the longest first, each once."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(hours) for hours in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        typed = (super().to_python(value) or "").replace(",", " ").split()
        if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in typed):
            raise ValidationError("Write whole hours with commas between them, such as 48, 3.")
        hours = sorted({int(part) for part in typed}, reverse=True)
        if hours and not (hours[-1] >= 1 and hours[0] <= 336):
            raise ValidationError("From 1 hour to 336 hours (two weeks) before.")
        if len(hours) > 4:
            raise ValidationError("At most four reminders.")
        return hours

    def validate(self, value: Any) -> None:
        """Looked at above."""

    def run_validators(self, value: Any) -> None:
        """The text's own checks do not fit a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class RulesForm(RowForm):
    """When one clinic writes to its patients."""

    hours_before = HoursField(
        label="Reminders, hours before",
        required=False,
        help_text="With commas between them, such as 48, 3. Empty: no reminders.",
    )

    class Meta:
        model = ReminderRules
        fields = ("is_on", "hours_before", "quiet_from", "quiet_until")
        help_texts = {
            "quiet_until": "On the clinic's clock. The same time twice: never quiet.",
        }
