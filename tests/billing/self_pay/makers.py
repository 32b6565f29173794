"""An estimate of a booked visit, and what a page says."""

import datetime as dt

from django.urls import reverse

from billing import estimates, issued_papers
from billing.estimate_content import Plan
from billing.models import Estimate
from tests.factories import at

NOON = at(12, day=dt.date(2026, 3, 2))


def plan_for(booked, units=2) -> Plan:
    return Plan(
        primary="Physical therapy for balance",
        appointments=[booked],
        services={booked.type_id: (("97112", units),)},
    )


def estimate_for(booked, by, **fields) -> Estimate:
    estimate = estimates.issue(patient=booked.patient, plan=plan_for(booked, **fields), by=by)
    issued_papers.make(estimate, lambda row: b"%PDF estimate")
    estimate.refresh_from_db()
    return estimate


def page(client, name, *args) -> str:
    response = client.get(reverse(f"billing:{name}", args=args))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())
