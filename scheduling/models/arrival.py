"""What happens at the desk's counter: the clinic's rules, money taken, fees, and the kiosk."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models import Clinic, Patient, User
from scheduling.models.appointment import Appointment


class DeskRules(models.Model):
    """How one clinic treats who does not come, and from when the kiosk checks in."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    late_cancel_hours = models.PositiveSmallIntegerField(
        "hours of notice",
        default=24,
        validators=[MaxValueValidator(336)],
        help_text="Cancelled later than this before the start is a late cancellation.",
    )
    no_show_fee = models.DecimalField(
        max_digits=7, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    late_cancel_fee = models.DecimalField(
        "late cancellation fee",
        max_digits=7,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    first_is_free = models.BooleanField("the first one in 12 months is free", default=True)
    waive_reasons = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    kiosk_opens_minutes = models.PositiveSmallIntegerField(
        "kiosk: minutes before the start",
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(720)],
        help_text="Earlier than this the kiosk sends people to the desk.",
    )
    kiosk_closes_minutes = models.PositiveSmallIntegerField(
        "kiosk: minutes after the start",
        default=30,
        validators=[MaxValueValidator(720)],
        help_text="Later than this the kiosk sends people to the desk.",
    )
    kiosk_most_tries = models.PositiveSmallIntegerField(
        "kiosk: tries that fail",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="After so many, of one kiosk or from one address, everybody is sent to the desk.",
    )
    kiosk_tries_minutes = models.PositiveSmallIntegerField(
        "kiosk: counted over",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="Until fewer have failed in this time.",
    )

    class Meta:
        ordering = ["clinic__name"]
        verbose_name_plural = "desk rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(no_show_fee__gte=0, late_cancel_fee__gte=0),
                name="fees_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"rules of {self.clinic}"


class AtClinicsQuerySet(models.QuerySet[models.Model]):
    def visible_to(self, user: User) -> AtClinicsQuerySet:
        """Rows of the clinics this person works in."""
        if user.sees_all_clinics:
            return self.all()
        return self.filter(clinic__in=user.visible_clinics())


class DeskPayment(models.Model):
    """Money a patient gave at the desk. Never changed: a mistake is reversed by another row, and
    billing posts each row to the ledger once."""

    class Kind(models.TextChoices):
        COPAY = "copay", "Copay"
        FEE = "fee", "Fee"

    class Method(models.TextChoices):
        CASH = "cash", "Cash"
        CARD = "card", "Card"
        CHECK = "check", "Check"
        OTHER = "other", "Other"

    receipt_number = models.BigIntegerField(unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="desk_payments"
    )
    kind = models.CharField(max_length=5, choices=Kind.choices)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    method = models.CharField(max_length=5, choices=Method.choices)
    reference = models.CharField(
        max_length=40, blank=True, help_text="Check number, or the card terminal's number."
    )
    taken_on = models.DateField(help_text="The clinic's calendar day.")
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    reason = models.CharField(max_length=120, blank=True, help_text="Why it was reversed.")

    objects = AtClinicsQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        indexes = [models.Index(fields=["clinic", "taken_on"], name="desk_payment_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0)
                | Q(reverses__isnull=False, amount__lt=0) & ~Q(reason=""),
                name="a_reversal_gives_back_and_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        return f"R{self.receipt_number:06d}"


class DeskFee(models.Model):
    """What the desk decided about a missed or late-cancelled appointment: the fee is charged to
    the patient (never to a payer) or waived. Never changed: another row takes a charge back."""

    class Kind(models.TextChoices):
        NO_SHOW = "no_show", "No-show"
        LATE_CANCEL = "late_cancel", "Late cancellation"

    class Outcome(models.TextChoices):
        CHARGED = "charged", "Charged"
        WAIVED = "waived", "Waived"
        TAKEN_BACK = "taken_back", "Taken back"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="desk_fees")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    amount = models.DecimalField(max_digits=7, decimal_places=2)
    reason = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    objects = AtClinicsQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(reverses=None),
                name="one_fee_decision_per_appointment",
            ),
            models.CheckConstraint(
                condition=Q(outcome="taken_back", reverses__isnull=False)
                | ~Q(outcome="taken_back") & Q(reverses=None),
                name="only_taking_back_reverses",
            ),
            models.CheckConstraint(
                condition=Q(outcome="charged") | ~Q(reason=""), name="no_fee_says_why"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_fee_is_an_amount"),
        ]

    def __str__(self) -> str:
        return f"fee {self.pk}"

    @property
    def is_owed(self) -> bool:
        return self.outcome == self.Outcome.CHARGED

    @property
    def signed_amount(self) -> Decimal:
        """What it adds to what the patient owes."""
        if self.outcome == self.Outcome.CHARGED:
            return self.amount
        return -self.amount if self.outcome == self.Outcome.TAKEN_BACK else Decimal("0.00")


class Kiosk(models.Model):
    """A tablet in the waiting room, under a secret address. Of the address only a hash is kept."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40, help_text="Where it stands, such as “Entrance”.")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AtClinicsQuerySet.as_manager()

    class Meta:
        ordering = ["clinic__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "name"],
                condition=Q(revoked_at=None),
                name="one_open_kiosk_per_name",
                violation_error_message="This clinic has a kiosk of that name: revoke it first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KioskTry(models.Model):
    """One try at a kiosk, counted so that nobody can guess at it. Not what was typed."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    from_address = models.GenericIPAddressField(null=True)
    worked = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["kiosk", "-at"], name="kiosk_try_by_time"),
            models.Index(fields=["from_address", "-at"], name="kiosk_try_by_address"),
        ]

    def __str__(self) -> str:
        return f"try {self.pk}"
