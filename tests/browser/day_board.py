"""Day and Week as a browser has them: where a time lies in a column, and how things are dragged."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from scheduling.models import Appointment

PORTLAND = ZoneInfo("America/Los_Angeles")
DAY = "?date=2026-03-02"
OPENS = 7  # the first hour of the columns
AN_HOUR = 80  # pixels
ALL_HOURS = {"width": 1440, "height": 1250}  # a window in which no column has to scroll


def visit(page: Page, name: str) -> Locator:
    return page.locator(".ec-event.visit .visit-button", has_text=name)


def place(page: Page, column: str, hour: int, minute: int = 0) -> tuple[float, float]:
    """The point in a column that lies a few pixels under a time."""
    page.locator(".column-name").first.wait_for()
    heads = page.locator(".column-name").all_text_contents()
    number = next(n for n, head in enumerate(heads) if column in head)
    box: Any = page.locator(".ec-body .ec-day").nth(number).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + (hour - OPENS + minute / 60) * AN_HOUR + 6


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8, steps=3)
    page.mouse.move(*end, steps=12)
    page.mouse.up()


def stands(appointment: Appointment) -> tuple[str, int, str]:
    appointment.refresh_from_db()
    begins = appointment.starts_at.astimezone(PORTLAND)
    return f"{begins:%H:%M}", appointment.minutes, appointment.therapist.user.last_name


def stands_on(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return f"{appointment.starts_at.astimezone(PORTLAND):%Y-%m-%d %H:%M}"


def notice(page: Page, text: str) -> Any:
    return expect(page.locator("[data-notice]", has_text=text))
