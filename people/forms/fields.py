"""Fields that take a value the way people write it and give it back the way it is stored."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people.validators import phone_as_stored
from web.templatetags.pt import phone as phone_as_read


class _FreelyTyped(forms.CharField):
    """The stored value is shorter than what may be typed, so the browser must not cut it off."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class PhoneField(_FreelyTyped):
    """(503) 555-0142 on the page, +15035550142 in the row."""

    widget = forms.TelInput

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        if len(typed) > 40:
            raise ValidationError("Write a telephone number such as 503 555 0142.", code="phone")
        return phone_as_stored(typed)

    def prepare_value(self, value: Any) -> Any:
        return phone_as_read(value) if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class NumberField(_FreelyTyped):
    """An NPI or EIN: blanks and dashes between the digits are how people read it, no more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s-]", "", super().to_python(value) or "")


class PostalCodeField(_FreelyTyped):
    """972010001 and 97201 0001 are stored as 97201-0001."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        plus_four = re.fullmatch(r"(\d{5})[\s-]?(\d{4})", typed, re.ASCII)
        return f"{plus_four[1]}-{plus_four[2]}" if plus_four else typed


class CodesField(forms.CharField):
    """Procedure codes with commas or blanks between them, as a list without repetition."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        codes = re.split(r"[\s,;]+", (super().to_python(value) or "").upper())
        return list(dict.fromkeys(code for code in codes if code))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > 50:
            raise ValidationError("Write at most 50 codes.", code="too_many")
        for code in value:
            if not re.fullmatch(r"[0-9A-Z]\d{3}[0-9A-Z]", code, re.ASCII):
                raise ValidationError(
                    f"{code[:12]!r} is no procedure code: write codes such as 97112, 97110.",
                    code="code",
                )

    def run_validators(self, value: Any) -> None:
        """The text's own checks do not fit a list; `validate` has looked at each code."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


ADDRESS_FIELDS = {"postal_code": PostalCodeField}
EMPTY_CHOICE = "—"
