"""Wait list entries and budgets in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from people.models import Clinic, Patient, Therapist
from scheduling.models import AppointmentType, WaitListEntry
from scheduling.models.wait_list import WEEKDAY_CHOICES
from scheduling.serializers import ClinicKey, Placing, VisibleKey


class WaitListSerializer(serializers.ModelSerializer[WaitListEntry]):
    patient = VisibleKey(queryset=Patient.objects.all())
    patient_name = serializers.CharField(source="patient.list_name", read_only=True)
    type = serializers.PrimaryKeyRelatedField(queryset=AppointmentType.objects.all())
    therapists = serializers.PrimaryKeyRelatedField(
        queryset=Therapist.objects.all(), many=True, required=False
    )
    clinics = ClinicKey(queryset=Clinic.objects.all(), many=True, required=False)
    weekdays = serializers.ListField(
        child=serializers.ChoiceField(choices=WEEKDAY_CHOICES),
        required=False,
        help_text="Monday is 0; empty: any day.",
    )
    is_offered = serializers.SerializerMethodField()

    class Meta:
        model = WaitListEntry
        fields = (
            "id",
            "patient",
            "patient_name",
            "type",
            "therapists",
            "clinics",
            "weekdays",
            "from_time",
            "to_time",
            "earliest_on",
            "latest_on",
            "notice_hours",
            "priority",
            "remark",
            "status",
            "is_offered",
            "made_at",
            "closed_at",
            "appointment",
        )
        read_only_fields = ("status", "made_at", "closed_at", "appointment")
        # One wait per patient and type is asked by the verb.
        validators: list[Any] = []

    def get_fields(self) -> Any:
        fields = super().get_fields()
        if self.instance is not None:
            fields["patient"].read_only = True
        return fields

    def get_is_offered(self, row: WaitListEntry) -> bool:
        return bool(row.standing_offers)


class WaitBookSerializer(Placing):
    therapist = serializers.PrimaryKeyRelatedField(queryset=Therapist.objects.all())
    clinic = ClinicKey(queryset=Clinic.objects.all())
    starts_at = serializers.DateTimeField(help_text="With an offset; without one it is UTC.")


class BudgetSerializer(serializers.Serializer[Any]):
    authorization = serializers.IntegerField(source="grant.id")
    number = serializers.CharField(source="grant.number")
    standing = serializers.ChoiceField(choices=["fine", "low", "spent", "over", "expired"])
    visits_approved = serializers.IntegerField(source="grant.visits", allow_null=True)
    visits_used = serializers.IntegerField()
    visits_booked = serializers.IntegerField()
    visits_left = serializers.IntegerField(allow_null=True)
    units_approved = serializers.IntegerField(source="grant.units", allow_null=True)
    units_used = serializers.IntegerField()
    units_booked = serializers.IntegerField()
    units_left = serializers.IntegerField(allow_null=True)
    ends_on = serializers.DateField(source="grant.ends_on")
    runs_out_on = serializers.DateField(allow_null=True)
