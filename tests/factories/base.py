"""What all made-up rows stand on: a Monday, a clock, a password that is quick to check."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password

from people.validators import npi_check_digit

PORTLAND = ZoneInfo("America/Los_Angeles")
MONDAY = dt.date(2026, 3, 2)
PASSWORD = "correct-horse-battery"


def at(hour: int, minute: int = 0, day: dt.date = MONDAY) -> dt.datetime:
    """A moment on the clinic's wall clock, 2 March 2026 unless told."""
    return dt.datetime.combine(day, dt.time(hour, minute), PORTLAND)


def npi(number: int) -> str:
    first_nine = f"1{number:08d}"
    return first_nine + str(npi_check_digit(first_nine))


def hashed_password() -> str:
    """Hashing is slow by design: once for all test accounts."""
    return _hashed_by(settings.PASSWORD_HASHERS[0])


@cache
def _hashed_by(hasher: str) -> str:
    """One for each hasher: what a fixture of a whole module makes comes before the quick one."""
    return make_password(PASSWORD)


class Rows(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True
