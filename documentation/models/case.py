"""A patient's case: why they come, their diagnoses, their goals, and the plan of care."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from people.models import Clinic, Patient, ReferringProvider, Therapist, User
from people.models.staff import Discipline
from people.validators import STATE_CHOICES


class ProcedureCode(models.Model):
    """A code therapists log, under our own short label; what it is worth is billing's business."""

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "Treatment"
        EVALUATION = "evaluation", "Evaluation"
        RE_EVALUATION = "re_evaluation", "Re-evaluation"
        MODALITY = "modality", "Modality"
        TEST = "test", "Test"

    code = models.CharField(max_length=5, primary_key=True)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.TREATMENT)
    timed = models.BooleanField()
    minutes_per_unit = models.PositiveSmallIntegerField(null=True, blank=True)
    base_code = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="add_ons"
    )
    disciplines = ArrayField(models.CharField(max_length=3, choices=Discipline.choices))
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(timed=False) | models.Q(minutes_per_unit__gt=0),
                name="a_timed_code_has_minutes_per_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def visible_to(self, user: User) -> EpisodeQuerySet:
        cases = self.filter(patient__removed_at=None)
        if user.sees_all_clinics:
            return cases
        return cases.filter(patient__clinic__in=user.visible_clinics())


class Episode(models.Model):
    """One case: one problem, one discipline, from the first visit to discharge."""

    class Accident(models.TextChoices):
        NONE = "", "No accident"
        AUTO = "AA", "Automobile accident"
        WORK = "EM", "Employment"
        OTHER = "OA", "Other accident"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    discipline = models.CharField(max_length=3, choices=Discipline.choices, default=Discipline.PT)
    title = models.CharField(max_length=80, help_text="Left knee, stroke, balance …")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    referring_provider = models.ForeignKey(
        ReferringProvider, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    onset_on = models.DateField("onset", null=True, blank=True)
    order_signed_on = models.DateField(
        "order signed on", null=True, blank=True, help_text="The referral's own date."
    )
    order_document = models.ForeignKey(
        "documentation.Attachment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The signed paper itself, from the patient's documents.",
    )
    started_on = models.DateField("first treatment", default=timezone.localdate)
    discharged_on = models.DateField(null=True, blank=True)
    precautions = models.TextField(blank=True)
    accident = models.CharField(
        max_length=2, choices=Accident.choices, default=Accident.NONE, blank=True
    )
    accident_state = models.CharField(max_length=2, choices=STATE_CHOICES, blank=True)
    accident_on = models.DateField(null=True, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(discharged_on=None)
                | models.Q(discharged_on__gte=models.F("started_on")),
                name="episode_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("documentation:episode", args=[self.pk])

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if self.discharged_on and self.started_on and self.discharged_on < self.started_on:
            problems["discharged_on"] = "The discharge lies before the first treatment."
        if self.onset_on and self.started_on and self.onset_on > self.started_on:
            problems["onset_on"] = "The onset lies after the first treatment."
        if self.accident and not self.accident_on:
            problems["accident_on"] = "Claims need the day of the accident."
        if self.accident == self.Accident.AUTO and not self.accident_state:
            problems["accident_state"] = "Claims need the state of an automobile accident."
        if problems:
            raise ValidationError(problems)


class EpisodeDiagnosis(models.Model):
    """An ICD-10-CM code of the case, in the order claims point to it."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="diagnoses")
    position = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    code = models.CharField(
        max_length=8,
        validators=[
            RegexValidator(r"^[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?$", "Write a code such as I69.354.")
        ],
    )
    label = models.CharField(max_length=250)

    class Meta:
        ordering = ["episode", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "position"],
                name="one_diagnosis_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["episode", "code"], name="a_diagnosis_stands_once"),
        ]

    def __str__(self) -> str:
        return self.code


class OfEpisodeQuerySet(models.QuerySet[Any]):
    """What belongs to a case is seen by who sees the case."""

    def visible_to(self, user: User) -> OfEpisodeQuerySet:
        return self.filter(episode__in=Episode.objects.visible_to(user))


class Goal(models.Model):
    """Something measurable the patient shall be able to do, by when.

    A goal linked to a `series` of an outcome measure (`documentation.rules.measures`) has its
    baseline and target as numbers; `measure`, `baseline` and `target` then say the same in words.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="goals")
    text = models.CharField(max_length=300)
    measure = models.CharField(max_length=80, blank=True)
    baseline = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    series = models.CharField(max_length=40, blank=True)
    better = models.CharField(
        max_length=6, blank=True, choices=[("higher", "Up"), ("lower", "Down")]
    )
    baseline_value = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    target_value = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    due_on = models.DateField()
    met_on = models.DateField(null=True, blank=True)

    objects = OfEpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["episode", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    series="",
                    better="",
                    baseline_value=None,
                    baseline_on=None,
                    target_value=None,
                )
                | (
                    ~models.Q(series="")
                    & models.Q(
                        baseline_value__isnull=False,
                        baseline_on__isnull=False,
                        target_value__isnull=False,
                    )
                    & (
                        models.Q(better="higher", target_value__gt=models.F("baseline_value"))
                        | models.Q(better="lower", target_value__lt=models.F("baseline_value"))
                    )
                ),
                name="a_linked_goal_leads_from_a_number_to_a_better_one",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PlanOfCare(models.Model):
    """What will be done, how often, for how long; and how it came to be certified.

    Diagnoses and long-term goals are the case's own. What each fact of its certification rests on
    stands beside it; what they come to, `rules.certification` says.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plans")
    starts_on = models.DateField()
    amount_per_day = models.PositiveSmallIntegerField(
        "treatments a day", default=1, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    frequency_per_week = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    duration_weeks = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    interventions = models.TextField(help_text="Type of treatment, in words.")
    sent_on = models.DateField("sent to the referring provider", null=True, blank=True)
    sent_proof = models.CharField("what shows that it arrived", max_length=200, blank=True)
    verbal_on = models.DateField("ordered by word of mouth", null=True, blank=True)
    verbal_by = models.CharField("ordered by", max_length=120, blank=True)
    signed_on = models.DateField("signed by the referring provider", null=True, blank=True)
    signed_by_name = models.CharField("signed by", max_length=120, blank=True)
    signed_proof = models.CharField("where the signature is kept", max_length=200, blank=True)
    delay_reason = models.CharField("why it was certified late", max_length=300, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfEpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "starts_on"], name="one_plan_per_episode_and_start"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_per_day__range=(1, 4)), name="a_plan_treats_each_day"
            ),
            models.CheckConstraint(
                condition=models.Q(sent_on=None) | ~models.Q(sent_proof=""),
                name="a_sent_plan_has_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(verbal_on=None) | ~models.Q(verbal_by=""),
                name="a_verbal_order_names_who_gave_it",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_on=None)
                | ~models.Q(signed_by_name="") & ~models.Q(signed_proof=""),
                name="a_signed_plan_names_its_signer",
            ),
        ]

    def __str__(self) -> str:
        return f"plan of care from {self.starts_on}"

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if self.sent_on and not self.sent_proof:
            problems["sent_proof"] = "Say what shows that it arrived: a receipt, a name, a call."
        if self.verbal_on and not self.verbal_by:
            problems["verbal_by"] = "Say who ordered it."
        if self.signed_on and not self.signed_by_name:
            problems["signed_by_name"] = "Say who signed it."
        if self.signed_on and not self.signed_proof:
            problems["signed_proof"] = "Say where the signed paper is kept."
        if self.signed_on and self.sent_on and self.signed_on < self.sent_on:
            problems["signed_on"] = "It was signed before it was sent: check the two days."
        if problems:
            raise ValidationError(problems)
