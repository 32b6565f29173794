"""The wait list: who is on it, who fits a freed time, and how a wait ends."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import AuditEvent
from scheduling import wait_list
from scheduling.facts import SlotTaken
from scheduling.models import Appointment, WaitListEntry
from scheduling.wait_list import NoLongerWaiting
from tests.factories import (
    AppointmentTypeFactory,
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    at,
)
from tests.scheduling.conftest import therapist_at
from tests.scheduling.waiting import asked, slot_at, standing, wait

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def test_nobody_waits_twice_for_the_same_type(desk):
    entry = wait(desk)

    with pytest.raises(ValidationError) as refusal:
        wait(desk, patient=entry.patient)

    assert refusal.value.messages == ["The patient already waits for this type."]
    wait_list.withdraw(entry=entry, by=desk.user)
    wait(desk, patient=entry.patient)
    assert WaitListEntry.objects.count() == 2


def test_booking_ends_the_wait_and_says_with_which_appointment(desk):
    entry = wait(desk)

    booked = wait_list.book(entry=entry, **asked(desk))

    assert standing(entry) == ("booked", booked.pk)
    assert (booked.patient, booked.starts_at, booked.booked_by) == (
        entry.patient,
        at(14),
        desk.user,
    )
    assert AuditEvent.objects.filter(action="wait_list.booked", target_id=entry.pk).count() == 1


def test_a_refused_booking_leaves_the_wait_as_it_was(desk):
    entry = wait(desk)
    desk.book(starts_at=at(14))

    with pytest.raises(SlotTaken):
        wait_list.book(entry=entry, **asked(desk))

    assert standing(entry) == ("waiting", None)


def test_who_waits_no_longer_is_not_booked_again(desk):
    entry = wait(desk)
    wait_list.book(entry=entry, **asked(desk))

    with pytest.raises(NoLongerWaiting):
        wait_list.book(entry=entry, **asked(desk, starts_at=at(16)))

    assert Appointment.objects.count() == 1


def test_a_wait_that_is_over_is_not_changed_or_withdrawn(desk):
    entry = wait(desk)
    wait_list.book(entry=entry, **asked(desk))

    with pytest.raises(NoLongerWaiting):
        wait_list.change(entry=entry, by=desk.user, remark="later")
    with pytest.raises(NoLongerWaiting):
        wait_list.withdraw(entry=entry, by=desk.user)


def test_what_is_changed_is_audited_by_name(desk):
    entry = wait(desk)

    wait_list.change(entry=entry, by=desk.user, weekdays=[0, 2], therapists=[desk.therapist])

    event = AuditEvent.objects.get(action="wait_list.changed")
    assert event.detail == {"fields": ["therapists", "weekdays"]}
    assert list(entry.therapists.all()) == [desk.therapist]


def found(desk, **changes):
    return [one.entry for one in wait_list.matches(slot_at(desk, **changes), user=desk.user)]


def test_the_best_matches_come_first_with_their_reasons(desk):
    longest = wait(desk)
    WaitListEntry.objects.filter(pk=longest.pk).update(
        made_at=timezone.now() - dt.timedelta(days=12)
    )
    urgent = wait(desk, priority="urgent", to_time=dt.time(17), therapists=[desk.therapist])

    rows = wait_list.matches(slot_at(desk), user=desk.user)

    assert [row.entry for row in rows] == [urgent, longest]
    assert [reason.text for reason in rows[0].match.reasons] == [
        "urgent",
        "wants times until 5:00 pm",
        "prefers Dana",
        "fills the 45 minutes",
    ]
    assert [reason.text for reason in rows[1].match.reasons] == [
        "waiting 12 days",
        "fills the 45 minutes",
    ]


def test_who_cannot_come_is_not_among_the_matches(desk):
    wait(desk, weekdays=[1])
    wait(desk, latest_on=dt.date(2026, 3, 1), earliest_on=dt.date(2026, 2, 1))
    wait(desk, notice_hours=4)
    wait(desk, type=AppointmentTypeFactory(minutes=60))
    wait(desk, clinics=[ClinicFactory()])
    busy = wait(desk)
    desk.book(patient=busy.patient, therapist=therapist_at(desk.clinic), starts_at=at(14))
    possible = wait(desk)

    assert found(desk) == [possible]


def test_another_clinics_patients_are_not_offered(desk):
    wait(desk, patient=PatientFactory(clinic=ClinicFactory()), clinics=[desk.clinic])

    assert found(desk) == []


def test_who_gave_the_time_up_is_not_offered_it(desk):
    entry = wait(desk)

    rows = wait_list.matches(slot_at(desk), user=desk.user, but=entry.patient)

    assert rows == []


def test_an_authorization_that_ends_soon_and_one_that_is_spent_are_among_the_reasons(desk):
    soon, spent = wait(desk), wait(desk)
    AuthorizationFactory(
        coverage=CoverageFactory(patient=soon.patient), ends_on=dt.date(2026, 3, 11)
    )
    AuthorizationFactory(coverage=CoverageFactory(patient=spent.patient), visits_approved=1)
    desk.book(patient=spent.patient, starts_at=at(9))

    told = {
        row.entry.pk: [(reason.text, reason.is_good) for reason in row.match.reasons]
        for row in wait_list.matches(slot_at(desk), user=desk.user)
    }

    assert told == {
        soon.pk: [("authorization ends in 9 days", True), ("fills the 45 minutes", True)],
        spent.pk: [("authorization is spent", False), ("fills the 45 minutes", True)],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_matching_costs_the_same_queries_for_any_number_who_wait(
    desk, django_assert_num_queries, count
):
    for _ in range(count):
        entry = wait(desk, therapists=[desk.therapist])
        AuthorizationFactory(coverage=CoverageFactory(patient=entry.patient))
    slot = slot_at(desk)

    # entries, therapists, their accounts, clinics, authorizations, visits, rules
    with django_assert_num_queries(7):
        assert len(wait_list.matches(slot, user=desk.user)) == count
