"""Two records of one person made one: what was moved, and whom the desk has told apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.patient import Patient
from people.models.staff import User


class MergeRecordQuerySet(models.QuerySet["MergeRecord"]):
    def visible_to(self, user: User) -> MergeRecordQuerySet:
        """Merges of records at this person's clinics, both of them."""
        here = Patient.objects.at_clinics_of(user).filter(removed_at=None)
        return self.filter(kept__in=here, other__in=here)


class MergeRecord(models.Model):
    """One merge: enough to take it back exactly. It tells of patients, and never moves itself."""

    STAYS_WHEN_PATIENTS_MERGE = True

    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    # [{"model": "scheduling.appointment", "field": "patient", "ids": [1, 2]}, …]
    moved = models.JSONField(default=list)
    # {"scheduling.appointment": 2}: rows that are final and stay under the other record.
    stayed = models.JSONField(default=dict)
    # {"mobile_phone": ["", "+15035550142"]}: before and after, on the record that was kept.
    fields = models.JSONField(default=dict)
    merged_at = models.DateTimeField(default=timezone.now)
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MergeRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["other"], condition=Q(undone_at=None), name="merged_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(kept=models.F("other")), name="a_merge_is_of_two_records"
            ),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"


class NotSamePerson(models.Model):
    """The desk has looked: these two are two people. `first` has the smaller key."""

    STAYS_WHEN_PATIENTS_MERGE = True

    first = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(
                condition=Q(first__lt=models.F("second")), name="told_apart_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
