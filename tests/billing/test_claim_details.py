"""Days of work, admission and attachments: kept with a claim, said in its file."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from billing import claims, details
from billing.claim_content import content_of
from billing.details import Attached
from billing.models import Claim, ClaimAttachment
from billing.x12 import types as x12
from billing.x12.codes import AttachmentDelivery, AttachmentReport
from people.models import Role
from tests.billing.makers import make_fees, make_payer, make_signed_visit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EMPTY = {
    "last_worked_on": "",
    "return_to_work_on": "",
    "admitted_on": "",
    "a-TOTAL_FORMS": "2",
    "a-INITIAL_FORMS": "0",
}


@pytest.fixture
def claim():
    make_fees()
    return claims.draft_claim(make_signed_visit(payer=make_payer()))


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


def attachments_of(claim):
    return list(claim.attachments.values_list("report", "delivery", "control_number"))


def test_what_is_attached_goes_into_the_file_with_its_number(claim, biller):
    details.keep(
        claim=claim,
        dates={"last_worked_on": dt.date(2026, 1, 9), "return_to_work_on": dt.date(2026, 4, 1)},
        attached=[Attached("PN", "FX"), Attached("09", "AA")],
        by=biller,
    )

    claim = claims.locked(claim)
    content = content_of(claim)
    assert content.attachments == (
        x12.Attachment(
            report=AttachmentReport.PHYSICAL_THERAPY_NOTES,
            delivery=AttachmentDelivery.FAX,
            control_number=f"{claim.control_number}A1",
        ),
        x12.Attachment(
            report=AttachmentReport.PROGRESS_REPORT, delivery=AttachmentDelivery.ON_REQUEST
        ),
    )
    assert (content.last_worked_on, content.return_to_work_on) == (
        dt.date(2026, 1, 9),
        dt.date(2026, 4, 1),
    )
    assert claim.status == Claim.Status.READY


def test_a_number_that_is_given_is_one_that_is_free(claim, biller):
    taken = f"{claim.control_number}A1"

    details.keep(
        claim=claim,
        dates={},
        attached=[Attached("PN", "FX"), Attached("PZ", "BM", taken)],
        by=biller,
    )

    assert attachments_of(claim) == [
        ("PN", "FX", f"{claim.control_number}A2"),
        ("PZ", "BM", taken),
    ]


def test_keeping_them_again_replaces_what_was_attached(claim, biller):
    details.keep(claim=claim, dates={}, attached=[Attached("PN", "FX", "77")], by=biller)

    details.keep(claim=claim, dates={}, attached=[Attached("PZ", "BM", "78")], by=biller)

    assert attachments_of(claim) == [("PZ", "BM", "78")]


def test_a_released_claim_keeps_what_it_said(claim, biller):
    claims.release(claim=claim, by=biller)

    with pytest.raises(details.HasLeft):
        details.keep(claim=claim, dates={}, attached=[Attached("PN", "FX", "77")], by=biller)

    assert attachments_of(claim) == []


@pytest.mark.parametrize(
    "rows",
    [[("PN", "FX", "")], [("PN", "FX", "77"), ("PZ", "BM", "77")]],
    ids=["without a number", "the same number twice"],
)
def test_the_database_refuses_an_attachment_that_cannot_be_found(claim, rows):
    wrong = [
        ClaimAttachment(claim=claim, report=report, delivery=delivery, control_number=number)
        for report, delivery, number in rows
    ]

    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimAttachment.objects.bulk_create(wrong)


def test_a_biller_fills_the_page_and_is_led_back_to_the_claim(client, claim, biller):
    client.force_login(biller)
    typed = EMPTY | {
        "last_worked_on": "2026-01-09",
        "a-0-report": "PN",
        "a-0-delivery": "FX",
        "a-0-control_number": "fax 12",
    }

    answer = client.post(reverse("billing:claim-details", args=[claim.pk]), typed)

    assert answer.headers["Location"] == claim.get_absolute_url()
    claim.refresh_from_db()
    assert claim.last_worked_on == dt.date(2026, 1, 9)
    assert attachments_of(claim) == [("PN", "FX", "FAX 12")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"a-0-report": "PN"}, "Say how it gets to the payer."),
        ({"a-0-delivery": "FX"}, "Which report is it?"),
        (
            {
                f"a-{row}-{name}": value
                for row in (0, 1)
                for name, value in {
                    "report": "PN",
                    "delivery": "FX",
                    "control_number": "77",
                }.items()
            },
            "Another attachment has this number.",
        ),
        (
            {"last_worked_on": "2026-02-02", "return_to_work_on": "2026-02-01"},
            "This is before the last day at work.",
        ),
        ({"admitted_on": "2026-03-03"}, "This is after the visit."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    client, claim, biller, typed, said
):
    client.force_login(biller)

    answer = client.post(reverse("billing:claim-details", args=[claim.pk]), EMPTY | typed)

    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 1
    assert "Nothing was saved yet: see what stands in red." in answer.content.decode()
    claim.refresh_from_db()
    assert (attachments_of(claim), claim.last_worked_on, claim.admitted_on) == ([], None, None)


def test_the_page_of_a_released_claim_shows_and_does_not_ask(client, claim, biller):
    details.keep(claim=claim, dates={}, attached=[Attached("PN", "FX", "77")], by=biller)
    claims.release(claim=claim, by=biller)
    client.force_login(biller)
    url = reverse("billing:claim-details", args=[claim.pk])

    page = client.get(url).content.decode()
    client.post(url, EMPTY)

    assert "As it was released" in page
    assert "<dt>Physical therapy notes</dt>" in page
    assert 'name="a-0-report"' not in page
    assert attachments_of(claim) == [("PN", "FX", "77")]
