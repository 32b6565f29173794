"""The clinician's day: who comes, how far each note is, and what waits from earlier days."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import charting
from documentation.models import Note
from people.models import Role
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    AssistantFactory,
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    ProcedureCodeFactory,
    TherapistFactory,
    UserFactory,
    VisitFactory,
    at,
)

pytestmark = pytest.mark.django_db

MONDAY = "2026-03-02"


@pytest.fixture(autouse=True)
def codes():
    ProcedureCodeFactory(code="97112", label="Neuromuscular re-education")


@pytest.fixture
def clinic():
    return ClinicFactory(name="Riverside")


@pytest.fixture
def therapist(clinic):
    return TherapistFactory(user__clinics=[clinic])


def patient(clinic, name):
    return PatientFactory(clinic=clinic, first_name="Ada", last_name=name)


def booked(clinic, therapist, name, hour, **values):
    return AppointmentFactory(
        therapist=therapist, patient=patient(clinic, name), starts_at=at(hour), **values
    )


def day(client, user, **params):
    client.force_login(user)
    return client.get(reverse("documentation:today"), {"day": MONDAY} | params)


def seen(answer):
    return [
        (str(row.patient), row.state.label, row.state.missing) for row in answer.context["rows"]
    ]


def sign(visit, **values):
    Note.objects.filter(visit=visit).update(
        signed_at=timezone.now(),
        signed_by=visit.therapist.user,
        content_sha256="0" * 64,
        **values,
    )


def test_a_therapist_sees_the_days_visits_in_order_with_how_far_each_note_is(
    client, clinic, therapist
):
    by = therapist.user
    booked(clinic, therapist, "Late", 15)
    booked(clinic, therapist, "New", 8)
    drafted = charting.open_visit(appointment=booked(clinic, therapist, "Draft", 9), by=by)
    ready = charting.open_visit(appointment=booked(clinic, therapist, "Ready", 10), by=by)
    ready.episode = EpisodeFactory(patient=ready.patient)
    ready.save(update_fields=["episode"])
    EpisodeDiagnosisFactory(episode=ready.episode)
    Note.objects.filter(visit=ready).update(assessment="Steadier.")
    charting.record_time(visit=ready, code="97112", minutes=15, details=WHOLE, by=by)
    signed = charting.open_visit(appointment=booked(clinic, therapist, "Signed", 11), by=by)
    sign(signed)
    waits = charting.open_visit(appointment=booked(clinic, therapist, "Waits", 12), by=by)
    sign(waits, cosign_needed=True)

    answer = day(client, by)

    assert seen(answer) == [
        ("New, Ada", "Not opened", 0),
        ("Draft, Ada", "Draft", 3),
        ("Ready, Ada", "Ready to sign", 0),
        ("Signed, Ada", "Signed", 0),
        ("Waits, Ada", "Waits for co-signature", 0),
        ("Late, Ada", "Not opened", 0),
    ]
    assert [row.url for row in answer.context["rows"]][1:4] == [
        drafted.get_absolute_url(),
        ready.get_absolute_url(),
        signed.note.get_absolute_url(),
    ]


def test_other_days_other_therapists_and_what_does_not_take_place_are_left_out(
    client, clinic, therapist
):
    booked(clinic, therapist, "Mine", 9)
    booked(clinic, therapist, "Cancelled", 10, status="cancelled")
    booked(clinic, therapist, "Away", 11, status="no_show")
    booked(clinic, TherapistFactory(), "Theirs", 9)
    AppointmentFactory(
        therapist=therapist,
        patient=patient(clinic, "Tomorrow"),
        starts_at=at(9, day=dt.date(2026, 3, 3)),
    )

    assert seen(day(client, therapist.user)) == [("Mine, Ada", "Not opened", 0)]


def test_the_day_is_the_clinics_own(client, clinic, therapist):
    # 23:30 in Portland is the next day in UTC.
    booked(clinic, therapist, "Night", 23, ends_at=at(23, 45))

    monday = seen(day(client, therapist.user))
    tuesday = seen(day(client, therapist.user, day="2026-03-03"))

    assert (monday, tuesday) == ([("Night, Ada", "Not opened", 0)], [])


def test_a_walk_in_stands_among_the_days_visits(client, clinic, therapist):
    visit = VisitFactory(
        episode__patient=patient(clinic, "Walkin"),
        therapist=therapist,
        episode__therapist=therapist,
    )
    NoteFactory(visit=visit)

    answer = day(client, therapist.user)

    assert seen(answer) == [("Walkin, Ada", "Draft", 3)]
    assert "Walk-in" in answer.content.decode()


def test_an_assistant_sees_their_own_appointments(client, clinic, therapist):
    assistant = AssistantFactory(user__clinics=[clinic], supervisor=therapist)
    booked(clinic, assistant, "Assisted", 9)
    booked(clinic, therapist, "Theirs", 9)

    assert seen(day(client, assistant.user)) == [("Assisted, Ada", "Not opened", 0)]


def test_an_owner_sees_everybody_and_may_pick_one(client, clinic, therapist):
    owner = UserFactory(roles=[Role.OWNER])
    booked(clinic, therapist, "Mine", 9)
    booked(clinic, TherapistFactory(user__clinics=[clinic]), "Theirs", 10)

    everybody = day(client, owner)
    one = day(client, owner, therapist=therapist.pk)

    assert [name for name, *_ in seen(everybody)] == ["Mine, Ada", "Theirs, Ada"]
    assert str(therapist) in everybody.content.decode()
    assert [name for name, *_ in seen(one)] == ["Mine, Ada"]


def test_a_therapist_cannot_pick_somebody_elses_day(client, clinic, therapist):
    other = TherapistFactory(user__clinics=[clinic])
    booked(clinic, other, "Theirs", 9)

    assert seen(day(client, therapist.user, therapist=other.pk)) == []


def test_unsigned_notes_of_earlier_days_stand_oldest_first_with_their_age(
    client, clinic, therapist
):
    for name, days in (("Recent", 1), ("Old", 9), ("Today", 0), ("Signed", 5)):
        visit = VisitFactory(
            episode__patient=patient(clinic, name),
            episode__therapist=therapist,
            date_of_service=dt.date(2026, 3, 2) - dt.timedelta(days=days),
        )
        NoteFactory(visit=visit)
        if name == "Signed":
            sign(visit)
    stranger = VisitFactory(date_of_service=dt.date(2026, 2, 1))
    NoteFactory(visit=stranger)

    answer = day(client, therapist.user)

    rows = answer.context["unsigned"]
    assert [(str(row.patient), row.days_old) for row in rows] == [
        ("Old, Ada", 9),
        ("Recent, Ada", 1),
    ]
    assert "9 days ago" in answer.content.decode()


def test_an_empty_day_says_so(client, therapist):
    assert "No visits on this day" in day(client, therapist.user).content.decode()


@pytest.mark.parametrize("typed", ["not-a-day", "2026-02-30", "", "9999999"])
def test_a_day_that_is_none_shows_today(client, therapist, typed):
    answer = day(client, therapist.user, day=typed)

    assert (answer.status_code, answer.context["is_today"]) == (200, True)


def test_a_visit_of_another_clinic_stays_there(client, clinic, therapist):
    booked(ClinicFactory(), therapist, "Elsewhere", 9)

    assert seen(day(client, therapist.user)) == []


@pytest.mark.parametrize("count", [1, 6])
def test_the_day_costs_the_same_queries_for_any_number_of_visits(
    client, clinic, therapist, django_assert_num_queries, count
):
    kind = AppointmentTypeFactory(minutes=30)
    for hour in range(8, 8 + count):
        visit = charting.open_visit(
            appointment=booked(clinic, therapist, f"N{hour}", hour, type=kind), by=therapist.user
        )
        charting.record_time(visit=visit, code="97112", minutes=15, by=therapist.user)
        earlier = VisitFactory(
            episode__patient=patient(clinic, f"E{hour}"),
            episode__therapist=therapist,
            date_of_service=dt.date(2026, 2, 2),
        )
        NoteFactory(visit=earlier)
        charting.record_time(visit=earlier, code="97112", minutes=15, by=therapist.user)
    day(client, therapist.user)

    with django_assert_num_queries(21):
        answer = client.get(reverse("documentation:today"), {"day": MONDAY})

    assert (len(answer.context["rows"]), len(answer.context["unsigned"])) == (count, count)
