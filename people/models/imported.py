"""Patients that come from another system's file: the file, and each of its rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from people.models.patient import Patient
from people.models.practice import Clinic
from people.models.staff import User


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def visible_to(self, user: User) -> ImportFileQuerySet:
        return self.filter(clinic__in=user.visible_clinics())


class ImportFile(models.Model):
    """One file. Its rows say what has been made of it; the status says what may happen next."""

    class Status(models.TextChoices):
        CHECKED = "checked", "Checked"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        UNDONE = "undone", "Taken back"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    header = models.JSONField(default=list)  # as the file has it, to write the refused rows back
    unknown = models.JSONField(default=list)  # columns that nothing is made of
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.CHECKED)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    worked_at = models.DateTimeField(null=True)  # the last chunk was written
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(status="undone"), name="a_file_is_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(status="checked")
                | Q(started_at__isnull=False, started_by__isnull=False),
                name="an_import_says_who_began_it",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("people:import", args=[self.pk])


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, user: User) -> ImportRowQuerySet:
        return self.filter(file__in=ImportFile.objects.visible_to(user))

    def with_problems(self) -> ImportRowQuerySet:
        return self.exclude(problems=[])

    def alike(self) -> ImportRowQuerySet:
        """Without a problem, and like a patient who is here already."""
        return self.filter(problems=[], look_alike__isnull=False)

    def to_make(self) -> ImportRowQuerySet:
        return self.filter(taken=True, patient=None)

    def made(self) -> ImportRowQuerySet:
        return self.filter(patient__isnull=False)


class ImportRow(models.Model):
    """One row of the file, and the patient that was made of it: one at most, and for good."""

    STAYS_WHEN_PATIENTS_MERGE = True

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as a spreadsheet counts; the header is 1
    # As written, and as stored. Emptied once they are a patient's, who may change or remove them.
    cells = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list)  # [["DOB", "This is no date …"], …]
    look_alike = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    why_alike = models.CharField(max_length=200, blank=True)
    taken = models.BooleanField()  # it is to be imported, or has been
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="a_row_stands_once_in_a_file"),
            models.CheckConstraint(
                condition=Q(taken=False) | Q(problems=[]), name="a_row_with_problems_is_not_taken"
            ),
            models.CheckConstraint(
                condition=Q(patient=None) | Q(taken=True), name="only_a_taken_row_is_imported"
            ),
        ]
        indexes = [
            models.Index(
                fields=["file", "number"],
                condition=Q(taken=True, patient=None),
                name="import_row_to_make",
            )
        ]

    def __str__(self) -> str:
        return f"import row {self.pk}"

    @property
    def called(self) -> str:
        """Whom the row names, for lists."""
        last, first = self.values.get("last_name", ""), self.values.get("first_name", "")
        return ", ".join(part for part in (last, first) if part)

    @property
    def reached_at(self) -> tuple[str, str]:
        """A telephone and an e-mail of the row, for lists."""
        phone = self.values.get("mobile_phone") or self.values.get("home_phone", "")
        return phone, self.values.get("email", "")
