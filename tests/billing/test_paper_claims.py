"""The CMS-1500 of a claim: which version, which mark, who printed it, and a printer's offset."""

from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from django.urls import reverse

from billing import claims
from billing.models import FormPrinter
from billing.paper_claims import paper_of
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_payer, make_signed_visit
from tests.factories import ClinicFactory, UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


@pytest.fixture
def draft():
    make_fees()
    return claims.draft_claim(make_signed_visit(("97112", 24), ("97110", 23), payer=make_payer()))


def words_of(content: bytes) -> str:
    return pypdf.PdfReader(BytesIO(content)).pages[0].extract_text()


def file_of(client, claim, **asked):
    return client.get(reverse("billing:cms1500-file", args=[claim.pk]), asked)


def test_a_released_claim_is_printed_as_it_was_released(client, draft, biller):
    claims.release(claim=draft, by=biller)
    draft.refresh_from_db()
    before = paper_of(draft)
    client.force_login(biller)
    first = file_of(client, draft)
    draft.patient.last_name = "Nguyen"
    draft.patient.save(update_fields=["last_name"])

    again = file_of(client, draft)

    assert (before.version, paper_of(draft)) == (1, before)
    assert again.content == first.content
    assert again.headers["Content-Type"] == "application/pdf"
    assert file_headers(again) == shown_pdf(f"cms1500-{draft.control_number}.pdf")
    assert "NGUYEN" not in words_of(again.content)
    assert "PREVIEW" not in words_of(again.content)


def test_a_claim_that_was_not_released_is_a_marked_preview_of_the_chart(client, draft, biller):
    client.force_login(biller)
    draft.patient.last_name = "Nguyen"
    draft.patient.save(update_fields=["last_name"])

    said = words_of(file_of(client, draft).content)

    assert "PREVIEW - NOT RELEASED" in said
    assert "NGUYEN" in said


def test_each_print_is_written_down_with_its_version(client, draft, biller):
    claims.release(claim=draft, by=biller)
    client.force_login(biller)

    file_of(client, draft, on="form")

    event = AuditEvent.objects.get(action="claim.printed")
    assert (event.actor, event.patient, event.detail) == (
        biller,
        draft.patient,
        {"version": 1, "background": False},
    )


def test_the_red_form_gets_text_alone_moved_as_the_printer_asks(client, draft, biller):
    printer = FormPrinter.objects.create(clinic=draft.clinic, name="Desk", right=5, down=-2)
    biller.clinics.add(draft.clinic)
    client.force_login(biller)

    plain = words_of(file_of(client, draft).content)
    at_rest = file_of(client, draft, on="form").content
    moved = file_of(client, draft, on="form", printer=printer.pk).content

    assert "Insured's group" in plain
    assert "Insured's group" not in words_of(at_rest)
    assert words_of(moved).split() == words_of(at_rest).split()
    assert moved != at_rest


def test_a_claim_that_lacks_what_the_form_needs_says_so_instead_of_a_pdf(client, draft, biller):
    draft.visit.patient.line1 = ""
    draft.visit.patient.save(update_fields=["line1"])
    client.force_login(biller)

    page = client.get(reverse("billing:cms1500", args=[draft.pk]))
    answer = file_of(client, draft)

    sentence = "The patient&#x27;s address lacks a street or a city."
    assert sentence in page.content.decode()
    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    assert not AuditEvent.objects.filter(action="claim.printed").exists()


def test_the_page_names_what_the_form_has_no_room_for(client, draft, biller):
    draft.clinic.name = "River Bend Physical Therapy of Gresham"
    draft.clinic.save(update_fields=["name"])
    client.force_login(biller)

    said = client.get(reverse("billing:cms1500", args=[draft.pk])).content.decode()

    assert "Item 32: Service facility name has 38 characters; 26 fit." in said


def test_the_api_gives_the_same_pdf_and_a_reason_when_there_is_none(client, draft, biller):
    client.force_login(biller)
    url = f"/api/v1/claims/{draft.pk}/cms1500/"

    answer = client.get(url)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content == file_of(client, draft).content
    assert file_headers(answer) == shown_pdf(f"cms1500-{draft.control_number}.pdf")
    draft.visit.patient.line1 = ""
    draft.visit.patient.save(update_fields=["line1"])
    refused = client.get(url)
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_print")


def test_a_printer_is_added_aligned_and_its_change_is_written_down(client, biller):
    clinic = ClinicFactory()
    biller.clinics.add(clinic)
    client.force_login(biller)
    new = reverse("billing:form-printer-new")

    client.post(new, {"clinic": clinic.pk, "name": "Desk", "right": "2.5", "down": "-1"})

    printer = FormPrinter.objects.get()
    assert (printer.right, printer.down) == (Decimal("2.5"), Decimal("-1.0"))
    assert AuditEvent.objects.filter(action="form_printer.added").count() == 1
    sheet = client.get(reverse("billing:form-printer-ruler", args=[printer.pk]))
    assert "33A BEGINS HERE" in words_of(sheet.content)
    assert file_headers(sheet) == shown_pdf("alignment.pdf")
    again = client.post(new, {"clinic": clinic.pk, "name": "Desk", "right": "0", "down": "0"})
    assert again.status_code == 422
    assert "This clinic has a printer of that name." in again.content.decode()


@pytest.mark.parametrize("far", ["72.1", "-73"])
def test_a_printer_more_than_an_inch_off_is_refused(client, biller, far):
    clinic = ClinicFactory()
    biller.clinics.add(clinic)
    client.force_login(biller)

    answer = client.post(
        reverse("billing:form-printer-new"),
        {"clinic": clinic.pk, "name": "Desk", "right": far, "down": "0"},
    )

    assert answer.status_code == 422
    assert not FormPrinter.objects.exists()
