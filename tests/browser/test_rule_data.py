"""A biller loads a quarter's file in the browser: upload, progress, what changes, let it hold."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from billing import tasks
from billing.models import RuleLoad, UnitLimit
from people.models import Role
from tests.billing import cms_samples as cms
from tests.factories import UserFactory


def test_a_file_is_uploaded_looked_at_and_taken(
    browser_page: Page, sign_in, tmp_path: Path
) -> None:
    page = browser_page
    UnitLimit.objects.exclude(code="97112").delete()
    file = tmp_path / "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv"
    file.write_bytes(cms.limits(("97112", "5", "3 Edit"), ("97110", "6", "3 Edit")))
    sign_in(page, UserFactory(roles=[Role.BILLER]))
    page.goto("/rule-data/")

    page.get_by_label("What it is").select_option("mue")
    page.get_by_label("CMS's file").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="Waiting in line")).to_be_visible()
    tasks.read_rule_file(RuleLoad.objects.get().pk)

    # The page asks by itself and finds that the file has been read.
    expect(page.get_by_role("button", name="Let it hold")).to_be_visible()
    expect(page.get_by_text("97112: at most 5 units, indicator 3; so far")).to_be_visible()
    page.get_by_role("button", name="Let it hold").click()
    expect(page.get_by_text(re.compile(r"^It holds since .*, taken by "))).to_be_visible()

    assert RuleLoad.objects.get().status == RuleLoad.Status.TAKEN
