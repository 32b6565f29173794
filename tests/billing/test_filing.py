"""The payer's clock: by when each claim must be out, and which run out of days."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing import claims
from billing.models import Claim, PayerPolicy
from people.models import Role
from tests.billing.makers import make_fees, make_payer
from tests.factories import NoteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


def make_claim(payer, day=None, status="ready") -> Claim:
    """A claim for a visit of that day."""
    visit = NoteFactory(visit__date_of_service=day or dt.date(2026, 3, 2)).visit
    return Claim.objects.create(
        visit=visit,
        patient=visit.patient,
        clinic=visit.clinic,
        payer=payer,
        control_number=claims.next_control_number(),
        status=status,
        total=100,
    )


@pytest.fixture
def payer():
    make_fees()
    return make_payer()


def test_the_last_day_is_told_by_the_policy_of_the_date_of_service(payer):
    old = PayerPolicy.objects.get()
    old.effective_to = dt.date(2026, 2, 28)
    old.timely_filing_days = 365
    old.save()
    PayerPolicy.objects.create(
        payer=payer, effective_from=dt.date(2026, 3, 1), timely_filing_days=90, unit_rule="cms"
    )
    before, after = make_claim(payer, dt.date(2026, 2, 28)), make_claim(payer, dt.date(2026, 3, 1))

    by = dict(Claim.objects.with_deadline().values_list("pk", "file_by"))

    assert by == {before.pk: dt.date(2027, 2, 28), after.pk: dt.date(2026, 5, 30)}


def test_without_a_policy_there_is_no_last_day(payer):
    claim = make_claim(payer)
    PayerPolicy.objects.all().delete()

    assert Claim.objects.with_deadline().get(pk=claim.pk).file_by is None


def test_the_list_begins_with_what_runs_out_first_and_gathers_what_is_near(client, payer, biller):
    PayerPolicy.objects.update(timely_filing_days=90)
    today = timezone.localdate()
    far, near, late = (make_claim(payer, today - dt.timedelta(days=days)) for days in (1, 75, 100))
    make_claim(payer, today - dt.timedelta(days=80), status="sent")
    url = reverse("billing:claims")

    ready = client.get(f"{url}?show=ready")
    running_out = client.get(f"{url}?show=late")

    assert list(ready.context["page_obj"]) == [late, near, far]
    assert list(running_out.context["page_obj"]) == [late, near]
    counts = {tab["key"]: tab["count"] for tab in running_out.context["groups"]}
    assert (counts["late"], counts["ready"], counts["out"]) == (2, 3, 1)
    page = running_out.content.decode()
    assert page.count("was to be filed by") == 1


@pytest.mark.parametrize(
    ("age", "told"), [(89, "1 day left"), (60, "30 days left"), (91, "too late")]
)
def test_a_claims_page_counts_the_days(client, payer, biller, age, told):
    PayerPolicy.objects.update(timely_filing_days=90)
    today = timezone.localdate(timezone=ZoneInfo("America/Los_Angeles"))  # the clinic's
    claim = make_claim(payer, today - dt.timedelta(days=age))

    page = client.get(claim.get_absolute_url()).content.decode()
    Claim.objects.update(status="sent")
    once_sent = client.get(claim.get_absolute_url()).content.decode()

    assert told in page
    assert told not in once_sent


def test_the_list_costs_the_same_queries_for_any_number_of_claims(client, payer, biller):
    url = reverse("billing:claims") + "?show=ready"
    client.get(url)
    counts = []
    for _ in range(3):
        make_claim(payer)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[2]
