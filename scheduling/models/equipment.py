"""Equipment that holds one appointment at a time, and which appointment uses which piece."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Lower

from people.models import Clinic, User
from scheduling.models.span import LONGEST, SPAN


class EquipmentKind(models.Model):
    """What pieces have in common: any treadmill will do where a treadmill is needed."""

    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_equipment_kind_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class EquipmentQuerySet(models.QuerySet["Equipment"]):
    def visible_to(self, user: User) -> EquipmentQuerySet:
        """Equipment of the clinics this person works in."""
        return self.filter(clinic__in=user.visible_clinics())


class Equipment(models.Model):
    """One piece of equipment at a clinic: Treadmill 1, the body-weight harness."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(EquipmentKind, on_delete=models.PROTECT, related_name="pieces")
    name = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)

    objects = EquipmentQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="one_equipment_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class EquipmentUseQuerySet(models.QuerySet["EquipmentUse"]):
    def during(self, starts_at: dt.datetime, ends_at: dt.datetime) -> EquipmentUseQuerySet:
        """Live uses that share time with this stretch, in order of time."""
        return (
            self.filter(
                is_live=True,
                starts_at__lt=ends_at,
                starts_at__gt=starts_at - LONGEST,
                ends_at__gt=starts_at,
            )
            .select_related("equipment")
            .order_by("starts_at", "pk")
        )


class EquipmentUse(models.Model):
    """A piece held for an appointment. Times and liveness are the appointment's: triggers write
    them, here and whenever the appointment changes; nobody else does."""

    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.CASCADE, related_name="equipment_uses"
    )
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_live = models.BooleanField(default=True)

    objects = EquipmentUseQuerySet.as_manager()

    class Meta:
        ordering = ["equipment__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "equipment"], name="equipment_once_per_appointment"
            ),
            ExclusionConstraint(
                name="no_two_live_appointments_of_an_equipment",
                expressions=[
                    ("equipment", RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
                condition=models.Q(is_live=True),
            ),
        ]

    def __str__(self) -> str:
        return f"equipment {self.equipment_id} of appointment {self.appointment_id}"
