"""What the practice writes to patients: each message is a row before it is anything else."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.patient import Patient
from people.models.staff import User

# A provider answers within seconds: what is being sent for longer was cut off.
ANSWERS_WITHIN = dt.timedelta(minutes=5)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        return self.filter(patient__in=Patient.objects.at_clinics_of(user))

    def due(self) -> MessageQuerySet:
        """What is to leave the house now."""
        return self.filter(status=Message.Status.WAITING, not_before__lte=timezone.now())

    def unknown(self) -> MessageQuerySet:
        """Handed over, and nobody knows whether it went out: a person decides."""
        cut_off = Q(sending_since__lt=timezone.now() - ANSWERS_WITHIN)
        return self.filter(cut_off | ~Q(problem=""), status=Message.Status.SENDING)

    def failed(self) -> MessageQuerySet:
        """Refused or not delivered, and nobody has dealt with it yet."""
        return self.filter(status=Message.Status.FAILED, settled_at=None)


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
    sending_since = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, help_text="As the provider's receipt says.")
    provider_id = models.CharField(max_length=200, blank=True)
    # What a person did about one that failed, or of which nobody knows.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    instead_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="sent_again_as"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(status="waiting"), name="message_waiting"
            ),
            models.Index(fields=["patient", "-created_at"], name="message_by_patient"),
            models.Index(
                fields=["status", "-created_at"],
                condition=Q(status__in=["failed", "sending"]),
                name="message_to_settle",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
                name="a_sent_message_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="sending") | Q(sending_since__isnull=False),
                name="a_message_being_sent_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_unknown(self) -> bool:
        """As `unknown`, of one row."""
        return self.status == self.Status.SENDING and (
            bool(self.problem)
            or self.sending_since is None
            or self.sending_since < timezone.now() - ANSWERS_WITHIN
        )

    @property
    def is_open_failure(self) -> bool:
        return self.status == self.Status.FAILED and self.settled_at is None


class MessageStop(models.Model):
    """A patient wants no more messages on a channel, from then on until they want them again."""

    class How(models.TextChoices):
        REPLY = "reply", "answered STOP"
        LINK = "link", "used the link in an e-mail"
        DESK = "desk", "told the practice"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=5, choices=Message.Channel.choices)
    how = models.CharField(max_length=5, choices=How.choices)
    stopped_at = models.DateTimeField(default=timezone.now)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-stopped_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel"],
                condition=Q(resumed_at=None),
                name="a_channel_is_stopped_once",
            ),
        ]

    def __str__(self) -> str:
        return f"stop {self.pk}"
