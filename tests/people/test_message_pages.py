"""The Messages page, a patient's tab, and a person's decisions about what failed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from people import stops
from people.models import Message
from tests.factories import ClinicFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture
def clinic(db):
    return ClinicFactory(name="Riverbend")


@pytest.fixture
def at_desk(client, clinic):
    client.force_login(UserFactory(clinics=[clinic]))
    return client


@pytest.fixture
def write(clinic):
    """`write(status=…)`: a text message in that state."""

    def written(**fields):
        patient = fields.pop("patient", None) or PatientFactory(
            clinic=clinic,
            contact_by="sms",
            mobile_phone="+15035551234",
            email="ada@mail.example",
        )
        now = timezone.now()
        asked = {
            "patient": patient,
            "kind": "appointment.reminder",
            "source_key": f"test:{Message.objects.count()}",
            "channel": "sms",
            "body": "See you on Monday.",
            "status": Status.FAILED,
            "problem": "This is not a mobile number.",
        }
        if fields.get("status") == Status.SENT:
            asked |= {"sent_at": now, "problem": ""}
        if fields.get("status") == Status.SENDING:
            asked |= {"sending_since": now, "problem": "No answer."}
        return Message.objects.create(**asked | fields)

    return written


def page(response):
    return " ".join(response.content.decode().split())


def shown(client, **asked):
    context = client.get(reverse("people:messages"), asked).context
    return [row["message"].pk for row in context["rows"]]


def test_what_failed_and_what_nobody_knows_of_stands_first_and_is_counted(at_desk, write):
    failed, unknown = write(), write(status=Status.SENDING)
    sent, waiting = write(status=Status.SENT), write(status=Status.WAITING, problem="")
    write(settled_at=timezone.now())
    write(patient=PatientFactory())  # another clinic's

    assert shown(at_desk) == [unknown.pk, failed.pk]
    assert shown(at_desk, show="sent") == [sent.pk]
    assert shown(at_desk, show="waiting") == [waiting.pk]
    assert len(shown(at_desk, show="all")) == 5
    assert shown(at_desk, channel="email") == []
    assert shown(at_desk, show="nonsense") == [unknown.pk, failed.pk]
    assert "2 to settle" in page(at_desk.get(reverse("people:messages-badge"))).replace(
        '<span class="visually-hidden">', ""
    )


def test_a_server_that_only_prints_says_so(at_desk, settings):
    settings.SMS_URL = ""
    assert "Text message: this server only writes them to its log" in page(
        at_desk.get(reverse("people:messages"))
    )

    settings.SMS_URL = "https://provider.example"
    assert "only writes them" not in page(at_desk.get(reverse("people:messages")))


def act(client, name, message, **typed):
    """Press the button; the page one lands on."""
    answer = client.post(reverse(f"people:message-{name}", args=[message.pk]), typed)
    return client.get(answer["Location"]) if answer.status_code == 303 else answer


def test_the_desk_sends_a_failed_one_again_by_e_mail(at_desk, write):
    failed = write()

    answer = act(at_desk, "send-again", failed, channel="email")

    again = Message.objects.get(instead_of=failed)
    assert (again.channel, again.to, again.body) == (
        "email",
        "ada@mail.example",
        "See you on Monday.",
    )
    assert "The message goes out again." in page(answer)
    assert shown(at_desk) == []


def test_sending_again_to_who_cannot_be_reached_says_why(at_desk, write):
    failed = write()
    stops.stop(patient=failed.patient, channel="email", how="desk", by=None)

    answer = act(at_desk, "send-again", failed, channel="email")

    assert "Not sent: The patient has stopped e-mail." in page(answer)


def test_only_what_nobody_knows_of_can_be_marked_as_sent(at_desk, write):
    failed, unknown = write(), write(status=Status.SENDING)

    answers = [act(at_desk, "mark-sent", message) for message in (unknown, failed)]

    assert "marked as sent" in page(answers[0])
    assert "Somebody has dealt with this message already." in page(answers[1])
    assert [Message.objects.get(pk=row.pk).status for row in (unknown, failed)] == [
        Status.SENT,
        Status.FAILED,
    ]


def test_a_decision_on_the_card_answers_the_card(at_desk, write):
    answer = at_desk.post(
        reverse("people:message-set-aside", args=[write().pk]), headers={"HX-Request": "true"}
    )

    assert answer.status_code == 204
    assert "messages-changed" in answer["HX-Trigger"]


def test_a_patients_tab_stops_and_resumes_a_channel(at_desk, write):
    patient = write().patient
    tab = reverse("people:patient-messages", args=[patient.pk])

    at_desk.post(reverse("people:patient-stop", args=[patient.pk]), {"channel": "sms"})
    stopped = page(at_desk.get(tab))
    at_desk.post(reverse("people:patient-resume", args=[patient.pk]), {"channel": "sms"})
    resumed = page(at_desk.get(tab))

    assert "the patient told the practice." in stopped
    assert "told the practice" not in resumed
    assert not stops.is_stopped(patient, "sms")


def test_another_clinics_message_is_not_there(at_desk, write):
    theirs = write(patient=PatientFactory())

    assert act(at_desk, "set-aside", theirs).status_code == 404
    assert Message.objects.get(pk=theirs.pk).settled_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number(
    at_desk, write, django_assert_num_queries, count
):
    for _ in range(count):
        write()

    with django_assert_num_queries(11):
        response = at_desk.get(reverse("people:messages"))

    assert page(response).count("This is not a mobile number.") == count
