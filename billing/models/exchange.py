"""What leaves the house: batches of claims and the files they became, byte for byte."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone

from billing.models.claim import Claim
from billing.models.payer import TradingPartner
from people.models import User


class EdiFile(models.Model):
    """A file exactly as it left (or came in), with its SHA-256; never changed."""

    class Kind(models.TextChoices):
        CLAIMS = "837P", "Claims (837P)"
        REPLY = "reply", "Reply"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    file_name = models.CharField(max_length=100, unique=True)
    file_bytes = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=models.Q(kind="reply"),
                name="the_same_reply_is_kept_once",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Batch(models.Model):
    """Claims that travel together to one trading partner, in one file."""

    class Status(models.TextChoices):
        BUILT = "built", "Built"
        SENT = "sent", "Sent"
        WITHDRAWN = "withdrawn", "Withdrawn"

    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="+")
    interchange_control_number = models.PositiveIntegerField(unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BUILT)
    claims = models.ManyToManyField(Claim, related_name="batches")
    file = models.OneToOneField(EdiFile, on_delete=models.PROTECT, related_name="batch")
    total = models.DecimalField(max_digits=12, decimal_places=2)
    built_at = models.DateTimeField(default=timezone.now)
    built_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-built_at", "-pk"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"batch {self.interchange_control_number:09d}"

    def get_absolute_url(self) -> str:
        return reverse("billing:batch", args=[self.pk])
