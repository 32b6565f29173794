"""The timers of a visit's services: each run is a row, its start and stop told to the server."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from documentation.models.case import ProcedureCode
from documentation.models.visit import MINUTES_IN_A_DAY, Visit
from documentation.rules.timing import Run
from people.models import Therapist, User

# A timer that runs has no end yet: it holds all the time to come.
SPAN = models.Func(
    "started_at",
    "stopped_at",
    models.Value("[)"),
    function="TSTZRANGE",
    output_field=DateTimeRangeField(),
)
HOLDS_TIME = Q(one_on_one=True, discarded_at=None)


class ServiceTimerQuerySet(models.QuerySet["ServiceTimer"]):
    def visible_to(self, user: User) -> ServiceTimerQuerySet:
        return self.filter(visit__in=Visit.objects.visible_to(user))

    def kept(self) -> ServiceTimerQuerySet:
        """Those that count: not started by mistake."""
        return self.filter(discarded_at=None)

    def running(self) -> ServiceTimerQuerySet:
        return self.kept().filter(stopped_at=None)


class ServiceTimer(models.Model):
    """One run of a card's timer. `key` is the name the page gave it, so that telling the server of
    the same event twice changes nothing; `entry` is the card. What happened while the device was
    out of reach keeps its own time in `started_at` and `stopped_at`; the `…_told_at` say when the
    server heard of it.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="timers")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    entry = models.UUIDField(help_text="The entry's name in the draft.")
    code = models.ForeignKey(ProcedureCode, on_delete=models.PROTECT, related_name="+")
    furnished_by = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    one_on_one = models.BooleanField()
    minutes_before = models.SmallIntegerField(
        default=0,
        validators=[MinValueValidator(-MINUTES_IN_A_DAY), MaxValueValidator(MINUTES_IN_A_DAY)],
        help_text="What stood on the card beyond what its earlier runs had measured.",
    )
    started_at = models.DateTimeField()
    start_told_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_told_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = ServiceTimerQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [
            models.Index(
                fields=["furnished_by", "started_at"],
                condition=Q(stopped_at=None, discarded_at=None),
                name="timers_that_run",
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="one_on_one_minutes_of_a_clinician_are_of_one_patient",
                expressions=[
                    (F("furnished_by"), RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
                condition=HOLDS_TIME,
            ),
            ExclusionConstraint(
                name="a_patient_has_one_on_one_care_from_one_at_a_time",
                expressions=[
                    (F("visit"), RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
                condition=HOLDS_TIME,
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")),
                name="a_timer_stops_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None, stop_told_at=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, stop_told_at__isnull=False),
                name="a_stopped_timer_says_by_whom_and_when_told",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(stopped_at__isnull=False),
                name="a_discarded_timer_has_stopped",
            ),
        ]

    def __str__(self) -> str:
        return f"timer {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None

    def as_run(self) -> Run:
        return Run(self.started_at, self.stopped_at, self.minutes_before)
