"""Messages around appointments at the desk: the card, requests, calls; and their words."""

import datetime as dt

import pytest
from django.urls import reverse

from people import outbox, stops
from people.models import Message, Role
from scheduling import reminders
from scheduling.models import (
    AppointmentMessage,
    MessageTemplate,
    PhoneCall,
    ReminderRules,
    TimeRequest,
)
from tests.factories import AppointmentFactory, AppointmentTypeFactory, PatientFactory, at

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2026, 3, 3)


def page(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def row(desk):
    return desk.book()


def tell_of(row, **fields):
    message = outbox.queue(
        patient=row.patient, kind="appointment.reminder", source_key=f"{row.pk}", body="See you."
    )
    Message.objects.filter(pk=message.pk).update(**fields)
    AppointmentMessage.objects.create(
        appointment=row, message=message, kind="reminder", starts_at=row.starts_at
    )
    return message


def card(client, row):
    return page(client.get(reverse("scheduling:appointment-messages", args=[row.pk])))


def test_the_card_shows_what_was_told_and_why_it_failed(at_desk, desk, row):
    assert "Nothing has been written to the patient" in card(at_desk, row)
    row.patient.contact_by, row.patient.mobile_phone = "sms", "+15035551234"
    row.patient.save()
    tell_of(row, status="failed", problem="This is not a mobile number.")
    PhoneCall.objects.create(appointment=row, outcome="left_message", called_by=desk.user)
    TimeRequest.objects.create(appointment=row, weekdays=[0, 2], windows=["morning"], words="Late")

    shown = card(at_desk, row)

    for told in (
        "Reminder · Text message",
        "This is not a mobile number.",
        "Send by e-mail",
        "Left a message",
        "Asked for another time: Mon, Wed; mornings. “Late”",
    ):
        assert told in shown


def test_the_card_shows_what_was_sent_instead(at_desk, desk, row):
    row.patient.contact_by, row.patient.email = "sms", "ada@mail.example"
    row.patient.save()
    failed = tell_of(row, status="failed", problem="This is not a mobile number.")

    outbox.send_again(message=failed, by=desk.user, channel="email")

    assert "Reminder · E-mail" in card(at_desk, row)
    assert "Dealt with by" in card(at_desk, row)


def test_a_request_is_answered_once_with_what_was_agreed(at_desk, desk, row):
    request = TimeRequest.objects.create(appointment=row, words="Mornings please")
    listed = page(at_desk.get(reverse("scheduling:time-requests")))
    path = reverse("scheduling:time-request-answer", args=[request.pk])

    for answer in ("Moved to Friday", "Something else"):
        at_desk.post(path, {"answer": answer})

    assert "Mornings please" in listed
    request.refresh_from_db()
    assert (request.answer, request.answered_by) == ("Moved to Friday", desk.user)
    assert "Nobody waits for an answer" in page(at_desk.get(reverse("scheduling:time-requests")))


def calls(client, day="2026-03-03"):
    return client.get(reverse("scheduling:calls"), {"date": day}).context


@pytest.fixture
def expected(desk):
    """`expected(hour, **patient)`: an appointment on Tuesday."""

    def made(hour, **fields):
        patient = PatientFactory(clinic=desk.clinic, **fields)
        return AppointmentFactory(
            patient=patient,
            therapist=desk.therapist,
            type=desk.type,
            starts_at=at(hour, day=TUESDAY),
        )

    return made


def test_who_wants_calls_or_cannot_be_written_to_is_on_the_list(at_desk, expected):
    phone = expected(9, contact_by="phone")
    no_number = expected(10, contact_by="sms")
    stopped = expected(11, contact_by="email", email="a@mail.example")
    stops.stop(patient=stopped.patient, channel="email", how="link", by=None)
    expected(12, contact_by="none")
    expected(13, contact_by="sms", mobile_phone="+15035551234")
    expected(14, contact_by="phone", deceased_on=dt.date(2026, 1, 1))

    rows = calls(at_desk)["rows"]

    assert [(row["appointment"], row["why"]) for row in rows] == [
        (phone, ""),
        (no_number, "Cannot be written to"),
        (stopped, "Cannot be written to"),
    ]
    assert calls(at_desk, "2026-03-04")["rows"] == []


def test_a_call_is_noted_and_who_confirms_is_confirmed(at_desk, desk, expected):
    first, second = expected(9, contact_by="phone"), expected(10, contact_by="phone")
    for row, outcome in ((first, "left_message"), (first, "confirmed"), (second, "no_answer")):
        answer = at_desk.post(reverse("scheduling:call-note", args=[row.pk]), {"outcome": outcome})

    assert answer["Location"] == f"/calls/?date=2026-03-03&clinic={desk.clinic.pk}"
    first.refresh_from_db()
    assert first.status == "confirmed"
    context = calls(at_desk)
    assert [row["appointment"] for row in context["rows"]] == [second, first]
    assert context["left"] == 1
    assert context["rows"][1]["call"].outcome == "confirmed"


@pytest.mark.parametrize("count", [1, 3])
def test_the_call_list_costs_the_same_queries_for_any_number(
    at_desk, expected, django_assert_num_queries, count
):
    for hour in range(count):
        expected(9 + hour, contact_by="phone")
    at_desk.get(reverse("scheduling:calls"))

    with django_assert_num_queries(7):
        response = at_desk.get(reverse("scheduling:calls"), {"date": "2026-03-03"})

    assert len(response.context["rows"]) == count


# --- Words and rules ------------------------------------------------------------------------------


@pytest.fixture
def as_owner(client, desk):
    desk.user.roles = [Role.OWNER]
    desk.user.save()
    client.force_login(desk.user)
    return client


def words(**changes):
    typed = {"kind": "reminder", "channel": "sms", "hours_before": "3", "type": "", "subject": ""}
    return typed | {"body": "See you on {day}.", "is_active": "on"} | changes


def test_the_owner_writes_words_for_one_lead_and_they_are_used(as_owner):
    answer = as_owner.post(reverse("scheduling:template-new"), words())

    assert answer.status_code == 303
    row = MessageTemplate.objects.get(hours_before=3)
    assert (row.kind, row.channel, row.type, row.body) == (
        "reminder",
        "sms",
        None,
        "See you on {day}.",
    )


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"body": "{diagnosis}"}, "body", "stands for nothing"),
        ({"body": "For your vestibular visit"}, "body", "says what the visit is for"),
        ({"body": "x" * 481}, "body", "at most 480 characters"),
        ({"channel": "email", "hours_before": ""}, "subject", "An e-mail needs a subject."),
        (
            {"channel": "email", "subject": "For {first_name}"},
            "subject",
            "it names nobody",
        ),
        ({"kind": "moved"}, "hours_before", "Only reminders come before"),
        ({"hours_before": "0"}, "hours_before", "greater than or equal to 1"),
    ],
)
def test_words_that_would_not_do_are_refused_beside_their_field(as_owner, changes, field, told):
    AppointmentTypeFactory(name="Vestibular")

    answer = as_owner.post(reverse("scheduling:template-new"), words(**changes))

    assert answer.status_code == 422
    assert told in str(answer.context["form"].errors[field])
    assert not MessageTemplate.objects.filter(hours_before__isnull=False).exists()


