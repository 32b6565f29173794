"""Medicare's own tables: edits, limits, relative values, indices, the year's amounts.

Each row holds from one day to another and says where it comes from; the rules are handed the rows
of a date of service. What a file of CMS would bring waits in `StagedRow` until a person takes it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from billing.models.payer import IN_FORCE, Effective
from people.models import Clinic, User

RELATIVE: dict[str, Any] = {
    "max_digits": 8,
    "decimal_places": 4,
    "validators": [MinValueValidator(0)],
}
SHARE: dict[str, Any] = {
    "max_digits": 5,
    "decimal_places": 4,
    "validators": [MinValueValidator(0), MaxValueValidator(1)],
}
MONEY: dict[str, Any] = {"max_digits": 9, "decimal_places": 2, "validators": [MinValueValidator(0)]}


class RuleLoad(models.Model):
    """One file of CMS on its way into the rules. Nothing of it counts before it is taken."""

    class Kind(models.TextChoices):
        NCCI = "ncci", "NCCI pairs"
        MUE = "mue", "MUE limits"
        RVU = "rvu", "Relative values"
        GPCI = "gpci", "Geographic indices"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting in line"
        READING = "reading", "Being read"
        READ = "read", "To be confirmed"
        TAKEN = "taken", "Taken"
        REFUSED = "refused", "Refused"
        DISMISSED = "dismissed", "Dismissed"

    kind = models.CharField(max_length=4, choices=Kind.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    file_name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(help_text="Bytes of the file.")
    sha256 = models.CharField(max_length=64)
    holds_from = models.DateField(help_text="The first day the file holds.")
    rows_read = models.PositiveIntegerField(default=0)
    share_read = models.PositiveSmallIntegerField(default=0, help_text="Percent of the file.")
    counts = models.JSONField(default=dict)  # {"kept": 350, "added": 3, "changed": 1, …}
    samples = models.JSONField(default=list)  # [{"what": "added", "row": 12, "told": "…"}, …]
    problem = models.CharField(max_length=300, blank=True)
    problem_row = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    worked_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="taken") | Q(taken_at__isnull=False),
                name="a_taken_file_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(problem=""), name="a_refused_file_says_why"
            ),
            models.CheckConstraint(condition=Q(share_read__lte=100), name="a_share_is_a_percent"),
        ]

    def __str__(self) -> str:
        return f"rule file {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("billing:rule-load", args=[self.pk])

    @property
    def is_moving(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.READING)

    @property
    def tone(self) -> str:
        return {"taken": "success", "refused": "danger", "read": "warning"}.get(
            self.status, "info" if self.is_moving else "muted"
        )


class RuleLoadPart(models.Model):
    """A piece of the file, compressed, until a worker has read it."""

    load = models.ForeignKey(RuleLoad, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["load", "number"]
        constraints = [
            models.UniqueConstraint(fields=["load", "number"], name="one_part_per_number"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of rule file {self.load_id}"


class StagedRow(models.Model):
    """A row of the file that concerns us, as it would be taken."""

    load = models.ForeignKey(RuleLoad, on_delete=models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField(help_text="As the file counts; the first line is 1.")
    key = models.CharField(max_length=40)
    values = models.JSONField()

    class Meta:
        ordering = ["load", "row"]
        constraints = [
            models.UniqueConstraint(fields=["load", "key"], name="a_staged_key_stands_once"),
        ]

    def __str__(self) -> str:
        return f"row {self.row} of rule file {self.load_id}"


class NcciPair(models.Model):
    """One row of the procedure-to-procedure file. Both days are the edit's own."""

    column1 = models.CharField(max_length=5)
    column2 = models.CharField(max_length=5)
    modifier_indicator = models.PositiveSmallIntegerField()
    effective_on = models.DateField(null=True, blank=True, help_text="Empty: since before our file")
    deleted_on = models.DateField(null=True, blank=True, help_text="The last day in force.")
    source = models.CharField(max_length=200)
    load = models.ForeignKey(
        RuleLoad, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["column1", "column2", "effective_on"]
        indexes = [models.Index(fields=["column2", "column1"], name="ncci_by_column2")]
        constraints = [
            models.UniqueConstraint(
                # A pair may have run once without a known start and been issued anew since.
                fields=["column1", "column2", "effective_on"],
                nulls_distinct=False,
                name="one_ncci_row_per_pair_and_start",
            ),
            models.CheckConstraint(
                condition=Q(modifier_indicator__in=[0, 1, 9]), name="an_indicator_is_0_1_or_9"
            ),
            models.CheckConstraint(condition=~Q(column1=F("column2")), name="a_pair_has_two_codes"),
        ]

    def __str__(self) -> str:
        return f"{self.column1} with {self.column2}"


class FromFile(Effective):
    """A row that came from a file (or shipped with the program)."""

    load = models.ForeignKey(
        RuleLoad, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


def holds_alone(name: str, *fields: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((field, RangeOperators.EQUAL) for field in fields),
            (IN_FORCE, RangeOperators.OVERLAPS),
        ],
        violation_error_message="Another row holds on some of these days.",
    )


class UnitLimit(FromFile):
    """How many units of a code a day are believed (MUE), and what happens beyond."""

    class Adjudication(models.IntegerChoices):
        LINE = 1, "Each line"
        ABSOLUTE = 2, "The day, absolute"
        CLINICAL = 3, "The day, may be appealed"

    code = models.CharField(max_length=5)
    units = models.PositiveIntegerField()
    adjudication_indicator = models.PositiveSmallIntegerField(choices=Adjudication.choices)

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [
            holds_alone("one_unit_limit_per_code_and_day", "code"),
            models.CheckConstraint(
                condition=Q(adjudication_indicator__in=[1, 2, 3]),
                name="a_limit_is_judged_by_1_2_or_3",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} at most {self.units}"


class RelativeValue(FromFile):
    """What a code is worth beside others (PPRRVU), outside a facility."""

    code = models.CharField(max_length=5)
    work = models.DecimalField(**RELATIVE)
    practice_expense = models.DecimalField(**RELATIVE)
    malpractice = models.DecimalField(**RELATIVE)
    mppr = models.BooleanField(default=False, help_text="MULT PROC 5.")

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [holds_alone("one_relative_value_per_code_and_day", "code")]

    def __str__(self) -> str:
        return f"{self.code} from {self.effective_from}"


class ConversionFactor(FromFile):
    """Dollars of one relative value unit."""

    amount = models.DecimalField(
        max_digits=9, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )

    class Meta:
        ordering = ["-effective_from"]
        constraints = [
            # One row a day; the expression stands in for a column all rows share.
            ExclusionConstraint(
                name="one_conversion_factor_a_day",
                expressions=[(IN_FORCE, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_factor_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.effective_from}"


class GeographicIndex(FromFile):
    """What work, practice and malpractice cost in one locality of a Medicare contractor."""

    contractor = models.CharField(max_length=5, help_text="The MAC's number.")
    locality = models.CharField(max_length=2)
    state = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    work = models.DecimalField(**RELATIVE)
    practice_expense = models.DecimalField(**RELATIVE)
    malpractice = models.DecimalField(**RELATIVE)

    class Meta:
        ordering = ["state", "name", "contractor", "locality", "-effective_from"]
        verbose_name_plural = "geographic indices"
        constraints = [
            holds_alone("one_index_per_locality_and_day", "contractor", "locality"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.name}"

    @property
    def place(self) -> str:
        """The locality's own number, by which clinics name it."""
        return f"{self.contractor}-{self.locality}"


class ClinicLocality(models.Model):
    """In which locality of which Medicare contractor a clinic stands."""

    clinic = models.OneToOneField(Clinic, on_delete=models.CASCADE, related_name="+")
    contractor = models.CharField(max_length=5)
    locality = models.CharField(max_length=2)

    class Meta:
        verbose_name_plural = "clinic localities"

    def __str__(self) -> str:
        return f"{self.contractor}-{self.locality}"


class MedicareAmounts(Effective):
    """What Medicare sets anew for a calendar year: the KX amounts and how it shares a price."""

    pt_slp_threshold = models.DecimalField("PT and SLP amount", **MONEY)
    ot_threshold = models.DecimalField("OT amount", **MONEY)
    medical_review = models.DecimalField("medical review above", **MONEY)
    deductible = models.DecimalField(
        "Part B deductible", null=True, blank=True, help_text="Empty: not known.", **MONEY
    )
    coinsurance = models.DecimalField(default=Decimal("0.2"), **SHARE)
    assistant_share = models.DecimalField(
        "paid of an assistant's service", default=Decimal("0.85"), **SHARE
    )
    sequestration = models.DecimalField(default=Decimal("0.02"), **SHARE)
    pe_reduction = models.DecimalField(
        "taken off the practice expense of every further unit", default=Decimal("0.5"), **SHARE
    )

    class Meta:
        ordering = ["-effective_from"]
        verbose_name_plural = "Medicare amounts"
        constraints = [
            ExclusionConstraint(
                name="one_set_of_medicare_amounts_a_day",
                expressions=[(IN_FORCE, RangeOperators.OVERLAPS)],
                violation_error_message="Other amounts hold on some of these days.",
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="medicare_amounts_end_after_they_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"Medicare's amounts from {self.effective_from}"


def last_day_before(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=1)
