"""Visits booked and planned, and the estimate of them issued and made."""

import datetime as dt

from billing import estimates, issued_papers
from billing.estimate_content import Plan
from billing.models import Estimate
from tests.factories import AppointmentFactory, at

BOOKED_ON = dt.date(2026, 3, 2)  # a Monday


def day(number: int, month: int = 3) -> dt.date:
    return dt.date(2026, month, number)


def book(patient, kind, on: dt.date, **fields):
    booked_at = at(9, day=fields.pop("booked_on", BOOKED_ON))
    return AppointmentFactory(
        patient=patient, type=kind, starts_at=at(9, day=on), booked_at=booked_at, **fields
    )


def plan_of(*visits, units: int = 2, **fields) -> Plan:
    """Each visit is two units of 97112 and one of 97110: $275.00."""
    services = {visit.type_id: (("97112", units), ("97110", 1)) for visit in visits}
    return Plan(
        **{"primary": "Physical therapy for balance", "appointments": visits, "services": services}
        | fields
    )


def issue(patient, plan, biller, **fields) -> Estimate:
    return estimates.issue(patient=patient, plan=plan, by=biller, **fields)


def make(estimate) -> Estimate:
    issued_papers.make(estimate, lambda row: b"%PDF")
    estimate.refresh_from_db()
    return estimate
