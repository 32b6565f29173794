"""The session page over HTTP: opening, saving with and without scripts, and what goes wrong."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import charting
from documentation.models import Draft, Visit
from people.models import AuditEvent, Role
from tests.documentation.rules.entries import WHOLE
from tests.documentation.session_pages import entry, save, sign
from tests.factories import (
    PORTLAND,
    AppointmentFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    UserFactory,
    VisitFactory,
    at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]


# --- Opening ------------------------------------------------------------------------------------


def test_one_tap_on_an_appointment_opens_its_visit_and_a_second_the_same(page, clinic, therapist):
    appointment = AppointmentFactory(therapist=therapist, patient__clinic=clinic)
    url = reverse("documentation:open-visit", args=[appointment.pk])

    answers = [page.post(url), page.post(url)]

    visit = Visit.objects.get(appointment=appointment)
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (303, reverse("documentation:session", args=[visit.pk]))
    ] * 2


def test_an_appointment_of_tomorrow_says_why_it_cannot_be_opened(page, clinic, therapist):
    tomorrow = timezone.now().astimezone(PORTLAND).date() + dt.timedelta(days=1)
    appointment = AppointmentFactory(
        therapist=therapist, patient__clinic=clinic, starts_at=at(9, day=tomorrow)
    )

    answer = page.post(reverse("documentation:open-visit", args=[appointment.pk]))

    (message,) = answer.wsgi_request._messages
    assert answer["Location"] == appointment.get_absolute_url()
    assert message.level_tag == "danger"
    assert Visit.objects.count() == 0


def test_another_clinics_appointment_and_visit_do_not_exist_here(page):
    appointment, elsewhere = AppointmentFactory(), VisitFactory()
    NoteFactory(visit=elsewhere)

    answers = [
        page.post(reverse("documentation:open-visit", args=[appointment.pk])),
        page.get(elsewhere.get_absolute_url()),
        save(page, elsewhere, {"note": {"plan": "Mine"}}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (Visit.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_removed_patients_visit_is_gone(page, visit):
    visit.patient.removed_at = timezone.now()
    visit.patient.save(update_fields=["removed_at"])

    assert page.get(visit.get_absolute_url()).status_code == 404


def test_a_walk_in_opens_from_the_patients_page(page, clinic):
    patient = PatientFactory(clinic=clinic)

    answer = page.post(reverse("documentation:open-walk-in", args=[patient.pk]))

    assert answer["Location"] == Visit.objects.get(patient=patient).get_absolute_url()


def test_an_owner_who_does_not_treat_is_told_so(client, clinic):
    client.force_login(UserFactory(roles=[Role.OWNER]))
    patient = PatientFactory(clinic=clinic)

    answer = client.post(reverse("documentation:open-walk-in", args=[patient.pk]))

    (message,) = answer.wsgi_request._messages
    assert str(message) == "Choose who treats: your account is not a clinician's."
    assert Visit.objects.count() == 0


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.BILLER, Role.AUDITOR])
def test_who_does_not_treat_can_neither_see_nor_write_a_session(client, visit, clinic, role):
    client.force_login(UserFactory(roles=[role], clinics=[clinic]))

    answers = [
        client.get(visit.get_absolute_url()),
        save(client, visit, {"note": {"plan": "Mine"}}),
        client.get(reverse("documentation:today")),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Draft.objects.count() == 0


# --- The page -----------------------------------------------------------------------------------


def test_the_head_says_who_why_and_where_the_case_stands(page, visit):
    visit.episode.precautions = "Fall risk"
    visit.episode.save(update_fields=["precautions"])
    EpisodeDiagnosisFactory(episode=visit.episode)
    PlanOfCareFactory(episode=visit.episode, starts_on=dt.date(2026, 2, 23), duration_weeks=8)
    before = VisitFactory(episode=visit.episode, date_of_service=dt.date(2026, 2, 27))
    NoteFactory(visit=before)

    html = page.get(visit.get_absolute_url()).content.decode()

    for words in (
        "Ada Okafor",
        "67 years",
        visit.patient.mrn,
        "Hemiplegia after stroke, left side",
        "Fall risk",
        '<strong class="tabular">2</strong>',
        '<strong class="tabular">8</strong> of 56, to Apr 19',
    ):
        assert words in html


def test_the_title_names_no_patient(page, visit):
    html = page.get(visit.get_absolute_url()).content.decode()

    title = html.partition("<title>")[2].partition("</title>")[0]
    assert title == "Session, Mar 2, 2026 · PT Practice"


def test_opening_the_page_is_a_line_in_the_audit(page, visit, therapist):
    page.get(visit.get_absolute_url())

    event = AuditEvent.objects.get(action="note.viewed")
    assert (event.actor, event.patient, event.target_id) == (
        therapist.user,
        visit.patient,
        visit.note.pk,
    )


def test_the_page_shows_the_draft_as_last_typed_valid_or_not(page, visit):
    content = {"note": {"plan": "Go on <b>"}, "entries": [entry(minutes="twe")]}
    save(page, visit, content)

    answer = page.get(visit.get_absolute_url())

    assert answer.context["data"]["content"]["entries"] == content["entries"]
    html = answer.content.decode()
    assert 'value="twe"' in html
    assert "Go on &lt;b&gt;" in html
    assert "Write whole minutes, such as 15." in html


def test_a_signed_visit_leads_to_its_note(page, visit):
    sign(visit)

    answer = page.get(visit.get_absolute_url())

    assert answer["Location"] == visit.note.get_absolute_url()


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_costs_the_same_queries_for_any_number_of_services(
    page, visit, django_assert_num_queries, count
):
    last = VisitFactory(episode=visit.episode, date_of_service=dt.date(2026, 2, 27))
    NoteFactory(visit=last)
    for _ in range(count):
        goal = GoalFactory(episode=visit.episode)
        EpisodeFactory(patient=visit.patient)
        for each in (visit, last):
            charting.record_time(
                visit=each,
                code="97112",
                minutes=5,
                goal=goal,
                details=WHOLE,
                by=each.therapist.user,
            )
    sign(last)
    page.get(visit.get_absolute_url())  # the session row is written once a while

    with django_assert_num_queries(36):
        page.get(visit.get_absolute_url())


# --- In other pages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("unopened", "Open the visit"),
        ("draft", "Continue the note"),
        ("signed", "Read the note"),
        ("cancelled", ""),
    ],
)
def test_an_appointments_card_offers_what_comes_next(page, clinic, therapist, state, words):
    appointment = AppointmentFactory(therapist=therapist, patient__clinic=clinic)
    if state in ("draft", "signed"):
        visit = charting.open_visit(appointment=appointment, by=therapist.user)
        if state == "signed":
            sign(visit)
    elif state == "cancelled":
        appointment.status = "cancelled"
        appointment.save(update_fields=["status"])

    html = page.get(reverse("documentation:appointment-panel", args=[appointment.pk])).content

    offers = ["Open the visit", "Continue the note", "Read the note"]
    assert [offer for offer in offers if offer in html.decode()] == ([words] if words else [])
