"""Visits booked together: the series, and until when a patient's plan of care carries them."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone

from people.models import Clinic, Patient, User
from people.models.staff import Discipline
from scheduling.models.set_up import AppointmentType


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> SeriesQuerySet:
        """Series at the clinics this person works in."""
        if user.sees_all_clinics:
            return self.all()
        return self.filter(clinic__in=user.visible_clinics())

    def for_page(self) -> SeriesQuerySet:
        return self.select_related("patient__clinic", "clinic", "type", "made_by")


class Series(models.Model):
    """Visits that were booked in one step, and the wish they were worked out from.

    `rule` keeps the wish as it was asked (`SeriesForm.rule` writes it); the visits themselves are
    appointments that point here.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    rule = models.JSONField()
    visits = models.PositiveSmallIntegerField()  # how many were booked, the 12 of "5 of 12"
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visits__gt=0), name="a_series_has_at_least_one_visit"
            ),
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("scheduling:series", args=[self.pk])


class CareWindow(models.Model):
    """The last day a case's plans of care reach, as documentation last told it.

    Scheduling must not read plans (documentation stands above it), so their end is written down
    here by whoever changes a plan. `case` is only the number by which the case is called again.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    case = models.PositiveBigIntegerField(unique=True)
    discipline = models.CharField(max_length=3, choices=Discipline.choices)
    ends_on = models.DateField()

    class Meta:
        ordering = ["patient", "ends_on"]

    def __str__(self) -> str:
        return f"care of case {self.case} until {self.ends_on}"
