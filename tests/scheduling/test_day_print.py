"""The day sheet on paper: a section per therapist or one list, and nothing clinical on it."""

import pytest
from django.urls import reverse

from scheduling.models import Closure
from tests.factories import MONDAY, PatientFactory, at
from tests.scheduling.conftest import therapist_at


@pytest.fixture
def two_therapists(desk):
    other = therapist_at(desk.clinic, user__first_name="Kim", user__last_name="Zhao")
    desk.book(remark="brings a cane")
    desk.book(
        therapist=other,
        starts_at=at(8),
        patient=PatientFactory(clinic=desk.clinic, last_name="Lund", mobile_phone="+15035550177"),
    )
    Closure.objects.create(therapist=other, starts_at=at(15), ends_at=at(17), reason="course")
    return desk


def sections(client, **query):
    response = client.get(reverse("scheduling:day-print"), {"date": MONDAY.isoformat()} | query)
    return [
        (section["title"], section["shut"], [row.patient.last_name for row in section["rows"]])
        for section in response.context["sections"]
    ]


def test_each_therapist_has_a_page_with_their_own_visits_and_leave(at_desk, two_therapists):
    assert sections(at_desk) == [
        ("Dana Reyes, PT", [], ["Okafor"]),
        ("Kim Zhao, PT", ["Away: course"], ["Lund"]),
    ]


def test_the_whole_clinic_is_one_list_in_order_of_time(at_desk, two_therapists):
    assert sections(at_desk, pages="clinic") == [
        ("Riverbend", ["Kim Zhao · Away: course, 3:00 pm to 5:00 pm"], ["Lund", "Okafor"])
    ]


def test_a_line_says_when_who_what_where_and_how_to_call(at_desk, two_therapists):
    page = at_desk.get(reverse("scheduling:day-print"), {"date": MONDAY.isoformat()})

    html = page.content.decode()
    for told in ("Lund, Ada", "8:00 am", "Follow-up", "(503) 555-0177", "brings a cane"):
        assert told in html
    assert "1958" not in html  # no birth date


def test_a_day_nobody_works_has_nothing_to_print(at_desk, desk):
    response = at_desk.get(reverse("scheduling:day-print"), {"date": "2026-03-07"})

    assert "There is nothing to print." in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_sheet_costs_the_same_queries_for_any_number_of_visits(
    at_desk, desk, django_assert_num_queries, count
):
    for number in range(count):
        desk.book(starts_at=at(9 + number), patient=PatientFactory(clinic=desk.clinic))
    at_desk.get(reverse("scheduling:day-print"))

    # session, user, clinic twice; appointments, therapists, hours, closures
    with django_assert_num_queries(8):
        response = at_desk.get(reverse("scheduling:day-print"), {"date": MONDAY.isoformat()})

    assert response.content.decode().count("Okafor, Ada") == count
