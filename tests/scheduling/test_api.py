"""Appointments over the API: the same refusals as on the page, with codes for programs."""

import datetime as dt

import pytest

from people.models import AuditEvent, Role
from scheduling import booking
from scheduling.models import Appointment
from tests.factories import (
    MONDAY,
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    EquipmentFactory,
    PatientFactory,
    RoomFactory,
    UserFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

URL = "/api/v1/appointments/"
pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def api(api_as, desk):
    return api_as(desk.user)


def wanted(desk, **changes):
    return {
        "patient": desk.patient.pk,
        "therapist": desk.therapist.pk,
        "clinic": desk.clinic.pk,
        "type": desk.type.pk,
        "starts_at": "2026-03-02T13:00:00-08:00",
    } | changes


def ids(response):
    return [row["id"] for row in response.json()["results"]]


def test_a_booking_answers_with_the_appointment(api, desk):
    response = api.post(URL, wanted(desk), format="json")

    row = Appointment.objects.get()
    answer = response.json()
    booked_at = answer.pop("booked_at")
    assert response.status_code == 201
    assert answer == {
        "id": row.pk,
        "version": 1,
        "status": "booked",
        "patient": desk.patient.pk,
        "patient_name": "Okafor, Ada",
        "therapist": desk.therapist.pk,
        "therapist_name": "Dana Reyes, PT",
        "clinic": desk.clinic.pk,
        "room": None,
        "equipment": [],
        "group": None,
        "type": desk.type.pk,
        "type_name": "Follow-up",
        "starts_at": "2026-03-02T21:00:00Z",
        "ends_at": "2026-03-02T21:45:00Z",
        "minutes": 45,
        "remark": "",
        "cancel_reason": "",
        "arrived_at": None,
        "authorization": None,
        "over_budget_reason": "",
        "units_used": None,
    }
    assert booked_at == row.booked_at.isoformat().replace("+00:00", "Z")
    assert AuditEvent.objects.get().actor == desk.user


def test_a_taken_slot_is_409_with_what_is_taken(api, desk):
    rival = desk.book(starts_at=at(13, 30), patient=PatientFactory(clinic=desk.clinic))

    response = api.post(URL, wanted(desk), format="json")

    answer = response.json()
    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (answer["code"], answer["status"]) == ("slot_taken", 409)
    assert answer["conflicts"] == [
        {
            "of": "therapist",
            "appointment": rival.pk,
            "starts_at": "2026-03-02T21:30:00+00:00",
            "ends_at": "2026-03-02T22:15:00+00:00",
            "detail": "Dana Reyes, PT has Okafor, Ada from 1:30 pm to 2:15 pm.",
        }
    ]
    assert Appointment.objects.count() == 1


def test_a_taken_slot_is_409_on_a_move_too(api, desk):
    row = desk.book()
    desk.book(starts_at=at(13), patient=PatientFactory(clinic=desk.clinic))

    response = api.post(
        f"{URL}{row.pk}/move/",
        {"version": 1, "starts_at": "2026-03-02T13:15:00-08:00"},
        format="json",
    )

    assert (response.status_code, response.json()["code"]) == (409, "slot_taken")
    row.refresh_from_db()
    assert row.starts_at == at(9)


def test_a_stale_version_is_409_with_the_present(api, desk):
    row = desk.book()
    move = {"version": 1, "starts_at": "2026-03-02T11:00:00-08:00"}
    assert api.post(f"{URL}{row.pk}/move/", move, format="json").json()["version"] == 2

    response = api.post(f"{URL}{row.pk}/move/", move, format="json")

    assert (response.status_code, response.json()["code"]) == (409, "stale")
    assert response.json()["current"]["version"] == 2


def test_outside_hours_is_409_until_it_is_said_anyway(api, desk):
    evening = wanted(desk, starts_at="2026-03-02T18:00:00-08:00")

    asked = api.post(URL, evening, format="json")
    done = api.post(URL, evening | {"anyway": True}, format="json")

    assert (asked.status_code, asked.json()["code"]) == (409, "outside_hours")
    assert asked.json()["reasons"] == ["Dana Reyes, PT works 8:00 am to 5:00 pm that day."]
    assert done.status_code == 201


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"minutes": 0}, "minutes", "Ensure this value is greater than or equal to 5."),
        ({"minutes": 721}, "minutes", "Ensure this value is less than or equal to 720."),
        ({"patient": 0}, "patient", 'Invalid pk "0" - object does not exist.'),
        ({"type": None}, "type", "This field may not be null."),
        ({"starts_at": "2062-01-01T09:00:00Z"}, "starts_at", "Check the year of this date."),
    ],
)
def test_what_is_wrong_is_400_beside_its_field(api, desk, changes, field, sentence):
    response = api.post(URL, wanted(desk, **changes), format="json")

    assert response.status_code == 400
    assert response.json()["errors"] == {field: [sentence]}
    assert not Appointment.objects.exists()


