"""A form over one row whose verb writes it: only what the person changed is handed on."""

from __future__ import annotations

from copy import copy
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from people.forms.fields import EMPTY_CHOICE
from people.models import User
from web.forms import TidyModelForm


class RowForm(TidyModelForm):
    """Checks like a model form but does not save.

    Over an existing row each field also carries the value it had when the page was opened, so
    that a page left open for an hour does not undo what somebody else changed in the meantime.
    """

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        row = kwargs.get("instance")
        if row is not None:
            # Checking writes the typed values into the row; the page around must not show them.
            kwargs["instance"] = copy(row)
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = row is not None
            nothing = "Choose" if field.required else EMPTY_CHOICE
            if isinstance(field, forms.ModelChoiceField):
                if field.empty_label is not None:
                    field.empty_label = nothing
            elif isinstance(field, forms.TypedChoiceField):
                widget = cast("forms.Select", field.widget)
                field.choices = [
                    (value, label if value else nothing) for value, label in widget.choices
                ]

    def choice(self, name: str) -> forms.ModelChoiceField[Any]:
        """A field that offers rows, to narrow which."""
        return cast("forms.ModelChoiceField[Any]", self.fields[name])

    def new_values(self) -> dict[str, Any]:
        """All clean values, for a row that is to be made."""
        return dict(self.cleaned_data)

    def changes(self) -> dict[str, Any]:
        """The clean values of the fields the person changed; a field that came without the value
        it had is taken at its word."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in self.changed_data or self[name].html_initial_name not in self.data
        }

    def refuse(self, error: ValidationError, *, beside: str | None = None) -> None:
        """Show what a verb refused: beside its field where there is one, else `beside`."""
        problems = (
            error.message_dict
            if hasattr(error, "error_dict")
            else {NON_FIELD_ERRORS: error.messages}
        )
        for name, messages in problems.items():
            for message in messages:
                self.add_error(name if name in self.fields else beside, message)


def status_of(form: forms.BaseForm) -> int:
    """How a page answers that shows the form: 422 when it was sent and cannot be used."""
    return 422 if form.is_bound and form.errors else 200
