"""A visit that can be billed, and the rows around it."""

import datetime as dt
from decimal import Decimal

from billing.models import Fee, FeeSchedule, PayerPolicy, TradingPartner
from documentation.models import Note, Visit
from people.models import Clinic, Payer
from tests.factories import (
    MONDAY,
    CoverageFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    PayerFactory,
    PlanOfCareFactory,
    PracticeFactory,
    TimedEntryFactory,
    VisitFactory,
    at,
)

FEES = {"97112": "95.00", "97110": "85.00", "97140": "80.00", "97161": "210.00", "97530": "98.00"}


def make_partner(**fields) -> TradingPartner:
    wanted = {"name": "Noridian", "receiver_id": "02302", "sender_id": "RBPT0001"} | fields
    return TradingPartner.objects.create(**wanted)


def make_payer(**policy) -> Payer:
    """A payer with a policy: Medicare-like unless the policy says otherwise."""
    payer = PayerFactory(
        name=policy.pop("name", "Medicare Part B"),
        kind=policy.pop("kind", Payer.Kind.MEDICARE),
        edi_payer_id="02302",
        claim_filing_code=policy.pop("filing", "MB"),
    )
    PayerPolicy.objects.create(
        payer=payer,
        **{
            "effective_from": dt.date(2026, 1, 1),
            "source": "test",
            "unit_rule": "cms",
            "timely_filing_days": 30_000,  # a test of today must not fail next year
            "assistant_modifier": True,
            "certification_needed": True,
            "referral_needed": True,
        }
        | policy,
    )
    return payer


def make_fees(**amounts: str) -> FeeSchedule:
    schedule = FeeSchedule.objects.create(
        name="Own list", effective_from=dt.date(2020, 1, 1), source="test"
    )
    for code, amount in (amounts or FEES).items():
        Fee.objects.create(schedule=schedule, code_id=code.removeprefix("c"), amount=amount)
    return schedule


def make_visit(
    *minutes: tuple[str, int], payer: Payer | None = None, clinic: Clinic | None = None
) -> Visit:
    """A treated visit of 2 March 2026 with these minutes, certified plan and card; unsigned."""
    PracticeFactory()
    patient = PatientFactory(clinic=clinic) if clinic else PatientFactory()
    episode = EpisodeFactory(patient=patient, onset_on=dt.date(2026, 1, 10))
    EpisodeDiagnosisFactory(episode=episode)
    PlanOfCareFactory(episode=episode, signed_on=dt.date(2026, 2, 25))
    if payer is not None:
        CoverageFactory(patient=patient, payer=payer, member_id="1EG4TE5MK73")
    visit = VisitFactory(episode=episode, total_treatment_minutes=60)
    for position, (code, spent) in enumerate(minutes, start=1):
        TimedEntryFactory(visit=visit, code_id=code, minutes=spent, position=position)
    return visit


def sign(visit: Visit, **fields) -> Note:
    """The visit's note as signed, without the signing page's own checks."""
    therapist = visit.therapist
    return NoteFactory(
        visit=visit,
        **{
            "signed_by": therapist.user,
            "signed_at": at(11, day=MONDAY),
            "signer_name": str(therapist),
            "content": {},
            "content_sha256": "0" * 64,
        }
        | fields,
    )


def make_signed_visit(*minutes: tuple[str, int], payer: Payer | None = None) -> Visit:
    visit = make_visit(*(minutes or (("97112", 24), ("97110", 23))), payer=payer)
    sign(visit)
    return visit


def money(text: str) -> Decimal:
    return Decimal(text)
