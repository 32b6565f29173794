"""A report's way to the referring provider: sent from its page, opened with the NPI, downloaded."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from documentation import letters
from documentation.models import ProviderLetter
from people import links
from people.models import PatientLink, Role
from tests.documentation.letter_ward import PAPER, signed_report, waiting
from tests.factories import UserFactory

pytestmark = pytest.mark.browser


def test_a_report_is_sent_by_e_mail_and_the_provider_reads_it(
    browser_page, sign_in, axe, settings, tmp_path, monkeypatch
):
    settings.LETTERS_DIR = tmp_path / "letters"
    monkeypatch.setattr("documentation.tasks.send_letter.delay_on_commit", lambda pk: None)
    note = signed_report()
    sign_in(browser_page, note.signed_by)
    browser_page.goto(note.get_absolute_url())
    card = browser_page.get_by_role("region", name="Referring provider")
    card.get_by_label("By").select_option("email")
    card.get_by_role("button", name="Send to the provider").click()
    expect(card.get_by_text("E-mail to Marcus Hale, MD")).to_be_visible()
    assert axe(browser_page) == []

    letters.send(ProviderLetter.objects.get().pk)
    browser_page.context.clear_cookies()
    token = links.token_of(PatientLink.objects.get(purpose="provider_letter"))
    browser_page.goto(reverse("documentation:provider-letter", args=[token]))
    assert axe(browser_page) == []
    browser_page.get_by_label("Your NPI").fill("1234567890")
    browser_page.get_by_role("button", name="Open").click()
    expect(browser_page.get_by_text("This NPI's last digit does not fit")).to_be_visible()
    assert "Okafor" not in browser_page.content()
    browser_page.get_by_label("Your NPI").fill(note.visit.episode.referring_provider.npi)
    browser_page.get_by_role("button", name="Open").click()
    expect(browser_page.get_by_role("heading", name="Progress report")).to_be_visible()
    assert axe(browser_page) == []

    with browser_page.expect_download() as download:
        browser_page.get_by_role("button", name="Download the PDF").click()

    assert download.value.path().read_bytes() == PAPER
    assert download.value.suggested_filename == "report.pdf"


def test_a_letter_of_which_nobody_knows_is_settled_on_a_phone(browser_page, sign_in, axe):
    note = signed_report()
    letter = waiting(note=note)
    ProviderLetter.objects.update(
        status="sending", sending_since=letter.created_at, problem=letters.NO_ANSWER
    )
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[note.visit.clinic])
    sign_in(browser_page, desk)
    browser_page.set_viewport_size({"width": 360, "height": 740})
    browser_page.goto(reverse("documentation:letters"))
    expect(browser_page.get_by_text("Unknown whether sent")).to_be_visible()
    assert axe(browser_page) == []

    browser_page.get_by_role("button", name="It arrived").click()

    expect(browser_page.get_by_text("Nothing to settle")).to_be_visible()
    assert ProviderLetter.objects.get().settled_by == desk
