"""Moving by drag and by form: the new place, or what stands in the way of it."""

import pytest

from tests.factories import (
    AppointmentFactory,
    PatientFactory,
    RoomFactory,
    at,
)
from tests.scheduling.conftest import therapist_at
from tests.scheduling.forms import DRAG, HTMX, moved, post, told, words

pytestmark = pytest.mark.usefixtures("monday_morning")


def test_a_drag_moves_and_answers_with_the_new_version(at_desk, desk):
    row = desk.book()
    other, bay = therapist_at(desk.clinic), RoomFactory(clinic=desk.clinic)

    response = post(
        at_desk,
        "move",
        moved(desk, therapist=other.pk, minutes="60", room=bay.pk),
        row.pk,
        headers=DRAG,
    )

    row.refresh_from_db()
    assert (response.status_code, response.json()) == (200, {"version": 2})
    assert (row.starts_at, row.minutes, row.therapist, row.room) == (at(14), 60, other, bay)


def test_a_drag_onto_another_visit_is_409_and_names_it(at_desk, desk):
    row = desk.book()
    rival = desk.book(starts_at=at(14), patient=PatientFactory(clinic=desk.clinic))

    response = post(at_desk, "move", moved(desk), row.pk, headers=DRAG)

    assert response.status_code == 409
    assert response.json() == {
        "code": "slot_taken",
        "detail": "Dana Reyes, PT has Okafor, Ada from 2:00 pm to 2:45 pm.",
        "conflicts": [
            {
                "of": "therapist",
                "appointment": rival.pk,
                "starts_at": "2026-03-02T22:00:00+00:00",
                "ends_at": "2026-03-02T22:45:00+00:00",
                "detail": "Dana Reyes, PT has Okafor, Ada from 2:00 pm to 2:45 pm.",
            }
        ],
    }
    row.refresh_from_db()
    assert (row.starts_at, row.version) == (at(9), 1)


def test_a_drag_from_an_old_version_is_409_and_says_how_it_stands(at_desk, desk):
    row = desk.book()
    post(at_desk, "move", moved(desk, time="11:00"), row.pk, headers=DRAG)

    response = post(at_desk, "move", moved(desk, time="15:00"), row.pk, headers=DRAG)

    answer = response.json()
    assert (response.status_code, answer["code"]) == (409, "stale")
    assert answer["detail"] == (
        "You moved this in another window: it is now booked, Monday, March 2 at 11:00 am "
        "with Dana Reyes, PT."
    )
    assert (answer["current"]["version"], answer["current"]["starts_at"]) == (
        2,
        "2026-03-02T19:00:00+00:00",
    )


def test_a_drag_outside_hours_asks_and_is_made_anyway(at_desk, desk):
    row = desk.book()

    asked = post(at_desk, "move", moved(desk, time="18:00"), row.pk, headers=DRAG)
    done = post(at_desk, "move", moved(desk, time="18:00", anyway="true"), row.pk, headers=DRAG)

    assert (asked.status_code, asked.json()["code"]) == (409, "outside_hours")
    assert asked.json()["reasons"] == ["Dana Reyes, PT works 8:00 am to 5:00 pm that day."]
    assert (done.status_code, done.json()) == (200, {"version": 2})


def test_a_drag_of_what_has_begun_is_refused(at_desk, desk):
    row = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, status="in_session"
    )

    response = post(at_desk, "move", moved(desk), row.pk, headers=DRAG)

    assert response.status_code == 409
    assert response.json()["detail"] == "This appointment is in session; it cannot be moved."


def test_a_drag_that_makes_no_sense_says_what_is_wrong(at_desk, desk):
    row = desk.book()

    response = post(at_desk, "move", moved(desk, minutes="0"), row.pk, headers=DRAG)

    assert response.status_code == 422
    assert response.json()["detail"] == "An appointment lasts at least 5 minutes."


def test_the_form_moves_and_shows_the_card(at_desk, desk):
    row = desk.book()

    response = post(at_desk, "move", moved(desk), row.pk, headers=HTMX)

    assert response.status_code == 200
    assert told(response)["message"] == "Okafor, Ada is moved to Monday, March 2 at 2:00 pm."
    assert "2:00 pm – 2:45 pm" in words(response)


def test_the_form_tells_a_taken_slot_with_free_times(at_desk, desk):
    row = desk.book()
    desk.book(starts_at=at(14), patient=PatientFactory(clinic=desk.clinic))

    response = post(at_desk, "move", moved(desk), row.pk)

    assert response.status_code == 409
    assert "Dana Reyes, PT has Okafor, Ada from 2:00 pm to 2:45 pm." in words(response)
    assert ">2:45 pm<" in words(response)


def test_a_stale_form_shows_how_it_stands_and_a_second_press_decides(at_desk, desk):
    row = desk.book()
    post(at_desk, "move", moved(desk, time="11:00"), row.pk)

    stale = post(at_desk, "move", moved(desk, time="15:00"), row.pk)
    assert stale.status_code == 409
    assert "it is now booked, Monday, March 2 at 11:00 am" in words(stale)
    assert '<input type="hidden" name="version" value="2"' in words(stale)

    post(at_desk, "move", moved(desk, time="15:00", version="2"), row.pk)
    row.refresh_from_db()
    assert row.starts_at == at(15)
