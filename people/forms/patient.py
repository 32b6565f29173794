"""What the desk writes down about a patient, their cards and their authorisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from people.forms.fields import ADDRESS_FIELDS, CodesField, PhoneField, PostalCodeField
from people.forms.rows import RowForm
from people.intake import SUBSCRIBER_FIELDS
from people.models import Authorization, Coverage, Patient, Payer
from people.search import LONGEST_QUESTION
from web.forms import TidyForm


class SearchForm(TidyForm):
    q = forms.CharField(label="Search", max_length=LONGEST_QUESTION, required=False)


class PatientForm(RowForm):
    class Meta:
        model = Patient
        fields = (
            "last_name",
            "first_name",
            "middle_name",
            "suffix",
            "birth_date",
            "sex",
            "clinic",
            "preferred_name",
            "pronouns",
            "gender_identity",
            "mobile_phone",
            "home_phone",
            "email",
            "contact_by",
            "line1",
            "line2",
            "city",
            "state",
            "postal_code",
            "emergency_name",
            "emergency_phone",
            "emergency_relation",
            "guarantor_name",
            "guarantor_phone",
            "deceased_on",
        )
        field_classes = ADDRESS_FIELDS | {
            "mobile_phone": PhoneField,
            "home_phone": PhoneField,
            "emergency_phone": PhoneField,
            "guarantor_phone": PhoneField,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics = self.by.visible_clinics().filter(is_active=True)
        if self.instance.pk is not None:
            clinics = clinics | self.by.visible_clinics().filter(pk=self.instance.clinic_id)
            clinics = clinics.distinct()
        self.choice("clinic").queryset = clinics
        if self.instance.pk is None and len(clinics) == 1:
            self.initial["clinic"] = clinics[0].pk
        if self.instance.pk is None:
            del self.fields["deceased_on"]
        today = timezone.localdate().isoformat()
        for name in {"birth_date", "deceased_on"} & set(self.fields):
            self.fields[name].widget.attrs |= {"max": today, "min": "1890-01-01"}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        needed = {"sms": "mobile_phone", "email": "email"}.get(values.get("contact_by", ""))
        if needed and not values.get(needed) and needed not in self.errors:
            self.add_error(needed, "The patient prefers to be reached this way: write it down.")
        return values


class CoverageForm(RowForm):
    class Meta:
        model = Coverage
        fields = (
            "payer",
            "priority",
            "medicare_secondary",
            "member_id",
            "group_number",
            "group_name",
            "claim_number",
            "starts_on",
            "ends_on",
            "copay",
            "coinsurance_percent",
            "deductible",
            "assigns_benefits",
            "release_signed",
            "relation",
            *SUBSCRIBER_FIELDS,
        )
        field_classes = {"subscriber_postal_code": PostalCodeField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.filter(is_active=True)
        if self.instance.pk is not None:
            payers = payers | Payer.objects.filter(pk=self.instance.payer_id)
        self.choice("payer").queryset = payers
        self.choice("payer").empty_label = "Choose a payer"

    def subscriber_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SUBSCRIBER_FIELDS]


class AuthorizationForm(RowForm):
    codes = CodesField(
        label="Codes it is for",
        required=False,
        help_text="Empty when it is for any code.",
        widget=forms.TextInput(attrs={"placeholder": "97112, 97110"}),
    )

    class Meta:
        model = Authorization
        fields = ("number", "starts_on", "ends_on", "visits_approved", "units_approved", "codes")
