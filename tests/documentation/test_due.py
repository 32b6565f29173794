"""What is due in the running cases: on the Compliance page, beside its name, and on Today."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documentation import due, today
from documentation.models import Episode, LeadTimes, Note
from documentation.rules.clocks import Urgency
from people.models import Role
from tests.documentation.ready import therapist_at
from tests.factories import (
    AppointmentFactory,
    ClinicFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    UserFactory,
    VisitFactory,
    at,
)

pytestmark = pytest.mark.django_db
NOW = dt.date(2026, 3, 2)


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def therapist(clinic):
    return therapist_at(clinic, licence_expires_on=dt.date(2030, 1, 1))


def case_of(therapist, clinic, *, started=dt.date(2026, 2, 2), plan=True, **plan_values):
    episode = EpisodeFactory(
        patient=PatientFactory(clinic=clinic), therapist=therapist, started_on=started
    )
    if plan:
        values = {"starts_on": started, "signed_on": started, "duration_weeks": 12} | plan_values
        PlanOfCareFactory(episode=episode, **values)
    return episode


def treat(episode, *days, kind="daily", signed=True):
    for day in days:
        visit = VisitFactory(episode=episode, date_of_service=day)
        note = NoteFactory(visit=visit, kind=kind)
        if signed:
            Note.objects.filter(pk=note.pk).update(
                signed_at=timezone.now(), signed_by=visit.therapist.user, content_sha256="0" * 64
            )


def days_from(first, count):
    return [first + dt.timedelta(days=n) for n in range(count)]


def clocks_of(episode, least=Urgency.LATER):
    rows = due.of_cases(Episode.objects.filter(pk=episode.pk), today=NOW, least=least)
    return {row.kind: (row.clock.urgency, row.clock.words) for row in rows}


def test_an_evaluation_is_the_first_treatment_day_of_its_period(therapist, clinic):
    episode = case_of(therapist, clinic)
    treat(episode, dt.date(2026, 2, 2), kind="evaluation")
    treat(episode, *days_from(dt.date(2026, 2, 3), 7))

    assert clocks_of(episode)["report"] == (
        Urgency.SOON,
        "Progress report in 2 treatment days.",
    )


@pytest.mark.parametrize("kind", ["progress", "re_evaluation"])
def test_the_day_of_a_report_closes_its_period(therapist, clinic, kind):
    episode = case_of(therapist, clinic)
    treat(episode, *days_from(dt.date(2026, 2, 2), 9))
    treat(episode, dt.date(2026, 2, 11), kind=kind)
    treat(episode, dt.date(2026, 2, 12))

    assert clocks_of(episode)["report"][1] == "Progress report in 9 treatment days."


def test_a_report_that_is_not_signed_closes_nothing_and_two_visits_of_a_day_are_one(
    therapist, clinic
):
    episode = case_of(therapist, clinic)
    treat(episode, *days_from(dt.date(2026, 2, 2), 10))
    treat(episode, dt.date(2026, 2, 11), kind="progress", signed=False)
    treat(episode, dt.date(2026, 2, 11))

    assert clocks_of(episode)["report"] == (
        Urgency.NOW,
        "Write the progress report now: 10 treatment days since the last.",
    )


def test_a_certified_plan_presses_only_by_its_end(therapist, clinic):
    episode = case_of(therapist, clinic, duration_weeks=5)  # through March 8

    found = clocks_of(episode)

    assert "certification" not in found
    assert found["renewal"][0] is Urgency.NOW


def test_a_plan_that_nobody_signed_in_time_is_overdue(therapist, clinic):
    episode = case_of(therapist, clinic, started=dt.date(2026, 1, 5), signed_on=None)

    assert clocks_of(episode)["certification"][0] is Urgency.OVERDUE


def test_a_renewed_plan_ends_later(therapist, clinic):
    episode = case_of(therapist, clinic, started=dt.date(2025, 12, 1), duration_weeks=12)
    assert clocks_of(episode)["renewal"][0] is Urgency.OVERDUE
    PlanOfCareFactory(
        episode=episode,
        starts_on=dt.date(2026, 2, 23),
        signed_on=dt.date(2026, 2, 23),
        duration_weeks=8,
    )

    assert clocks_of(episode)["renewal"][0] is Urgency.LATER


def test_a_case_that_was_treated_without_a_plan_is_overdue(therapist, clinic):
    episode = case_of(therapist, clinic, plan=False)
    assert clocks_of(episode)["renewal"][0] is Urgency.SOON

    treat(episode, dt.date(2026, 2, 3))

    assert clocks_of(episode)["renewal"] == (
        Urgency.OVERDUE,
        "There is no plan of care yet: write it.",
    )


def test_a_discharged_case_wants_nothing(therapist, clinic):
    episode = case_of(therapist, clinic, plan=False)
    Episode.objects.update(discharged_on=NOW)

    assert not due.running_cases(therapist.user).filter(pk=episode.pk).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_clocks_cost_two_queries_for_any_number_of_cases(
    therapist, clinic, count, django_assert_num_queries
):
    for _ in range(count):
        treat(case_of(therapist, clinic), dt.date(2026, 2, 3))

    with django_assert_num_queries(3):
        rows = due.of_cases(due.running_cases(therapist.user), today=NOW, least=Urgency.LATER)
    assert len(rows) == 2 * count


# --- Pages ----------------------------------------------------------------------------------------


def overdue_case(therapist, clinic):
    """Overdue on whatever day the test runs: treated, and no plan was ever written."""
    episode = case_of(therapist, clinic, plan=False)
    treat(episode, dt.date(2026, 2, 3))
    return episode


def test_a_therapist_begins_with_their_own_cases_and_sees_the_others_when_asked(
    client, therapist, clinic
):
    mine = overdue_case(therapist, clinic)
    theirs = overdue_case(therapist_at(clinic), clinic)
    client.force_login(therapist.user)
    url = reverse("documentation:compliance")

    def shown(query=""):
        page = client.get(url + query)
        return {row.episode for row in page.context["page_obj"] if row.episode}

    assert shown() == {mine}
    assert shown("?whose=all") == {mine, theirs}
    assert shown("?kind=certification") == set()
    badge = client.get(reverse("documentation:compliance-badge")).content.decode()
    assert "1<span" in badge


def test_a_license_that_ends_is_shown_to_its_holder_and_to_the_owner(client, clinic):
    soon = timezone.localdate() + dt.timedelta(days=20)
    holder = therapist_at(clinic, licence_expires_on=soon)
    colleague = therapist_at(clinic, licence_expires_on=dt.date(2039, 1, 1))
    owner = UserFactory(roles=[Role.OWNER])

    def licensed(user):
        client.force_login(user)
        page = client.get(reverse("documentation:compliance"))
        return [row.therapist for row in page.context["page_obj"] if row.kind == "license"]

    assert licensed(holder.user) == [holder]
    assert licensed(colleague.user) == []
    assert licensed(owner) == [holder]


def test_nothing_due_says_so(client, clinic):
    colleague = therapist_at(clinic, licence_expires_on=dt.date(2039, 1, 1))
    client.force_login(colleague.user)

    assert "Nothing is due" in client.get(reverse("documentation:compliance")).content.decode()


def test_today_says_beside_the_patient_what_presses(client, therapist, clinic):
    episode = overdue_case(therapist, clinic)
    appointment = AppointmentFactory(therapist=therapist, patient=episode.patient)
    day = timezone.localdate(appointment.starts_at, clinic.zone)

    (row,) = today.day_of(day=day, user=therapist.user, therapist=therapist)
    client.force_login(therapist.user)
    page = client.get(reverse("documentation:today"), {"day": day.isoformat()}).content.decode()

    assert [item.clock.words for item in row.due] == ["There is no plan of care yet: write it."]
    assert "There is no plan of care yet: write it." in page


def test_today_costs_the_same_queries_for_any_number_of_patients(client, therapist, clinic):
    client.force_login(therapist.user)
    counts = []
    for hour in range(3):
        episode = overdue_case(therapist, clinic)
        first = AppointmentFactory(
            therapist=therapist, patient=episode.patient, starts_at=at(9 + hour)
        )
        day = timezone.localdate(first.starts_at, clinic.zone)
        client.get(reverse("documentation:today"), {"day": day.isoformat()})
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("documentation:today"), {"day": day.isoformat()})
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_the_owner_says_how_far_ahead_a_license_presses(client, clinic):
    therapist = therapist_at(clinic, licence_expires_on=NOW + dt.timedelta(days=90))
    url = reverse("documentation:lead-times")
    values = {"report_visits": 3, "renewal_days": 21, "license_days": 90}
    before = due.licenses([therapist], today=NOW)
    client.force_login(UserFactory(roles=[Role.OWNER]))

    refused = client.post(url, values | {"report_visits": 10})
    saved = client.post(url, values)

    assert (before, refused.status_code, saved.status_code) == ([], 422, 303)
    row = LeadTimes.objects.get()
    assert (row.report_visits, row.renewal_days, row.license_days) == (3, 21, 90)
    assert [one.clock.urgency for one in due.licenses([therapist], today=NOW)] == [Urgency.SOON]
