"""How far a PDF is: what every kind of it has in common."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class PdfRow(models.Model):
    """Waiting, ready or failed; the bytes, and how often they were tried for."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    file_bytes = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def minutes_waited(self) -> int:
        return int((timezone.now() - self.waiting_since).total_seconds() // 60)

    @property
    def ask_every_seconds(self) -> int:
        """How often a page asks whether it is ready: less often once something is amiss."""
        return 2 if self.minutes_waited < 2 else 15
