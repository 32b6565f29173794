"""Somebody new on the telephone: five fields in the booking panel, registered and booked."""

import datetime as dt

import pytest

from people.models import AuditEvent, Patient, Role
from scheduling.forms.newcomer import read_from
from scheduling.models import Appointment
from tests.factories import PatientFactory, at
from tests.scheduling.forms import HTMX, filled, post, words

pytestmark = pytest.mark.usefixtures("monday_morning")

LUND = {
    "new": "yes",
    "new-last_name": "Lund",
    "new-first_name": "Eva",
    "new-birth_date": "1984-07-09",
    "new-mobile_phone": "(503) 555-0177",
    "new-sex": "F",
}


def with_newcomer(desk, **changes):
    return filled(desk, patient=None, patient_name=None) | LUND | changes


def test_somebody_new_is_registered_and_booked_in_one_act(at_desk, desk):
    response = post(at_desk, "book", with_newcomer(desk))

    newcomer = Patient.objects.get(last_name="Lund")
    booked = Appointment.objects.get()
    assert response.status_code == 303
    assert (booked.patient, booked.starts_at) == (newcomer, at(13))
    assert (newcomer.first_name, newcomer.birth_date, newcomer.sex, newcomer.mobile_phone) == (
        "Eva",
        dt.date(1984, 7, 9),
        "F",
        "+15035550177",
    )
    assert (newcomer.clinic, newcomer.mrn[:2]) == (desk.clinic, "PT")
    acts = AuditEvent.objects.filter(patient=newcomer).values_list("action", flat=True)
    assert set(acts) == {"patient.registered", "appointment.booked"}


def test_a_taken_slot_registers_nobody_and_keeps_what_was_typed(at_desk, desk):
    desk.book(starts_at=at(13))

    response = post(at_desk, "book", with_newcomer(desk), headers=HTMX)

    text = words(response)
    assert response.status_code == 409
    assert not Patient.objects.filter(last_name="Lund").exists()
    assert 'value="Lund"' in text
    assert 'value="(503) 555-0177"' in text
    assert 'value="2026-03-02T13:45">1:45 pm<' in text


def test_the_next_free_time_takes_the_newcomer_along(at_desk, desk):
    desk.book(starts_at=at(13))

    post(at_desk, "book", with_newcomer(desk, pick="2026-03-02T13:45"))

    booked = Appointment.objects.get(patient__last_name="Lund")
    assert booked.starts_at == at(13, 45)


def test_whoever_looks_alike_is_shown_before_somebody_is_registered_twice(at_desk, desk):
    known = PatientFactory(clinic=desk.clinic, last_name="Lund", birth_date=dt.date(1984, 7, 9))

    asked = post(at_desk, "book", with_newcomer(desk), headers=HTMX)
    assert asked.status_code == 422
    assert f'name="patient" value="{known.pk}"' in words(asked)
    assert (Patient.objects.filter(last_name="Lund").count(), Appointment.objects.count()) == (1, 0)

    post(at_desk, "book", with_newcomer(desk, patient=str(known.pk)))
    assert Appointment.objects.get().patient == known
    assert Patient.objects.filter(last_name="Lund").count() == 1


def test_the_desk_may_say_that_it_is_none_of_them(at_desk, desk):
    PatientFactory(clinic=desk.clinic, last_name="Lund", birth_date=dt.date(1984, 7, 9))

    post(at_desk, "book", with_newcomer(desk, new="sure"))

    assert Patient.objects.filter(last_name="Lund").count() == 2
    assert Appointment.objects.get().patient.first_name == "Eva"


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("last_name", "", "This field is required."),
        ("birth_date", "2999-01-01", "The birth date lies in the future."),
        ("mobile_phone", "", "Under which number do we reach them?"),
        ("mobile_phone", "12", "Write a telephone number such as 503 555 0142."),
        ("sex", "", "This field is required."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(at_desk, desk, field, typed, told):
    response = post(at_desk, "book", with_newcomer(desk, **{f"new-{field}": typed}), headers=HTMX)

    assert response.status_code == 422
    assert told in words(response)
    assert not Patient.objects.filter(first_name="Eva").exists()
    assert not Appointment.objects.exists()


def test_the_form_turns_to_somebody_new_with_what_was_typed(at_desk, desk):
    asked = filled(desk, patient="", patient_name="eva lund", new="ask", time="13:15")

    response = post(at_desk, "book", asked, headers=HTMX)

    text = words(response)
    assert response.status_code == 200
    assert 'name="new-last_name" value="Lund"' in text
    assert 'name="new-first_name" value="Eva"' in text
    assert 'value="13:15"' in text
    assert "is-invalid" not in text


def test_a_therapist_books_but_does_not_register(client, desk):
    desk.user.roles = [Role.THERAPIST]
    desk.user.save(update_fields=["roles"])
    client.force_login(desk.user)

    response = post(client, "book", with_newcomer(desk), headers=HTMX)

    assert response.status_code == 422
    assert "Who is it for?" in words(response)
    assert not Patient.objects.filter(last_name="Lund").exists()


def test_a_name_with_a_slip_is_not_booked_unasked(at_desk, desk):
    response = post(at_desk, "book", filled(desk, patient="", patient_name="Okafro"), headers=HTMX)

    assert response.status_code == 422
    assert "Nobody is called exactly that. Is it one of these?" in words(response)
    assert f'name="patient" value="{desk.patient.pk}"' in words(response)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", {}),
        ("okafor", {"last_name": "Okafor"}),
        ("ada okafor", {"last_name": "Okafor", "first_name": "Ada"}),
        ("Okafor, Ada", {"last_name": "Okafor", "first_name": "Ada"}),
        ("Mary Ann Lee", {"last_name": "Lee", "first_name": "Mary Ann"}),
        (
            "McAllister 3/12/1958 5035550142",
            {
                "last_name": "McAllister",
                "birth_date": dt.date(1958, 3, 12),
                "mobile_phone": "+15035550142",
            },
        ),
    ],
)
def test_what_was_searched_for_begins_the_newcomers_form(typed, values):
    assert read_from(typed) == values
