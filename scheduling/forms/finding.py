"""What a free time has to fit: the form of "Find a time", kept in its address as ids."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from people.models import Clinic, Therapist, User
from people.models.staff import Discipline
from scheduling import availability
from scheduling.finder import EVERY_DAY, Wanted
from scheduling.forms.booking import minutes_field
from scheduling.forms.patients import PatientForm, by_discipline
from scheduling.free_time import Needs
from scheduling.models import AppointmentType, Room, WeeklyHours

NOON, FIVE = dt.time(12), dt.time(17)
ANY_ROOM = "any"
DAY_CHOICES: Any = WeeklyHours._meta.get_field("weekday").choices


OWN = "own"
PARTS_OF_DAY: dict[str, tuple[dt.time | None, dt.time | None]] = {
    "": (None, None),
    "morning": (None, NOON),
    "afternoon": (NOON, FIVE),
    "evening": (FIVE, None),
}
PART_CHOICES = (
    ("", "Any time"),
    ("morning", "Morning, until 12"),
    ("afternoon", "Afternoon, 12 to 5"),
    ("evening", "Evening, from 5"),
    (OWN, "From … to …"),
)


class WindowForm(PatientForm):
    """A clinic's time of day, weekdays and room: shared by the search and by series."""

    time_of_day = forms.ChoiceField(label="Time of day", choices=PART_CHOICES, required=False)
    from_time = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"step": 900})
    )
    to_time = forms.TimeField(
        label="To", required=False, widget=forms.TimeInput(attrs={"step": 900})
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Weekdays",
        choices=DAY_CHOICES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    room = forms.ChoiceField(label="Room", required=False)
    appointment_type = forms.ModelChoiceField(
        label="Type", queryset=AppointmentType.objects.none(), empty_label="Choose"
    )
    minutes = minutes_field(required=False)

    def __init__(self, *args: Any, by: User, rooms_of: Any, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        choices: Any = self.fields
        types = AppointmentType.objects.filter(is_active=True)
        self.types: list[AppointmentType] = list(types)
        choices["appointment_type"].queryset = types
        choices["appointment_type"].choices = [("", "Choose"), *by_discipline(self.types)]
        self.rooms = list(
            Room.objects.visible_to(by)
            .filter(clinic__in=rooms_of, is_active=True)
            .select_related("clinic")
        )
        several = len({room.clinic_id for room in self.rooms}) > 1
        choices["room"].choices = [
            ("", "No room asked for"),
            (ANY_ROOM, "Any free room"),
            *(
                (str(room.pk), f"{room.name}, {room.clinic}" if several else room.name)
                for room in self.rooms
            ),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        part = values.get("time_of_day", "")
        if part == OWN or (not part and (values.get("from_time") or values.get("to_time"))):
            values["time_of_day"] = OWN
            start, end = values.get("from_time"), values.get("to_time")
            if not self.errors and start is None and end is None:
                self.add_error("from_time", "From when, or until when?")
        else:
            start, end = PARTS_OF_DAY[part]
        if start is not None and end is not None and end <= start:
            self.add_error("to_time", "The end must lie after the start.")
        values["window"] = start, end
        return values

    def chosen_room(self) -> tuple[Room | None, bool]:
        """The room asked for, and whether any would do."""
        asked = self.cleaned_data["room"]
        room = next((room for room in self.rooms if str(room.pk) == asked), None)
        return room, asked == ANY_ROOM

    def length(self) -> int:
        minutes: int | None = self.cleaned_data["minutes"]
        kind: AppointmentType = self.cleaned_data["appointment_type"]
        return kind.minutes if minutes is None else minutes


class FindForm(WindowForm):
    """The whole search. Its address carries ids, days and times, never a name."""

    needs_patient = False
    clinics = forms.ModelMultipleChoiceField(
        label="Clinics",
        queryset=Clinic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    therapists = forms.ModelMultipleChoiceField(
        label="Therapists",
        queryset=Therapist.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    discipline = forms.ChoiceField(label="Discipline", required=False)
    date = forms.DateField(label="Earliest day", required=False)

    def __init__(self, *args: Any, by: User, clinic: Clinic, **kwargs: Any) -> None:
        mine = by.visible_clinics().filter(is_active=True)
        super().__init__(*args, by=by, rooms_of=mine, **kwargs)
        self.clinic = clinic
        choices: Any = self.fields
        choices["clinics"].queryset = mine
        choices["therapists"].queryset = availability.therapists_at(mine)
        # With a discipline alone its usual visit is looked for.
        choices["appointment_type"].required = False
        there = {kind.discipline for kind in self.types}
        self.disciplines = [pair for pair in Discipline.choices if pair[0] in there]
        choices["discipline"].choices = [("", "Any"), *self.disciplines]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "appointment_type" in self.errors or "discipline" in self.errors:
            return values
        kind: AppointmentType | None = values["appointment_type"]
        asked: str = values["discipline"]
        if kind is None:
            kind = values["appointment_type"] = self._usual_type(asked) if asked else None
        if kind is None:
            told = "Choose a type, or a discipline." if len(self.disciplines) > 1 else "Which type?"
            self.add_error("appointment_type", told)
        elif asked and kind.discipline != asked:
            theirs = kind.get_discipline_display().lower()
            self.add_error("discipline", f"“{kind}” is {theirs}. Change the type or this.")
        return values

    def _usual_type(self, discipline: str) -> AppointmentType | None:
        """The discipline's first type that is no evaluation, or else its first."""
        theirs = [kind for kind in self.types if kind.discipline == discipline]
        return next((kind for kind in theirs if not kind.is_evaluation), next(iter(theirs), None))

    def today(self) -> dt.date:
        return timezone.now().astimezone(self.clinic.zone).date()

    def first_day(self) -> dt.date:
        """The earliest day asked for, but none that is past."""
        asked: dt.date | None = self.cleaned_data["date"]
        return max(asked or self.today(), self.today())

    def needs(self) -> Needs:
        values = self.cleaned_data
        room, any_room = self.chosen_room()
        clinics = tuple(values["clinics"]) or (self.clinic,)
        return Needs(
            clinics=(room.clinic,) if room is not None else clinics,
            appointment_type=values["appointment_type"],
            therapists=tuple(values["therapists"]),
            patient=values["patient"],
            room=room,
            any_room=any_room,
        )

    def wanted(self) -> Wanted:
        values = self.cleaned_data
        start, end = values["window"]
        return Wanted(
            minutes=self.length(),
            buffer_minutes=values["appointment_type"].buffer_minutes,
            weekdays=frozenset(values["weekdays"]) or EVERY_DAY,
            from_time=start,
            to_time=end,
            not_before=timezone.now(),
        )

    def address(self, **changes: Any) -> str:
        """The search as a query; `changes` replace a part, `None` leaves it out."""
        # From a booking form that is not filled in yet, what is known so far.
        values: dict[str, Any] = dict.fromkeys(self.fields) | self.cleaned_data
        start, end = values["from_time"], values["to_time"]
        own = values["time_of_day"] == OWN
        patient, kind = values["patient"], values["appointment_type"]
        parts: dict[str, Any] = {
            "clinic": self.clinic.pk,
            "clinics": [clinic.pk for clinic in values["clinics"] or ()],
            "discipline": values["discipline"],
            "appointment_type": kind.pk if kind is not None else None,
            "minutes": values["minutes"],
            "therapists": [therapist.pk for therapist in values["therapists"] or ()],
            "patient": patient.pk if patient is not None else None,
            "room": values["room"],
            "time_of_day": values["time_of_day"],
            "from_time": f"{start:%H:%M}" if own and start else None,
            "to_time": f"{end:%H:%M}" if own and end else None,
            "weekdays": values["weekdays"],
            "date": values["date"],
        }
        known = {
            name: value for name, value in (parts | changes).items() if value not in (None, "", [])
        }
        return urlencode(known, doseq=True)
