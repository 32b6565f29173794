"""Forms that look and speak alike: Tabler's classes, native date fields, the first mistake focused.

Templates render each field with `components/_field.html`; nothing is styled by hand.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.forms import renderers, widgets
from django.forms.boundfield import BoundField

# A browser's own picker wants ISO values, whatever the locale writes.
ISO_FORMATS: dict[type[forms.Widget], tuple[str, str]] = {
    widgets.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    widgets.DateInput: ("date", "%Y-%m-%d"),
    widgets.TimeInput: ("time", "%H:%M"),
}


def css_class_of(widget: forms.Widget) -> str:
    """The class that dresses a widget; none for what carries no box of its own."""
    if isinstance(widget, widgets.CheckboxInput | widgets.RadioSelect):
        return "form-check-input"
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, widgets.Select):
        return "form-select"
    if isinstance(widget, widgets.HiddenInput | widgets.MultiWidget):
        return ""
    return "form-control"


def kind_of(widget: forms.Widget) -> str:
    """How `_field.html` lays a widget out: "hidden", "check", "group" or "box"."""
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "group"
    return "box"


class TidyBoundField(BoundField):
    """Knows at render time whether it failed, and whether it is the first that did."""

    @property
    def kind(self) -> str:
        return kind_of(self.field.widget)

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        classes = [attrs.get("class") or widget.attrs.get("class", ""), css_class_of(widget)]
        if self.errors:
            classes.append("is-invalid")
            # The first as the page shows them, not as they were found.
            if self.name == next(name for name in self.form.fields if name in self.form.errors):
                attrs["autofocus"] = True
        if dressed := " ".join(dict.fromkeys(" ".join(classes).split())):
            attrs["class"] = dressed
        return attrs


class HouseRenderer(renderers.TemplatesSetting):
    """Dresses every form, those of the log-in package too (settings: FORM_RENDERER)."""

    bound_field_class = TidyBoundField


class _Tidy:
    bound_field_class = TidyBoundField
    fields: ClassVar[dict[str, forms.Field]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget: Any = field.widget
            for widget_type, (input_type, iso_format) in ISO_FORMATS.items():
                if type(widget) is widget_type:
                    vars(widget).update(input_type=input_type, format=iso_format)
            if isinstance(field.widget, widgets.Textarea) and field.widget.attrs["rows"] == "10":
                field.widget.attrs["rows"] = "3"  # it grows with what is typed
            if isinstance(field, forms.DecimalField):
                field.widget.attrs.setdefault("inputmode", "decimal")


class TidyForm(_Tidy, forms.Form):  # type: ignore[misc]
    """A form of the house."""


class TidyModelForm(_Tidy, forms.ModelForm):  # type: ignore[misc]
    """A form of the house over one row."""
