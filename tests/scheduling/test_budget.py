"""Booking reserves a visit on an authorization, cancelling gives it back, over it is a question."""

import datetime as dt

import pytest

from people.models import AuditEvent
from scheduling import booking, budget
from scheduling.budget_rules import Problem
from scheduling.facts import NotBookable, OverBudget
from scheduling.models import Appointment
from tests.factories import AuthorizationFactory, CoverageFactory, PayerFactory, at

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2026, 3, 3)
JUNE = dt.date(2026, 6, 1)


@pytest.fixture
def card(desk):
    return CoverageFactory(
        patient=desk.patient, payer=PayerFactory(name="Providence", needs_authorization=True)
    )


def left(authorization):
    return budget.budget_of(authorization).visits_left


def reserved(appointment):
    row = Appointment.objects.get(pk=appointment.pk)
    return (row.authorization_id, row.over_budget_reason, row.over_budget_by)


def test_booking_reserves_a_visit(desk, card):
    held = AuthorizationFactory(coverage=card, visits_approved=2)

    appointment = desk.book()

    assert reserved(appointment) == (held.pk, "", None)
    assert left(held) == 1


def test_a_patient_whose_payer_needs_none_is_booked_without_a_question(desk):
    CoverageFactory(patient=desk.patient)

    assert reserved(desk.book()) == (None, "", None)


@pytest.mark.parametrize("give_back", ["cancelled", "no_show"])
def test_cancelling_and_missing_give_the_visit_back(desk, card, give_back, monday_morning):
    held = AuthorizationFactory(coverage=card, visits_approved=1)
    appointment = desk.book()
    assert left(held) == 0

    if give_back == "cancelled":
        booking.cancel(appointment, reason="Ill", by=desk.user)
    else:
        booking.no_show(appointment, by=desk.user)

    assert left(held) == 1
    assert reserved(desk.book(starts_at=at(14))) == (held.pk, "", None)


def test_over_the_budget_nothing_is_booked_without_a_reason(desk, card):
    held = AuthorizationFactory(coverage=card, number="A1", visits_approved=1)
    desk.book()

    with pytest.raises(OverBudget) as refusal:
        desk.book(starts_at=at(14), over_budget_reason="   ")

    assert (refusal.value.choice.problem, refusal.value.choice.grant.id) == ("spent", held.pk)
    assert refusal.value.sentence == ("Authorization A1 is spent: all 1 visits are used or booked.")
    assert Appointment.objects.count() == 1


def test_with_a_reason_it_is_booked_written_down_and_audited(desk, card):
    held = AuthorizationFactory(coverage=card, visits_approved=1)
    desk.book()

    over = desk.book(starts_at=at(14), over_budget_reason=" More visits  asked for ")

    assert reserved(over) == (held.pk, "More visits asked for", desk.user)
    assert left(held) == -1
    event = AuditEvent.objects.get(action="appointment.over_budget")
    assert (event.target_id, event.actor, event.detail) == (
        over.pk,
        desk.user,
        {"authorization": held.pk},
    )


def test_a_reason_that_is_too_long_is_told(desk, card):
    with pytest.raises(NotBookable) as refusal:
        desk.book(over_budget_reason="x" * 201)

    assert refusal.value.problems == {"over_budget_reason": "Keep it under 200 characters."}


def test_a_reason_that_was_not_needed_is_not_kept(desk, card):
    AuthorizationFactory(coverage=card)

    appointment = desk.book(over_budget_reason="To be safe")

    assert reserved(appointment)[1:] == ("", None)
    assert not AuditEvent.objects.filter(action="appointment.over_budget").exists()


def test_without_the_authorization_its_payer_needs_booking_is_a_question(desk, card):
    with pytest.raises(OverBudget) as refusal:
        desk.book()
    assert refusal.value.choice.problem is Problem.MISSING

    appointment = desk.book(over_budget_reason="Asked for by fax")

    assert reserved(appointment) == (None, "Asked for by fax", desk.user)


