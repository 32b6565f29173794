"""The Day with mouse, keyboard and thumb: what is dragged there stays there, or comes back."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from people.models import Role
from scheduling import booking
from scheduling.models import Appointment
from tests.browser.day_board import DAY, PORTLAND, drag, notice, place, stands, visit
from tests.factories import PatientFactory, UserFactory, at


def test_a_visit_dragged_to_another_therapist_is_theirs(open_day, desk, other):
    row = desk.book()
    page = open_day()

    drag(page, place(page, "Reyes", 9), place(page, "Zhao", 11, 30))

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == ("11:30", 45, "Zhao")
    expect(visit(page, "Okafor, Ada")).to_contain_text("11:30")


def test_a_visit_pulled_at_its_end_lasts_longer(open_day, desk):
    row = desk.book()
    page = open_day()
    page.wait_for_selector(".visit")
    box = page.locator(".visit").bounding_box()
    edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)

    page.mouse.move(*edge)
    page.mouse.down()
    page.mouse.move(edge[0], edge[1] + 30, steps=8)
    page.mouse.up()

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == ("09:00", 75, "Reyes")


def test_a_visit_dragged_onto_another_snaps_back_and_says_who_is_there(open_day, desk, other):
    row = desk.book()
    desk.book(
        therapist=other, patient=PatientFactory(clinic=desk.clinic, last_name="Lund"),
        starts_at=at(11),
    )  # fmt: skip
    page = open_day()
    page.wait_for_selector(".visit")
    before = visit(page, "Okafor").bounding_box()

    drag(page, place(page, "Reyes", 9), place(page, "Zhao", 10, 30))

    notice(page, "Kim Zhao, PT has Lund, Ada from 11:00 am to 11:45 am.").to_be_visible()
    expect(visit(page, "Okafor")).to_contain_text("9:00")
    assert visit(page, "Okafor").bounding_box()["x"] == before["x"]
    assert stands(row) == ("09:00", 45, "Reyes")


def test_a_visit_that_somebody_else_moved_meanwhile_goes_where_they_put_it(open_day, desk, other):
    row = desk.book()
    page = open_day()
    page.wait_for_selector(".visit")
    booking.move(
        appointment=row, version=1, starts_at=at(14), by=UserFactory(last_name="Otherdesk")
    )

    drag(page, place(page, "Reyes", 9), place(page, "Zhao", 11))

    notice(page, "Sam Otherdesk moved this meanwhile").to_be_visible()
    expect(visit(page, "Okafor")).to_contain_text("2:00")
    assert stands(row) == ("14:00", 45, "Reyes")


@pytest.mark.parametrize(
    ("answer", "then"), [("Move", ("17:30", 45, "Reyes")), ("Cancel", ("09:00", 45, "Reyes"))]
)
def test_dragged_past_the_working_hours_the_desk_is_asked(open_day, desk, answer, then):
    row = desk.book()
    page = open_day()

    page.wait_for_selector(".visit")
    drag(page, place(page, "Reyes", 9), place(page, "Reyes", 17, 30))
    expect(page.locator("#ask")).to_contain_text("works 8:00 am to 5:00 pm that day")
    page.locator("#ask").get_by_role("button", name=answer, exact=True).click()

    expect(visit(page, "Okafor")).to_contain_text("5:30" if answer == "Move" else "9:00")
    if answer == "Move":
        notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == then


def test_a_browser_in_another_time_zone_moves_on_the_clinics_clock(
    browser, live_server, open_day, desk, other
):
    row = desk.book()
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    page = open_day(context.new_page())
    expect(visit(page, "Okafor")).to_contain_text("9:00")

    drag(page, place(page, "Reyes", 9), place(page, "Zhao", 11, 30))

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    assert stands(row) == ("11:30", 45, "Zhao")
    context.close()


def test_a_click_into_a_column_books_there_with_a_patient_alone(open_day, desk, other):
    desk.book()  # makes follow-up the usual type
    patient = PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Lund")
    page = open_day()

    page.mouse.click(*place(page, "Zhao", 10, 15))
    page.locator("#id_patient_name").fill("lun")
    page.get_by_role("option", name="Lund, Bo").click()
    page.get_by_role("button", name="Book", exact=True).last.click()

    notice(page, "Lund, Bo is booked for Monday, March 2 at 10:15 am.").to_be_visible()
    expect(page.locator("#panel")).to_be_hidden()
    assert stands(Appointment.objects.get(patient=patient)) == ("10:15", 45, "Zhao")
    expect(visit(page, "Lund, Bo")).to_be_visible()


def test_a_booking_by_keyboard_alone(open_day, desk):
    desk.book()
    patient = PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Lund")
    page = open_day()

    page.keyboard.press("n")
    expect(page.locator("#id_patient_name")).to_be_focused()
    page.keyboard.type("lund")
    page.get_by_role("option", name="Lund, Bo").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # from the type to the date: month, day, year, its picker
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.type("0130PM")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the time's picker, to the therapist
    page.keyboard.type("Dana")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    notice(page, "Lund, Bo is booked for Monday, March 2 at 1:30 pm.").to_be_visible()
    assert stands(Appointment.objects.get(patient=patient)) == ("13:30", 45, "Reyes")


def test_a_taken_time_is_changed_for_a_free_one_with_one_press(open_day, desk):
    desk.book()
    patient = PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Lund")
    page = open_day(query=f"{DAY}&clinic={desk.clinic.pk}")
    page.keyboard.press("n")
    page.locator("#id_patient_name").fill("lund")
    page.get_by_role("option", name="Lund, Bo").click()
    page.get_by_label("Time").fill("09:15")
    page.locator("#panel").get_by_label("Therapist").select_option(label="Dana Reyes, PT")
    page.get_by_role("button", name="Book", exact=True).last.click()

    expect(page.locator("#refusal")).to_contain_text(
        "Dana Reyes, PT has Okafor, Ada from 9:00 am to 9:45 am."
    )
    expect(page.locator("#refusal")).to_be_focused()
    page.get_by_role("button", name="9:45 am", exact=True).click()

    notice(page, "Lund, Bo is booked for Monday, March 2 at 9:45 am.").to_be_visible()
    assert stands(Appointment.objects.get(patient=patient)) == ("09:45", 45, "Reyes")


def test_a_visit_is_opened_confirmed_moved_and_cancelled_in_the_panel(open_day, desk):
    row = desk.book()
    page = open_day()

    visit(page, "Okafor").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ada Okafor")).to_be_focused()
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#card")).to_contain_text("Confirmed")
    expect(visit(page, "Okafor")).to_contain_text("Confirmed")

    page.get_by_role("link", name="Move").click()
    page.get_by_label("Time").fill("15:00")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#card")).to_contain_text("3:00 pm – 3:45 pm")

    page.get_by_text("Cancel this appointment").click()
    page.get_by_label("Why is it cancelled?").fill("Ill")
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator("#card")).to_contain_text("Cancelled")
    expect(visit(page, "Okafor")).to_have_count(0)

    row.refresh_from_db()
    assert (row.status, row.cancel_reason) == ("cancelled", "Ill")


def test_escape_closes_the_panel_and_returns_to_the_visit(open_day, desk):
    desk.book()
    page = open_day()
    visit(page, "Okafor").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ada Okafor").wait_for()

    page.keyboard.press("Escape")

    expect(page.locator("#panel")).to_be_hidden()
    expect(visit(page, "Okafor")).to_be_focused()


def test_the_arrows_and_t_turn_the_days(open_day, desk):
    page = open_day()
    title = page.get_by_role("heading", level=1)

    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Tuesday, March 3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("Sunday, March 1")
    assert "date=2026-03-01" in page.url
    page.keyboard.press("t")
    today = dt.datetime.now(PORTLAND)
    expect(title).to_have_text(f"{today:%A}, {today:%B} {today.day}")


def test_the_keys_can_be_turned_off(open_day, desk):
    page = open_day()
    page.locator(".day-keys summary").click()
    page.get_by_label("These keys are on").uncheck()
    page.locator(".day-keys summary").click()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")

    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, March 2")
    expect(page.locator("#panel")).to_be_hidden()


def test_what_others_book_appears_by_itself(open_day, desk):
    page = open_day()
    page.wait_for_selector(".column-name")
    desk.book()

    with page.expect_request(
        lambda request: request.headers.get("x-background") == "1" and "/day/" in request.url
    ):
        page.evaluate(
            "document.getElementById('day-poll').dispatchEvent(new CustomEvent('day-poll'))"
        )

    expect(visit(page, "Okafor, Ada")).to_be_visible()


def test_on_a_phone_the_day_is_a_list_with_the_next_step_on_each_line(open_day, desk):
    row = desk.book()
    page = open_day()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()

    expect(page.locator("#calendar")).to_be_hidden()
    page.get_by_role("button", name="Check in Okafor, Ada").click()

    notice(page, "Okafor, Ada is checked in.").to_be_visible()
    expect(page.locator(".day-row")).to_contain_text("Arrived")
    row.refresh_from_db()
    assert row.status == "arrived"


def test_without_a_script_the_day_is_a_list_and_a_booking_is_a_form(
    browser, live_server, sign_in, desk
):
    desk.book()
    PatientFactory(clinic=desk.clinic, first_name="Bo", last_name="Lund")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, desk.user)

    page.goto(reverse("scheduling:day") + DAY)
    expect(page.get_by_role("link", name="Okafor, Ada")).to_be_visible()
    page.get_by_role("link", name="Book", exact=True).click()
    page.locator("#id_patient_name").fill("lund")
    page.get_by_label("Time").fill("14:00")
    page.get_by_label("Therapist").select_option(label="Dana Reyes, PT")
    page.get_by_role("button", name="Book", exact=True).click()

    expect(page.get_by_role("heading", name="Bo Lund")).to_be_visible()
    expect(page.get_by_text("2:00 pm – 2:45 pm")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_axe_finds_nothing_on_the_day(open_day, axe, desk, other, width, theme):
    row = desk.book()
    booking.check_in(row, by=desk.user)
    done = desk.book(starts_at=at(8), patient=PatientFactory(clinic=desk.clinic))
    booking.no_show(done, by=desk.user)
    page = open_day()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    page.wait_for_selector(".visit" if width > 400 else ".day-row")

    assert axe(page, "main") == []

    page.locator("#day-book").click()
    page.wait_for_selector("[data-book-form]")
    assert axe(page, "main") == []
    page.keyboard.press("Escape")
    page.locator("[data-open]:visible, .visit-button:visible").first.click()
    page.wait_for_selector("#card")
    assert axe(page, "main") == []


def test_axe_finds_nothing_on_the_pages_around_the_day(browser_page, sign_in, axe, desk):
    row = desk.book()
    sign_in(browser_page, UserFactory(roles=[Role.OWNER]))
    names = "types type-new rooms room-new hours closures closure-new book"
    pages = [reverse(f"scheduling:{name}") for name in names.split()]
    pages += [
        reverse("scheduling:patient-appointments", args=[desk.patient.pk]),
        reverse("scheduling:hours-edit", args=[desk.clinic.pk, desk.therapist.pk]),
        row.get_absolute_url(),
        reverse("scheduling:move", args=[row.pk]),
        reverse("scheduling:cancel", args=[row.pk]),
    ]

    found = {}
    for page in pages:
        browser_page.goto(page)
        found[page] = axe(browser_page, "main")

    assert found == {page: [] for page in pages}
