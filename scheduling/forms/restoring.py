"""What the desk may say when it puts an appointment back."""

from __future__ import annotations

from typing import Any

from django import forms

from scheduling.forms.booking import OVER_BUDGET_REASONS, over_budget_reason_field
from web.forms import TidyForm


class RestoreForm(TidyForm):
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    over_budget_reason = over_budget_reason_field()

    over_budget_reasons = OVER_BUDGET_REASONS

    def asked(self) -> dict[str, Any]:
        """What `booking.restore` wants to know."""
        return {
            "anyway": self.cleaned_data["anyway"],
            "over_budget_reason": self.cleaned_data["over_budget_reason"],
        }
