"""What the worst can take: a server that restarts, two tabs that crash."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from documentation import drafts
from documentation.models import Draft, ServiceTimer, TimedEntry
from tests.browser.session_ward import (
    SAVED,
    Ward,
    add,
    card,
    is_saved,
    note_field,
    open_session,
    status,
)


@pytest.fixture
def ward(db):
    return Ward()


class Gate:
    """What stands between the browser and the server: shut, every connection breaks and no new one
    is taken, as while a server restarts."""

    def __init__(self, server):
        self.server = server
        with socket.socket() as found:
            found.bind(("localhost", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.open()

    def open(self):
        self.sockets = []
        self.door = socket.create_server(("localhost", self.port))
        threading.Thread(target=self.take, args=[self.door], daemon=True).start()

    def shut(self):
        for each in (self.door, *self.sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def take(self, door):
        with contextlib.suppress(OSError):
            while True:
                here, _ = door.accept()
                there = socket.create_connection((self.server.hostname, self.server.port))
                self.sockets += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self.pour, args=pair, daemon=True).start()

    @staticmethod
    def pour(source, sink):
        with contextlib.suppress(OSError):
            while heard := source.recv(65_536):
                sink.sendall(heard)
            sink.shutdown(socket.SHUT_WR)


def test_a_server_that_restarts_is_told_all_that_happened_meanwhile(
    ward, browser, live_server, sign_in
):
    gate = Gate(urlsplit(live_server.url))
    context = browser.new_context(base_url=gate.url)
    page = context.new_page()
    sign_in(page, ward.therapist.user)
    open_session(page, ward)
    note_field(page, "Subjective").fill("Slept well")
    is_saved(page)
    gate.shut()
    note_field(page, "Plan").fill("Go on to foam")
    add(page, "97110").locator("[data-timer]").click()
    expect(status(page)).to_contain_text("kept on this device")
    waits = page.evaluate(
        "Object.keys(localStorage).filter((key) => /^pt-(draft|timers)-/.test(key))"
    )

    gate.open()
    expect(page.locator("html")).to_have_attribute("data-timers", "told")
    expect(status(page)).to_have_text(SAVED)
    context.close()
    gate.shut()

    assert len(waits) == 2  # the words, and the press of the timer
    typed = ward.typed()["note"]
    assert (typed["subjective"], typed["plan"]) == ("Slept well", "Go on to foam")
    assert ServiceTimer.objects.running().get().code_id == "97110"


def test_two_tabs_that_crash_are_both_put_back(ward, browser_page, sign_in):
    sign_in(browser_page, ward.therapist.user)
    first = open_session(browser_page, ward)
    second = open_session(first.context.new_page(), ward)
    down = [True]
    first.context.route("**/draft/", lambda route: route.abort() if down else route.continue_())
    note_field(first, "Plan").fill("Go on to foam")
    note_field(second, "Objective").fill("Tandem 22 s")
    for tab in (first, second):
        expect(status(tab)).to_contain_text("kept on this device")
        with contextlib.suppress(Error):
            tab.goto("chrome://crash")
    down.clear()

    again = open_session_with_question(first.context.new_page(), ward)

    is_saved(again)
    typed = ward.typed()["note"]
    assert (typed["plan"], typed["objective"]) == ("Go on to foam", "Tandem 22 s")
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.includes('draft'))") == []


def open_session_with_question(page, ward):
    """The second tab's words meet the first one's: both are kept where they do not meet."""
    page.goto(ward.url)
    dialog = page.get_by_role("dialog", name="This visit was changed elsewhere")
    expect(dialog.get_by_role("group", name="Plan")).to_contain_text("Go on to foam")
    expect(dialog.get_by_role("group", name="Objective")).to_contain_text("Tandem 22 s")
    dialog.get_by_role("button", name="Use what is marked").click()
    page.locator("html[data-session=ready]").wait_for()
    return page


def test_a_stale_save_shows_every_part_of_the_page_also_those_of_other_cards(
    ward, browser_page, sign_in
):
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    drafts.save_draft(
        visit=ward.visit,
        content={
            "note": {"plan": "Theirs"},
            "entries": [],
            "elsewhere": {"pain": 4, "side": "left"},
        },
        base_version=0,
        by=ward.therapist.user,
    )

    note_field(page, "Plan").fill("Mine")
    dialog = page.get_by_role("dialog", name="This visit was changed elsewhere")
    expect(dialog.get_by_role("group", name="Elsewhere")).to_contain_text("Pain: 4, Side: left")
    dialog.get_by_role("button", name="Use what is marked").click()
    is_saved(page)

    content = Draft.objects.get().content
    assert (content["note"]["plan"], content["elsewhere"]) == ("Mine", {"pain": 4, "side": "left"})


def test_minutes_a_timer_wrote_from_another_device_are_no_question(ward, browser_page, sign_in):
    sign_in(browser_page, ward.therapist.user)
    page = open_session(browser_page, ward)
    add(page, "97110")
    is_saved(page)
    content = ward.typed()
    [row] = content["entries"]
    with page.expect_response("**/timers/"):
        card(page, "97110").locator("[data-timer]").click()
    drafts.save_draft(
        visit=ward.visit,
        content=content | {"entries": [row | {"minutes": 14}]},
        base_version=Draft.objects.get().version,
        by=ward.therapist.user,
    )

    note_field(page, "Plan").fill("Go on")
    expect(card(page, "97110").locator(".minutes-input")).to_have_value("14")
    is_saved(page)

    assert TimedEntry.objects.get().minutes == 14
    assert ward.typed()["note"]["plan"] == "Go on"
