"""What patients are told of their appointments, in whose words, when; and what they answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models import Clinic, Message, Therapist, User
from scheduling.models.appointment import Appointment
from scheduling.models.set_up import AppointmentType


def leads_at_first() -> list[int]:
    return [48, 3]


class ReminderRules(models.Model):
    """When one clinic writes to its patients, on its own wall clock."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    is_on = models.BooleanField("write to patients", default=True)
    hours_before = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(336)]),
        default=leads_at_first,
        blank=True,
    )
    quiet_from = models.TimeField("quiet from", default=dt.time(20))
    quiet_until = models.TimeField("quiet until", default=dt.time(8))

    class Meta:
        ordering = ["clinic__name"]

    def __str__(self) -> str:
        return f"reminder rules of {self.clinic}"


class MessageTemplate(models.Model):
    """The words for one occasion on one channel, for one appointment type or for all."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", "Booked"
        REMINDER = "reminder", "Reminder"
        MOVED = "moved", "Moved"
        CANCELLED = "cancelled", "Cancelled"
        MISSED = "missed", "After a no-show"

    kind = models.CharField("occasion", max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=5, choices=Message.Channel.choices)
    type = models.ForeignKey(
        AppointmentType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hours_before = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
        help_text="For the reminder this long before; empty: for each.",
    )
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField("words", max_length=2000)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["kind", "channel", "type__name", "hours_before"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "type", "hours_before"],
                nulls_distinct=False,
                name="one_template_per_occasion",
                violation_error_message="There are words for this occasion already.",
            ),
            models.CheckConstraint(
                condition=Q(kind="reminder") | Q(hours_before=None),
                name="only_reminders_come_before",
            ),
            models.CheckConstraint(
                condition=Q(channel="email") ^ Q(subject=""),
                name="mail_has_a_subject_and_a_text_message_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_channel_display().lower()}"


class AppointmentMessage(models.Model):
    """That a message told of an appointment, and which time it told."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=MessageTemplate.Kind.choices)
    hours_before = models.PositiveSmallIntegerField(null=True)
    starts_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["message"], name="appointments_of_a_message"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "message"], name="a_message_tells_once_of_an_appointment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of appointment {self.appointment_id}"


class OfAppointmentsQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> OfAppointmentsQuerySet:
        return self.filter(appointment__in=Appointment.objects.visible_to(user))


class TimeRequest(models.Model):
    """A patient asks, by their link, for another time; the desk answers."""

    class Window(models.TextChoices):
        MORNING = "morning", "Mornings"
        MIDDAY = "midday", "Around noon"
        AFTERNOON = "afternoon", "Afternoons"
        EVENING = "evening", "Evenings"

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    windows = ArrayField(
        models.CharField(max_length=9, choices=Window.choices), default=list, blank=True
    )
    words = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=200, blank=True)

    objects = OfAppointmentsQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(answered_at=None),
                name="one_open_request_per_appointment",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def wishes(self) -> str:
        """Mon, Wed; mornings."""
        days = ", ".join(DAYS[day] for day in self.weekdays)
        times = ", ".join(str(self.Window(window).label).lower() for window in self.windows)
        return "; ".join(part for part in (days, times) if part)


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class PhoneCall(models.Model):
    """A call to a patient about an appointment, and what came of it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        REACHED = "reached", "Reached"
        LEFT_MESSAGE = "left_message", "Left a message"
        NO_ANSWER = "no_answer", "No answer"

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    called_at = models.DateTimeField(default=timezone.now)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = OfAppointmentsQuerySet.as_manager()

    class Meta:
        ordering = ["-called_at", "-pk"]
        indexes = [
            models.Index(fields=["appointment", "-called_at"], name="call_by_appointment"),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"


class CalendarFeed(models.Model):
    """A therapist's appointments under a secret address. Of the address only a hash is kept."""

    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["therapist"],
                condition=Q(revoked_at=None),
                name="one_open_feed_per_therapist",
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
