"""What came back for our files: each reply byte for byte, and each thing it says."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from billing.models.claim import Claim
from billing.models.exchange import Batch, EdiFile
from people.models import User


class ReplyQuerySet(models.QuerySet["Reply"]):
    def to_look_at(self) -> ReplyQuerySet:
        """Replies that nobody has set aside and that say something we could not place."""
        unplaced = ReplyItem.objects.filter(effect=ReplyItem.Effect.UNMATCHED)
        return self.filter(
            Q(status=Reply.Status.UNREAD) | Q(pk__in=unplaced.values("reply")), set_aside_at=None
        )


class Reply(models.Model):
    """A 999, TA1 or 277CA as it came in. The same bytes are one reply, however often they come."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting to be read"
        APPLIED = "applied", "Read"
        UNREAD = "unread", "Could not be read"

    class Way(models.TextChoices):
        UPLOAD = "upload", "Uploaded"
        COMMAND = "command", "Taken in by command"
        API = "api", "Sent by another program"
        FETCH = "fetch", "Fetched by SFTP"

    file = models.OneToOneField(EdiFile, on_delete=models.PROTECT, related_name="reply")
    name = models.CharField(max_length=200, help_text="The file's name as it came.")
    kinds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    sender = models.CharField(max_length=15, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    came_by = models.CharField(max_length=10, choices=Way.choices)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="applied", applied_at__isnull=False)
                | (~Q(status="applied") & Q(applied_at=None)),
                name="an_applied_reply_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("billing:reply", args=[self.pk])

    @property
    def kind_label(self) -> str:
        return ", ".join("277CA" if kind == "277" else kind for kind in self.kinds) or "unknown"


class ReplyItem(models.Model):
    """One thing a reply says: of a file, a claim or a line of ours, and what came of it."""

    class Level(models.TextChoices):
        FILE = "file", "File"
        CLAIM = "claim", "Claim"
        LINE = "line", "Line"

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        PARTLY = "partly", "Partly accepted"
        REJECTED = "rejected", "Rejected"
        ON_ITS_WAY = "on_its_way", "Received, no decision yet"
        UNKNOWN = "unknown", "Says nothing we know"

    class Effect(models.TextChoices):
        APPLIED = "applied", "Applied"
        NOTED = "noted", "Noted; it changes nothing"
        LATE = "late", "For an earlier file of this claim"
        UNMATCHED = "unmatched", "Not ours, as far as we know"

    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    level = models.CharField(max_length=10, choices=Level.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    effect = models.CharField(max_length=10, choices=Effect.choices)
    reference = models.CharField(max_length=50, blank=True, help_text="What it named, as it came.")
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    # A line's row is written anew whenever the claim is checked again: its number is what stays.
    line_number = models.PositiveSmallIntegerField(null=True, blank=True)
    words = ArrayField(models.TextField(), default=list, blank=True)
    codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["reply", "position"]
        indexes = [models.Index(fields=["claim"], name="answers_to_a_claim")]
        constraints = [
            models.UniqueConstraint(fields=["reply", "position"], name="one_answer_per_position"),
            models.CheckConstraint(
                condition=~Q(effect="unmatched") | Q(batch=None, claim=None),
                name="an_unmatched_answer_has_no_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.position} of reply {self.reply_id}"

    @property
    def tone(self) -> str:
        """The colour family an outcome is shown in."""
        return {
            self.Outcome.ACCEPTED: "success",
            self.Outcome.REJECTED: "danger",
            self.Outcome.PARTLY: "warning",
        }.get(self.Outcome(self.outcome), "info")
