"""Draft a claim from a signed visit, scrub it, release it.

A claim is drafted exactly once per visit and payer however often the task runs. Scrubbing replaces
its own findings. Releasing freezes all the claim says and posts its charges.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from billing import ledger, posting, superbills, trial
from billing.authority import authorization_for
from billing.claim_content import content_of
from billing.claim_facts import facts_of
from billing.claim_lines import repeat_lines, write_lines
from billing.coding import Coded, code_visit, coverage_of
from billing.earlier_payers import earlier_claims, standing
from billing.frozen import sha256_of, to_json
from billing.models import Claim, ClaimVersion, Finding
from billing.models.claim import NotAllowed
from billing.paper_fit import what_does_not_fit
from billing.policies import NoPolicy
from billing.rules.checks import scrub as run_checks
from billing.rules.types import Finding as Found
from billing.rules.types import Severity
from documentation.models import Note, Visit
from people import audit
from people.models import User
from scheduling import budget

BEHIND = "note_amended_since"  # found on a claim that has left
OPEN = (Claim.Status.DRAFT, Claim.Status.NEEDS_WORK, Claim.Status.READY)
CLOSABLE = (*OPEN, Claim.Status.RELEASED)  # nothing of it has left the house


class NotFinal(Exception):
    """The visit's note is not signed (or not co-signed) yet."""


class PayerHasIt(Exception):
    """The payer has this claim: it is corrected or voided there (`billing.corrections`)."""


class NotReady(Exception):
    """The claim still has findings that hold it."""


def next_control_number() -> str:
    """CLM01: at most 20 characters, from a sequence, never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_claim_number')")
        return f"PT{cursor.fetchone()[0]:08d}"


def draft_claim(visit: Visit) -> Claim:
    """The primary claim of a visit whose note is final; the one there is when there is one, looked
    at again when the note was amended since.

    Raises NotFinal.
    """
    with transaction.atomic():
        # One drafter at a time per visit; the unique constraint stands behind it.
        visit = (
            Visit.objects.select_for_update(no_key=True, of=("self",))
            .select_related("patient", "therapist__user", "clinic")
            .get(pk=visit.pk)
        )
        claim = Claim.objects.filter(visit=visit, sequence=1).first()
        if claim is not None:
            return look_again(claim)
        note = Note.objects.filter(visit=visit).first()
        if note is None or not note.is_final:
            raise NotFinal
        coverage = coverage_of(visit)
        claim = Claim.objects.create(
            visit=visit,
            patient=visit.patient.current,
            clinic=visit.clinic,
            coverage=coverage,
            payer=coverage.payer if coverage is not None else None,
            authorization=authorization_for(visit, coverage),
            control_number=next_control_number(),
        )
        audit.record(by=None, action="claim.drafted", patient=visit.patient, target=claim)
    return scrub(claim=claim)


@transaction.atomic
def look_again(claim: Claim) -> Claim:
    """What a further, amended version of the note means for a claim that rests on an earlier one.

    An open claim is worked out anew; one that was released and has not left comes back to the work
    list. One that has left is marked: the biller corrects it at the payer, or lets it be.
    """
    claim = locked(claim)
    note = claim.visit.note
    if not note.is_final or note.version <= claim.note_version or claim.status == Claim.Status.VOID:
        return claim
    if claim.status in OPEN:
        return scrub(claim=claim)
    if (
        claim.status in (Claim.Status.RELEASED, Claim.Status.REJECTED)
        and claim.frequency != Claim.Frequency.VOIDED
    ):
        return take_back(claim=claim, by=None)
    if not claim.findings.filter(check_id=BEHIND).exists():
        Finding.objects.create(
            claim=claim,
            check_id=BEHIND,
            severity=Finding.Severity.WARNING,
            message=f"The note was amended after this claim had left: version {note.version} "
            "holds now. Compare them, and correct the claim at the payer where they differ.",
            field="note",
            source="CMS Pub. 100-02, ch. 15, § 220.3",
        )
        audit.record(
            by=None,
            action="claim.note_amended",
            patient=claim.patient,
            target=claim,
            version=note.version,
        )
    return claim


def _code(claim: Claim) -> Coded:
    try:
        return code_visit(claim.visit, claim.coverage)
    except NoPolicy:
        return code_visit(claim.visit, None)


def _write_lines(claim: Claim, coded: Coded) -> list[Found]:
    """The claim's lines; what of them the biller should look at."""
    if claim.sequence == 1:
        write_lines(claim, coded)
        _tell_the_budget(claim, coded)
        return []
    first = Claim.objects.get(visit=claim.visit_id, sequence=1)
    return repeat_lines(claim, first, coded)


def _tell_the_budget(claim: Claim, coded: Coded) -> None:
    """Write down what the visit takes of its authorization, of the codes that it is for."""
    held = claim.authorization
    budget.record_units(
        appointment=claim.visit.appointment,
        units=sum(
            line.units
            for line in coded.lines
            if held is None or not held.codes or line.code in held.codes
        ),
    )


