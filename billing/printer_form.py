"""How far a printer's text must move to meet the red form's boxes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from billing.models import FormPrinter
from people.models import Clinic
from web.forms import TidyModelForm


class FormPrinterForm(TidyModelForm):
    class Meta:
        model = FormPrinter
        fields = ("clinic", "name", "right", "down")

    def offer(self, clinics: QuerySet[Clinic]) -> None:
        """Only these clinics may be chosen."""
        field = cast("forms.ModelChoiceField[Any]", self.fields["clinic"])
        field.queryset = clinics
        field.empty_label = "Choose a clinic"
