"""A group: patients whom one therapist treats together, each with an appointment of their own."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from people.models import Clinic, Therapist, User
from scheduling.models.set_up import MOST_PLACES, AppointmentType, Room
from scheduling.models.span import LIVE_STATUSES, LONGEST

TAKEN = models.Count("members", filter=models.Q(members__status__in=LIVE_STATUSES))


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> GroupQuerySet:
        """Groups at the clinics this person works in."""
        if user.sees_all_clinics:
            return self.all()
        return self.filter(clinic__in=user.visible_clinics())

    def with_taken(self) -> GroupQuerySet:
        """Each group with `taken`: how many live members it has."""
        return self.annotate(taken=TAKEN)

    def meeting(self) -> GroupQuerySet:
        """Groups that have members, each with `taken`: the others hold nothing."""
        return self.annotate(taken=TAKEN).filter(taken__gt=0)

    def joinable(self) -> GroupQuerySet:
        """Groups that meet and have a place left, each with `taken`."""
        return self.annotate(taken=TAKEN).filter(taken__gt=0, taken__lt=models.F("capacity"))

    def for_page(self) -> GroupQuerySet:
        return self.select_related("therapist__user", "type", "room", "clinic")


class Group(models.Model):
    """Where and when its members meet, and how many there may be.

    Its live members (`members`) have the same therapist, clinic, room, type and times: a trigger
    refuses any other, and carries a change of these over to them. Members who were cancelled or
    did not come keep the times they had.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )
    version = models.PositiveIntegerField(default=1)

    taken: int  # how many live members; on rows of `with_taken()`

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["therapist", "starts_at"], name="group_by_therapist"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    ends_at__gt=models.F("starts_at"),
                    ends_at__lte=models.F("starts_at") + LONGEST,
                ),
                name="group_runs_forward_within_half_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=MOST_PLACES),
                name="group_has_places",
            ),
        ]

    def __str__(self) -> str:
        return f"group {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("scheduling:group", args=[self.pk])

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def places_left(self) -> int:
        return max(0, self.capacity - self.taken)
