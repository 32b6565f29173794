"""What patients sign: the practice's own forms, each wording kept, and each answer as given."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from people.models.patient import Patient
from people.models.staff import User


class ConsentForm(models.Model):
    """One form of the practice; what it says is in its versions."""

    class Required(models.TextChoices):
        ONCE = "once", "Once"
        YEARLY = "yearly", "Once a year"
        EACH_CASE = "each_case", "For each case, at its evaluation"
        NEVER = "never", "Only when asked for"

    name = models.CharField(max_length=60, unique=True, help_text="What the desk calls it.")
    required = models.CharField(
        "to be signed", max_length=9, choices=Required.choices, default=Required.ONCE
    )
    counts_days = models.PositiveSmallIntegerField(
        "days it counts ahead",
        default=30,
        validators=[MinValueValidator(0), MaxValueValidator(365)],
        help_text="For each case: signed this many days before the evaluation still counts.",
    )
    position = models.PositiveSmallIntegerField(
        default=1, help_text="The order in which they are signed."
    )
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ConsentVersion(models.Model):
    """One wording of a form; never changed, so that each signature keeps what was signed."""

    form = models.ForeignKey(ConsentForm, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField("text")
    effective_from = models.DateField()
    asks_again = models.BooleanField(
        "whoever signed before signs again",
        default=False,
        help_text="For a change that matters; leave it for a mended comma.",
    )
    written_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["form", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="one_text_per_version"),
            models.CheckConstraint(
                condition=~Q(body="") & ~Q(title=""), name="a_consent_form_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class ConsentSignatureQuerySet(models.QuerySet["ConsentSignature"]):
    def visible_to(self, user: User) -> ConsentSignatureQuerySet:
        """Of the patients they see, under whichever of merged records it was signed."""
        seen = Patient.objects.visible_to(user)
        return self.filter(Q(patient__in=seen) | Q(patient__merged_into__in=seen))


class ConsentSignature(models.Model):
    """A form signed or declined: by whom, how, when, and a SHA-256 over all of it."""

    class Answer(models.TextChoices):
        SIGNED = "signed", "Signed"
        DECLINED = "declined", "Declined"

    class Relation(models.TextChoices):
        SELF = "self", "The patient"
        PARENT = "parent", "Parent"
        GUARDIAN = "guardian", "Guardian"
        REPRESENTATIVE = "representative", "Legal representative"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ConsentVersion, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    signer_name = models.CharField(max_length=120)
    relation = models.CharField(max_length=14, choices=Relation.choices, default=Relation.SELF)
    image = models.BinaryField(null=True, blank=True, help_text="The drawn signature, PNG.")
    typed = models.CharField(max_length=120, blank=True, help_text="The typed signature.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was declined.")
    signed_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64)

    objects = ConsentSignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        indexes = [models.Index(fields=["patient", "version"], name="consent_by_patient")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer="signed") | Q(image__isnull=False) | ~Q(typed=""),
                name="signed_means_drawn_or_typed",
            ),
            models.CheckConstraint(
                condition=~Q(answer="declined") | ~Q(reason=""), name="declined_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("people:consent", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.answer == self.Answer.SIGNED

    def content(self) -> dict[str, Any]:
        """All that was signed, as one value: what the SHA-256 is taken over."""
        image = bytes(self.image).hex() if self.image is not None else ""
        return {
            "patient": self.patient_id,
            "form": self.version.form_id,
            "version": self.version.number,
            "title": self.version.title,
            "body": self.version.body,
            "answer": self.answer,
            "signer_name": self.signer_name,
            "relation": self.relation,
            "image": image,
            "typed": self.typed,
            "reason": self.reason,
            "signed_at": self.signed_at.isoformat(),
        }
