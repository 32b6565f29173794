"""GET /api/v1/appointments/free/: the search of "Find a time" for programs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from people.models import Clinic, Patient, Therapist
from scheduling import finding
from scheduling.finder import EVERY_DAY, Wanted
from scheduling.finding import Found
from scheduling.free_time import Needs
from scheduling.models import AppointmentType, Room
from scheduling.serializers import LONGEST_MINUTES, ClinicKey, VisibleKey


class FreeSerializer(serializers.Serializer[Any]):
    """What a free time has to fit. Times are those on the clinic's wall clock."""

    type = serializers.PrimaryKeyRelatedField(queryset=AppointmentType.objects.all())
    clinic = ClinicKey(queryset=Clinic.objects.all(), many=True, required=False)
    therapist = serializers.PrimaryKeyRelatedField(
        queryset=Therapist.objects.all(), many=True, required=False
    )
    patient = VisibleKey(queryset=Patient.objects.all(), required=False)
    room = VisibleKey(queryset=Room.objects.select_related("clinic"), required=False)
    any_room = serializers.BooleanField(default=False, help_text="Some room must be free.")
    minutes = serializers.IntegerField(min_value=5, max_value=LONGEST_MINUTES, required=False)
    date = serializers.DateField(required=False, help_text="The earliest day; today if left out.")
    # `from` is a word of Python's own, so the field is put in below.
    to = serializers.TimeField(required=False, help_text="The visit ends by then.")
    weekday = serializers.MultipleChoiceField(
        choices=[(n, name) for n, name in enumerate(finding.WEEKDAYS)],
        required=False,
        help_text="Monday is 0.",
    )

    def get_fields(self) -> Any:
        return super().get_fields() | {
            "from": serializers.TimeField(required=False, help_text="It begins no earlier.")
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs.get("from"), attrs.get("to")
        if start and end and end <= start:
            raise serializers.ValidationError({"to": ["The end must lie after the start."]})
        return attrs

    def find(self) -> Found:
        values = self.validated_data
        mine = self.context["request"].user.visible_clinics().filter(is_active=True)
        room: Room | None = values.get("room")
        clinics = [room.clinic] if room is not None else values.get("clinic") or list(mine)
        kind: AppointmentType = values["type"]
        now = timezone.now()
        earliest = min(now.astimezone(clinic.zone).date() for clinic in clinics)
        needs = Needs(
            clinics=tuple(clinics),
            appointment_type=kind,
            therapists=tuple(values.get("therapist") or ()),
            patient=values.get("patient"),
            room=room,
            any_room=values["any_room"],
        )
        wanted = Wanted(
            minutes=values.get("minutes") or kind.minutes,
            buffer_minutes=kind.buffer_minutes,
            weekdays=frozenset(values.get("weekday") or ()) or EVERY_DAY,
            from_time=values.get("from"),
            to_time=values.get("to"),
            not_before=now,
        )
        return finding.find(needs, wanted, first=max(values.get("date") or earliest, earliest))


class OpeningSerializer(serializers.Serializer[Any]):
    """A free time; POST it to `appointments` to book it."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    therapist = serializers.IntegerField()
    clinic = serializers.IntegerField()
    room = serializers.IntegerField(allow_null=True)
    equipment = serializers.ListField(child=serializers.IntegerField())


class FoundSerializer(serializers.Serializer[Any]):
    free = OpeningSerializer(many=True)
    next_date = serializers.DateField(
        allow_null=True, help_text="Ask again from this day for later times."
    )
    hints = serializers.ListField(
        child=serializers.CharField(), help_text="Without any free time: what is in the way."
    )


def in_json(found: Found) -> dict[str, Any]:
    free = [opening for day in found.days for opening in day.openings]
    answer = {
        "free": free,
        "next_date": found.next_day,
        "hints": [hint.sentence for hint in found.hints],
    }
    return dict(FoundSerializer(answer).data)
