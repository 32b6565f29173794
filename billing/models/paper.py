"""CMS-1500 forms of many claims in one PDF: for the mail, or copies of what went out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from billing.models.claim import Claim
from documentation.models.pdf_row import MOST_ATTEMPTS, PdfRow
from people.models import Payer, User


class PaperBatch(PdfRow):
    """Released claims on paper, each from its frozen version; drawn again it is the same bytes.

    One for the mail is of one payer and carries its claims with it: it goes out once. Copies change
    nothing.
    """

    class Purpose(models.TextChoices):
        MAIL = "mail", "For the mail"
        COPIES = "copies", "Copies"

    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claims = models.ManyToManyField(Claim, related_name="paper_batches")
    versions = ArrayField(
        models.BigIntegerField(), help_text="Ids of the claims' frozen versions, in print order."
    )
    total = models.DecimalField(max_digits=12, decimal_places=2)
    background = models.BooleanField(
        default=True, help_text="With our own lines; without them for the red form."
    )
    printer_name = models.CharField(max_length=80, blank=True)
    right = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    down = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    inputs_sha256 = models.CharField(max_length=64, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    done = models.PositiveIntegerField(default=0, help_text="Claims drawn so far.")
    pages = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(null=True, help_text="The last sign of life of its maker.")
    printed_at = models.DateTimeField(null=True, help_text="When it was opened first.")
    mailed_on = models.DateField(null=True)
    mailed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name_plural = "paper batches"
        constraints = [
            models.UniqueConstraint(
                fields=["inputs_sha256"],
                condition=Q(status="waiting", withdrawn_at=None),
                name="one_paper_batch_in_the_making_per_inputs",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False),
                name="a_ready_paper_batch_has_bytes",
            ),
            models.CheckConstraint(condition=~Q(versions=[]), name="a_paper_batch_has_claims"),
            models.CheckConstraint(
                condition=Q(purpose="copies", payer=None) | Q(purpose="mail", payer__isnull=False),
                name="mail_goes_to_one_payer",
            ),
            models.CheckConstraint(
                condition=Q(mailed_on=None, mailed_by=None)
                | Q(
                    purpose="mail",
                    status="ready",
                    mailed_on__isnull=False,
                    mailed_by__isnull=False,
                    withdrawn_at=None,
                ),
                name="what_was_mailed_was_ready_for_the_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"paper batch {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("billing:paper-batch", args=[self.pk])

    @property
    def is_for_mail(self) -> bool:
        return self.purpose == self.Purpose.MAIL

    @property
    def may_be_mailed(self) -> bool:
        return self.is_for_mail and self.is_open and self.status == self.Status.READY

    @property
    def is_open(self) -> bool:
        """Whether its claims still wait here: neither mailed nor withdrawn."""
        return self.mailed_on is None and self.withdrawn_at is None

    @property
    def title(self) -> str:
        count = len(self.versions)
        forms = f"{count} claim form{'' if count == 1 else 's'}"
        return f"{forms} for {self.payer}" if self.payer else f"Copies of {forms}"

    @property
    def steps_total(self) -> int:
        return len(self.versions)

    @property
    def steps_done(self) -> int:
        return self.done

    @property
    def how_far(self) -> str:
        if not self.attempts or self.problem or not self.done:
            return super().how_far
        words = f"Form {min(self.done + 1, len(self.versions))} of {len(self.versions)}"
        return words if self.attempts == 1 else f"{words} (try {self.attempts} of {MOST_ATTEMPTS})"
