"""What leaves the house: batches of claims and the files they became, byte for byte."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.urls import reverse
from django.utils import timezone

from billing.models.claim import Claim
from billing.models.payer import TradingPartner
from people.models import User

STUCK_AFTER = dt.timedelta(minutes=15)  # a file of 5,000 claims takes seconds


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
        SENDING = "sending", "Being sent"
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
    send_asked_at = models.DateTimeField(null=True, blank=True)
    send_asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sending_since = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-built_at", "-pk"]
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="sending")
                | models.Q(sending_since__isnull=False, send_asked_at__isnull=False),
                name="what_is_being_sent_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.interchange_control_number:09d}"

    def get_absolute_url(self) -> str:
        return reverse("billing:batch", args=[self.pk])

    @property
    def is_on_its_way(self) -> bool:
        """Whether a worker has it in hand, or is about to."""
        in_line = self.status == self.Status.BUILT and self.send_asked_at is not None
        return in_line or (self.status == self.Status.SENDING and not self.is_stuck)

    @property
    def is_stuck(self) -> bool:
        """Whether a person has to ask the partner what became of it."""
        if self.status != self.Status.SENDING or self.sending_since is None:
            return False
        return bool(self.problem) or timezone.now() - self.sending_since > STUCK_AFTER


class FetchedFile(models.Model):
    """A file seen in a partner's folder of replies: it is not fetched a second time."""

    partner = models.ForeignKey(TradingPartner, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    modified_at = models.BigIntegerField(help_text="Seconds, by the partner's clock.")
    reply = models.ForeignKey(
        "billing.Reply", on_delete=models.PROTECT, null=True, blank=True, related_name="fetched"
    )
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "name", "size", "modified_at"], name="a_file_is_fetched_once"
            ),
        ]

    def __str__(self) -> str:
        return f"fetched file {self.pk}"
