"""What a payer decided is kept as it was told, and balances."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing import adjudications, claims
from billing.adjudications import Heading
from billing.earlier_payers import decided_of, standing
from billing.models import Adjudication, Adjustment, Claim
from billing.rules.balance import Adjusted, Decided
from tests.billing.makers import make_fees, make_payer, make_signed_visit
from tests.billing.secondary.makers import DECIDED, ON, decide

pytestmark = pytest.mark.django_db


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
