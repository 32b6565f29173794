"""What the pages of authorizations and the card of the booking form are asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from people.forms.rows import RowForm
from people.models import Clinic, Patient, Payer, User
from scheduling.budget import REASON_LENGTH
from scheduling.forms.booking import OVER_BUDGET_REASONS, minutes_field
from scheduling.models import AppointmentType, BudgetAndWaitRules
from web.forms import TidyForm


class BudgetCardForm(TidyForm):
    """Whom, what and when: as much of the booking form as the card needs."""

    patient = forms.ModelChoiceField(queryset=Patient.objects.none())
    appointment_type = forms.ModelChoiceField(queryset=AppointmentType.objects.all())
    date = forms.DateField()
    minutes = minutes_field(required=False)
    over_budget_reason = forms.CharField(
        label="Why is it booked all the same?",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"list": "over-budget-reasons", "autocomplete": "off"}),
    )
    over_budget_reasons = OVER_BUDGET_REASONS

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["patient"].queryset = Patient.objects.visible_to(by).select_related("clinic")


class AuthorizationsForm(TidyForm):
    """What the list is narrowed to."""

    SHOW = (("action", "To act on"), ("all", "All running"), ("ended", "Ended of late"))

    show = forms.ChoiceField(choices=SHOW, required=False)
    clinic = forms.ModelChoiceField(
        queryset=Clinic.objects.none(), required=False, empty_label="All clinics"
    )
    payer = forms.ModelChoiceField(
        queryset=Payer.objects.all(), required=False, empty_label="All payers"
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["clinic"].queryset = by.visible_clinics()


class BudgetAndWaitRulesForm(RowForm):
    class Meta:
        model = BudgetAndWaitRules
        fields = ("few_visits", "ends_soon_days", "offer_minutes", "offers_at_once")
