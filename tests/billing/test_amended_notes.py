"""A note is amended after its claim was drafted: the claim rests on the latest final version."""

import pytest

from billing import batches, claims, ledger
from billing.models import Claim
from billing.tasks import sweep_claims
from documentation import amending
from documentation.models import Amendment, Note, TimedEntry
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.factories import UserFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return make_partner()


@pytest.fixture
def visit(partner):
    make_fees()
    return make_signed_visit(("97112", 24), ("97110", 23), payer=make_payer(partner=partner))


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


def open_note(visit):
    note = Note.objects.get(visit=visit)
    amending.open_amendment(note=note, reason="Wrong minutes.", by=visit.therapist.user)


def sign_anew(visit, *, minutes):
    """The further version as signed, without the signing page's own checks."""
    TimedEntry.objects.filter(visit=visit, code="97112").update(minutes=minutes)
    Note.objects.filter(visit=visit).update(
        signed_by=visit.therapist.user,
        signed_at=at(12),
        signer_name=str(visit.therapist),
        content={},
        content_sha256="2" * 64,
    )
    Amendment.objects.update(signed_at=at(12))


def units(claim):
    return list(claim.lines.values_list("code_id", "units"))


def findings(claim):
    return list(claim.findings.values_list("check_id", "severity"))


def test_while_the_note_is_open_its_claim_is_held(visit):
    claim = claims.draft_claim(visit)

    open_note(visit)
    held = claims.scrub(claim=claim)

    assert held.status == Claim.Status.NEEDS_WORK
    assert ("note_unsigned", "error") in findings(held)


def test_an_open_claim_is_worked_out_anew_from_the_amended_version(visit):
    claim = claims.draft_claim(visit)
    open_note(visit)
    sign_anew(visit, minutes=14)

    again = claims.draft_claim(visit)

    assert again.pk == claim.pk
    assert units(again) == [("97112", 1), ("97110", 1)]
    assert (again.note_version, findings(again)) == (2, [("note_amended", "warning")])
    assert again.status == Claim.Status.READY


def test_a_released_claim_comes_back_to_the_work_list_with_its_charges_reversed(visit, biller):
    claim = claims.draft_claim(visit)
    claims.release(claim=claim, by=biller)
    open_note(visit)
    sign_anew(visit, minutes=14)

    again = claims.draft_claim(visit)

    assert (again.status, again.note_version) == (Claim.Status.READY, 2)
    assert ledger.claim_balance(again) == 0
    event = AuditEvent.objects.get(action="claim.taken_back")
    assert (event.actor, event.target_id) == (None, claim.pk)


def test_a_released_claim_goes_into_no_file_while_its_note_is_open(visit, biller, partner):
    claims.release(claim=claims.draft_claim(visit), by=biller)

    before = batches.waiting_by_partner()
    open_note(visit)
    after = batches.waiting_by_partner()

    assert ([len(found) for found in before.values()], after) == ([1], {})


@pytest.mark.parametrize("status", ["batched", "sent", "accepted", "paid", "denied"])
def test_a_claim_that_has_left_stays_and_is_marked_once(visit, biller, status):
    claim = claims.draft_claim(visit)
    claims.release(claim=claim, by=biller)
    Claim.objects.update(status=status)
    open_note(visit)
    sign_anew(visit, minutes=14)

    claims.draft_claim(visit)
    claims.draft_claim(visit)

    claim.refresh_from_db()
    assert (claim.status, claim.note_version) == (status, 1)
    assert findings(claim) == [("note_amended_since", "warning")]
    assert units(claim) == [("97112", 2), ("97110", 1)]
    assert AuditEvent.objects.filter(action="claim.note_amended").count() == 1


def test_the_sweep_finds_the_claim_whose_bell_was_lost(visit):
    claim = claims.draft_claim(visit)
    open_note(visit)
    sign_anew(visit, minutes=14)

    sweep_claims()

    claim.refresh_from_db()
    assert (claim.note_version, units(claim)) == (2, [("97112", 1), ("97110", 1)])


def test_a_claim_of_a_first_version_is_left_alone(visit, biller):
    claim = claims.draft_claim(visit)
    claims.release(claim=claim, by=biller)

    again = claims.draft_claim(visit)

    assert (again.status, findings(again)) == (Claim.Status.RELEASED, [])
