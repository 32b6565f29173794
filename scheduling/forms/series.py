"""The forms of a series: what is asked for, what was chosen of the plan, and later changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from people.models import Clinic, Therapist, User
from scheduling import availability
from scheduling.budget import REASON_LENGTH
from scheduling.finder import Wanted
from scheduling.fitness import YEARS_AHEAD
from scheduling.forms.booking import OVER_BUDGET_REASONS, REASONS
from scheduling.forms.finding import ANY_ROOM, WindowForm
from scheduling.free_time import Needs
from scheduling.models import Appointment, Equipment, Room, Series
from scheduling.series import Visit
from scheduling.series_plan import SKIP, Change, Chosen, Question, read_code
from web.forms import TidyForm

MOST_VISITS = 60
MOST_WEEKS = 26


def _day(typed: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        return None


class SeriesForm(WindowForm):
    """ "3 a week for 4 weeks, mornings, same therapist"."""

    per_week = forms.IntegerField(
        label="Visits a week", required=False, min_value=1, max_value=7, initial=2
    )
    weeks = forms.IntegerField(
        label="Weeks", required=False, min_value=1, max_value=MOST_WEEKS, initial=4
    )
    visits = forms.IntegerField(
        label="or visits in all", required=False, min_value=1, max_value=MOST_VISITS
    )
    starts_on = forms.DateField(label="First day")
    at = forms.TimeField(
        label="Always at",
        required=False,
        widget=forms.TimeInput(attrs={"step": 300}),
        help_text="Empty: when most are free.",
    )
    therapists = forms.ModelMultipleChoiceField(
        label="Therapists",
        queryset=Therapist.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: whoever is free most.",
    )
    same_therapist = forms.BooleanField(
        label="The same therapist every time", required=False, initial=True
    )

    def __init__(self, *args: Any, by: User, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, by=by, rooms_of=[clinic], **kwargs)
        self.clinic = clinic
        choices: Any = self.fields
        choices["therapists"].queryset = availability.therapists_at([clinic])

    def clean_starts_on(self) -> dt.date:
        first: dt.date = self.cleaned_data["starts_on"]
        today = timezone.now().astimezone(self.clinic.zone).date()
        if first < today:
            raise forms.ValidationError("A series begins today at the earliest.")
        if first > today + dt.timedelta(days=365 * YEARS_AHEAD - 7 * MOST_VISITS):
            raise forms.ValidationError("Check the year of this date.")
        return first

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.errors:
            return values
        chosen = len(values["weekdays"])
        if not chosen and values["per_week"] is None:
            self.add_error("per_week", "How many visits a week, or on which weekdays?")
        elif values["weeks"] is None and values["visits"] is None:
            self.add_error("weeks", "For how many weeks, or how many visits in all?")
        elif self.count() > MOST_VISITS:
            self.add_error("weeks", f"A series has {MOST_VISITS} visits at most.")
        return values

    def known_so_far(self) -> str:
        """What a booking form knows of a series, as an address of ids."""
        self.full_clean()
        values = self.cleaned_data
        patient, kind = values.get("patient"), values.get("appointment_type")
        therapist = self.data.get("therapist", "")
        known = {
            "clinic": self.clinic.pk,
            "patient": patient.pk if patient is not None else None,
            "appointment_type": kind.pk if kind is not None else None,
            "therapist": therapist if therapist.isdigit() else None,
            "date": _day(self.data.get("date", "")),
        }
        return urlencode({name: value for name, value in known.items() if value})

    def count(self) -> int:
        values = self.cleaned_data
        in_all: int | None = values["visits"]
        return in_all if in_all is not None else self.times_a_week() * values["weeks"]

    def times_a_week(self) -> int:
        """On days that were named, as many as there are; else as was asked."""
        values = self.cleaned_data
        return len(values["weekdays"]) or int(values["per_week"])

    def question(self) -> Question:
        values = self.cleaned_data
        room, any_room = self.chosen_room()
        start, end = values["window"]
        return Question(
            needs=Needs(
                clinics=(self.clinic,),
                appointment_type=values["appointment_type"],
                therapists=tuple(values["therapists"]),
                patient=values["patient"],
                room=room,
                any_room=any_room,
            ),
            wanted=Wanted(
                minutes=self.length(),
                buffer_minutes=values["appointment_type"].buffer_minutes,
                from_time=start,
                to_time=end,
                not_before=timezone.now(),
            ),
            patient=values["patient"],
            starts_on=values["starts_on"],
            visits=self.count(),
            per_week=self.times_a_week(),
            weekdays=tuple(values["weekdays"]),
            at=values["at"],
            same_therapist=values["same_therapist"],
        )

    def rule(self) -> dict[str, Any]:
        """The wish as it is kept with the series."""
        values = self.cleaned_data
        start, end = values["window"]
        return {
            "visits": self.count(),
            "per_week": self.times_a_week(),
            "weekdays": values["weekdays"],
            "starts_on": values["starts_on"].isoformat(),
            "at": f"{values['at']:%H:%M}" if values["at"] else None,
            "from": f"{start:%H:%M}" if start else None,
            "to": f"{end:%H:%M}" if end else None,
            "therapists": [therapist.pk for therapist in values["therapists"]],
            "same_therapist": values["same_therapist"],
            "room": values["room"] or None,
            "minutes": self.length(),
        }


class PlanForm(TidyForm):
    """What was chosen of a plan: for each visit its place, another, or none."""

    over_budget_reason = forms.CharField(
        label="Why are visits booked that no authorization covers?",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"list": "over-budget-reasons", "autocomplete": "off"}),
    )
    rest = forms.BooleanField(
        label="If one of them is taken in the meantime, book the others", required=False
    )
    over_budget_reasons = OVER_BUDGET_REASONS

    def __init__(
        self, *args: Any, therapists: Mapping[int, Therapist], clinic: Clinic, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.therapists = therapists
        self.clinic = clinic

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        try:
            values["chosen"] = self._chosen()
        except ValueError:
            raise forms.ValidationError(
                "This plan could not be read. Go back and plan once more."
            ) from None
        if not any(not choice.is_skipped for choice in values["chosen"]):
            self.add_error(None, "Choose at least one visit.")
        return values

    def _chosen(self) -> list[Chosen]:
        """One for each visit of the plan. Raises `ValueError` for what no plan could have sent."""
        found = []
        for name, planned in self.data.items():
            if not name.startswith("was-"):
                continue
            position = int(name.removeprefix("was-"))
            code = self.data.get(f"visit-{position}", SKIP)
            is_skipped = code == SKIP
            choice = read_code(
                planned if is_skipped else code, position=position, is_skipped=is_skipped
            )
            if choice.therapist not in self.therapists and not is_skipped:
                raise ValueError
            found.append(choice)
        if not 0 < len(found) <= MOST_VISITS:
            raise ValueError
        return sorted(found, key=lambda choice: choice.position)

    def visits(self, there: Mapping[int, Appointment] | None = None) -> list[Visit]:
        """The visits that are to be, with the rows they name."""
        chosen = [choice for choice in self.cleaned_data["chosen"] if not choice.is_skipped]
        rooms = Room.objects.filter(clinic=self.clinic).in_bulk(
            {choice.room for choice in chosen if choice.room is not None}
        )
        pieces = Equipment.objects.filter(clinic=self.clinic).in_bulk(
            {piece for choice in chosen for piece in choice.equipment}
        )
        there = there or {}
        return [
            Visit(
                position=choice.position,
                starts_at=choice.starts_at,
                therapist=self.therapists[choice.therapist],
                room=rooms.get(choice.room) if choice.room is not None else None,
                equipment=tuple(pieces[pk] for pk in choice.equipment if pk in pieces),
                anyway=choice.is_anyway,
                over_budget_reason=self.cleaned_data["over_budget_reason"],
                appointment=there.get(choice.position),
                version=self._version(choice.position),
            )
            for choice in chosen
        ]

    def _version(self, position: int) -> int:
        sent = self.data.get(f"version-{position}", "")
        return int(sent) if sent.isdigit() else 0


class ChangeForm(TidyForm):
    """Another time, therapist, room or weekday for visits of a series; what is empty stays."""

    scope = forms.ChoiceField(
        label="Which visits",
        choices=[("following", "This and the following visits"), ("all", "All visits to come")],
        widget=forms.RadioSelect,
        initial="following",
    )
    at = forms.TimeField(
        label="New time", required=False, widget=forms.TimeInput(attrs={"step": 300})
    )
    days_later = forms.TypedChoiceField(
        label="New days",
        coerce=int,
        required=False,
        choices=[
            ("", "The same days"),
            *((n, f"{n} day{'s' if n > 1 else ''} later") for n in range(1, 7)),
            *((-n, f"{n} day{'s' if n > 1 else ''} earlier") for n in range(1, 7)),
        ],
    )
    therapist = forms.ModelChoiceField(
        queryset=Therapist.objects.none(), required=False, empty_label="The same therapist"
    )
    room = forms.ChoiceField(label="Room", required=False)

    KEEP, NONE = "", "none"

    def __init__(self, *args: Any, series: Series, since: int, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = series
        self.since = since
        choices: Any = self.fields
        choices["therapist"].queryset = availability.therapists_of(series.clinic)
        self.rooms = list(Room.objects.visible_to(by).filter(clinic=series.clinic, is_active=True))
        choices["room"].choices = [
            (self.KEEP, "The same room"),
            (self.NONE, "No room"),
            (ANY_ROOM, "Any free room"),
            *((str(room.pk), room.name) for room in self.rooms),
        ]
        if since <= 1:
            del self.fields["scope"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and not (
            values["at"] or values["days_later"] or values["therapist"] or values["room"]
        ):
            self.add_error(
                "at", "What is to change: the time, the days, the therapist or the room?"
            )
        return values

    @property
    def first_place(self) -> int:
        return 1 if self.cleaned_data.get("scope", "all") == "all" else self.since

    def change(self, appointments: Sequence[Appointment]) -> Change:
        values = self.cleaned_data
        room = values["room"]
        return Change(
            series=self.series,
            appointments=list(appointments),
            days_later=values["days_later"] or 0,
            at=values["at"],
            therapist=values["therapist"],
            room=next((row for row in self.rooms if str(row.pk) == room), None),
            any_room=room == ANY_ROOM,
            keeps_room=room == self.KEEP,
        )


class CancelSeriesForm(TidyForm):
    """Why visits of a series are called off, and which."""

    scope = forms.ChoiceField(
        label="Which visits",
        choices=ChangeForm.base_fields["scope"].choices,  # type: ignore[attr-defined]
        widget=forms.RadioSelect,
        initial="following",
    )
    reason = forms.CharField(
        label="Why are they cancelled?",
        max_length=120,
        widget=forms.TextInput(attrs={"list": "cancel-reasons", "autocomplete": "off"}),
        error_messages={"required": "Say why they are cancelled."},
    )
    reasons = REASONS

    def __init__(self, *args: Any, since: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = since
        if since <= 1:
            del self.fields["scope"]

    @property
    def first_place(self) -> int:
        return 1 if self.cleaned_data.get("scope", "all") == "all" else self.since


def hidden_again(form: forms.Form) -> list[tuple[str, str]]:
    """What a form was sent, as hidden inputs of the plan under it."""
    data: Any = form.data
    return [
        (name, value)
        for name in form.fields
        for value in (data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")])
        if value not in ("", None)
    ]
