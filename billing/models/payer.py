"""How payers behave and what codes cost: effective-dated rows, each with its source."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from billing.rules.types import UnitRule
from documentation.models import ProcedureCode
from people.models import Payer

IN_FORCE = models.Func(
    "effective_from",
    "effective_to",
    models.Value("[]"),
    function="DATERANGE",
    output_field=DateRangeField(),
)


def default_modifier_order() -> list[str]:
    return ["59", "XE", "XS", "XP", "XU", "GP", "GO", "GN", "CQ", "CO", "KX", "GA", "GX", "GY"]


class EffectiveQuerySet(models.QuerySet):
    def in_force_on(self, day: dt.date) -> EffectiveQuerySet:
        return self.filter(Q(effective_to=None) | Q(effective_to__gte=day), effective_from__lte=day)


class Effective(models.Model):
    """A row that holds from one day to another, both included, and says where it comes from."""

    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="Empty while it holds.")
    source = models.CharField(max_length=200)

    objects = EffectiveQuerySet.as_manager()

    class Meta:
        abstract = True


class CodeRule(Effective):
    """How billing treats a procedure code: therapy or not, reduced when repeated or not."""

    class Therapy(models.TextChoices):
        ALWAYS = "A", "Always therapy"
        SOMETIMES = "S", "Sometimes therapy"
        NEVER = "", "No therapy code"

    code = models.ForeignKey(ProcedureCode, on_delete=models.PROTECT, related_name="+")
    therapy = models.CharField(max_length=1, choices=Therapy.choices, blank=True)
    mppr = models.BooleanField(default=False, help_text="MULT PROC 5 in the fee schedule file.")

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [
            ExclusionConstraint(
                name="one_code_rule_per_day",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (IN_FORCE, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} from {self.effective_from}"


class TradingPartner(models.Model):
    """Who gets our files: a clearinghouse or a contractor, and how it knows us."""

    name = models.CharField(max_length=60, unique=True)
    receiver_id = models.CharField(max_length=15)
    receiver_qualifier = models.CharField(max_length=2, default="ZZ")
    sender_id = models.CharField(max_length=15, help_text="The number the partner gave us.")
    sender_qualifier = models.CharField(max_length=2, default="ZZ")
    usage = models.CharField(
        max_length=1, choices=[("T", "Test files"), ("P", "Production files")], default="T"
    )
    claims_per_transaction = models.PositiveSmallIntegerField(
        default=5000, validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )

    one_payer_per_file = models.BooleanField(
        "one payer in each file", default=False, help_text="Some receivers take no mixed files."
    )
    delivery = models.CharField(
        "how files get there",
        max_length=10,
        choices=[("download", "A person downloads them"), ("sftp", "By SFTP")],
        default="download",
    )
    sftp_host = models.CharField("server", max_length=253, blank=True)
    sftp_port = models.PositiveIntegerField(
        "port", default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    sftp_user = models.CharField("user name", max_length=100, blank=True)
    sftp_secret = models.CharField(
        "name of our secret",
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9-]+$", "Small letters, digits and hyphens.")],
        help_text="NAME for NAME.password or NAME.key in the server's PARTNER_SECRETS_DIR.",
    )
    sftp_host_key = models.TextField(
        "the server's public key",
        blank=True,
        help_text="As the partner publishes it: ssh-ed25519 AAAA…",
    )
    sftp_outbox = models.CharField("folder for our files", max_length=200, blank=True)
    sftp_inbox = models.CharField("folder of their replies", max_length=200, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    fetch_problem = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(delivery="sftp")
                | ~(Q(sftp_host="") | Q(sftp_user="") | Q(sftp_secret="") | Q(sftp_host_key="")),
                name="sftp_is_described_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_sftp(self) -> bool:
        return self.delivery == "sftp"


class PayerPolicy(Effective):
    """What one payer wants on its claims, from one day to another."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    unit_rule = models.CharField(
        max_length=3, choices=[(rule.value, rule.label) for rule in UnitRule]
    )
    discipline_modifier = models.BooleanField("wants GP, GO or GN", default=True)
    assistant_modifier = models.BooleanField("wants CQ or CO", default=False)
    ncci = models.BooleanField("applies NCCI edits", default=True)
    mue = models.BooleanField("applies MUE limits", default=True)
    distinct_modifier = models.CharField(
        max_length=2, choices=[("59", "59"), ("X", "XE, XS, XP or XU")], default="59"
    )
    mppr = models.BooleanField("reduces multiple procedures", default=False)
    kx = models.BooleanField("wants KX over the threshold", default=False)
    modifier_order = ArrayField(
        models.CharField(max_length=2), default=default_modifier_order, blank=True
    )
    timely_filing_days = models.PositiveSmallIntegerField(
        default=365, validators=[MinValueValidator(1)]
    )
    certification_needed = models.BooleanField("plan of care must be certified", default=False)
    referral_needed = models.BooleanField("referring provider must be named", default=False)
    authorization_needed = models.BooleanField(default=False)
    takes_corrections = models.BooleanField(
        "takes corrected claims (7) and voids (8)",
        default=True,
        help_text="Medicare Part B does not: it reopens a claim on request.",
    )
    paper_only = models.BooleanField(
        "takes claims on paper only",
        default=False,
        help_text="They are printed and mailed, and are in no file.",
    )
    forwards_claims = models.BooleanField(
        "sends claims on to the next payer itself",
        default=False,
        help_text="Crossing over: no second claim is drafted for what it decided.",
    )
    accepts_assignment = models.BooleanField(
        "we take the allowed amount as the price", default=True, help_text="CLM07."
    )
    partner = models.ForeignKey(
        "TradingPartner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who gets this payer's claim files.",
    )

    class Meta:
        ordering = ["payer", "-effective_from"]
        verbose_name_plural = "payer policies"
        constraints = [
            ExclusionConstraint(
                name="one_policy_per_payer_and_day",
                expressions=[
                    ("payer", RangeOperators.EQUAL),
                    (IN_FORCE, RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another policy of this payer holds on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} from {self.effective_from}"


class FeeSchedule(Effective):
    """A list of charges: the practice's own (no payer), or one agreed with a payer."""

    name = models.CharField(max_length=60)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["name", "-effective_from"]
        constraints = [
            ExclusionConstraint(
                name="one_fee_schedule_per_payer_and_day",
                expressions=[
                    (
                        models.functions.Coalesce("payer", models.Value(0)),
                        RangeOperators.EQUAL,
                    ),
                    (IN_FORCE, RangeOperators.OVERLAPS),
                ],
                violation_error_message="Another list of this payer holds on some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Fee(models.Model):
    """What one unit of a code is charged at."""

    schedule = models.ForeignKey(FeeSchedule, on_delete=models.CASCADE, related_name="fees")
    code = models.ForeignKey(ProcedureCode, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["schedule", "code"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "code"], name="one_fee_per_code"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_fee_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} {self.amount}"
