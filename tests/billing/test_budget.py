"""What billing tells the budget: the units a visit was billed as, on the authorization it was
reserved on."""

import datetime as dt

import pytest

from billing import claims
from scheduling import budget
from scheduling.models import Appointment
from tests.billing.makers import make_fees, make_payer, make_visit, sign
from tests.factories import AppointmentFactory, AuthorizationFactory

pytestmark = pytest.mark.django_db


def booked_visit(*codes: str):
    """A signed visit of 24 and 23 minutes, whose appointment draws on one of two authorizations."""
    make_fees()
    visit = make_visit(("97112", 24), ("97110", 23), payer=make_payer())
    card = visit.patient.coverages.get()
    sooner = AuthorizationFactory(coverage=card, ends_on=dt.date(2026, 3, 31))
    held = AuthorizationFactory(
        coverage=card, codes=list(codes), visits_approved=None, units_approved=20
    )
    visit.appointment = AppointmentFactory(
        patient=visit.patient, therapist=visit.therapist, status="completed", authorization=held
    )
    visit.save(update_fields=["appointment"])
    sign(visit)
    return visit, held, sooner


def test_a_drafted_claim_writes_down_the_units_of_the_visit():
    visit, held, _ = booked_visit()
    assert budget.budget_of(held).units_used == 3  # 45 minutes, before anybody knows better

    visit.appointment.type.usual_units = 4
    visit.appointment.type.save(update_fields=["usual_units"])
    assert budget.budget_of(held).units_used == 4

    claims.draft_claim(visit)

    assert Appointment.objects.get().units_used == 3
    assert budget.budget_of(held).units_used == 3


def test_units_of_codes_that_the_authorization_is_not_for_do_not_count():
    visit, held, _ = booked_visit("97112")

    claims.draft_claim(visit)

    assert budget.budget_of(held).units_used == 2


def test_a_claim_names_the_authorization_its_visit_was_reserved_on():
    visit, held, sooner = booked_visit()

    assert claims.draft_claim(visit).authorization == held

    Appointment.objects.update(authorization=None)
    claim = claims.scrub(claim=claims.draft_claim(visit))
    assert claim.authorization == sooner
