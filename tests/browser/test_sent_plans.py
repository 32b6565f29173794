"""A plan's way to the provider and back: sent from its page, signed on a phone, told on Today."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from documentation import plan_sending, tasks
from documentation.models import PlanSending
from tests.documentation.sent_plans import now, ready_plan, sent, therapist_of, token_to
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_plan_pdf, "delay", lambda pk: None)


def door_of(sending):
    return reverse("documentation:plan-link", args=[token_to(sending)])


def test_a_plan_is_sent_signed_on_a_phone_and_told_on_today(browser_page, sign_in, axe):
    plan = ready_plan()
    sign_in(browser_page, therapist_of(plan))
    browser_page.goto(reverse("documentation:plan", args=[plan.pk]))
    card = browser_page.get_by_role("region", name="Sent to the provider")
    card.get_by_role("link", name="Send").click()
    expect(browser_page.get_by_role("heading", name="Plan of care", exact=True)).to_be_visible()
    assert axe(browser_page) == []
    browser_page.get_by_label("Your password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign and send").click()
    expect(card.get_by_text("Waiting for an answer")).to_be_visible()
    assert axe(browser_page) == []
    sending = PlanSending.objects.get()

    with_staff = browser_page.context.cookies()
    browser_page.context.clear_cookies()
    browser_page.set_viewport_size({"width": 360, "height": 740})
    browser_page.goto(door_of(sending))
    assert axe(browser_page) == []
    browser_page.get_by_label("Your NPI").fill(sending.provider.npi)
    browser_page.get_by_role("button", name="Read the plan").click()
    expect(browser_page.get_by_text("Neuromuscular re-education, gait training")).to_be_visible()
    assert axe(browser_page) == []
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not browser_page.evaluate(wide)
    browser_page.get_by_label("I certify the need for these services").check()
    browser_page.get_by_label("Type your full name as your signature").fill("Wei Chen")
    browser_page.get_by_label("Credential").fill("MD")
    pad = browser_page.get_by_role("img", name="Draw your signature too, if you like")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    browser_page.mouse.move(box["x"] + 30, box["y"] + 60)
    browser_page.mouse.down()
    browser_page.mouse.move(box["x"] + 120, box["y"] + 90, steps=8)
    browser_page.mouse.up()
    expect(browser_page.get_by_text("Signature drawn.")).to_be_attached()
    browser_page.get_by_role("button", name="Sign the plan").click()
    expect(browser_page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    assert axe(browser_page) == []

    browser_page.context.add_cookies(with_staff)
    browser_page.goto(reverse("documentation:today"))
    told = browser_page.get_by_role("region", name="Plans of care")
    expect(told.get_by_text("signed the plan of care.")).to_be_visible()
    assert axe(browser_page) == []
    told.get_by_role("button", name="I know of it").click()
    expect(card.get_by_text("Signed by Wei Chen, MD")).to_be_visible()
    assert bytes(now(sending).image).startswith(b"\x89PNG")


def test_without_a_script_a_plan_is_returned_and_a_withdrawn_one_says_so(browser, live_server):
    sending = sent()
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(door_of(sending))
        page.get_by_label("Your NPI").fill(sending.provider.npi)
        page.get_by_role("button", name="Read the plan").click()
        page.get_by_text("Or return it with a remark").click()
        page.get_by_label("What should be different").fill("Once a week is enough.")
        page.get_by_role("button", name="Return it unsigned").click()
        expect(page.get_by_role("heading", name="Returned. Thank you.")).to_be_visible()

        second = sent(now(sending.plan))
        plan_sending.withdraw(sending=second, by=therapist_of(second.plan))
        page.goto(door_of(second))
        expect(page.get_by_role("heading", name="This plan was withdrawn")).to_be_visible()

    assert now(sending).remark == "Once a week is enough."
