"""Two desks at once: each sees what the other does within seconds, and neither is disturbed."""

import pytest
from playwright.sync_api import expect

from scheduling import booking
from tests.browser.day_board import notice, place, stands, visit
from tests.factories import PatientFactory, UserFactory, at


@pytest.fixture
def second_desk(browser, live_server, sign_in, desk):
    """Another browser, in which Kim Lee of the same desk looks at the same day."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 1250}, reduced_motion="reduce"
    )
    page = context.new_page()
    kim = UserFactory(first_name="Kim", last_name="Lee", clinics=[desk.clinic])
    sign_in(page, kim)
    page.goto("/day/?date=2026-03-02")
    page.wait_for_selector(".column-name")
    yield page
    context.close()


def test_what_one_desk_moves_the_other_sees(open_day, second_desk, desk):
    desk.book()
    page = open_day()
    expect(visit(second_desk, "Okafor")).to_contain_text("9:00")

    visit(page, "Okafor").focus()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)

    expect(visit(second_desk, "Okafor")).to_contain_text("9:15")


def test_while_nothing_changes_no_sheet_is_fetched(open_day, desk):
    desk.book()
    page = open_day()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    with page.expect_response(lambda answer: "/calendar/mark/" in answer.url) as mark:
        pass
    page.wait_for_timeout(500)

    assert mark.value.status == 304
    assert [url for url in asked if "/day/" in url] == []


def test_the_focus_stays_on_a_visit_when_news_comes(open_day, desk):
    desk.book()
    page = open_day()
    visit(page, "Okafor").focus()

    desk.book(starts_at=at(14), patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))

    expect(visit(page, "Lund")).to_be_visible()
    expect(visit(page, "Okafor")).to_be_focused()


def test_a_form_that_is_being_filled_in_is_not_touched(open_day, desk):
    page = open_day()
    page.keyboard.press("n")
    page.locator("#id_patient_name").fill("Featherst")

    desk.book(starts_at=at(14), patient=PatientFactory(clinic=desk.clinic, last_name="Lund"))

    expect(visit(page, "Lund")).to_be_visible()
    expect(page.locator("#id_patient_name")).to_have_value("Featherst")
    expect(page.locator("#id_patient_name")).to_be_focused()


def test_a_visit_in_the_hand_is_not_drawn_away_and_news_comes_after(open_day, desk, other):
    row = desk.book()
    page = open_day()
    start = place(page, "Reyes", 9)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0], start[1] + 60, steps=5)

    desk.book(
        therapist=other,
        starts_at=at(14),
        patient=PatientFactory(clinic=desk.clinic, last_name="Lund"),
    )
    page.wait_for_timeout(4000)
    expect(visit(page, "Lund")).to_have_count(0)
    page.mouse.move(*place(page, "Zhao", 11), steps=5)
    page.mouse.up()

    notice(page, "Okafor, Ada is moved.").to_be_visible()
    expect(visit(page, "Lund")).to_be_visible()
    assert stands(row) == ("11:00", 45, "Zhao")


def test_a_drag_that_came_too_late_snaps_back_and_says_who_was_faster(open_day, desk, other):
    row = desk.book()
    page = open_day()
    start = place(page, "Reyes", 9)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0], start[1] + 60, steps=5)
    kim = UserFactory(first_name="Kim", last_name="Lee", clinics=[desk.clinic])
    desk.book(
        therapist=other,
        starts_at=at(11),
        patient=PatientFactory(clinic=desk.clinic, last_name="Lund"),
        by=kim,
    )

    page.mouse.move(*place(page, "Zhao", 11), steps=5)
    page.mouse.up()

    notice(
        page,
        "Kim Zhao, PT has Lund, Ada from 11:00 am to 11:45 am. Kim Lee booked it just now.",
    ).to_be_visible()
    expect(visit(page, "Okafor")).to_contain_text("9:00")
    expect(visit(page, "Lund")).to_be_visible()
    assert stands(row) == ("09:00", 45, "Reyes")


def test_a_drag_of_what_a_colleague_moved_goes_where_they_put_it(open_day, desk, other):
    row = desk.book()
    page = open_day()
    start = place(page, "Reyes", 9)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0], start[1] + 60, steps=5)
    kim = UserFactory(first_name="Kim", last_name="Lee", clinics=[desk.clinic])
    booking.move(appointment=row, version=1, starts_at=at(14), by=kim)

    page.mouse.move(*place(page, "Zhao", 11), steps=5)
    page.mouse.up()

    notice(page, "Kim Lee moved this meanwhile: it is now booked").to_be_visible()
    expect(visit(page, "Okafor")).to_contain_text("2:00")
    assert stands(row) == ("14:00", 45, "Reyes")
