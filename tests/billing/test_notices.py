"""The patient's Medicare tab: notices and the year's use are entered, judged and withdrawn."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import AbnRecord, YearUse
from people.models import AuditEvent, Role
from tests.factories import ClinicFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

NOTICE = {
    "kind": "GA",
    "discipline": "PT",
    "codes": "97112, 97110",
    "covers_from": "2026-03-02",
    "covers_to": "",
    "signed_on": "2026-03-02",
    "choice": "1",
    "estimated_cost": "95.00",
    "reason": "Medicare may find more visits not necessary",
}


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def biller(client):
    person = UserFactory(roles=[Role.BILLER])
    client.force_login(person)
    return person


def post(client, name, patient, form):
    return client.post(reverse(f"billing:{name}", args=[patient.pk]), form)


def test_a_notice_is_recorded_with_whose_word_it_is(client, biller, patient):
    page = post(client, "notice-new", patient, NOTICE)

    notice = AbnRecord.objects.get()
    assert page.status_code == 303
    assert (notice.kind, notice.codes, notice.recorded_by) == ("GA", ["97112", "97110"], biller)
    assert notice.last_day == dt.date(2027, 3, 1)
    assert AuditEvent.objects.filter(action="notice.recorded", patient=patient).count() == 1
    shown = client.get(reverse("billing:patient-medicare", args=[patient.pk])).content.decode()
    assert "97112, 97110" in shown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"signed_on": ""}, "GA says that the patient signed: when?"),
        ({"signed_on": "2026-03-03"}, "It must be signed before the first service it covers."),
        ({"codes": "97112 99999"}, "99999 is no code this practice knows."),
        ({"covers_to": "2026-03-01"}, "The end lies before the start."),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_notice_that_cannot_be_is_refused_beside_its_field(client, biller, patient, change, told):
    page = post(client, "notice-new", patient, NOTICE | change)

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not AbnRecord.objects.exists()


def test_a_notice_without_a_signature_may_say_that_there_is_none(client, biller, patient):
    post(client, "notice-new", patient, NOTICE | {"kind": "GZ", "signed_on": "", "codes": ""})

    assert AbnRecord.objects.get().codes == []


def test_the_portals_amount_is_entered_and_withdrawn_and_stays_readable(client, biller, patient):
    form = {"bucket": "PT_SLP", "amount": "2400.10", "as_of": "2026-03-02", "source": "portal"}

    post(client, "year-use-new", patient, form)

    use = YearUse.objects.get()
    assert (use.amount, use.entered_by) == (Decimal("2400.10"), biller)
    client.post(reverse("billing:year-use-withdraw", args=[use.pk]))
    use.refresh_from_db()
    assert use.withdrawn_by == biller
    shown = client.get(reverse("billing:patient-medicare", args=[patient.pk])).content.decode()
    assert "Withdrawn" in shown
    assert "$2,400.10" in shown


def test_a_day_still_to_come_and_a_negative_amount_are_refused(client, biller, patient):
    form = {"bucket": "OT", "amount": "-1", "as_of": "2999-01-01", "source": "portal"}

    page = post(client, "year-use-new", patient, form)

    assert page.status_code == 422
    assert "This day is still to come." in page.content.decode()
    assert not YearUse.objects.exists()


def test_the_tab_is_empty_until_something_is_entered(client, biller, patient):
    shown = client.get(reverse("billing:patient-medicare", args=[patient.pk])).content.decode()

    assert "No notice recorded" in shown


def test_another_clinics_desk_cannot_withdraw_a_notice(client, patient):
    notice = AbnRecord.objects.create(
        patient=patient,
        kind="GZ",
        reason="x",
        covers_from=dt.date(2026, 3, 2),
        recorded_by=UserFactory(),
    )
    client.force_login(UserFactory(roles=[Role.FRONT_DESK], clinics=[ClinicFactory()]))

    page = client.post(reverse("billing:notice-withdraw", args=[notice.pk]))

    notice.refresh_from_db()
    assert (page.status_code, notice.withdrawn_at) == (404, None)


def test_the_tab_asks_as_much_for_one_notice_as_for_three(client, biller, patient):
    asked = []
    for _ in range(3):
        post(client, "notice-new", patient, NOTICE)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("billing:patient-medicare", args=[patient.pk]))
        asked.append(len(queries))

    assert asked[0] == asked[2]
