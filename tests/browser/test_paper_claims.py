"""Claims that a payer takes on paper: ticked, printed, opened, mailed."""

from io import BytesIO

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from billing.models import PaperBatch
from people.models import Role, practice_zone
from pt_practice.celery import app as background
from tests.billing.makers import make_fees
from tests.billing.paper_batches.makers import make_paper_payer, released
from tests.factories import UserFactory


@pytest.fixture
def done_at_once():
    """Background work done where it is rung for: this test has no worker beside it."""
    background.conf.task_always_eager = True
    yield
    background.conf.task_always_eager = False


def test_a_biller_prints_and_mails_what_waits_for_paper(browser_page, sign_in, axe, done_at_once):
    biller = UserFactory(roles=[Role.BILLER])
    make_fees()
    payer = make_paper_payer()
    released(payer, biller)
    released(payer, biller)
    sign_in(browser_page, biller)
    browser_page.goto("/claims/?show=released")
    browser_page.get_by_label("All on this page").check()
    assert axe(browser_page) == []

    browser_page.get_by_role("button", name="Print the ticked").click()

    expect(browser_page.get_by_role("heading", name="Copies of 2 claim forms")).to_be_visible()
    browser_page.goto("/paper-claims/")
    assert axe(browser_page) == []
    browser_page.get_by_role("button", name="Make the forms for State Accident Fund").click()
    expect(
        browser_page.get_by_role("heading", name="2 claim forms for State Accident Fund")
    ).to_be_visible()
    file = browser_page.get_by_role("link", name="Open the PDF")
    content = browser_page.request.get(
        browser_page.evaluate("link => link.href", file.element_handle())
    ).body()
    assert len(PdfReader(BytesIO(content)).pages) == 2
    today = timezone.localdate(timezone=practice_zone()).isoformat()
    browser_page.get_by_label("Mailed on").fill(today)
    assert axe(browser_page) == []
    browser_page.get_by_role("button", name="Mark as mailed").click()

    expect(browser_page.get_by_text("Recorded as mailed: its claims are sent.")).to_be_visible()
    assert PaperBatch.objects.get(purpose="mail").mailed_by == biller
