"""Over the API: what is left of an authorization, and booking past it."""

import pytest

from tests.factories import AuthorizationFactory, CoverageFactory, PayerFactory, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def test_the_api_says_what_is_left_of_an_authorization(api_as, desk):
    held = AuthorizationFactory(
        coverage=CoverageFactory(patient=desk.patient), number="A1", visits_approved=2
    )
    desk.book()

    answer = api_as(desk.user).get(f"/api/v1/authorization-budgets/{held.pk}/")

    assert answer.json() == {
        "authorization": held.pk,
        "number": "A1",
        "standing": "low",
        "visits_approved": 2,
        "visits_used": 0,
        "visits_booked": 1,
        "visits_left": 1,
        "units_approved": None,
        "units_used": 0,
        "units_booked": 3,
        "units_left": None,
        "ends_on": "2026-12-31",
        "runs_out_on": "2026-03-09",
    }


def test_the_api_books_over_the_budget_only_with_a_reason(api_as, desk):
    CoverageFactory(patient=desk.patient, payer=PayerFactory(needs_authorization=True))
    asked = {
        "patient": desk.patient.pk,
        "therapist": desk.therapist.pk,
        "clinic": desk.clinic.pk,
        "type": desk.type.pk,
        "starts_at": at(14).isoformat(),
    }
    api = api_as(desk.user)

    refused = api.post("/api/v1/appointments/", asked)
    booked = api.post("/api/v1/appointments/", asked | {"over_budget_reason": "Asked by fax"})

    assert (refused.status_code, refused.json()["code"], refused.json()["problem"]) == (
        409,
        "over_budget",
        "missing",
    )
    assert (booked.status_code, booked.json()["over_budget_reason"]) == (201, "Asked by fax")
