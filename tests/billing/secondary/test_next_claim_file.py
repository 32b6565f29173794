"""A later payer's file replays what every payer before it has decided."""

from decimal import Decimal

import pytest

from billing import batches, claims, ledger, secondary
from billing.adjudications import Heading
from billing.models import LedgerEntry
from billing.rules.balance import Adjusted, Decided
from billing.x12 import codes
from people.models import Coverage
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.secondary.makers import ON, SECOND_DECIDED, commercial, decide, sent, sent_on
from tests.billing.test_batches import text_of
from tests.billing.x12.pyx12_check import check
from tests.factories import CoverageFactory

pytestmark = pytest.mark.django_db
REPLAYED = {"SBR", "AMT", "OI", "REF", "SVD", "CAS", "MOA", "DTP"}


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
