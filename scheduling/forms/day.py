"""What the calendar's addresses may say: day, clinic, therapist, types, and how it is laid out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from people.models import Clinic, Therapist, User
from people.models.staff import Discipline
from scheduling import availability, live
from scheduling.day import BY_ROOM, BY_THERAPIST, Filters
from scheduling.models import AppointmentType
from scheduling.slots import Span
from web.forms import TidyForm


class ClinicForm(TidyForm):
    """The clinic an address names, among those this person works in."""

    clinic = forms.ModelChoiceField(queryset=Clinic.objects.none(), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["clinic"].queryset = by.visible_clinics().filter(is_active=True)


class DayForm(TidyForm):
    date = forms.DateField(required=False)
    by = forms.ChoiceField(
        choices=[(BY_THERAPIST, "Therapists"), (BY_ROOM, "Rooms")], required=False
    )
    therapist = forms.ModelChoiceField(
        queryset=Therapist.objects.none(), required=False, empty_label="All therapists"
    )
    discipline = forms.ChoiceField(
        choices=[("", "All disciplines"), *Discipline.choices], required=False
    )
    type = forms.ModelMultipleChoiceField(queryset=AppointmentType.objects.none(), required=False)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(clinic)
        choices["type"].queryset = AppointmentType.objects.filter(is_active=True)

    def filters(self) -> Filters:
        """What was asked for, as far as it could be read."""
        asked = self.cleaned_data
        return Filters(
            therapist=asked.get("therapist"),
            discipline=asked.get("discipline", ""),
            types=list(asked.get("type") or ()),
        )


class WeekForm(TidyForm):
    """A week of one therapist, who works in a clinic that this person may see."""

    date = forms.DateField(required=False)
    therapist = forms.ModelChoiceField(queryset=Therapist.objects.none(), required=False)
    type = forms.ModelMultipleChoiceField(queryset=AppointmentType.objects.none(), required=False)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(clinic)
        choices["type"].queryset = AppointmentType.objects.filter(is_active=True)


class MonthForm(TidyForm):
    date = forms.DateField(required=False)
    therapist = forms.ModelChoiceField(
        queryset=Therapist.objects.none(), required=False, empty_label="Whole clinic"
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(clinic)


class MarkForm(TidyForm):
    """The stretch of time a page looks at, in whole seconds, and of whom."""

    clinic = forms.IntegerField(required=False)
    therapist = forms.IntegerField(required=False)
    start = forms.IntegerField(min_value=0, max_value=2**33)
    end = forms.IntegerField(min_value=0, max_value=2**33)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "start" in values and "end" in values:
            start, end = (dt.datetime.fromtimestamp(values[n], dt.UTC) for n in ("start", "end"))
            if not dt.timedelta(0) < end - start <= live.LONGEST_SPAN:
                self.add_error("end", "Ask for a stretch of at most 45 days.")
            values["span"] = Span(start, end)
        return values
