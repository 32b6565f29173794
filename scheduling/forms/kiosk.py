"""What is typed at a kiosk, and what the desk says of a new one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from people.forms.rows import RowForm
from scheduling.models import Kiosk
from web.forms import TidyForm

EARLIEST_YEAR = 1890  # as patients' birth dates


class KioskForm(RowForm):
    class Meta:
        model = Kiosk
        fields = ("clinic", "name")
        help_texts = {"name": "Where it stands, such as Entrance."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("clinic").queryset = self.by.visible_clinics().filter(is_active=True)
        self.fields["name"].widget.attrs["autocomplete"] = "off"


def _number(label: str, digits: int, placeholder: str) -> forms.CharField:
    """Digits in a box of their own, which bring up a tablet's number keys."""
    return forms.CharField(
        label=label,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "placeholder": placeholder,
                "maxlength": digits,
                "data-digits": digits,
            }
        ),
    )


class ArrivalForm(TidyForm):
    """Birth date and last name. It says what cannot be read, never whom it fits."""

    month = _number("Month", 2, "MM")
    day = _number("Day", 2, "DD")
    year = _number("Year", 4, "YYYY")
    last_name = forms.CharField(
        label="Last name",
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "words",
                "autocorrect": "off",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Type your last name."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("month", "day", "year"):
            self.fields[name].required = False  # one sentence for all three

    @property
    def birth_fields(self) -> list[Any]:
        return [self["month"], self["day"], self["year"]]

    def clean_year(self) -> str:
        """Reads all three as one day; what is wrong with it is said at the first."""
        values = self.cleaned_data
        try:
            year, month, day = (int(values.get(name) or "") for name in ("year", "month", "day"))
            values["birth_date"] = dt.date(year, month, day)
        except (ValueError, OverflowError):  # a year of twenty digits
            year = 0
        if year < EARLIEST_YEAR and "month" not in self.errors:
            self.add_error("month", "Type month, day and year, such as 03 12 1958.")
        return str(values["year"])
