"""A patient's wish for another time and the desk's answer: found, moved, declined."""

import datetime as dt

import pytest
from django.urls import reverse

from people.models import AuditEvent, Message, Role
from scheduling import booking, groups, time_requests
from scheduling.models import TimeRequest
from tests.factories import AppointmentTypeFactory, PatientFactory, UserFactory, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def page(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def row(desk):
    """Monday at one."""
    return desk.book(starts_at=at(13))


@pytest.fixture
def wish(row):
    return TimeRequest.objects.create(
        appointment=row, weekdays=[0], windows=["afternoon"], words="After school"
    )


def times_of(wish):
    zone = wish.appointment.clinic.zone
    return [f"{moment.astimezone(zone):%m-%d %H:%M}" for moment in time_requests.free_times(wish)]


def test_the_free_times_fit_the_wish_and_leave_out_what_is_taken(desk, wish):
    desk.book(patient=PatientFactory(clinic=desk.clinic), starts_at=at(15))

    times = times_of(wish)

    assert times[:3] == ["03-02 12:00", "03-02 12:45", "03-02 13:30"]
    assert not {"03-02 13:00", "03-02 15:00"} & set(times)
    assert {moment[:5] for moment in times} <= {"03-02", "03-09", "03-16", "03-23", "03-30"}


def test_a_wish_for_a_day_on_which_the_therapist_does_not_work_finds_nothing(row, at_desk):
    TimeRequest.objects.create(appointment=row, weekdays=[6])

    shown = page(at_desk.get(reverse("scheduling:move", args=[row.pk])))

    assert "In the next four weeks nothing that fits is free with" in shown
    assert "decline with a word to the patient" in shown


def test_one_press_on_a_time_that_fits_moves_and_answers(at_desk, desk, row, wish):
    path = reverse("scheduling:move", args=[row.pk])
    shown = page(at_desk.get(path))
    assert "Asked for another time: Mon; afternoons. “After school”" in shown
    assert 'name="pick" value="2026-03-02T14:15"' in shown

    at_desk.post(
        path,
        {
            "version": row.version,
            "date": "2026-03-02",
            "time": "13:00",
            "minutes": row.minutes,
            "therapist": desk.therapist.pk,
            "names_equipment": "True",
            "pick": "2026-03-02T14:30",
        },
    )

    row.refresh_from_db()
    wish.refresh_from_db()
    assert row.starts_at == at(14, 30)
    assert (wish.answer, wish.answered_by) == ("Moved", desk.user)
    assert wish.answered_at is not None


def test_another_room_or_length_leaves_the_wish_open(desk, row, wish):
    booking.move(appointment=row, version=row.version, minutes=30, by=desk.user)

    wish.refresh_from_db()
    assert wish.answered_at is None


def test_a_group_that_moves_answers_its_members_wishes(desk):
    kind = AppointmentTypeFactory(name="Balance group", capacity=4)
    member = desk.book(appointment_type=kind, starts_at=at(13))
    wish = TimeRequest.objects.create(appointment=member, words="Later")

    groups.move_group(
        group=member.group, version=member.group.version, starts_at=at(15), by=desk.user
    )

    wish.refresh_from_db()
    assert (wish.answer, wish.answered_by) == ("Moved", desk.user)


def decline(client, wish, words):
    path = reverse("scheduling:time-request-answer", args=[wish.pk])
    client.post(path, {"answer": words, "decline": "true"})
    return client.get(reverse("scheduling:time-requests"))


def test_a_declined_patient_reads_why_and_the_appointment_stands(at_desk, desk, row, wish):
    row.patient.contact_by, row.patient.mobile_phone = "sms", "+15035551234"
    row.patient.save()

    shown = page(decline(at_desk, wish, "Dana has nothing free on Mondays."))

    wish.refresh_from_db()
    row.refresh_from_db()
    message = Message.objects.get()
    assert "The request is declined; the patient is told." in shown
    assert (wish.answer, wish.answered_by) == ("Dana has nothing free on Mondays.", desk.user)
    assert (row.status, row.starts_at) == ("booked", at(13))
    assert (message.status, message.to, message.created_by) == (
        "waiting",
        "+15035551234",
        desk.user,
    )
    assert "than Monday, March 2 at 1:00 pm: Dana has nothing free on Mondays." in message.body
    card = page(at_desk.get(reverse("scheduling:appointment-messages", args=[row.pk])))
    assert "Time declined" in card


def test_of_two_answers_the_first_stands_and_only_it_is_written(desk, row, wish):
    time_requests.answer(request=wish, answer="Called; stays", by=desk.user)

    time_requests.decline(request=wish, words="No", by=UserFactory())

    wish.refresh_from_db()
    assert (wish.answer, wish.answered_by) == ("Called; stays", desk.user)
    assert Message.objects.count() == 0
    assert AuditEvent.objects.filter(action="time.answered").count() == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Write what the patient is told."),
        ("No Follow-up then", "says what the visit is for: messages do not."),
        ("{link}", "Write it without braces."),
    ],
)
def test_words_that_a_patient_must_not_read_are_refused(at_desk, wish, words, told):
    shown = page(decline(at_desk, wish, words))

    wish.refresh_from_db()
    assert told in shown
    assert wish.answered_at is None
    assert Message.objects.count() == 0


