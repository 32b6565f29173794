"""Forms that look and speak alike."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string

from people.models import Clinic
from web.forms import TidyForm, TidyModelForm


class Visit(TidyForm):
    who = forms.CharField(help_text="As on the card.")
    day = forms.DateField()
    at = forms.TimeField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    side = forms.ChoiceField(choices=[("l", "Left"), ("r", "Right")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False)
    fee = forms.DecimalField(required=False)
    words = forms.CharField(widget=forms.Textarea, required=False)
    more_words = forms.CharField(widget=forms.Textarea(attrs={"rows": 12}), required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def attributes(form, name):
    tag = re.search(r"<(?:input|select|textarea)[^>]*>", str(form[name])).group(0)
    return dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) | {
        flag: True for flag in ("autofocus", "required") if re.search(rf" {flag}(?![=\w-])", tag)
    }


def field(form, name, **context):
    return render_to_string("components/_field.html", {"field": form[name], **context})


@pytest.mark.parametrize(
    ("name", "dressed"),
    [
        ("who", "form-control"),
        ("day", "form-control"),
        ("kind", "form-select"),
        ("side", "form-check-input"),
        ("agreed", "form-check-input"),
        ("words", "form-control"),
    ],
)
def test_each_kind_of_field_is_dressed_for_what_it_is(name, dressed):
    assert attributes(Visit(), name)["class"] == dressed


def test_a_class_of_ones_own_is_kept_beside_it():
    class Own(TidyForm):
        who = forms.CharField(widget=forms.TextInput(attrs={"class": "mono"}))

    assert attributes(Own(), "who")["class"] == "mono form-control"


def test_days_and_times_use_the_devices_own_picker_with_iso_values():
    form = Visit(initial={"day": "2026-03-02", "at": "09:05"})

    assert (attributes(form, "day")["type"], attributes(form, "day")["value"]) == (
        "date",
        "2026-03-02",
    )
    assert (attributes(form, "at")["type"], attributes(form, "at")["value"]) == ("time", "09:05")


def test_a_text_area_starts_small_unless_its_form_says_otherwise():
    form = Visit()

    assert attributes(form, "words")["rows"] == "3"
    assert attributes(form, "more_words")["rows"] == "12"


def test_a_mistake_stands_beside_its_field_and_is_read_out_with_it():
    form = Visit({"who": "", "day": "2026-02-30", "kind": "a", "side": "l"})
    html = field(form, "day")

    assert attributes(form, "day")["aria-invalid"] == "true"
    assert attributes(form, "day")["aria-describedby"] == "id_day_error"
    assert attributes(form, "day")["class"] == "form-control is-invalid"
    assert 'id="id_day_error"' in html
    assert "Enter a valid date." in html


def test_help_and_mistake_are_both_read_out():
    form = Visit({"who": ""})

    assert attributes(form, "who")["aria-describedby"] == "id_who_helptext id_who_error"
    assert 'id="id_who_helptext"' in field(form, "who")


def test_only_the_first_field_that_failed_is_focused():
    form = Visit({"who": "Ada", "day": "", "kind": "z", "side": "l"})

    focused = [name for name in form.fields if attributes(form, name).get("autofocus")]

    assert focused == ["day"]


def test_the_focused_field_is_the_first_on_the_page_not_the_first_that_was_found_wrong():
    form = Visit({"who": "Ada", "day": "2026-03-09", "kind": "z", "side": "l"})
    form.add_error("day", "Nobody works that day.")

    assert list(form.errors) == ["kind", "day"]
    assert [name for name in form.fields if attributes(form, name).get("autofocus")] == ["day"]


def test_a_form_that_was_not_sent_yet_shows_no_mistakes():
    form = Visit()

    assert "aria-invalid" not in attributes(form, "who")
    assert "is-invalid" not in field(form, "who")


def test_every_field_has_a_label_of_its_own():
    form = Visit()

    for name in ("who", "day", "kind", "agreed", "words"):
        assert f'for="id_{name}"' in field(form, name)
    assert "<legend" in field(form, "side")
    assert field(form, "side").count("<label") == 2


def test_what_was_typed_comes_back_escaped():
    form = Visit({"who": '"><script>alert(1)</script>'})

    assert "<script>" not in field(form, "who")
    assert attributes(form, "who")["value"].startswith("&quot;&gt;&lt;script&gt;")


def test_a_hidden_field_brings_no_label():
    assert "<label" not in field(Visit(), "token")


def test_a_unit_stands_at_the_fields_side():
    html = field(Visit(), "fee", prefix="$")

    assert '<span class="input-group-text">$</span>' in html
    assert 'inputmode="decimal"' in html


@pytest.mark.django_db
def test_a_form_over_a_row_is_dressed_alike():
    class ClinicForm(TidyModelForm):
        class Meta:
            model = Clinic
            fields = ["name", "state"]

    form = ClinicForm({"name": "", "state": "OR"})

    assert attributes(form, "name")["class"] == "form-control is-invalid"
    assert attributes(form, "state")["class"] == "form-select"


def test_the_form_says_once_how_many_fields_need_a_look():
    form = Visit({"who": "Ada", "day": "", "kind": "z", "side": "l"})
    html = render_to_string("components/_form_errors.html", {"form": form})

    assert "2 fields need another look" in html
    assert 'role="alert"' in html
