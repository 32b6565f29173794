"""What a biller types from a payer's answer: the heading, each line, and every adjustment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from billing.adjudications import Heading, forwards_by_policy
from billing.earlier_payers import decided_of, standing
from billing.models import Adjudication, Adjustment, Claim, ClaimLine
from billing.rules.balance import (
    Adjusted,
    Decided,
    DecidedLine,
    imbalances,
    paid_for_claim,
)
from billing.x12.patterns import ADJUSTMENT_REASON, has_form
from web.forms import TidyForm

BY_LINE, AS_A_WHOLE = "lines", "whole"
MOST_ADJUSTMENTS = 30  # six in each of five CAS segments
MOST_REMARKS = 5
OPEN_ROWS = 2


def _amount(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **options,
    )


class RemarksField(forms.CharField):
    """Remark codes parted by blanks or commas."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        codes = list(dict.fromkeys(super().clean(value).replace(",", " ").upper().split()))
        strange = [code for code in codes if not re.fullmatch("[A-Z0-9]{2,5}", code)]
        if strange:
            raise ValidationError(f"{', '.join(strange)} is no remark code: MA01, N130 …")
        if len(codes) > MOST_REMARKS:
            raise ValidationError(f"A claim carries {MOST_REMARKS} remark codes at most.")
        return codes


class HeadingForm(TidyForm):
    source = forms.ChoiceField(
        label="Read from",
        choices=[
            choice
            for choice in Adjudication.Source.choices
            if choice[0] != Adjudication.Source.REMITTANCE
        ],
    )
    decided_on = forms.DateField(label="Decided on", help_text="The date of the EOB.")
    outcome = forms.ChoiceField(label="What came of it", choices=Adjudication.Outcome.choices)
    payer_control_number = forms.CharField(
        max_length=50,
        required=False,
        label="The payer's number of the claim",
        help_text="Named again wherever the claim is spoken of.",
    )
    remark_codes = RemarksField(
        required=False, label="Remark codes of the claim", help_text="As printed: MA01 N130"
    )
    forwarded = forms.BooleanField(
        required=False, label="The payer sent it on to the next payer itself"
    )
    level = forms.ChoiceField(
        label="The amounts are given",
        choices=[(BY_LINE, "Line by line"), (AS_A_WHOLE, "For the claim as a whole")],
        widget=forms.RadioSelect,
    )
    paid = _amount(min_value=0, required=False, label="Paid for the claim")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        whole = cleaned.get("level") == AS_A_WHOLE
        if whole and cleaned.get("paid") is None and "paid" not in self.errors:
            self.add_error("paid", "How much? 0 where nothing was paid.")
        return cleaned


class LineForm(TidyForm):
    paid = _amount(min_value=0, required=False, label="Paid")
    units = forms.IntegerField(min_value=0, max_value=9999, required=False, label="Units paid")


class AdjustmentForm(TidyForm):
    """A row that holds nothing is no row, whatever group it names."""

    group = forms.ChoiceField(choices=Adjustment.Group.choices, label="Group")
    reason = forms.CharField(
        max_length=5,
        label="Reason",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = _amount(label="Amount")
    quantity = forms.IntegerField(min_value=1, required=False, label="Quantity")

    def has_changed(self) -> bool:
        typed = ("reason", "amount", "quantity")
        return any((self.data.get(self.add_prefix(name)) or "").strip() for name in typed)

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].upper()
        if not has_form(ADJUSTMENT_REASON, reason):
            raise ValidationError("A code: 45, 253, B7 …")
        return reason

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise ValidationError("Leave the row empty where nothing was adjusted.")
        return amount


