"""Patients, coverages and authorisations as the API speaks them."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError as NotClean
from rest_framework import serializers

from people.models import Authorization, Clinic, Coverage, Patient, Payer
from people.validators import phone_as_stored


class PhoneField(serializers.CharField):
    """Taken as people write it, given as +15035550142."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, value: Any) -> str:
        typed = super().to_internal_value(value)
        try:
            return phone_as_stored(typed)
        except NotClean as error:
            raise serializers.ValidationError(error.messages) from error


class RowSerializer(serializers.ModelSerializer[Any]):
    """What belongs to the row's place (its patient, its card) is given once and never changed."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if self.instance is not None:
            for name in getattr(self.Meta, "fixed", ()):
                fields[name].read_only = True
        return fields


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """An id that counts only when the caller may see the record."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.context["request"].user)


class ClinicField(serializers.PrimaryKeyRelatedField[Any]):
    def get_queryset(self) -> Any:
        return self.context["request"].user.visible_clinics().filter(is_active=True)


class PatientSerializer(RowSerializer):
    clinic = ClinicField(queryset=Clinic.objects.all())
    mobile_phone = PhoneField(required=False, allow_blank=True)
    home_phone = PhoneField(required=False, allow_blank=True)
    emergency_phone = PhoneField(required=False, allow_blank=True)
    guarantor_phone = PhoneField(required=False, allow_blank=True)

    class Meta:
        model = Patient
        fields = (
            "id",
            "mrn",
            "clinic",
            "first_name",
            "middle_name",
            "last_name",
            "suffix",
            "preferred_name",
            "birth_date",
            "sex",
            "gender_identity",
            "pronouns",
            "mobile_phone",
            "home_phone",
            "email",
            "contact_by",
            "line1",
            "line2",
            "city",
            "state",
            "postal_code",
            "emergency_name",
            "emergency_phone",
            "emergency_relation",
            "guarantor_name",
            "guarantor_phone",
            "deceased_on",
        )
        read_only_fields = ("mrn",)


class CoverageSerializer(RowSerializer):
    patient = VisibleField(queryset=Patient.objects.all())
    payer = serializers.PrimaryKeyRelatedField(queryset=Payer.objects.filter(is_active=True))
    payer_name = serializers.CharField(source="payer.name", read_only=True)

    class Meta:
        model = Coverage
        fixed = ("patient",)
        fields = (
            "id",
            "patient",
            "payer",
            "payer_name",
            "member_id",
            "group_number",
            "group_name",
            "relation",
            "priority",
            "medicare_secondary",
            "starts_on",
            "ends_on",
            "copay",
            "coinsurance_percent",
            "deductible",
            "claim_number",
            "assigns_benefits",
            "release_signed",
            "subscriber_employer",
            "subscriber_first_name",
            "subscriber_middle_name",
            "subscriber_last_name",
            "subscriber_suffix",
            "subscriber_birth_date",
            "subscriber_sex",
            "subscriber_line1",
            "subscriber_city",
            "subscriber_state",
            "subscriber_postal_code",
        )
        # The database's rule on overlapping cards is asked by the verb, under the patient's lock.
        validators: list[Any] = []


class AuthorizationSerializer(RowSerializer):
    coverage = VisibleField(queryset=Coverage.objects.all())
    patient = serializers.IntegerField(source="coverage.patient_id", read_only=True)

    class Meta:
        model = Authorization
        fixed = ("coverage",)
        fields = (
            "id",
            "coverage",
            "patient",
            "number",
            "codes",
            "visits_approved",
            "units_approved",
            "starts_on",
            "ends_on",
        )
        validators: list[Any] = []

    def validate_codes(self, codes: list[str]) -> list[str]:
        return list(dict.fromkeys(re.sub(r"\s", "", code).upper() for code in codes))
