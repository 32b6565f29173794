"""What a biller types: policies, fees, why a claim is closed."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from billing.models import Fee, FeeSchedule, PayerPolicy, TradingPartner
from billing.models.payer import default_modifier_order
from billing.replies import MOST_BYTES
from billing.rules.types import UnitRule
from documentation.models import ProcedureCode
from people.models import Payer
from people.models.staff import Discipline
from web.forms import TidyForm, TidyModelForm

MOST_FILES = 50


class ReplyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ReplyFilesField(forms.FileField):
    """One file or several, none larger than any reply is."""

    widget = ReplyFilesInput

    def clean(self, value: Any, initial: Any = None) -> list[Any]:
        files = value if isinstance(value, list) else [value]
        if len(files) > MOST_FILES:
            raise ValidationError(f"Upload {MOST_FILES} files at a time at most.")
        checked = [super(ReplyFilesField, self).clean(file, initial) for file in files or [None]]
        too_large = [file.name for file in checked if file.size > MOST_BYTES]
        if too_large:
            raise ValidationError(
                f"{too_large[0]} is larger than {MOST_BYTES // 1_000_000} MB: that is no reply."
            )
        return checked


class ReplyForm(TidyForm):
    replies = ReplyFilesField(
        label="Files from your clearinghouse or payer",
        max_length=200,
        help_text="999, TA1 and 277CA, as many as you have. The same file twice does no harm.",
        error_messages={
            "required": "Choose a file.",
            "empty": "A file among them is empty.",
            "max_length": "A file's name is too long: shorten it.",
        },
    )


class VoidForm(TidyForm):
    reason = forms.CharField(max_length=200, label="Why shall it never be sent?")


class CorrectionForm(TidyForm):
    reason = forms.CharField(max_length=200, label="Why?")
    payer_control_number = forms.CharField(
        max_length=50,
        required=False,
        label="The payer's number of the claim",
        help_text="From its answer or its remittance.",
    )


class MailedForm(TidyForm):
    mailed_on = forms.DateField(label="Mailed on")


class ModifierOrderField(forms.CharField):
    """Modifiers parted by blanks or commas, in the payer's order."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        order = super().clean(value).replace(",", " ").upper().split()
        known = set(default_modifier_order()) | {"GZ", "95", "96", "97"}
        strange = [modifier for modifier in order if modifier not in known]
        if strange:
            raise ValidationError(f"{', '.join(strange)} is no modifier known here.")
        if len(set(order)) != len(order):
            raise ValidationError("Each modifier stands once.")
        return order


class PolicyForm(TidyModelForm):
    modifier_order = ModifierOrderField(
        label="Order of modifiers", help_text="First one first: 59 GP CQ KX"
    )

    class Meta:
        model = PayerPolicy
        fields = (
            "effective_from",
            "effective_to",
            "unit_rule",
            "timely_filing_days",
            "discipline_modifier",
            "assistant_modifier",
            "distinct_modifier",
            "modifier_order",
            "ncci",
            "mue",
            "mppr",
            "kx",
            "takes_corrections",
            "forwards_claims",
            "paper_only",
            "certification_needed",
            "referral_needed",
            "authorization_needed",
            "accepts_assignment",
            "partner",
            "source",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("effective_from"), cleaned.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "The end lies before the start.")
        return cleaned


class PartnerForm(TidyModelForm):
    class Meta:
        model = TradingPartner
        fields = (
            "name",
            "receiver_id",
            "receiver_qualifier",
            "sender_id",
            "sender_qualifier",
            "usage",
            "claims_per_transaction",
            "one_payer_per_file",
            "delivery",
            "sftp_host",
            "sftp_port",
            "sftp_user",
            "sftp_secret",
            "sftp_host_key",
            "sftp_outbox",
            "sftp_inbox",
        )
        labels = {
            "receiver_id": "Receiver ID",
            "sender_id": "Our ID",
            "sender_qualifier": "Our qualifier",
        }
        widgets = {"sftp_host_key": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})}

    def clean_sftp_host_key(self) -> str:
        key = " ".join(self.cleaned_data["sftp_host_key"].split())
        if key and not re.match(r"(ssh|ecdsa|rsa)[a-z0-9@.-]* [A-Za-z0-9+/]+=*( |$)", key):
            raise ValidationError("A public key begins like “ssh-ed25519 AAAA…”.")
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("delivery") == "sftp":
            for name in ("sftp_host", "sftp_user", "sftp_secret", "sftp_host_key"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Needed to send by SFTP.")
        return cleaned


class FeeScheduleForm(TidyModelForm):
    class Meta:
        model = FeeSchedule
        fields = ("name", "payer", "effective_from", "effective_to", "source")
        labels = {"payer": "Agreed with"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].empty_label = "Nobody: the practice's own list"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("effective_from"), cleaned.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "The end lies before the start.")
        return cleaned


class FeesForm(TidyForm):
    """One amount per code of a schedule; an empty one takes the code off the list."""

    def __init__(self, *args: Any, schedule: FeeSchedule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule = schedule
        amounts = dict(schedule.fees.values_list("code_id", "amount"))
        for code in ProcedureCode.objects.filter(is_active=True):
            self.fields[code.code] = forms.DecimalField(
                label=str(code),
                max_digits=9,
                decimal_places=2,
                min_value=0,
                required=False,
                initial=amounts.get(code.code),
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )

    def save(self) -> None:
        for code in self.fields:
            amount = self.cleaned_data.get(code)
            if amount:
                Fee.objects.update_or_create(
                    schedule=self.schedule, code_id=code, defaults={"amount": amount}
                )
            else:
                Fee.objects.filter(schedule=self.schedule, code_id=code).delete()


class WhatIfForm(TidyForm):
    date_of_service = forms.DateField()
    discipline = forms.ChoiceField(choices=Discipline.choices)
    unit_rule = forms.ChoiceField(choices=[(rule.value, rule.label) for rule in UnitRule])
    payer = forms.ModelChoiceField(
        Payer.objects.filter(is_active=True), required=False, empty_label="Medicare's policy"
    )


class WhatIfService(TidyForm):
    code = forms.CharField(
        max_length=5,
        required=False,
        widget=forms.TextInput(attrs={"list": "codes", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(min_value=0, max_value=1440, required=False)
    assistant_minutes = forms.IntegerField(
        min_value=0, max_value=1440, required=False, label="Assistant alone"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("minutes") is not None and not cleaned.get("code"):
            self.add_error("code", "Which code?")
        if (cleaned.get("assistant_minutes") or 0) > (cleaned.get("minutes") or 0):
            self.add_error("assistant_minutes", "More than all the minutes.")
        return cleaned

    def as_service(self) -> dict[str, Any] | None:
        """The row as What-if takes it; None when it is empty."""
        if not self.cleaned_data.get("code"):
            return None
        return {
            "code": self.cleaned_data["code"].upper(),
            "minutes": self.cleaned_data["minutes"] or 0,
            "assistant_minutes": self.cleaned_data["assistant_minutes"] or 0,
        }


WhatIfServices = forms.formset_factory(WhatIfService, extra=6, max_num=12)
