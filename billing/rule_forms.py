"""What a biller types about Medicare's tables, a patient's notices and what the year has used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from billing.models import AbnRecord, GeographicIndex, MedicareAmounts, RuleLoad, YearUse
from billing.rule_files import MOST_BYTES
from documentation.models import ProcedureCode
from web.forms import TidyForm, TidyModelForm


class RuleFileForm(TidyForm):
    kind = forms.ChoiceField(label="What it is", choices=RuleLoad.Kind.choices)
    file = forms.FileField(
        label="CMS's file",
        max_length=120,
        help_text="As you downloaded it: text, csv, xlsx or the zip, at most 300 MB.",
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,.xlsx,.zip"}),
        error_messages={"required": "Choose the file.", "empty": "This file is empty."},
    )
    holds_from = forms.DateField(
        required=False,
        label="Holds from",
        help_text="Empty: the day that the file's own name says.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError("This file is larger than 300 MB: that is no file of CMS.")
        return file


class AmountsForm(TidyModelForm):
    class Meta:
        model = MedicareAmounts
        fields = (
            "effective_from",
            "effective_to",
            "pt_slp_threshold",
            "ot_threshold",
            "medical_review",
            "deductible",
            "coinsurance",
            "assistant_share",
            "sequestration",
            "pe_reduction",
            "source",
        )
        help_texts = {
            "coinsurance": "A share: 0.2 is 20 %.",
            "assistant_share": "A share: 0.85 is 85 %.",
            "sequestration": "A share: 0.02 is 2 %.",
            "pe_reduction": "A share: 0.5 is one half.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("effective_from"), cleaned.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "The end lies before the start.")
        return cleaned


class LocalityForm(TidyForm):
    locality = forms.ChoiceField(label="Medicare locality", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        field: Any = self.fields["locality"]
        field.choices = [
            ("", "None: national amounts"),
            *(
                (index.place, f"{index} ({index.place})")
                for index in GeographicIndex.objects.in_force_on(today)
            ),
        ]


class CodesField(forms.CharField):
    """Procedure codes parted by blanks or commas; none means every service."""

    def clean(self, value: Any) -> list[str]:
        codes = list(dict.fromkeys(super().clean(value).replace(",", " ").upper().split()))
        known = set(ProcedureCode.objects.filter(code__in=codes).values_list("code", flat=True))
        if strange := [code for code in codes if code not in known]:
            raise ValidationError(f"{', '.join(strange)} is no code this practice knows.")
        return codes


class NoticeForm(TidyModelForm):
    codes = CodesField(
        required=False, label="Codes", help_text="Such as 97112 97110. Empty: every service."
    )

    class Meta:
        model = AbnRecord
        fields = (
            "kind",
            "discipline",
            "codes",
            "covers_from",
            "covers_to",
            "signed_on",
            "choice",
            "estimated_cost",
            "reason",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last, signed = (cleaned.get(n) for n in ("covers_from", "covers_to", "signed_on"))
        if first and last and last < first:
            self.add_error("covers_to", "The end lies before the start.")
        if cleaned.get("kind") == AbnRecord.Kind.REQUIRED:
            if not signed:
                self.add_error("signed_on", "GA says that the patient signed: when?")
            elif first and signed > first:
                self.add_error("signed_on", "It must be signed before the first service it covers.")
        return cleaned


class YearUseForm(TidyModelForm):
    class Meta:
        model = YearUse
        fields = ("bucket", "amount", "as_of", "source")
        labels = {"bucket": "Used for", "amount": "Used so far"}

    def clean_as_of(self) -> Any:
        as_of = self.cleaned_data["as_of"]
        if as_of > timezone.localdate():
            raise ValidationError("This day is still to come.")
        return as_of
