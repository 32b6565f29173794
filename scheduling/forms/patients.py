"""A patient chosen from the list, or told by what was typed."""

from __future__ import annotations

from typing import Any

from django import forms

from people import search
from people.models import Patient, User
from web.forms import TidyForm

MOST_MATCHES = 8


class PatientForm(TidyForm):
    """`patient` is the one chosen; without a script `patient_name` must mean one."""

    patient = forms.ModelChoiceField(
        queryset=Patient.objects.none(), required=False, widget=forms.HiddenInput
    )
    patient_name = forms.CharField(
        label="Patient",
        required=False,
        max_length=search.LONGEST_QUESTION,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "Name, birth date, phone or MRN"}
        ),
    )
    needs_patient = True

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.matches: list[Patient] = []
        choices: Any = self.fields
        choices["patient"].queryset = Patient.objects.visible_to(by).select_related("clinic")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("patient") is None and "patient" not in self.errors:
            values["patient"] = self._patient_by_name(values.get("patient_name", ""))
        return values

    def _patient_by_name(self, typed: str) -> Patient | None:
        """Without a choice from the list, what was typed must mean one patient."""
        if not typed.strip():
            if self.needs_patient:
                self.add_error("patient_name", "Who is it for?")
            return None
        found = list(search.find(Patient.objects.visible_to(self.by), typed)[: MOST_MATCHES + 1])
        if len(found) == 1:
            return found[0]
        self.matches = found[:MOST_MATCHES]
        told = "Several patients fit: choose one." if found else "Nobody fits what you typed."
        if len(found) > MOST_MATCHES:
            told = "Many patients fit: type more of the name, or a birth date."
        self.add_error("patient_name", told)
        return None


def by_discipline(types: Any) -> list[Any]:
    """Appointment types as choices, under the discipline each belongs to when there are several."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for kind in types:
        groups.setdefault(kind.get_discipline_display(), []).append(
            (kind.pk, f"{kind.name}, {kind.minutes} min")
        )
    return (
        list(groups.items()) if len(groups) > 1 else [pair for g in groups.values() for pair in g]
    )
