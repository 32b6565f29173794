"""A group on the Day: one block, dragged whole; its members in the panel; a visit put back."""

import os
import re

import pytest
from playwright.sync_api import expect

from scheduling import booking
from scheduling.models import Appointment
from tests.browser.day_board import drag, notice, place, stands, visit
from tests.factories import AppointmentTypeFactory, EquipmentFactory, PatientFactory, at


@pytest.fixture
def balance(desk):
    return AppointmentTypeFactory(name="Balance group", minutes=60, capacity=4, tint="pink")


def members(desk, balance, *names):
    return [
        desk.book(
            appointment_type=balance,
            patient=PatientFactory(clinic=desk.clinic, last_name=name),
        )
        for name in names
    ]


def test_a_group_is_one_block_and_is_dragged_whole(open_day, desk, other, balance):
    rows = members(desk, balance, "Lund", "Okoye", "Reed")
    page = open_day()
    page.wait_for_selector(".visit")
    expect(page.locator(".ec-event.visit")).to_have_count(1)
    expect(visit(page, "Balance group 3/4")).to_be_visible()

    drag(page, place(page, "Reyes", 9), place(page, "Zhao", 11))

    notice(page, "Balance group 3/4 is moved.").to_be_visible()
    assert [stands(row) for row in rows] == [("11:00", 60, "Zhao")] * 3


def test_a_group_dragged_onto_a_members_other_visit_snaps_back(open_day, desk, other, balance):
    rows = members(desk, balance, "Lund", "Okoye")
    desk.book(patient=rows[1].patient, therapist=other, starts_at=at(13))
    page = open_day()
    page.wait_for_selector(".visit")

    drag(page, place(page, "Reyes", 9), place(page, "Reyes", 13))

    notice(page, "Okoye, Ada is with Kim Zhao, PT from 1:00 pm to 1:45 pm.").to_be_visible()
    expect(visit(page, "Balance group")).to_contain_text("9:00")
    assert [stands(row) for row in rows] == [("09:00", 60, "Reyes")] * 2


def test_a_patient_is_added_and_checked_in_from_the_groups_card(open_day, desk, balance):
    [row] = members(desk, balance, "Lund")
    PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Park")
    page = open_day()
    visit(page, "Balance group 1/4").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("1 of 4 places taken")

    panel.get_by_role("link", name="Add a patient").click()
    expect(panel.locator(".group-hint")).to_have_text("Joins the group, 1 of 4 places taken")
    page.locator("#id_patient_name").fill("park")
    page.get_by_role("option", name="Park, Bo").click()
    page.get_by_role("button", name="Book", exact=True).last.click()
    notice(page, "2 of 4 places are taken.").to_be_visible()

    visit(page, "Balance group 2/4").click()
    panel.get_by_role("button", name="Check in Lund, Ada").click()
    expect(panel.locator("li", has_text="Lund")).to_contain_text("Arrived")
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/group-panel.png")
    row.refresh_from_db()
    assert row.status == "arrived"


def test_the_whole_group_is_called_off_from_its_card(open_day, desk, balance):
    members(desk, balance, "Lund", "Okoye")
    page = open_day()
    visit(page, "Balance group 2/4").click()
    panel = page.locator("#panel")

    panel.get_by_text("Cancel the whole group").click()
    panel.get_by_label("Why is it cancelled?").fill("Snow")
    panel.get_by_role("button", name="Cancel 2 appointments").click()

    notice(page, "Balance group on Monday, March 2 at 9:00 am is cancelled.").to_be_visible()
    expect(panel).to_contain_text("Nobody is in this group any more")
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_cancelled_visit_is_put_back_from_its_card_or_says_what_took_its_place(open_day, desk):
    row = desk.book()
    booking.cancel(row, reason="Ill", by=desk.user)
    rival = desk.book(patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))
    page = open_day()
    page.locator("[data-day-view=list]").click()
    page.get_by_text("1 cancelled").last.click()
    page.locator(f"#row-{row.pk}").click()
    panel = page.locator("#panel")

    panel.get_by_role("button", name="Put back").click()
    expect(panel.locator("#refusal")).to_contain_text("Dana Reyes, PT has Lund, Ada from 9:00 am")
    booking.cancel(rival, reason="Ill", by=desk.user)
    panel.get_by_role("link", name="Back", exact=True).click()
    panel.get_by_role("button", name="Put back").click()

    notice(page, "Okafor, Ada is back on Monday, March 2 at 9:00 am.").to_be_visible()
    row.refresh_from_db()
    assert row.status == "booked"


def test_a_dragged_visit_keeps_its_equipment_and_the_form_shows_it(open_day, desk):
    piece = EquipmentFactory(clinic=desk.clinic, name="Treadmill 1")
    row = desk.book(equipment=[piece])
    page = open_day()
    page.wait_for_selector(".visit")

    drag(page, place(page, "Reyes", 9), place(page, "Reyes", 11))
    notice(page, "Okafor, Ada is moved.").to_be_visible()
    visit(page, "Okafor").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Treadmill 1")
    panel.get_by_role("link", name=re.compile("Move")).click()
    box = panel.get_by_label("Treadmill 1")
    expect(box).to_be_checked()
    box.uncheck()
    panel.get_by_role("button", name="Move", exact=True).last.click()

    notice(page, "is moved to Monday, March 2 at 11:00 am.").to_be_visible()
    assert (stands(row), row.equipment.count()) == (("11:00", 45, "Reyes"), 0)
