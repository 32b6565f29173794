"""Appointments in JSON: how they read, and what a booking or a move must say."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from people.models import Clinic, Patient, Therapist
from scheduling.budget import REASON_LENGTH
from scheduling.fitness import REASON_LENGTH as CANCEL_REASON_LENGTH
from scheduling.models import LONGEST, Appointment, AppointmentType, Equipment, Room

LONGEST_MINUTES = int(LONGEST.total_seconds() // 60)


class VisibleKey(serializers.PrimaryKeyRelatedField[Any]):
    """An id among the rows the caller may see; any other does not exist for them."""

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        request = self.context.get("request")
        if queryset is None or request is None:
            return queryset
        return queryset.visible_to(request.user)


class ClinicKey(serializers.PrimaryKeyRelatedField[Clinic]):
    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return super().get_queryset() if request is None else request.user.visible_clinics()


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    patient_name = serializers.CharField(source="patient.list_name")
    therapist_name = serializers.CharField(source="therapist")
    type_name = serializers.CharField(source="type.name")
    minutes = serializers.IntegerField(help_text="How long it lasts.")

    class Meta:
        model = Appointment
        fields = (
            "id",
            "version",
            "status",
            "patient",
            "patient_name",
            "therapist",
            "therapist_name",
            "clinic",
            "room",
            "equipment",
            "group",
            "type",
            "type_name",
            "starts_at",
            "ends_at",
            "minutes",
            "remark",
            "cancel_reason",
            "arrived_at",
            "booked_at",
            "authorization",
            "over_budget_reason",
            "units_used",
        )
        read_only_fields = fields


class Placing(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=5, max_value=LONGEST_MINUTES, required=False)
    room = VisibleKey(queryset=Room.objects.all(), required=False, allow_null=True)
    equipment = serializers.ListField(
        child=VisibleKey(queryset=Equipment.objects.all()),
        required=False,
        help_text="The pieces it uses; in a move, all of them, or it keeps those it has.",
    )
    anyway = serializers.BooleanField(
        default=False,
        help_text="Book outside working hours or during a closure (else 409 `outside_hours`).",
    )
    over_budget_reason = serializers.CharField(
        max_length=REASON_LENGTH,
        required=False,
        allow_blank=True,
        help_text="Why, where no authorization covers the visit (else 409 `over_budget`).",
    )


class BookSerializer(Placing):
    patient = VisibleKey(queryset=Patient.objects.all())
    therapist = serializers.PrimaryKeyRelatedField(queryset=Therapist.objects.all())
    clinic = ClinicKey(queryset=Clinic.objects.all())
    type = serializers.PrimaryKeyRelatedField(queryset=AppointmentType.objects.all())
    starts_at = serializers.DateTimeField(help_text="With an offset; without one it is UTC.")
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def asked(self) -> dict[str, Any]:
        """What `booking.book` wants to know; the length is the type's unless told."""
        values = dict(self.validated_data)
        return values | {"appointment_type": values.pop("type")}


class MoveSerializer(Placing):
    version = serializers.IntegerField(
        min_value=1, help_text="The version you saw; a newer one is answered with 409 `stale`."
    )
    starts_at = serializers.DateTimeField(required=False)
    therapist = serializers.PrimaryKeyRelatedField(queryset=Therapist.objects.all(), required=False)


class RestoreSerializer(serializers.Serializer[Any]):
    anyway = serializers.BooleanField(
        default=False,
        help_text="Put back outside working hours or during a closure (else 409 `outside_hours`).",
    )
    over_budget_reason = serializers.CharField(
        max_length=REASON_LENGTH, required=False, allow_blank=True
    )


class CancelSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=CANCEL_REASON_LENGTH)


class WhichSerializer(serializers.Serializer[Any]):
    """What the list may be narrowed to. Days are those of each appointment's clinic."""

    date = serializers.DateField(required=False, help_text="One day.")
    # `from` is a word of Python's own, so the field is put in below.
    to = serializers.DateField(required=False, help_text="The last day, itself included.")
    clinic = serializers.IntegerField(required=False)
    therapist = serializers.IntegerField(required=False)
    patient = serializers.IntegerField(required=False)
    status = serializers.ChoiceField(choices=Appointment.Status.choices, required=False)

    def get_fields(self) -> Any:
        return super().get_fields() | {
            "from": serializers.DateField(required=False, help_text="The first day.")
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("from"), attrs.get("to")
        if first and last and last < first:
            raise serializers.ValidationError({"to": ["The last day lies before the first."]})
        return attrs
