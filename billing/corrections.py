"""Change or undo what a payer has decided already: a corrected claim (7), a void (8).

Both go out under the claim's own control number and name the payer's (REF*F8). A claim that was
turned back before anybody decided it is no correction: `claims.take_back` opens it again.
"""

from __future__ import annotations

import dataclasses

from django.db import transaction

from billing import claims, ledger
from billing.frozen import claim_from_json, sha256_of, to_json
from billing.models import Claim, ClaimVersion
from billing.policies import NoPolicy, policy_on
from billing.x12 import codes
from people import audit
from people.models import User

Status, Frequency = Claim.Status, Claim.Frequency


class NotDecided(Exception):
    """No payer has this claim: there is nothing to correct or to void."""


class NoPayerNumber(Exception):
    """The payer's own number of the claim is not known, and it must be named."""


class NotTaken(Exception):
    """This payer takes no corrected claims; it reopens them on request."""


@transaction.atomic
def correct(*, claim: Claim, reason: str, payer_control_number: str, by: User) -> Claim:
    """Open a decided claim for mending; released again, it replaces the one the payer has.

    Its charges reverse, and post anew on release. A denied claim of a payer that takes no
    corrections goes out again as an original. Raises NotDecided, NoPayerNumber, NotTaken.
    """
    claim = claims.locked(claim)
    if claim.status not in Claim.DECIDED:
        raise NotDecided
    takes = _takes_corrections(claim)
    if not takes and claim.status != Status.DENIED:
        raise NotTaken
    if takes:
        _name_the_payers(claim, payer_control_number)
        claim.frequency = Frequency.CORRECTED
    else:
        claim.frequency = Frequency.ORIGINAL
    claim.correction_reason = reason
    claim.save(update_fields=["frequency", "correction_reason", "payer_control_number"])
    claim.move_to(Status.NEEDS_WORK)
    ledger.reverse_charges(claim=claim, by=by)
    audit.record(by=by, action="claim.corrected", patient=claim.patient, target=claim)
    return claims.scrub(claim=claim)


@transaction.atomic
def void_at_payer(*, claim: Claim, reason: str, payer_control_number: str, by: User) -> Claim:
    """Have the payer undo a decided claim: what it said last goes out once more, as a void.

    Nothing is checked anew, since it must say the same; its charges reverse. Once the payer takes
    the void, the claim is closed; one that was turned back can be sent again. Raises
    NotDecided, NoPayerNumber, NotTaken.
    """
    claim = claims.locked(claim)
    again = claim.status == Status.REJECTED and claim.frequency == Frequency.VOIDED
    if not again and claim.status not in Claim.DECIDED:
        raise NotDecided
    if not _takes_corrections(claim):
        raise NotTaken
    _name_the_payers(claim, payer_control_number)
    claim.frequency, claim.correction_reason = Frequency.VOIDED, reason
    claim.save(update_fields=["frequency", "correction_reason", "payer_control_number"])
    last = claim.versions.latest("number")
    content = to_json(
        dataclasses.replace(
            claim_from_json(last.content),
            frequency=codes.Frequency.VOID,
            payer_claim_number=claim.payer_control_number,
        )
    )
    ClaimVersion.objects.create(
        claim=claim,
        number=last.number + 1,
        content=content,
        sha256=sha256_of(content),
        made_by=by,
    )
    claim.move_to(Status.RELEASED)
    ledger.reverse_charges(claim=claim, by=by)
    audit.record(by=by, action="claim.void_released", patient=claim.patient, target=claim)
    return claim


def _takes_corrections(claim: Claim) -> bool:
    if claim.payer is None:
        raise NotDecided
    try:
        return policy_on(claim.payer, claim.visit.date_of_service).takes_corrections
    except NoPolicy:
        return True


def _name_the_payers(claim: Claim, number: str) -> None:
    claim.payer_control_number = number.strip() or claim.payer_control_number
    if not claim.payer_control_number:
        raise NoPayerNumber
