"""Results of outcome measures: each a row that never changes; a later row corrects it."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from documentation.models.case import Episode, OfEpisodeQuerySet
from documentation.models.visit import Visit
from documentation.rules import change, measures
from people.models import PatientLink, User


class MeasureResultQuerySet(OfEpisodeQuerySet):
    def standing(self) -> MeasureResultQuerySet:
        """What counts: neither corrected since nor withdrawn."""
        return self.filter(corrected_by=None, is_withdrawn=False)

    def of_series(self, key: str) -> MeasureResultQuerySet:
        series = measures.series(key)
        return self.filter(measure=series.measure.id, variant=series.variant)


class MeasureResult(models.Model):
    """What a patient scored on one day. `answers` are what was entered, `value` what it scores.

    The database refuses every change. Whatever was wrong is corrected by a later row, which names
    the row it replaces; `is_withdrawn` says that there should have been no result at all.
    """

    class Origin(models.TextChoices):
        CLINIC = "clinic", "Measured at the clinic"
        PATIENT = "patient", "Answered by the patient"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="results")
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="results"
    )
    measure = models.CharField(max_length=20)
    variant = models.CharField(max_length=20, blank=True)
    taken_on = models.DateField()
    value = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    special = models.CharField(max_length=20, blank=True)
    answers = models.JSONField(default=dict)
    conditions = models.JSONField(default=dict)
    remark = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=7, choices=Origin.choices, default=Origin.CLINIC)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    is_withdrawn = models.BooleanField(default=False)
    why = models.CharField("why it is corrected", max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="None: the patient."
    )
    recorder_name = models.CharField(max_length=120)

    objects = MeasureResultQuerySet.as_manager()

    class Meta:
        ordering = ["taken_on", "pk"]
        indexes = [
            models.Index(fields=["episode", "measure", "taken_on"], name="result_by_case_and_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_withdrawn=True, value=None)
                | Q(is_withdrawn=False, value__isnull=False)
                | (Q(is_withdrawn=False) & ~Q(special="")),
                name="a_result_says_something_or_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, why="", is_withdrawn=False)
                | (Q(corrects__isnull=False) & ~Q(why="")),
                name="a_correction_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(origin="clinic", recorded_by__isnull=False)
                | Q(origin="patient", recorded_by=None),
                name="a_result_has_a_recorder",
            ),
        ]

    def __str__(self) -> str:
        return f"result {self.pk}"

    @property
    def series(self) -> measures.Series:
        return measures.Series(measures.measures()[self.measure], self.variant)

    @property
    def said(self) -> str:
        """The result as it is written: "44 pt", "could not do it", "212 m, stopped early"."""
        special = self.series.measure.special(self.special)
        if special is None:
            return self.series.say(self.value)
        if self.value is None:
            return special.label
        return f"{self.series.say(self.value)}, {special.label.lower()}"


class CaseGroup(models.Model):
    """To which patients in the studies this one is compared, where the therapist says it."""

    episode = models.OneToOneField(Episode, on_delete=models.CASCADE, related_name="case_group")
    group = models.CharField(max_length=30)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        found = change.groups().get(self.group)
        return found.label if found is not None else self.group


class MeasureRequest(models.Model):
    """Questions sent to a patient, to be answered once behind a link."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="measure_requests")
    series = ArrayField(models.CharField(max_length=40), size=10)
    link = models.OneToOneField(PatientLink, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    objects = OfEpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"measure request {self.pk}"

    @property
    def questions(self) -> list[measures.Series]:
        known = measures.all_series()
        return [known[key] for key in self.series if key in known]

    @property
    def is_open(self) -> bool:
        link = self.link
        return (
            link is not None
            and self.answered_at is None
            and link.revoked_at is None
            and link.expires_at > timezone.now()
        )

    @property
    def opens_until(self) -> dt.datetime | None:
        return self.link.expires_at if self.link is not None else None
