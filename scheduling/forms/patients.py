"""A patient chosen from the list, or told by what was typed."""

from __future__ import annotations

from typing import Any

from django import forms

from people import search
from people.models import Patient, User
from web.forms import TidyForm

MOST_MATCHES = 8


class PatientLookup(TidyForm):
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
    by: User
    matches: list[Patient]
    needs_patient = True

    def offer_patients(self) -> None:
        """Whom the acting user may choose; called once `by` is known."""
        self.matches = []
        choices: Any = self.fields
        choices["patient"].queryset = Patient.objects.visible_to(self.by).select_related("clinic")

    @property
    def looks_up(self) -> bool:
        """Whether the patient is somebody who is registered already."""
        return True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.looks_up and values.get("patient") is None and "patient" not in self.errors:
            values["patient"] = self._patient_by_name(values.get("patient_name", ""))
        return values

    def _patient_by_name(self, typed: str) -> Patient | None:
        """Without a choice from the list, what was typed must mean one patient."""
        if not typed.strip():
            if self.needs_patient:
                self.add_error("patient_name", "Who is it for?")
            return None
        visible = Patient.objects.visible_to(self.by)
        exact = list(search.find_as_typed(visible, typed)[:2])
        if len(exact) == 1:
            return exact[0]
        found = list(search.find(visible, typed)[: MOST_MATCHES + 1])
        self.matches = found[:MOST_MATCHES]
        told = "Nobody fits what you typed."
        if found:
            told = (
                "Several patients fit: choose one."
                if exact
                else "Nobody is called exactly that. Is it one of these?"
            )
        if len(found) > MOST_MATCHES:
            told = "Many patients fit: type more of the name, or a birth date."
        self.add_error("patient_name", told)
        return None


class PatientForm(PatientLookup):
    """A form about a patient, whatever else it asks."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.offer_patients()


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