def test_who_cannot_be_written_to_is_to_be_called(at_desk, row, wish):
    row.patient.contact_by = "phone"
    row.patient.save()

    shown = page(decline(at_desk, wish, "Nothing free."))

    assert "Call the patient: The patient wants to be called by telephone." in shown


# --- Over the API -------------------------------------------------------------------------------

URL = "/api/v1/time-requests/"


def test_the_api_lists_open_requests_and_answers_one_once(api_as, desk, row, wish):
    api = api_as(desk.user)
    listed = api.get(URL, {"show": "open"}).json()["results"]

    first = api.post(f"{URL}{wish.pk}/answer/", {"answer": "Stays"}, format="json")
    second = api.post(f"{URL}{wish.pk}/answer/", {"answer": "Other"}, format="json")

    assert [(one["id"], one["appointment"], one["windows"]) for one in listed] == [
        (wish.pk, row.pk, ["afternoon"])
    ]
    assert (first.status_code, first.json()["answer"]) == (200, "Stays")
    assert first.json()["answered_by"] == desk.user.pk
    assert (second.status_code, second.json()["code"]) == (409, "answered")
    assert api.get(URL, {"show": "open"}).json()["results"] == []


def test_the_api_declines_only_in_words_a_patient_may_read(api_as, desk, wish):
    api = api_as(desk.user)
    path = f"{URL}{wish.pk}/answer/"

    refused = api.post(path, {"answer": "", "decline": True}, format="json")
    declined = api.post(path, {"answer": "Nothing free.", "decline": True}, format="json")

    assert refused.status_code == 400
    assert refused.json()["errors"] == {"answer": ["Write what the patient is told."]}
    assert declined.status_code == 200
    assert Message.objects.get().kind == "appointment.time_declined"


def test_messages_are_listed_and_sent_again_over_the_api(api_as, desk, row):
    row.patient.contact_by, row.patient.mobile_phone = "sms", "+15035551234"
    row.patient.save()
    failed = Message.objects.create(
        patient=row.patient,
        kind="appointment.reminder",
        source_key="one",
        channel="sms",
        to="+15035551234",
        body="See you.",
        status="failed",
        problem="This is not a mobile number.",
    )
    api = api_as(desk.user)
    url = "/api/v1/messages/"

    listed = api.get(url, {"status": "failed"}).json()["results"]
    again = api.post(f"{url}{failed.pk}/send-again/", {}, format="json")
    twice = api.post(f"{url}{failed.pk}/send-again/", {}, format="json")

    assert [(one["id"], one["problem"]) for one in listed] == [
        (failed.pk, "This is not a mobile number.")
    ]
    assert (again.status_code, again.json()["instead_of"], again.json()["status"]) == (
        201,
        failed.pk,
        "waiting",
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "settled")
    assert api.get(url, {"status": "nonsense"}).status_code == 400
    viewed = api.get(f"{url}{failed.pk}/")
    assert viewed.json()["settled_at"] is not None
    assert AuditEvent.objects.filter(action="message.viewed", target_id=failed.pk).count() == 1


def test_only_the_desk_reads_messages_over_the_api(api_as):
    therapist = UserFactory(roles=[Role.THERAPIST])

    assert api_as(therapist).get("/api/v1/messages/").status_code == 403
    assert api_as(therapist).get(URL).status_code == 403


def test_a_request_from_another_clinic_is_not_found(api_as, wish):
    stranger = UserFactory(roles=[Role.FRONT_DESK])

    answer = api_as(stranger).post(f"{URL}{wish.pk}/answer/", {"answer": "x"}, format="json")

    assert answer.status_code == 404


def test_free_times_cost_the_same_queries_for_one_window_and_for_three(
    wish, django_assert_num_queries
):
    wish = TimeRequest.objects.select_related(
        "appointment__clinic",
        "appointment__type",
        "appointment__patient",
        "appointment__room",
        "appointment__therapist__user",
    ).get(pk=wish.pk)
    with django_assert_num_queries(6):
        one = time_requests.free_times(wish)

    wish.windows = ["morning", "midday", "afternoon"]
    with django_assert_num_queries(6):
        three = time_requests.free_times(wish)

    assert one != three
    assert min(three) < at(12) + dt.timedelta(days=7)
