"""What is typed around a plan of care that is sent: by who sends it, and by the provider."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documentation.models import LetterSettings, PlanSending
from people import pictures
from people.models import ReferringProvider
from web.forms import TidyForm
from web.templatetags.pt import phone

LONGEST = {"remark": 1000, "name": 90, "credential": 20, "proof": 200}
OFF = {"autocomplete": "off"}
BY_HAND = ("", "I hand it over myself: on paper, with a fax of my own, or the link")


class SendPlanForm(TidyForm):
    """The therapist's signature under what is sent, and for how long its link opens."""

    channel = forms.ChoiceField(
        label="How it goes", required=False, widget=forms.RadioSelect, choices=[BY_HAND]
    )
    days = forms.IntegerField(
        label="Days in which it can be answered",
        min_value=1,
        max_value=90,
        help_text="Then its link closes, and the plan has to be sent again.",
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=200,
        help_text="It is your signature under the plan.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, provider: ReferringProvider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].initial = LetterSettings.current().link_days
        how = self.fields["channel"]
        assert isinstance(how, forms.ChoiceField)
        how.choices = [*ways_to(provider), BY_HAND]
        how.initial = provider.channel


def ways_to(provider: ReferringProvider) -> list[tuple[str, str]]:
    """The ways on which letters reach the provider, each with what it carries."""
    ways = []
    if provider.fax:
        ways.append(("fax", f"Fax the PDF to {phone(provider.fax)}"))
    if provider.email:
        ways.append(("email", f"E-mail the link to {provider.email}"))
    return ways


class HandedOverForm(TidyForm):
    proof = forms.CharField(
        label="How it was handed over",
        max_length=LONGEST["proof"],
        help_text="What shows that it arrived: a fax receipt, a name, a call.",
        widget=forms.TextInput(attrs=OFF),
    )


class PaperForm(TidyForm):
    """The plan came back signed on paper."""

    name = forms.CharField(label="Signed by", max_length=LONGEST["name"])
    credential = forms.CharField(max_length=LONGEST["credential"], help_text="MD, DO, NP …")
    signed_on = forms.DateField(label="Signed on", help_text="The day beside the signature.")
    proof = forms.CharField(
        label="Where the paper is kept",
        max_length=LONGEST["proof"],
        help_text="In the chart's documents, a folder, a scan.",
    )

    def refuse(self, error: ValidationError) -> None:
        for name, problems in error.message_dict.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)


class CertifyForm(TidyForm):
    """A name typed as a signature, and a drawn one for whoever likes."""

    name = forms.CharField(
        label="Type your full name as your signature", max_length=LONGEST["name"]
    )
    credential = forms.CharField(max_length=LONGEST["credential"], help_text="MD, DO, NP …")
    certifies = forms.BooleanField(label="")
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, statement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = self.fields["certifies"]
        box.label = statement
        box.error_messages["required"] = "Check this to certify the plan."

    def clean_drawn(self) -> bytes | None:
        drawn = self.cleaned_data["drawn"]
        return pictures.signature(drawn) if drawn else None


class GiveBackForm(TidyForm):
    remark = forms.CharField(
        label="What should be different",
        max_length=LONGEST["remark"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def paper_form(data: Any, sending: PlanSending) -> PaperForm:
    provider = sending.content["provider"]
    name = provider["name"].removesuffix(f", {provider['credential']}")
    return PaperForm(data, initial={"name": name, "credential": provider["credential"]})
