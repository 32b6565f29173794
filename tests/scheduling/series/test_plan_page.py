"""A series is planned on its page: every conflict is told before anything is booked."""

import pytest
from django.urls import reverse

from scheduling import care
from scheduling.models import Appointment, Closure, Series
from tests.factories import AuthorizationFactory, CoverageFactory, PatientFactory, at
from tests.scheduling.series.booked import day, stands
from tests.scheduling.series.plan_page import as_shown, in_short, new

pytestmark = pytest.mark.usefixtures("monday_morning")


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
