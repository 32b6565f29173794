"""A claim: its lines, what was found wrong, and each version that was released."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from billing.models.payer import PayerPolicy
from documentation.models import ProcedureCode, Visit
from people.models import Authorization, Clinic, Coverage, Patient, Payer, Therapist, User


class NotAllowed(Exception):
    """A claim cannot go from its status to the one asked for."""

    def __init__(self, here: str, there: str) -> None:
        super().__init__(f"a claim cannot go from {here} to {there}")
        self.here, self.there = here, there


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User) -> ClaimQuerySet:
        claims = self.filter(patient__removed_at=None)
        if user.sees_all_clinics:
            return claims
        return claims.filter(clinic__in=user.visible_clinics())

    def with_deadline(self) -> ClaimQuerySet:
        """Each claim with `file_by`, the last day its payer takes it by the policy of the date of
        service; None where the payer has no policy."""
        policies = PayerPolicy.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=models.OuterRef("visit__date_of_service")),
            payer=models.OuterRef("payer"),
            effective_from__lte=models.OuterRef("visit__date_of_service"),
        )
        days = models.Subquery(policies.values("timely_filing_days")[:1])
        return self.annotate(
            file_by=models.ExpressionWrapper(
                models.F("visit__date_of_service") + days, output_field=models.DateField()
            )
        )


class Claim(models.Model):
    """One visit, billed to one payer. `sequence` 1 is the primary payer's."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        NEEDS_WORK = "needs_work", "Needs work"
        READY = "ready", "Ready"
        RELEASED = "released", "Released"
        BATCHED = "batched", "In a batch"
        SENT = "sent", "Sent"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        DENIED = "denied", "Denied"
        PAID = "paid", "Paid"
        VOID = "void", "Void"

    ALLOWED: ClassVar[dict[str, set[str]]] = {
        Status.DRAFT: {Status.NEEDS_WORK, Status.READY, Status.VOID},
        Status.NEEDS_WORK: {Status.READY, Status.VOID},
        Status.READY: {Status.NEEDS_WORK, Status.RELEASED, Status.VOID},
        Status.RELEASED: {Status.NEEDS_WORK, Status.BATCHED, Status.VOID},
        Status.BATCHED: {Status.SENT, Status.RELEASED},
        # Some payers decide without having acknowledged.
        Status.SENT: {
            Status.ACCEPTED,
            Status.REJECTED,
            Status.VOID,
            Status.PAID,
            Status.DENIED,
        },
        Status.REJECTED: {Status.NEEDS_WORK, Status.RELEASED},
        # A clearinghouse accepts first; the payer behind it may still turn the claim back.
        Status.ACCEPTED: {
            Status.PAID,
            Status.DENIED,
            Status.REJECTED,
            Status.NEEDS_WORK,
            Status.RELEASED,
        },
        # Decided claims come back to be corrected, or go out once more to be voided at the payer.
        Status.DENIED: {Status.NEEDS_WORK, Status.RELEASED, Status.PAID},
        Status.PAID: {Status.NEEDS_WORK, Status.RELEASED, Status.DENIED},
        Status.VOID: set(),
    }

    class Frequency(models.TextChoices):
        ORIGINAL = "1", "Original"
        CORRECTED = "7", "Corrected"
        VOIDED = "8", "Voided at the payer"

    UNSENT: ClassVar[set[str]] = {
        Status.DRAFT,
        Status.NEEDS_WORK,
        Status.READY,
        Status.RELEASED,
        Status.BATCHED,
        Status.REJECTED,
    }
    DECIDED: ClassVar[set[str]] = {Status.ACCEPTED, Status.DENIED, Status.PAID}

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField(default=1)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    control_number = models.CharField(max_length=20, unique=True, editable=False)
    payer_control_number = models.CharField(
        max_length=50, blank=True, help_text="The payer's own number of the claim, once it has one."
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    frequency = models.CharField(
        max_length=1, choices=Frequency.choices, default=Frequency.ORIGINAL, help_text="CLM05-3."
    )
    correction_reason = models.CharField(max_length=200, blank=True)
    total = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    proof = models.JSONField(default=list, blank=True)
    note_version = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="The note's version that the lines rest on."
    )
    admitted_on = models.DateField(
        "admitted on", null=True, blank=True, help_text="Only for a visit to an inpatient."
    )
    last_worked_on = models.DateField("last day at work", null=True, blank=True)
    return_to_work_on = models.DateField("back at work on", null=True, blank=True)
    drafted_at = models.DateTimeField(default=timezone.now)
    scrubbed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-visit__date_of_service", "-pk"]
        indexes = [
            models.Index(fields=["status", "clinic"], name="claim_by_status"),
            models.Index(fields=["patient"], name="claim_by_patient"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["visit", "sequence"], name="one_claim_per_sequence"),
            models.CheckConstraint(condition=Q(total__gte=0), name="a_claim_is_not_negative"),
            models.CheckConstraint(
                condition=Q(frequency="1") | ~Q(payer_control_number=""),
                name="a_correction_names_what_it_corrects",
            ),
            models.CheckConstraint(
                condition=Q(frequency="1") | ~Q(correction_reason=""),
                name="a_correction_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.control_number

    def get_absolute_url(self) -> str:
        return reverse("billing:claim", args=[self.pk])

    @property
    def is_unsent(self) -> bool:
        """Whether the payer's clock still runs: nothing of it has reached them."""
        return self.status in self.UNSENT

    @property
    def tone(self) -> str:
        """The colour family a status is shown in, everywhere alike."""
        if self.status in (self.Status.NEEDS_WORK, self.Status.REJECTED, self.Status.DENIED):
            return "danger"
        if self.status in (self.Status.READY, self.Status.PAID, self.Status.ACCEPTED):
            return "success"
        if self.status in (self.Status.DRAFT, self.Status.VOID):
            return "muted"
        return "info"

    @property
    def place(self) -> str:
        """Which payer of the visit it asks: primary, secondary …"""
        return str(Coverage.Priority(self.sequence).label)

    def may_become(self, status: str) -> bool:
        return status in self.ALLOWED[self.status]

    def move_to(self, status: str) -> None:
        """Change the status as ALLOWED says; the caller holds the row's lock.

        Raises NotAllowed.
        """
        if not self.may_become(status):
            raise NotAllowed(self.status, status)
        self.status = status
        self.save(update_fields=["status"])

    @classmethod
    def move_all(cls, claims: list[Claim], status: str) -> None:
        """As `move_to`, all of them in one statement or none."""
        for claim in claims:
            if not claim.may_become(status):
                raise NotAllowed(claim.status, status)
            claim.status = status
        cls.objects.filter(pk__in=[claim.pk for claim in claims]).update(status=status)


class ClaimLine(models.Model):
    """One code of a claim, with its units, its modifiers and why it has them."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    code = models.ForeignKey(ProcedureCode, on_delete=models.PROTECT, related_name="+")
    modifiers = ArrayField(models.CharField(max_length=2), default=list, size=4)
    reasons = models.JSONField(default=list, help_text="Each modifier's reason and source.")
    units = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    charge = models.DecimalField(max_digits=10, decimal_places=2)
    allowed = models.DecimalField(
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What the payer's own table comes to; empty where it is not known.",
    )
    pointers = ArrayField(models.PositiveSmallIntegerField(), default=list, size=4)
    rendering = models.ForeignKey(
        Therapist,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who furnished it, where another than the visit's therapist.",
    )
    control_number = models.CharField(max_length=30, unique=True, editable=False)

    class Meta:
        ordering = ["claim", "number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="one_line_per_number"),
            models.CheckConstraint(condition=Q(units__gt=0), name="a_line_has_units"),
            models.CheckConstraint(condition=Q(charge__gte=0), name="a_line_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.control_number


class Finding(models.Model):
    """Something a check found on a claim; replaced whenever the claim is scrubbed again."""

    class Severity(models.TextChoices):
        ERROR = "error", "Holds the claim"
        WARNING = "warning", "Look at it"
        INFO = "info", "To know"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="findings")
    check_id = models.CharField(max_length=60)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    message = models.TextField()
    field = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200, blank=True)
    codes = ArrayField(models.CharField(max_length=8), default=list, blank=True)

    class Meta:
        ordering = ["claim", "severity", "pk"]

    def __str__(self) -> str:
        return self.check_id


class ClaimVersion(models.Model):
    """All that a released claim says, frozen: files and forms are written from here alone."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["claim", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of claim {self.claim_id}"


class UnitChoice(models.Model):
    """Where the unit rule leaves a tie: which code the clinician gave the unit to."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="+")
    units = models.JSONField()
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"choice for visit {self.visit_id}"
