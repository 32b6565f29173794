"""Who waits for an earlier or a better time, what was offered to them, and the desk's rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from people.models import Clinic, Patient, PatientLink, Therapist, User
from scheduling.models.appointment import Appointment
from scheduling.models.set_up import AppointmentType, Room
from scheduling.wait_ranking import window_in_words

WEEKDAY_CHOICES = list(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))


class BudgetAndWaitRules(models.Model):
    """When the practice wants to be warned of an authorization, and how it offers freed times."""

    few_visits = models.PositiveSmallIntegerField(
        "few visits left",
        default=3,
        validators=[MaxValueValidator(99)],
        help_text="An authorization with no more visits left than this is marked low.",
    )
    ends_soon_days = models.PositiveSmallIntegerField(
        "ends soon, days",
        default=14,
        validators=[MaxValueValidator(365)],
        help_text="An authorization that ends within so many days is marked.",
    )
    offer_minutes = models.PositiveSmallIntegerField(
        "an offer stands for, minutes",
        default=120,
        validators=[MinValueValidator(5), MaxValueValidator(2880)],
        help_text="So long can a patient take an offered time by the link.",
    )
    offers_at_once = models.PositiveSmallIntegerField(
        "patients asked at once",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="How many of the best matches get the same offer; the first takes it.",
    )

    class Meta:
        verbose_name_plural = "budget and wait rules"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="one_row_of_budget_and_wait_rules"
            ),
        ]

    def __str__(self) -> str:
        return "rules of budgets and the wait list"

    @classmethod
    def current(cls) -> BudgetAndWaitRules:
        """The practice's rules; the defaults until somebody has changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class WaitListQuerySet(models.QuerySet["WaitListEntry"]):
    def visible_to(self, user: User) -> WaitListQuerySet:
        """Entries of patients this person may open."""
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def open(self, today: dt.date | None = None) -> WaitListQuerySet:
        """Who still waits: not booked, not withdrawn, and the last day they want has not passed."""
        day = today or timezone.localdate()
        return self.filter(status=WaitListEntry.Status.WAITING).filter(
            models.Q(latest_on=None) | models.Q(latest_on__gte=day)
        )

    def shown(self, show: str) -> WaitListQuerySet:
        """The rows of one tab: "waiting" (urgent first, then the longest wait), "offered" (those
        with an offer that stands), or "closed" (the latest first)."""
        if show == "closed":
            today = timezone.localdate()
            over = models.Q(status=WaitListEntry.Status.WAITING, latest_on__lt=today)
            closed = ~models.Q(status=WaitListEntry.Status.WAITING) | over
            return self.filter(closed).order_by("-closed_at", "-made_at", "pk")
        rows = self.open().order_by("-priority", "made_at", "pk")
        if show == "offered":
            rows = rows.filter(pk__in=WaitListOffer.objects.standing().values("entry"))
        return rows

    def at_clinic(self, clinic: Clinic) -> WaitListQuerySet:
        """Who would come to this clinic: it is theirs, or they named it."""
        anywhere = models.Q(clinics=None, patient__clinic=clinic)
        return self.filter(anywhere | models.Q(clinics=clinic)).distinct()

    def with_therapist(self, therapist: Therapist) -> WaitListQuerySet:
        """Who would come to this therapist: they named them, or nobody."""
        return self.filter(models.Q(therapists=None) | models.Q(therapists=therapist)).distinct()

    def for_list(self) -> WaitListQuerySet:
        return self.select_related(
            "patient__clinic", "type", "appointment", "made_by"
        ).prefetch_related(
            "therapists__user", "clinics", "offers__therapist__user", "offers__clinic"
        )


