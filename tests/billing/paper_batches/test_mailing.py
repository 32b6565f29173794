"""A printed pile is mailed once, on a day that can be, or gives its claims back."""

import datetime as dt

import pytest
from django.db.models.signals import pre_save

from billing import paper_batches
from billing.models import PaperBatch
from tests.billing.paper_batches.makers import made, practice_day, released
from tests.billing.secondary.makers import decide

pytestmark = pytest.mark.django_db


def test_what_was_mailed_is_sent_on_that_day_once(by_mail, biller):
    claim = released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    today = practice_day()

    paper_batches.mark_mailed(batch=batch, on=today, by=biller)

    claim.refresh_from_db()
    batch.refresh_from_db()
    assert (claim.status, batch.mailed_on, batch.mailed_by) == ("sent", today, biller)
    with pytest.raises(paper_batches.NotOpen):
        paper_batches.mark_mailed(batch=batch, on=today, by=biller)
    with pytest.raises(paper_batches.NotOpen):
        paper_batches.withdraw(batch=batch, by=biller)


def test_what_is_not_made_cannot_be_mailed(by_mail, biller):
    released(by_mail, biller)
    batch = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    with pytest.raises(paper_batches.NotReady):
        paper_batches.mark_mailed(batch=batch, on=practice_day(), by=biller)


@pytest.mark.parametrize("days", [-1, 1])
def test_nothing_is_mailed_before_it_was_printed_or_tomorrow(by_mail, biller, days):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    with pytest.raises(paper_batches.NotThatDay):
        paper_batches.mark_mailed(
            batch=batch, on=practice_day() + dt.timedelta(days=days), by=biller
        )


@pytest.fixture
def evening():
    """Piles are asked for at half past seven in the evening of March 9, in Portland."""

    def set_clock(instance, **kwargs):
        instance.asked_at = dt.datetime(2026, 3, 10, 2, 30, tzinfo=dt.UTC)

    pre_save.connect(set_clock, sender=PaperBatch)
    yield
    pre_save.disconnect(set_clock, sender=PaperBatch)


def test_a_pile_of_the_evening_is_mailed_on_the_clinics_day_though_utc_has_the_next(
    client, by_mail, biller, evening
):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    client.force_login(biller)

    page = client.get(batch.get_absolute_url()).content.decode()
    with pytest.raises(paper_batches.NotThatDay):
        paper_batches.mark_mailed(batch=batch, on=dt.date(2026, 3, 8), by=biller)
    paper_batches.mark_mailed(batch=batch, on=dt.date(2026, 3, 9), by=biller)

    batch.refresh_from_db()
    assert "Asked for Mar 9, 2026, 7:30 pm by" in page
    assert batch.mailed_on == dt.date(2026, 3, 9)


def test_a_withdrawn_pile_gives_its_claims_back_to_the_next(by_mail, biller):
    claim = released(by_mail, biller)
    first = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    paper_batches.withdraw(batch=first, by=biller)
    second = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    assert list(second.claims.all()) == [claim]
    assert not paper_batches.ask_again(batch=first, by=biller)


def test_a_payer_decides_a_claim_that_came_by_mail(by_mail, biller):
    """No 277CA comes for paper."""
    claim = released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    paper_batches.mark_mailed(batch=batch, on=practice_day(), by=biller)
    claim.refresh_from_db()

    decide(claim, biller)

    assert claim.status == "paid"
