"""The code of a signed plan of care: found like a note's, and nothing of the patient behind it."""

import datetime as dt
import hashlib

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from documentation import plan_answers, plan_pdf
from documentation.models import PlanPdf, PlanSending
from documentation.rules.codes import code_of
from tests.documentation.sent_plans import link_to, now, npi_of, sent, therapist_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 the signed copy"
SIGNED_AT = dt.datetime(2026, 3, 3, 1, 30, tzinfo=dt.UTC)  # the evening before in Oregon


@pytest.fixture(autouse=True)
def no_guesses():
    cache.clear()


def signed(sending=None):
    sending = sending or sent()
    return plan_answers.sign(link=link_to(sending), name="Wei Chen", credential="MD")


def recorded(sending):
    return plan_answers.record_paper(
        sending=sending,
        signed_on=timezone.localdate(timezone=sending.plan.episode.clinic.zone),
        name="Wei Chen",
        credential="MD",
        proof="Folder 12",
        by=therapist_of(sending.plan),
    )


def address(sending):
    return reverse("documentation:verify", args=[code_of(sending.signed_sha256)])


def text_of(response):
    return " ".join(response.content.decode().split())


def copy_of(sending, copy="signed"):
    return PlanPdf.objects.select_related("sending").get(sending=sending, copy=copy)


def test_the_page_says_that_the_provider_signed_and_when(client):
    sending = signed()

    response = client.get(address(sending))

    text = text_of(response)
    for shown in (
        "A signed document has this code, and its content is unchanged.",
        "Riverbend Physical Therapy LLC",
        f'Wei Chen, MD<br><span class="soft">NPI {npi_of(sending)}</span>',
        sending.signed_sha256,
    ):
        assert shown in text, shown
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == (
        "no-referrer",
        "noindex, nofollow",
    )
    assert response.cookies == {}


def test_the_hour_is_the_clinics(client, monkeypatch):
    monkeypatch.setattr(plan_answers.timezone, "now", lambda: SIGNED_AT)
    sending = signed(sent())

    text = text_of(client.get(address(sending)))

    assert "<dt>On</dt><dd>March 2, 2026 at 5:30 pm PST</dd>" in text


def test_nothing_of_the_patient_nor_of_the_treatment_stands_on_it(client):
    sending = signed()

    text = text_of(client.get(address(sending)))

    patient = sending.plan.episode.patient
    for hidden in (
        patient.last_name,
        patient.mrn,
        "Plan of care",
        "plan of care",
        "I69.354",
        "gait training",
        "I certify",
        str(therapist_of(sending.plan)),
    ):
        assert hidden not in text, hidden
    assert hidden in str(sending.content)  # the last of them could have


def test_of_a_signature_on_paper_only_the_day_is_known(client):
    sending = recorded(sent())

    text = text_of(client.get(address(sending)))

    day = dt.date.fromisoformat(sending.signature["signed_on"])
    assert f"<dt>On</dt><dd>{day:%B} {day.day}, {day.year}, by hand on paper</dd>" in text
    assert "Folder 12" not in text


def test_looking_changes_nothing(client):
    sending = signed()
    before = PlanSending.objects.values().get(), PlanPdf.objects.count()

    client.get(address(sending))

    assert (PlanSending.objects.values().get(), PlanPdf.objects.count()) == before


@pytest.mark.parametrize("answer", ["none", "returned", "signed"])
def test_what_was_only_sent_has_no_code(client, answer):
    sending = sent()
    if answer == "returned":
        plan_answers.give_back(link=link_to(sending), remark="Once a week.")
    if answer == "signed":
        signed(sending)

    response = client.get(reverse("documentation:verify", args=[code_of(sending.content_sha256)]))

    assert response.status_code == 404
    assert "No signed document has this code." in text_of(response)


def test_a_signature_that_was_changed_behind_the_house_does_not_pass(client, monkeypatch):
    sending = signed()
    monkeypatch.setattr("documentation.verifying.sha256_of", lambda content: "0" * 64)

    assert "is no longer what was signed" in text_of(client.get(address(sending)))


@pytest.mark.parametrize(("content", "answer"), [(PDF, True), (b"%PDF-1.7 as it was sent", False)])
def test_the_signed_copy_is_compared_byte_for_byte(client, content, answer):
    sending = signed()
    for copy, made in (("signed", PDF), ("sent", b"%PDF-1.7 as it was sent")):
        PlanPdf.objects.filter(sending=sending, copy=copy).update(
            status="ready", file_bytes=made, sha256=hashlib.sha256(made).hexdigest()
        )

    response = client.post(address(sending), {"file": SimpleUploadedFile("plan.pdf", content)})

    assert response.context["is_same"] is answer


def test_the_signed_copy_bears_the_code_and_the_square_and_the_other_copy_does_not(settings):
    settings.PUBLIC_URL = "https://pt.example.org"
    sending = signed()

    html = plan_pdf.as_html(copy_of(sending))

    code = code_of(sending.signed_sha256)
    assert f"SHA-256 {sending.signed_sha256} · Verification code {code}" in html
    assert f'<p class="note-verify-code">{code}</p>' in html
    assert "pt.example.org/verify/" in html
    assert 'src="data:image/svg+xml;base64,' in html
    assert "erif" not in plan_pdf.as_html(copy_of(sending, "sent"))


def test_the_copy_of_an_earlier_signature_stays_as_it_was_and_is_found_by_its_hash(
    client, monkeypatch
):
    """Those that were signed before the code was printed say no version."""
    monkeypatch.setattr(plan_answers, "SIGNATURE_VERSION", 1)
    sending = signed()

    html = plan_pdf.as_html(copy_of(sending))

    assert "erif" not in html
    assert f"Signed content SHA-256 {sending.signed_sha256}\n" in html
    assert client.get(address(sending)).status_code == 200


def test_the_plans_page_leads_to_the_verification_once_it_is_signed(client):
    sending = sent()
    client.force_login(therapist_of(sending.plan))
    page = reverse("documentation:plan", args=[sending.plan_id])
    before = client.get(page).content.decode()

    signed(sending)

    assert f'href="{address(now(sending))}"' in client.get(page).content.decode()
    assert "/verify/" not in before
