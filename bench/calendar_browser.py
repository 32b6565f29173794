"""How long until a browser has drawn a full Day, and does a drag stay fluid?

    DATABASE_URL=postgres://… SECRET_KEY=bench python bench/calendar_browser.py

Works in a scratch database on that server, which it makes and drops; needs Chromium (CHROMIUM, or
on the path) and the packages of requirements-dev.txt. Draws the Day of twenty therapists with
ten visits each, and once more with twenty each, and says for both: the server's answer, the time
from there until every visit stands in its column, and the time between two frames while one is
dragged through the columns. `--write` adds the result to docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First of all: the neighbour calendar.py would be found in place of Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse  # noqa: E402 -- path first
import datetime as dt  # noqa: E402 -- path first
import os  # noqa: E402 -- path first
import shutil  # noqa: E402 -- path first
import statistics  # noqa: E402 -- path first
from typing import Any  # noqa: E402 -- path first

import django  # noqa: E402 -- path first

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
os.environ["STATIC_UNHASHED"] = "1"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's event loop runs in this thread
django.setup()

from django.conf import settings  # noqa: E402 -- app ready
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402 -- app ready
from django.test import Client  # noqa: E402 -- app ready
from django.test.testcases import LiveServerThread  # noqa: E402 -- app ready
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 -- app ready

from bench.calendar_house import SHOWN_ON, House, add_report, machine, scratch  # noqa: E402 -- app ready

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
TURNS = 7
HEADING = "## The Day in a browser (`bench/calendar_browser.py`)"
DRAWN = "count => document.querySelectorAll('.ec-event.visit .visit-button').length === count"
WATCH_FRAMES = """() => {
  window.frames_ = []; let last = performance.now();
  const tick = (now) => { window.frames_.push(now - last); last = now;
    if (window.frames_) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""


def open_day(page: Page, count: int) -> tuple[float, float]:
    """Milliseconds of the server's answer, and from there until every visit is drawn."""
    page.goto(f"/day/?date={SHOWN_ON}&by=therapist")
    page.wait_for_function(DRAWN, arg=count, polling="raf")
    drawn: float = page.evaluate("performance.now()")
    timing: Any = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    return timing["responseEnd"] - timing["requestStart"], drawn - timing["responseEnd"]


def drag_frames(page: Page) -> list[float]:
    """The time between frames while a visit is dragged over the columns and put back."""
    box: Any = page.locator(".ec-event.visit").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 10, steps=2)
    page.evaluate(WATCH_FRAMES)
    for turn in range(60):
        page.mouse.move(x + 12 * turn, y + (turn % 20) * 12)
    for turn in reversed(range(60)):
        page.mouse.move(x + 12 * turn, y + (turn % 20) * 12)
    frames: list[float] = page.evaluate("(() => { const f = frames_; frames_ = null; return f })()")
    page.keyboard.press("Escape")
    page.mouse.move(x, y)
    page.mouse.up()
    return frames[1:]


def look(browser: Browser, base: str, house: House, count: int) -> list[str]:
    client = Client()
    client.force_login(house.desk)
    context = browser.new_context(
        base_url=base, viewport={"width": 1440, "height": 900}, timezone_id="America/Los_Angeles"
    )
    with context:
        context.set_default_timeout(20_000)
        cookie: Any = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
            "url": base,
        }
        context.add_cookies([cookie])
        page = context.new_page()
        open_day(page, count)  # fills the browser's cache
        opened = [open_day(page, count) for _ in range(TURNS)]
        frames = sorted(drag_frames(page))
    server = statistics.median(first for first, _ in opened)
    drawn = statistics.median(second for _, second in opened)
    slow = frames[int(len(frames) * 0.95)]
    return [
        f"| {count} | {server:.0f} | {drawn:.0f} | {statistics.median(frames):.1f} | {slow:.1f} |"
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="add it to docs/benchmarks.md")
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["localhost"]
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine()}. Twenty columns at 1440 px; medians of"
        f" {TURNS}, and every frame of one drag.",
        "",
        "| visits | server ms | drawn ms later | frame ms | 95 % of frames under |",
        "|---|---|---|---|---|",
    ]
    with scratch("bench_calendar_browser"):
        house = House()
        server = LiveServerThread("localhost", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
                )
                for visits in (10, 20):
                    house.empty(visits)
                    house.fill(20 * visits)
                    base = f"http://localhost:{server.port}"
                    lines += look(browser, base, house, 20 * visits)
                browser.close()
        finally:
            server.terminate()
    print("\n".join(lines))
    if options.write:
        add_report(HEADING, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
