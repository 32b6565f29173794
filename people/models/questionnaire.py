"""What a patient writes down at home before the first visit, and what the desk made of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from people.models.link import PatientLink
from people.models.patient import Patient
from people.models.staff import User


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, user: User) -> QuestionnaireQuerySet:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def waiting(self) -> QuestionnaireQuerySet:
        """Sent in by the patient, not yet gone through by the desk."""
        return self.filter(status=Questionnaire.Status.SENT_IN)


class Questionnaire(models.Model):
    """One intake questionnaire of one patient. Nothing in it is the patient's record until the
    desk has taken it over, field by field."""

    class Status(models.TextChoices):
        OPEN = "open", "With the patient"
        SENT_IN = "sent_in", "To review"
        REVIEWED = "reviewed", "Reviewed"
        WITHDRAWN = "withdrawn", "Taken back"

    TONES = {
        Status.OPEN: "info",
        Status.SENT_IN: "warning",
        Status.REVIEWED: "success",
        Status.WITHDRAWN: "muted",
    }

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    link = models.OneToOneField(PatientLink, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    decisions: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_in_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(
                fields=["sent_in_at"], condition=Q(status="sent_in"), name="questionnaire_to_review"
            ),
            models.Index(fields=["patient", "-made_at"], name="questionnaire_by_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(status="open"), name="one_open_questionnaire"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent_in", "reviewed"]) | Q(sent_in_at__isnull=False),
                name="a_sent_questionnaire_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="reviewed")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="a_reviewed_questionnaire_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"questionnaire {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("people:questionnaire", args=[self.pk])

    @property
    def tone(self) -> str:
        return self.TONES[self.Status(self.status)]


class CardPhotoQuerySet(models.QuerySet["CardPhoto"]):
    def visible_to(self, user: User) -> CardPhotoQuerySet:
        """Of questionnaires that were sent in; before that a picture is the patient's own."""
        rows = Questionnaire.objects.visible_to(user).exclude(sent_in_at=None)
        return self.filter(questionnaire__in=rows)


class CardPhoto(models.Model):
    """A photograph of an insurance card, made anew from its pixels: no place, no camera in it."""

    class Side(models.TextChoices):
        FRONT = "front", "Front"
        BACK = "back", "Back"

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="card_photos"
    )
    side = models.CharField(max_length=5, choices=Side.choices)
    image = models.BinaryField()  # JPEG
    thumbnail = models.BinaryField()  # JPEG
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now)

    objects = CardPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["questionnaire", "side"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "side"], name="one_photo_per_side"),
        ]

    def __str__(self) -> str:
        return f"card photo {self.pk}"
