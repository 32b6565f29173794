"""What people write down about payers and referring providers."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from people.forms.fields import ADDRESS_FIELDS, NumberField, PhoneField
from people.forms.rows import RowForm
from people.models import Payer, ReferringProvider

# Claim filing indicator, SBR09 of the 837P (X12 element 1032); the words are our own.
CLAIM_FILING_CODES = [
    ("MB", "MB · Medicare Part B"),
    ("16", "16 · Medicare Advantage (HMO)"),
    ("MC", "MC · Medicaid"),
    ("CH", "CH · TRICARE"),
    ("VA", "VA · Veterans Affairs"),
    ("BL", "BL · Blue Cross Blue Shield"),
    ("CI", "CI · Commercial"),
    ("HM", "HM · Health maintenance organization"),
    ("12", "12 · Preferred provider (PPO)"),
    ("13", "13 · Point of service (POS)"),
    ("14", "14 · Exclusive provider (EPO)"),
    ("15", "15 · Indemnity"),
    ("WC", "WC · Workers' compensation"),
    ("AM", "AM · Automobile medical"),
    ("LM", "LM · Liability medical"),
    ("FI", "FI · Federal employees"),
    ("OF", "OF · Other federal program"),
    ("11", "11 · Other, not federal"),
    ("ZZ", "ZZ · Unknown"),
]


class PayerForm(RowForm):
    claim_filing_code = forms.ChoiceField(
        choices=[("", "Choose"), *CLAIM_FILING_CODES],
        help_text="Which kind of insurance claims name (SBR09).",
    )

    class Meta:
        model = Payer
        fields = (
            "name",
            "kind",
            "edi_payer_id",
            "claim_filing_code",
            "phone",
            "line1",
            "line2",
            "city",
            "state",
            "postal_code",
            "needs_authorization",
            "is_active",
        )
        field_classes = ADDRESS_FIELDS | {"phone": PhoneField}
        labels = {
            "is_active": "Offered when a card is taken",
            "needs_authorization": "Visits need an authorization",
        }


class ReferrerForm(RowForm):
    class Meta:
        model = ReferringProvider
        fields = (
            "last_name",
            "first_name",
            "middle_name",
            "suffix",
            "credential",
            "npi",
            "phone",
            "fax",
            "email",
            "letters_by",
            "line1",
            "line2",
            "city",
            "state",
            "postal_code",
            "is_active",
        )
        field_classes = ADDRESS_FIELDS | {
            "npi": NumberField,
            "phone": PhoneField,
            "fax": PhoneField,
        }
        labels = {"is_active": "Refers patients to us"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters_by = cast("forms.TypedChoiceField", self.fields["letters_by"])
        letters_by.choices = [("", "Fax, or else e-mail"), *ReferringProvider.Channel.choices]