@transaction.atomic
def scrub(*, claim: Claim, by: User | None = None) -> Claim:
    """Run every check anew over an open claim; it is READY when no error is left.

    A claim that has been released is left as it is.
    """
    claim = locked(claim)
    if claim.status not in OPEN:
        return claim
    coverage = coverage_of(claim.visit, claim.sequence)
    claim.coverage = coverage
    claim.payer = coverage.payer if coverage is not None else None
    claim.authorization = authorization_for(claim.visit, coverage)
    claim.scrubbed_at = timezone.now()
    claim.note_version = claim.visit.note.version
    claim.save(update_fields=["coverage", "payer", "authorization", "scrubbed_at", "note_version"])
    coded = _code(claim)
    found = _write_lines(claim, coded)
    today = timezone.localdate(timezone=claim.clinic.zone)
    found = run_checks(facts_of(claim, coded, today=today)) + found + _on_a_superbill(claim)
    if not any(finding.severity is Severity.ERROR for finding in found):
        found += _writable(claim)
    if not any(finding.severity is Severity.ERROR for finding in found):
        found += what_does_not_fit(claim)
    _replace_findings(claim, found)
    held = any(finding.severity is Severity.ERROR for finding in found)
    there = Claim.Status.NEEDS_WORK if held else Claim.Status.READY
    if claim.status != there:
        claim.move_to(there)
    if by is not None:
        audit.record(
            by=by, action="claim.scrubbed", patient=claim.patient, target=claim, findings=len(found)
        )
    return claim


def _on_a_superbill(claim: Claim) -> list[Found]:
    """The patient holds a paper that says that no insurance was billed for this visit."""
    superbill = superbills.standing_of(claim.visit)
    if superbill is None or claim.payer is None:
        return []
    return [
        Found(
            check="on_a_superbill",
            severity=Severity.ERROR,
            message=f"The visit stands on superbill {superbill.number}, which says that no "
            "insurance was billed. Take the superbill back first, or void this claim.",
            field="superbill",
            source="The practice's own papers",
        )
    ]


def _writable(claim: Claim) -> list[Found]:
    """What the file itself would refuse, said now and not on the day it is sent."""
    try:
        content = content_of(claim)
    except ValueError as error:
        return trial.refused(str(error), field="claim")
    return trial.problems_of(content)


def _replace_findings(claim: Claim, found: list[Found]) -> None:
    claim.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(
            claim=claim,
            check_id=finding.check,
            severity=finding.severity.value,
            message=finding.message,
            field=finding.field,
            source=finding.source[:200],
            codes=list(finding.codes),
        )
        for finding in found
    )


@transaction.atomic
def release(*, claim: Claim, by: User) -> ClaimVersion:
    """Freeze what the claim says, post its charges and put it in line for the next file.

    Scrubs once more first: the chart or the card may have changed. Raises NotReady when that finds
    an error, NotAllowed when somebody else has released it already.
    """
    claim = scrub(claim=claim)  # under its lock from here on
    if claim.status == Claim.Status.NEEDS_WORK:
        raise NotReady
    claim.move_to(Claim.Status.RELEASED)
    content = to_json(content_of(claim))
    version = ClaimVersion.objects.create(
        claim=claim,
        number=claim.versions.count() + 1,
        content=content,
        sha256=sha256_of(content),
        made_by=by,
    )
    claim.released_at, claim.released_by = version.made_at, by
    claim.save(update_fields=["released_at", "released_by"])
    ledger.post_charges(claim=claim, version=version.number, by=by)
    audit.record(
        by=by, action="claim.released", patient=claim.patient, target=claim, version=version.number
    )
    return version


@transaction.atomic
def take_back(*, claim: Claim, by: User | None) -> Claim:
    """Bring back to the work list a released claim that is in no file yet, or one that was turned
    back by its payer; its charges reverse, and releasing it again posts them anew."""
    claim = locked(claim)
    if claim.status not in (Claim.Status.RELEASED, Claim.Status.REJECTED):
        raise NotAllowed(claim.status, Claim.Status.NEEDS_WORK)
    if claim.frequency == Claim.Frequency.VOIDED:
        raise PayerHasIt  # a void says what the payer has: there is nothing in it to mend
    claim.move_to(Claim.Status.NEEDS_WORK)
    ledger.reverse_charges(claim=claim, by=by)
    audit.record(by=by, action="claim.taken_back", patient=claim.patient, target=claim)
    return scrub(claim=claim)


@transaction.atomic
def void(*, claim: Claim, by: User, reason: str) -> Claim:
    """Close a claim that shall never be sent; what it charged is reversed. Raises PayerHasIt."""
    claim = locked(claim)
    if claim.status not in CLOSABLE:
        raise NotAllowed(claim.status, Claim.Status.VOID)
    if claim.frequency != Claim.Frequency.ORIGINAL:
        raise PayerHasIt
    claim.move_to(Claim.Status.VOID)
    claim.void_reason = reason
    claim.save(update_fields=["void_reason"])
    ledger.reverse_charges(claim=claim, by=by)
    before = earlier_claims(claim)
    decided = standing(before[-1]) if before else None
    if decided is not None:
        posting.leave_share(decided, by=by)
    audit.record(by=by, action="claim.voided", patient=claim.patient, target=claim)
    return claim


def locked(claim: Claim) -> Claim:
    """The claim under lock, with all that checks and files ask of it.

    In two statements: to plan one over all fourteen tables takes the database three times as long
    as both (docs/benchmarks.md).
    """
    claim = (
        Claim.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "clinic", "payer", "coverage__payer", "authorization")
        .get(pk=claim.pk)
    )
    claim.visit = Visit.objects.select_related(
        "therapist__user", "clinic", "patient", "episode__referring_provider"
    ).get(pk=claim.visit_id)
    return claim
