"""What is asked of a document: its kind, what to call it, what it belongs to, why it is removed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documentation import attaching
from documentation.models import Attachment, Episode, PlanOfCare, Visit
from people.access import READS_CHARTS
from people.models import Patient, User
from web.forms import TidyForm

SHOWN_VISITS = 30
LONGEST_REASON = 200
ACCEPTED = "application/pdf,image/jpeg,image/png,image/webp,image/tiff"
OWNERS: dict[str, Any] = {"case": Episode, "plan": PlanOfCare, "visit": Visit}

Owner = Episode | PlanOfCare | Visit


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.Field):
    """Files as they came; each is looked at on its own, so that one bad one stops no other."""

    widget = SeveralFilesInput(attrs={"accept": ACCEPTED, "multiple": True})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class OfPatientForm(TidyForm):
    """Offers what a document may belong to: the patient's cases, plans of care and last visits, to
    those who read charts."""

    kind = forms.ChoiceField(choices=[("", "Choose"), *Attachment.Kind.choices])
    title = forms.CharField(max_length=120, required=False)
    of = forms.ChoiceField(label="Belongs to", required=False)

    def __init__(self, *args: Any, patient: Patient, by: User, also: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.patient, self.by = patient, by
        if by.has_role(*READS_CHARTS):
            self._offer(also)
        else:
            del self.fields["of"]

    def _offer(self, also: str) -> None:
        choices = owners_of(self.patient, by=self.by)
        if also and also not in dict(choices):
            row = owner_named(also, patient=self.patient, by=self.by)
            choices += [(also, in_words(row))] if row is not None else []
        field = self.fields["of"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "The whole chart"), *choices]

    @property
    def owner(self) -> Owner | None:
        return owner_named(self.cleaned_data.get("of", ""), patient=self.patient, by=self.by)


class UploadForm(OfPatientForm):
    documents = SeveralFilesField(
        label="Files",
        required=False,
        help_text="PDF or pictures (JPEG, PNG, WebP, TIFF).",
    )
    field_order = ("documents", "kind", "title", "of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].help_text = "Empty: the name of the file."


class ChangeForm(OfPatientForm):
    """What a document is, once more."""

    field_order = ("title", "kind", "of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = True

    def values(self) -> dict[str, Any]:
        """For `attaching.change`."""
        found = {name: self.cleaned_data[name] for name in ("kind", "title")}
        if "of" in self.fields:
            found |= attaching.owner_of(self.patient, self.owner)
        return found


class RemoveForm(TidyForm):
    reason = forms.CharField(
        label="Why it is removed",
        max_length=LONGEST_REASON,
        help_text="The owner and auditors still see the document, with your name and this.",
    )


def owners_of(patient: Patient, *, by: User) -> list[tuple[str, str]]:
    """What a document may belong to, the newest first, each with its name in the address."""
    same = Patient.objects.same_person(patient.pk)
    cases = list(Episode.objects.visible_to(by).filter(patient__in=same).prefetch_related("plans"))
    visits = Visit.objects.visible_to(by).filter(patient__in=same)
    return [
        *((name_of(case), in_words(case)) for case in cases),
        *((name_of(plan), in_words(plan)) for case in cases for plan in case.plans.all()),
        *((name_of(visit), in_words(visit)) for visit in visits[:SHOWN_VISITS]),
    ]


def name_of(row: Owner) -> str:
    """case-12, plan-3, visit-40"""
    word = next(word for word, model in OWNERS.items() if isinstance(row, model))
    return f"{word}-{row.pk}"


def owner_named(name: str, *, patient: Patient, by: User) -> Owner | None:
    """The row of that name, if it is this patient's and theirs to see."""
    word, _, number = name.partition("-")
    model = OWNERS.get(word)
    if model is None or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    row: Owner | None = model.objects.visible_to(by).filter(pk=int(number)).first()
    try:
        attaching.owner_of(patient, row)
    except ValidationError:
        return None
    return row


def in_words(row: Owner) -> str:
    if isinstance(row, Episode):
        return f"Case: {row.title}"
    if isinstance(row, PlanOfCare):
        return f"Plan of care from {_day(row.starts_on)}"
    return f"Visit of {_day(row.date_of_service)}"


def _day(day: Any) -> str:
    return f"{day:%b} {day.day}, {day.year}"
