"""What the desk sees of budgets: the card on the form, the lists, the meter with the patient."""

import datetime as dt

import pytest
from django.urls import reverse

from people.models import Role
from scheduling.models import Appointment, BudgetAndWaitRules, CareWindow
from tests.factories import (
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    PayerFactory,
    UserFactory,
    at,
)
from tests.scheduling.forms import DRAG, HTMX, filled, moved, post, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
MARCH_10 = dt.date(2026, 3, 10)


@pytest.fixture
def card(desk):
    return CoverageFactory(
        patient=desk.patient,
        payer=PayerFactory(name="Providence", needs_authorization=True),
        copay=25,
    )


@pytest.fixture
def spent(desk, card):
    held = AuthorizationFactory(coverage=card, number="A1", visits_approved=1)
    desk.book(starts_at=at(9))
    return held


def test_the_card_shows_what_is_left_after_this_visit(at_desk, desk, card):
    AuthorizationFactory(coverage=card, number="A1", visits_approved=3)
    desk.book(starts_at=at(9))

    response = post(at_desk, "budget-card", filled(desk))

    text = words(response)
    assert "<strong>0 of 3</strong> visits used, 1 booked, <strong>2 left</strong>" in text
    assert "After this visit: <strong>1</strong> visit left." in text
    assert "Copay <strong>$25.00</strong>" in text
    assert "over_budget_reason" not in text


def test_the_card_asks_for_a_reason_when_nothing_is_left(at_desk, desk, spent):
    text = words(post(at_desk, "budget-card", filled(desk)))

    assert "Authorization A1 is spent: all 1 visits are used or booked." in text
    assert 'name="over_budget_reason"' in text


def test_the_card_is_empty_while_the_form_does_not_say_enough(at_desk, desk, spent):
    response = post(at_desk, "budget-card", filled(desk, patient=""))

    assert (response.status_code, words(response)) == (200, "")


def test_another_clinics_patient_shows_no_card(at_desk, desk):
    stranger = PatientFactory(clinic=ClinicFactory())
    AuthorizationFactory(coverage=CoverageFactory(patient=stranger), number="SECRET")

    response = post(at_desk, "budget-card", filled(desk, patient=str(stranger.pk)))

    assert words(response) == ""


def test_the_form_begins_with_the_card_when_the_click_knew_enough(at_desk, desk, card):
    AuthorizationFactory(coverage=card, number="A1", visits_approved=3)

    response = at_desk.get(
        reverse("scheduling:book"),
        {
            "clinic": desk.clinic.pk,
            "patient": desk.patient.pk,
            "appointment_type": desk.type.pk,
            "date": "2026-03-02",
        },
    )

    assert "After this visit: <strong>2</strong> visits left." in words(response)


def test_over_the_budget_the_form_comes_back_and_books_with_a_reason(at_desk, desk, spent):
    asked = post(at_desk, "book", filled(desk), headers=HTMX)
    assert asked.status_code == 409
    assert "Say why below to book it all the same." in words(asked)
    assert words(asked).count('name="over_budget_reason"') == 1
    assert Appointment.objects.count() == 1

    post(at_desk, "book", filled(desk, over_budget_reason="Asked by fax"), headers=HTMX)

    over = Appointment.objects.latest("pk")
    assert (over.starts_at, over.over_budget_reason) == (at(13), "Asked by fax")


def test_outside_hours_and_over_budget_are_each_asked_once(at_desk, desk, spent):
    evening = {"time": "18:00", "over_budget_reason": "Asked by fax"}

    first = post(at_desk, "book", filled(desk, time="18:00"))
    second = post(at_desk, "book", filled(desk, time="18:00", anyway="true"))
    third = post(at_desk, "book", filled(desk, **evening, anyway="true"))

    assert [first.status_code, second.status_code, third.status_code] == [409, 409, 303]
    assert '<input type="hidden" name="anyway" value="true">' in words(second)


def test_a_drag_over_the_budget_is_told_and_nothing_moves(at_desk, desk, card):
    AuthorizationFactory(coverage=card, number="A1", ends_on=dt.date(2026, 3, 2))
    appointment = desk.book(starts_at=at(9))

    response = post(at_desk, "move", moved(desk, date="2026-03-09"), appointment.pk, headers=DRAG)

    assert response.status_code == 409
    assert response.json() == {
        "code": "over_budget",
        "detail": "Providence needs an authorization, and none covers March 9; "
        "the last ended on March 2.",
        "problem": "missing",
        "authorization": None,
        "visits_left": None,
        "units_left": None,
    }
    appointment.refresh_from_db()
    assert appointment.starts_at == at(9)


