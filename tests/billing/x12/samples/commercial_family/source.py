"""A commercial plan: the member's own claim, and one for each of two dependants."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.x12.codes import Relationship, Sex
from billing.x12.types import Address, Patient, PersonName
from tests.billing.x12.cast import CLAIM, HOME, LINE, PHYSICIAN, file_of

CHILD = Patient(
    relationship=Relationship.CHILD,
    name=PersonName(last="Muñoz-O’Brien", first="Zoë 🎈", middle="🐣"),
    address=HOME,
    birth_date=date(2014, 6, 30),
    sex=Sex.FEMALE,
)
SPOUSE = Patient(
    relationship=Relationship.SPOUSE,
    name=PersonName(last="Strauß", first="Jørgen"),
    address=Address(
        line1="12 Rue Saint-Paul, № 4",
        city="Saint-Léonard",
        state="NB",
        postal_code="E7E 2M8",
        country="CA",
    ),
    birth_date=date(1981, 1, 9),
    sex=Sex.UNKNOWN,
)

FILE = file_of(
    replace(CLAIM, control_number="F1", lines=(replace(LINE, control_number="F1L1"),)),
    replace(
        CLAIM,
        control_number="F2",
        patient=CHILD,
        lines=(replace(LINE, control_number="F2L1"),),
        prior_authorization="AUTH 7731",
        referral_number="R-20918",
        referring=replace(PHYSICIAN, npi=""),
    ),
    replace(
        CLAIM,
        control_number="F3",
        patient=SPOUSE,
        lines=(replace(LINE, control_number="F3L1"),),
        patient_paid=Decimal("25.00"),
    ),
    replace(
        CLAIM, control_number="F4", patient=CHILD, lines=(replace(LINE, control_number="F4L1"),)
    ),
)
