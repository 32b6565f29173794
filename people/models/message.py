"""What the practice writes to patients: each message is a row before it is anything else."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.patient import Patient
from people.models.staff import User


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        return self.filter(patient__in=Patient.objects.at_clinics_of(user))


class Message(models.Model):
    """One message to one patient, sent at most once. Nothing clinical stands in it."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not delivered"
        WITHHELD = "withheld", "Not sent"  # no address, opted out, or no longer true

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    # The event it tells of: the same event is told once.
    source_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    problem = models.CharField(max_length=200, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    not_after = models.DateTimeField(null=True, help_text="Too late, it is withheld.")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=80, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(status="waiting"), name="message_waiting"
            ),
            models.Index(fields=["patient", "-created_at"], name="message_by_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
                name="a_sent_message_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
