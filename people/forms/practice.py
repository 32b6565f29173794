"""What the owner writes down about the practice and its clinics, as claims need it."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any, cast

from django import forms

from people.forms.fields import ADDRESS_FIELDS, NumberField, PhoneField, PostalCodeField
from people.forms.rows import RowForm
from people.models import Clinic, Practice
from people.validators import validate_zip_plus_four

# CMS place-of-service code set; the words are our own.
PLACES_OF_SERVICE = [
    ("11", "11 · Office"),
    ("12", "12 · Patient's home"),
    ("19", "19 · Off-campus outpatient hospital"),
    ("22", "22 · On-campus outpatient hospital"),
    ("31", "31 · Skilled nursing facility"),
    ("32", "32 · Nursing facility"),
    ("33", "33 · Custodial care facility"),
    ("13", "13 · Assisted living"),
    ("14", "14 · Group home"),
    ("49", "49 · Independent clinic"),
    ("62", "62 · Comprehensive outpatient rehabilitation"),
    ("03", "03 · School"),
    ("18", "18 · Place of employment"),
    ("99", "99 · Other"),
]
TIME_ZONES = [
    ("America/New_York", "Eastern"),
    ("America/Detroit", "Eastern (Michigan)"),
    ("America/Indiana/Indianapolis", "Eastern (Indiana)"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Mountain, no summer time (Arizona)"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Chamorro (Guam)"),
    ("Pacific/Pago_Pago", "Samoa"),
]

MAY_STAY = ("sign_notes_within_days", "largest_attachment_mb")  # left empty: as it was

PO_BOX = re.compile(r"\bp\.?\s*o\.?\s*box\b", re.IGNORECASE)


def _need_claim_address(form: RowForm) -> None:
    for name in ("line1", "city", "state", "postal_code"):
        form.fields[name].required = True
    form.fields["postal_code"].help_text = "With the four digits after the dash: claims need them."
    form.fields["postal_code"].validators.append(validate_zip_plus_four)


class PracticeForm(RowForm):
    class Meta:
        model = Practice
        fields = (
            "legal_name",
            "ein",
            "npi",
            "taxonomy",
            "phone",
            "billing_contact",
            "line1",
            "line2",
            "city",
            "state",
            "postal_code",
            "pay_to_line1",
            "pay_to_city",
            "pay_to_state",
            "pay_to_postal_code",
            "sign_notes_within_days",
            "largest_attachment_mb",
        )
        field_classes = ADDRESS_FIELDS | {
            "ein": NumberField,
            "npi": NumberField,
            "phone": PhoneField,
            "pay_to_postal_code": PostalCodeField,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _need_claim_address(self)
        for name in MAY_STAY:
            self.fields[name].required = False

    def clean_taxonomy(self) -> str:
        return str(self.cleaned_data["taxonomy"]).upper()

    def clean_line1(self) -> str:
        line1 = str(self.cleaned_data["line1"])
        if PO_BOX.search(line1):
            raise forms.ValidationError(
                "Claims want a street here; a PO box goes into the pay-to address.", code="po_box"
            )
        return line1

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in MAY_STAY:
            if name not in self.errors and values.get(name) is None:
                values[name] = getattr(self.instance, name)
        pay_to = [name for name in self.fields if name.startswith("pay_to_")]
        if any(values.get(name) for name in pay_to):
            for name in pay_to:
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, "A pay-to address is whole, or left empty.")
        return values


class ClinicForm(RowForm):
    time_zone = forms.ChoiceField(help_text="The wall clock of every appointment here.")
    place_of_service = forms.ChoiceField(choices=PLACES_OF_SERVICE, initial="11")

    class Meta:
        model = Clinic
        fields = (
            "name",
            "phone",
            "line1",
            "line2",
            "city",
            "state",
            "postal_code",
            "time_zone",
            "opens_at",
            "closes_at",
            "place_of_service",
            "npi",
            "is_active",
        )
        field_classes = ADDRESS_FIELDS | {"phone": PhoneField, "npi": NumberField}
        labels = {"is_active": "Open for patients"}
        help_texts = {"npi": "Only when the place has its own; else claims carry the group's."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _need_claim_address(self)
        zones = list(TIME_ZONES)
        stored = self.instance.time_zone
        if stored and stored not in dict(zones) and stored in zoneinfo.available_timezones():
            zones.append((stored, stored))
        time_zone = cast("forms.ChoiceField", self.fields["time_zone"])
        time_zone.choices = [("", "Choose"), *zones]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        opens_at, closes_at = values.get("opens_at"), values.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", "The clinic closes before it opens.")
        return values
