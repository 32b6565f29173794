"""A patient: who they are, how to reach them, and how search finds them."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils import timezone

from people.models.practice import Address, Clinic
from people.models.staff import User
from people.validators import validate_phone


class Sex(models.TextChoices):
    """Sex as claims carry it (X12 element 1068)."""

    FEMALE = "F", "Female"
    MALE = "M", "Male"
    UNKNOWN = "U", "Unknown or other"


def folded(text: models.Expression | models.F) -> models.Func:
    """Text as search compares it: no accents, no capitals, no apostrophes, hyphens as blanks."""
    return models.Func(text, function="people_fold", output_field=models.TextField())


# Each part of the name stands behind a blank, so that "% ok%" finds where a part begins.
FOLDED_NAME = folded(
    Concat(
        models.Value(" "),
        "last_name",
        models.Value(" "),
        "first_name",
        models.Value(" "),
        "preferred_name",
        models.Value(" "),
        "middle_name",
        output_field=models.TextField(),
    )
)
NUMBERS = Concat(
    "mobile_phone",
    models.Value(" "),
    "home_phone",
    models.Value(" "),
    "mrn",
    output_field=models.TextField(),
)


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: User) -> PatientQuerySet:
        """Patients of the user's clinics who have not been removed, nor merged into another."""
        return self.at_clinics_of(user).filter(removed_at=None, merged_into=None)

    def removed_visible_to(self, user: User) -> PatientQuerySet:
        """Patients of the user's clinics who have been removed, to put one back."""
        return self.at_clinics_of(user).filter(removed_at__isnull=False, merged_into=None)

    def same_person(self, patient_id: int) -> PatientQuerySet:
        """The record and those merged into it, whichever of them is named: what is signed, posted
        or sent stays under the record it was written for."""
        named = Patient.objects.filter(pk=patient_id)
        kept = named.annotate(kept=Coalesce("merged_into", "pk")).values("kept")[:1]
        return self.filter(
            models.Q(pk=models.Subquery(kept)) | models.Q(merged_into=models.Subquery(kept))
        )

    def at_clinics_of(self, user: User) -> PatientQuerySet:
        if user.sees_all_clinics:
            return self.all()
        return self.filter(clinic__in=user.visible_clinics())


class Patient(Address):
    """Somebody we treat. Nothing clinical stands here; the chart is documentation's."""

    mrn = models.CharField("MRN", max_length=12, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    first_name = models.CharField(max_length=35)
    middle_name = models.CharField(max_length=25, blank=True)
    last_name = models.CharField(max_length=60)
    suffix = models.CharField(max_length=10, blank=True, help_text="Jr, Sr, III …")
    preferred_name = models.CharField(max_length=35, blank=True)
    birth_date = models.DateField()
    sex = models.CharField("sex on claims", max_length=1, choices=Sex.choices)
    gender_identity = models.CharField(max_length=40, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    mobile_phone = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    home_phone = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    email = models.EmailField("e-mail", blank=True)
    contact_by = models.CharField(
        "prefers",
        max_length=5,
        choices=[
            ("sms", "Text message"),
            ("email", "E-mail"),
            ("phone", "Telephone"),
            ("none", "No reminders"),
        ],
        default="phone",
    )
    emergency_name = models.CharField("emergency contact", max_length=80, blank=True)
    emergency_phone = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    emergency_relation = models.CharField(max_length=40, blank=True)
    guarantor_name = models.CharField(
        "guarantor", max_length=80, blank=True, help_text="Empty when patients pay for themselves."
    )
    guarantor_phone = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    deceased_on = models.DateField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    verified_on = models.DateField(
        null=True, blank=True, editable=False
    )  # "is it all still right?"
    # A duplicate stays as another name of the record that was kept; see people/merging.py.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_records",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What search compares; stored, because to fold 50,000 names anew takes half a second.
    folded_name = models.GeneratedField(
        expression=FOLDED_NAME, output_field=models.TextField(), db_persist=True
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "birth_date", "pk"]
        indexes = [
            models.Index(fields=["clinic", "last_name", "first_name"], name="patient_by_name"),
            models.Index(fields=["birth_date"], name="patient_by_birth_date"),
            GinIndex(
                fields=["folded_name"], opclasses=["gin_trgm_ops"], name="patient_by_folded_name"
            ),
            GinIndex(OpClass(NUMBERS, "gin_trgm_ops"), name="patient_by_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(birth_date__gte=dt.date(1890, 1, 1)),
                name="patient_born_after_1890",
            ),
            models.CheckConstraint(
                condition=models.Q(deceased_on=None)
                | models.Q(deceased_on__gte=models.F("birth_date")),
                name="patient_died_after_birth",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="patient_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.list_name

    def get_absolute_url(self) -> str:
        return reverse("people:patient", args=[self.pk])

    @property
    def list_name(self) -> str:
        """Okafor Jr, Ada — as lists and search show a patient."""
        family = f"{self.last_name} {self.suffix}".strip()
        return f"{family}, {self.preferred_name or self.first_name}"

    @property
    def current(self) -> Patient:
        """The record that was kept, when this one has been merged into it."""
        return self if self.merged_into is None else self.merged_into

    @property
    def full_name(self) -> str:
        parts = (self.first_name, self.middle_name, self.last_name, self.suffix)
        return " ".join(part for part in parts if part)

    @property
    def age(self) -> int:
        """Years today, by the clinic's calendar; at death for a patient who has died."""
        return self.age_on(self.deceased_on or timezone.localdate(timezone=self.clinic.zone))

    def age_on(self, day: dt.date) -> int:
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)

    def clean(self) -> None:
        today = timezone.now().date()
        problems: dict[str, str] = {}
        if self.birth_date and self.birth_date > today:
            problems["birth_date"] = "The birth date lies in the future."
        if self.birth_date and self.birth_date < dt.date(1890, 1, 1):
            problems["birth_date"] = "The birth date is before 1890: check the year."
        if self.deceased_on and self.birth_date and self.deceased_on < self.birth_date:
            problems["deceased_on"] = "This is before the birth date."
        if problems:
            raise ValidationError(problems)
