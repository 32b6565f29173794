"""The demo's patients without a card: a superbill, an estimate, and one that was asked for."""

from __future__ import annotations

from billing import estimates, superbills
from billing.estimate_content import Plan
from people.models import Coverage, Patient, User
from scheduling.models import Appointment

FOLLOW_UP = (("97112", 2), ("97110", 1))
EVALUATION = (("97161", 1), ("97110", 1))


def build_self_pay(desk: User, biller: User) -> None:
    """The rows only: a worker makes the PDFs, as soon as one runs."""
    alone = list(
        Patient.objects.exclude(pk__in=Coverage.objects.values("patient"))
        .filter(pk__in=Appointment.objects.values("patient"))
        .order_by("pk")
    )
    for patient in alone:
        free = [one.visit for one in superbills.candidates(patient) if not one.refusal]
        if free:
            superbills.ask(patient=patient, visits=free[:6], by=biller)
            break
    for patient in alone:
        booked = estimates.bookable(patient)
        if booked:
            _estimate(patient, booked, desk)
            break
    if alone:
        estimates.note_request(patient=alone[-1], by=desk)


def _estimate(patient: Patient, booked: list[Appointment], desk: User) -> None:
    plan = Plan(
        primary="Physical therapy for balance and walking",
        appointments=booked,
        services={
            visit.type_id: EVALUATION if visit.type.is_evaluation else FOLLOW_UP for visit in booked
        },
        separate="An ankle brace, should one be needed",
    )
    estimates.issue(patient=patient, plan=plan, by=desk)
