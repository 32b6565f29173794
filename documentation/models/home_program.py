"""What a patient does at home: drafted, given once and then unchanged, and what they answer."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from documentation.exercises import library
from documentation.exercises.library import Dose, Exercise, dose_in_words
from documentation.models.pdf_row import PdfRow
from people.models import Patient, User

WORST_PAIN = 10


class HomeProgramQuerySet(models.QuerySet["HomeProgram"]):
    def visible_to(self, user: User) -> HomeProgramQuerySet:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def running(self) -> HomeProgramQuerySet:
        """What patients have in hand now, paused or not."""
        return self.filter(status__in=[HomeProgram.Status.GIVEN, HomeProgram.Status.PAUSED])


class HomeProgram(models.Model):
    """One version of a patient's program. Once it was given, the database refuses every change
    but its pausing and its end; whatever is to be different is a new version."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        GIVEN = "given", "Given"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT)
    remark = models.TextField("words to the patient", blank=True, max_length=1000)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    giver_name = models.CharField(max_length=120, blank=True)
    given_at = models.DateTimeField(null=True)
    starts_on = models.DateField(null=True)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = HomeProgramQuerySet.as_manager()

    class Meta:
        ordering = ["-version", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(status="draft"), name="one_draft_for_each_patient"
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=["given", "paused"]),
                name="one_running_program_for_each_patient",
            ),
            models.UniqueConstraint(
                fields=["patient", "version"], name="each_version_of_a_program_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", given_at=None, given_by=None, starts_on=None)
                | (
                    ~Q(status="draft")
                    & Q(given_at__isnull=False, given_by__isnull=False, starts_on__isnull=False)
                ),
                name="what_is_given_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False)
                | (~Q(status="ended") & Q(ended_at=None)),
                name="what_has_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"home program {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("documentation:home-program", args=[self.patient_id])

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.GIVEN, self.Status.PAUSED)


class HomeProgramItemQuerySet(models.QuerySet["HomeProgramItem"]):
    def visible_to(self, user: User) -> HomeProgramItemQuerySet:
        return self.filter(program__patient__in=Patient.objects.visible_to(user))


class HomeProgramItem(models.Model):
    """One exercise of a version: its dose, the therapist's own words, the step that was chosen.
    `content` keeps the library's words as they were when the program was given."""

    program = models.ForeignKey(HomeProgram, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    exercise = models.CharField(max_length=40, help_text="Its key in the library.")
    sets = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    reps = models.PositiveSmallIntegerField(
        "repetitions",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
    )
    hold_seconds = models.PositiveSmallIntegerField(
        "hold, seconds",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    seconds = models.PositiveSmallIntegerField(
        "duration, seconds",
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(3600)],
    )
    times_a_day = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    days_a_week = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    side = models.CharField(
        max_length=5,
        blank=True,
        choices=[("left", "Left"), ("right", "Right"), ("both", "Each side")],
    )
    own_words = models.TextField("own words", blank=True, max_length=600)
    step_axis = models.CharField(max_length=20, blank=True)
    step_text = models.CharField(max_length=200, blank=True)
    content = models.JSONField(null=True, editable=False)

    objects = HomeProgramItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "exercise"], name="an_exercise_once_in_a_program"
            ),
            models.CheckConstraint(
                condition=Q(reps__isnull=False) ^ Q(seconds__isnull=False),
                name="an_exercise_counts_repetitions_or_seconds",
            ),
            models.CheckConstraint(
                condition=Q(days_a_week__range=(1, 7), sets__gte=1, times_a_day__gte=1),
                name="a_dose_is_something",
            ),
        ]

    def __str__(self) -> str:
        return f"home program item {self.pk}"

    @property
    def in_library(self) -> Exercise:
        return library.exercises()[self.exercise]

    @property
    def words(self) -> dict[str, Any]:
        """What the patient reads: frozen once given, the library's own until then."""
        return self.content or words_of(self.in_library)

    @property
    def dose(self) -> Dose:
        return Dose(
            sets=self.sets,
            reps=self.reps,
            hold_seconds=self.hold_seconds,
            seconds=self.seconds,
            times_a_day=self.times_a_day,
            days_a_week=self.days_a_week,
        )

    @property
    def dose_in_words(self) -> str:
        said = dose_in_words(self.dose, each_side=self.side == "both")
        return f"{self.get_side_display()} side: {said}" if self.side in ("left", "right") else said


def words_of(exercise: Exercise) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "start": exercise.start,
        "steps": list(exercise.steps),
        "cautions": list(exercise.cautions),
        "picture": exercise.picture,
        "alt": exercise.alt,
    }


class HomeAnswerQuerySet(models.QuerySet["HomeAnswer"]):
    def visible_to(self, user: User) -> HomeAnswerQuerySet:
        return self.filter(item__program__patient__in=Patient.objects.visible_to(user))

    def alarming(self) -> HomeAnswerQuerySet:
        """Pain that somebody at the clinic should know of, and nobody has said they do."""
        return self.exclude(alarm="").filter(seen_at=None)


class HomeAnswer(models.Model):
    """What a patient says of one exercise on one day; the last word of that day stands."""

    class Difficulty(models.TextChoices):
        EASY = "easy", "Easy"
        RIGHT = "right", "About right"
        HARD = "hard", "Hard"

    class Alarm(models.TextChoices):
        HIGH = "high", "Strong pain"
        RISE = "rise", "Pain rose sharply"

    item = models.ForeignKey(HomeProgramItem, on_delete=models.PROTECT, related_name="answers")
    day = models.DateField()
    done = models.BooleanField()
    pain = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(WORST_PAIN)]
    )
    difficulty = models.CharField(max_length=5, choices=Difficulty.choices, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(default=timezone.now)
    alarm = models.CharField(max_length=4, choices=Alarm.choices, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    objects = HomeAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "day"], name="one_answer_for_each_exercise_and_day"
            ),
            models.CheckConstraint(
                condition=Q(pain=None) | Q(pain__lte=WORST_PAIN), name="pain_is_nought_to_ten"
            ),
        ]

    def __str__(self) -> str:
        return f"home answer {self.pk}"


class HomeProgramTemplate(models.Model):
    """A set of exercises that a therapist gives often, with the doses."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    items = models.JSONField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_template_has_its_own_name"),
        ]

    def __str__(self) -> str:
        return self.name


class HomeProgramPdf(PdfRow):
    """The hand-out: a row of its own, so that making it does not touch the program."""

    program = models.OneToOneField(HomeProgram, on_delete=models.PROTECT, related_name="pdf")
    shown = models.JSONField(
        default=dict, editable=False, help_text="Whom it names and where its code leads, frozen."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False),
                name="a_ready_handout_has_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"hand-out of home program {self.program_id}"
