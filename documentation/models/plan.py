"""A plan of care on its way to the provider who certifies it: what was sent, and the answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from documentation.models.case import PlanOfCare
from documentation.models.pdf_row import PdfRow
from people.models import Patient, ReferringProvider, User

MOST_WRONG_NPIS = 10  # then the link is closed, whoever guesses from however many addresses


class PlanSendingQuerySet(models.QuerySet["PlanSending"]):
    def visible_to(self, user: User) -> PlanSendingQuerySet:
        return self.filter(plan__in=PlanOfCare.objects.visible_to(user))

    def to_tell(self, *, now: dt.datetime) -> PlanSendingQuerySet:
        """Answered on the link, and nobody has said that they know of it; or a link that closed
        without an answer."""
        answered = Q(status__in=["signed", "returned"], how="link", seen_at=None)
        over = Q(expires_at__lte=now) | Q(wrong_npis__gte=MOST_WRONG_NPIS)
        return self.filter(answered | Q(status="open") & over)


class PlanSending(models.Model):
    """The plan as it was sent, frozen; then the provider's signature under it, or their remark.

    What was sent never changes, and neither does an answer: the database refuses both. Its time
    runs out by itself; an expired sending still takes an answer on paper until another one, or a
    change of the plan, takes its place.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Waiting for an answer"
        SIGNED = "signed", "Signed"
        RETURNED = "returned", "Returned"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    class How(models.TextChoices):
        LINK = "link", "On the secure link"
        PAPER = "paper", "On paper"

    class Why(models.TextChoices):
        CHANGED = "changed", "The plan was changed"
        TAKEN_BACK = "taken_back", "Taken back"
        SENT_AGAIN = "sent_again", "Sent again"

    plan = models.ForeignKey(PlanOfCare, on_delete=models.PROTECT, related_name="sendings")
    provider = models.ForeignKey(ReferringProvider, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(editable=False, help_text="The plan as it was sent.")
    content_sha256 = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()

    # When it had left the house, and what shows it: told once.
    handed_over_at = models.DateTimeField(null=True)
    handed_over_proof = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True, help_text="First read on the link.")
    wrong_npis = models.PositiveSmallIntegerField(default=0)

    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    how = models.CharField(max_length=5, choices=How.choices, blank=True)
    signature = models.JSONField(null=True, editable=False, help_text="Who signed, when, how.")
    image = models.BinaryField(null=True, help_text="The drawn signature, PNG.")
    signed_sha256 = models.CharField(max_length=64, blank=True)
    remark = models.TextField(blank=True, max_length=1000)
    # Who at the practice knows of the answer.
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PlanSendingQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(
                fields=["closed_at"],
                condition=Q(status__in=["signed", "returned"], seen_at=None),
                name="plan_answer_unseen",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status="open"), name="one_open_sending_of_a_plan"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status="signed"), name="one_signature_under_a_plan"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("sent_at")),
                name="a_sending_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at=None, handed_over_proof="")
                | Q(~Q(handed_over_proof=""), handed_over_at__isnull=False),
                name="a_sending_that_left_has_proof",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="an_answered_sending_says_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(how=""), ~Q(signed_sha256=""), status="signed", signature__isnull=False
                )
                | Q(~Q(status="signed"), signature__isnull=True, image=None, signed_sha256=""),
                name="a_signature_of_a_sending_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(~Q(remark=""), ~Q(how=""), status="returned")
                | Q(~Q(status="returned"), remark=""),
                name="a_returned_plan_says_why",
            ),
            models.CheckConstraint(
                condition=Q(~Q(why=""), status__in=["withdrawn", "expired"])
                | Q(~Q(status__in=["withdrawn", "expired"]), why=""),
                name="a_withdrawn_plan_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"sending {self.pk}"

    @property
    def patient(self) -> Patient:
        return self.plan.episode.patient

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def has_expired(self) -> bool:
        """Nobody can answer it on the link any more."""
        return self.is_open and self.expires_at <= timezone.now()

    @property
    def is_locked(self) -> bool:
        """So many wrong NPIs were tried that its link opens no more."""
        return self.wrong_npis >= MOST_WRONG_NPIS

    @property
    def provider_name(self) -> str:
        name: str = self.content["provider"]["name"]
        return name

    def signed_value(self) -> dict[str, Any]:
        """All that was signed, as one value: what `signed_sha256` is taken over."""
        return {
            "content": self.content,
            "signature": self.signature,
            "image": bytes(self.image).hex() if self.image is not None else "",
        }


class PlanPdfQuerySet(models.QuerySet["PlanPdf"]):
    def visible_to(self, user: User) -> PlanPdfQuerySet:
        return self.filter(sending__in=PlanSending.objects.visible_to(user))


class PlanPdf(PdfRow):
    """A copy on paper: the plan as it was sent, or with the provider's signature under it."""

    class Copy(models.TextChoices):
        SENT = "sent", "As it was sent"
        SIGNED = "signed", "Signed"

    sending = models.ForeignKey(PlanSending, on_delete=models.PROTECT, related_name="pdfs")
    copy = models.CharField(max_length=6, choices=Copy.choices, default=Copy.SENT)

    objects = PlanPdfQuerySet.as_manager()

    class Meta:
        ordering = ["sending", "copy"]
        constraints = [
            models.UniqueConstraint(fields=["sending", "copy"], name="one_pdf_of_each_copy"),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False),
                name="a_ready_plan_has_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copy} copy of sending {self.sending_id}"
