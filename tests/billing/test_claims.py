"""A claim from draft to release: once, clean, frozen."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing import claims, ledger
from billing.frozen import claim_from_json, sha256_of
from billing.models import Claim, ClaimVersion, LedgerEntry, PayerPolicy
from billing.models.claim import NotAllowed
from documentation.models import Note
from people.models import Role
from tests.billing.makers import make_fees, make_payer, make_signed_visit, make_visit, sign
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer():
    make_fees()
    return make_payer()


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


def lines_of(claim: Claim) -> list[tuple]:
    return [
        (line.code_id, line.units, line.modifiers, line.charge, line.control_number)
        for line in claim.lines.all()
    ]


def test_a_signed_visit_becomes_one_claim_with_units_modifiers_and_charges(payer):
    visit = make_signed_visit(("97112", 24), ("97110", 23), payer=payer)

    claim = claims.draft_claim(visit)

    number = claim.control_number
    assert lines_of(claim) == [
        ("97112", 2, ["GP"], Decimal("190.00"), f"{number}L1"),
        ("97110", 1, ["GP"], Decimal("85.00"), f"{number}L2"),
    ]
    assert claim.total == Decimal("275.00")
    assert list(claim.findings.values_list("check_id", flat=True)) == []
    assert claim.status == Claim.Status.READY


def test_drafting_again_finds_the_claim_that_is_there(payer):
    visit = make_signed_visit(payer=payer)

    first, second = claims.draft_claim(visit), claims.draft_claim(visit)

    assert first.pk == second.pk
    assert Claim.objects.count() == 1


def test_the_assistants_units_stand_on_a_line_of_their_own(payer):
    visit = make_visit(("97110", 36), ("97140", 30), payer=payer)
    visit.timed_entries.filter(code="97110").update(assistant_minutes=23)
    sign(visit)

    claim = claims.draft_claim(visit)

    assert [(line.code_id, line.units, line.modifiers) for line in claim.lines.all()] == [
        ("97110", 1, ["GP"]),
        ("97110", 1, ["GP", "CQ"]),
        ("97140", 2, ["GP"]),
    ]


@pytest.mark.parametrize("waits_for", ["signature", "co-signature"])
def test_no_claim_is_drafted_before_the_note_is_final(payer, waits_for):
    visit = make_visit(("97112", 24), payer=payer)
    if waits_for == "co-signature":
        sign(visit, cosign_needed=True)
    else:
        Note.objects.create(visit=visit)

    with pytest.raises(claims.NotFinal):
        claims.draft_claim(visit)


def test_a_visit_without_a_card_is_held_and_says_why():
    make_fees()
    visit = make_signed_visit(("97112", 24))

    claim = claims.draft_claim(visit)

    assert claim.status == Claim.Status.NEEDS_WORK
    assert "coverage_inactive" in claim.findings.values_list("check_id", flat=True)


def test_a_payer_without_a_policy_holds_the_claim(payer):
    visit = make_signed_visit(("97112", 24), payer=payer)
    PayerPolicy.objects.all().delete()

    claim = claims.draft_claim(visit)

    assert claim.status == Claim.Status.NEEDS_WORK
    assert "policy_missing" in claim.findings.values_list("check_id", flat=True)


def test_mending_the_chart_and_checking_again_makes_the_claim_ready(payer):
    visit = make_signed_visit(payer=payer)
    visit.episode.diagnoses.all().delete()
    claim = claims.draft_claim(visit)
    assert claim.status == Claim.Status.NEEDS_WORK

    visit.episode.diagnoses.create(position=1, code="I69.354", label="Hemiplegia, left side")
    claim = claims.scrub(claim=claim)

    assert claim.status == Claim.Status.READY
    assert list(claim.findings.all()) == []
    assert claim.lines.first().pointers == [1]


def test_release_freezes_the_claim_and_posts_its_charges_once(payer, biller):
    claim = claims.draft_claim(make_signed_visit(("97112", 24), ("97110", 23), payer=payer))

    version = claims.release(claim=claim, by=biller)

    claim.refresh_from_db()
    assert claim.status == Claim.Status.RELEASED
    assert version.sha256 == sha256_of(version.content)
    assert claim_from_json(version.content).total_charge == Decimal("275.00")
    assert sorted(LedgerEntry.objects.values_list("kind", "amount")) == [
        ("charge", Decimal("85.00")),
        ("charge", Decimal("190.00")),
    ]
    ledger.post_charges(claim=claim, version=version.number, by=biller)
    assert LedgerEntry.objects.count() == 2
    assert ledger.claim_balance(claim) == Decimal("275.00")


def test_a_claim_is_released_once(payer, biller):
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)

    with pytest.raises(NotAllowed):
        claims.release(claim=claim, by=biller)

    assert ClaimVersion.objects.count() == 1


def statements_of_releasing(claim, biller) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        claims.release(claim=claim, by=biller)
    return [query["sql"] for query in caught.captured_queries]


def test_a_release_costs_the_same_statements_however_many_went_before(payer, biller):
    drafts = [claims.draft_claim(make_signed_visit(payer=payer)) for _ in range(4)]
    claims.release(claim=drafts[0], by=biller)  # the practice, the policies: looked up once

    counts = [len(statements_of_releasing(claim, biller)) for claim in drafts[1:]]

    assert counts == [counts[0]] * 3


def test_a_release_locks_its_claim_once_and_no_statement_of_it_joins_a_dozen_tables(payer, biller):
    claim = claims.draft_claim(make_signed_visit(payer=payer))

    statements = statements_of_releasing(claim, biller)

    locks = [sql for sql in statements if sql.endswith('FOR NO KEY UPDATE OF "billing_claim"')]
    assert len(locks) == 1
    # Beyond eight tables the server takes longer to plan a statement than to run it.
    assert max(sql.count(" JOIN ") for sql in statements) < 8


def test_a_held_claim_cannot_be_released(payer, biller):
    visit = make_signed_visit(payer=payer)
    claim = claims.draft_claim(visit)
    visit.patient.coverages.update(member_id="")

    with pytest.raises(claims.NotReady):
        claims.release(claim=claim, by=biller)

    assert LedgerEntry.objects.count() == 0


def test_what_was_frozen_does_not_change_with_the_chart(payer, biller):
    visit = make_signed_visit(payer=payer)
    claim = claims.draft_claim(visit)
    version = claims.release(claim=claim, by=biller)
    before = version.content

    visit.patient.last_name = "Nguyen"
    visit.patient.save(update_fields=["last_name"])

    version.refresh_from_db()
    assert version.content == before


def test_taking_a_claim_back_reverses_its_charges_to_nothing(payer, biller):
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)

    claim = claims.take_back(claim=claim, by=biller)

    assert claim.status == Claim.Status.READY
    assert ledger.claim_balance(claim) == Decimal("0.00")
    assert ledger.balance_of(claim.patient) == {"payer": Decimal("0.00"), "patient": Decimal(0)}


def test_a_claim_released_again_is_charged_again_and_has_two_versions(payer, biller):
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)
    claims.take_back(claim=claim, by=biller)

    claims.release(claim=claim, by=biller)

    assert ledger.claim_balance(claim) == Decimal("275.00")
    assert list(claim.versions.values_list("number", flat=True)) == [2, 1]


def test_a_voided_claim_owes_nothing_and_keeps_the_reason(payer, biller):
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)

    claim = claims.void(claim=claim, by=biller, reason="Paid in cash")

    assert (claim.status, claim.void_reason) == (Claim.Status.VOID, "Paid in cash")
    assert ledger.claim_balance(claim) == Decimal("0.00")


@pytest.mark.parametrize("model", [LedgerEntry, ClaimVersion])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_posted_or_released(payer, biller, model, act):
    claim = claims.draft_claim(make_signed_visit(payer=payer))
    claims.release(claim=claim, by=biller)
    owner = "posted_by" if model is LedgerEntry else "made_by"
    change = {
        "update": lambda: model.objects.update(**{owner: None}),
        "delete": model.objects.all().delete,
    }

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        change[act]()
