"""Which file of patients, and for which clinic."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from people.models import Clinic, User
from people.patient_csv import LARGEST
from web.forms import TidyForm


class ImportForm(TidyForm):
    clinic = forms.ModelChoiceField(Clinic.objects.none(), empty_label="Choose")
    file = forms.FileField(
        label="CSV file",
        max_length=200,
        help_text="At most 10,000 rows and 5 MB. The first row names the columns.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,.txt,.tsv"}),
        error_messages={
            "required": "Choose the file.",
            "empty": "This file is empty.",
            "max_length": "The file's name is too long: shorten it.",
        },
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics = by.visible_clinics().filter(is_active=True)
        cast("forms.ModelChoiceField[Clinic]", self.fields["clinic"]).queryset = clinics
        if len(clinics) == 1:
            self.initial["clinic"] = clinics[0].pk

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                "This file is larger than 5 MB. Split it and upload the parts."
            )
        return file
