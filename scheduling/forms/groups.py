"""The forms about a whole group: where it meets, how many it holds, why it is cancelled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from people.models import Therapist
from scheduling import availability
from scheduling.forms.booking import WhenAndWhere
from scheduling.models import AppointmentType, Group, Room
from scheduling.models.set_up import MOST_PLACES
from web.forms import TidyForm


class MoveGroupForm(WhenAndWhere):
    """Another time, length, therapist, room or number of places for everybody in it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    capacity = forms.IntegerField(
        label="Places",
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    beside = WhenAndWhere.beside | {"capacity": "capacity"}
    field_order = ["version", "date", "time", "minutes", "therapist", "room", "capacity"]

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        at = group.starts_at.astimezone(group.clinic.zone)
        initial = {
            "version": group.version,
            "date": at.date(),
            "time": at.time(),
            "minutes": group.minutes,
            "therapist": group.therapist_id,
            "room": group.room_id,
            "capacity": group.capacity,
        }
        super().__init__(*args, clinic=group.clinic, initial=initial, **kwargs)
        del self.fields["equipment"]  # each member's own; it comes along
        choices: Any = self.fields
        # Who or what it has now stays a choice, even when no longer offered.
        choices["therapist"].queryset = Therapist.objects.filter(
            Q(pk__in=choices["therapist"].queryset.values("pk")) | Q(pk=group.therapist_id)
        ).select_related("user")
        if group.room is not None:
            choices["room"].queryset |= Room.objects.filter(pk=group.room.pk)
        self.group = group

    def agree_to(self, version: int) -> None:
        """Show the form again for a newer version: sent once more, it is a decision made in sight
        of what somebody else did."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = version
        self.data = data

    def asked(self) -> dict[str, Any]:
        """What `groups.move_group` wants to know."""
        values = self.cleaned_data
        return {
            "group": self.group,
            "version": values["version"],
            "starts_at": values["starts_at"],
            "minutes": values["minutes"],
            "therapist": values["therapist"],
            "room": values["room"],
            "capacity": values["capacity"],
            "anyway": values["anyway"],
            "over_budget_reason": values["over_budget_reason"],
            "by": self.by,
        }


class HintForm(TidyForm):
    """As much of a booking as says which group it would join; all of it may be missing."""

    appointment_type = forms.ModelChoiceField(queryset=AppointmentType.objects.none())
    therapist = forms.ModelChoiceField(queryset=Therapist.objects.none())
    date = forms.DateField()
    time = forms.TimeField()

    def __init__(self, *args: Any, clinic: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(clinic)
        choices["appointment_type"].queryset = AppointmentType.objects.filter(is_active=True)
