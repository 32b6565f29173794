"""Timers in a real browser: the server keeps them, every tab shows them, no net loses them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from documentation import timers
from documentation.models import ServiceTimer, TimedEntry
from tests.browser.session_ward import Ward, add, all_told, card, is_saved, open_session
from tests.factories import EpisodeFactory, NoteFactory, PatientFactory, VisitFactory

RUNS = re.compile(r"^\d+:\d\d(:\d\d)?$")


@pytest.fixture
def ward(db):
    return Ward()


@pytest.fixture
def opened(ward, browser_page, sign_in):
    sign_in(browser_page, ward.therapist.user)
    return open_session(browser_page, ward)


def timer_of(page, code):
    return card(page, code).locator("[data-timer]")


def face_of(page, code):
    return timer_of(page, code).locator(".timer-face")


def told(page):
    """Waits for the server's answer to the next event."""
    return page.expect_response(
        lambda response: response.url.endswith("/timers/") and response.request.method == "POST"
    )


def ran_for(minutes):
    """The running timer began that much earlier: the tests do not wait for minutes to pass."""
    table = "documentation_servicetimer"
    earlier = f"UPDATE {table} SET started_at = started_at - %s * interval '1 minute'"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER service_timers_stay")
        cursor.execute(earlier, [minutes])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER service_timers_stay")


def test_a_closed_tab_loses_no_timer_and_the_stop_fills_the_minutes(opened, ward):
    add(opened, "97110")
    with told(opened):
        timer_of(opened, "97110").click()
    expect(face_of(opened, "97110")).to_have_text(RUNS)
    opened.close()
    ran_for(12)

    again = open_session(opened.context.new_page(), ward)
    expect(face_of(again, "97110")).to_have_text(re.compile(r"^1[23]:\d\d$"))
    with told(again):
        again.locator("#bar-timer").click()
    expect(card(again, "97110").locator(".minutes-input")).to_have_value(re.compile("^1[23]$"))
    is_saved(again)

    assert TimedEntry.objects.get().minutes in (12, 13)
    assert ServiceTimer.objects.running().count() == 0


def test_two_tabs_agree_which_timer_runs(opened, ward):
    add(opened, "97110")
    is_saved(opened)
    other = open_session(opened.context.new_page(), ward)

    with told(opened):
        timer_of(opened, "97110").click()
    expect(face_of(other, "97110")).to_have_text(RUNS)
    ran_for(10)
    with told(other):
        timer_of(other, "97110").click()

    expect(face_of(opened, "97110")).to_have_text("Start")
    is_saved(other)
    assert ServiceTimer.objects.get().stopped_at is not None


def test_without_a_net_presses_keep_their_own_time_and_are_told_later(opened, ward):
    add(opened, "97110")
    add(opened, "97112")
    is_saved(opened)
    opened.clock.install()
    opened.context.set_offline(True)
    timer_of(opened, "97110").click()
    opened.clock.fast_forward("10:20")
    timer_of(opened, "97112").click()  # stops the first
    opened.clock.fast_forward("05:40")
    timer_of(opened, "97112").click()
    expect(card(opened, "97110").locator(".minutes-input")).to_have_value("10")
    expect(card(opened, "97112").locator(".minutes-input")).to_have_value("5")
    assert ServiceTimer.objects.count() == 0

    opened.context.set_offline(False)
    # Only the server says from when to when.
    for code in ("97110", "97112"):
        expect(card(opened, code).locator(".timer-ran")).to_have_text(re.compile("^Timed "))
    expect(opened.locator("html")).to_have_attribute("data-timers", "told")

    lengths = {
        timer.code_id: round((timer.stopped_at - timer.started_at).total_seconds() / 60)
        for timer in ServiceTimer.objects.all()
    }
    assert lengths == {"97110": 10, "97112": 6}


def test_minutes_with_another_patient_are_refused_by_name_and_the_group_is_one_press_away(
    opened, ward
):
    episode = EpisodeFactory(
        patient=PatientFactory(clinic=ward.clinic, first_name="Iris", last_name="Vance"),
        therapist=ward.therapist,
    )
    other = VisitFactory(episode=episode, date_of_service=ward.today)
    NoteFactory(visit=other)
    timers.start(
        visit=other,
        entry="0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001",
        code="97110",
        by=ward.therapist.user,
    )
    add(opened, "97112")

    with told(opened):
        timer_of(opened, "97112").click()

    notices = opened.locator("#session-notices")
    expect(notices).to_contain_text("Vance (97110) have been running since")
    expect(face_of(opened, "97112")).to_have_text("Start")
    notices.get_by_role("button", name="Log 97150 here").click()
    with told(opened):
        timer_of(opened, "97150").click()
    expect(face_of(opened, "97150")).to_have_text(RUNS)
    all_told(opened)

    assert (
        ServiceTimer.objects.running().values_list("code", flat=True).order_by("code").count() == 2
    )


def test_a_forgotten_timer_is_pointed_out_and_stopped_at_its_time(opened, ward):
    add(opened, "97110")
    with told(opened):
        timer_of(opened, "97110").click()
    is_saved(opened)
    timer = ServiceTimer.objects.get()
    ran_for(100)
    opened.reload()
    opened.locator("html[data-session=ready]").wait_for()

    late = card(opened, "97110").locator(".timer-late")
    expect(late).to_contain_text("Forgotten? It ended at")
    started = timezone.localtime(timer.started_at, ward.clinic.zone) - dt.timedelta(minutes=100)
    if started.date() == ward.today and (started + dt.timedelta(minutes=20)).date() == ward.today:
        ended = started + dt.timedelta(minutes=20, seconds=59)
        late.get_by_label("Forgotten? It ended at").fill(f"{ended:%H:%M}")
        late.get_by_role("button", name="Stop it then").click()
        expect(card(opened, "97110").locator(".minutes-input")).to_have_value(
            re.compile("^(19|20)$")
        )
