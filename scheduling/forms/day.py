"""What the Day's address may say: which day, clinic, therapist and type."""

from __future__ import annotations

from typing import Any

from django import forms

from people.models import Clinic, Therapist, User
from scheduling import availability
from scheduling.models import AppointmentType
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
    therapist = forms.ModelChoiceField(
        queryset=Therapist.objects.none(), required=False, empty_label="All therapists"
    )
    type = forms.ModelChoiceField(
        queryset=AppointmentType.objects.none(), required=False, empty_label="All types"
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(clinic)
        choices["type"].queryset = AppointmentType.objects.filter(is_active=True)