class WaitListEntry(models.Model):
    """A patient who wants a time that is not free yet, and which times would do."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        BOOKED = "booked", "Booked"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Priority(models.TextChoices):
        NORMAL = "normal", "Normal"
        URGENT = "urgent", "Urgent"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    therapists = models.ManyToManyField(
        Therapist, blank=True, related_name="+", help_text="None chosen: any will do."
    )
    clinics = models.ManyToManyField(
        Clinic, blank=True, related_name="+", help_text="None chosen: the patient's own clinic."
    )
    weekdays = ArrayField(
        models.SmallIntegerField(choices=WEEKDAY_CHOICES),
        default=list,
        blank=True,
        help_text="None chosen: any day.",
    )
    from_time = models.TimeField("not before", null=True, blank=True)
    to_time = models.TimeField("not after", null=True, blank=True)
    earliest_on = models.DateField("from", null=True, blank=True)
    latest_on = models.DateField("until", null=True, blank=True, help_text="Empty: open end.")
    notice_hours = models.PositiveSmallIntegerField(
        "notice, hours",
        default=2,
        validators=[MaxValueValidator(336)],
        help_text="So long before it the patient has to know.",
    )
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    remark = models.CharField(
        "note for the desk", max_length=200, blank=True, help_text="Nothing clinical."
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = WaitListQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name_plural = "wait list entries"
        indexes = [
            models.Index(
                fields=["made_at"], condition=models.Q(status="waiting"), name="wait_list_open"
            ),
            models.Index(fields=["patient", "-made_at"], name="wait_list_by_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "type"],
                condition=models.Q(status="waiting"),
                name="one_open_wait_per_patient_and_type",
                violation_error_message="The patient already waits for this type.",
            ),
            models.CheckConstraint(
                condition=models.Q(earliest_on=None)
                | models.Q(latest_on=None)
                | models.Q(latest_on__gte=models.F("earliest_on")),
                name="a_wait_runs_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(from_time=None)
                | models.Q(to_time=None)
                | models.Q(to_time__gt=models.F("from_time")),
                name="a_wait_s_window_runs_forward",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(status="waiting", closed_at=None, appointment=None)
                    | models.Q(status="withdrawn", closed_at__isnull=False, appointment=None)
                    | models.Q(status="booked", closed_at__isnull=False, appointment__isnull=False)
                ),
                name="a_wait_ends_with_what_ended_it",
            ),
        ]

    def __str__(self) -> str:
        return f"wait list entry {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("scheduling:wait-entry", args=[self.pk])

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.earliest_on and self.latest_on and self.latest_on < self.earliest_on:
            problems["latest_on"] = "The last day lies before the first."
        if self.from_time and self.to_time and self.to_time <= self.from_time:
            problems["to_time"] = "The end must lie after the start."
        if problems:
            raise ValidationError(problems)

    @property
    def standing_offers(self) -> list[WaitListOffer]:
        """Offers to them that can still be taken, of the rows `for_list` has fetched."""
        return [offer for offer in self.offers.all() if offer.standing == "open"]

    @property
    def window(self) -> str:
        """mornings, afternoons, or the times themselves."""
        return window_in_words(self.from_time, self.to_time)

    @property
    def weekday_names(self) -> str:
        names = dict(WEEKDAY_CHOICES)
        return ", ".join(names[number] for number in sorted(self.weekdays))

    def is_over(self, today: dt.date) -> bool:
        """Nobody booked it, and the last day the patient wanted has passed."""
        return (
            self.status == self.Status.WAITING
            and self.latest_on is not None
            and self.latest_on < today
        )


class WaitListOfferQuerySet(models.QuerySet["WaitListOffer"]):
    def standing(self) -> WaitListOfferQuerySet:
        """Offers that can still be taken."""
        return self.filter(status=WaitListOffer.Status.OPEN, expires_at__gt=timezone.now())

    def for_page(self) -> WaitListOfferQuerySet:
        return self.select_related(
            "entry__patient__clinic", "entry__type", "therapist__user", "clinic", "room", "link"
        )


class WaitListOffer(models.Model):
    """A freed time offered to somebody who waits, by a link; the first to take it has it."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        TAKEN = "taken", "Taken"
        GONE = "gone", "Gone"  # another was faster, or the desk took it back

    entry = models.ForeignKey(WaitListEntry, on_delete=models.PROTECT, related_name="offers")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    link = models.OneToOneField(PatientLink, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=5, choices=Status.choices, default=Status.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = WaitListOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(
                fields=["therapist", "starts_at"],
                condition=models.Q(status="open"),
                name="offer_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "therapist", "starts_at"],
                condition=models.Q(status="open"),
                name="one_open_offer_of_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", closed_at=None)
                | (~models.Q(status="open") & models.Q(closed_at__isnull=False)),
                name="a_closed_offer_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"wait list offer {self.pk}"

    @property
    def standing(self) -> str:
        """Open, taken, gone; or lapsed, when nobody took it in time."""
        if self.status == self.Status.OPEN and self.expires_at <= timezone.now():
            return "lapsed"
        return self.status
