"""The practice as a business, and the clinics it works in."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from people.validators import (
    STATE_CHOICES,
    validate_ein,
    validate_npi,
    validate_phone,
    validate_postal_code,
    validate_taxonomy,
    validate_zip_plus_four,
)


class Address(models.Model):
    """A postal address in the United States, as claims want it."""

    line1 = models.CharField("street", max_length=55, blank=True)
    line2 = models.CharField("suite or unit", max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, choices=STATE_CHOICES, blank=True)
    postal_code = models.CharField(
        "ZIP code", max_length=10, blank=True, validators=[validate_postal_code]
    )

    class Meta:
        abstract = True

    @property
    def one_line(self) -> str:
        place = f"{self.city}, {self.state} {self.postal_code}".strip(" ,")
        return ", ".join(part for part in (self.line1, self.line2, place) if part)


class Practice(Address):
    """The legal entity that bills. One install serves one practice."""

    legal_name = models.CharField(max_length=60)
    ein = models.CharField("EIN", max_length=9, validators=[validate_ein])
    npi = models.CharField("group NPI", max_length=10, validators=[validate_npi])
    taxonomy = models.CharField(max_length=10, validators=[validate_taxonomy], default="261QP2000X")
    phone = models.CharField(max_length=20, validators=[validate_phone])
    billing_contact = models.CharField(max_length=60)
    sign_notes_within_days = models.PositiveSmallIntegerField(
        "days to sign a note",
        default=2,
        validators=[MaxValueValidator(60)],
        help_text="After so many days an unsigned note counts as late.",
    )
    largest_attachment_mb = models.PositiveSmallIntegerField(
        "largest document, in MB",
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="A larger file is refused while it is uploaded.",
    )
    pay_to_line1 = models.CharField("pay-to street", max_length=55, blank=True)
    pay_to_city = models.CharField("pay-to city", max_length=30, blank=True)
    pay_to_state = models.CharField("pay-to state", max_length=2, choices=STATE_CHOICES, blank=True)
    pay_to_postal_code = models.CharField(
        "pay-to ZIP code", max_length=10, blank=True, validators=[validate_zip_plus_four]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_practice"),
        ]

    def __str__(self) -> str:
        return self.legal_name

    def clean(self) -> None:
        if self.postal_code:
            try:
                validate_zip_plus_four(self.postal_code)
            except ValidationError as error:
                raise ValidationError({"postal_code": error}) from error


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone from the list, such as America/Los_Angeles.")


class Clinic(Address):
    """A place where patients are treated, with its own wall clock."""

    name = models.CharField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=40, validators=[validate_time_zone])
    place_of_service = models.CharField(
        max_length=2, default="11", help_text="CMS place-of-service code; 11 is an office."
    )
    npi = models.CharField("service NPI", max_length=10, blank=True, validators=[validate_npi])
    phone = models.CharField(max_length=20, validators=[validate_phone])
    opens_at = models.TimeField(default="07:00")
    closes_at = models.TimeField(default="19:00")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="clinic_hours_run_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


def practice_zone() -> zoneinfo.ZoneInfo:
    """The wall clock of what spans all clinics, such as a file of claims: the first clinic's."""
    clinic = Clinic.objects.filter(is_active=True).order_by("pk").first()
    return clinic.zone if clinic else zoneinfo.ZoneInfo("UTC")
