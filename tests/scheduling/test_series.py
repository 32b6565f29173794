"""Series: booked in one step or not at all; changed later, what was detached is left alone."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from people.models import AuditEvent
from scheduling import booking, care, series
from scheduling.facts import OutsideHours, OverBudget, SeriesRefused, SlotTaken, Stale
from scheduling.models import Appointment, Closure, Series
from tests.factories import (
    PORTLAND,
    AuthorizationFactory,
    CoverageFactory,
    PatientFactory,
    WeeklyHoursFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

pytestmark = pytest.mark.usefixtures("monday_morning")
FIRST = dt.date(2026, 3, 9)  # the Monday after the one it is


def day(number):
    return dt.date(2026, 3, number)


@pytest.fixture
def desk(desk):
    """The desk, with a therapist who works all week."""
    for weekday in range(1, 5):
        WeeklyHoursFactory(therapist=desk.therapist, clinic=desk.clinic, weekday=weekday)
    return desk


def visits_at(desk, *moments, **changes):
    return [
        series.Visit(position=n, starts_at=moment, therapist=desk.therapist, **changes)
        for n, moment in enumerate(moments, start=1)
    ]


def made(desk, *moments, rest=False, **changes):
    return series.book(
        patient=desk.patient,
        clinic=desk.clinic,
        appointment_type=desk.type,
        minutes=45,
        rule={},
        visits=visits_at(desk, *moments, **changes),
        by=desk.user,
        rest=rest,
    )


def stands(row):
    """Each visit of the series: its place, when it is, and what became of it."""
    return [
        (visit.series_position, f"{visit.starts_at.astimezone(PORTLAND):%m/%d %H:%M}", visit.status)
        for visit in row.appointments.order_by("series_position")
    ]


# --- Booking ------------------------------------------------------------------------------------


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


# --- Changing -----------------------------------------------------------------------------------


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


# --- The pages ----------------------------------------------------------------------------------


def asked(desk, **changes):
    values = {
        "clinic": desk.clinic.pk,
        "patient": desk.patient.pk,
        "appointment_type": desk.type.pk,
        "per_week": "3",
        "weeks": "2",
        "starts_on": FIRST.isoformat(),
        "time_of_day": "morning",
        "same_therapist": "on",
    } | changes
    return {name: value for name, value in values.items() if value is not None}


def new(client, desk, **changes):
    return client.post(reverse("scheduling:series-new"), asked(desk, **changes))


def in_short(response):
    """Each row of the plan: its place, when, why not, what is ticked (and when that is)."""
    return [
        (
            row.visit.position,
            f"{row.place.opening.starts_at.astimezone(PORTLAND):%m/%d %H:%M}",
            row.why,
            ticked(row),
        )
        for row in response.context["plan"].rows
    ]


def ticked(row):
    for choice in [row.place, *row.choices]:
        if choice.code == row.chosen:
            return f"{choice.opening.starts_at.astimezone(PORTLAND):%m/%d %H:%M}"
    return row.chosen


def as_shown(response):
    """What the browser sends when "Book these visits" is pressed on the page as it came."""
    page = response.content.decode()
    page = page[page.index('<form method="post"', page.index('id="plan-title"')) :]
    sent = {}
    for tag in re.findall(r"<input[^>]+>", page):
        found = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if found["type"] in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in found:
            sent.setdefault(found["name"], []).append(
                found.get("value", "on" if found["type"] == "checkbox" else "")
            )
    return sent | {"book": "1"}


def test_three_a_week_for_two_weeks_is_shown_before_anything_is_booked(at_desk, desk):
    response = new(at_desk, desk)

    assert in_short(response) == [
        (1, "03/09 08:00", [], "03/09 08:00"),
        (2, "03/11 08:00", [], "03/11 08:00"),
        (3, "03/13 08:00", [], "03/13 08:00"),
        (4, "03/16 08:00", [], "03/16 08:00"),
        (5, "03/18 08:00", [], "03/18 08:00"),
        (6, "03/20 08:00", [], "03/20 08:00"),
    ]
    assert Appointment.objects.count() == 0


def test_every_kind_of_conflict_is_told_with_where_else_the_visit_could_be(at_desk, desk):
    Closure.objects.create(
        clinic=desk.clinic,
        reason="Holiday",
        starts_at=at(0, day=day(11)),
        ends_at=at(0, day=day(12)),
    )
    Closure.objects.create(
        therapist=desk.therapist, reason="Leave",
        starts_at=at(0, day=day(13)), ends_at=at(0, day=day(14)),
    )  # fmt: skip
    lund = PatientFactory(clinic=desk.clinic, last_name="Lund")
    desk.book(patient=lund, starts_at=at(9, day=day(16)))
    desk.book(starts_at=at(15, day=day(18)))
    care.write_down(patient=desk.patient, case=7, discipline="PT", ends_on=day(19))

    response = new(at_desk, desk, at="09:00")

    assert in_short(response) == [
        (1, "03/09 09:00", [], "03/09 09:00"),
        (2, "03/11 09:00", ["Riverbend is closed: Holiday."], "03/10 09:00"),
        (3, "03/13 09:00", ["Dana Reyes, PT is away: Leave."], "03/12 09:00"),
        (
            4,
            "03/16 09:00",
            ["Dana Reyes, PT has Lund, Ada from 9:00 am to 9:45 am."],
            "03/16 08:15",
        ),
        (
            5,
            "03/18 09:00",
            ["There is another visit that day, at 3:00 pm with Dana Reyes, PT."],
            "03/17 09:00",
        ),
        (6, "03/20 09:00", ["The plan of care ends on March 19."], "03/19 09:00"),
    ]


def test_the_end_of_the_authorization_is_told_and_such_visits_are_left_out_unless_chosen(
    at_desk, desk
):
    card = CoverageFactory(patient=desk.patient)
    AuthorizationFactory(coverage=card, number="AUTH778", visits_approved=5)

    response = new(at_desk, desk)
    booked = at_desk.post(reverse("scheduling:series-new"), as_shown(response))

    assert in_short(response)[4:] == [
        (5, "03/18 08:00", [], "03/18 08:00"),
        (
            6,
            "03/20 08:00",
            ["Authorization AUTH778 is spent: all 5 visits are used or booked."],
            "skip",
        ),
    ]
    assert booked.status_code == 303
    assert Series.objects.get().visits == 5


def test_a_spent_authorization_that_is_booked_over_asks_why_and_keeps_what_was_chosen(
    at_desk, desk
):
    card = CoverageFactory(patient=desk.patient)
    AuthorizationFactory(coverage=card, visits_approved=5)
    shown = new(at_desk, desk)
    sent = as_shown(shown) | {"visit-6": shown.context["plan"].rows[5].place.code}

    refused = at_desk.post(reverse("scheduling:series-new"), sent)
    again = as_shown(refused) | {"over_budget_reason": "The patient pays"}
    at_desk.post(reverse("scheduling:series-new"), again)

    assert refused.status_code == 409
    assert in_short(refused)[5][3] == "03/20 08:00"
    assert b"Say why, or leave these visits out." in refused.content
    assert Series.objects.get().visits == 6


def test_the_plan_as_shown_is_booked_with_the_alternatives_that_were_ticked(at_desk, desk):
    Closure.objects.create(
        clinic=desk.clinic,
        reason="Holiday",
        starts_at=at(0, day=day(11)),
        ends_at=at(0, day=day(12)),
    )

    response = at_desk.post(
        reverse("scheduling:series-new"), as_shown(new(at_desk, desk, at="09:00", weeks="1"))
    )

    row = Series.objects.get()
    assert response.headers["Location"] == reverse("scheduling:series", args=[row.pk])
    assert stands(row) == [
        (1, "03/09 09:00", "booked"),
        (2, "03/10 09:00", "booked"),
        (3, "03/13 09:00", "booked"),
    ]
    assert row.rule == {
        "visits": 3, "per_week": 3, "weekdays": [], "starts_on": "2026-03-09", "at": "09:00",
        "from": None, "to": "12:00", "therapists": [], "same_therapist": True, "room": None,
        "minutes": 45,
    }  # fmt: skip


def test_what_was_taken_in_between_is_shown_again_and_nothing_was_booked(at_desk, desk):
    sent = as_shown(new(at_desk, desk, at="09:00", weeks="1"))
    lund = PatientFactory(clinic=desk.clinic, last_name="Lund")
    desk.book(patient=lund, starts_at=at(9, day=day(11)))

    refused = at_desk.post(reverse("scheduling:series-new"), sent)

    assert refused.status_code == 409
    assert in_short(refused) == [
        (1, "03/09 09:00", [], "03/09 09:00"),
        (
            2,
            "03/11 09:00",
            ["Dana Reyes, PT has Lund, Ada from 9:00 am to 9:45 am."],
            "03/11 08:15",
        ),
        (3, "03/13 09:00", [], "03/13 09:00"),
    ]
    assert Series.objects.count() == 0
    at_desk.post(reverse("scheduling:series-new"), as_shown(refused))
    assert stands(Series.objects.get())[1] == (2, "03/11 08:15", "booked")


def test_if_the_rest_is_wanted_what_was_taken_in_between_is_left_out(at_desk, desk):
    sent = as_shown(new(at_desk, desk, at="09:00", weeks="1")) | {"rest": "on"}
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(9, day=day(11)))

    response = at_desk.post(reverse("scheduling:series-new"), sent)

    page = at_desk.get(response.headers["Location"]).content.decode()
    assert "1 of the chosen visits could not be booked any more." in page
    assert Series.objects.get().visits == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"per_week": ""}, "How many visits a week, or on which weekdays?"),
        ({"weeks": ""}, "For how many weeks, or how many visits in all?"),
        ({"per_week": "7", "weeks": "26"}, "A series has 60 visits at most."),
        ({"starts_on": "2026-03-01"}, "A series begins today at the earliest."),
        ({"per_week": "6"}, "Wednesday, Thursday and Friday only: at most 5 a week."),
        ({"time_of_day": "evening"}, "Nobody works then. Choose another time of day,"),
        ({"patient": ""}, "Who is it for?"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_told_beside_its_field(at_desk, desk, changes, told):
    response = new(at_desk, desk, **changes)

    assert response.status_code == 422
    assert told in response.content.decode()


@pytest.mark.parametrize("code", ["", "nonsense", "20260309T1600~999~~~", "x~1~~~", "skip"])
def test_a_plan_nobody_showed_is_refused(at_desk, desk, code):
    sent = as_shown(new(at_desk, desk, weeks="1"))
    sent |= {name: code for name in sent if name.startswith("visit-")}

    response = at_desk.post(reverse("scheduling:series-new"), sent)

    assert response.status_code == 422
    assert Series.objects.count() == 0


def change(client, row, **values):
    return client.post(reverse("scheduling:series-change", args=[row.pk]), values)


def test_this_and_the_following_are_moved_to_a_new_time_after_the_plan_was_seen(at_desk, desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)), at(9, day=day(13)))
    lund = PatientFactory(clinic=desk.clinic, last_name="Lund")
    desk.book(patient=lund, starts_at=at(14, day=day(13)))

    shown = change(at_desk, row, since="2", scope="following", at="14:00")
    done = change(at_desk, row, **as_shown(shown))

    assert in_short(shown) == [
        (2, "03/11 14:00", [], "03/11 14:00"),
        (
            3,
            "03/13 14:00",
            ["Dana Reyes, PT has Lund, Ada from 2:00 pm to 2:45 pm."],
            "03/13 13:15",
        ),
    ]
    assert done.status_code == 303
    assert stands(row) == [
        (1, "03/09 09:00", "booked"),
        (2, "03/11 14:00", "booked"),
        (3, "03/13 13:15", "booked"),
    ]


def test_all_visits_go_to_another_therapist_a_day_later(at_desk, desk):
    other = therapist_at(desk.clinic, user__first_name="Kim", user__last_name="Zhao")
    for weekday in range(1, 5):
        WeeklyHoursFactory(therapist=other, clinic=desk.clinic, weekday=weekday)
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))

    shown = change(at_desk, row, days_later="1", therapist=other.pk)
    change(at_desk, row, **as_shown(shown))

    assert stands(row) == [(1, "03/10 09:00", "booked"), (2, "03/12 09:00", "booked")]
    assert set(row.appointments.values_list("therapist", flat=True)) == {other.pk}


def test_a_change_of_nothing_asks_what_is_to_change(at_desk, desk):
    row = made(desk, at(9, day=day(9)))

    response = change(at_desk, row)

    assert response.status_code == 422
    assert "What is to change: the time, the days" in response.content.decode()


def test_this_and_the_following_are_cancelled_with_a_reason(at_desk, desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))
    url = reverse("scheduling:series-cancel", args=[row.pk])

    without = at_desk.post(url, {"since": "2", "scope": "following"})
    done = at_desk.post(url, {"since": "2", "scope": "following", "reason": "Moved away"})

    assert (without.status_code, done.status_code) == (422, 303)
    assert b"Say why they are cancelled." in without.content
    assert stands(row) == [(1, "03/09 09:00", "booked"), (2, "03/11 09:00", "cancelled")]


def test_the_card_and_the_patients_tab_say_which_visit_of_the_series_it_is(at_desk, desk):
    row = made(desk, at(9, day=day(9)), at(9, day=day(11)))
    second = row.appointments.get(series_position=2)
    booking.move(appointment=second, version=1, starts_at=at(10, day=day(11)), by=desk.user)

    card = at_desk.get(second.get_absolute_url()).content.decode()
    tab = at_desk.get(
        reverse("scheduling:patient-appointments", args=[desk.patient.pk])
    ).content.decode()

    assert "Visit 2 of 2 in a series" in card
    assert "moved on its own" in card
    assert "1 of 2 in a series" in tab


@pytest.mark.parametrize("count", [1, 3])
def test_a_plan_costs_the_same_queries_for_any_number_of_visits_and_conflicts(
    at_desk, desk, django_assert_num_queries, count
):
    for number in range(count):
        patient = PatientFactory(clinic=desk.clinic)
        desk.book(patient=patient, starts_at=at(9, day=day(9 + 7 * number)))
    changes = {"at": "09:00", "per_week": "1", "weeks": str(count), "weekdays": "0"}
    new(at_desk, desk, **changes)

    with django_assert_num_queries(20):
        response = new(at_desk, desk, **changes)

    assert [len(row.why) for row in response.context["plan"].rows] == [1] * count
