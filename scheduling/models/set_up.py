"""What a clinic sets up once: appointment types, rooms, working hours, closures."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from people.models import Clinic, Therapist, User
from people.models.staff import Discipline
from scheduling.models.equipment import Equipment, EquipmentKind

MOST_PLACES = 30  # in one group
LONGEST_BUFFER = 120  # minutes


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, user: User) -> RoomQuerySet:
        """Rooms of the clinics this person works in."""
        return self.filter(clinic__in=user.visible_clinics())


class WeeklyHoursQuerySet(models.QuerySet["WeeklyHours"]):
    def visible_to(self, user: User) -> WeeklyHoursQuerySet:
        """Working hours at the clinics this person works in."""
        return self.filter(clinic__in=user.visible_clinics())


class ClosureQuerySet(models.QuerySet["Closure"]):
    def visible_to(self, user: User) -> ClosureQuerySet:
        """Closures of this person's clinics, of their rooms, and of whoever works there."""
        if user.sees_all_clinics:
            return self.all()
        clinics = user.visible_clinics()
        return self.filter(
            models.Q(clinic__in=clinics)
            | models.Q(room__clinic__in=clinics)
            | models.Q(equipment__clinic__in=clinics)
            | models.Q(therapist__in=Therapist.objects.filter(user__clinics__in=clinics))
        )

    def overlapping(self, starts_at: dt.datetime, ends_at: dt.datetime) -> ClosureQuerySet:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class AppointmentType(models.Model):
    """What kind of visit is booked: its length, its colour, whom and what it needs.

    With more than one place (`capacity`) it is a group: patients share therapist and time.
    """

    class Tint(models.TextChoices):
        BLUE = "blue", "Blue"
        TEAL = "teal", "Teal"
        GREEN = "green", "Green"
        AMBER = "amber", "Amber"
        ORANGE = "orange", "Orange"
        PINK = "pink", "Pink"
        PURPLE = "purple", "Purple"
        SLATE = "slate", "Slate"

    name = models.CharField(max_length=40, unique=True)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    tint = models.CharField(max_length=10, choices=Tint.choices, default=Tint.BLUE)
    discipline = models.CharField(max_length=3, choices=Discipline.choices, default=Discipline.PT)
    is_evaluation = models.BooleanField(
        default=False, help_text="Evaluations are booked with therapists, not assistants."
    )
    usual_units = models.PositiveSmallIntegerField(
        "usual units",
        null=True,
        blank=True,
        validators=[MaxValueValidator(32)],
        help_text="Timed units a visit takes of an authorization. Empty: one per 15 minutes.",
    )
    capacity = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
        help_text="How many patients at once. More than 1 makes it a group.",
    )
    buffer_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_BUFFER)],
        help_text="Kept free for the therapist after each visit.",
    )
    needs_room = models.BooleanField(default=False, help_text="Booked only with a room.")
    equipment_kinds = models.ManyToManyField(
        EquipmentKind,
        blank=True,
        related_name="+",
        help_text="Booked only with a piece of each.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=MOST_PLACES),
                name="type_has_places",
            ),
            models.CheckConstraint(
                condition=models.Q(buffer_minutes__lte=LONGEST_BUFFER),
                name="type_buffer_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_group(self) -> bool:
        return self.capacity > 1


class Room(models.Model):
    """A room or bay that holds one appointment, or one group, at a time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="one_room_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class WeeklyHours(models.Model):
    """When a therapist works at a clinic on one weekday, in the clinic's wall clock."""

    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    weekday = models.SmallIntegerField(
        choices=[(0, "Mon"), (1, "Tue"), (2, "Wed"), (3, "Thu"), (4, "Fri"), (5, "Sat"), (6, "Sun")]
    )
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    objects = WeeklyHoursQuerySet.as_manager()

    class Meta:
        ordering = ["therapist", "weekday", "starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="hours_run_forward"
            ),
            models.UniqueConstraint(
                fields=["therapist", "weekday", "starts_at"], name="one_start_per_weekday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.therapist} {self.get_weekday_display()} {self.starts_at:%H:%M}"


def _just_one_of(*names: str) -> models.Q:
    either = models.Q()
    for chosen in names:
        either |= models.Q(**{f"{name}__isnull": name != chosen for name in names})
    return either


class Closure(models.Model):
    """Time when a clinic is shut, a therapist is away, or a room or a piece of equipment is out
    of use."""

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    equipment = models.ForeignKey(
        Equipment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=60)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="closure_runs_forward"
            ),
            models.CheckConstraint(
                condition=_just_one_of("clinic", "therapist", "room", "equipment"),
                name="closure_is_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} from {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def place(self) -> Clinic | None:
        """The clinic on whose wall clock it reads; a therapist may work in several."""
        if self.equipment is not None:
            return self.equipment.clinic
        return self.room.clinic if self.room is not None else self.clinic
