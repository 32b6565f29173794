"""A document that came from outside: its card, its bytes, and its small picture, a row each."""

from __future__ import annotations

import base64

from django.db import models
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from documentation.models.case import Episode, PlanOfCare
from documentation.models.pdf_row import PdfRow
from documentation.models.visit import Visit
from people.access import OVERSIGHT, READS_CHARTS
from people.models import Patient, User

ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/tiff": "tif",
}


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> AttachmentQuerySet:
        """Who may not read charts sees what passes the counter anyway, and what they added
        themselves; what was removed is seen by those who oversee."""
        rows = self.filter(patient__removed_at=None)
        if not user.sees_all_clinics:
            rows = rows.filter(patient__clinic__in=user.visible_clinics())
        if not user.has_role(*READS_CHARTS):
            rows = rows.filter(Q(kind__in=Attachment.AT_THE_COUNTER) | Q(uploaded_by=user))
        if not user.has_role(*OVERSIGHT):
            rows = rows.filter(removed_at=None)
        return rows


class Attachment(models.Model):
    """What a paper or picture is, whose, and what it belongs to. It is never deleted: a removed one
    stays, with who removed it and why."""

    class Kind(models.TextChoices):
        REFERRAL = "referral", "Referral"
        ORDER = "order", "Order"
        IMAGING = "imaging", "Imaging"
        OPERATIVE = "operative", "Operative report"
        OUTSIDE = "outside", "Outside record"
        CONSENT = "consent", "Consent"
        OTHER = "other", "Other"

    AT_THE_COUNTER = (Kind.REFERRAL, Kind.ORDER, Kind.CONSENT)
    ORDERS = (Kind.REFERRAL, Kind.ORDER)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(
        Episode, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    plan = models.ForeignKey(
        PlanOfCare, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20, choices=[(key, key) for key in ENDINGS])
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="In bytes.")
    pages = models.PositiveIntegerField(null=True, blank=True, help_text="Of a PDF.")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removal_reason = models.CharField(max_length=200, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["patient", "-uploaded_at"], name="attachment_by_patient")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "sha256"],
                condition=Q(removed_at=None),
                name="one_document_once_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="a_removal_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0) & ~Q(title=""), name="a_document_has_a_name_and_bytes"
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("documentation:attachment", args=[self.pk])

    @property
    def is_picture(self) -> bool:
        """A browser shows it by itself."""
        return self.content_type in ("image/jpeg", "image/png", "image/webp")

    @property
    def file_name(self) -> str:
        """What it is called when somebody saves it."""
        ending = ENDINGS[self.content_type]
        return f"{slugify(self.title)[:80] or self.kind}.{ending}"

    @property
    def format_in_words(self) -> str:
        """PDF, 12 pages, 1.2 MB"""
        name = {"jpg": "Photo", "tif": "TIFF"}.get(
            ENDINGS[self.content_type], ENDINGS[self.content_type].upper()
        )
        pages = f", {self.pages} page{'s' if self.pages != 1 else ''}" if self.pages else ""
        return f"{name}{pages}, {filesizeformat(self.size)}"


class AttachmentFile(models.Model):
    """The bytes as they came in; a row of its own, so that no list loads them."""

    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of attachment {self.attachment_id}"


class AttachmentThumbnail(PdfRow):
    """Its small picture (JPEG), made by a worker: waiting, ready or failed as any paper."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="thumbnail"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False),
                name="a_ready_thumbnail_has_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"thumbnail of attachment {self.attachment_id}"

    @property
    def as_data(self) -> str:
        """As an address that stands in the page itself."""
        return "data:image/jpeg;base64," + base64.b64encode(bytes(self.file_bytes or b"")).decode()
