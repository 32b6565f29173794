"""The insurance cards a patient carries, and what their payers have authorised."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from people.models.patient import Patient, Sex
from people.models.payer import Payer
from people.models.staff import User
from people.validators import STATE_CHOICES, validate_postal_code


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def visible_to(self, user: User) -> CoverageQuerySet:
        return self.filter(patient__in=Patient.objects.visible_to(user))


class Coverage(models.Model):
    """One insurance card: who pays, under which number, in which order, from when to when."""

    class Relation(models.TextChoices):
        """The patient's relation to the subscriber (X12 element 1069)."""

        SELF = "18", "Patient is the subscriber"
        SPOUSE = "01", "Spouse"
        CHILD = "19", "Child"
        EMPLOYEE = "20", "Employee (workers' compensation)"
        OTHER = "G8", "Other"

    class Priority(models.IntegerChoices):
        PRIMARY = 1, "Primary"
        SECONDARY = 2, "Secondary"
        TERTIARY = 3, "Tertiary"

    class MedicareSecondary(models.TextChoices):
        """Why Medicare pays after another payer (SBR05; 42 CFR part 411)."""

        WORKING_AGED = "12", "65 or older, plan of an employer (patient's or spouse's)"
        END_STAGE_RENAL = "13", "Kidney failure, plan of an employer in its first 30 months"
        NO_FAULT = "14", "No-fault or automobile insurance"
        WORKERS_COMPENSATION = "15", "Workers' compensation"
        PUBLIC_HEALTH = "16", "Public Health Service or another federal agency"
        BLACK_LUNG = "41", "Black lung program"
        VETERANS_AFFAIRS = "42", "Veterans Affairs"
        DISABLED = "43", "Disabled and under 65, plan of a large employer"
        LIABILITY = "47", "Liability insurance"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    member_id = models.CharField("member ID", max_length=40)
    group_number = models.CharField(max_length=40, blank=True)
    group_name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=2, choices=Relation.choices, default=Relation.SELF)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.PRIMARY)
    medicare_secondary = models.CharField(
        "why Medicare pays later",
        max_length=2,
        choices=MedicareSecondary.choices,
        blank=True,
        help_text="Only for a Medicare card that does not pay first.",
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Empty while it runs.")
    copay = models.DecimalField(
        max_digits=8, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    coinsurance_percent = models.DecimalField(
        "coinsurance, percent",
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    deductible = models.DecimalField(
        max_digits=9, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    claim_number = models.CharField(
        max_length=30, blank=True, help_text="Workers' compensation or automobile claim number."
    )
    assigns_benefits = models.BooleanField(
        "payer pays the practice", default=True, help_text="CMS-1500 item 13, CLM08."
    )
    release_signed = models.BooleanField(
        "release of records signed", default=True, help_text="CMS-1500 item 12, CLM09."
    )
    verified_on = models.DateField(null=True, blank=True, editable=False)  # the card was seen
    verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    subscriber_employer = models.CharField(
        "employer", max_length=60, blank=True, help_text="As the insurer writes it."
    )
    subscriber_first_name = models.CharField(max_length=35, blank=True)
    subscriber_middle_name = models.CharField(max_length=25, blank=True)
    subscriber_last_name = models.CharField(max_length=60, blank=True)
    subscriber_suffix = models.CharField(max_length=10, blank=True)
    subscriber_birth_date = models.DateField(null=True, blank=True)
    subscriber_sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    subscriber_line1 = models.CharField("subscriber street", max_length=55, blank=True)
    subscriber_city = models.CharField(max_length=30, blank=True)
    subscriber_state = models.CharField(max_length=2, choices=STATE_CHOICES, blank=True)
    subscriber_postal_code = models.CharField(
        "subscriber ZIP code", max_length=10, blank=True, validators=[validate_postal_code]
    )

    objects = CoverageQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "priority", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="coverage_runs_forward",
            ),
            models.CheckConstraint(
                condition=~models.Q(relation="20") | ~models.Q(subscriber_employer=""),
                name="coverage_of_an_employee_names_the_employer",
            ),
            ExclusionConstraint(
                name="one_coverage_per_priority_and_day",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    ("priority", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "starts_on",
                            "ends_on",
                            models.Value("[]"),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=(
                    "Another card already has this place (primary …) on some of these days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} ({self.get_priority_display().lower()})"

    def is_active_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if self.ends_on and self.starts_on and self.ends_on < self.starts_on:
            problems["ends_on"] = "The end lies before the start."
        if self.relation == self.Relation.EMPLOYEE:
            problems |= self._problems_of_employer()
        elif self.relation != self.Relation.SELF:
            problems |= self._problems_of_subscriber()
        if problems:
            raise ValidationError(problems)

    def _problems_of_employer(self) -> dict[str, str]:
        problems: dict[str, str] = {}
        if not self.subscriber_employer:
            problems["subscriber_employer"] = "Which employer? The claim is billed under its name."
        if self.payer_id is not None and self.payer.kind != Payer.Kind.WORKERS_COMP:
            problems["relation"] = (
                "Only workers' compensation insures the employer: who holds this policy?"
            )
        return problems

    def _problems_of_subscriber(self) -> dict[str, str]:
        problems: dict[str, str] = {}
        if not self.subscriber_last_name:
            problems["subscriber_last_name"] = "Who holds the policy? Write the last name."
        if not self.subscriber_first_name:
            problems["subscriber_first_name"] = "Write the subscriber's first name."
        if not self.subscriber_birth_date:
            problems["subscriber_birth_date"] = "Claims need the subscriber's birth date."
        return problems


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    def visible_to(self, user: User) -> AuthorizationQuerySet:
        return self.filter(coverage__patient__in=Patient.objects.visible_to(user))


class Authorization(models.Model):
    """What a payer has agreed to pay for: visits or units of certain codes, between two days."""

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField(max_length=50)
    codes = ArrayField(
        models.CharField(
            max_length=5,
            validators=[
                RegexValidator(r"^[0-9A-Z]\d{3}[0-9A-Z]$", "A code has 5 characters, as 97112.")
            ],
        ),
        default=list,
        blank=True,
        help_text="Empty: any code.",
    )
    visits_approved = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    units_approved = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="authorization_runs_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(visits_approved__isnull=False)
                | models.Q(units_approved__isnull=False),
                name="authorization_counts_visits_or_units",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_active_on(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            problems["ends_on"] = "The end lies before the start."
        if self.visits_approved is None and self.units_approved is None:
            problems["visits_approved"] = "Write how many visits, or how many units, are approved."
        if problems:
            raise ValidationError(problems)
