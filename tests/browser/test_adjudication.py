"""An EOB typed by a biller: the sums follow every key, and the next payer is billed."""

import re

from playwright.sync_api import expect

from billing.models import Claim
from people.models import Role
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.secondary.makers import commercial, sent
from tests.factories import CoverageFactory, UserFactory


def decided_claim_page(browser_page, sign_in):
    biller = UserFactory(roles=[Role.BILLER])
    make_fees()
    partner = make_partner()
    claim = sent(make_payer(partner=partner), biller)
    CoverageFactory(patient=claim.patient, payer=commercial(partner), priority=2)
    sign_in(browser_page, biller)
    browser_page.goto(claim.get_absolute_url())
    browser_page.get_by_role("link", name="Enter what the payer decided").click()
    return claim


def adjust(part, number, group, reason, amount):
    row = part.get_by_role("group", name=re.compile(f"^Adjustment {number} "))
    row.get_by_label("Group").select_option(group)
    row.get_by_label("Reason").fill(reason)
    row.get_by_label("Amount").fill(amount)


def test_the_balance_follows_the_keys_and_the_next_payer_is_billed(browser_page, sign_in, axe):
    claim = decided_claim_page(browser_page, sign_in)
    browser_page.get_by_label("Decided on").fill("2026-03-20")
    first = browser_page.get_by_role("region", name=re.compile("97112"))
    second = browser_page.get_by_role("region", name=re.compile("97110"))

    first.get_by_label("Paid", exact=True).fill("80.00")
    adjust(first, 1, "CO", "45", "90")

    expect(first.get_by_text("$20.00 is missing.")).to_be_visible()
    adjust(first, 2, "PR", "2", "15.50")
    first.get_by_role("button", name="Another adjustment").click()
    row = first.get_by_role("group").last
    expect(row.get_by_label("Group")).to_be_focused()
    row.get_by_label("Group").select_option("PR")
    row.get_by_label("Reason").fill("1")
    row.get_by_label("Amount").fill("4.50")
    expect(
        first.get_by_text("$80.00 paid + $110.00 adjusted = $190.00: it balances.")
    ).to_be_visible()
    second.get_by_label("Paid", exact=True).fill("85")
    whole = browser_page.get_by_role("region", name="Does it balance?")
    expect(
        whole.get_by_text("$165.00 paid + $110.00 adjusted = $275.00: it balances.")
    ).to_be_visible()
    assert axe(browser_page) == []

    browser_page.get_by_role("button", name="Record the decision").click()

    expect(
        browser_page.get_by_text("Recorded. The claim to Cascade Mutual is drafted")
    ).to_be_visible()
    expect(browser_page.get_by_role("heading", name="What Medicare Part B decided")).to_be_visible()
    drafted = Claim.objects.get(visit=claim.visit, sequence=2)
    assert drafted.status == "ready"
    browser_page.get_by_role("link", name="Cascade Mutual").click()
    expect(
        browser_page.get_by_role("heading", name="What Medicare Part B decided before")
    ).to_be_visible()
    assert axe(browser_page) == []
    browser_page.set_viewport_size({"width": 1024, "height": 768})
    lines = browser_page.get_by_role("region", name="Lines")
    assert lines.locator(".table-box").evaluate("box => box.scrollWidth - box.clientWidth") == 0

    browser_page.get_by_role("button", name="Release").press("Enter")

    # Its button is gone with the old drawing; the next Tab is the next act.
    expect(browser_page.locator(".claim-state")).to_be_focused()
    browser_page.keyboard.press("Tab")
    expect(browser_page.get_by_role("button", name="Take back")).to_be_focused()
