"""What the desk writes down of who waits, and which freed time a match is asked about."""

from __future__ import annotations

from typing import Any

from django import forms

from people.forms.rows import RowForm
from people.models import Clinic, Patient, Therapist
from scheduling import availability
from scheduling.forms.booking import WhenAndWhere
from scheduling.models import AppointmentType, WaitListEntry
from scheduling.models.wait_list import WEEKDAY_CHOICES
from scheduling.wait_offers import Slot
from web.forms import TidyForm


class WaitListForm(RowForm):
    """Which times would do; who it is for is asked only once."""

    weekdays = forms.TypedMultipleChoiceField(
        choices=WEEKDAY_CHOICES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: any day.",
    )

    class Meta:
        model = WaitListEntry
        fields = (
            "type", "priority", "therapists", "clinics", "weekdays", "from_time", "to_time",
            "earliest_on", "latest_on", "notice_hours", "remark",
        )  # fmt: skip
        widgets = {
            "therapists": forms.CheckboxSelectMultiple,
            "clinics": forms.CheckboxSelectMultiple,
            "priority": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics = self.by.visible_clinics().filter(is_active=True)
        self.choice("clinics").queryset = clinics
        self.choice("therapists").queryset = availability.therapists_at(clinics)
        types = AppointmentType.objects.filter(is_active=True)
        if self.instance.pk is not None:
            types = types | AppointmentType.objects.filter(pk=self.instance.type_id)
        self.choice("type").queryset = types
        if len(clinics) == 1:
            del self.fields["clinics"]
        choices: Any = self.fields
        choices["priority"].choices = WaitListEntry.Priority.choices
        for name in ("therapists", "weekdays", "clinics"):
            if name in self.fields:  # compared as lists, a hidden copy of each is no use
                self.fields[name].show_hidden_initial = False


class WaitListFilterForm(TidyForm):
    SHOW = (("waiting", "Waiting"), ("offered", "Offered"), ("closed", "Closed"))

    show = forms.ChoiceField(choices=SHOW, required=False)
    clinic = forms.ModelChoiceField(
        queryset=Clinic.objects.none(), required=False, empty_label="All clinics"
    )
    therapist = forms.ModelChoiceField(
        queryset=Therapist.objects.none(), required=False, empty_label="All therapists"
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics = by.visible_clinics().filter(is_active=True)
        choices: Any = self.fields
        choices["clinic"].queryset = clinics
        choices["therapist"].queryset = availability.therapists_at(clinics)


class SlotForm(WhenAndWhere):
    """A freed time, as an address or a button names it."""

    # Whose it was: they are not offered their own time again.
    but = forms.ModelChoiceField(queryset=Patient.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["but"].queryset = Patient.objects.visible_to(self.by)

    def slot(self) -> Slot:
        values = self.cleaned_data
        return Slot(
            therapist=values["therapist"],
            clinic=self.clinic,
            room=values["room"],
            starts_at=values["starts_at"],
            minutes=values["minutes"],
        )
