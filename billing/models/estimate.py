"""Good-faith estimates: the federal numbers, who asked for one, and what each issued one says."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from billing.models.payer import IN_FORCE, Effective
from billing.models.self_pay import OfPatientsQuerySet
from billing.rules.estimates import LeadTimes
from documentation.models.pdf_row import PdfRow
from people.models import Clinic, Patient, User
from scheduling.models import Appointment, AppointmentType

DAYS = [MinValueValidator(1), MaxValueValidator(60)]


class EstimateRule(Effective):
    """What the rule on estimates wants, from one day to another. Days are business days."""

    near_from_days = models.PositiveSmallIntegerField("booked ahead at least", validators=DAYS)
    near_within_days = models.PositiveSmallIntegerField("then given within", validators=DAYS)
    far_from_days = models.PositiveSmallIntegerField("booked far ahead, at least", validators=DAYS)
    far_within_days = models.PositiveSmallIntegerField("far ahead, given within", validators=DAYS)
    asked_within_days = models.PositiveSmallIntegerField(
        "given within, when asked for", validators=DAYS
    )
    dispute_over = models.DecimalField(
        "a bill may be disputed from",
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(1)],
        help_text="So much over the estimate, or more.",
    )
    dispute_days = models.PositiveSmallIntegerField(
        "days to begin a dispute", help_text="Calendar days after the bill."
    )
    dispute_where = models.CharField(
        "where a dispute begins", max_length=120, help_text="As the estimate prints it."
    )
    most_months = models.PositiveSmallIntegerField(
        "months ahead at most", validators=[MinValueValidator(1), MaxValueValidator(24)]
    )

    class Meta:
        ordering = ["-effective_from"]
        constraints = [
            ExclusionConstraint(
                name="one_estimate_rule_per_day",
                expressions=[(IN_FORCE, RangeOperators.OVERLAPS)],
                violation_error_message="Another rule holds on some of these days.",
            ),
            models.CheckConstraint(
                condition=Q(far_from_days__gt=F("near_from_days")),
                name="far_is_farther_than_near",
                violation_error_message="Far ahead must be more days than ahead.",
            ),
        ]

    def __str__(self) -> str:
        return f"estimates from {self.effective_from}"

    @property
    def times(self) -> LeadTimes:
        return LeadTimes(
            near_from=self.near_from_days,
            near_within=self.near_within_days,
            far_from=self.far_from_days,
            far_within=self.far_within_days,
            asked_within=self.asked_within_days,
        )


class Estimate(PdfRow):
    """One issued estimate. `content` is all it says; it never changes. A change of plan is another
    estimate that replaces this one."""

    class Way(models.TextChoices):
        PAPER = "paper", "On paper"
        LINK = "link", "By link"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    appointments = models.ManyToManyField(Appointment, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    visits = models.PositiveSmallIntegerField()
    more_visits = models.PositiveSmallIntegerField(default=0)
    more_type = models.ForeignKey(
        AppointmentType, on_delete=models.PROTECT, null=True, related_name="+"
    )
    total = models.DecimalField(max_digits=10, decimal_places=2)
    dispute_over = models.DecimalField(max_digits=8, decimal_places=2)
    content = models.JSONField(editable=False)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    given_at = models.DateTimeField(null=True)
    given_how = models.CharField(max_length=5, choices=Way.choices, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfPatientsQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        indexes = [models.Index(fields=["patient", "-issued_at"], name="estimate_by_patient")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False),
                name="a_ready_estimate_has_bytes",
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None) | Q(version__gt=1, replaces__isnull=False),
                name="a_later_estimate_replaces_one",
            ),
            models.CheckConstraint(
                condition=Q(more_visits=0, more_type=None)
                | Q(more_visits__gt=0, more_type__isnull=False),
                name="more_visits_are_of_a_type",
            ),
            models.CheckConstraint(
                condition=Q(given_at=None, given_how="")
                | Q(given_at__isnull=False) & ~Q(given_how=""),
                name="a_given_estimate_says_how",
            ),
            models.CheckConstraint(
                condition=Q(visits__gt=0, total__gt=0), name="an_estimate_expects_something"
            ),
        ]

    def __str__(self) -> str:
        return f"estimate {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('billing:patient-self-pay', args=[self.patient_id])}#estimate-{self.pk}"

    @property
    def number(self) -> str:
        return f"GFE{self.pk:06d}"

    @property
    def is_current(self) -> bool:
        return not hasattr(self, "replaced_by")


class EstimateRequest(models.Model):
    """A patient asked for an estimate; answered by the next one that is issued to them."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        Estimate, on_delete=models.PROTECT, null=True, related_name="requests"
    )

    objects = OfPatientsQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(answered_by=None),
                name="one_open_request_for_an_estimate",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk} for an estimate"
