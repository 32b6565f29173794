"""The next payer is asked for what the one before has left: once, and to the cent."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing import adjudications, batches, claims, ledger, secondary, tasks
from billing.adjudications import Heading
from billing.earlier_payers import decided_of, standing
from billing.models import (
    Adjudication,
    Adjustment,
    Claim,
    Finding,
    LedgerEntry,
    PayerPolicy,
)
from billing.rules.balance import Adjusted, Decided, DecidedLine
from billing.x12 import codes
from people.models import Coverage, Role
from tests.at_once import all_at_once
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.test_batches import text_of
from tests.billing.x12.pyx12_check import check
from tests.factories import CoverageFactory, UserFactory

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 3, 20)
REPLAYED = {"SBR", "AMT", "OI", "REF", "SVD", "CAS", "MOA", "DTP"}
HEADING = Heading(decided_on=ON, source="paper", payer_control_number="EMB7731002")


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


def commercial(partner, **policy):
    return make_payer(
        **{
            "name": "Cascade Mutual",
            "kind": "commercial",
            "filing": "CI",
            "partner": partner,
            "certification_needed": False,
            "referral_needed": False,
            "assistant_modifier": False,
        }
        | policy
    )


def sent(payer, biller) -> Claim:
    """A claim of two lines, 190.00 and 85.00, that is on its way to the payer."""
    claim = claims.draft_claim(make_signed_visit(("97112", 24), ("97110", 23), payer=payer))
    claims.release(claim=claim, by=biller)
    policy_partner = batches.partner_of(claim)
    batches.mark_sent(batch=batches.build(partner=policy_partner, by=biller), by=biller)
    claim.refresh_from_db()
    return claim


@pytest.fixture
def medicare_first(biller):
    """Medicare was billed 275.00; a commercial plan pays second."""
    make_fees()
    partner = make_partner()
    claim = sent(make_payer(partner=partner), biller)
    other = commercial(partner)
    other.edi_payer_id = "88201"
    other.save(update_fields=["edi_payer_id"])
    CoverageFactory(patient=claim.patient, payer=other, priority=2, member_id="W123456789")
    return claim


def line(number, code, charge, paid, off, share, units=1, reason="2"):
    return DecidedLine(
        number=number,
        code=code,
        charge=Decimal(charge),
        paid=Decimal(paid),
        units=units,
        modifiers=("GP",),
        adjustments=tuple(
            each
            for each in (
                Adjusted("CO", "45", Decimal(off)),
                Adjusted("PR", reason, Decimal(share)),
            )
            if each.amount
        ),
    )


DECIDED = Decided(
    charge=Decimal("275.00"),
    paid=Decimal("120.00"),
    lines=(
        line(1, "97112", "190.00", "80.00", "90.00", "20.00", units=2),
        line(2, "97110", "85.00", "40.00", "35.00", "10.00"),
    ),
)


def test_a_second_claim_that_is_closed_leaves_the_share_to_the_patient(medicare_first, biller):
    decide(medicare_first, biller)
    second = secondary.draft_next(claim=medicare_first, by=biller)

    claims.void(claim=second, by=biller, reason="The plan had ended.")

    assert ledger.balance_of(second.patient) == {
        "payer": Decimal("0.00"),
        "patient": Decimal("30.00"),
    }


def test_a_card_that_comes_to_light_later_takes_the_share_back_from_the_patient(
    medicare_first, biller
):
    card = Coverage.objects.get(priority=2)
    Coverage.objects.filter(pk=card.pk).update(ends_on=dt.date(2026, 3, 1))
    decide(medicare_first, biller)
    assert owed(medicare_first, "patient") == Decimal("30.00")
    Coverage.objects.filter(pk=card.pk).update(ends_on=None)

    second = secondary.draft_next(claim=medicare_first, by=biller)

    assert (owed(medicare_first, "payer"), owed(medicare_first, "patient")) == (
        Decimal("30.00"),
        Decimal("0.00"),
    )
    claims.void(claim=second, by=biller, reason="They had not paid their premium.")
    assert owed(medicare_first, "patient") == Decimal("30.00")


# The second payer pays 25.00 of the 30.00 that the first has left.
SECOND_DECIDED = Decided(
    charge=Decimal("275.00"),
    paid=Decimal("25.00"),
    adjustments=(
        Adjusted("OA", "23", Decimal("245.00")),
        Adjusted("PR", "3", Decimal("5.00")),
    ),
)


def decide(claim, biller, decided=DECIDED, heading=HEADING) -> Adjudication:
    row = adjudications.record(claim=claim, decided=decided, heading=heading, by=biller)
    claim.refresh_from_db()
    return row


def owed(claim, party):
    entries = LedgerEntry.objects.filter(claim=claim, party=party)
    return sum((entry.amount for entry in entries), Decimal("0.00"))


# What a payer decided


def test_a_decision_is_kept_as_it_was_told_and_the_claim_is_paid(medicare_first, biller):
    row = decide(medicare_first, biller)

    assert decided_of(standing(medicare_first)) == DECIDED
    assert (row.number, row.patient_share, row.entered_by) == (1, Decimal("30.00"), biller)
    assert medicare_first.status == Claim.Status.PAID
    assert medicare_first.payer_control_number == "EMB7731002"


def test_sums_that_do_not_meet_are_refused_and_nothing_is_kept(medicare_first, biller):
    wrong = Decided(DECIDED.charge, Decimal("121.00"), DECIDED.lines)

    with pytest.raises(adjudications.OutOfBalance, match=r"121\.00 is given as paid"):
        decide(medicare_first, biller, wrong)

    assert not Adjudication.objects.exists()
    medicare_first.refresh_from_db()
    assert medicare_first.status == Claim.Status.SENT


def test_a_decision_about_other_lines_is_refused(medicare_first, biller):
    with pytest.raises(adjudications.OtherLines):
        decide(medicare_first, biller, Decided(Decimal("80.00"), Decimal("80.00")))


def test_a_claim_that_no_payer_has_cannot_be_decided(biller):
    make_fees()
    claim = claims.draft_claim(make_signed_visit(payer=make_payer()))

    with pytest.raises(adjudications.NotWithPayer):
        decide(claim, biller)


def test_a_denial_is_kept_and_denies_the_claim(medicare_first, biller):
    nothing = Decided(
        charge=Decimal("275.00"),
        paid=Decimal("0.00"),
        adjustments=(Adjusted("PR", "204", Decimal("275.00")),),
    )

    decide(
        medicare_first, biller, nothing, Heading(decided_on=ON, source="portal", outcome="denied")
    )

    assert medicare_first.status == Claim.Status.DENIED


def test_what_a_file_is_known_by_posts_once(medicare_first, biller):
    heading = Heading(decided_on=ON, source="835", source_key="835:42:1")

    first = decide(medicare_first, biller, heading=heading)
    again = decide(medicare_first, biller, heading=heading)

    assert (again, Adjudication.objects.count()) == (first, 1)


def test_the_database_keeps_what_was_decided_and_that_it_balances(medicare_first, biller):
    row = decide(medicare_first, biller)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        Adjudication.objects.update(paid=1)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        Adjustment.objects.all().delete()
    with pytest.raises(IntegrityError, match="paid plus what was adjusted"), transaction.atomic():
        adjust_once_more(row)


def adjust_once_more(row):
    Adjustment.objects.create(
        adjudication=row, line=row.lines.first(), position=9, group="CO", reason="45", amount=5
    )
    connection.check_constraints()


# The ledger


def test_the_payment_and_what_is_written_off_are_posted_and_the_share_waits_for_the_next_payer(
    medicare_first, biller
):
    decide(medicare_first, biller)

    assert (owed(medicare_first, "payer"), owed(medicare_first, "patient")) == (
        Decimal("30.00"),
        Decimal("0.00"),
    )


def test_without_a_next_payer_the_share_is_the_patients(medicare_first, biller):
    Coverage.objects.filter(priority=2).delete()

    decide(medicare_first, biller)

    assert (owed(medicare_first, "payer"), owed(medicare_first, "patient")) == (
        Decimal("0.00"),
        Decimal("30.00"),
    )


def test_a_further_decision_takes_the_place_of_the_first(medicare_first, biller):
    decide(medicare_first, biller)
    better = Decided(
        charge=Decimal("275.00"),
        paid=Decimal("130.00"),
        lines=(
            line(1, "97112", "190.00", "90.00", "80.00", "20.00", units=2),
            DECIDED.lines[1],
        ),
    )

    row = decide(medicare_first, biller, better)

    assert (row.number, decided_of(standing(medicare_first))) == (2, better)
    assert owed(medicare_first, "payer") == Decimal("30.00")
    payments = LedgerEntry.objects.filter(claim=medicare_first, kind="payment", reversed_by=None)
    assert [entry.amount for entry in payments] == [Decimal("-130.00")]


def test_the_second_payers_answer_closes_what_was_open(medicare_first, biller):
    decide(medicare_first, biller)
    second = secondary.draft_next(claim=medicare_first, by=biller)
    second = sent_on(second, biller)

    decide(second, biller, SECOND_DECIDED, Heading(decided_on=ON, source="paper"))

    everything = ledger.balance_of(medicare_first.patient)
    assert everything == {"payer": Decimal("0.00"), "patient": Decimal("5.00")}


def sent_on(claim, biller):
    claims.release(claim=claim, by=biller)
    batch = batches.build(partner=batches.partner_of(claim), by=biller)
    batches.mark_sent(batch=batch, by=biller)
    claim.refresh_from_db()
    return claim


# The next payer's claim


def test_the_second_claim_replays_the_first_payers_answer_in_a_sound_file(medicare_first, biller):
    decide(medicare_first, biller)

    second = secondary.draft_next(claim=medicare_first, by=biller)

    assert (second.status, second.sequence, str(second.payer)) == ("ready", 2, "Cascade Mutual")
    claims.release(claim=second, by=biller)
    batch = batches.build(partner=batches.partner_of(second), by=biller)
    text = text_of(batch)
    assert check(text) == (True, [])
    rows = text.replace("\n", "").split("~")
    began = rows.index(next(row for row in rows if row.startswith("SBR*P")))
    replayed = [
        row
        for row in rows[began:]
        if row.split("*")[0] in REPLAYED and not row.startswith("DTP*472")
    ]
    assert replayed == [
        "SBR*P*18*******MB",
        "AMT*D*120",
        "AMT*EAF*30",
        "OI***Y***Y",
        "REF*F8*EMB7731002",
        f"REF*6R*{second.control_number}L1",
        "SVD*02302*80*HC:97112:GP**2",
        "CAS*CO*45*90",
        "CAS*PR*2*20",
        "DTP*573*D8*20260320",
        f"REF*6R*{second.control_number}L2",
        "SVD*02302*40*HC:97110:GP**1",
        "CAS*CO*45*35",
        "CAS*PR*2*10",
        "DTP*573*D8*20260320",
    ]
    assert LedgerEntry.objects.filter(claim=second).count() == 0


def test_medicare_second_says_why_or_is_held(biller):
    make_fees()
    partner = make_partner()
    first = commercial(partner)
    claim = sent(first, biller)
    medicare = make_payer(partner=partner, name="Medicare Part B")
    first.edi_payer_id = "88201"
    first.save(update_fields=["edi_payer_id"])
    card = CoverageFactory(
        patient=claim.patient, payer=medicare, priority=2, member_id="1EG4TE5MK73"
    )
    decide(claim, biller)

    second = secondary.draft_next(claim=claim, by=biller)

    held = [(row.check_id, row.field) for row in second.findings.filter(severity="error")]
    assert held == [("medicare_secondary_reason", "coverage.medicare_secondary")]
    card.medicare_secondary = Coverage.MedicareSecondary.WORKING_AGED
    card.save(update_fields=["medicare_secondary"])
    claims.release(claim=second, by=biller)
    batch = batches.build(partner=partner, by=biller)
    assert "SBR*S*18***12****MB~" in text_of(batch)
    assert check(text_of(batch)) == (True, [])


def test_the_reasons_on_a_card_are_those_that_a_claim_may_carry():
    assert set(Coverage.MedicareSecondary.values) == {
        each.value for each in codes.MedicareSecondary
    }


def test_a_claim_decided_as_a_whole_is_replayed_as_a_whole(medicare_first, biller):
    whole = Decided(
        charge=Decimal("275.00"),
        paid=Decimal("120.00"),
        adjustments=(
            Adjusted("CO", "45", Decimal("125.00")),
            Adjusted("PR", "2", Decimal("30.00"), 3),
        ),
    )
    decide(
        medicare_first,
        biller,
        whole,
        Heading(decided_on=ON, source="paper", remark_codes=("MA01",)),
    )

    second = secondary.draft_next(claim=medicare_first, by=biller)
    claims.release(claim=second, by=biller)
    text = text_of(batches.build(partner=batches.partner_of(second), by=biller))

    assert check(text) == (True, [])
    rows = text.replace("\n", "").split("~")
    began = rows.index("SBR*P*18*******MB")
    assert rows[began + 1 : began + 6] == [
        "CAS*CO*45*125",
        "CAS*PR*2*30*3",
        "AMT*D*120",
        "AMT*EAF*30",
        "OI***Y***Y",
    ]
    assert "MOA***MA01" in rows
    assert "DTP*573*D8*20260320" in rows
    assert not any(row.startswith("SVD") for row in rows)


def test_a_third_payer_is_told_what_both_before_it_decided(medicare_first, biller):
    third_payer = commercial(batches.partner_of(medicare_first), name="Harbor Union Plan")
    third_payer.edi_payer_id = "77003"
    third_payer.save(update_fields=["edi_payer_id"])
    CoverageFactory(patient=medicare_first.patient, payer=third_payer, priority=3, member_id="H77")
    decide(medicare_first, biller)
    second = sent_on(secondary.draft_next(claim=medicare_first, by=biller), biller)
    decide(second, biller, SECOND_DECIDED, Heading(decided_on=ON, source="paper"))

    third = secondary.draft_next(claim=second, by=biller)

    claims.release(claim=third, by=biller)
    text = text_of(batches.build(partner=batches.partner_of(third), by=biller))
    assert check(text) == (True, [])
    rows = text.replace("\n", "").split("~")
    assert [row for row in rows if row.startswith(("SBR", "AMT"))] == [
        "SBR*T*18*******CI",
        "SBR*P*18*******MB",
        "AMT*D*120",
        "AMT*EAF*30",
        "SBR*S*18*******CI",
        "AMT*D*25",
        "AMT*EAF*5",
    ]
    assert ledger.balance_of(third.patient) == {
        "payer": Decimal("5.00"),
        "patient": Decimal("0.00"),
    }


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
