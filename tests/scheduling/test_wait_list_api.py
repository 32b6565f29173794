"""The wait list over the API: put on it, changed, booked, withdrawn."""

import pytest

from tests.factories import at
from tests.scheduling.waiting import lund_waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def entry(desk):
    return lund_waits(desk)


def test_the_api_puts_on_the_list_changes_and_withdraws(api_as, desk):
    api = api_as(desk.user)
    url = "/api/v1/wait-list/"

    made = api.post(url, {"patient": desk.patient.pk, "type": desk.type.pk, "weekdays": [0, 2]})
    again = api.post(url, {"patient": desk.patient.pk, "type": desk.type.pk})
    pk = made.json()["id"]
    changed = api.patch(f"{url}{pk}/", {"priority": "urgent", "therapists": [desk.therapist.pk]})
    gone = api.post(f"{url}{pk}/withdraw/")

    assert (made.status_code, again.status_code) == (201, 400)
    assert (changed.json()["priority"], changed.json()["therapists"]) == (
        "urgent",
        [desk.therapist.pk],
    )
    assert (gone.json()["status"], gone.json()["is_offered"]) == ("withdrawn", False)
    assert api.patch(f"{url}{pk}/", {"remark": "x"}).json()["code"] == "not_waiting"


def test_the_api_books_for_who_waits_and_tells_a_taken_time(api_as, desk, entry):
    api = api_as(desk.user)
    asked = {
        "therapist": desk.therapist.pk,
        "clinic": desk.clinic.pk,
        "starts_at": at(14).isoformat(),
    }
    desk.book(starts_at=at(14))

    taken = api.post(f"/api/v1/wait-list/{entry.pk}/book/", asked)
    booked = api.post(
        f"/api/v1/wait-list/{entry.pk}/book/", asked | {"starts_at": at(15).isoformat()}
    )

    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    assert (booked.status_code, booked.json()["patient"]) == (201, entry.patient_id)
    entry.refresh_from_db()
    assert entry.status == "booked"
