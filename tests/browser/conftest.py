"""A Chromium for tests: pages, signed-in pages, and axe over them.

Skipped by name where there is no Chromium. Playwright's synchronous face keeps an event loop
running in the test's thread, which Django takes for asynchronous code; the tests below are not.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from people.models import Therapist
from tests.browser.day_board import ALL_HOURS, DAY
from tests.scheduling.conftest import Desk, open_desk, therapist_at

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
SLOWEST = 20_000  # ms until a page counts as broken: a busy machine is no failure
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser, and skips it where there is none."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))  # docs/decisions/0050
            item.add_marker(pytest.mark.django_db(transaction=True))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    loaded_by_migrations = connection._test_serialized_contents
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        expect.set_options(timeout=SLOWEST)
        # In a running event loop Django hands out another connection, which knows nothing of it.
        connection._test_serialized_contents = loaded_by_migrations
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def answering() -> Iterator[set[int]]:
    """The threads of the live server that are answering a request at this moment."""
    at_work: set[int] = set()

    def begun(**kwargs: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            at_work.add(threading.get_ident())

    def ended(**kwargs: Any) -> None:
        at_work.discard(threading.get_ident())

    request_started.connect(begun)
    request_finished.connect(ended)
    yield at_work
    request_started.disconnect(begun)
    request_finished.disconnect(ended)


@pytest.fixture(autouse=True)
def answers_end_first(transactional_db: None, answering: set[int]) -> Iterator[None]:
    """A page that was closed may still be answered; emptying the tables meanwhile is a deadlock."""
    yield
    patience = time.monotonic() + 10
    while answering and time.monotonic() < patience:
        time.sleep(0.02)


@pytest.fixture
def browser_context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
        timezone_id="America/Los_Angeles",
    )
    context.set_default_timeout(SLOWEST)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page whose script errors and refused resources fail the test."""
    page = browser_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(message.text)
            if message.type == "error" and "Content Security Policy" in message.text
            else None
        ),
    )
    yield page
    assert problems == []


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    """`sign_in(page, user)`: the page's browser is this person from now on, without the form."""

    def as_user(page: Page, user: Any) -> None:
        client = Client()
        client.force_login(user)
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )

    return as_user


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page)`: what WCAG 2.2 AA (and axe's best practice) finds wrong, a sentence each."""

    def check(page: Page, within: str = "html") -> list[str]:
        with contextlib.suppress(Error):  # a page that polls never rests; what stands is checked
            page.wait_for_load_state("networkidle", timeout=5_000)
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "([within, tags]) => axe.run(within, {runOnly: {type: 'tag', values: tags},"
            " resultTypes: ['violations'], iframes: false})",
            [within, WCAG_22_AA],
        )
        return [
            f"{violation['id']}: {violation['help']} at {node['target'][0]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return check


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    """A clinic on a Monday, with somebody at its desk."""
    return open_desk()


@pytest.fixture
def other(desk: Desk) -> Therapist:
    """A second therapist of that clinic."""
    return therapist_at(
        desk.clinic, user__first_name="Kim", user__last_name="Zhao", user__email="kim@example.com"
    )


@pytest.fixture
def open_day(browser_page: Page, sign_in: Any, desk: Desk) -> Callable[..., Page]:
    """Opens the Day of Monday, 2 March 2026, as somebody of the desk."""

    def go(page: Page = browser_page, query: str = DAY, name: str = "day") -> Page:
        sign_in(page, desk.user)
        page.set_viewport_size(ALL_HOURS)
        page.goto(reverse(f"scheduling:{name}") + query)
        page.wait_for_function("document.querySelector('button[data-day-view]')")
        return page

    return go
