"""The self-pay tab, the forms behind it, the list of what is due, and the patient's own link."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import estimates, issued_papers, superbills, tasks
from billing.estimate_content import Plan
from billing.models import Claim, Estimate, EstimateRule, Superbill
from billing.tasks import draft_claim
from people import links
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_payer, make_visit, sign
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    CoverageFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    at,
)
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db

NOON = at(12, day=dt.date(2026, 3, 2))


@pytest.fixture(autouse=True)
def monday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON.astimezone(dt.UTC))


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The papers for which a worker was rung."""
    ids = []
    monkeypatch.setattr(tasks.make_superbill, "delay", lambda pk: ids.append(("superbill", pk)))
    monkeypatch.setattr(tasks.make_estimate, "delay", lambda pk: ids.append(("estimate", pk)))
    return ids


@pytest.fixture
def patient():
    PracticeFactory()
    make_fees()
    return PatientFactory(email="ada@example.com", contact_by="email")


@pytest.fixture
def desk(client, patient):
    user = UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic])
    client.force_login(user)
    return user


@pytest.fixture
def booked(patient):
    kind = AppointmentTypeFactory(name="Balance follow-up")
    return AppointmentFactory(
        patient=patient, type=kind, starts_at=at(9, day=dt.date(2026, 3, 16)), booked_at=NOON
    )


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


def plan_for(booked, units=2) -> Plan:
    return Plan(
        primary="Physical therapy for balance",
        appointments=[booked],
        services={booked.type_id: (("97112", units),)},
    )


def estimate_for(booked, by, **fields) -> Estimate:
    estimate = estimates.issue(patient=booked.patient, plan=plan_for(booked, **fields), by=by)
    issued_papers.make(estimate, lambda row: b"%PDF estimate")
    estimate.refresh_from_db()
    return estimate


def page(client, name, *args) -> str:
    response = client.get(reverse(f"billing:{name}", args=args))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# --- Superbills ---------------------------------------------------------------------------------


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


# --- Estimates ----------------------------------------------------------------------------------


def answers_for(booked, **changes):
    kind = booked.type_id
    return {
        "primary": "Physical therapy for balance",
        "episode": "",
        "more_visits": "0",
        f"visits_{kind}": [str(booked.pk)],
        f"code_{kind}_0": "97112",
        f"units_{kind}_0": "2",
        f"code_{kind}_1": "97110",
        f"units_{kind}_1": "",
    } | changes


def test_the_desk_issues_an_estimate_of_the_booked_visits(client, patient, desk, booked, rung):
    shown = page(client, "estimate-new", patient.pk)
    assert "Balance follow-up" in shown
    assert "97112 " in shown
    assert "Mon, Mar 16, 2026" in shown

    answer = client.post(
        reverse("billing:estimate-new", args=[patient.pk]),
        answers_for(booked, more_visits="4", more_type=booked.type_id, more_until="2026-04-30"),
    )

    estimate = Estimate.objects.get()
    assert answer["Location"] == estimate.get_absolute_url()
    assert (estimate.visits, estimate.total) == (5, Decimal("1375.00"))
    assert list(estimate.appointments.all()) == [booked]
    assert rung == [("estimate", estimate.pk)]
    assert "5 visits, $1,375.00" in page(client, "patient-self-pay", patient.pk)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"primary": ""}, "This field is required."),
        ({"code_{kind}_0": "", "code_{kind}_1": ""}, "Which services does a visit of this type"),
        ({"code_{kind}_1": "97112"}, "This code stands there already: raise its units."),
        ({"visits_{kind}": []}, "Choose a booked visit, or say how many more are expected."),
        ({"more_visits": "3"}, "Of which type are they?"),
        ({"more_visits": "3", "more_type": "{kind}"}, "Until when?"),
        (
            {"more_visits": "3", "more_type": "{kind}", "more_until": "2027-03-03"},
            "An estimate reaches 12 months at most: to Mar 2, 2027.",
        ),
        (
            {"more_visits": "3", "more_type": "{kind}", "more_until": "2026-03-01"},
            "This day has passed.",
        ),
        (
            {
                "more_visits": "3",
                "more_type": "{kind}",
                "more_until": "2026-05-01",
                "code_more_0": "97140",
            },
            "The booked visits of this type have other services",
        ),
    ],
)
def test_a_plan_that_cannot_be_estimated_is_refused_beside_the_field(
    client, patient, desk, booked, changes, said
):
    kind = str(booked.type_id)
    changes = {
        name.replace("{kind}", kind): value.replace("{kind}", kind)
        if isinstance(value, str)
        else value
        for name, value in changes.items()
    }

    answer = client.post(
        reverse("billing:estimate-new", args=[patient.pk]), answers_for(booked, **changes)
    )

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Estimate.objects.exists()


def test_a_newer_version_begins_with_what_the_older_one_said(client, patient, desk, booked):
    older = estimate_for(booked, desk)

    shown = page(client, "estimate-renew", older.pk)
    assert 'value="Physical therapy for balance"' in shown
    assert '<option value="97112" selected>' in shown

    client.post(reverse("billing:estimate-renew", args=[older.pk]), answers_for(booked))
    newer = Estimate.objects.get(version=2)
    assert (newer.replaces, newer.total) == (older, Decimal("275.00"))
    again = client.get(reverse("billing:estimate-renew", args=[older.pk]))
    assert again["Location"] == older.get_absolute_url()


