"""The intake questionnaire: by link, step by step, sent in once, taken over field by field."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from people import links, questionnaires
from people.models import (
    AuditEvent,
    CardPhoto,
    ConsentSignature,
    Coverage,
    Message,
    Patient,
    Questionnaire,
    Role,
)
from tests.factories import (
    ClinicFactory,
    ConsentVersionFactory,
    CoverageFactory,
    PatientFactory,
    PayerFactory,
    QuestionnaireFactory,
    UserFactory,
)
from tests.file_answers import file_headers, shown_picture
from tests.people.test_pictures import picture

pytestmark = pytest.mark.django_db

WHO = {"first_name": "Adaeze", "last_name": "Okafor", "birth_date": "1958-03-12", "sex": "F"}
CONTACT = {
    "mobile_phone": "503 555 0142", "email": "ada@example.com", "line1": "9 Elm St",
    "city": "Salem", "state": "OR", "postal_code": "97301",
}  # fmt: skip
INSURANCE = {"payer_name": "acme health", "member_id": "A1", "group_number": "G7", "relation": "18"}
HEALTH = {"conditions": ["stroke", "clots"], "medications": "Apixaban", "falls": "2", "pain": "4"}
GOALS = {"reason": "A stroke", "goals": "Walk to the river"}
STEPS = {"who": WHO, "contact": CONTACT, "insurance": INSURANCE, "health": HEALTH, "goals": GOALS}


@pytest.fixture
def clinic():
    return ClinicFactory(name="Riverbend")


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, email="ada@example.com", contact_by="email")


@pytest.fixture
def desk(clinic):
    return UserFactory(clinics=[clinic])


@pytest.fixture
def row(patient, desk):
    until = timezone.now() + dt.timedelta(days=14)
    return questionnaires.invite(patient=patient, until=until, by=desk)


def url_of(row, name=""):
    token = links.token_of(row.link)
    if name:
        return reverse("people:intake-step", args=[token, name])
    return reverse("people:intake", args=[token])


def shown_in(form):
    """What a browser would send back unchanged, the values it had included."""
    shown = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False:
            shown[field.html_name] = value
            if field.field.show_hidden_initial:
                shown[field.html_initial_name] = value
    return shown


def fill_in(client, row):
    for name, values in STEPS.items():
        answer = client.post(url_of(row, name), values)
        assert answer.status_code == 303, answer.content.decode()


def sent_in(client, row):
    fill_in(client, row)
    client.post(url_of(row, "send"))
    row.refresh_from_db()
    return row


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


def test_patient_and_desk_read_dates_numbers_and_choices_in_words(client, row, patient, desk):
    Patient.objects.update(sex="M", birth_date=dt.date(1958, 3, 13), mobile_phone="+15035550100")
    fill_in(client, row)
    at_home = client.get(url_of(row, "send")).content.decode()
    client.post(url_of(row, "send"))
    client.force_login(desk)

    at_the_desk = client.get(row.get_absolute_url()).content.decode()

    for page in (at_home, at_the_desk):
        assert "March 12, 1958" in page
        assert "(503) 555-0142" in page
        assert "I hold the policy myself" in page
        assert "1958-03-12" not in page
        assert ">+15035550142<" not in page
    found = {
        item["name"]: (item["old_words"], item["new_words"])
        for item in questionnaires.proposals(Questionnaire.objects.get(pk=row.pk))
    }
    assert found["sex"] == ("Male", "Female")
    assert found["birth_date"] == ("March 13, 1958", "March 12, 1958")
    assert found["mobile_phone"] == ("(503) 555-0100", "(503) 555-0142")


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


def test_the_desk_takes_over_only_what_it_ticks(client, row, patient, desk):
    sent_in(client, row)
    client.force_login(desk)
    page = client.get(row.get_absolute_url()).content.decode()

    client.post(reverse("people:questionnaire-take", args=[row.pk]), {"take": ["city", "mrn"]})

    patient.refresh_from_db()
    row.refresh_from_db()
    assert "Adaeze" in page
    assert "Walk to the river" in page
    assert "Two or more" in page
    assert (patient.city, patient.first_name) == ("Salem", "Ada")
    assert (row.decisions["city"], row.decisions["first_name"]) == ("taken", "kept")
    event = AuditEvent.objects.get(action="questionnaire.taken_over")
    assert event.detail == {"fields": ["city"]}


def test_take_all_takes_all_and_finishing_ends_the_review(client, row, patient, desk):
    sent_in(client, row)
    client.force_login(desk)
    waiting = reverse("people:questionnaires-waiting")
    assert "1" in client.get(waiting).content.decode()

    client.post(reverse("people:questionnaire-take", args=[row.pk]), {"all": "yes"})
    client.post(reverse("people:questionnaire-finish", args=[row.pk]))
    client.post(reverse("people:questionnaire-take", args=[row.pk]), {"take": ["sex"]})

    patient.refresh_from_db()
    row.refresh_from_db()
    assert (patient.first_name, patient.city, patient.mobile_phone) == (
        "Adaeze",
        "Salem",
        "+15035550142",
    )
    assert (row.status, row.reviewed_by) == ("reviewed", desk)
    assert client.get(waiting).content.decode().strip() == ""
    assert questionnaires.proposals(row) == []


def test_the_card_goes_on_file_through_the_desks_own_form(client, row, patient, desk):
    payer = PayerFactory(name="Acme Health")
    sent_in(client, row)
    client.force_login(desk)
    url = reverse("people:questionnaire-card", args=[row.pk])
    form = client.get(url).context["form"]
    values = shown_in(form)
    assert values["payer"] == payer.pk
    assert values["member_id"] == "A1"

    answer = client.post(url, values)

    card = Coverage.objects.get()
    assert answer.status_code == 303
    assert (card.patient, card.payer, card.member_id, card.group_number) == (
        patient, payer, "A1", "G7",
    )  # fmt: skip


def test_a_card_on_file_may_be_changed_instead(client, row, patient, desk):
    card = CoverageFactory(patient=patient, member_id="OLD")
    sent_in(client, row)
    client.force_login(desk)
    url = reverse("people:questionnaire-card", args=[row.pk])
    form = client.get(url, {"coverage": card.pk}).context["form"]
    values = shown_in(form)

    client.post(f"{url}?coverage={card.pk}", values)

    card.refresh_from_db()
    assert (card.member_id, card.payer.name != "acme health") == ("A1", True)
    assert Coverage.objects.count() == 1


def test_a_therapist_reads_it_but_takes_nothing_over(client, row, clinic):
    sent_in(client, row)
    client.force_login(UserFactory(roles=[Role.THERAPIST], clinics=[clinic]))

    page = client.get(row.get_absolute_url()).content.decode()
    answer = client.post(reverse("people:questionnaire-take", args=[row.pk]), {"all": "yes"})

    assert "Walk to the river" in page
    assert "Take all" not in page
    assert answer.status_code == 403


def test_answers_that_were_sent_in_cannot_be_changed_even_in_the_database():
    row = QuestionnaireFactory(status="sent_in", sent_in_at=timezone.now())

    with pytest.raises(IntegrityError, match="keeps its answers"), transaction.atomic():
        Questionnaire.objects.filter(pk=row.pk).update(answers={"who": {"first_name": "Eve"}})


def test_the_desk_sends_and_takes_back_a_questionnaire_from_the_patients_tab(client, patient, desk):
    client.force_login(desk)
    tab = reverse("people:patient-intake", args=[patient.pk])
    day = timezone.localdate(timezone=patient.clinic.zone) + dt.timedelta(days=7)

    too_late = client.post(tab, {"until": "2099-01-01"})
    client.post(tab, {"until": day.isoformat()})
    row = Questionnaire.objects.get()
    client.post(reverse("people:questionnaire-withdraw", args=[row.pk]))

    row.refresh_from_db()
    assert too_late.status_code == 422
    assert row.status == "withdrawn"
    assert Message.objects.count() == 1
