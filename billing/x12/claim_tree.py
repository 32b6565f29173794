"""Which claims share a billing provider, a subscriber, a patient: the levels of an 837P.

The levels come from the claims alone, in the order in which each party is first seen, so the same
claims give the same tree. A subscriber who is both a patient and the cover of a dependant gets two
levels, because SBR02 can say only one of the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from billing.x12.types import BillingProvider, Claim, Patient, Payer, Subscriber

MOST_CLAIMS_OF_ONE_PATIENT = 100  # loop 2300 repeats at most 100 times


@dataclass(slots=True)
class PatientLevel:
    """Loop 2000C."""

    patient: Patient
    casualty_number: str
    claims: list[Claim] = field(default_factory=list)


@dataclass(slots=True)
class SubscriberLevel:
    """Loop 2000B: either claims of its own or patients below it, never both."""

    subscriber: Subscriber
    payer: Payer
    casualty_number: str = ""
    claims: list[Claim] = field(default_factory=list)
    patients: list[PatientLevel] = field(default_factory=list)


@dataclass(slots=True)
class BillingLevel:
    """Loop 2000A."""

    provider: BillingProvider
    subscribers: list[SubscriberLevel] = field(default_factory=list)


def claim_tree(claims: Iterable[Claim]) -> list[BillingLevel]:
    """The levels for `claims`; parties are the same when every value about them is."""
    billing: dict[BillingProvider, BillingLevel] = {}
    subscribers: dict[object, SubscriberLevel] = {}
    patients: dict[object, PatientLevel] = {}
    for claim in claims:
        provider = claim.billing_provider
        top = billing.setdefault(provider, BillingLevel(provider))
        number = claim.property_casualty_claim_number
        cover = (provider, claim.subscriber, claim.payer)
        # The casualty number stands with the patient, so two numbers are two patients.
        key = (cover, claim.patient is None, "" if claim.patient else number)
        level = subscribers.get(key)
        if level is None or len(level.claims) == MOST_CLAIMS_OF_ONE_PATIENT:
            level = SubscriberLevel(claim.subscriber, claim.payer, "" if claim.patient else number)
            subscribers[key] = level
            top.subscribers.append(level)
        if claim.patient is None:
            level.claims.append(claim)
            continue
        patient_key = (key, claim.patient, number)
        below = patients.get(patient_key)
        if below is None or len(below.claims) == MOST_CLAIMS_OF_ONE_PATIENT:
            below = PatientLevel(claim.patient, number)
            patients[patient_key] = below
            level.patients.append(below)
        below.claims.append(claim)
    return list(billing.values())
