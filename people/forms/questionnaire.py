"""The steps of the intake questionnaire: short, in plain words, kept as they were answered."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateformat import format as date_format

from people import pictures
from people.forms.fields import PhoneField, PostalCodeField
from people.models import CardPhoto, Patient
from people.models.patient import Sex
from people.pictures import Photo
from people.validators import STATE_CHOICES, validate_phone, validate_postal_code
from web.forms import TidyForm
from web.templatetags.pt import phone

CONDITIONS = [
    ("heart", "Heart disease or a pacemaker"),
    ("blood_pressure", "High blood pressure"),
    ("diabetes", "Diabetes"),
    ("stroke", "Stroke or TIA"),
    ("seizures", "Seizures"),
    ("cancer", "Cancer, now or before"),
    ("lungs", "Asthma or another lung disease"),
    ("bones", "Osteoporosis or a broken bone"),
    ("joints", "Arthritis or a joint replacement"),
    ("dizziness", "Dizziness or fainting"),
    ("clots", "Blood clots, or medicine that thins the blood"),
    ("pregnant", "Pregnancy"),
]
FALLS = [("0", "None"), ("1", "One"), ("2", "Two or more"), ("injury", "One with an injury")]
TEXT = {"rows": 3}
HOLDERS = [
    ("18", "I hold the policy myself"),
    ("01", "The husband, wife or partner of who holds it"),
    ("19", "A child of who holds it"),
    ("G8", "Somebody else"),
]
# What the browser may offer to fill in, for people who type with difficulty (WCAG 2.2, 1.3.5).
PURPOSES = {
    "first_name": "given-name",
    "middle_name": "additional-name",
    "last_name": "family-name",
    "preferred_name": "nickname",
    "birth_date": "bday",
    "mobile_phone": "tel",
    "home_phone": "home tel",
    "email": "email",
    "line1": "address-line1",
    "line2": "address-line2",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
}


def _text(label: str, help_text: str = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs=TEXT),
    )


class Step(TidyForm):
    """One page of the questionnaire. `answers` is what is kept of it."""

    name: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PURPOSES.keys() & self.fields.keys():
            self.fields[name].widget.attrs["autocomplete"] = PURPOSES[name]

    def answers(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in self.cleaned_data.items()
            if name in self.fields and not isinstance(self.fields[name], forms.FileField)
        }


class WhoStep(Step):
    name, title = "who", "About you"
    lead = "As it stands on your insurance card or your passport."

    first_name = forms.CharField(max_length=35)
    middle_name = forms.CharField(max_length=25, required=False)
    last_name = forms.CharField(max_length=60)
    preferred_name = forms.CharField(label="What may we call you?", max_length=35, required=False)
    pronouns = forms.CharField(max_length=30, required=False)
    birth_date = forms.DateField(label="Date of birth")
    sex = forms.ChoiceField(label="Sex on your insurance", choices=[("", "Choose"), *Sex.choices])

    def clean_birth_date(self) -> dt.date:
        born: dt.date = self.cleaned_data["birth_date"]
        if not dt.date(1890, 1, 1) <= born <= timezone.localdate():
            raise ValidationError("Check the year of this date.")
        return born


class ContactStep(Step):
    name, title = "contact", "How we reach you"

    mobile_phone = PhoneField(required=False, validators=[validate_phone])
    home_phone = PhoneField(required=False, validators=[validate_phone])
    email = forms.EmailField(label="E-mail", required=False)
    line1 = forms.CharField(label="Street", max_length=55)
    line2 = forms.CharField(label="Suite or unit", max_length=55, required=False)
    city = forms.CharField(max_length=30)
    state = forms.ChoiceField(choices=[("", "Choose"), *STATE_CHOICES])
    postal_code = PostalCodeField(label="ZIP code", validators=[validate_postal_code])
    emergency_name = forms.CharField(
        label="Whom do we call in an emergency?", max_length=80, required=False
    )
    emergency_phone = PhoneField(label="Their phone", required=False, validators=[validate_phone])
    emergency_relation = forms.CharField(
        label="Who are they to you?", max_length=40, required=False
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        reached = {"mobile_phone", "home_phone", "email"}
        if not any(values.get(name) for name in reached) and not reached & set(self.errors):
            self.add_error("mobile_phone", "Give us one number or an e-mail address.")
        return values


class InsuranceStep(Step):
    name, title = "insurance", "Your insurance"
    lead = "Leave it empty if you pay yourself. Photos of the card save you typing."

    payer_name = forms.CharField(label="Insurance company", max_length=60, required=False)
    member_id = forms.CharField(label="Member ID", max_length=40, required=False)
    group_number = forms.CharField(max_length=40, required=False)
    relation = forms.ChoiceField(label="You are", choices=HOLDERS, initial="18", required=False)
    subscriber_first_name = forms.CharField(
        label="First name of who holds the policy", max_length=35, required=False
    )
    subscriber_last_name = forms.CharField(
        label="Last name of who holds the policy", max_length=60, required=False
    )
    subscriber_birth_date = forms.DateField(label="Their date of birth", required=False)
    front = forms.FileField(label="Card, front", required=False)
    back = forms.FileField(label="Card, back", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in CardPhoto.Side.values:
            # Told so, a telephone that stores HEIC hands over a JPEG.
            self.fields[side].widget.attrs |= {"accept": "image/jpeg,image/png"}

    def _photo(self, side: str) -> Photo | None:
        file = self.cleaned_data.get(side)
        if file is None:
            return None
        if file.size > pictures.LARGEST_PHOTO:
            raise ValidationError("This picture is larger than 10 MB. Take it in a smaller size.")
        return pictures.photo(file.read())

    def clean_front(self) -> Photo | None:
        return self._photo("front")

    def clean_back(self) -> Photo | None:
        return self._photo("back")

    def photos(self) -> dict[str, Photo]:
        """What was photographed this time, by side."""
        sides = {side: self.cleaned_data.get(side) for side in CardPhoto.Side.values}
        return {side: photo for side, photo in sides.items() if photo is not None}


class HealthStep(Step):
    name, title = "health", "Your health"
    lead = "Your therapist reads this before the first visit."

    conditions = forms.MultipleChoiceField(
        label="Do you have, or did you ever have",
        choices=CONDITIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    medications = _text("Medicines you take", "Name and how much; “none” is an answer too.")
    allergies = _text("Allergies")
    surgeries = _text("Operations and hospital stays", "What, and in which year.")
    falls = forms.ChoiceField(
        label="Falls in the last 12 months", choices=FALLS, widget=forms.RadioSelect
    )
    pain = forms.IntegerField(
        label="Pain today, from 0 (none) to 10 (the worst)",
        min_value=0,
        max_value=10,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    precautions = _text("What should we be careful with?")


class GoalsStep(Step):
    name, title = "goals", "What you want to get back to"

    reason = _text("What brings you to us?", required=True)
    goals = _text("What do you want to be able to do again?", "In your own words.", required=True)


STEPS: tuple[type[Step], ...] = (WhoStep, ContactStep, InsuranceStep, HealthStep, GoalsStep)
LABELS = {
    "conditions": dict(CONDITIONS),
    "falls": dict(FALLS),
    "sex": dict(Sex.choices),
    "relation": dict(HOLDERS),
}


def in_words(step: type[Step], answers: dict[str, Any]) -> list[tuple[str, str]]:
    """The answers of a step as a reader meets them: the question, and what was answered."""
    found = []
    for name, field in step.base_fields.items():
        value = answers.get(name)
        if value in (None, "", []) or isinstance(field, forms.FileField):
            continue
        given = value if isinstance(value, list) else [value]
        label = field.label or name.replace("_", " ").capitalize()
        found.append((str(label), "; ".join(_as_read(name, field, one) for one in given)))
    return found


def _as_read(name: str, field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.DateField):
        return date_format(dt.date.fromisoformat(value), "F j, Y")
    if isinstance(field, PhoneField):
        return phone(value)
    return str(LABELS.get(name, {}).get(value, value))


class InviteForm(TidyForm):
    until = forms.DateField(label="The link works until")

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        self.zone = patient.clinic.zone
        self.today = timezone.localdate(timezone=self.zone)
        kwargs.setdefault("initial", {"until": self.today + dt.timedelta(days=14)})
        super().__init__(*args, **kwargs)

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        if not self.today <= day <= self.today + dt.timedelta(days=90):
            raise ValidationError("Choose a day in the next 90 days.")
        return day

    def moment(self) -> dt.datetime:
        """The end of that day at the clinic."""
        following = self.cleaned_data["until"] + dt.timedelta(days=1)
        return dt.datetime.combine(following, dt.time(), self.zone)
