"""What payers decided about claims: paid, adjusted and why, as their answers say it.

Typed in from a paper or a portal, or posted from a remittance: the same rows. They are only ever
added; a mistake is put right by a further decision of the same claim, and the last one stands.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.claim import Claim
from billing.x12.patterns import ADJUSTMENT_REASON
from people.models import User


class Adjudication(models.Model):
    """What one payer decided about one claim. The claim's last one is the one that stands."""

    class Source(models.TextChoices):
        PAPER = "paper", "Paper EOB"
        PORTAL = "portal", "Payer's portal"
        REMITTANCE = "835", "Remittance (835)"

    class Outcome(models.TextChoices):
        PROCESSED = "processed", "Processed"
        DENIED = "denied", "Denied"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="adjudications")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=6, choices=Source.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    decided_on = models.DateField()
    payer_control_number = models.CharField(max_length=50, blank=True)
    charge = models.DecimalField(max_digits=10, decimal_places=2)
    paid = models.DecimalField(max_digits=10, decimal_places=2)
    patient_share = models.DecimalField(
        max_digits=10, decimal_places=2, help_text="The adjustments that the patient bears (PR)."
    )
    remark_codes = ArrayField(models.CharField(max_length=5), default=list, blank=True, size=5)
    forwarded = models.BooleanField(
        default=False, help_text="The payer sent the claim on to the next one itself."
    )
    source_key = models.CharField(
        max_length=120,
        unique=True,
        null=True,
        blank=True,
        help_text="What a file is known by, so that it posts once; none where a person typed.",
    )
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["claim", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "number"], name="one_adjudication_per_claim_and_number"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="adjudications_count_from_one"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="a_payer_pays_or_does_not"),
        ]

    def __str__(self) -> str:
        return f"adjudication {self.number} of claim {self.claim_id}"


class AdjudicatedLine(models.Model):
    """What was decided about one line: a copy of the line as it was, and what was paid for it."""

    adjudication = models.ForeignKey(Adjudication, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    line_control_number = models.CharField(max_length=30)
    code = models.CharField(max_length=5)
    modifiers = ArrayField(models.CharField(max_length=2), default=list, size=4)
    charge = models.DecimalField(max_digits=10, decimal_places=2)
    paid = models.DecimalField(max_digits=10, decimal_places=2)
    units = models.PositiveSmallIntegerField("units paid")

    class Meta:
        ordering = ["adjudication", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["adjudication", "number"], name="one_adjudicated_line_per_number"
            ),
            models.CheckConstraint(condition=Q(paid__gte=0), name="a_line_is_paid_or_not"),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of adjudication {self.adjudication_id}"


class Adjustment(models.Model):
    """One adjustment (CAS): who bears it, the reason's code, how much; of a line or of the whole.

    Reasons are kept as codes alone: their words belong to X12.
    """

    class Group(models.TextChoices):
        CONTRACT = "CO", "CO"
        CORRECTION = "CR", "CR"
        OTHER = "OA", "OA"
        PAYER = "PI", "PI"
        PATIENT = "PR", "PR"

    adjudication = models.ForeignKey(
        Adjudication, on_delete=models.PROTECT, related_name="adjustments"
    )
    line = models.ForeignKey(
        AdjudicatedLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="adjustments",
        help_text="Empty where it is of the claim as a whole.",
    )
    position = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=2, choices=Group.choices)
    reason = models.CharField(
        max_length=5, validators=[RegexValidator(f"^{ADJUSTMENT_REASON}$", "A reason code.")]
    )
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    quantity = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["adjudication", "line", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["adjudication", "line", "position"],
                name="one_adjustment_per_position",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="an_adjustment_moves_money"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.reason} {self.amount}"
