"""What the practice writes to providers: each letter is a row before it is anything else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.db import models
from django.db.models import Q
from django.utils import timezone

from documentation.models.note import Note
from documentation.models.plan import PlanSending
from people.models import Patient, ReferringProvider, User

# A mail server answers within minutes, a folder at once: what takes longer was cut off.
ANSWERS_WITHIN = dt.timedelta(minutes=10)
NUMBER = "{number}"  # where the fax number stands in the gateway's address
THE_ONE = 1  # the database allows no second row of settings


class ProviderLetterQuerySet(models.QuerySet["ProviderLetter"]):
    def visible_to(self, user: User) -> ProviderLetterQuerySet:
        return self.filter(patient__in=Patient.objects.at_clinics_of(user))

    def due(self) -> ProviderLetterQuerySet:
        """What is to leave the house now."""
        return self.filter(status=ProviderLetter.Status.WAITING, not_before__lte=timezone.now())

    def to_settle(self) -> ProviderLetterQuerySet:
        """Not delivered, or nobody knows whether it went out: a person decides."""
        cut_off = Q(sending_since__lt=timezone.now() - ANSWERS_WITHIN) | ~Q(problem="")
        return self.filter(Q(status="failed") | Q(status="sending") & cut_off, settled_at=None)


class ProviderLetter(models.Model):
    """One letter to one provider, by fax or e-mail, handed over at most once.

    A fax carries the paper itself. An e-mail carries a link and nothing clinical.
    """

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Report"
        PLAN = "plan", "Plan of care"

    class Carrier(models.TextChoices):
        FILE = "file", "Put in the folder"
        MAIL = "mail", "The mail server"
        GATEWAY = "gateway", "A fax service, by e-mail"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not delivered"
        WITHHELD = "withheld", "Not sent"  # it is no longer true, or a person stopped it

    Channel = ReferringProvider.Channel

    kind = models.CharField(max_length=8, choices=Kind.choices)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(ReferringProvider, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, related_name="letters")
    sending = models.ForeignKey(
        PlanSending, on_delete=models.PROTECT, null=True, related_name="letters"
    )
    content_sha256 = models.CharField(max_length=64, help_text="Of what was signed, or is sent.")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    to = models.CharField(max_length=254, blank=True)
    # The event it tells of: the same event is told once.
    source_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    problem = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Nobody: the practice has them sent by themselves.",
    )
    carrier = models.CharField(max_length=7, choices=Carrier.choices, blank=True)
    sending_since = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=200, blank=True, help_text="The carrier's name for it.")
    paper_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the PDF as it went.")
    opened_at = models.DateTimeField(null=True, help_text="First read on its link.")
    # What a person did about one that failed, or of which nobody knows.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    instead_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="sent_again_as"
    )

    objects = ProviderLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(status="waiting"), name="letter_waiting"
            ),
            models.Index(
                fields=["-created_at"],
                condition=Q(status__in=["failed", "sending"]),
                name="letter_to_settle",
            ),
        ]
        constraints = [
            # One line for each kind: what it carries, and nothing else.
            models.CheckConstraint(
                condition=Q(kind="progress", note__isnull=False, sending=None)
                | Q(kind="plan", sending__isnull=False, note=None),
                name="a_letter_carries_one_paper",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | (Q(sent_at__isnull=False) & ~Q(to="")),
                name="a_sent_letter_says_when_and_where_to",
            ),
            models.CheckConstraint(
                condition=~Q(status="sending") | Q(sending_since__isnull=False),
                name="a_letter_on_its_way_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"

    @property
    def is_unknown(self) -> bool:
        """Handed over, and nobody knows whether it went out."""
        return (
            self.status == self.Status.SENDING
            and self.settled_at is None
            and (
                bool(self.problem)
                or self.sending_since is None
                or self.sending_since < timezone.now() - ANSWERS_WITHIN
            )
        )

    @property
    def is_open_failure(self) -> bool:
        return self.status == self.Status.FAILED and self.settled_at is None

    @property
    def needs_a_person(self) -> bool:
        """As `to_settle`, of one row."""
        return self.is_unknown or self.is_open_failure


def validate_gateway(value: str) -> None:
    if value.count(NUMBER) != 1:
        raise ValidationError(f"Write {NUMBER} where the fax number goes, once.")
    try:
        validate_email(value.replace(NUMBER, "15035550142"))
    except ValidationError:
        raise ValidationError("This makes no e-mail address.") from None


class LetterSettings(models.Model):
    """How letters leave this practice. Until somebody chooses, they are put in a folder."""

    Carrier = ProviderLetter.Carrier
    FAX_BY = [
        (Carrier.FILE.value, "Put in the folder of the fax machine"),
        (Carrier.GATEWAY.value, "Sent to a fax service by e-mail"),
    ]
    EMAIL_BY = [
        (Carrier.FILE.value, "Put in the folder"),
        (Carrier.MAIL.value, "Sent over the mail server"),
    ]

    fax_by = models.CharField("faxes are", max_length=7, choices=FAX_BY, default=Carrier.FILE)
    fax_gateway = models.CharField(
        "address at the fax service",
        max_length=120,
        blank=True,
        validators=[validate_gateway],
        help_text="As the service says, with {number} for the fax number: {number}@fax.example.com",
    )
    email_by = models.CharField("e-mails are", max_length=7, choices=EMAIL_BY, default=Carrier.FILE)
    link_days = models.PositiveSmallIntegerField(
        "days a link opens",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text="After so many days the link in an e-mail no longer opens.",
    )
    reports_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Progress reports signed since then go to the referring provider by themselves.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=THE_ONE), name="one_row_of_letter_settings"),
            models.CheckConstraint(
                condition=~Q(fax_by="gateway") | ~Q(fax_gateway=""),
                name="a_fax_service_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return "how letters leave"

    def clean(self) -> None:
        if self.fax_by == self.Carrier.GATEWAY and not self.fax_gateway:
            raise ValidationError({"fax_gateway": "Write down the address at the fax service."})

    @classmethod
    def current(cls) -> LetterSettings:
        return cls.objects.filter(pk=THE_ONE).first() or cls(pk=THE_ONE)

    def carrier_for(self, channel: str) -> str:
        by: Any = self.fax_by if channel == ReferringProvider.Channel.FAX else self.email_by
        return str(by)

    def gateway_for(self, fax: str) -> str:
        """The e-mail address at the service that reaches a fax number."""
        return self.fax_gateway.replace(NUMBER, "".join(filter(str.isdigit, fax)))
