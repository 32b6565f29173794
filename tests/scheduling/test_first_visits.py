"""The card of a first visit: it offers the intake once, and says how it stands."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people import questionnaires
from people.models import AuditEvent, Message, Patient, PatientLink, Questionnaire, Role
from tests.factories import AppointmentFactory, QuestionnaireFactory, UserFactory, at

pytestmark = pytest.mark.django_db
TO_COME = dt.date(2030, 3, 4)


@pytest.fixture
def first(desk):
    Patient.objects.filter(pk=desk.patient.pk).update(contact_by="email", email="ada@example.com")
    return AppointmentFactory(
        patient=desk.patient,
        therapist=desk.therapist,
        type=desk.type,
        starts_at=at(9, day=TO_COME),
    )


def url(row):
    return reverse("scheduling:appointment-intake", args=[row.pk])


def panel(client, row):
    html = client.get(url(row)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_card_fetches_the_panel_for_the_desk_and_not_for_therapists(client, desk, first):
    for user, is_there in ((desk.user, True), (desk.therapist.user, False)):
        client.force_login(user)
        card = client.get(first.get_absolute_url()).content.decode()
        assert (url(first) in card) is is_there


def test_a_first_visit_offers_the_intake(at_desk, first):
    assert panel(at_desk, first) == "First visit. No intake has been sent yet. Send intake"


def test_one_press_sends_it_until_the_visit_and_a_second_sends_no_other(at_desk, desk, first):
    at_desk.post(url(first))
    at_desk.post(url(first))

    row = Questionnaire.objects.get()
    assert (row.patient, row.status, row.link.expires_at) == (desk.patient, "open", first.starts_at)
    assert Message.objects.values_list("kind", "to").get() == ("intake", "ada@example.com")
    Questionnaire.objects.update(made_at=at(8))
    assert panel(at_desk, first) == (
        "First visit. Intake sent Mar 2, open until Mar 4 at 9:00 am With the patient"
    )
    assert AuditEvent.objects.filter(action="questionnaire.sent").count() == 1


def test_the_answer_to_a_press_is_the_panel_as_it_stands_now(at_desk, first):
    answer = at_desk.post(url(first), headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "With the patient" in answer.content.decode()
    assert "The intake is on its way to the patient." in answer.headers["HX-Trigger"]


def test_it_says_when_the_message_could_not_be_sent(at_desk, desk, first):
    Patient.objects.update(contact_by="email", email="")

    answer = at_desk.post(url(first), headers={"HX-Request": "true"})

    assert "The message was not sent" in answer.headers["HX-Trigger"]
    assert '"warning"' in answer.headers["HX-Trigger"]


def test_what_came_back_is_named_with_where_to_review_it(at_desk, first):
    QuestionnaireFactory(patient=first.patient, status="sent_in", sent_in_at=at(8))

    assert panel(at_desk, first) == "First visit. Intake sent in Mar 2 To review"


def test_an_intake_that_lapsed_or_was_taken_back_may_be_sent_again(at_desk, desk, first):
    soon = timezone.now() + dt.timedelta(days=1)
    row = questionnaires.invite(patient=desk.patient, until=soon, by=desk.user)
    PatientLink.objects.filter(pk=row.link_id).update(made_at=at(8), expires_at=at(9))
    assert "not sent in before its link expired" in panel(at_desk, first)

    at_desk.post(url(first))

    assert list(Questionnaire.objects.order_by("pk").values_list("status", flat=True)) == [
        "withdrawn",
        "open",
    ]
    questionnaires.withdraw(questionnaire=Questionnaire.objects.get(status="open"), by=desk.user)
    assert "No intake has been sent yet" in panel(at_desk, first)


@pytest.mark.parametrize("before", ["an earlier visit", "over", "called off"])
def test_no_other_visit_offers_it_or_sends_it(at_desk, desk, first, before):
    row = first
    if before == "an earlier visit":
        AppointmentFactory(
            patient=desk.patient, therapist=desk.therapist, starts_at=at(8, day=TO_COME)
        )
    elif before == "over":
        row = AppointmentFactory(
            patient=desk.patient, therapist=desk.therapist, type=desk.type, starts_at=at(8)
        )
    else:
        type(first).objects.filter(pk=first.pk).update(status="cancelled", cancel_reason="Moved")

    assert panel(at_desk, row) == ""
    answer = at_desk.post(url(row), headers={"HX-Request": "true"})

    assert Questionnaire.objects.count() == 0
    assert "This is not a first visit that is still to come." in answer.headers["HX-Trigger"]


def test_a_visit_that_was_missed_leaves_the_next_one_the_first(at_desk, desk, first):
    AppointmentFactory(
        patient=desk.patient,
        therapist=desk.therapist,
        type=desk.type,
        starts_at=at(8),
        status="no_show",
    )

    assert "Send intake" in panel(at_desk, first)


def test_a_therapist_sends_none(client, desk, first):
    client.force_login(UserFactory(roles=[Role.THERAPIST], clinics=[desk.clinic]))

    assert client.post(url(first)).status_code == 403
    assert Questionnaire.objects.count() == 0


def test_the_panel_costs_the_same_for_any_number_of_intakes(at_desk, first):
    counts = []
    panel(at_desk, first)  # the first request of a session looks up more
    for count in (1, 2):  # one, then three
        for _ in range(count):
            QuestionnaireFactory(patient=first.patient, status="sent_in", sent_in_at=at(8))
        with CaptureQueriesContext(connection) as queries:
            assert "To review" in panel(at_desk, first)
        counts.append(len(queries))

    assert counts[0] == counts[1]
