"""A packet for an auditor: which visits it covers, what it says, and how far its PDF is."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from documentation.models import Episode
from documentation.models.pdf_row import MOST_ATTEMPTS, PdfRow
from people.models import Patient, User


class AuditPacketQuerySet(models.QuerySet["AuditPacket"]):
    def visible_to(self, user: User) -> AuditPacketQuerySet:
        return self.filter(episode__in=Episode.objects.visible_to(user))


class AuditPacket(PdfRow):
    """Everything that shows why the visits were billed as they were, in one file.

    `content` is what it says, part by part, frozen before anything is drawn. A packet that was
    made never changes: one of the same visits asked for later is a row of its own.
    """

    class Step(models.TextChoices):
        GATHER = "gather", "Gathering what it shows"
        LAY_OUT = "lay_out", "Laying out"
        NUMBER = "number", "Numbering the pages"
        WRITE = "write", "Writing the file"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="+")
    visits = ArrayField(models.BigIntegerField(), help_text="Ids, in order of their days.")
    first_day = models.DateField()
    last_day = models.DateField()
    made_for = models.CharField(max_length=120)
    inputs_sha256 = models.CharField(max_length=64, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField(null=True, editable=False)
    step = models.CharField(max_length=8, choices=Step.choices, default=Step.GATHER)
    parts_done = models.PositiveSmallIntegerField(default=0)
    parts_total = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(null=True, help_text="The last sign of life of its maker.")

    objects = AuditPacketQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["episode", "-asked_at"], name="packet_by_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["inputs_sha256"],
                condition=Q(status="waiting"),
                name="one_packet_in_the_making_per_inputs",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False, content__isnull=False),
                name="a_ready_packet_has_bytes",
            ),
            models.CheckConstraint(condition=~Q(visits=[]), name="a_packet_covers_a_visit"),
        ]

    def __str__(self) -> str:
        return f"audit packet {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('billing:packets', args=[self.episode_id])}#packet-{self.pk}"

    @property
    def patient(self) -> Patient:
        return self.episode.patient

    @property
    def steps_total(self) -> int:
        """Each part is laid out, then numbered; the file is written at the end."""
        return 2 * self.parts_total + 1 if self.parts_total else 0

    @property
    def steps_done(self) -> int:
        before = {self.Step.NUMBER: self.parts_total, self.Step.WRITE: 2 * self.parts_total}
        return before.get(self.Step(self.step), 0) + (
            self.parts_done if self.step != self.Step.WRITE else 0
        )

    @property
    def how_far(self) -> str:
        if not self.attempts or self.problem:
            return super().how_far
        words: str = self.get_step_display()
        if self.step in (self.Step.LAY_OUT, self.Step.NUMBER):
            words += f", part {min(self.parts_done + 1, self.parts_total)} of {self.parts_total}"
        if self.pages:
            words += f", {self.pages} page{'' if self.pages == 1 else 's'}"
        return words if self.attempts == 1 else f"{words} (try {self.attempts} of {MOST_ATTEMPTS})"