def test_visits_on_a_standing_estimate_are_not_offered_for_another(client, patient, desk, booked):
    estimate_for(booked, desk)

    assert "No visit is booked that an estimate does not cover" in page(
        client, "estimate-new", patient.pk
    )


def test_the_list_says_who_is_due_and_the_badge_how_many(client, patient, desk, booked):
    shown = page(client, "estimates")
    assert "Okafor, Ada" in shown
    assert "Thu, Mar 5" in shown
    assert "1 visit booked, the first on Mar 16" in shown
    assert ">1<" in page(client, "estimates-badge")

    estimate = estimate_for(booked, desk)
    assert f"Give {estimate.number} to the patient" in page(client, "estimates")

    client.post(reverse("billing:estimate-given", args=[estimate.pk]))
    assert "No estimate is due" in page(client, "estimates")
    assert page(client, "estimates-badge") == ""
    assert "on paper, Mar 2, 2026" in page(client, "patient-self-pay", patient.pk)


def test_who_asks_stands_on_the_list(client, patient, desk):
    client.post(reverse("billing:estimate-asked", args=[patient.pk]))

    assert "The patient asked for an estimate on March 2, 2026." in page(
        client, "patient-self-pay", patient.pk
    )
    assert "Asked on Mar 2" in page(client, "estimates")


def test_the_billers_work_list_says_how_many_wait(client, patient, desk, booked):
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[patient.clinic]))

    assert "1 self-pay patient</a> waits for a good-faith estimate." in page(client, "claims")


def test_a_biller_changes_the_rule_and_a_second_one_may_not_overlap(client, patient):
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[patient.clinic]))
    rule = EstimateRule.objects.get()
    values = {
        name: getattr(rule, name)
        for name in (
            "near_from_days near_within_days far_from_days far_within_days asked_within_days "
            "dispute_over dispute_days dispute_where most_months source"
        ).split()
    }

    refused = client.post(
        reverse("billing:estimate-rule-new"), values | {"effective_from": "2026-07-01"}
    )
    assert refused.status_code == 422
    assert "Another rule holds on some of these days." in refused.content.decode()

    client.post(
        reverse("billing:estimate-rule-edit", args=[rule.pk]),
        values
        | {"effective_from": "2022-01-01", "effective_to": "2026-06-30", "dispute_over": "450"},
    )
    rule.refresh_from_db()
    assert (rule.dispute_over, rule.effective_to) == (Decimal("450"), dt.date(2026, 6, 30))


def test_an_estimate_opens_once_it_is_made(client, desk, booked):
    estimate = estimate_for(booked, desk)

    answer = client.get(reverse("billing:estimate-file", args=[estimate.pk]))

    assert (answer.content, answer["Content-Type"]) == (b"%PDF estimate", "application/pdf")
    assert file_headers(answer) == shown_pdf(f"{estimate.number}.pdf")


# --- The patient's link -------------------------------------------------------------------------


@pytest.fixture
def link(patient, desk, booked):
    return estimates.link_of(estimate_for(booked, desk), by=desk)


def address(link) -> str:
    return reverse("billing:estimate-link", args=[links.token_of(link)])


def test_looking_at_the_link_shows_nothing_of_the_patient_and_changes_nothing(client, link):
    client.logout()

    answer = client.get(address(link))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "The patient&#x27;s date of birth" in shown
    assert not any(word in shown for word in ("Okafor", "97112", "balance", "190"))
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
        "no-referrer",
        "noindex, nofollow",
    )
    assert Estimate.objects.get().given_at is None


def test_the_date_of_birth_opens_the_paper_and_it_counts_as_given(client, link):
    client.logout()

    answer = client.post(address(link), {"birth_date": "1958-03-12"})

    assert (answer.content, answer["Content-Type"]) == (b"%PDF estimate", "application/pdf")
    estimate = Estimate.objects.get()
    assert file_headers(answer) == shown_pdf(f"{estimate.number}.pdf")
    assert (estimate.given_how, estimate.given_by, estimate.given_at) == ("link", None, NOON)


def test_another_date_of_birth_opens_nothing(client, link):
    client.logout()

    answer = client.post(address(link), {"birth_date": "1958-03-13"})

    assert answer.status_code == 422
    assert "This is not the date of birth that we know." in answer.content.decode()
    assert Estimate.objects.get().given_at is None


def test_who_guesses_too_often_has_to_wait(client, link):
    client.logout()
    for number in range(20):
        client.post(address(link), {"birth_date": f"1958-04-{number + 1:02}"})

    assert client.post(address(link), {"birth_date": "1958-03-12"}).status_code == 429
    assert Estimate.objects.get().given_at is None


def test_a_link_to_an_estimate_that_was_replaced_is_closed(client, link, desk, booked):
    estimates.issue(
        patient=booked.patient, plan=plan_for(booked), replaces=Estimate.objects.get(), by=desk
    )

    assert client.get(address(link)).status_code == 410


def test_an_address_that_nobody_made_is_unknown(client):
    answer = client.get(reverse("billing:estimate-link", args=["1.made-up"]))

    assert answer.status_code == 404
    assert "This link is not whole" in answer.content.decode()


def test_a_paper_that_is_not_made_yet_asks_for_patience(client, patient, desk, booked):
    estimate = estimates.issue(patient=patient, plan=plan_for(booked), by=desk)
    link = estimates.link_of(estimate, by=desk)
    client.logout()

    answer = client.post(address(link), {"birth_date": "1958-03-12"})

    assert answer.status_code == 409
    assert "still being written" in answer.content.decode()
    assert Estimate.objects.get().given_at is None
