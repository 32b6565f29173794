"""What an owner fills in once: types, rooms, equipment, working hours, closures."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from people.forms.rows import RowForm
from people.models import Clinic, Therapist, User
from scheduling import slots
from scheduling.models import (
    AppointmentType,
    Closure,
    Equipment,
    EquipmentKind,
    Room,
    WeeklyHours,
)
from scheduling.set_up import WEEKDAYS
from scheduling.slots import Hours
from web.forms import TidyForm

BLOCKS_A_DAY = (1, 2)  # before and after lunch


class TypeForm(RowForm):
    class Meta:
        model = AppointmentType
        fields = (
            "name", "minutes", "usual_units", "tint", "discipline", "is_evaluation", "capacity",
            "buffer_minutes", "needs_room", "equipment_kinds", "is_active",
        )  # fmt: skip
        labels = {
            "tint": "Color",
            "is_evaluation": "An evaluation",
            "capacity": "Places",
            "buffer_minutes": "Kept free after it",
            "needs_room": "Needs a room",
            "equipment_kinds": "Needs equipment",
            "is_active": "Offered",
        }
        widgets = {"tint": forms.RadioSelect, "equipment_kinds": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["tint"].choices = AppointmentType.Tint.choices
        choices["minutes"].widget.attrs |= {"step": 5, "inputmode": "numeric"}
        choices["buffer_minutes"].widget.attrs |= {"step": 5, "inputmode": "numeric"}
        choices["capacity"].widget.attrs |= {"inputmode": "numeric"}


class RoomForm(RowForm):
    class Meta:
        model = Room
        fields = ("clinic", "name", "is_active")
        labels = {"is_active": "In use"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["clinic"].queryset = self.by.visible_clinics().filter(is_active=True)
        if self.instance.pk:
            del self.fields["clinic"]  # appointments in it belong to the clinic


class EquipmentForm(RowForm):
    kind = forms.CharField(
        max_length=40,
        help_text="What it is, such as Treadmill. Types can ask for any piece of a kind.",
        widget=forms.TextInput(attrs={"list": "equipment-kinds", "autocomplete": "off"}),
    )

    class Meta:
        model = Equipment
        fields = ("clinic", "name", "is_active")
        labels = {"is_active": "In use"}
        help_texts = {"name": "Which one, such as Treadmill 1."}

    field_order = ["clinic", "kind", "name", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("instance") is not None:
            kwargs["initial"] = {"kind": kwargs["instance"].kind.name}
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["clinic"].queryset = self.by.visible_clinics().filter(is_active=True)
        if self.instance.pk:
            del self.fields["clinic"]  # appointments with it belong to the clinic

    @property
    def kinds(self) -> list[str]:
        return list(EquipmentKind.objects.values_list("name", flat=True))


class HoursForm(TidyForm):
    """A week at one clinic: up to two blocks a day, empty when the therapist is off."""

    def __init__(self, *args: Any, therapist: Therapist, clinic: Clinic, **kwargs: Any) -> None:
        initial: dict[str, dt.time] = {}
        number: dict[int, int] = {}
        for row in WeeklyHours.objects.filter(therapist=therapist, clinic=clinic):
            block = number[row.weekday] = number.get(row.weekday, 0) + 1
            initial[f"from_{row.weekday}_{block}"] = row.starts_at
            initial[f"to_{row.weekday}_{block}"] = row.ends_at
        super().__init__(*args, initial=initial, **kwargs)
        for weekday, day in enumerate(WEEKDAYS):
            for block in BLOCKS_A_DAY:
                for end in ("from", "to"):
                    label = f"{day}, {'first' if block == 1 else 'second'} time, {end}"
                    self.fields[f"{end}_{weekday}_{block}"] = forms.TimeField(
                        label=label,
                        required=False,
                        # The class sets the native type only for fields it knew at the start.
                        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
                    )

    @property
    def days(self) -> list[dict[str, Any]]:
        """The fields as the page lays them out: a line for each weekday."""
        return [
            {
                "name": day,
                "blocks": [
                    {"from": self[f"from_{weekday}_{block}"], "to": self[f"to_{weekday}_{block}"]}
                    for block in BLOCKS_A_DAY
                ],
            }
            for weekday, day in enumerate(WEEKDAYS)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for weekday, day in enumerate(WEEKDAYS):
            for block in BLOCKS_A_DAY:
                start, end = (values.get(f"{name}_{weekday}_{block}") for name in ("from", "to"))
                if start is None and end is None:
                    continue
                if start is None or end is None:
                    missing = "from" if start is None else "to"
                    self.add_error(f"{missing}_{weekday}_{block}", f"{day}: both times, or none.")
        return values

    def hours(self) -> list[Hours]:
        """What `set_up.set_hours` writes."""
        found = []
        for weekday in range(len(WEEKDAYS)):
            for block in BLOCKS_A_DAY:
                start = self.cleaned_data.get(f"from_{weekday}_{block}")
                end = self.cleaned_data.get(f"to_{weekday}_{block}")
                if start is not None and end is not None:
                    found.append(Hours(weekday, start, end))
        return found

    def with_monday_all_week(self) -> dict[str, Any]:
        """What was typed, Monday's times copied to Friday."""
        data: dict[str, Any] = {name: self.data.get(name, "") for name in self.fields}
        for weekday in range(1, 5):
            for block in BLOCKS_A_DAY:
                for end in ("from", "to"):
                    data[f"{end}_{weekday}_{block}"] = data[f"{end}_0_{block}"]
        return data


