"""What people write down about a case, and what a signature asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from documentation import cases, icd
from documentation.amending import LONGEST_REASON
from documentation.measure_forms import series_choices
from documentation.models import Attachment, Episode, Goal, LeadTimes, PlanOfCare
from documentation.rules import measures
from documentation.signing import LONGEST_ADDENDUM
from people.forms.rows import RowForm
from people.models import Patient, ReferringProvider, Therapist, User
from web.forms import TidyForm

ARRANGE = "arrange"  # the button's name; its value says what to do: "add I69.354", "up I69.354" …


class DocumentField(forms.ModelChoiceField):
    def label_from_instance(self, row: Attachment) -> str:
        return f"{row.title} ({row.get_kind_display()})"


class EpisodeForm(RowForm):
    """A case. Its diagnoses stand beside the fields, in the order of `diagnoses`."""

    class Meta:
        model = Episode
        fields = (
            "title",
            "discipline",
            "clinic",
            "therapist",
            "started_on",
            "onset_on",
            "referring_provider",
            "order_signed_on",
            "order_document",
            "precautions",
            "accident",
            "accident_on",
            "accident_state",
            "discharged_on",
        )
        field_classes = {"order_document": DocumentField}
        labels = {
            "title": "What the case is about",
            "therapist": "Responsible therapist",
            "order_document": "The signed order",
            "accident": "Related to an accident",
            "accident_on": "Day of the accident",
            "accident_state": "State of the accident",
            "discharged_on": "Discharged on",
        }
        widgets = {"precautions": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, patient: Patient, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.patient = patient
        case = self.instance
        self._offer(
            "clinic",
            by.visible_clinics().filter(
                Q(is_active=True) | Q(pk=patient.clinic_id) | Q(pk=case.clinic_id)
            ),
        )
        self._offer(
            "therapist",
            Therapist.objects.select_related("user").filter(
                Q(is_active=True) & ~Q(credential__in=Therapist.SUPERVISED)
                | Q(pk=case.therapist_id)
            ),
        )
        self._offer(
            "referring_provider",
            ReferringProvider.objects.filter(Q(is_active=True) | Q(pk=case.referring_provider_id)),
        )
        self._offer("order_document", orders_of(patient, case))
        accident = self.fields["accident"]
        assert isinstance(accident, forms.ChoiceField)
        accident.choices = Episode.Accident.choices
        self.diagnosis_problems: list[str] = []

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kept = list(self.instance.diagnoses.all()) if self.instance.pk else []
        assert isinstance(self.data, QueryDict)
        try:
            cases.checked_diagnoses(self.data.getlist("diagnoses"), kept=kept)
        except ValidationError as error:
            self.diagnosis_problems = error.message_dict["diagnoses"]
            raise ValidationError("Look over the diagnoses.") from None
        return cleaned


def orders_of(patient: Patient, case: Episode) -> QuerySet[Attachment]:
    """The papers on the patient's chart that may be the signed order of the case."""
    return Attachment.objects.filter(
        Q(kind__in=Attachment.ORDERS) | Q(pk=case.order_document_id),
        patient__in=Patient.objects.same_person(patient.pk),
        removed_at=None,
    )


class GoalForm(RowForm):
    class Meta:
        model = Goal
        fields = (
            "text",
            "series",
            "baseline_value",
            "target_value",
            "measure",
            "baseline",
            "target",
            "due_on",
            "met_on",
        )
        labels = {
            "text": "What the patient shall be able to do",
            "baseline_value": "Baseline, a number",
            "target_value": "Target, a number",
            "measure": "Measured by",
            "due_on": "By when",
            "met_on": "Met on",
        }
        help_texts = {
            "text": "Something a reviewer can check: a task, a place, an amount.",
            "measure": "Strength, range of motion, a task …",
        }

    series = forms.ChoiceField(
        label="Outcome measure",
        required=False,
        help_text="A linked goal shows its progress by itself.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["series"]
        which.choices = [("", "None: in own words"), *series_choices()]
        self.series_keys = " ".join(measures.all_series())


class PlanForm(RowForm):
    class Meta:
        model = PlanOfCare
        fields = (
            "starts_on",
            "frequency_per_week",
            "duration_weeks",
            "amount_per_day",
            "interventions",
            "sent_on",
            "sent_proof",
            "verbal_on",
            "verbal_by",
            "signed_on",
            "signed_by_name",
            "signed_proof",
            "delay_reason",
        )
        labels = {
            "starts_on": "Starts on",
            "frequency_per_week": "Visits a week",
            "duration_weeks": "Weeks",
            "interventions": "Treatment",
            "sent_on": "Sent to the referring provider on",
            "sent_proof": "What shows that it arrived",
            "verbal_on": "Ordered by word of mouth on",
            "verbal_by": "Ordered by",
            "signed_on": "Signed by the referring provider on",
            "signed_by_name": "Signed by",
            "signed_proof": "Where the signature is kept",
            "delay_reason": "Why it was certified late",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.signed_on is not None:
            for name in cases.SIGNED_UNDER:
                self.fields[name].disabled = True


class SignForm(TidyForm):
    """The signature: the signer's own password, once more."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    as_read = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    takes_over = forms.BooleanField(required=False, label="I sign in their place")
    supervised = forms.BooleanField(
        required=False,
        label="I was in the room throughout, directed the service, made the skilled judgments, "
        "and treated nobody else meanwhile",
        help_text="Medicare pays for a student's visit only if all of this is so "
        "(CMS Pub. 100-02, ch. 15, § 230 B).",
    )

    def __init__(
        self, *args: Any, can_take_over: bool = False, attests: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not can_take_over:
            del self.fields["takes_over"]
        if not attests:
            del self.fields["supervised"]


class AddendumForm(TidyForm):
    text = forms.CharField(
        label="Addendum",
        max_length=LONGEST_ADDENDUM,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands below the note with your name and the time, and cannot be changed.",
    )


class AmendForm(TidyForm):
    """Why a signed note is opened again."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands in the new version, for everybody who reads it.",
    )
    takes_over = forms.BooleanField(required=False, label="I do it in their place")

    def __init__(self, *args: Any, can_take_over: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_take_over:
            del self.fields["takes_over"]


class FindDiagnosisForm(forms.Form):
    """What is typed into the search box, and the codes chosen so far."""

    find = forms.CharField(required=False, max_length=200)


def arranged(codes: list[str], act: str) -> list[str]:
    """The chosen codes after one press of a button: "add", "remove", "up" or "down" and a code."""
    word, _, code = act.partition(" ")
    code = icd.tidy(code)
    codes = [icd.tidy(each) for each in codes]
    if word == "add" and code and code not in codes:
        return [*codes, code]
    if code not in codes:
        return codes
    place = codes.index(code)
    if word == "remove":
        return codes[:place] + codes[place + 1 :]
    to = place + {"up": -1, "down": 1}.get(word, 0)
    if 0 <= to < len(codes):
        codes[place], codes[to] = codes[to], codes[place]
    return codes


class LeadTimesForm(RowForm):
    """How far ahead the practice wants to hear of what falls due."""

    class Meta:
        model = LeadTimes
        fields = ("report_visits", "renewal_days", "license_days")
