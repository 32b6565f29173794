"""One claim with nothing wrong, and a way to change one thing about it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.rules.facts import (
    AddressFacts,
    AuthorizationFacts,
    ClaimFacts,
    CoverageFacts,
    DiagnosisFacts,
    LineFacts,
    NoteFacts,
    PatientFacts,
    PayerFacts,
    PlanOfCareFacts,
    PracticeFacts,
    ProviderFacts,
    ReferringFacts,
    SubscriberFacts,
)
from billing.rules.types import Discipline, Service
from documentation.rules.certification import Facts
from tests.billing.rules.makers import policy
from tests.billing.rules.tables import CODES, EDITS, MUE


def plan(starts_on: date, through: date, **on_file) -> PlanOfCareFacts:
    """A plan of care; the initial one, unless `is_initial` says otherwise."""
    begins_on = on_file.pop("begins_on", starts_on)
    return PlanOfCareFacts(starts_on, through, Facts(begins_on=begins_on, **on_file))


# NPIs are made up with a right check digit; the MBI is the specimen CMS publishes.
GOOD = ClaimFacts(
    today=date(2026, 3, 10),
    date_of_service=date(2026, 3, 2),
    discipline=Discipline.PT,
    place_of_service="11",
    total_charge=Decimal("270.00"),
    practice=PracticeFacts(
        npi="1234567893",
        ein="123456789",
        address=AddressFacts("100 Boxwood Street", "Portland", "OR", "97201-0001"),
        taxonomy="261QP2000X",
    ),
    rendering=ProviderFacts(
        npi="1245319599", taxonomy="225100000X", licence_expires_on=date(2027, 3, 31)
    ),
    referring=ReferringFacts(npi="1356362586"),
    patient=PatientFacts(
        birth_date=date(1950, 5, 5),
        sex="F",
        address=AddressFacts("7 Elm Street", "Portland", "OR", "97202"),
    ),
    coverage=CoverageFacts(
        member_id="1EG4-TE5-MK73",
        starts_on=date(2020, 1, 1),
        payer=PayerFacts(name="Medicare", medicare=True, payer_id="02302", filing_code="MB"),
        subscriber=SubscriberFacts(is_patient=True),
    ),
    policy=policy(
        certification_required=True,
        referring_required=True,
        authorization_required=True,
        timely_filing_months=12,
    ),
    note=NoteFacts(signed=True),
    diagnoses=(DiagnosisFacts("I69.354", primary=True), DiagnosisFacts("R26.81")),
    services=(Service("97112", 24), Service("97110", 23)),
    lines=(
        LineFacts("97112", 2, Decimal("200.00"), ("GP",), (1, 2)),
        LineFacts("97110", 1, Decimal("70.00"), ("GP",), (1,)),
    ),
    plans=(plan(date(2026, 2, 2), date(2026, 4, 27), signed_on=date(2026, 2, 10)),),
    authorization=AuthorizationFacts(
        number="A77",
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 6, 30),
        codes=frozenset({"97112", "97110"}),
        visits_approved=12,
        visits_used=4,
        units_approved=40,
        units_used=12,
    ),
    onset_on=date(2026, 1, 15),
    started_on=date(2026, 2, 2),
    treatment_minutes=90,
    report_days=5,
    codes=CODES,
    edits=EDITS,
    mue=MUE,
)


def but(facts: ClaimFacts = GOOD, **changes) -> ClaimFacts:
    """The claim with these things changed; `patient__sex="X"` reaches inside."""
    for path, value in changes.items():
        *outer, last = path.split("__")
        holders = [facts]
        for name in outer:
            holders.append(getattr(holders[-1], name))
        changed = value
        for holder, name in zip(reversed(holders), [last, *reversed(outer)], strict=True):
            changed = replace(holder, **{name: changed})
        facts = changed
    return facts


def line(number: int, **changes) -> tuple[LineFacts, ...]:
    """The good claim's lines with one of them (1 or 2) changed."""
    return tuple(
        replace(each, **changes) if n == number else each
        for n, each in enumerate(GOOD.lines, start=1)
    )


def first_plan(
    starts_on: date = date(2026, 2, 2), through: date = date(2026, 4, 27), **on_file
) -> tuple[PlanOfCareFacts, ...]:
    """The good claim's plan with something changed of it."""
    return (plan(starts_on, through, **({"signed_on": date(2026, 2, 10)} | on_file)),)
