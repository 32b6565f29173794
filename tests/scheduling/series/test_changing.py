"""Series changed later: all of it or none, and what was detached is left alone."""

import pytest

from scheduling import booking, series
from scheduling.facts import SeriesRefused, SlotTaken, Stale
from tests.factories import PatientFactory, at
from tests.scheduling.series.booked import day, made, stands

pytestmark = pytest.mark.usefixtures("monday_morning")


def moved_to(row, moments, *, desk, rest=False, **changes):
    visits = [
        series.Visit(
            position=visit.series_position,
            starts_at=moment,
            therapist=changes.get("therapist", visit.therapist),
            appointment=visit,
            version=visit.version,
        )
        for visit, moment in zip(row.appointments.order_by("series_position"), moments, strict=True)
    ]
    return series.move(series=row, visits=visits, by=desk.user, rest=rest)


def test_a_series_moved_two_days_on_passes_over_its_own_visits(desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)))

    moved_to(row, [at(9, day=day(11)), at(9, day=day(13)), at(9, day=day(16))], desk=desk)

    assert stands(row) == [
        (1, "03/11 09:00", "booked"),
        (2, "03/13 09:00", "booked"),
        (3, "03/16 09:00", "booked"),
    ]
    assert row.appointments.filter(detached_from_series_at=None).count() == 3


def test_two_days_back_too(desk):
    row = made(desk, at(9, day=day(11)), at(9, day=day(13)))

    moved_to(row, [at(9, day=day(9)), at(9, day=day(11))], desk=desk)

    assert stands(row) == [(1, "03/09 09:00", "booked"), (2, "03/11 09:00", "booked")]


def test_one_visit_that_cannot_move_leaves_all_where_they_were(desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(14, day=day(11)))

    with pytest.raises(SeriesRefused) as refusal:
        moved_to(row, [at(14, day=day(9)), at(14, day=day(11))], desk=desk)

    assert {n: type(problem) for n, problem in refusal.value.problems.items()} == {2: SlotTaken}
    assert stands(row) == [(1, "03/09 09:00", "booked"), (2, "03/11 09:00", "booked")]


def test_a_visit_somebody_changed_meanwhile_is_stale(desk):
    row = made(desk, at(9, day=day(9)))
    [visit] = row.appointments.all()
    booking.confirm(visit, by=desk.user)
    chosen = series.Visit(
        position=1, starts_at=at(14, day=day(9)), therapist=desk.therapist,
        appointment=visit, version=1,
    )  # fmt: skip

    with pytest.raises(SeriesRefused) as refusal:
        series.move(series=row, visits=[chosen], by=desk.user)

    assert isinstance(refusal.value.problems[1], Stale)


def test_a_visit_moved_on_its_own_is_left_alone_from_then_on(desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)))
    second = row.appointments.get(series_position=2)

    booking.move(appointment=second, version=1, starts_at=at(15, day=day(11)), by=desk.user)

    assert [visit.series_position for visit in series.changeable(row)] == [1, 3]
    series.cancel(
        series=row, appointments=series.changeable(row), reason="Moved away", by=desk.user
    )
    assert stands(row) == [
        (1, "03/09 09:00", "cancelled"),
        (2, "03/11 15:00", "booked"),
        (3, "03/13 09:00", "cancelled"),
    ]


def test_this_and_the_following_begins_there_and_leaves_out_what_has_been(desk, monkeypatch):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)))

    assert [visit.series_position for visit in series.changeable(row, since=2)] == [2, 3]
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(12, day=day(11)))
    assert [visit.series_position for visit in series.changeable(row)] == [3]
