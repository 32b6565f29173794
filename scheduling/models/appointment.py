"""The appointments themselves, and what the database refuses of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from people.models import Authorization, Clinic, Patient, Therapist, User
from scheduling.models.equipment import Equipment
from scheduling.models.group import Group
from scheduling.models.series import Series
from scheduling.models.set_up import AppointmentType, Room
from scheduling.models.span import LIVE_STATUSES, LONGEST, SPAN

# Apart, or together in one group: alone, an appointment is in a group of its own.
TOGETHER = Coalesce(F("group"), F("id") * Value(-1), output_field=models.BigIntegerField())


def no_two_live(of: str, *, but_in_one_group: bool = False) -> ExclusionConstraint:
    """The database's refusal of two live appointments of one `of` at once; those of one group
    may share it where told."""
    expressions: list[tuple[Any, str]] = [
        (of, RangeOperators.EQUAL),
        (SPAN, RangeOperators.OVERLAPS),
    ]
    if but_in_one_group:
        expressions.append((TOGETHER, RangeOperators.NOT_EQUAL))
    return ExclusionConstraint(
        name=f"no_two_live_appointments_of_a_{of}",
        expressions=expressions,
        condition=models.Q(status__in=LIVE_STATUSES),
    )


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> AppointmentQuerySet:
        """Appointments at the clinics this person works in."""
        if user.sees_all_clinics:
            return self.all()
        return self.filter(clinic__in=user.visible_clinics())

    def live(self) -> AppointmentQuerySet:
        """Appointments that hold their time: not cancelled and not a no-show."""
        return self.filter(status__in=LIVE_STATUSES)

    def overlapping(self, starts_at: dt.datetime, ends_at: dt.datetime) -> AppointmentQuerySet:
        """Appointments that share time with this stretch. None is longer than LONGEST, which
        bounds the search from below, so that it reads a few hours of an index and not all."""
        return self.filter(
            starts_at__lt=ends_at, starts_at__gt=starts_at - LONGEST, ends_at__gt=starts_at
        )

    def for_day_sheet(self) -> AppointmentQuerySet:
        return self.select_related(
            "patient", "therapist__user", "type", "room", "clinic", "group"
        ).order_by("starts_at", "pk")

    def with_equipment(self) -> AppointmentQuerySet:
        """Each with the pieces it uses, in one more query."""
        return self.prefetch_related("equipment")


class Appointment(models.Model):
    """A patient, a therapist and a stretch of time at a clinic."""

    class Status(models.TextChoices):
        BOOKED = "booked", "Booked"
        CONFIRMED = "confirmed", "Confirmed"
        ARRIVED = "arrived", "Arrived"
        IN_SESSION = "in_session", "In session"
        COMPLETED = "completed", "Completed"
        NO_SHOW = "no_show", "No-show"
        CANCELLED = "cancelled", "Cancelled"

    ALLOWED = {
        Status.BOOKED: {Status.CONFIRMED, Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED},
        Status.CONFIRMED: {Status.ARRIVED, Status.NO_SHOW, Status.CANCELLED},
        Status.ARRIVED: {Status.BOOKED, Status.IN_SESSION, Status.CANCELLED},
        Status.IN_SESSION: {Status.COMPLETED},
        Status.COMPLETED: set(),
        Status.NO_SHOW: {Status.BOOKED},
        Status.CANCELLED: {Status.BOOKED},
    }
    MOVABLE = (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED)
    # The colour is only the second way to tell: each status has its word and its icon too.
    TONES = {
        Status.BOOKED: "muted",
        Status.CONFIRMED: "info",
        Status.ARRIVED: "accent",
        Status.IN_SESSION: "warning",
        Status.COMPLETED: "success",
        Status.NO_SHOW: "danger",
        Status.CANCELLED: "muted",
    }
    ICONS = {
        Status.BOOKED: "calendar-event",
        Status.CONFIRMED: "circle-check",
        Status.ARRIVED: "armchair",
        Status.IN_SESSION: "player-play",
        Status.COMPLETED: "checks",
        Status.NO_SHOW: "user-x",
        Status.CANCELLED: "circle-x",
    }

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    equipment = models.ManyToManyField(
        Equipment, through="scheduling.EquipmentUse", related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BOOKED)
    cancel_reason = models.CharField(max_length=120, blank=True)
    remark = models.CharField(
        max_length=200, blank=True, help_text="For the desk; nothing clinical."
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    was_late_cancel = models.BooleanField(default=False)  # by the clinic's rule on that day
    proposed_fee = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    version = models.PositiveIntegerField(default=1)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField(default=timezone.now)
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    series_position = models.PositiveSmallIntegerField(null=True, blank=True)
    # Moved on its own: changes of the whole series leave it where it is from then on.
    detached_from_series_at = models.DateTimeField(null=True, blank=True)
    # Which authorization the visit is reserved on; only a live appointment counts against it.
    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    over_budget_reason = models.CharField(max_length=200, blank=True)
    over_budget_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    over_budget_at = models.DateTimeField(null=True)
    units_used = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="What was billed, once it is known; until then the type's."
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="appointment_by_clinic_day"),
            models.Index(fields=["patient", "-starts_at"], name="appointment_by_patient"),
            models.Index(fields=["therapist", "starts_at"], name="appointment_by_therapist"),
            models.Index(
                fields=["starts_at"],
                condition=~models.Q(over_budget_reason=""),
                name="appointment_over_budget",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="appointment_runs_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__lte=models.F("starts_at") + LONGEST),
                name="appointment_within_half_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(series=None, series_position=None, detached_from_series_at=None)
                | models.Q(series__isnull=False, series_position__gte=1),
                name="a_place_in_a_series_needs_the_series",
            ),
            models.UniqueConstraint(
                fields=["series", "series_position"], name="one_visit_per_place_in_a_series"
            ),
            models.CheckConstraint(
                condition=models.Q(over_budget_reason="", over_budget_at=None)
                | (~models.Q(over_budget_reason="") & models.Q(over_budget_at__isnull=False)),
                name="over_budget_says_when_and_why",
            ),
            no_two_live("therapist", but_in_one_group=True),
            no_two_live("room", but_in_one_group=True),
            no_two_live("patient"),
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("scheduling:appointment", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_STATUSES

    @property
    def tone(self) -> str:
        return self.TONES[self.Status(self.status)]

    @property
    def icon(self) -> str:
        return self.ICONS[self.Status(self.status)]

    @property
    def may_follow(self) -> set[str]:
        """The statuses it may move to from here."""
        return {str(status.value) for status in self.ALLOWED[self.Status(self.status)]}

    @property
    def is_movable(self) -> bool:
        return self.status in self.MOVABLE

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)
