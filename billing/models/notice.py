"""What a patient was told of services Medicare may not pay, and what the year has used already."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.models import Patient, User
from people.models.staff import Discipline


class PatientScoped(models.QuerySet):
    def visible_to(self, user: User) -> PatientScoped:
        return self.filter(patient__in=Patient.objects.visible_to(user))


class AbnRecord(models.Model):
    """An advance beneficiary notice (CMS-R-131), or that there is none; docs/rules/modifiers.md.

    It covers services from one day to another; `codes` empty means every service of these days.
    """

    class Kind(models.TextChoices):
        REQUIRED = "GA", "GA: notice signed, denial as not necessary expected"
        VOLUNTARY = "GX", "GX with GY: notice given, Medicare never covers it"
        EXCLUDED = "GY", "GY: Medicare never covers it, no notice given"
        MISSING = "GZ", "GZ: denial as not necessary expected, no notice signed"

    class Choice(models.TextChoices):
        NONE = "", "None made"
        BILL = "1", "Option 1: wants it, Medicare is billed"
        NO_BILL = "2", "Option 2: wants it, Medicare is not billed"
        DECLINED = "3", "Option 3: does not want it"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=2, choices=Kind.choices)
    discipline = models.CharField(max_length=3, choices=Discipline.choices, default=Discipline.PT)
    codes = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    reason = models.CharField(
        max_length=200, help_text="Why Medicare may not pay, in words the patient was given."
    )
    estimated_cost = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    choice = models.CharField(max_length=1, choices=Choice.choices, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    covers_from = models.DateField()
    covers_to = models.DateField(null=True, blank=True, help_text="At most a year after the start.")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PatientScoped.as_manager()

    class Meta:
        ordering = ["-covers_from", "-pk"]
        indexes = [models.Index(fields=["patient", "covers_from"], name="abn_by_patient")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="GA") | Q(signed_on__isnull=False),
                name="a_required_notice_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(kind="GA") | Q(signed_on__lte=F("covers_from")),
                name="a_required_notice_is_signed_first",
            ),
            models.CheckConstraint(
                condition=Q(covers_to=None) | Q(covers_to__gte=F("covers_from")),
                name="a_notice_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"

    @property
    def last_day(self) -> dt.date:
        """A notice holds for a year at most (CMS Pub. 100-04, ch. 30, § 50.14.3)."""
        start = self.covers_from
        year = start + dt.timedelta(days=364)
        return min(self.covers_to or year, year)


class YearUse(models.Model):
    """What Medicare's own system says the year has used, from all providers, up to a day."""

    class Bucket(models.TextChoices):
        PT_SLP = "PT_SLP", "PT and SLP"
        OT = "OT", "OT"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    bucket = models.CharField(max_length=6, choices=Bucket.choices)
    amount = models.DecimalField(max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    as_of = models.DateField("seen on", help_text="What was treated on that day and before is in.")
    source = models.CharField(
        max_length=120, help_text="Where it stands, such as the MAC's portal."
    )
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PatientScoped.as_manager()

    class Meta:
        ordering = ["-as_of", "-pk"]
        indexes = [models.Index(fields=["patient", "bucket", "as_of"], name="year_use_by_patient")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="year_use_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"year use {self.pk}"
