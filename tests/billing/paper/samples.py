"""A claim of one visit, made up, with every part that the form can show."""

import dataclasses
import datetime as dt
from decimal import Decimal

from billing.x12 import codes
from billing.x12 import types as x12

DAY = dt.date(2026, 3, 2)


def line(number: int = 1, code: str = "97112", charge: str = "190.00", **fields) -> x12.ServiceLine:
    return x12.ServiceLine(
        **{
            "code": code,
            "charge": Decimal(charge),
            "units": 2,
            "pointers": (1, 3),
            "date_of_service": DAY,
            "control_number": f"PT00000001L{number}",
            "modifiers": ("GP",),
        }
        | fields
    )


COMMERCIAL = x12.Claim(
    control_number="PT00000001",
    billing_provider=x12.BillingProvider(
        name=x12.OrganizationName(name="River Bend Physical Therapy"),
        npi="1234567893",
        address=x12.Address(
            line1="100 N. Main St., #200", city="Portland", state="OR", postal_code="972011234"
        ),
        tax_id="93-1234567",
        contact=x12.Contact(name="Billing", phone="(503) 555-0142"),
    ),
    subscriber=x12.Subscriber(
        name=x12.PersonName(last="Müller-O'Neill", first="José", middle="Quinn", suffix="Jr."),
        member_id="W 1234-56789",
        responsibility=codes.Responsibility.PRIMARY,
        filing=codes.ClaimFiling.COMMERCIAL,
        address=x12.Address(line1="7 Elm Ave.", city="St. Paul", state="OR", postal_code="97137"),
        birth_date=dt.date(1961, 7, 4),
        sex=codes.Sex.MALE,
        group_number="GRP-77",
        group_name="Acme Works",
    ),
    payer=x12.Payer(
        name="Aetna",
        id="60054",
        address=x12.Address(
            line1="PO Box 981106", city="El Paso", state="TX", postal_code="79998-1106"
        ),
    ),
    total_charge=Decimal("275.50"),
    place_of_service="11",
    provider_signature_on_file=True,
    assignment=codes.Assignment.ASSIGNED,
    benefits_assignment=codes.BenefitsAssignment.YES,
    release=codes.Release.SIGNED,
    diagnoses=("I69.354", "M25.561", "R26.89"),
    lines=(line(), line(2, "97110", "85.50", units=1, pointers=(1,), modifiers=("GP", "KX"))),
    onset_on=dt.date(2026, 1, 10),
    initial_treatment_on=dt.date(2026, 2, 25),
    prior_authorization="AUTH-123",
    referring=x12.Provider(
        name=x12.PersonName(last="Okafor", first="Ada", middle="Nkem"), npi="1245319599"
    ),
    rendering=x12.Provider(name=x12.PersonName(last="Ito", first="Ken"), npi="1679576722"),
    service_facility=x12.ServiceFacility(
        name="River Bend East",
        address=x12.Address(line1="9 Oak Rd", city="Gresham", state="OR", postal_code="970301234"),
        npi="1316206420",
    ),
)


def with_payer(filing: codes.ClaimFiling, **fields) -> x12.Claim:
    subscriber = dataclasses.replace(COMMERCIAL.subscriber, filing=filing)
    return dataclasses.replace(COMMERCIAL, subscriber=subscriber, **fields)


OTHER_PAYER = x12.OtherPayer(
    payer=x12.Payer(name="Cigna", id="62308"),
    subscriber=x12.PersonName(last="Doe", first="Jane"),
    member_id="C99",
    responsibility=codes.Responsibility.PRIMARY,
    relationship=codes.Relationship.SPOUSE,
    filing=codes.ClaimFiling.COMMERCIAL,
    benefits_assignment=codes.BenefitsAssignment.YES,
    release=codes.Release.SIGNED,
    group_number="G-1",
    paid=Decimal("200.00"),
)
