"""The forms that book, move and cancel: wall-clock input in, clean values for the verbs out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from people import search
from people.access import DESK
from people.models import Clinic, Patient, Therapist, User
from scheduling import availability, budget, slots
from scheduling.booking import KEEP
from scheduling.facts import NotBookable
from scheduling.fitness import REASON_LENGTH
from scheduling.forms.newcomer import NewcomerForm, read_from
from scheduling.forms.patients import MOST_MATCHES, PatientLookup
from scheduling.models import LONGEST, Appointment, AppointmentType, Equipment, Room, WaitListEntry
from web.forms import TidyForm
from web.templatetags.pt import clock

OVER_BUDGET_REASONS = (
    "More visits have been asked for",
    "The patient pays for this visit",
    "The payer approved by telephone",
)
NEW, ASK_FOR_NEW, NOT_NEW = "yes", "ask", "no"  # what the form's `new` says
NEW_FOR_SURE = "sure"  # the desk has seen who looks alike, and it is none of them
LONGEST_MINUTES = int(LONGEST.total_seconds() // 60)
REASONS = ("Ill", "Called off by the patient", "Called off by the clinic", "Weather", "Transport")


def minutes_field(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=5,
        max_value=LONGEST_MINUTES,
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric"}),
        error_messages={
            "min_value": "An appointment lasts at least 5 minutes.",
            "max_value": "An appointment is at most 12 hours long.",
            "invalid": "Write the minutes as a number, such as 45.",
        },
        **options,
    )


def over_budget_reason_field() -> forms.CharField:
    return forms.CharField(
        label="Why is it booked all the same?",
        required=False,  # asked for only where no authorization covers the visit
        max_length=budget.REASON_LENGTH,
        widget=forms.TextInput(attrs={"list": "over-budget-reasons", "autocomplete": "off"}),
    )


class WhenAndWhere(TidyForm):
    """A time on the clinic's wall clock, a length, a therapist and a room of one clinic."""

    date = forms.DateField()
    time = forms.TimeField(widget=forms.TimeInput(attrs={"step": 300}))
    minutes = minutes_field()
    therapist = forms.ModelChoiceField(queryset=Therapist.objects.none(), empty_label="Choose")
    room = forms.ModelChoiceField(
        queryset=Room.objects.none(), required=False, empty_label="No room"
    )
    equipment = forms.ModelMultipleChoiceField(
        queryset=Equipment.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    over_budget_reason = over_budget_reason_field()
    over_budget_reasons = OVER_BUDGET_REASONS

    # Where the verbs' names for a problem stand on the form.
    beside = {
        "starts_at": "time",
        "minutes": "minutes",
        "therapist": "therapist",
        "room": "room",
        "equipment": "equipment",
        "over_budget_reason": "over_budget_reason",
    }

    def __init__(self, *args: Any, clinic: Clinic, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.by = by
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(clinic)
        choices["room"].queryset = Room.objects.visible_to(by).filter(clinic=clinic, is_active=True)
        pieces = Equipment.objects.visible_to(by).filter(clinic=clinic, is_active=True)
        choices["equipment"].queryset = pieces

    @property
    def has_equipment(self) -> bool:
        """Whether the clinic has any to choose from."""
        field: Any = self.fields.get("equipment")
        return field is not None and bool(list(field.queryset))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        date, time = values.get("date"), values.get("time")
        if date is None or time is None:
            return values
        if not slots.is_on_the_clock(date, time, self.clinic.zone):
            self.add_error("time", "The clocks skip this time that day. Choose one an hour later.")
            return values
        values["starts_at"] = slots.instant(date, time, self.clinic.zone)
        return values

    def refuse(self, refusal: NotBookable) -> None:
        """Put a verb's refusal beside the fields it is about."""
        for name, told in refusal.problems.items():
            self.add_error(self.beside.get(name), told)


class BookForm(PatientLookup, WhenAndWhere):  # type: ignore[misc]  # both are tidy forms
    """Who, when, what: the rest is known from where the desk clicked."""

    appointment_type = forms.ModelChoiceField(
        label="Type", queryset=AppointmentType.objects.none(), empty_label="Choose"
    )
    minutes = minutes_field(required=False)
    remark = forms.CharField(
        label="Note for the desk",
        required=False,
        max_length=200,
        help_text="Nothing clinical.",
    )

    # Whose wait is over with this booking.
    wait_list_entry = forms.ModelChoiceField(
        queryset=WaitListEntry.objects.none(), required=False, widget=forms.HiddenInput
    )

    beside = WhenAndWhere.beside | {
        "patient": "patient_name",
        "type": "appointment_type",
    }
    field_order = [
        "patient", "patient_name", "appointment_type", "date", "time", "minutes", "therapist",
        "room", "equipment", "remark",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_register = self.by.has_role(*DESK)
        self.is_sure = self.data.get("new") == NEW_FOR_SURE
        is_new = self.is_sure or self.data.get("new") == NEW
        self.newcomer: NewcomerForm | None = None
        if self.may_register and is_new and not self.data.get("patient"):
            self.newcomer = NewcomerForm(self.data, by=self.by)
        self.look_alikes: list[Patient] = []
        self.offer_patients()
        choices: Any = self.fields
        choices["appointment_type"].queryset = AppointmentType.objects.filter(is_active=True)
        choices["wait_list_entry"].queryset = WaitListEntry.objects.visible_to(self.by)

    @property
    def lengths(self) -> str:
        """Each type's minutes, so that the page fills in the length when a type is chosen."""
        queryset = self.fields["appointment_type"].queryset  # type: ignore[attr-defined]
        return json.dumps(
            {str(pk): minutes for pk, minutes in queryset.values_list("pk", "minutes")}
        )

    @property
    def looks_up(self) -> bool:
        return self.newcomer is None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.newcomer is not None:
            self._look_alikes_first(self.newcomer)
        return values

    def is_valid(self) -> bool:
        return super().is_valid() and (self.newcomer is None or self.newcomer.is_valid())

    @classmethod
    def turned(cls, posted: Any, *, clinic: Clinic, by: User) -> BookForm:
        """The form as it was typed, not yet looked at: turned to somebody new, or back."""
        typed = posted.get("patient_name", "")
        form = cls(None, clinic=clinic, by=by, initial=posted.dict() | {"patient": None})
        if form.may_register and posted.get("new") == ASK_FOR_NEW:
            newcomer = NewcomerForm(None, by=by, initial=read_from(typed))
            form.newcomer = newcomer.focus_first_empty()
        return form

    def refuse_newcomer(self, error: ValidationError) -> None:
        """Put what registering refused beside the newcomer's fields."""
        if self.newcomer is None:
            raise error
        self.newcomer.refuse(error)

    def _look_alikes_first(self, newcomer: NewcomerForm) -> None:
        """Who may be registered already is shown once, before they are registered again."""
        if not newcomer.is_valid() or self.is_sure:
            return
        values = newcomer.cleaned_data
        self.look_alikes = list(
            search.possible_duplicates(
                Patient.objects.visible_to(self.by),
                last_name=values["last_name"],
                birth_date=values["birth_date"],
            )[:MOST_MATCHES]
        )
        if self.look_alikes:
            self.add_error(None, "Somebody of this name and birth date is registered already.")

    @property
    def entry(self) -> WaitListEntry | None:
        """The wait that ends with this booking, as long as it is still this patient's."""
        found: WaitListEntry | None = self.cleaned_data.get("wait_list_entry")
        if found is None or found.patient != self.cleaned_data["patient"]:
            return None
        return found if found.status == WaitListEntry.Status.WAITING else None

    def asked(self) -> dict[str, Any]:
        """What `booking.book` wants to know; the patient is None who is yet to be registered."""
        values = self.cleaned_data
        return {
            "patient": values["patient"],
            "therapist": values["therapist"],
            "clinic": self.clinic,
            "appointment_type": values["appointment_type"],
            "starts_at": values["starts_at"],
            "minutes": values["minutes"],
            "room": values["room"],
            "equipment": list(values["equipment"]),
            "remark": values["remark"],
            "anyway": values["anyway"],
            "over_budget_reason": values["over_budget_reason"],
            "by": self.by,
        }


class MoveForm(WhenAndWhere):
    """Another time, length, therapist or room; `version` is what the mover saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    # A drag says nothing of equipment; a form in which no box is ticked says there is none.
    names_equipment = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    field_order = ["version", "date", "time", "minutes", "therapist", "room", "equipment"]

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        at = appointment.starts_at.astimezone(appointment.clinic.zone)
        initial = {
            "version": appointment.version,
            "date": at.date(),
            "time": at.time(),
            "minutes": appointment.minutes,
            "therapist": appointment.therapist_id,
            "room": appointment.room_id,
            "equipment": list(appointment.equipment.all()),
        }
        super().__init__(*args, clinic=appointment.clinic, initial=initial, **kwargs)
        choices: Any = self.fields
        # Who or what it has now stays a choice, even when no longer offered.
        choices["therapist"].queryset = Therapist.objects.filter(
            Q(pk__in=choices["therapist"].queryset.values("pk")) | Q(pk=appointment.therapist.pk)
        ).select_related("user")
        if appointment.room is not None:
            choices["room"].queryset |= Room.objects.filter(pk=appointment.room.pk)
        choices["equipment"].queryset = Equipment.objects.filter(
            Q(pk__in=choices["equipment"].queryset.values("pk"))
            | Q(pk__in=appointment.equipment_uses.values("equipment"))
        )
        self.appointment = appointment

    def agree_to(self, version: int) -> None:
        """Show the form again for a newer version: sent once more, it is a decision made in sight
        of what somebody else did."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = version
        self.data = data

    def asked(self) -> dict[str, Any]:
        """What `booking.move` wants to know."""
        values = self.cleaned_data
        return {
            "appointment": self.appointment,
            "version": values["version"],
            "starts_at": values["starts_at"],
            "minutes": values["minutes"],
            "therapist": values["therapist"],
            "room": values["room"],
            "equipment": list(values["equipment"]) if values["names_equipment"] else KEEP,
            "anyway": values["anyway"],
            "over_budget_reason": values["over_budget_reason"],
            "by": self.by,
        }


class CancelForm(TidyForm):
    reason = forms.CharField(
        label="Why is it cancelled?",
        required=False,  # the verb says it better
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"list": "cancel-reasons", "autocomplete": "off"}),
    )
    reasons = REASONS

    def refuse(self, refusal: NotBookable) -> None:
        for told in refusal.problems.values():
            self.add_error("reason", told)


def as_choice(moment: dt.datetime, *, wanted: dt.datetime, clinic: Clinic) -> tuple[str, str]:
    """A free time as the button that picks it sends it and shows it; the day only when it is
    another than the one that was wanted."""
    at = moment.astimezone(clinic.zone)
    is_that_day = at.date() == wanted.astimezone(clinic.zone).date()
    shown = clock(at) if is_that_day else f"{at:%a}, {at:%b} {at.day}, {clock(at)}"
    return at.strftime("%Y-%m-%dT%H:%M"), shown


def with_picked_time(posted: Any) -> Any:
    """The posted form, with date and time replaced when a free time's button sent it."""
    try:
        picked = dt.datetime.strptime(posted.get("pick", ""), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 -- wall clock
    except ValueError:
        return posted
    changed = posted.copy()
    changed["date"] = picked.date().isoformat()
    changed["time"] = picked.strftime("%H:%M")
    return changed
