"""What is typed at the counter: arrival, details that changed, money, reasons."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from people.forms.patient import PatientForm
from people.forms.rows import RowForm
from scheduling import slots
from scheduling.models import Appointment, DeskPayment, DeskRules
from web.forms import TidyForm


class ArriveForm(TidyForm):
    """Empty is now; a time is of the day of the visit, on the clinic's wall clock."""

    at = forms.TimeField(label="Arrived at", required=False, help_text="Empty: now.")

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        self.appointment = appointment
        super().__init__(*args, **kwargs)

    def moment(self) -> dt.datetime | None:
        typed = self.cleaned_data["at"]
        if typed is None:
            return None
        zone = self.appointment.clinic.zone
        day = self.appointment.starts_at.astimezone(zone).date()
        return slots.instant(day, typed, zone)


class DetailsForm(PatientForm):
    """What the desk asks for at each visit; the rest stands on the patient's own page."""

    class Meta(PatientForm.Meta):
        fields = (  # type: ignore[assignment]
            "clinic",
            "last_name",
            "first_name",
            "birth_date",
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
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["clinic"]  # nobody changes clinics on the way in


class PaymentForm(TidyForm):
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=8, decimal_places=2)
    method = forms.ChoiceField(
        choices=DeskPayment.Method.choices, widget=forms.RadioSelect, initial="card"
    )
    reference = forms.CharField(
        max_length=40, required=False, help_text="Check number, or the terminal's."
    )


class ChargeForm(TidyForm):
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=7, decimal_places=2)


class ReasonForm(TidyForm):
    reason = forms.CharField(max_length=120)

    def __init__(self, *args: Any, reasons: list[str] | None = None, **kwargs: Any) -> None:
        self.reasons = reasons or []
        super().__init__(*args, **kwargs)
        if self.reasons:
            self.fields["reason"].widget.attrs |= {"list": "reasons", "autocomplete": "off"}


class TakingsForm(TidyForm):
    """Which day; what cannot be read is today."""

    date = forms.DateField(label="Day", required=False)


class LinesField(forms.CharField):
    """A list, one entry a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        lines = (super().to_python(value) or "").splitlines()
        return list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))

    def run_validators(self, value: Any) -> None:
        """Each line is checked by the row; the text's own checks do not fit a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class DeskRulesForm(RowForm):
    waive_reasons = LinesField(
        label="Reasons to waive a fee",
        required=False,
        help_text="One a line; the desk may write another.",
    )

    class Meta:
        model = DeskRules
        fields = (
            "late_cancel_hours",
            "no_show_fee",
            "late_cancel_fee",
            "first_is_free",
            "waive_reasons",
            "kiosk_opens_minutes",
            "kiosk_closes_minutes",
            "kiosk_most_tries",
            "kiosk_tries_minutes",
        )
        labels = {
            "kiosk_opens_minutes": "Before the start",
            "kiosk_closes_minutes": "After the start",
            "kiosk_most_tries": "Tries that may fail",
            "kiosk_tries_minutes": "Counted over",
        }
