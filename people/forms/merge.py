"""Which record is kept, and whose value stays in each field that differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import models

from people.merging import FIELDS
from people.models import Patient
from web.forms import TidyForm
from web.templatetags.pt import phone

THIS, THAT = "kept", "other"


class MergeForm(TidyForm):
    """One choice per field that differs; an empty field takes the other's value by itself."""

    def __init__(self, *args: Any, kept: Patient, other: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.same: list[tuple[str, str]] = []
        for name in FIELDS:
            field = _field(name)
            mine, theirs = getattr(kept, name), getattr(other, name)
            label = str(field.verbose_name).capitalize()
            if mine == theirs:
                if shown := _shown(kept, name):
                    self.same.append((label, shown))
                continue
            is_empty = mine in ("", None)
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[
                    (THIS, _shown(kept, name) or "Empty"),
                    (THAT, _shown(other, name) or "Empty"),
                ],
                initial=THAT if is_empty else THIS,
                widget=forms.RadioSelect,
            )

    def taken(self) -> list[str]:
        """The fields whose value comes from the other record."""
        return [name for name, choice in self.cleaned_data.items() if choice == THAT]

    def rows(self) -> Iterator[forms.BoundField]:
        return iter(self)


def _field(name: str) -> models.Field[Any, Any]:
    return next(field for field in Patient._meta.concrete_fields if field.name == name)


def _shown(patient: Patient, name: str) -> str:
    display = getattr(patient, f"get_{name}_display", None)
    value = display() if display is not None else getattr(patient, name)
    if value in ("", None):
        return ""
    if name.endswith("_phone"):
        return str(phone(value))
    if hasattr(value, "year"):
        return f"{value:%b} {value.day}, {value.year}"
    return str(value)
