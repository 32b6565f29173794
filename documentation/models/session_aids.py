"""What a clinician keeps for the session page: favorites, templates, and their reminders."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from people.models import User

NAME_LENGTH = 60
MOST_MINUTES = 12 * 60
FIELD_LABELS = {
    "activities": "Technique and dose",
    "purposes": "Purpose",
    "skilled": "Why skilled",
    "response": "Response",
    "course": "Next",
    "narrative": "What was done",
    "note.subjective": "Subjective",
    "note.objective": "Objective",
    "note.assessment": "Assessment",
    "note.plan": "Plan",
}


class SessionAidQuerySet(models.QuerySet["SessionAid"]):
    def visible_to(self, user: User) -> SessionAidQuerySet:
        """Their own: what one therapist keeps is nobody else's."""
        return self.filter(owner=user)


class SessionAid(models.Model):
    """A favorite is what one field may say, offered beside that field; a template is a set of
    services. Both are of one person, and hold nothing of a patient: no goal, no response, no
    minutes of a visit."""

    class Kind(models.TextChoices):
        FAVORITE = "favorite", "Favorite"
        TEMPLATE = "template", "Template"

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=NAME_LENGTH)
    field = models.CharField(
        max_length=20, blank=True, help_text="Which field of a card or the note a favorite fills."
    )
    content = models.JSONField(help_text="A favorite's value, or a template's services.")
    saved_at = models.DateTimeField(default=timezone.now)

    objects = SessionAidQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "field", Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                "kind",
                "field",
                Lower("name"),
                name="a_name_stands_once_among_somebodys_favorites",
            ),
            models.CheckConstraint(
                condition=Q(kind="favorite") & ~Q(field="") | Q(kind="template", field=""),
                name="a_favorite_says_which_field_it_fills",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_favorite_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def field_label(self) -> str:
        return FIELD_LABELS.get(self.field, self.field)

    def for_page(self) -> dict[str, Any]:
        return {"id": self.pk, "name": self.name, "field": self.field, "content": self.content}


class SessionPreferences(models.Model):
    """How the session page behaves for one person; without a row as the fields' defaults say."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    timer_forgotten_after = models.PositiveSmallIntegerField(
        "point out a timer that has run for",
        default=90,
        validators=[MinValueValidator(5), MaxValueValidator(MOST_MINUTES)],
        help_text="Minutes. Longer than any service of yours takes.",
    )

    class Meta:
        verbose_name_plural = "session preferences"
        constraints = [
            models.CheckConstraint(
                condition=Q(timer_forgotten_after__gte=5)
                & Q(timer_forgotten_after__lte=MOST_MINUTES),
                name="a_timer_is_forgotten_after_minutes_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"session preferences {self.pk}"

    @classmethod
    def of(cls, user: User) -> SessionPreferences:
        return cls.objects.filter(user=user).first() or cls(user=user)