def test_moving_to_another_day_chooses_again(desk, card):
    spring = AuthorizationFactory(coverage=card, ends_on=dt.date(2026, 5, 31))
    summer = AuthorizationFactory(coverage=card, starts_on=JUNE)
    appointment = desk.book()
    assert reserved(appointment)[0] == spring.pk

    booking.move(
        appointment=appointment, version=1, starts_at=at(9, day=JUNE), by=desk.user, anyway=True
    )

    assert (reserved(appointment)[0], left(spring), left(summer)) == (summer.pk, 12, 11)


def test_moving_off_the_budget_is_a_question_and_back_on_it_the_reason_is_gone(desk, card):
    held = AuthorizationFactory(coverage=card, ends_on=TUESDAY)
    appointment = desk.book()
    to_june = {"appointment": appointment, "starts_at": at(9, day=JUNE), "by": desk.user}

    with pytest.raises(OverBudget):
        booking.move(**to_june, version=1)
    booking.move(**to_june, version=1, over_budget_reason="Renewal is asked for")
    assert reserved(appointment) == (None, "Renewal is asked for", desk.user)

    booking.move(
        appointment=appointment, version=2, starts_at=at(9, day=TUESDAY), by=desk.user, anyway=True
    )
    assert reserved(appointment) == (held.pk, "", None)


def test_moving_within_the_last_visit_of_a_budget_asks_nothing(desk, card):
    held = AuthorizationFactory(coverage=card, visits_approved=1)
    appointment = desk.book()

    booking.move(
        appointment=appointment, version=1, starts_at=at(9, day=TUESDAY), by=desk.user, anyway=True
    )

    assert (reserved(appointment)[0], left(held)) == (held.pk, 0)


def test_units_billed_count_in_place_of_the_types_usual(desk, card):
    held = AuthorizationFactory(coverage=card, visits_approved=None, units_approved=10)
    appointment = desk.book()
    assert budget.budget_of(held).units_left == 7

    budget.record_units(appointment=appointment, units=5)

    assert budget.budget_of(held).units_left == 5


def test_a_visit_without_an_appointment_has_nothing_to_write_units_to(db):
    budget.record_units(appointment=None, units=3)


def test_a_series_is_foreseen_visit_by_visit(desk, card):
    first = AuthorizationFactory(coverage=card, visits_approved=2, ends_on=dt.date(2026, 5, 31))
    second = AuthorizationFactory(coverage=card, visits_approved=1)
    desk.book()
    days = [dt.date(2026, 3, number) for number in (9, 16, 23)]

    found = budget.foresee(patient=desk.patient, appointment_type=desk.type, days=days)

    assert [(choice.grant.id, choice.problem) for choice in found] == [
        (first.pk, None),
        (second.pk, None),
        (first.pk, Problem.SPENT),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_budgets_cost_the_same_queries_for_any_number_of_authorizations(
    desk, django_assert_num_queries, count
):
    rows = []
    for number in range(count):
        card = CoverageFactory(patient=desk.patient, priority=1 + number)
        rows.append(AuthorizationFactory(coverage=card))

    with django_assert_num_queries(2):  # appointments, rules
        assert len(budget.budgets_of(rows)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_foreseeing_costs_the_same_queries_for_any_number_of_days_and_authorizations(
    desk, card, django_assert_num_queries, count
):
    for _ in range(count):
        AuthorizationFactory(coverage=card)
    days = [TUESDAY] * count

    with django_assert_num_queries(3):  # cards, authorizations, appointments
        budget.foresee(patient=desk.patient, appointment_type=desk.type, days=days)


def test_the_preview_shows_what_is_left_after_this_visit_and_the_copay(desk, card):
    card.copay = 25
    card.save(update_fields=["copay"])
    held = AuthorizationFactory(coverage=card, visits_approved=3)
    desk.book()

    shown = budget.preview(patient=desk.patient, appointment_type=desk.type, on=TUESDAY)

    assert (shown.choice.grant.id, shown.visits_left_after, shown.copay) == (held.pk, 1, 25)
    assert (shown.told, shown.budget.visits_booked) == ("", 1)
