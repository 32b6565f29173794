"""Superbills on the self-pay tab, and what they do to the billers' work list."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing import issued_papers, superbills
from billing.models import Claim, Superbill
from billing.tasks import draft_claim
from people.models import AuditEvent, Role
from tests.billing.makers import make_payer, make_visit, sign
from tests.billing.self_pay.makers import estimate_for, page
from tests.factories import CoverageFactory, UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


def treated(patient, *, appointment=None, payer=None, minutes=(("97112", 24), ("97110", 23))):
    visit = make_visit(*minutes)
    type(visit).objects.filter(pk=visit.pk).update(
        patient=patient, clinic=patient.clinic, appointment=appointment
    )
    visit.refresh_from_db()
    if payer is not None:
        CoverageFactory(patient=patient, payer=payer)
    sign(visit)
    return visit


def test_the_desk_makes_a_superbill_of_all_visits_between_two_days(client, patient, desk, rung):
    visit = treated(patient)
    shown = page(client, "superbill-new", patient.pk)
    assert 'value="2026-03-02"' in shown

    answer = client.post(
        reverse("billing:superbill-new", args=[patient.pk]),
        {"which": "days", "starts_on": "2026-03-01", "ends_on": "2026-03-31"},
    )

    superbill = Superbill.objects.get()
    assert answer["Location"] == superbill.get_absolute_url()
    assert (superbill.rows.get().visit, superbill.total) == (visit, Decimal("275.00"))
    assert rung == [("superbill", superbill.pk)]
    assert "Mar 2, 2026, $275.00" in page(client, "patient-self-pay", patient.pk)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"which": "days", "starts_on": "", "ends_on": "2026-03-31"}, "Which day?"),
        (
            {"which": "days", "starts_on": "2026-03-31", "ends_on": "2026-03-01"},
            "This day lies before the first one.",
        ),
        (
            {"which": "days", "starts_on": "2026-04-01", "ends_on": "2026-04-30"},
            "No visit that could stand on it lies between these days.",
        ),
        ({"which": "visits"}, "Tick at least one visit."),
        ({"which": "visits", "visits": ["999"]}, "999 is not one of the available choices."),
    ],
)
def test_visits_that_cannot_be_chosen_are_said_beside_the_field(client, patient, desk, sent, said):
    treated(patient)

    answer = client.post(reverse("billing:superbill-new", args=[patient.pk]), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Superbill.objects.exists()


def test_a_visit_that_is_billed_to_a_payer_is_listed_with_the_reason(client, patient, desk):
    visit = treated(patient, payer=make_payer())
    draft_claim(visit.pk)

    shown = page(client, "superbill-new", patient.pk)

    assert "No visit can stand on a superbill" in shown
    assert "A claim to Medicare Part B is being prepared." in shown


def test_a_bill_that_outgrows_its_estimate_is_made_once_the_difference_was_seen(
    client, patient, desk, booked
):
    estimate = estimate_for(booked, desk, units=1)  # $95.00
    treated(patient, appointment=booked, minutes=(("97112", 83),))  # 6 × $95.00
    sent = {"which": "days", "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    url = reverse("billing:superbill-new", args=[patient.pk])

    answer = client.post(url, sent)

    assert answer.status_code == 422
    shown = " ".join(answer.content.decode().split())
    assert f"This bill outgrows estimate {estimate.number} by $475.00." in shown
    assert "Look at the difference first, then tick this." in shown
    assert not Superbill.objects.exists()

    client.post(url, sent | {"seen_over": "on"})
    assert Superbill.objects.get().total == Decimal("570.00")


def test_what_happened_a_moment_ago_is_said_and_nothing_is_made(client, patient, desk, monkeypatch):
    visit = treated(patient)

    def refuse(**_):
        raise superbills.Refused({visit.pk: "Its claim to Medicare was released."})

    monkeypatch.setattr(superbills, "ask", refuse)
    answer = client.post(
        reverse("billing:superbill-new", args=[patient.pk]),
        {"which": "visits", "visits": [visit.pk]},
    )

    assert answer.status_code == 422
    assert "Its claim to Medicare was released." in answer.content.decode()


def test_a_superbill_opens_once_it_is_made_and_the_audit_says_so(client, patient, desk):
    superbill = superbills.ask(patient=patient, visits=[treated(patient)], by=desk)
    url = reverse("billing:superbill-file", args=[superbill.pk])
    assert client.get(url)["Location"] == superbill.get_absolute_url()
    assert "Waiting in line" in page(client, "superbill-state", superbill.pk)

    issued_papers.make(superbill, lambda row: b"%PDF superbill")

    answer = client.get(url)
    assert (answer.content, answer["Content-Type"]) == (b"%PDF superbill", "application/pdf")
    assert file_headers(answer) == shown_pdf(f"{superbill.number}.pdf")
    assert AuditEvent.objects.filter(action="superbill.viewed", target_id=superbill.pk).count() == 1


def test_a_biller_takes_a_superbill_back_and_says_why(client, patient, desk):
    superbill = superbills.ask(patient=patient, visits=[treated(patient)], by=desk)
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[patient.clinic]))
    url = reverse("billing:superbill-take-back", args=[superbill.pk])

    refused = client.post(url, {"reason": ""})
    assert refused.status_code == 422
    assert "This field is required." in refused.content.decode()

    client.post(url, {"reason": "Insured after all"})
    assert "Insured after all" in page(client, "patient-self-pay", patient.pk)
    superbill.refresh_from_db()
    assert not superbill.stands


def test_a_claim_without_a_card_leaves_the_work_list_for_the_self_pay_group(client, patient, desk):
    visit = treated(patient)
    draft_claim(visit.pk)
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[patient.clinic]))
    number = Claim.objects.get().control_number
    assert number in page(client, "claims")

    superbills.ask(patient=patient, visits=[visit], by=desk)

    assert number not in page(client, "claims")
    shown = client.get(reverse("billing:claims"), {"show": "self"}).content.decode()
    assert number in shown


def test_a_card_that_turns_up_brings_the_claim_back_to_the_work_list(client, patient, desk):
    visit = treated(patient)
    draft_claim(visit.pk)
    superbills.ask(patient=patient, visits=[visit], by=desk)
    CoverageFactory(patient=patient, payer=make_payer())
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[patient.clinic]))

    client.post(reverse("billing:scrub", args=[Claim.objects.get().pk]))

    shown = page(client, "claims")
    assert Claim.objects.get().control_number in shown
    assert "which says that no insurance was billed" in shown