def test_a_second_set_of_words_for_one_occasion_is_refused(as_owner):
    as_owner.post(reverse("scheduling:template-new"), words())

    answer = as_owner.post(reverse("scheduling:template-new"), words())

    assert answer.status_code == 422
    assert "There are words for this occasion already." in page(answer)


def test_words_are_changed_and_only_what_was_changed(as_owner):
    row = MessageTemplate.objects.get(kind="reminder", channel="email")
    typed = {"body": "New words on {day}", "subject": row.subject, "is_active": "on"}

    as_owner.post(reverse("scheduling:template-edit", args=[row.pk]), typed)

    row.refresh_from_db()
    assert (row.body, row.subject, row.is_active) == (
        "New words on {day}",
        "Your appointment on {day}",
        True,
    )


def test_the_preview_shows_the_words_with_an_examples_facts_escaped(as_owner):
    shown = page(
        as_owner.post(
            reverse("scheduling:template-preview"),
            {"subject": "Hello", "body": "<b>{first_name}</b> at {time}, {nothing}"},
        )
    )

    assert "&lt;b&gt;Ada&lt;/b&gt; at 9:00 am, {nothing}" in shown


@pytest.mark.parametrize(
    ("typed", "hours"),
    [("48, 3", [48, 3]), ("3 48 3", [48, 3]), ("", [])],
)
def test_a_clinics_hours_are_read_as_people_write_them(as_owner, desk, typed, hours):
    as_owner.post(
        reverse("scheduling:reminder-rules", args=[desk.clinic.pk]),
        {"is_on": "on", "hours_before": typed, "quiet_from": "21:00", "quiet_until": "07:30"},
    )

    rules = ReminderRules.objects.get(clinic=desk.clinic)
    assert (rules.hours_before, rules.quiet_from, rules.quiet_until) == (
        hours,
        dt.time(21),
        dt.time(7, 30),
    )
    assert reminders.rules_of(desk.clinic) == rules


@pytest.mark.parametrize("typed", ["soon", "0", "400", "1,2,3,4,5", "-3", "२"])
def test_hours_that_cannot_be_are_refused(as_owner, desk, typed):
    answer = as_owner.post(
        reverse("scheduling:reminder-rules", args=[desk.clinic.pk]),
        {"hours_before": typed, "quiet_from": "21:00", "quiet_until": "07:30"},
    )

    assert answer.status_code == 422
    assert "hours_before" in answer.context["form"].errors
    assert not ReminderRules.objects.exists()


def test_every_word_to_begin_with_passes_the_owners_own_check(as_owner):
    for row in MessageTemplate.objects.all():
        typed = {"subject": row.subject, "body": row.body, "type": "", "hours_before": ""}
        answer = as_owner.post(
            reverse("scheduling:template-edit", args=[row.pk]),
            typed | ({"is_active": "on"} if row.is_active else {}),
        )
        assert answer.status_code == 303, row
