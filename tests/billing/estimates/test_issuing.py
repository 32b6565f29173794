"""Good-faith estimates: frozen when issued, replaced by a newer version, given once."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from billing import estimates
from billing.models import Estimate, EstimateRule
from people.models import Message, PatientLink
from tests.billing.estimates.makers import book, day, issue, make, plan_of

pytestmark = pytest.mark.django_db


# --- It stays, and is replaced ------------------------------------------------------------------


def test_an_issued_estimate_never_changes(patient, follow_up, biller):
    estimate = make(issue(patient, plan_of(book(patient, follow_up, day(16))), biller))

    for act in (
        lambda: Estimate.objects.update(content={}),
        lambda: Estimate.objects.update(total=1),
        lambda: Estimate.objects.update(file_bytes=b"x"),
        estimate.appointments.clear,
        lambda: Estimate.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_changed_plan_is_a_newer_version_that_replaces_the_older(patient, follow_up, biller):
    visit = book(patient, follow_up, day(16))
    older = make(issue(patient, plan_of(visit), biller))
    estimates.send(estimate=older, by=biller)

    newer = issue(patient, plan_of(visit, units=3), biller, replaces=older)

    older = Estimate.objects.get(pk=older.pk)
    assert (newer.version, newer.replaces, older.is_current) == (2, older, False)
    assert (older.total, newer.total) == (Decimal("275.00"), Decimal("370.00"))
    assert PatientLink.objects.get().revoked_at is not None
    with pytest.raises(estimates.AlreadyReplaced):
        issue(patient, plan_of(visit), biller, replaces=older)


def test_the_numbers_are_those_that_held_when_it_was_issued(patient, follow_up, biller):
    visits = [book(patient, follow_up, day(n)) for n in (16, 17)]
    before = issue(patient, plan_of(visits[0]), biller)
    EstimateRule.objects.update(dispute_over=500)

    after = issue(patient, plan_of(visits[1]), biller)

    assert (before.dispute_over, after.dispute_over) == (Decimal("400.00"), Decimal("500"))
    assert before.content["rule"]["dispute_over"] == "$400.00"


# --- Given --------------------------------------------------------------------------------------


def test_an_estimate_is_given_once(patient, follow_up, biller):
    estimate = make(issue(patient, plan_of(book(patient, follow_up, day(16))), biller))

    assert estimates.give(estimate=estimate, how="paper", by=biller)
    assert not estimates.give(estimate=estimate, how="link", by=None)

    estimate.refresh_from_db()
    assert (estimate.given_how, estimate.given_by) == ("paper", biller)
    with pytest.raises(DatabaseError), transaction.atomic():
        Estimate.objects.update(given_how="link")


def test_what_is_not_made_yet_cannot_be_given(patient, follow_up, biller):
    estimate = issue(patient, plan_of(book(patient, follow_up, day(16))), biller)

    with pytest.raises(estimates.NotReady):
        estimates.give(estimate=estimate, how="paper", by=biller)


def test_the_link_is_written_once_and_names_nothing_clinical(patient, follow_up, biller):
    estimate = make(issue(patient, plan_of(book(patient, follow_up, day(16))), biller))

    first = estimates.send(estimate=estimate, by=biller)
    again = estimates.send(estimate=estimate, by=biller)

    assert first == again
    message = Message.objects.get()
    assert message.status == Message.Status.WAITING
    assert message.subject == f"A paper from {patient.clinic}"
    assert "/estimate/" in message.body
    assert not {"balance", "therapy", "Okafor"} & set(message.body.split())
    assert Estimate.objects.get().given_at is None
