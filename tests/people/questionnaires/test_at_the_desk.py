"""The desk reads a questionnaire and takes it over, field by field."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from people import questionnaires
from people.models import AuditEvent, Coverage, Message, Patient, Questionnaire, Role
from tests.factories import CoverageFactory, PayerFactory, UserFactory
from tests.people.questionnaires.answers import fill_in, sent_in, url_of

pytestmark = pytest.mark.django_db


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
