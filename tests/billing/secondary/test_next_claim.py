"""The next payer is asked for what the one before has left: once, and to the cent."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import adjudications, claims, secondary, tasks
from billing.adjudications import Heading
from billing.models import Claim, Finding, PayerPolicy
from billing.rules.balance import Decided
from people.models import Coverage, Role
from tests.at_once import all_at_once
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.secondary.makers import DECIDED, ON, commercial, decide, line, sent, sent_on
from tests.factories import CoverageFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_it_is_drafted_once_however_often_it_is_asked_for(medicare_first, biller):
    decide(medicare_first, biller)

    first = secondary.draft_next(claim=medicare_first, by=biller)
    tasks.draft_next_claim(medicare_first.pk)
    tasks.sweep_next_claims()

    assert secondary.draft_next(claim=medicare_first, by=biller) == first
    assert Claim.objects.filter(sequence=2).count() == 1


def test_the_sweep_drafts_what_a_lost_bell_left_behind(medicare_first, biller):
    decide(medicare_first, biller)
    assert list(secondary.waiting()) == [medicare_first]

    tasks.sweep_next_claims()

    second = Claim.objects.get(sequence=2)
    assert (second.visit, second.status) == (medicare_first.visit, "ready")
    assert list(secondary.waiting()) == []


@pytest.mark.parametrize("said", [None, True])
def test_a_payer_that_forwards_by_itself_leaves_nothing_to_draft(medicare_first, biller, said):
    """By its policy, or because this one answer says so."""
    policy = medicare_first.payer.pk
    if said is None:
        PayerPolicy.objects.filter(payer=policy).update(forwards_claims=True)

    row = decide(
        medicare_first, biller, heading=Heading(decided_on=ON, source="paper", forwarded=said)
    )
    tasks.draft_next_claim(medicare_first.pk)
    tasks.sweep_next_claims()

    assert row.forwarded
    assert not Claim.objects.filter(sequence=2).exists()
    with pytest.raises(secondary.NothingToDraft, match="sends the claim on itself"):
        secondary.draft_next(claim=medicare_first, by=biller)


def test_a_payer_that_forwards_may_not_have_this_time(medicare_first, biller):
    PayerPolicy.objects.filter(payer=medicare_first.payer).update(forwards_claims=True)

    decide(medicare_first, biller, heading=Heading(decided_on=ON, source="paper", forwarded=False))

    assert secondary.draft_next(claim=medicare_first, by=biller).sequence == 2


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param("undecided", "decision is not entered", id="not decided"),
        pytest.param("no card", "No further card", id="no card"),
        pytest.param("ended", "No further card", id="the card had ended"),
        pytest.param("nothing left", "Nothing is left", id="nothing left"),
    ],
)
def test_what_stands_in_the_way_is_said(medicare_first, biller, spoil, why):
    if spoil == "no card":
        Coverage.objects.filter(priority=2).delete()
    if spoil == "ended":
        Coverage.objects.filter(priority=2).update(ends_on=dt.date(2026, 3, 1))
    if spoil == "nothing left":
        paid = Decided(
            charge=Decimal("275.00"),
            paid=Decimal("150.00"),
            lines=(
                line(1, "97112", "190.00", "100.00", "90.00", "0.00", units=2),
                line(2, "97110", "85.00", "50.00", "35.00", "0.00"),
            ),
        )
        decide(medicare_first, biller, paid)
    elif spoil != "undecided":
        decide(medicare_first, biller)

    with pytest.raises(secondary.NothingToDraft, match=why):
        secondary.draft_next(claim=medicare_first, by=biller)
    assert list(secondary.waiting()) == []


def test_a_second_decision_is_replayed_by_a_claim_that_is_still_here(medicare_first, biller):
    decide(medicare_first, biller)
    second = secondary.draft_next(claim=medicare_first, by=biller)
    claims.release(claim=second, by=biller)
    more = Decided(
        charge=Decimal("275.00"),
        paid=Decimal("110.00"),
        lines=(
            line(1, "97112", "190.00", "70.00", "90.00", "30.00", units=2),
            DECIDED.lines[1],
        ),
    )

    decide(medicare_first, biller, more)

    second.refresh_from_db()
    assert second.status == Claim.Status.READY
    claims.release(claim=second, by=biller)
    content = second.versions.latest("number").content
    assert content["other_payers"][0]["paid"] == "110.00"


def test_a_second_decision_marks_a_claim_that_has_left(medicare_first, biller):
    decide(medicare_first, biller)
    second = sent_on(secondary.draft_next(claim=medicare_first, by=biller), biller)

    decide(medicare_first, biller)
    decide(medicare_first, biller)

    marks = Finding.objects.filter(claim=second, check_id=adjudications.ANEW)
    assert [(mark.severity, mark.field) for mark in marks] == [("warning", "claim.earlier")]
    second.refresh_from_db()
    assert second.status == Claim.Status.SENT


def test_units_that_differ_under_the_second_payers_rule_are_said(medicare_first, biller):
    """24 and 23 minutes: 3 units by the CMS rule, 4 by the AMA's."""
    PayerPolicy.objects.filter(payer__name="Cascade Mutual").update(unit_rule="ama")
    decide(medicare_first, biller)

    second = secondary.draft_next(claim=medicare_first, by=biller)

    billed = [(row.code_id, row.units, row.charge) for row in second.lines.all()]
    assert billed == [("97112", 2, Decimal("190.00")), ("97110", 1, Decimal("85.00"))]
    said = second.findings.get(check_id="units_differ_by_payer")
    assert said.message.startswith(
        "By this payer's own rules the visit comes to 97112 × 2, 97110 × 2."
    )


@pytest.mark.django_db(transaction=True)
def test_eight_drafters_of_one_decision_make_one_claim():
    biller = UserFactory(roles=[Role.BILLER])
    make_fees()
    partner = make_partner()
    claim = sent(make_payer(partner=partner), biller)
    CoverageFactory(patient=claim.patient, payer=commercial(partner), priority=2)
    decide(claim, biller)

    answers = all_at_once([lambda: secondary.draft_next(claim=claim, by=biller).pk] * 8)

    assert answers == [Claim.objects.get(sequence=2).pk] * 8
