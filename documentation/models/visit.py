"""A treated visit: its day, its services with their minutes, and the draft being written."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from documentation.models.case import Episode, Goal, ProcedureCode
from people.models import Clinic, Patient, Therapist, User
from scheduling.models import Appointment

MINUTES_IN_A_DAY = 24 * 60


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """Visits at the clinics this person works in."""
        visits = self.filter(patient__removed_at=None)
        if user.sees_all_clinics:
            return visits
        return visits.filter(clinic__in=user.visible_clinics())


class Visit(models.Model):
    """One patient treated on one day by one therapist (and perhaps an assistant, or a student whose
    part is the therapist's own service: CMS Pub. 100-02, ch. 15, § 230 B)."""

    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(
        Episode, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    assistant = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    student = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    date_of_service = models.DateField(editable=False)
    place_of_service = models.CharField(max_length=2)
    total_treatment_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MINUTES_IN_A_DAY)],
        help_text="Timed and untimed treatment together; rest and set-up left out.",
    )
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-date_of_service", "-pk"]
        indexes = [
            models.Index(fields=["clinic", "date_of_service"], name="visit_by_clinic_day"),
            models.Index(fields=["patient", "-date_of_service"], name="visit_by_patient"),
            models.Index(fields=["therapist", "date_of_service"], name="visit_by_therapist"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total_treatment_minutes=None)
                | models.Q(total_treatment_minutes__lte=MINUTES_IN_A_DAY),
                name="visit_fits_in_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("documentation:session", args=[self.pk])


class TimedEntry(models.Model):
    """Minutes of one timed code. `minutes` are all one-on-one minutes of the service;
    `assistant_minutes` those that the assistant furnished alone.

    For 97112 `details` holds the structured entry (`documentation.rules.neuro`), `narrative` the
    sentence composed from it, or the therapist's own words when `narrative_is_own`.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="timed_entries")
    key = models.UUIDField(default=uuid.uuid4, help_text="The entry's name in the draft.")
    position = models.PositiveSmallIntegerField(default=1)
    code = models.ForeignKey(ProcedureCode, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES_IN_A_DAY)]
    )
    assistant_minutes = models.PositiveSmallIntegerField(default=0)
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    details = models.JSONField(default=dict, blank=True)
    narrative = models.TextField(blank=True)
    narrative_is_own = models.BooleanField(default=False)

    class Meta:
        ordering = ["visit", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "key"], name="one_timed_entry_per_key"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1) & models.Q(minutes__lte=MINUTES_IN_A_DAY),
                name="timed_minutes_fit_in_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(assistant_minutes__lte=models.F("minutes")),
                name="assistant_minutes_are_part_of_the_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} {self.minutes} min"


class ServiceEntry(models.Model):
    """One untimed service: an evaluation, a modality, a group session."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="service_entries")
    key = models.UUIDField(default=uuid.uuid4, help_text="The entry's name in the draft.")
    position = models.PositiveSmallIntegerField(default=1)
    code = models.ForeignKey(ProcedureCode, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MINUTES_IN_A_DAY)]
    )
    assistant_minutes = models.PositiveSmallIntegerField(default=0)
    narrative = models.TextField(blank=True)

    class Meta:
        ordering = ["visit", "position", "pk"]
        verbose_name_plural = "service entries"
        constraints = [
            models.UniqueConstraint(fields=["visit", "key"], name="one_service_entry_per_key"),
            models.UniqueConstraint(fields=["visit", "code"], name="an_untimed_code_stands_once"),
            models.CheckConstraint(
                condition=models.Q(minutes=None) | models.Q(minutes__lte=MINUTES_IN_A_DAY),
                name="untimed_minutes_fit_in_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code_id)


class Draft(models.Model):
    """The session page as last typed, valid or not, so that nothing typed is ever lost.

    `version` grows with each save; a save built on an older version is refused.
    """

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="draft")
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"draft {self.pk} version {self.version}"