def test_the_move_form_asks_for_the_reason_and_moves_with_it(at_desk, desk, card):
    AuthorizationFactory(coverage=card, number="A1", ends_on=dt.date(2026, 3, 2))
    appointment = desk.book(starts_at=at(9))
    to_next_week = moved(desk, date="2026-03-09")

    asked = post(at_desk, "move", to_next_week, appointment.pk)
    done = post(
        at_desk, "move", to_next_week | {"over_budget_reason": "Renewal sent"}, appointment.pk
    )

    assert (asked.status_code, done.status_code) == (409, 303)
    assert words(asked).count('name="over_budget_reason"') == 1
    appointment.refresh_from_db()
    assert (appointment.over_budget_reason, appointment.over_budget_by) == (
        "Renewal sent",
        desk.user,
    )


def names(response):
    return [row.authorization.number for row in response.context["page_obj"]]


def test_the_list_shows_the_most_urgent_first_and_fine_ones_only_when_asked(at_desk, desk, spent):
    def another(number, **fields):
        patient = PatientFactory(clinic=desk.clinic)
        return AuthorizationFactory(
            coverage=CoverageFactory(patient=patient), number=number, **fields
        )

    another("FINE")
    another("LOW", visits_approved=2)
    another("SOON", ends_on=MARCH_10)
    planned = another("PLAN", ends_on=dt.date(2026, 6, 1))
    CareWindow.objects.create(
        patient=planned.coverage.patient, case=1, discipline="PT", ends_on=dt.date(2026, 7, 1)
    )
    another("ENDED", ends_on=dt.date(2026, 2, 20))
    url = reverse("scheduling:authorizations")

    assert names(at_desk.get(url)) == ["A1", "SOON", "LOW", "PLAN"]
    assert names(at_desk.get(url, {"show": "all"})) == ["A1", "SOON", "LOW", "PLAN", "FINE"]
    assert names(at_desk.get(url, {"show": "ended"})) == ["ENDED"]
    assert names(at_desk.get(url, {"payer": planned.coverage.payer_id})) == ["PLAN"]


def test_another_clinics_authorizations_are_not_in_the_list(at_desk, desk):
    stranger = PatientFactory(clinic=ClinicFactory(), last_name="Secret")
    AuthorizationFactory(coverage=CoverageFactory(patient=stranger), visits_approved=1)

    assert "Secret" not in words(at_desk.get(reverse("scheduling:authorizations")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number_of_authorizations(
    at_desk, desk, django_assert_num_queries, count
):
    for _ in range(count):
        patient = PatientFactory(clinic=desk.clinic)
        AuthorizationFactory(coverage=CoverageFactory(patient=patient), visits_approved=2)
    url = reverse("scheduling:authorizations")
    at_desk.get(url)

    # session, user, clinics, payers, authorizations, visits, rules, plans, over budget
    with django_assert_num_queries(9):
        assert len(names(at_desk.get(url))) == count


def test_what_went_over_is_listed_with_who_when_why_and_the_way_there(at_desk, desk, spent):
    over = desk.book(starts_at=at(14), over_budget_reason="Asked by fax")

    text = words(at_desk.get(reverse("scheduling:over-budget")))

    assert "Asked by fax" in text
    assert f'href="/appointments/{over.pk}/"' in text
    assert f'href="{reverse("people:authorization-edit", args=[spent.pk])}"' in text
    assert str(desk.user) in text


def test_a_cancelled_visit_is_no_longer_over_budget(at_desk, desk, spent):
    over = desk.book(starts_at=at(14), over_budget_reason="Asked by fax")
    post(at_desk, "cancel", {"reason": "Ill"}, over.pk)

    assert "Nothing is over budget" in words(at_desk.get(reverse("scheduling:over-budget")))


def test_the_patients_page_shows_each_cards_meter(at_desk, desk, card, spent):
    page = at_desk.get(desk.patient.get_absolute_url())
    panel = at_desk.get(reverse("scheduling:coverage-budget", args=[card.pk]), headers=HTMX)

    assert reverse("scheduling:coverage-budget", args=[card.pk]) in words(page)
    assert (
        "<strong>0 of 1</strong> visits used, 1 booked, <strong>0 left</strong>, ends Dec 31, "
        '<span class="budget-early">runs out Mar 2</span>' in words(panel)
    )


def test_the_owner_says_when_to_warn(client, desk):
    client.force_login(UserFactory(roles=[Role.OWNER]))
    url = reverse("scheduling:budget-rules")
    values = {"few_visits": 5, "ends_soon_days": 30, "offer_minutes": 60, "offers_at_once": 4}

    refused = client.post(url, values | {"offer_minutes": 0})
    saved = client.post(url, values)

    assert (refused.status_code, saved.status_code) == (422, 303)
    row = BudgetAndWaitRules.objects.get()
    assert (row.few_visits, row.ends_soon_days, row.offer_minutes, row.offers_at_once) == (
        5, 30, 60, 4,
    )  # fmt: skip
