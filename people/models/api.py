"""Programs that act for a member of staff: their tokens, and the answers they already got."""

from django.db import models
from django.utils import timezone

from people.models.staff import User


class ApiToken(models.Model):
    """Stored as a SHA-256 digest; the token itself is shown once."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token of user {self.user_id}"


class IdempotentAnswer(models.Model):
    """The answer given to a write that carried an Idempotency-Key; the same key gets it again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
