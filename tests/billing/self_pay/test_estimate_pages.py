"""Estimates on the self-pay tab: the form, the list of what is due, the rule."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.models import Estimate, EstimateRule
from people.models import Role
from tests.billing.self_pay.makers import estimate_for, page
from tests.factories import UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


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
