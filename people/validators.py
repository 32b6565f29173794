"""Which identifiers, telephone numbers and postal codes are well formed.

Pure functions raise `ValidationError` with the sentence that stands beside the field.
"""

import re

import phonenumbers
from django.core.exceptions import ValidationError

NPI_PREFIX = "80840"  # ISO 7812 issuer of the National Provider Identifier, 45 CFR 162.406


def npi_check_digit(first_nine: str) -> int:
    """The tenth digit of an NPI: Luhn over 80840 and the first nine."""
    total = 0
    for place, digit in enumerate(reversed(NPI_PREFIX + first_nine)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def validate_npi(value: str) -> None:
    if not re.fullmatch(r"[12]\d{9}", value, re.ASCII):
        raise ValidationError("An NPI has 10 digits and begins with 1 or 2.", code="npi")
    if npi_check_digit(value[:9]) != int(value[9]):
        raise ValidationError("This NPI's last digit does not fit: look for a typing error.", "npi")


def validate_ein(value: str) -> None:
    if not re.fullmatch(r"\d{9}", value, re.ASCII):
        raise ValidationError("An EIN has 9 digits, without the dash.", code="ein")


def validate_postal_code(value: str) -> None:
    if not re.fullmatch(r"\d{5}(-?\d{4})?", value, re.ASCII):
        raise ValidationError("A ZIP code has 5 digits, or 9 (97201-0001).", code="postal_code")


def validate_zip_plus_four(value: str) -> None:
    if not re.fullmatch(r"\d{5}-?\d{4}", value, re.ASCII):
        raise ValidationError(
            "Claims need the 9-digit ZIP code here (97201-0001).", code="zip_plus_four"
        )


def validate_taxonomy(value: str) -> None:
    if not re.fullmatch(r"[0-9A-Z]{9}X", value, re.ASCII):
        raise ValidationError("A taxonomy code has 10 characters and ends in X.", code="taxonomy")


def phone_as_stored(value: str) -> str:
    """A telephone number as +15035550142, whatever way it was typed; '' stays ''."""
    if not value.strip():
        return ""
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError("Write a telephone number such as 503 555 0142.", code="phone")
    if number.extension:
        raise ValidationError("Write the number without its extension.", code="extension")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def validate_phone(value: str) -> None:
    phone_as_stored(value)


_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI"
)
STATE_CHOICES = [(state, state) for state in _STATES.split()]
