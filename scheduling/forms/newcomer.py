"""The five things the desk asks somebody new on the telephone; the rest waits for the visit."""

from __future__ import annotations

from typing import Any

from people import search
from people.forms.fields import PhoneField
from people.forms.rows import RowForm
from people.models import Patient

PHONE_DIGITS = 10


class NewcomerForm(RowForm):
    """The clinic is known from where they are booked."""

    class Meta:
        model = Patient
        fields = ("last_name", "first_name", "birth_date", "mobile_phone", "sex")
        field_classes = {"mobile_phone": PhoneField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="new", **kwargs)
        self.fields["mobile_phone"].required = True
        self.fields["mobile_phone"].error_messages["required"] = (
            "Under which number do we reach them?"
        )
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def focus_first_empty(self) -> NewcomerForm:
        """Shown anew: the desk goes on typing where the name, which it typed before, ends."""
        for name, field in self.fields.items():
            if not self.initial.get(name):
                field.widget.attrs["autofocus"] = True
                break
        return self


def read_from(typed: str) -> dict[str, Any]:
    """What the desk has typed to search, as the newcomer's first values: "Ada Okafor",
    "Okafor, Ada", and a birth date or telephone number beside them."""
    question = search.understand(typed)
    names = [name[:1].upper() + name[1:] for name in question.names]
    if "," in typed or len(names) == 1:
        last, first = names[:1], names[1:]
    else:
        last, first = names[-1:], names[:-1]
    values: dict[str, Any] = {"last_name": " ".join(last), "first_name": " ".join(first)}
    for clue in question.clues:
        if len(clue.days) == 1:
            values["birth_date"] = next(iter(clue.days))
        elif len(clue.digits) == PHONE_DIGITS:
            values["mobile_phone"] = f"+1{clue.digits}"
    return {name: value for name, value in values.items() if value}
