"""The tablet at the counter: details, a signature on glass, the copay, and the patient is here."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from people.models import ConsentSignature, Patient
from scheduling.models import Appointment, DeskPayment
from tests.browser.day_board import DAY, visit
from tests.browser.test_accessibility import in_both_themes, too_wide
from tests.factories import (
    AppointmentFactory,
    ConsentFormFactory,
    ConsentVersionFactory,
    CoverageFactory,
    PatientFactory,
    at,
)
from tests.scheduling.conftest import Desk, monday_morning

__all__ = ["monday_morning"]
pytestmark = pytest.mark.usefixtures("monday_morning")
LYING = {"width": 1024, "height": 768}
STANDING = {"width": 768, "height": 1024}
STROKE = [(0.15, 0.3), (0.3, 0.7), (0.5, 0.3), (0.8, 0.6)]  # of the pad's width and height


@pytest.fixture
def tablet(browser: Browser, live_server: Any, sign_in: Any, desk: Desk) -> Iterator[Page]:
    """A tablet at the counter, in the hands of the desk."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport=LYING,
        has_touch=True,
        reduced_motion="reduce",
        timezone_id="America/Los_Angeles",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, desk.user)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def known(desk: Desk) -> Patient:
    """A patient whose number on file is an old one."""
    return PatientFactory(
        clinic=desk.clinic,
        first_name="Ines",
        last_name="Alvarez",
        mobile_phone="+15035550100",
        line1="9 Elm St",
        city="Salem",
        state="OR",
        postal_code="97301",
    )


@pytest.fixture
def row(desk: Desk, known: Patient) -> Appointment:
    """A visit at half past ten with a card, a copay and two forms to sign."""
    CoverageFactory(patient=known, copay=Decimal("30.00"), member_id="W777")
    for position, title in enumerate(["Consent to treatment", "Privacy practices"]):
        form = ConsentFormFactory(name=title, position=position)
        ConsentVersionFactory(form=form, title=title, body="I agree.\n\n" * 4)
    return AppointmentFactory(
        patient=known, therapist=desk.therapist, type=desk.type, starts_at=at(10, 30)
    )


@pytest.fixture
def pad(tablet: Page, row: Appointment) -> Page:
    """The first form of that visit, open on the tablet."""
    tablet.goto(reverse("scheduling:check-in", args=[row.pk]))
    tablet.get_by_role("link", name="Sign Consent to treatment").tap()
    tablet.wait_for_url("**/sign/**")
    tablet.locator(".pad canvas").wait_for()
    return tablet


def canvas(page: Page) -> Locator:
    return page.get_by_role("img", name="Signature")


def draw(page: Page, stroke: list[tuple[float, float]] = STROKE) -> None:
    """A finger on the glass. What follows is clicked: a tap may be taken for the end of a fling."""
    canvas(page).scroll_into_view_if_needed()
    box: Any = canvas(page).bounding_box()
    at_screen = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    glass = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(at_screen):
        kind = "touchMove" if number else "touchStart"
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(30)
    glass.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".pad.is-signed")).to_be_visible()


def inked(page: Page) -> tuple[float, float, float, float] | None:
    """The box around what is drawn, as parts of the pad; nothing for an empty pad."""
    box: list[float] | None = canvas(page).evaluate(
        """canvas => {
          const {width, height} = canvas;
          const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
          let found = null;
          for (let i = 3; i < data.length; i += 4) {
            if (data[i] < 128) continue;
            const x = ((i >> 2) % width) / width;
            const y = Math.floor((i >> 2) / width) / height;
            found = found
              ? [Math.min(found[0], x), Math.min(found[1], y),
                 Math.max(found[2], x), Math.max(found[3], y)]
              : [x, y, x, y];
          }
          return found;
        }"""
    )
    return None if box is None else (box[0], box[1], box[2], box[3])


