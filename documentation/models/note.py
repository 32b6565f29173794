"""The note of a visit: written, signed once, never changed; corrections are addenda."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone

from documentation.models.pdf_row import PdfRow
from documentation.models.visit import Visit
from people.models import User


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> NoteQuerySet:
        notes = self.filter(visit__patient__removed_at=None)
        if user.sees_all_clinics:
            return notes
        return notes.filter(visit__clinic__in=user.visible_clinics())


class Note(models.Model):
    """What the therapist attests. Once `signed_at` is set the database refuses every change
    but the co-signature, and an amendment that has put the signed version aside
    (`documentation.amending`)."""

    class Kind(models.TextChoices):
        EVALUATION = "evaluation", "Initial evaluation"
        DAILY = "daily", "Daily note"
        PROGRESS = "progress", "Progress report"
        RE_EVALUATION = "re_evaluation", "Re-evaluation"
        DISCHARGE = "discharge", "Discharge summary"

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="note")
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.DAILY)
    subjective = models.TextField(blank=True)
    objective = models.TextField(blank=True)
    assessment = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    examination = models.JSONField(
        default=dict, blank=True, help_text="What was measured (`rules.examination`)."
    )
    version = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="Which one its next signature makes, or has made."
    )
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signer_name = models.CharField(max_length=120, blank=True)
    content = models.JSONField(null=True, editable=False, help_text="All that was signed, frozen.")
    content_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    cosign_needed = models.BooleanField(default=False)
    cosigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cosigned_at = models.DateTimeField(null=True)
    cosigner_name = models.CharField(max_length=120, blank=True)
    cosigner_licence = models.CharField(max_length=30, blank=True)
    student_supervised = models.BooleanField(
        default=False, help_text="The therapist attests to have supervised the student throughout."
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-visit__date_of_service", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_at=None, signed_by=None, content_sha256="")
                | (
                    models.Q(signed_at__isnull=False, signed_by__isnull=False)
                    & ~models.Q(content_sha256="")
                ),
                name="a_signature_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(cosigned_at=None, cosigned_by=None)
                | models.Q(
                    signed_at__isnull=False, cosigned_at__isnull=False, cosigned_by__isnull=False
                ),
                name="a_cosignature_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("documentation:note", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_final(self) -> bool:
        """Signed, and co-signed where that is needed: what billing may use."""
        return self.signed_at is not None and (
            not self.cosign_needed or self.cosigned_at is not None
        )


class Addendum(models.Model):
    """A correction or addition to a signed note; itself never changed."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    writer_name = models.CharField(max_length=120)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name_plural = "addenda"

    def __str__(self) -> str:
        return f"addendum {self.pk}"


class NotePdf(PdfRow):
    """The note as a PDF: a row of its own, so that making it does not touch the note."""

    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="pdf")
    addenda_shown = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="ready") | models.Q(file_bytes__isnull=False),
                name="a_ready_pdf_has_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"PDF of note {self.note_id}"
