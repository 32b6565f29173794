"""An amended note: why it was opened again, and each version that was signed before."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone

from documentation.models.note import Note
from documentation.models.pdf_row import PdfRow
from people.models import User

# What a signature writes, and an amendment puts aside: alike in a note and in its versions.
SIGNATURE = (
    "signed_by_id",
    "signed_at",
    "signer_name",
    "content",
    "content_sha256",
    "cosign_needed",
    "cosigned_by_id",
    "cosigned_at",
    "cosigner_name",
    "cosigner_licence",
    "student_supervised",
)


class NoteVersionQuerySet(models.QuerySet["NoteVersion"]):
    def visible_to(self, user: User) -> NoteVersionQuerySet:
        return self.filter(note__in=Note.objects.visible_to(user))


class NoteVersion(models.Model):
    """A signed version that an amendment put aside, as it stood; it never changes."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=15, choices=Note.Kind.choices)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    signer_name = models.CharField(max_length=120)
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64, db_index=True)
    cosign_needed = models.BooleanField()
    cosigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cosigned_at = models.DateTimeField(null=True)
    cosigner_name = models.CharField(max_length=120, blank=True)
    cosigner_licence = models.CharField(max_length=30, blank=True)
    student_supervised = models.BooleanField(default=False)
    page = models.JSONField(help_text="The session page as it stood, should the amendment end.")
    put_aside_at = models.DateTimeField(default=timezone.now)

    objects = NoteVersionQuerySet.as_manager()

    class Meta:
        ordering = ["note", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="one_note_version_per_number"),
            models.CheckConstraint(
                condition=~models.Q(content_sha256=""), name="only_what_was_signed_is_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of note {self.note_id}"

    def get_absolute_url(self) -> str:
        return reverse("documentation:note-version", args=[self.pk])

    @property
    def is_final(self) -> bool:
        return not self.cosign_needed or self.cosigned_at is not None


class NoteVersionPdf(PdfRow):
    """The PDF of a version that was put aside: the bytes there were, or made from what it says."""

    version = models.OneToOneField(NoteVersion, on_delete=models.PROTECT, related_name="pdf")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="ready") | models.Q(file_bytes__isnull=False),
                name="a_ready_version_pdf_has_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"pdf of {self.version_id}"


class Amendment(models.Model):
    """A signed note opened again: who, when and why. Its end is the new version's signature, or
    its withdrawal, after which the old version stands as before."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField(help_text="The version it leads to.")
    reason = models.TextField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opener_name = models.CharField(max_length=120)
    opened_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["note", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["note"],
                condition=models.Q(signed_at=None, withdrawn_at=None),
                name="one_open_amendment_per_note",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at=None) | models.Q(withdrawn_at=None),
                name="an_amendment_ends_one_way",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_amendment_says_why"),
        ]

    def __str__(self) -> str:
        return f"amendment {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.signed_at is None and self.withdrawn_at is None
