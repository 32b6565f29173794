"""What a biller types about a claim beside the visit."""

from __future__ import annotations

from typing import Any

from django import forms

from billing.details import DATES, Attached
from billing.models import Claim
from billing.models.attachment import DELIVERY_CHOICES, MOST_ATTACHMENTS, REPORT_CHOICES
from web.forms import TidyForm, TidyModelForm


class ClaimDatesForm(TidyModelForm):
    class Meta:
        model = Claim
        fields = DATES

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        left, back = values.get("last_worked_on"), values.get("return_to_work_on")
        if left and back and back < left:
            self.add_error("return_to_work_on", "This is before the last day at work.")
        admitted = values.get("admitted_on")
        if admitted and admitted > self.instance.visit.date_of_service:
            self.add_error("admitted_on", "This is after the visit.")
        return values


class AttachmentForm(TidyForm):
    report = forms.ChoiceField(required=False, choices=[("", "None"), *REPORT_CHOICES])
    delivery = forms.ChoiceField(
        required=False,
        label="How it gets there",
        choices=[("", "Choose"), *DELIVERY_CHOICES],
    )
    control_number = forms.CharField(
        required=False,
        min_length=2,
        max_length=50,
        label="Its number",
        help_text="Empty: it is given one. Write it on the papers.",
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("report") and not values.get("delivery"):
            self.add_error("delivery", "Say how it gets to the payer.")
        if not values.get("report") and (values.get("delivery") or values.get("control_number")):
            self.add_error("report", "Which report is it?")
        return values

    def as_attached(self) -> Attached | None:
        """None for a row that was left empty."""
        if not self.cleaned_data.get("report"):
            return None
        return Attached(
            self.cleaned_data["report"],
            self.cleaned_data["delivery"],
            self.cleaned_data["control_number"].upper(),
        )


class OneNumberEach(forms.BaseFormSet):
    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            number = form.cleaned_data.get("control_number", "").upper()
            if number and number in seen:
                form.add_error("control_number", "Another attachment has this number.")
            seen.add(number)


AttachmentForms = forms.formset_factory(
    AttachmentForm,
    formset=OneNumberEach,
    extra=2,
    max_num=MOST_ATTACHMENTS,
    validate_max=True,
)
