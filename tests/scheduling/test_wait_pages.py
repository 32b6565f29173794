"""The wait list's pages: put somebody on it, see who fits a freed time, book with one press."""

import datetime as dt

import pytest
from django.urls import reverse

from people.models import AuditEvent, Message
from scheduling import wait_list
from scheduling.models import Appointment, WaitListEntry, WaitListOffer
from tests.factories import ClinicFactory, CoverageFactory, PatientFactory, PayerFactory, at
from tests.scheduling.conftest import therapist_at
from tests.scheduling.forms import HTMX, filled, post, told, words
from tests.scheduling.waiting import lund_waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def entry(desk):
    return lund_waits(desk)


def freed(desk, **changes):
    values = {
        "clinic": desk.clinic.pk,
        "therapist": desk.therapist.pk,
        "date": "2026-03-02",
        "time": "14:00",
        "minutes": "45",
        "room": "",
    }
    return values | changes


def test_a_patient_is_put_on_the_list_with_the_times_that_would_do(at_desk, desk):
    wishes = {
        "type": desk.type.pk,
        "priority": "urgent",
        "weekdays": ["0", "2"],
        "to_time": "12:00",
        "latest_on": "2026-04-01",
        "therapists": [desk.therapist.pk],
        "notice_hours": "4",
        "remark": "",
    }

    response = post(at_desk, "wait-new", wishes, desk.patient.pk)

    row = WaitListEntry.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"/wait-list/{row.pk}/")
    assert (row.patient, row.priority, row.weekdays, row.to_time, row.notice_hours) == (
        desk.patient,
        "urgent",
        [0, 2],
        dt.time(12),
        4,
    )
    assert list(row.therapists.all()) == [desk.therapist]
    assert "Mon, Wed, mornings" in words(at_desk.get(row.get_absolute_url()))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"type": ""}, "This field is required."),
        ({"weekdays": ["9"]}, "Select a valid choice."),
        ({"from_time": "12:00", "to_time": "09:00"}, "The end must lie after the start."),
        (
            {"earliest_on": "2026-04-02", "latest_on": "2026-04-01"},
            "The last day lies before the first.",
        ),
        ({"notice_hours": "337"}, "Ensure this value is less than or equal to 336."),
        ({"therapists": ["0"]}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(at_desk, desk, changes, sentence):
    wishes = {"type": desk.type.pk, "priority": "normal", "notice_hours": "2"}

    response = post(at_desk, "wait-new", wishes | changes, desk.patient.pk)

    assert response.status_code == 422
    assert sentence in words(response)
    assert not WaitListEntry.objects.exists()


def test_whom_to_put_on_the_list_is_found_by_name(at_desk, desk):
    found = post(at_desk, "wait-who", {"patient": "", "patient_name": "okafor"})
    nobody = post(at_desk, "wait-who", {"patient": "", "patient_name": "Nobody"})

    assert (found.status_code, found.headers["Location"]) == (
        303,
        f"/patients/{desk.patient.pk}/wait-list/new/",
    )
    assert nobody.status_code == 422
    assert "Nobody fits what you typed." in words(nobody)


def test_who_waits_for_it_already_is_told(at_desk, desk, entry):
    wishes = {"type": desk.type.pk, "priority": "normal", "notice_hours": "2"}

    response = post(at_desk, "wait-new", wishes, entry.patient_id)

    assert response.status_code == 422
    assert "The patient already waits for this type." in words(response)


def test_another_clinics_patient_cannot_be_put_on_the_list(at_desk, desk):
    stranger = PatientFactory(clinic=ClinicFactory())

    assert at_desk.get(reverse("scheduling:wait-new", args=[stranger.pk])).status_code == 404


def test_a_change_is_saved_and_a_wait_that_is_over_is_not_changed(at_desk, desk, entry):
    changed = {"type": desk.type.pk, "priority": "urgent", "notice_hours": "2", "remark": "x"}

    post(at_desk, "wait-edit", changed, entry.pk)
    entry.refresh_from_db()
    assert (entry.priority, entry.remark) == ("urgent", "x")

    post(at_desk, "wait-withdraw", {}, entry.pk)
    post(at_desk, "wait-edit", changed | {"remark": "y"}, entry.pk)
    entry.refresh_from_db()
    assert (entry.status, entry.remark) == ("withdrawn", "x")


def shown(client, **asked):
    page = client.get(reverse("scheduling:wait-list"), asked).context["page_obj"]
    return [row.patient.last_name for row in page]


def test_the_list_has_urgent_ones_first_then_who_waits_longest(at_desk, desk, entry):
    def another(name, **fields):
        patient = PatientFactory(clinic=desk.clinic, last_name=name)
        return wait_list.add(patient=patient, type=desk.type, by=desk.user, **fields)

    another("Later")
    another("Urgent", priority="urgent")
    another("Over", latest_on=dt.date(2026, 1, 1))
    gone = another("Gone")
    wait_list.withdraw(entry=gone, by=desk.user)

    assert shown(at_desk) == ["Urgent", "Lund", "Later"]
    assert sorted(shown(at_desk, show="closed")) == ["Gone", "Over"]
    assert shown(at_desk, show="offered") == []
    assert shown(at_desk, therapist=desk.therapist.pk) == ["Urgent", "Lund", "Later"]


def test_the_list_can_be_narrowed_to_a_therapist(at_desk, desk, entry):
    other = PatientFactory(clinic=desk.clinic, last_name="Other")
    wait_list.add(
        patient=other, type=desk.type, by=desk.user, therapists=[therapist_at(desk.clinic)]
    )

    assert shown(at_desk, therapist=desk.therapist.pk) == ["Lund"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number_who_wait(
    at_desk, desk, django_assert_num_queries, count
):
    for _ in range(count):
        patient = PatientFactory(clinic=desk.clinic)
        wait_list.add(patient=patient, type=desk.type, by=desk.user, therapists=[desk.therapist])
    url = reverse("scheduling:wait-list")
    at_desk.get(url)

    # session, user, the filters' choices (3), the count, the entries and what hangs on them (5)
    with django_assert_num_queries(11):
        assert len(at_desk.get(url).context["page_obj"]) == count


def test_cancelling_says_how_many_wait_for_such_a_time(at_desk, desk, entry):
    appointment = desk.book(starts_at=at(14))

    card = words(post(at_desk, "cancel", {"reason": "Ill"}, appointment.pk, headers=HTMX))

    assert "<strong>1</strong> person is waiting for such a time" in card
    assert (
        f"/wait-list/matches/?clinic={desk.clinic.pk}&amp;therapist={desk.therapist.pk}"
        f"&amp;date=2026-03-02&amp;time=14%3A00&amp;minutes=45&amp;but={desk.patient.pk}"
    ) in card


def test_a_past_appointment_that_was_missed_says_nothing_of_who_waits(at_desk, desk, entry):
    appointment = desk.book(starts_at=at(9))

    post(at_desk, "no-show", {}, appointment.pk)

    assert "waiting for such a time" not in words(at_desk.get(appointment.get_absolute_url()))


def test_a_free_time_picked_on_the_day_says_how_many_wait(at_desk, desk, entry):
    response = at_desk.get(reverse("scheduling:book"), freed(desk), headers=HTMX)

    assert "<strong>1</strong> person is waiting for such a time" in words(response)


def test_the_matches_are_shown_with_their_reasons(at_desk, desk, entry):
    text = words(at_desk.get(reverse("scheduling:wait-matches"), freed(desk)))

    assert "Lund, Ada" in text
    assert "fills the 45 minutes" in text
    assert "needs a ramp" in text
    assert reverse("scheduling:wait-book", args=[entry.pk]) in text


@pytest.mark.parametrize(
    "changes", [{"therapist": "0"}, {"date": "2026-02-30"}, {"time": ""}, {"minutes": "x"}]
)
def test_an_address_that_names_no_time_does_not_exist(at_desk, desk, changes):
    response = at_desk.get(reverse("scheduling:wait-matches"), freed(desk, **changes))

    assert response.status_code == 404


def test_one_press_books_and_the_panel_goes_on_to_the_card(at_desk, desk, entry):
    response = post(at_desk, "wait-book", freed(desk), entry.pk, headers=HTMX)

    booked = Appointment.objects.get()
    entry.refresh_from_db()
    assert (booked.patient, booked.starts_at, booked.minutes) == (entry.patient, at(14), 45)
    assert (entry.status, entry.appointment) == ("booked", booked)
    assert f'hx-get="/appointments/{booked.pk}/"' in words(response)
    assert told(response)["message"] == "Lund, Ada is booked, and waits no longer."


def test_a_time_that_was_taken_meanwhile_is_told_and_the_wait_goes_on(at_desk, desk, entry):
    desk.book(starts_at=at(14))

    response = post(at_desk, "wait-book", freed(desk), entry.pk, headers=HTMX)

    assert response.status_code == 409
    assert "Dana Reyes, PT has Okafor, Ada from 2:00 pm to 2:45 pm." in words(response)
    entry.refresh_from_db()
    assert entry.status == "waiting"


def test_what_one_press_cannot_answer_goes_on_in_the_booking_form(at_desk, desk, entry):
    CoverageFactory(
        patient=entry.patient, payer=PayerFactory(name="Providence", needs_authorization=True)
    )

    asked = words(post(at_desk, "wait-book", freed(desk), entry.pk, headers=HTMX))
    assert "Providence needs an authorization, and none covers March 2." in asked
    assert f"wait_list_entry={entry.pk}" in asked

    post(
        at_desk,
        "book",
        filled(
            desk,
            patient=entry.patient_id,
            wait_list_entry=entry.pk,
            over_budget_reason="Asked by fax",
        ),
    )
    entry.refresh_from_db()
    assert (entry.status, entry.appointment.over_budget_reason) == ("booked", "Asked by fax")


def test_booking_somebody_else_does_not_end_the_wait(at_desk, desk, entry):
    post(at_desk, "book", filled(desk, wait_list_entry=entry.pk))

    entry.refresh_from_db()
    assert (Appointment.objects.get().patient, entry.status) == (desk.patient, "waiting")


def test_a_taken_time_leads_to_the_wait_list(at_desk, desk):
    desk.book(starts_at=at(13), patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))

    text = words(post(at_desk, "book", filled(desk), headers=HTMX))

    wish = f"?type={desk.type.pk}&amp;therapist={desk.therapist.pk}"
    assert f'href="/patients/{desk.patient.pk}/wait-list/new/{wish}"' in text


def test_the_ticked_are_written_to_and_the_page_says_who_was_not(at_desk, desk, entry):
    caller = wait_list.add(
        patient=PatientFactory(clinic=desk.clinic, last_name="Caller", contact_by="phone"),
        type=desk.type,
        by=desk.user,
    )
    stranger = wait_list.add(
        patient=PatientFactory(clinic=ClinicFactory()), type=desk.type, by=desk.user
    )
    ticked = [entry.pk, caller.pk, stranger.pk, "x"]

    response = post(at_desk, "wait-offer", freed(desk, entry=ticked), headers=HTMX)

    assert "Offered to 1. Caller, Ada: The patient wants to be called by telephone." in words(
        response
    )
    assert [row.entry for row in WaitListOffer.objects.all()] == [entry]
    assert Message.objects.get().patient == entry.patient
    assert shown(at_desk, show="offered") == ["Lund"]
    assert "Waiting" in words(at_desk.get(entry.get_absolute_url()))


def test_who_opens_an_entry_is_written_down(at_desk, desk, entry):
    at_desk.get(entry.get_absolute_url())

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target_id, event.patient) == (
        "wait_list.viewed",
        entry.pk,
        entry.patient,
    )


def test_the_patients_page_shows_their_wait(at_desk, desk, entry):
    url = reverse("scheduling:patient-appointments", args=[entry.patient_id])

    assert f'href="/wait-list/{entry.pk}/"' in words(at_desk.get(url))