def test_a_move_keeps_what_it_does_not_name_and_null_gives_the_room_up(api, desk):
    bay = RoomFactory(clinic=desk.clinic)
    row = desk.book(room=bay)
    other = therapist_at(desk.clinic)

    api.post(f"{URL}{row.pk}/move/", {"version": 1, "therapist": other.pk}, format="json")
    row.refresh_from_db()
    assert (row.therapist, row.room, row.starts_at) == (other, bay, at(9))

    api.post(f"{URL}{row.pk}/move/", {"version": 2, "room": None}, format="json")
    row.refresh_from_db()
    assert (row.room, row.version) == (None, 3)


def test_check_in_and_cancel_move_the_status(api, desk):
    first = desk.book()
    second = desk.book(starts_at=at(11))

    arrived = api.post(f"{URL}{first.pk}/check-in/").json()
    cancelled = api.post(f"{URL}{second.pk}/cancel/", {"reason": "ill"}, format="json").json()

    assert (arrived["status"], arrived["arrived_at"]) == ("arrived", "2026-03-02T18:30:00Z")
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "ill")


def test_a_step_that_does_not_follow_is_409(api, desk):
    row = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, status="completed"
    )

    response = api.post(f"{URL}{row.pk}/cancel/", {"reason": "ill"}, format="json")

    answer = response.json()
    assert (response.status_code, answer["code"]) == (409, "wrong_status")
    assert answer["detail"] == "This appointment is completed; it cannot be cancelled."
    assert answer["status_now"] == "completed"


def test_a_check_in_before_the_day_is_400(api, desk):
    row = desk.book(starts_at=at(9, day=MONDAY + dt.timedelta(days=7)))

    response = api.post(f"{URL}{row.pk}/check-in/")

    assert response.status_code == 400
    assert response.json()["errors"] == {
        "status": ["This appointment is on Monday, March 9, not today."]
    }


def test_the_same_idempotency_key_books_once(api, desk):
    headers = {"Idempotency-Key": "desk-7"}

    first = api.post(URL, wanted(desk), format="json", headers=headers)
    second = api.post(URL, wanted(desk), format="json", headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Appointment.objects.count() == 1


def test_a_taken_slot_is_not_remembered_under_its_key(api, desk):
    rival = desk.book(starts_at=at(13), patient=PatientFactory(clinic=desk.clinic))
    headers = {"Idempotency-Key": "desk-8"}
    assert api.post(URL, wanted(desk), format="json", headers=headers).status_code == 409

    api.post(f"{URL}{rival.pk}/cancel/", {"reason": "ill"}, format="json")

    assert api.post(URL, wanted(desk), format="json", headers=headers).status_code == 201


def test_the_list_is_narrowed_by_what_the_address_asks(api, desk):
    tuesday = MONDAY + dt.timedelta(days=1)
    other = therapist_at(desk.clinic)
    someone = PatientFactory(clinic=desk.clinic)
    monday_row = desk.book()
    late = desk.book(starts_at=at(23), anyway=True)
    tuesday_row = desk.book(
        starts_at=at(9, day=tuesday), therapist=other, patient=someone, anyway=True
    )
    everything = [monday_row.pk, late.pk, tuesday_row.pk]

    assert ids(api.get(URL)) == everything
    assert ids(api.get(URL, {"date": "2026-03-02"})) == [monday_row.pk, late.pk]
    assert ids(api.get(URL, {"from": "2026-03-03"})) == [tuesday_row.pk]
    assert ids(api.get(URL, {"to": "2026-03-02"})) == [monday_row.pk, late.pk]
    assert ids(api.get(URL, {"from": "2026-03-01", "to": "2026-03-09"})) == everything
    assert ids(api.get(URL, {"therapist": other.pk})) == [tuesday_row.pk]
    assert ids(api.get(URL, {"patient": someone.pk})) == [tuesday_row.pk]
    assert ids(api.get(URL, {"clinic": desk.clinic.pk})) == everything
    assert ids(api.get(URL, {"status": "arrived"})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"date": "yesterday"},
        {"status": "late"},
        {"patient": "Okafor"},
        {"from": "2026-03-03", "to": "2026-03-02"},
    ],
)
def test_an_address_that_makes_no_sense_is_400(api, desk, query):
    desk.book()

    assert api.get(URL, query).status_code == 400


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_costs_the_same_queries_for_any_number(
    api, desk, django_assert_num_queries, count
):
    for number in range(count):
        AppointmentFactory(
            patient=PatientFactory(clinic=desk.clinic),
            therapist=desk.therapist,
            type=desk.type,
            starts_at=at(8) + dt.timedelta(days=number),
        )

    with django_assert_num_queries(3):  # how many, which, their equipment
        response = api.get(URL)

    assert len(ids(response)) == count


