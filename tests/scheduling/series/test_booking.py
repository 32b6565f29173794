"""Series: booked in one step or not at all."""

import pytest

from people.models import AuditEvent
from scheduling.facts import OutsideHours, OverBudget, SeriesRefused, SlotTaken
from scheduling.models import Appointment, Closure, Series
from tests.factories import AuthorizationFactory, CoverageFactory, PatientFactory, at
from tests.scheduling.series.booked import day, made, stands

pytestmark = pytest.mark.usefixtures("monday_morning")


def test_a_series_books_all_its_visits_in_order_of_time_and_says_who_did(desk):
    row = made(desk, at(9, day=day(11)), at(9, day=day(9)))

    assert stands(row) == [(1, "03/09 09:00", "booked"), (2, "03/11 09:00", "booked")]
    assert (row.visits, row.made_by) == (2, desk.user)
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target_id, event.detail) == ("series.booked", row.pk, {"visits": 2})


def test_one_taken_visit_refuses_them_all_and_says_which_and_by_whom(desk):
    lund = PatientFactory(clinic=desk.clinic, last_name="Lund")
    desk.book(patient=lund, starts_at=at(9, day=day(11)))

    with pytest.raises(SeriesRefused) as refusal:
        made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)))

    [(position, problem)] = refusal.value.problems.items()
    assert (position, type(problem)) == (2, SlotTaken)
    assert problem.sentences(to=desk.user) == [
        "Dana Reyes, PT has Lund, Ada from 9:00 am to 9:45 am."
    ]
    assert (Series.objects.count(), Appointment.objects.count()) == (0, 1)


def test_if_the_desk_says_so_the_rest_is_booked_and_counted(desk):
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(9, day=day(11)))

    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)), rest=True)

    assert stands(row) == [(1, "03/09 09:00", "booked"), (2, "03/13 09:00", "booked")]
    assert row.visits == 2


def test_no_empty_series_is_left_when_nothing_of_the_rest_can_be_booked(desk):
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(9, day=day(11)))

    with pytest.raises(SeriesRefused):
        made(desk, at(9, day=day(11)), rest=True)

    assert Series.objects.count() == 0


def test_a_closed_day_is_refused_unless_it_was_agreed_to(desk):
    Closure.objects.create(
        clinic=desk.clinic,
        reason="Holiday",
        starts_at=at(0, day=day(11)),
        ends_at=at(0, day=day(12)),
    )

    with pytest.raises(SeriesRefused) as refusal:
        made(desk, at(9, day=day(11)))
    row = made(desk, at(9, day=day(11)), anyway=True)

    assert isinstance(refusal.value.problems[1], OutsideHours)
    assert stands(row) == [(1, "03/11 09:00", "booked")]


def test_visits_past_the_authorization_need_a_reason(desk):
    card = CoverageFactory(patient=desk.patient)
    AuthorizationFactory(coverage=card, visits_approved=1)

    with pytest.raises(SeriesRefused) as refusal:
        made(desk, at(9, day=day(9)), at(9, day=day(11)))
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), over_budget_reason="They pay")

    assert {n: type(problem) for n, problem in refusal.value.problems.items()} == {2: OverBudget}
    assert list(
        row.appointments.order_by("series_position").values_list("over_budget_reason", flat=True)
    ) == ["", "They pay"]


def test_nine_stays_nine_when_the_clocks_go_forward(desk):
    row = made(desk, at(9, day=day(6)), at(9, day=day(9)))

    assert [visit.starts_at.hour for visit in row.appointments.order_by("series_position")] == [
        17, 16,
    ]  # fmt: skip
