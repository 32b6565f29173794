"""The intake questionnaire: by link, step by step, sent in once."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from people import questionnaires
from people.models import CardPhoto, ConsentSignature, Coverage, Message, Questionnaire
from tests.factories import ConsentVersionFactory, QuestionnaireFactory
from tests.file_answers import file_headers, shown_picture
from tests.people.questionnaires.answers import INSURANCE, STEPS, WHO, fill_in, sent_in, url_of
from tests.people.test_pictures import picture

pytestmark = pytest.mark.django_db


def test_an_invitation_is_a_message_with_the_link_and_nothing_clinical(row, patient):
    message = Message.objects.get(kind="intake")

    assert (message.patient, message.channel) == (patient, "email")
    assert message.body.splitlines()[1].endswith(url_of(row))
    assert "Okafor" not in message.body + message.subject


def test_a_second_invitation_takes_the_first_link_back(row, patient, desk, client):
    questionnaires.invite(patient=patient, until=timezone.now() + dt.timedelta(days=1), by=desk)

    answer = client.get(url_of(row))

    row.refresh_from_db()
    assert (row.status, answer.status_code) == ("withdrawn", 410)
    assert "no longer open" in answer.content.decode()


def test_the_pages_show_nothing_of_the_record(client, row, patient):
    for name in (*STEPS, "send"):
        page = client.get(url_of(row, name), follow=True).content.decode()
        for secret in (patient.last_name, patient.line1, patient.mrn, patient.email, "1958"):
            assert secret not in page


def test_what_was_typed_is_there_again_when_the_link_is_opened_anew(client, row):
    client.post(url_of(row, "who"), WHO)

    again = client.get(url_of(row))
    page = client.get(url_of(row, "who")).content.decode()

    assert again["Location"] == url_of(row, "contact")
    assert 'value="Adaeze"' in page


def test_a_mistake_stands_beside_its_field_and_nothing_is_kept(client, row):
    answer = client.post(url_of(row, "who"), WHO | {"birth_date": "1858-03-12"})

    row.refresh_from_db()
    assert answer.status_code == 422
    assert "Check the year" in answer.content.decode()
    assert row.answers == {}


def test_sending_in_closes_the_link_and_changes_nothing_of_the_record(client, row, patient):
    fill_in(client, row)

    answer = client.post(url_of(row, "send"))
    again = client.get(url_of(row))
    late = client.post(url_of(row, "who"), WHO | {"first_name": "Eve"})

    row.refresh_from_db()
    patient.refresh_from_db()
    assert "that is all" in answer.content.decode()
    assert (row.status, row.answers["who"]["first_name"]) == ("sent_in", "Adaeze")
    assert (again.status_code, late.status_code) == (410, 410)
    assert "We have your answers already" in again.content.decode()
    assert (patient.first_name, patient.city) == ("Ada", "Portland")
    assert not Coverage.objects.exists()


def test_nothing_is_sent_in_before_every_step_is_answered(client, row):
    client.post(url_of(row, "who"), WHO)

    answer = client.post(url_of(row, "send"), {"x": "1"})

    row.refresh_from_db()
    assert answer.status_code == 422
    assert "Not answered yet" in answer.content.decode()
    assert row.status == "open"


def test_a_link_that_ran_out_or_was_never_made_says_so(client, row):
    type(row.link).objects.filter(pk=row.link.pk).update(
        made_at=timezone.now() - dt.timedelta(days=9),
        expires_at=timezone.now() - dt.timedelta(seconds=1),
    )

    over = client.get(url_of(row))
    unknown = client.get(reverse("people:intake", args=["1.made-up"]))

    assert (over.status_code, unknown.status_code) == (410, 404)
    assert "has expired" in over.content.decode()
    assert "not whole" in unknown.content.decode()


def test_guessing_at_links_is_stopped(client):
    url = reverse("people:intake", args=["1.made-up"])

    statuses = [client.get(url).status_code for _ in range(31)]

    assert statuses == [404] * 30 + [429]


def test_a_card_photo_is_kept_without_its_camera_and_only_staff_sees_it(client, row, desk):
    photo = SimpleUploadedFile("card.pdf", picture("JPEG"), "application/pdf")
    client.post(url_of(row, "insurance"), INSURANCE | {"front": photo})
    kept = CardPhoto.objects.get()
    url = reverse("people:card-photo", args=[kept.pk])

    assert bytes(kept.image).startswith(b"\xff\xd8")
    assert client.get(url).status_code == 302
    client.force_login(desk)
    assert client.get(url).status_code == 404  # it is the patient's own until it is sent in
    sent_in(client, row)
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert file_headers(answer) == shown_picture("card-front.jpg")


def test_a_file_that_is_no_picture_is_refused_beside_its_field(client, row):
    false = SimpleUploadedFile("card.jpg", b"<html>", "image/jpeg")

    answer = client.post(url_of(row, "insurance"), INSURANCE | {"front": false})

    assert answer.status_code == 422
    assert "no picture that can be read" in answer.content.decode()
    assert not CardPhoto.objects.exists()


def test_forms_are_signed_on_the_way_and_may_wait_for_the_clinic(client, row, patient):
    version = ConsentVersionFactory()
    page = client.get(url_of(row, "forms")).content.decode()
    given = {"form": version.pk, "signer_name": "Ada Okafor", "relation": "self", "typed": "Ada O"}

    answer = client.post(url_of(row, "forms"), given)

    signed = ConsentSignature.objects.get()
    assert "I will sign at the clinic" in page
    assert answer["Location"] == url_of(row, "forms")
    assert (signed.patient, signed.version, signed.taken_by) == (patient, version, None)


def test_a_form_is_declined_at_home_with_a_reason(client, row, patient):
    version = ConsentVersionFactory()
    given = {"form": version.pk, "decline": "yes", "no-signer_name": "Ada O", "no-relation": "self"}

    refused = client.post(url_of(row, "forms"), given | {"no-reason": ""})
    assert refused.status_code == 422
    assert "no-reason_error" in refused.content.decode()
    assert ConsentSignature.objects.count() == 0
    answer = client.post(url_of(row, "forms"), given | {"no-reason": "I want to ask first"})

    kept = ConsentSignature.objects.get()
    assert answer["Location"] == url_of(row, "forms")
    assert (kept.version, kept.answer, kept.reason, kept.signer_name, kept.taken_by) == (
        version,
        "declined",
        "I want to ask first",
        "Ada O",
        None,
    )
    assert client.get(url_of(row, "forms"))["Location"] == url_of(row, "send")


def test_browsers_may_offer_to_fill_in_who_and_where(client, row):
    page = client.get(url_of(row, "contact")).content.decode()

    assert re.findall('autocomplete="([^"]+)"', page) == [
        "tel",
        "home tel",
        "email",
        "address-line1",
        "address-line2",
        "address-level2",
        "address-level1",
        "postal-code",
    ]


def test_answers_that_were_sent_in_cannot_be_changed_even_in_the_database():
    row = QuestionnaireFactory(status="sent_in", sent_in_at=timezone.now())

    with pytest.raises(IntegrityError, match="keeps its answers"), transaction.atomic():
        Questionnaire.objects.filter(pk=row.pk).update(answers={"who": {"first_name": "Eve"}})
