"""A group on Day and Week: one block for all who are in it, moved as one."""

import pytest
from django.urls import reverse

from scheduling import booking, day, week
from scheduling.models import Group
from tests.factories import MONDAY, AppointmentTypeFactory, PatientFactory, at


@pytest.fixture
def group(desk):
    """Balance group at nine: Abel and Bose, of six places."""
    kind = AppointmentTypeFactory(name="Balance group", capacity=6)
    for name in ("Abel", "Bose"):
        desk.book(appointment_type=kind, patient=PatientFactory(clinic=desk.clinic, last_name=name))
    return Group.objects.get()


def cards_of(desk):
    sheet = day.lay_out(clinic=desk.clinic, date=MONDAY, user=desk.user)
    return day.for_calendar(sheet, may_book=True)["appointments"]


def test_a_group_is_one_block_with_its_places_and_names(desk, group):
    alone = desk.book(starts_at=at(11))

    block, single = cards_of(desk)

    assert (block["id"], block["patient"]) == (f"group-{group.pk}", "Balance group 2/6")
    assert (block["names"], block["url"]) == ("Abel, Ada, Bose, Ada", f"/groups/{group.pk}/")
    assert (block["version"], block["canMove"]) == (group.version, True)
    assert single["id"] == alone.pk


def test_the_week_shows_the_same_block(desk, group):
    sheet = week.lay_out(therapist=desk.therapist, date=MONDAY, clinic=desk.clinic, user=desk.user)

    [block] = week.for_calendar(sheet, may_book=True)["appointments"]

    assert (block["id"], block["patient"]) == (f"group-{group.pk}", "Balance group 2/6")


def test_who_was_cancelled_is_not_counted_and_who_arrived_is_told(desk, group):
    first, second = group.members.order_by("pk")
    desk.book(appointment_type=group.type, patient=PatientFactory(clinic=desk.clinic))
    booking.cancel(first, reason="ill", by=desk.user)
    booking.check_in(second, by=desk.user)

    [block] = cards_of(desk)

    assert (block["patient"], block["statusLabel"]) == ("Balance group 2/6", "1 arrived")


def test_the_list_still_has_a_line_for_each_of_them(at_desk, desk, group):
    page = at_desk.get(reverse("scheduling:day"), {"date": MONDAY.isoformat()})

    assert page.content.decode().count('class="row-link"') == 2


def test_a_dragged_block_takes_everybody_along(at_desk, desk, group):
    [block] = cards_of(desk)

    response = at_desk.post(
        f"{block['url']}move/",
        {
            "date": MONDAY.isoformat(),
            "time": "10:00",
            "minutes": block["minutes"],
            "therapist": block["therapist"],
            "room": block["room"] or "",
            "version": block["version"],
        },
        headers={"Accept": "application/json"},
    )

    assert response.status_code == 200
    assert {row.starts_at for row in group.members.all()} == {at(10)}
    assert cards_of(desk)[0]["version"] == response.json()["version"]