class AdjustmentRows(forms.BaseFormSet):
    def add_fields(self, form: AdjustmentForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        form.use_required_attribute = False
        form.fields["group"].initial = "PR" if (index or 0) % 2 else "CO"

    def adjusted(self) -> tuple[Adjusted, ...]:
        return tuple(
            Adjusted(
                form.cleaned_data["group"],
                form.cleaned_data["reason"],
                form.cleaned_data["amount"],
                form.cleaned_data["quantity"],
            )
            for form in self.forms
            if form.has_changed()
        )


Adjustments = forms.formset_factory(
    AdjustmentForm,
    formset=AdjustmentRows,
    extra=OPEN_ROWS,
    max_num=MOST_ADJUSTMENTS,
    validate_max=True,
)


@dataclass
class LineInput:
    """One line of the claim, what was paid for it and how it was adjusted."""

    line: ClaimLine
    form: LineForm
    adjustments: AdjustmentRows
    problem: str = ""


class AdjudicationInput:
    """The whole page: heading, lines, adjustments. Filled with the decision that stands."""

    def __init__(self, claim: Claim, data: QueryDict | None = None) -> None:
        self.claim = claim
        self.problem = ""
        self.has_errors = False
        before = standing(claim)
        known = decided_of(before) if before is not None else None
        self.heading = HeadingForm(data, initial=_heading_of(claim, before))
        self.whole = _rows(data, "whole", known.adjustments if known else ())
        told = {line.number: line for line in known.lines} if known else {}
        self.lines = [
            LineInput(
                line,
                LineForm(
                    data,
                    prefix=f"line-{line.number}",
                    initial=_line_of(line, told.get(line.number)),
                ),
                _rows(
                    data,
                    f"line-{line.number}-adjustment",
                    told[line.number].adjustments if line.number in told else (),
                ),
            )
            for line in claim.lines.select_related("code").order_by("number")
        ]
        self.decided: Decided | None = None

    def is_valid(self) -> bool:
        """Whether all of it holds and the sums meet; what does not stands beside its field."""
        self.has_errors = not (self._holds() and self._balances())
        return not self.has_errors

    def _holds(self) -> bool:
        parts: list[forms.BaseForm | forms.BaseFormSet] = [self.heading, self.whole]
        if self.by_line:
            for each in self.lines:
                parts += [each.form, each.adjustments]
        valid = not [part for part in parts if not part.is_valid()]  # each says what is wrong
        if self.by_line:
            for each in self.lines:
                if each.form.is_valid() and each.form.cleaned_data["paid"] is None:
                    each.form.add_error("paid", "How much? 0 where nothing was paid.")
                    valid = False
        return valid

    def _balances(self) -> bool:
        self.decided = self._read()
        found = imbalances(self.decided)
        problems = {each.line: each.message for each in found}
        self.problem = problems.get(None, "")
        for line in self.lines:
            line.problem = problems.get(line.line.number, "")
        return not found

    @property
    def by_line(self) -> bool:
        return self.heading["level"].value() != AS_A_WHOLE

    def _read(self) -> Decided:
        whole = self.whole.adjusted()
        if not self.by_line:
            paid = self.heading.cleaned_data["paid"]
            return Decided(self.claim.total, paid, (), whole)
        lines = tuple(
            DecidedLine(
                number=each.line.number,
                code=each.line.code_id,
                charge=each.line.charge,
                paid=each.form.cleaned_data["paid"],
                units=_units(each),
                modifiers=tuple(each.line.modifiers),
                adjustments=each.adjustments.adjusted(),
            )
            for each in self.lines
        )
        return Decided(self.claim.total, paid_for_claim(lines, whole), lines, whole)

    def as_heading(self) -> Heading:
        cleaned = self.heading.cleaned_data
        return Heading(
            decided_on=cleaned["decided_on"],
            source=cleaned["source"],
            outcome=cleaned["outcome"],
            payer_control_number=cleaned["payer_control_number"],
            remark_codes=tuple(cleaned["remark_codes"]),
            forwarded=cleaned["forwarded"],
        )


def _units(each: LineInput) -> int:
    units: int | None = each.form.cleaned_data["units"]
    return each.line.units if units is None else units


def _heading_of(claim: Claim, before: Adjudication | None) -> dict[str, Any]:
    if before is None:
        return {
            "level": BY_LINE,
            "payer_control_number": claim.payer_control_number,
            "forwarded": forwards_by_policy(claim),
        }
    by_line = before.lines.exists()
    return {
        "source": before.source,
        "decided_on": before.decided_on,
        "outcome": before.outcome,
        "payer_control_number": before.payer_control_number,
        "remark_codes": before.remark_codes,
        "forwarded": before.forwarded,
        "level": BY_LINE if by_line else AS_A_WHOLE,
        "paid": None if by_line else before.paid,
    }


def _line_of(line: ClaimLine, told: DecidedLine | None) -> dict[str, Any]:
    return {"paid": told.paid if told else None, "units": told.units if told else line.units}


def _rows(data: QueryDict | None, prefix: str, known: tuple[Adjusted, ...]) -> AdjustmentRows:
    rows = Adjustments(
        data,
        prefix=prefix,
        initial=[
            {
                "group": each.group,
                "reason": each.reason,
                "amount": each.amount,
                "quantity": each.quantity,
            }
            for each in known
        ],
    )
    assert isinstance(rows, AdjustmentRows)
    return rows
