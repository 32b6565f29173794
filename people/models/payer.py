"""Whom we bill and who refers: identities only; how a payer behaves is billing's business."""

from django.core.exceptions import ValidationError
from django.db import models

from people.models.practice import Address
from people.validators import validate_npi, validate_phone


class Payer(Address):
    """An insurer as it stands on the patient's card."""

    class Kind(models.TextChoices):
        MEDICARE = "medicare", "Medicare Part B"
        MEDICARE_ADVANTAGE = "medicare_advantage", "Medicare Advantage"
        MEDICAID = "medicaid", "Medicaid"
        TRICARE = "tricare", "TRICARE"
        VETERANS = "veterans", "Veterans Affairs"
        BLUES = "blues", "Blue Cross Blue Shield"
        COMMERCIAL = "commercial", "Commercial"
        WORKERS_COMP = "workers_comp", "Workers' compensation"
        AUTO = "auto", "Automobile medical"
        OTHER = "other", "Other"

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    edi_payer_id = models.CharField(
        "payer ID", max_length=20, help_text="The number the clearinghouse routes by."
    )
    claim_filing_code = models.CharField(
        max_length=2, help_text="SBR09 of the claim: MB Medicare B, CI commercial, BL Blues, WC …"
    )
    phone = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    needs_authorization = models.BooleanField(
        default=False, help_text="The desk is asked before it books a visit without one."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ReferringProvider(Address):
    """A physician or other practitioner who refers patients and certifies plans of care."""

    class Channel(models.TextChoices):
        FAX = "fax", "Fax"
        EMAIL = "email", "E-mail"

    first_name = models.CharField(max_length=35)
    middle_name = models.CharField(max_length=25, blank=True)
    last_name = models.CharField(max_length=60)
    suffix = models.CharField(max_length=10, blank=True)
    credential = models.CharField(max_length=20, blank=True, help_text="MD, DO, NP …")
    npi = models.CharField("NPI", max_length=10, unique=True, validators=[validate_npi])
    phone = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    fax = models.CharField(max_length=20, blank=True, validators=[validate_phone])
    email = models.EmailField("e-mail", blank=True)
    letters_by = models.CharField(
        "letters go by",
        max_length=5,
        choices=Channel.choices,
        blank=True,
        help_text="A fax carries the paper itself, an e-mail only a link to it.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(letters_by="")
                | (models.Q(letters_by="fax") & ~models.Q(fax=""))
                | (models.Q(letters_by="email") & ~models.Q(email="")),
                name="letters_go_where_there_is_an_address",
            ),
        ]

    def __str__(self) -> str:
        name = f"{self.first_name} {self.last_name}"
        return f"{name}, {self.credential}" if self.credential else name

    def clean(self) -> None:
        missing = {self.Channel.FAX: self.fax, self.Channel.EMAIL: self.email}
        if self.letters_by and not missing[self.Channel(self.letters_by)]:
            words = "a fax number" if self.letters_by == self.Channel.FAX else "an e-mail address"
            raise ValidationError({"letters_by": f"Write down {words} first."})

    @property
    def channel(self) -> str:
        """How letters reach them: as they prefer, else by what there is; "" when by nothing."""
        if self.letters_by:
            return self.letters_by
        if self.fax:
            return self.Channel.FAX
        return self.Channel.EMAIL if self.email else ""

    def get_channel_display(self) -> str:
        return self.Channel(self.channel).label if self.channel else ""

    def address_for(self, channel: str) -> str:
        return self.fax if channel == self.Channel.FAX else self.email