class ClosureForm(TidyForm):
    """Who or what is closed, from when to when, on the wall clock of the place it is about."""

    of = forms.ChoiceField(label="Closed or away")
    starts_on = forms.DateField(label="From")
    starts_time = forms.TimeField(label="Time", required=False, help_text="Empty: all day.")
    ends_on = forms.DateField(label="To")
    ends_time = forms.TimeField(label="Time", required=False, help_text="Empty: to midnight.")
    reason = forms.CharField(max_length=60, help_text="The desk sees this.")

    def __init__(self, *args: Any, by: User, closure: Closure | None = None, **kwargs: Any) -> None:
        self.clinics = list(by.visible_clinics().filter(is_active=True))
        if closure is not None:
            kwargs["initial"] = self._as_typed(closure)
        super().__init__(*args, **kwargs)
        therapists = Therapist.objects.filter(is_active=True).select_related("user")
        rooms = Room.objects.visible_to(by).select_related("clinic")
        pieces = Equipment.objects.visible_to(by).select_related("clinic")
        choices: Any = self.fields
        choices["of"].choices = [
            ("", "Choose"),
            ("Clinics", [(f"clinic-{row.pk}", str(row)) for row in self.clinics]),
            ("Therapists", [(f"therapist-{row.pk}", str(row)) for row in therapists]),
            ("Rooms", [(f"room-{row.pk}", f"{row}, {row.clinic}") for row in rooms]),
            ("Equipment", [(f"equipment-{row.pk}", f"{row}, {row.clinic}") for row in pieces]),
        ]

    def _as_typed(self, closure: Closure) -> dict[str, Any]:
        what = {
            "clinic": closure.clinic,
            "therapist": closure.therapist,
            "room": closure.room,
            "equipment": closure.equipment,
        }
        name, row = next((name, row) for name, row in what.items() if row is not None)
        zone = self._zone_of(row)
        start, end = closure.starts_at.astimezone(zone), closure.ends_at.astimezone(zone)
        whole_days = end.time() == slots.MIDNIGHT
        return {
            "of": f"{name}-{row.pk}",
            "starts_on": start.date(),
            "starts_time": None if start.time() == slots.MIDNIGHT else start.time(),
            "ends_on": end.date() - dt.timedelta(days=1) if whole_days else end.date(),
            "ends_time": None if whole_days else end.time(),
            "reason": closure.reason,
        }

    def _zone_of(self, row: Clinic | Therapist | Room | Equipment) -> ZoneInfo:
        if isinstance(row, Clinic):
            return row.zone
        if isinstance(row, Room | Equipment):
            return row.clinic.zone
        theirs = row.user.clinics.first() or (self.clinics[0] if self.clinics else None)
        return theirs.zone if theirs is not None else ZoneInfo("UTC")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if {"of", "starts_on", "ends_on"} - set(values):
            return values
        name, _, pk = values["of"].partition("-")
        model: Any = {
            "clinic": Clinic,
            "therapist": Therapist,
            "room": Room,
            "equipment": Equipment,
        }[name]
        row = model.objects.get(pk=pk)
        zone = self._zone_of(row)
        starts_time, ends_time = values.get("starts_time"), values.get("ends_time")
        starts_at = slots.instant(values["starts_on"], starts_time or slots.MIDNIGHT, zone)
        if ends_time is None:
            ends_at = slots.whole_day(values["ends_on"], zone).ends_at
        else:
            ends_at = slots.instant(values["ends_on"], ends_time, zone)
        if ends_at <= starts_at:
            raise ValidationError({"ends_on": "The end must lie after the start."})
        values["closure"] = {
            "clinic": None,
            "therapist": None,
            "room": None,
            "equipment": None,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "reason": values.get("reason", ""),
        } | {name: row}
        return values
