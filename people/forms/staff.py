"""What the owner writes down about somebody who works here, and what the audit is searched by."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from people.forms.fields import NumberField
from people.forms.rows import RowForm
from people.models import Clinic, Role, Therapist, User
from people.staff import TREATING_ROLES
from web.forms import TidyForm

# National Uniform Claim Committee taxonomy codes of the credentials.
TAXONOMY_OF = {
    Therapist.Credential.PT: "225100000X",
    Therapist.Credential.OT: "225X00000X",
    Therapist.Credential.SLP: "235Z00000X",
    Therapist.Credential.PTA: "225200000X",
    Therapist.Credential.OTA: "224Z00000X",
    **dict.fromkeys(Therapist.STUDENTS, "390200000X"),
}


class AccountForm(RowForm):
    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, label="Roles"
    )
    clinics = forms.ModelMultipleChoiceField(
        Clinic.objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Whose patients and appointments this person sees. Owners, billers and auditors "
        "see every clinic.",
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "roles", "clinics")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True
        self.fields["email"].help_text = "They log in with it."

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        sees_all = {Role.OWNER, Role.AUDITOR, Role.BILLER} & set(values.get("roles", []))
        if "roles" in values and not sees_all and not values.get("clinics"):
            self.add_error("clinics", "Choose at least one clinic, or nothing is to be seen.")
        return values

    @property
    def treats(self) -> bool:
        """Whether the roles chosen want a licence on file."""
        chosen = self.cleaned_data.get("roles", []) if self.is_bound else self["roles"].value()
        return not set(TREATING_ROLES).isdisjoint(chosen or [])


class TherapistForm(RowForm):
    """The licence of somebody who treats; `roles` are those chosen beside it."""

    prefix = "therapist"
    use_required_attribute = False  # the section may be folded away

    class Meta:
        model = Therapist
        fields = (
            "credential",
            "npi",
            "taxonomy",
            "licence_number",
            "licence_state",
            "licence_expires_on",
            "school",
            "placement_ends_on",
            "supervisor",
        )
        field_classes = {"npi": NumberField}
        labels = {
            "licence_number": "License number",
            "licence_state": "License state",
            "licence_expires_on": "License expires on",
            "placement_ends_on": "Placement ends on",
        }
        help_texts = {
            "npi": "Their own, as the rendering provider. Assistants and students need none.",
            "taxonomy": "Left empty, the credential's own code is taken.",
            "supervisor": "For assistants and students: a therapist of their discipline.",
            "school": "For students.",
            "placement_ends_on": "For students, in place of a license.",
        }

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        self.roles = roles
        super().__init__(*args, **kwargs)
        self.choice("supervisor").queryset = (
            Therapist.objects.filter(is_active=True)
            .exclude(credential__in=Therapist.SUPERVISED)
            .exclude(pk=self.instance.pk)
            .select_related("user")
        )
        self.choice("supervisor").empty_label = "Nobody"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        credential = values.get("credential")
        if not credential:
            return values
        needed = _role_of(credential)
        if needed not in self.roles:
            self.add_error("credential", f"A {credential} works here as {needed.label.lower()}.")
        if not values.get("taxonomy"):
            values["taxonomy"] = TAXONOMY_OF.get(Therapist.Credential(credential), "")
        return values

    def clean_taxonomy(self) -> str:
        return str(self.cleaned_data["taxonomy"]).upper()


def _role_of(credential: str) -> Role:
    if credential in Therapist.STUDENTS:
        return Role.STUDENT
    return Role.ASSISTANT if credential in Therapist.ASSISTANTS else Role.THERAPIST


class AuditFilterForm(TidyForm):
    """Sent by POST, so that no MRN stands in an address."""

    person = forms.ModelChoiceField(User.objects.all(), required=False, empty_label="Everybody")
    mrn = forms.CharField(label="Patient's MRN", max_length=12, required=False)
    action = forms.ChoiceField(required=False)
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False)

    def __init__(self, *args: Any, actions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = cast("forms.ChoiceField", self.fields["action"])
        action.choices = [("", "Everything"), *actions]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the first day.")
        return values
