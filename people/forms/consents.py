"""What is typed around consent forms: their wording, and a signature or a refusal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people import pictures
from people.forms.rows import RowForm
from people.models import ConsentForm, ConsentSignature, ConsentVersion
from web.forms import TidyForm

WORDING = {"rows": 14}


class ConsentSettingsForm(RowForm):
    class Meta:
        model = ConsentForm
        fields = ("name", "required", "counts_days", "position", "is_active")


class VersionForm(RowForm):
    """A wording. It is typed as plain text; an empty line begins a paragraph."""

    class Meta:
        model = ConsentVersion
        fields = ("title", "body", "effective_from", "asks_again")
        widgets = {"body": forms.Textarea(attrs=WORDING)}


class NewConsentForm(RowForm):
    """A form and its first wording, on one page."""

    title = forms.CharField(max_length=120)
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs=WORDING))
    effective_from = forms.DateField()

    class Meta:
        model = ConsentForm
        fields = ("name", "required", "counts_days", "position")


class _SignerForm(TidyForm):
    signer_name = forms.CharField(label="Name of who signs", max_length=120)
    relation = forms.ChoiceField(
        label="Who signs", choices=ConsentSignature.Relation.choices, initial="self"
    )

    def signer(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("signer_name", "relation")}


class SignForm(_SignerForm):
    """A drawn signature, or the full name typed as one."""

    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    typed = forms.CharField(
        label="Type your full name as your signature",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["image"] = None
        if values.get("typed"):
            return values
        if not values.get("signature"):
            self.add_error("typed", "Sign in the field above, or type your full name here.")
            return values
        try:
            values["image"] = pictures.signature(values["signature"])
        except ValidationError as problem:
            self.add_error("typed", problem)
        return values

    def signed(self) -> dict[str, Any]:
        """What `consents.sign` takes."""
        drawn = {"image": self.cleaned_data["image"], "typed": self.cleaned_data["typed"]}
        return self.signer() | drawn


class DeclineForm(_SignerForm):
    reason = forms.CharField(
        label="Why it is not signed", max_length=200, help_text="In the patient's words."
    )

    def declined(self) -> dict[str, str]:
        """What `consents.decline` takes."""
        return self.signer() | {"reason": self.cleaned_data["reason"]}


class OwnDeclineForm(DeclineForm):
    """The same, filled in by the patient at home."""

    reason = forms.CharField(
        label="Why you do not want to sign it",
        max_length=200,
        help_text="In your own words. We will talk about it at your visit.",
    )
