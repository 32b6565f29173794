"""A superbill at the desk: it is being made, and is there without anybody asking again."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from billing import issued_papers
from billing.models import Superbill
from people.models import Role
from tests.billing.makers import make_fees, make_signed_visit
from tests.factories import UserFactory


def test_a_superbill_opens_from_its_row_as_soon_as_it_is_made(
    browser_page: Page, sign_in: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("billing.tasks.make_superbill.delay", lambda pk: None)
    make_fees()
    visit = make_signed_visit()
    page = browser_page
    sign_in(page, UserFactory(roles=[Role.FRONT_DESK], clinics=[visit.clinic]))
    page.goto(reverse("billing:patient-self-pay", args=[visit.patient_id]))

    page.get_by_role("link", name="New superbill").click()
    page.get_by_role("button", name="Make the superbill").click()

    expect(page.get_by_text("Waiting in line.")).to_be_visible()
    superbill = Superbill.objects.get()
    issued_papers.make(superbill, lambda row: b"%PDF")
    opening = page.get_by_role("link", name=re.compile(f"Open superbill {superbill.number}"))
    expect(opening).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Waiting in line.")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    # The tabs before it fill the window; the row is pushed aside so that it is seen.
    expect(page.get_by_role("link", name="Self-pay", exact=True)).to_be_in_viewport(ratio=0.9)
