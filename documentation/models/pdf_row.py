"""How far a PDF is: what every kind of it has in common."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

MOST_ATTEMPTS = 5
SOON = 2  # minutes; a worker that listens has begun by then


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
    def steps_total(self) -> int:
        """In how many steps it is made; 0 when it is made in one go."""
        return 0

    @property
    def steps_done(self) -> int:
        return 0

    @property
    def minutes_waited(self) -> int:
        return int((timezone.now() - self.waiting_since).total_seconds() // 60)

    @property
    def is_late(self) -> bool:
        """It has waited longer than a worker that listens would let it."""
        return self.minutes_waited >= SOON

    @property
    def ask_every_seconds(self) -> int:
        """How often a page asks whether it is ready: less often once something is amiss."""
        return 15 if self.is_late else 2

    @property
    def how_far(self) -> str:
        """Where it stands while it waits, in words."""
        if not self.attempts:
            return "Waiting in line"
        if self.problem:
            return f"Try {self.attempts} of {MOST_ATTEMPTS} failed; it is tried again by itself"
        if self.attempts == 1:
            return "Being made"
        return f"Being made, try {self.attempts} of {MOST_ATTEMPTS}"