def step(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def test_a_patient_is_checked_in_from_the_day(tablet, row, known):
    tablet.goto(reverse("scheduling:day") + DAY)
    visit(tablet, "Alvarez").tap()
    tablet.get_by_role("link", name="Verify and sign").tap()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Ines Alvarez")

    tablet.get_by_role("link", name="Something changed").tap()
    tablet.get_by_label("Mobile phone").fill("503 555 01")
    tablet.get_by_role("button", name="Save; the rest is right").tap()
    expect(tablet.locator(".field-error")).to_be_visible()
    tablet.get_by_label("Mobile phone").fill("503 555 0142")
    tablet.get_by_role("button", name="Save; the rest is right").tap()
    expect(step(tablet, "Is this all still right?")).to_contain_text("(503) 555-0142")
    tablet.get_by_role("button", name="Card seen").tap()
    expect(step(tablet, "Is this all still right?")).to_contain_text("Asked today")

    for title in ("Consent to treatment", "Privacy practices"):
        tablet.get_by_role("link", name=f"Sign {title}").tap()
        draw(tablet)
        tablet.get_by_role("button", name="Sign", exact=True).click()
    expect(step(tablet, "Forms to sign")).to_contain_text("Nothing due")

    tablet.get_by_text("Cash", exact=True).tap()
    tablet.get_by_role("button", name="Take the copay").tap()
    expect(step(tablet, "Copay")).to_contain_text("$30.00 cash")
    tablet.get_by_role("button", name="Check in").tap()
    expect(step(tablet, "Arrival")).to_contain_text("Arrived at 10:30 am")
    tablet.get_by_role("link", name="Back to the Day").tap()

    expect(tablet.locator(".ec-event.visit", has_text="Alvarez")).to_contain_text("Arrived")
    row.refresh_from_db()
    known.refresh_from_db()
    assert row.status == "arrived"
    assert known.mobile_phone == "+15035550142"
    assert known.verified_on == dt.date(2026, 3, 2)
    payment = DeskPayment.objects.get()
    assert (payment.kind, payment.amount, payment.method) == ("copay", Decimal("30.00"), "cash")
    signed = ConsentSignature.objects.order_by("pk")
    assert [(one.version.title, one.typed) for one in signed] == [
        ("Consent to treatment", ""),
        ("Privacy practices", ""),
    ]
    assert all(Image.open(io.BytesIO(bytes(one.image))).getbbox() for one in signed)


def test_the_second_visit_of_a_day_asks_nothing_twice(tablet, row, known, desk):
    tablet.goto(reverse("scheduling:check-in", args=[row.pk]))
    tablet.get_by_role("button", name="Still right, card seen").tap()
    expect(step(tablet, "Is this all still right?")).to_contain_text("Asked today")
    for title in ("Consent to treatment", "Privacy practices"):
        tablet.get_by_role("link", name=f"Sign {title}").tap()
        draw(tablet)
        tablet.get_by_role("button", name="Sign", exact=True).click()
    tablet.get_by_role("button", name="Take the copay").tap()
    expect(step(tablet, "Copay")).to_contain_text("Taken")
    tablet.get_by_role("button", name="Check in").tap()

    expect(step(tablet, "Arrival")).to_contain_text("Checked in")
    expect(tablet.locator(".check-in .btn-primary")).to_have_count(0)
    assert ConsentSignature.objects.count() == 2
    later = AppointmentFactory(
        patient=known, therapist=desk.therapist, type=desk.type, starts_at=at(13)
    )
    tablet.goto(reverse("scheduling:check-in", args=[later.pk]))
    expect(step(tablet, "Is this all still right?")).to_contain_text("Asked today")
    expect(step(tablet, "Forms to sign")).to_contain_text("Nothing due")
    expect(tablet.get_by_role("link", name=re.compile("^Sign "))).to_have_count(0)


def test_two_taps_are_enough_when_nothing_is_due(tablet, desk, known):
    row = AppointmentFactory(
        patient=known, therapist=desk.therapist, type=desk.type, starts_at=at(11)
    )
    tablet.goto(reverse("scheduling:check-in", args=[row.pk]))

    tablet.get_by_role("button", name="Still right").tap()
    expect(step(tablet, "Is this all still right?")).to_contain_text("Asked today")
    tablet.get_by_role("button", name="Check in").tap()

    expect(step(tablet, "Arrival")).to_contain_text("Checked in")
    row.refresh_from_db()
    assert row.status == "arrived"


def test_a_tablet_that_is_turned_loses_no_stroke(pad):
    draw(pad)
    before: Any = inked(pad)

    pad.set_viewport_size(STANDING)
    pad.wait_for_timeout(300)
    standing: Any = inked(pad)
    pad.set_viewport_size(LYING)
    pad.wait_for_timeout(300)

    assert standing is not None
    assert standing[2] == pytest.approx(before[2], abs=0.03)
    assert inked(pad) == pytest.approx(before, abs=0.03)
    draw(pad, [(0.1, 0.9), (0.9, 0.9)])
    pad.get_by_role("button", name="Sign", exact=True).click()
    expect(step(pad, "Forms to sign")).to_be_visible()
    stored = Image.open(io.BytesIO(bytes(ConsentSignature.objects.get().image)))
    box: Any = stored.getbbox()
    assert box[3] / stored.height == pytest.approx(0.9, abs=0.05)
    assert box[1] / stored.height == pytest.approx(before[1], abs=0.05)


def test_a_signature_is_wiped_off_and_an_empty_pad_is_refused(pad):
    draw(pad)
    assert inked(pad) is not None

    pad.get_by_role("button", name="Clear").click()

    expect(pad.locator(".pad.is-signed")).to_have_count(0)
    assert inked(pad) is None
    pad.get_by_role("button", name="Sign", exact=True).click()
    expect(pad.locator(".field-error")).to_have_text(
        re.compile("Sign in the field above, or type your full name here")
    )
    assert ConsentSignature.objects.count() == 0


def test_a_signature_is_still_there_when_something_else_was_forgotten(pad):
    draw(pad)
    drawn: Any = inked(pad)
    pad.get_by_label("Name of who signs").first.fill("")
    pad.get_by_role("button", name="Sign", exact=True).click()
    expect(pad.locator(".field-error")).to_be_visible()

    expect(pad.locator(".pad.is-signed")).to_be_visible()
    assert inked(pad) == pytest.approx(drawn, abs=0.03)
    pad.set_viewport_size(STANDING)
    pad.wait_for_timeout(300)
    assert inked(pad) is not None
    pad.get_by_label("Name of who signs").first.fill("Ines Alvarez")
    pad.get_by_role("button", name="Sign", exact=True).click()

    expect(step(pad, "Forms to sign")).to_be_visible()
    stored = Image.open(io.BytesIO(bytes(ConsentSignature.objects.get().image)))
    assert stored.getbbox() is not None


def test_a_form_is_signed_with_the_keyboard_alone(pad):
    pad.get_by_label("Name of who signs").first.focus()

    def tab_to(name: str) -> None:
        for _ in range(12):
            pad.keyboard.press("Tab")
            if name in pad.evaluate("document.activeElement.innerText || ''"):
                return
        raise AssertionError(f"the keyboard does not come to {name}")

    tab_to("Sign by keyboard instead")
    pad.keyboard.press("Enter")
    pad.keyboard.press("Tab")
    pad.keyboard.type("Ines Alvarez")
    pad.keyboard.press("Enter")

    expect(step(pad, "Forms to sign")).to_be_visible()
    signed = ConsentSignature.objects.get()
    assert (signed.typed, signed.image, signed.signer_name) == (
        "Ines Alvarez",
        None,
        "Ines Alvarez",
    )


def test_whoever_types_after_drawing_signs_once_and_the_pad_is_empty(pad):
    draw(pad)
    pad.get_by_text("Sign by keyboard instead").click()
    pad.get_by_label("Type your full name as your signature").fill("Ines Alvarez")

    assert inked(pad) is None
    draw(pad)
    expect(pad.get_by_label("Type your full name as your signature")).to_have_value("")


def test_the_page_with_the_pad_breaks_neither_wcag_nor_its_window(pad, axe):
    draw(pad)
    pad.get_by_text("Sign by keyboard instead").click()
    pad.get_by_text("The patient declines to sign").click()

    assert in_both_themes(pad, axe) == []
    assert too_wide(pad) == []


def test_a_check_in_with_everything_due_breaks_neither_wcag_nor_its_window(tablet, row, axe):
    tablet.goto(reverse("scheduling:check-in", args=[row.pk]))

    assert in_both_themes(tablet, axe) == []
    assert too_wide(tablet) == []
