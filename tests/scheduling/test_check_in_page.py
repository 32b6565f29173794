"""The check-in page: what is shown, what each press does, and who may press it."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AuditEvent, Coverage, Role
from scheduling import counter
from scheduling.models import Appointment, DeskPayment, DeskRules
from tests.factories import (
    AppointmentFactory,
    ConsentSignatureFactory,
    ConsentVersionFactory,
    CoverageFactory,
    UserFactory,
    at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
MONDAY = dt.date(2026, 3, 2)


@pytest.fixture
def visit(desk):
    CoverageFactory(patient=desk.patient, copay=Decimal("30.00"), member_id="W777")
    return AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, starts_at=at(10, 15)
    )


def url(name, row):
    return reverse(f"scheduling:{name}", args=[row.pk])


def page_of(client, visit):
    return client.get(url("check-in", visit)).content.decode()


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_shows_who_comes_the_card_the_copay_and_how_late_it_is(at_desk, visit):
    words = words_of(page_of(at_desk, visit))

    assert "Ada Okafor" in words
    assert "March 12, 1958" in words
    assert "Member ID W777" in words
    assert "$30.00 due" in words
    assert "15 min late" in words


def test_one_press_says_that_details_and_cards_are_right_and_it_is_kept(at_desk, desk, visit):
    at_desk.post(url("check-in-verify", visit))

    desk.patient.refresh_from_db()
    card = Coverage.objects.get()
    assert (desk.patient.verified_on, card.verified_on, card.verified_by) == (
        MONDAY,
        MONDAY,
        desk.user,
    )
    assert "Asked today" in page_of(at_desk, visit)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"patient.verified", "coverage.verified"} <= actions


def test_two_presses_are_enough_when_nothing_is_due(at_desk, desk):
    visit = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, starts_at=at(10, 30)
    )
    assert page_of(at_desk, visit).count('<button class="btn btn-primary btn-tall"') == 2

    at_desk.post(url("check-in-verify", visit))
    at_desk.post(url("arrive", visit), {"at": ""})

    visit.refresh_from_db()
    assert (visit.status, visit.arrived_at) == ("arrived", at(10, 30))


def test_a_change_is_saved_and_says_that_the_rest_is_right(at_desk, desk, visit):
    page = at_desk.get(url("check-in-details", visit))
    values = {field.html_name: field.value() or "" for field in page.context["form"]}
    values |= {"birth_date": "1958-03-12", "city": "Salem"}

    answer = at_desk.post(url("check-in-details", visit), values)

    desk.patient.refresh_from_db()
    assert answer.status_code == 303
    assert (desk.patient.city, desk.patient.verified_on) == ("Salem", MONDAY)


def test_a_change_that_cannot_be_saved_says_why_beside_the_field(at_desk, desk, visit):
    answer = at_desk.post(url("check-in-details", visit), {"last_name": "", "first_name": "A"})

    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    desk.patient.refresh_from_db()
    assert desk.patient.verified_on is None


def test_the_copay_is_taken_with_a_receipt_and_not_twice(at_desk, visit):
    given = {"amount": "30.00", "method": "check", "reference": "1042"}

    first = at_desk.post(url("check-in-copay", visit), given)
    second = at_desk.post(url("check-in-copay", visit), given)

    payment = DeskPayment.objects.get()
    assert (first.status_code, second.status_code) == (303, 422)
    assert "taken already" in second.content.decode()
    receipt = words_of(
        at_desk.get(reverse("scheduling:payment", args=[payment.pk])).content.decode()
    )
    assert f"Receipt {payment}" in receipt
    assert "Check, 1042" in receipt


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [("10:05", 303, ""), ("10:45", 422, "This time has not come yet.")],
)
def test_the_time_of_arrival_may_be_set_back_and_not_ahead(at_desk, visit, typed, status, told):
    answer = at_desk.post(url("arrive", visit), {"at": typed})

    visit.refresh_from_db()
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert visit.arrived_at == (at(10, 5) if status == 303 else None)


def test_who_is_here_may_have_the_time_mended(at_desk, visit):
    at_desk.post(url("arrive", visit), {"at": ""})

    at_desk.post(url("arrive", visit), {"at": "09:50"})

    visit.refresh_from_db()
    assert (visit.status, visit.arrived_at) == ("arrived", at(9, 50))
    assert AuditEvent.objects.filter(action="appointment.arrival_mended").count() == 1


def test_nobody_is_checked_in_for_an_appointment_that_was_called_off(at_desk, visit):
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")

    at_desk.post(url("arrive", visit), {"at": ""})

    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert "nobody can be checked in" in page_of(at_desk, visit)


def test_forms_that_are_due_are_asked_for_and_signed_ones_are_named(at_desk, desk, visit):
    due = ConsentVersionFactory(title="Consent to treatment")
    ConsentSignatureFactory(
        patient=desk.patient, version=ConsentVersionFactory(form__name="Privacy notice")
    )

    html = page_of(at_desk, visit)

    sign = reverse("people:consent-sign", args=[desk.patient.pk, due.pk])
    assert f"{sign}?next={url('check-in', visit)}%23forms" in html
    assert "Privacy notice signed Jan 5, 2026" in words_of(html)


def test_a_therapist_may_check_in_but_takes_no_money_and_changes_no_details(client, desk, visit):
    client.force_login(desk.therapist.user)

    html = page_of(client, visit)

    assert "Check in" in html
    assert "Take the copay" not in html
    assert "Something changed" not in html
    assert client.post(url("check-in-copay", visit), {}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_cards_and_forms(
    at_desk, desk, visit, count, django_assert_max_num_queries
):
    for number in range(count):
        ConsentVersionFactory()
        if number:
            CoverageFactory(patient=desk.patient, priority=number + 1)

    with django_assert_max_num_queries(17):
        at_desk.get(url("check-in", visit))


def test_takings_add_up_by_method_and_a_reversal_takes_off(at_desk, desk, visit):
    first = counter.take_payment(
        appointment=visit, kind="copay", amount=Decimal("20.00"), method="cash", by=desk.user
    )
    counter.reverse_payment(payment=first, reason="Typed wrong", by=desk.user)
    counter.take_payment(
        appointment=visit, kind="copay", amount=Decimal("25.00"), method="cash", by=desk.user
    )

    words = words_of(at_desk.get(reverse("scheduling:takings")).content.decode())
    empty = at_desk.get(reverse("scheduling:takings"), {"date": "2026-02-27"}).content.decode()

    assert "Cash (3) $25.00" in words
    assert "Card (0) $0.00" in words
    assert "Together $25.00" in words
    assert "Nothing was taken that day" in empty


def test_a_payment_is_reversed_on_a_page_that_asks_why(at_desk, desk, visit):
    payment = counter.take_payment(
        appointment=visit, kind="copay", amount=Decimal("20.00"), method="cash", by=desk.user
    )
    reverse_url = reverse("scheduling:payment-reverse", args=[payment.pk])

    without = at_desk.post(reverse_url, {"reason": ""})
    at_desk.post(reverse_url, {"reason": "Wrong patient"})

    assert without.status_code == 422
    assert DeskPayment.objects.get(reverses=payment).reason == "Wrong patient"
    page = at_desk.get(reverse("scheduling:payment", args=[payment.pk])).content.decode()
    assert "Wrong patient" in page


def test_the_owner_writes_a_clinics_rules_and_the_desk_charges_by_them(client, at_desk, desk):
    owner = UserFactory(roles=[Role.OWNER], clinics=[desk.clinic])
    client.force_login(owner)
    client.post(
        reverse("scheduling:desk-rules-edit", args=[desk.clinic.pk]),
        {
            "late_cancel_hours": 48,
            "no_show_fee": "50",
            "late_cancel_fee": "25",
            "waive_reasons": "Weather\n\nGoodwill\nWeather",
            "kiosk_opens_minutes": 45,
            "kiosk_closes_minutes": 0,
            "kiosk_most_tries": 5,
            "kiosk_tries_minutes": 10,
        },
    )
    rules = DeskRules.objects.get()
    assert (rules.late_cancel_hours, rules.waive_reasons, rules.first_is_free) == (
        48,
        ["Weather", "Goodwill"],
        False,
    )

    client.force_login(desk.user)
    row = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, starts_at=at(9)
    )
    client.post(url("no-show", row))
    assert "Okafor" in client.get(reverse("scheduling:fees-to-decide")).content.decode()
    client.post(url("fee-charge", row), {"amount": "50.00"})
    client.post(url("fee-pay", row), {"amount": "50.00", "method": "cash"})
    words = words_of(client.get(url("fee", row)).content.decode())

    assert "No-show: $50.00 charged" in words
    assert "It is paid." in words
    assert "Okafor" not in client.get(reverse("scheduling:fees-to-decide")).content.decode()
    tab = client.get(reverse("scheduling:patient-appointments", args=[desk.patient.pk]))
    assert "Missed or called off late 1 time in the last 12 months" in words_of(
        tab.content.decode()
    )


def test_a_fee_is_waived_only_with_a_reason(at_desk, desk):
    DeskRules.objects.create(clinic=desk.clinic, no_show_fee=Decimal(50), first_is_free=False)
    row = AppointmentFactory(
        patient=desk.patient, therapist=desk.therapist, type=desk.type, starts_at=at(9)
    )
    at_desk.post(url("no-show", row))

    without = at_desk.post(url("fee-waive", row), {"reason": ""})
    at_desk.post(url("fee-waive", row), {"reason": "Goodwill"})

    assert without.status_code == 422
    assert "waived" in at_desk.get(url("fee", row)).content.decode()


def test_the_one_press_check_in_of_the_card_still_works(at_desk, visit):
    at_desk.post(url("check-in", visit))

    visit.refresh_from_db()
    assert visit.status == "arrived"
    assert timezone.now() == visit.arrived_at
