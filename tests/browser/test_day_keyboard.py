"""Moving, lengthening and copying a visit without a mouse, and copying with one."""

import re

import pytest
from playwright.sync_api import expect

from scheduling.models import Appointment
from tests.browser.day_board import drag, notice, place, stands, stands_on, visit
from tests.factories import PatientFactory, RoomFactory, at


def keys(page, *names):
    for name in names:
        page.keyboard.press(name)


@pytest.fixture
def on_visit(open_day):
    """Opens the Day with the focus on Ada Okafor's visit."""

    def go(**options):
        page = open_day(**options)
        visit(page, "Okafor").focus()
        return page

    return go


def test_a_visit_is_moved_in_time_and_to_another_therapist(on_visit, desk, other):
    row = desk.book()
    page = on_visit()

    keys(page, "m", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "Enter")

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == ("09:15", 45, "Zhao")
    expect(visit(page, "Okafor")).to_be_focused()


def test_each_step_is_drawn_and_said_aloud(on_visit, desk, other):
    desk.book()
    page = on_visit()
    said = page.locator("#day-said")

    keys(page, "m")
    expect(said).to_contain_text("Moving Okafor, Ada.")
    keys(page, "ArrowDown")
    expect(said).to_have_text("9:15 am to 10:00 am, Dana Reyes")
    expect(page.locator(".is-draft")).to_contain_text("Move to 9:15 am")
    keys(page, "ArrowRight")
    expect(said).to_have_text("9:15 am to 10:00 am, Kim Zhao")


def test_shift_and_arrows_lengthen_and_shorten(on_visit, desk):
    row = desk.book()
    page = on_visit()

    keys(page, "m", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowUp", "Enter")

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == ("09:00", 60, "Reyes")


def test_escape_leaves_it_where_it_was(on_visit, desk):
    row = desk.book()
    page = on_visit()

    keys(page, "m", "ArrowDown", "Escape")

    expect(page.locator("#day-said")).to_have_text("Okafor, Ada stays where it was.")
    expect(page.locator(".is-draft")).to_have_count(0)
    expect(visit(page, "Okafor")).to_be_focused()
    assert stands(row) == ("09:00", 45, "Reyes")
    # The arrows turn the days again.
    keys(page, "ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday, March 3")


def test_put_back_where_it_was_nothing_is_sent(on_visit, desk):
    row = desk.book()
    page = on_visit()

    keys(page, "m", "ArrowDown", "ArrowUp", "Enter")

    expect(page.locator("#day-said")).to_have_text("Okafor, Ada stays where it was.")
    row.refresh_from_db()
    assert row.version == 1


def test_it_goes_no_further_than_the_columns(on_visit, desk):
    row = desk.book(starts_at=at(8))
    page = on_visit()

    keys(page, "m", *["ArrowUp"] * 9, "ArrowLeft", "Enter")
    expect(page.locator("#ask")).to_contain_text("works 8:00 am to 5:00 pm that day")
    page.locator("#ask").get_by_role("button", name="Move", exact=True).click()

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == ("07:00", 45, "Reyes")


def test_a_taken_time_is_refused_and_the_visit_stays(on_visit, desk):
    row = desk.book()
    desk.book(starts_at=at(10), patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))
    page = on_visit()

    keys(page, "m", "ArrowDown", "ArrowDown", "Enter")

    notice(page, "Dana Reyes, PT has Lund, Ada from 10:00 am to 10:45 am.").to_be_visible()
    assert stands(row) == ("09:00", 45, "Reyes")


def test_c_and_the_arrows_put_down_a_copy(on_visit, desk):
    row = desk.book()
    page = on_visit()

    keys(page, "c", *["ArrowDown"] * 8, "Enter")

    notice(page, "Okafor, Ada is copied.").to_be_visible()
    made = Appointment.objects.exclude(pk=row.pk).get()
    assert (stands(row), stands(made)) == (("09:00", 45, "Reyes"), ("11:00", 45, "Reyes"))


def test_dragged_with_alt_held_a_copy_is_made(open_day, desk, other):
    row = desk.book()
    page = open_day()
    start, end = place(page, "Reyes", 9), place(page, "Zhao", 13)

    page.keyboard.down("Alt")
    drag(page, start, end)
    page.keyboard.up("Alt")

    notice(page, "Okafor, Ada is copied.").to_be_visible()
    made = Appointment.objects.exclude(pk=row.pk).get()
    assert (stands(row), stands(made)) == (("09:00", 45, "Reyes"), ("13:00", 45, "Zhao"))
    expect(visit(page, "Okafor")).to_have_count(2)


def test_copy_on_the_card_is_put_down_on_another_day(open_day, desk):
    row = desk.book()
    page = open_day()
    visit(page, "Okafor").click()
    page.get_by_role("link", name="Copy").click()
    expect(page.locator("#day-held")).to_contain_text("Copy of Okafor, Ada")

    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, March 9")
    page.mouse.click(*place(page, "Reyes", 14))

    notice(page, "is copied.").to_be_visible()
    made = Appointment.objects.exclude(pk=row.pk).get()
    assert stands_on(made) == "2026-03-09 14:00"
    expect(page.locator("#day-held")).to_be_visible()  # for the next one
    page.keyboard.press("Escape")
    expect(page.locator("#day-held")).to_be_hidden()


def test_copy_on_a_phone_opens_the_form_filled_in(open_day, desk):
    desk.book()
    page = open_day()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.get_by_role("link", name="Okafor, Ada").click()

    page.get_by_role("link", name="Copy").click()

    expect(page.get_by_label("Date")).to_have_value("2026-03-09")
    expect(page.get_by_label("Time")).to_have_value("09:00")
    expect(page.locator("#id_patient_name")).to_have_value("Okafor, Ada")


def test_by_room_a_visit_dragged_across_changes_its_room(open_day, desk):
    bay = RoomFactory(clinic=desk.clinic, name="Bay 1")
    row = desk.book()
    page = open_day(query="?date=2026-03-02&by=room")

    drag(page, place(page, "No room", 9), place(page, "Bay 1", 9))

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    row.refresh_from_db()
    assert (row.room, row.starts_at, row.therapist) == (bay, at(9), desk.therapist)
    with page.expect_response(re.compile(r"/move/")) as answer:
        drag(page, place(page, "Bay 1", 9), place(page, "No room", 10))
    assert answer.value.ok
    row.refresh_from_db()
    assert (row.room, row.starts_at) == (None, at(10))


def test_by_room_a_click_books_in_that_room(open_day, desk):
    bay = RoomFactory(clinic=desk.clinic, name="Bay 1")
    page = open_day(query="?date=2026-03-02&by=room")

    page.mouse.click(*place(page, "Bay 1", 10))

    expect(page.locator("#panel").get_by_label("Room")).to_have_value(str(bay.pk))
    expect(page.get_by_label("Time")).to_have_value("10:00")


def test_the_keys_are_written_down(open_day, desk):
    page = open_day()

    page.locator(".day-keys summary").click()

    box = page.locator(".day-keys-box")
    for told in ("move it", "copy it", "15 minutes earlier, later", "shorter, longer"):
        expect(box).to_contain_text(told)
