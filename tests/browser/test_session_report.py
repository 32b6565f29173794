"""On the session page a report is drafted, and what somebody typed stays theirs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.session_ward import Ward, note_field, open_session


@pytest.fixture
def ward(db):
    return Ward()


@pytest.fixture
def opened(ward, browser_page, sign_in):
    sign_in(browser_page, ward.therapist.user)
    return open_session(browser_page, ward)


def test_a_report_is_drafted_into_empty_fields_and_beside_what_was_typed(opened, ward):
    draft = opened.get_by_role("button", name="Draft the report from the visits")
    expect(draft).to_be_hidden()
    opened.get_by_label("Kind of note").select_option("progress")
    note_field(opened, "Plan").fill("My own plan.")
    draft.click()

    told = opened.locator("#draft-report-told")
    expect(told).to_have_text(
        "2 filled in, 1 offered below what you wrote. Read and change it before signing."
    )
    expect(note_field(opened, "Plan")).to_have_value("My own plan.")
    expect(note_field(opened, "Assessment")).to_have_value(
        "Toward the goals, 0 of 1 met:\nWalk 300 m outdoors: not measured by a number."
    )
    opened.get_by_role("button", name="Add below mine").click()
    expect(note_field(opened, "Plan")).to_have_value("My own plan.\nContinue 2 × a week.")
    expect(opened.locator(".report-offer")).to_have_count(0)