def test_other_clinics_appointments_do_not_exist(api, desk):
    elsewhere = ClinicFactory()
    hidden = AppointmentFactory(
        patient=PatientFactory(clinic=elsewhere), therapist=therapist_at(elsewhere), type=desk.type
    )

    assert ids(api.get(URL)) == []
    assert api.get(f"{URL}{hidden.pk}/").status_code == 404
    assert api.post(f"{URL}{hidden.pk}/check-in/").status_code == 404
    assert api.post(URL, wanted(desk, clinic=elsewhere.pk), format="json").status_code == 400
    assert api.post(URL, wanted(desk, patient=hidden.patient.pk), format="json").status_code == 400
    hidden.refresh_from_db()
    assert hidden.status == "booked"


def test_whoever_reads_one_appointment_leaves_a_line_in_the_audit(api, desk):
    row = desk.book()

    assert api.get(f"{URL}{row.pk}/").json()["id"] == row.pk
    event = AuditEvent.objects.get(action="appointment.viewed")
    assert (event.actor, event.target_id) == (desk.user, row.pk)


@pytest.mark.parametrize("role", [Role.BILLER, Role.AUDITOR])
def test_who_only_looks_on_reads_but_does_not_write(api_as, desk, role):
    api = api_as(UserFactory(roles=[role]))
    row = desk.book()

    assert ids(api.get(URL)) == [row.pk]
    assert api.post(URL, wanted(desk), format="json").status_code == 403
    for step in ("move", "cancel", "check-in"):
        assert api.post(f"{URL}{row.pk}/{step}/", {}, format="json").status_code == 403


# --- Groups, equipment, putting back -------------------------------------------------------------


def test_a_booking_joins_the_group_and_holds_its_pieces(api, desk):
    balance = AppointmentTypeFactory(capacity=2)
    piece = EquipmentFactory(clinic=desk.clinic)
    first = desk.book(
        appointment_type=balance, starts_at=at(13), patient=PatientFactory(clinic=desk.clinic)
    )

    answer = api.post(
        URL, wanted(desk, type=balance.pk, equipment=[piece.pk]), format="json"
    ).json()

    assert (answer["group"], answer["equipment"]) == (first.group_id, [piece.pk])


def test_a_full_group_is_409_with_its_places(api, desk):
    balance = AppointmentTypeFactory(name="Balance group", capacity=2)
    for _ in range(2):
        row = desk.book(
            appointment_type=balance, starts_at=at(13), patient=PatientFactory(clinic=desk.clinic)
        )

    response = api.post(URL, wanted(desk, type=balance.pk), format="json")

    assert response.status_code == 409
    assert {name: response.json()[name] for name in ("code", "group", "taken", "capacity")} == {
        "code": "group_full",
        "group": row.group_id,
        "taken": 2,
        "capacity": 2,
    }


def test_a_held_piece_is_named_in_the_conflict(api, desk):
    piece = EquipmentFactory(clinic=desk.clinic, name="Treadmill 1")
    desk.book(
        starts_at=at(13),
        therapist=therapist_at(desk.clinic),
        patient=PatientFactory(clinic=desk.clinic),
        equipment=[piece],
    )

    response = api.post(URL, wanted(desk, equipment=[piece.pk]), format="json")

    assert response.status_code == 409
    [conflict] = response.json()["conflicts"]
    assert (conflict["of"], conflict["equipment"]) == ("equipment", piece.pk)


def test_a_cancelled_appointment_is_put_back_once_its_time_is_free(api, desk):
    row = desk.book()
    booking.cancel(row, reason="Ill", by=desk.user)
    rival = desk.book(patient=PatientFactory(clinic=desk.clinic))

    refused = api.post(f"{URL}{row.pk}/restore/")
    booking.cancel(rival, reason="Ill", by=desk.user)
    answer = api.post(f"{URL}{row.pk}/restore/")

    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert (answer.status_code, answer.json()["status"]) == (200, "booked")
