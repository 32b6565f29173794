"""The mark that open calendars ask for: it moves with whatever they show, and with nothing else."""

import datetime as dt

import pytest
from django.urls import reverse

from people.models import Role
from scheduling import booking, live, slots
from scheduling.models import Appointment, Closure
from tests.factories import MONDAY, ClinicFactory, PatientFactory, UserFactory, at


@pytest.fixture
def day(desk):
    return slots.whole_day(MONDAY, desk.clinic.zone)


def ask(client, desk, day, mark="", **changes):
    parts = {
        "clinic": desk.clinic.pk,
        "start": int(day.starts_at.timestamp()),
        "end": int(day.ends_at.timestamp()),
    }
    headers = {"If-None-Match": f'"{mark}"', "X-Background": "1"}
    return client.get(reverse("scheduling:mark"), parts | changes, headers=headers)


def change_by_hand(row):
    Appointment.objects.filter(pk=row.pk).update(version=row.version + 1)


CHANGES = {
    "booked": lambda desk, row: desk.book(
        starts_at=at(14), patient=PatientFactory(clinic=desk.clinic)
    ),
    "moved": lambda desk, row: booking.move(
        appointment=row, version=row.version, starts_at=at(15), by=desk.user
    ),
    "moved to another day": lambda desk, row: booking.move(
        appointment=row,
        version=row.version,
        starts_at=at(9, day=MONDAY + dt.timedelta(days=7)),
        by=desk.user,
    ),
    "confirmed": lambda desk, row: booking.confirm(row, by=desk.user),
    "cancelled": lambda desk, row: booking.cancel(row, reason="ill", by=desk.user),
    "closed": lambda desk, row: Closure.objects.create(
        clinic=desk.clinic, starts_at=at(16), ends_at=at(17), reason="storm"
    ),
    "written past the verbs": lambda desk, row: change_by_hand(row),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_on_the_day_moves_its_mark(desk, day, change):
    row = desk.book()
    before = live.mark(day, user=desk.user, clinic=desk.clinic.pk)
    assert live.mark(day, user=desk.user, clinic=desk.clinic.pk) == before

    change(desk, row)

    assert live.mark(day, user=desk.user, clinic=desk.clinic.pk) != before


def test_a_closure_that_is_given_another_reason_moves_the_mark(desk, day):
    row = Closure.objects.create(
        clinic=desk.clinic, starts_at=at(16), ends_at=at(17), reason="storm"
    )
    before = live.mark(day, user=desk.user, clinic=desk.clinic.pk)

    Closure.objects.filter(pk=row.pk).update(reason="flood")

    assert live.mark(day, user=desk.user, clinic=desk.clinic.pk) != before


def test_another_day_and_another_clinic_leave_the_mark_alone(desk, day):
    desk.book()
    before = live.mark(day, user=desk.user, clinic=desk.clinic.pk)
    elsewhere = ClinicFactory()
    desk.therapist.user.clinics.add(elsewhere)

    desk.book(starts_at=at(9, day=MONDAY + dt.timedelta(days=7)))
    desk.book(
        clinic=elsewhere, patient=PatientFactory(clinic=elsewhere), starts_at=at(14), anyway=True
    )

    assert live.mark(day, user=desk.user, clinic=desk.clinic.pk) == before


def test_the_page_carries_the_mark_it_was_drawn_with_and_hears_nothing_new(at_desk, desk, day):
    desk.book()
    page = at_desk.get(reverse("scheduling:day"), {"date": MONDAY.isoformat()}).content.decode()
    mark = page.partition('data-mark="')[2].partition('"')[0]

    assert ask(at_desk, desk, day, mark).status_code == 304

    desk.book(starts_at=at(14), patient=PatientFactory(clinic=desk.clinic))
    news = ask(at_desk, desk, day, mark)
    assert (news.status_code, news.content) == (204, b"")
    assert ask(at_desk, desk, day, news["ETag"].strip('"')).status_code == 304


def test_asking_costs_one_query_beside_the_log_ins(at_desk, desk, day, django_assert_num_queries):
    for hour in (9, 10, 11):
        desk.book(starts_at=at(hour), patient=PatientFactory(clinic=desk.clinic))
    ask(at_desk, desk, day)

    with django_assert_num_queries(3):  # session, user, mark
        ask(at_desk, desk, day)


def test_asking_does_not_keep_an_idle_person_logged_in(at_desk, desk, day):
    ask(at_desk, desk, day)

    assert "seen_at" not in at_desk.session


def test_what_somebody_may_not_see_does_not_move_their_mark(desk, day):
    stranger = UserFactory(clinics=[ClinicFactory()])
    owner = UserFactory(roles=[Role.OWNER])
    marks = [live.mark(day, user=who, clinic=desk.clinic.pk) for who in (stranger, owner)]

    desk.book()

    after = [live.mark(day, user=who, clinic=desk.clinic.pk) for who in (stranger, owner)]
    assert (after[0] == marks[0], after[1] == marks[1]) == (True, False)


@pytest.mark.parametrize(
    "changes",
    [{"start": ""}, {"end": "soon"}, {"end": 9_999_999_999_999}, {"start": 0}, {"clinic": "x"}],
)
def test_a_question_that_cannot_be_read_is_refused(at_desk, desk, day, changes):
    assert ask(at_desk, desk, day, **changes).status_code == 400
