"""The ledger's rows: only ever added; the balance is their sum."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.claim import Claim
from people.models import Patient, User


class LedgerEntry(models.Model):
    """`+` raises what the party owes, `-` lowers it. `source_key` is unique, so the same event
    posts once however often it arrives."""

    class Party(models.TextChoices):
        PAYER = "payer", "Payer"
        PATIENT = "patient", "Patient"

    class Kind(models.TextChoices):
        CHARGE = "charge", "Charge"
        PAYMENT = "payment", "Payment"
        ADJUSTMENT = "adjustment", "Adjustment"
        TRANSFER = "transfer", "Moved to the patient"
        REFUND = "refund", "Refund"
        REVERSAL = "reversal", "Reversal"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    line_control_number = models.CharField(max_length=30, blank=True)
    party = models.CharField(max_length=8, choices=Party.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    source_key = models.CharField(max_length=120, unique=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["posted_at", "pk"]
        verbose_name_plural = "ledger entries"
        indexes = [models.Index(fields=["patient", "party"], name="ledger_by_patient")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="an_entry_moves_money"),
            models.CheckConstraint(
                condition=~Q(kind="charge") | Q(amount__gt=0), name="a_charge_raises_what_is_owed"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["payment"]) | Q(amount__lt=0),
                name="a_payment_lowers_what_is_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
