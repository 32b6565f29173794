"""The pages around consent forms: worded by the owner, signed on the tablet, read and printed."""

import pytest
from django.urls import reverse

from people.models import ConsentForm, ConsentSignature, Role
from tests.factories import ClinicFactory, ConsentVersionFactory, PatientFactory, UserFactory
from tests.people.test_pictures import data_url, strokes

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def version():
    return ConsentVersionFactory(body="I agree to be treated.\n\nI may stop at any time.")


@pytest.fixture
def at_desk(client, clinic):
    client.force_login(UserFactory(clinics=[clinic]))
    return client


def sign_at(client, patient, version, **given):
    asked = {"signer_name": "Ada Okafor", "relation": "self", "signature": "", "typed": ""}
    return client.post(reverse("people:consent-sign", args=[patient.pk, version.pk]), asked | given)


def test_a_drawn_signature_is_kept_and_shown_as_it_was_drawn(at_desk, patient, version):
    answer = sign_at(at_desk, patient, version, signature=data_url(strokes()))

    signed = ConsentSignature.objects.get()
    page = at_desk.get(signed.get_absolute_url()).content.decode()
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("people:patient-consents", args=[patient.pk]),
    )
    assert bytes(signed.image).startswith(b"\x89PNG")
    assert "data:image/png;base64,iVBOR" in page
    assert "<p>I may stop at any time.</p>" in page
    assert signed.sha256 in page


def test_a_name_typed_by_keyboard_signs_too(at_desk, patient, version):
    sign_at(at_desk, patient, version, typed="Ada Okafor", relation="representative")

    signed = ConsentSignature.objects.get()
    assert (signed.typed, signed.image, signed.relation) == ("Ada Okafor", None, "representative")


def test_neither_drawn_nor_typed_says_so_beside_the_field_and_keeps_nothing(
    at_desk, patient, version
):
    answer = sign_at(at_desk, patient, version)

    assert answer.status_code == 422
    assert "or type your full name here" in answer.content.decode()
    assert not ConsentSignature.objects.exists()


def test_a_refusal_is_written_down_with_its_reason(at_desk, patient, version):
    url = reverse("people:consent-sign", args=[patient.pk, version.pk])
    who = {"no-signer_name": "Ada Okafor", "no-relation": "self", "decline": "yes"}

    without = at_desk.post(url, who | {"no-reason": ""})
    at_desk.post(url, who | {"no-reason": "Asks a lawyer first"})

    declined = ConsentSignature.objects.get()
    page = at_desk.get(declined.get_absolute_url()).content.decode()
    assert without.status_code == 422
    assert (declined.answer, declined.reason) == ("declined", "Asks a lawyer first")
    assert "Asks a lawyer first" in page


@pytest.mark.parametrize(
    ("asked", "goes"), [("/day/", "/day/"), ("https://evil.example/", None), ("//evil", None)]
)
def test_the_tablet_goes_back_only_to_pages_of_ours(at_desk, patient, version, asked, goes):
    answer = sign_at(at_desk, patient, version, typed="Ada", next=asked)

    assert answer["Location"] == goes or reverse("people:patient-consents", args=[patient.pk])
    assert "evil" not in answer["Location"]


def test_the_owner_words_a_form_and_words_it_again(client, clinic):
    client.force_login(UserFactory(roles=[Role.OWNER], clinics=[clinic]))
    first = {
        "name": "Privacy", "required": "yearly", "counts_days": 30, "position": 1,
        "title": "Privacy", "body": "We keep it.", "effective_from": "2026-01-01",
    }  # fmt: skip

    client.post(reverse("people:consent-form-new"), first)
    form = ConsentForm.objects.get()
    client.post(
        reverse("people:consent-version-new", args=[form.pk]),
        {
            "title": "Privacy", "body": "We keep it well.", "effective_from": "2026-02-01",
            "asks_again": "on",
        },
    )  # fmt: skip

    page = client.get(reverse("people:consent-form-edit", args=[form.pk])).content.decode()
    assert "We keep it.</p>" in page
    assert "We keep it well.</p>" in page
    assert [row.asks_again for row in form.versions.order_by("number")] == [False, True]


def test_words_of_a_form_cannot_bring_markup_onto_the_page(at_desk, patient):
    version = ConsentVersionFactory(body="<script>alert(1)</script>")

    page = at_desk.get(reverse("people:consent-sign", args=[patient.pk, version.pk]))

    assert "<script>alert(1)" not in page.content.decode()
