"""What the pages of letters ask for: which ones, by which way again, and how they leave."""

from __future__ import annotations

from typing import Any

from django import forms

from documentation.models import LetterSettings, ProviderLetter
from people.forms.rows import RowForm
from web.forms import TidyForm


class WhichLettersForm(TidyForm):
    SHOW = [
        ("open", "Needs a person"),
        ("waiting", "Waiting"),
        ("sending", "Being sent"),
        ("sent", "Sent"),
        ("failed", "Failed"),
        ("withheld", "Not sent"),
        ("all", "All"),
    ]

    show = forms.ChoiceField(choices=SHOW, required=False)
    channel = forms.ChoiceField(choices=ProviderLetter.Channel.choices, required=False)


class WayForm(TidyForm):
    """By which way, or empty: as the provider prefers, as before. `back` says whence it comes."""

    channel = forms.ChoiceField(choices=ProviderLetter.Channel.choices, required=False)
    back = forms.ChoiceField(choices=[("note", "note")], required=False)


class LetterSettingsForm(RowForm):
    sends_reports = forms.BooleanField(
        required=False,
        label="Send a progress report to the referring provider once it is signed",
        help_text="Reports signed from now on. Who is in the case as its referring provider gets "
        "them the way they prefer.",
    )

    class Meta:
        model = LetterSettings
        fields = ("fax_by", "fax_gateway", "email_by", "link_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs["instance"]
        kwargs["initial"] = {"sends_reports": row.reports_since is not None}
        super().__init__(*args, **kwargs)
