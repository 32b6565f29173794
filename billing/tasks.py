"""What billing does in the background: draft claims from signed notes, make audit packets."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging

from celery import shared_task
from django.db import OperationalError
from django.db.models import F, Q
from django.utils import timezone

from billing import (
    claims,
    desk_money,
    issued_papers,
    packets,
    paper_batches,
    replies,
    rule_loads,
    secondary,
    sending,
    transport,
)
from billing.models import (
    AuditPacket,
    Batch,
    Claim,
    Estimate,
    Finding,
    PaperBatch,
    Reply,
    Superbill,
    TradingPartner,
)
from documentation.models import Note, Visit

log = logging.getLogger(__name__)

BELL_LOST_AFTER = dt.timedelta(minutes=2)  # a worker that listens has begun by then
BEFORE_THE_NEXT_SWEEP = 55  # seconds; a bell nobody answered by then is rung anew


@shared_task(autoretry_for=(OperationalError,), retry_backoff=30, max_retries=5, ignore_result=True)
def draft_claim(visit_id: int) -> None:
    """Safe to run twice: the second run finds the claim and leaves."""
    claims.draft_claim(Visit.objects.get(pk=visit_id))


@shared_task(ignore_result=True)
def sweep_claims(most: int = 500) -> None:
    """Draft what a lost bell left behind. Safe to run twice: a drafted visit is not found again."""
    final = Note.objects.exclude(signed_at=None).exclude(cosign_needed=True, cosigned_at=None)
    missing = final.exclude(visit__in=Claim.objects.values("visit")).order_by("pk")
    for visit_id in missing.values_list("visit_id", flat=True)[:most]:
        try:
            claims.draft_claim(Visit.objects.get(pk=visit_id))
        except Exception:  # one claim that cannot be drafted must not keep the others waiting
            log.exception("visit %s: its claim could not be drafted", visit_id)
    behind = Claim.objects.filter(visit__note__in=final, visit__note__version__gt=F("note_version"))
    known = Finding.objects.filter(check_id=claims.BEHIND).values("claim")
    for claim in behind.exclude(status=Claim.Status.VOID).exclude(pk__in=known)[:most]:
        claims.look_again(claim)
    for claim in Claim.objects.filter(status=Claim.Status.DRAFT).order_by("pk")[:most]:
        claims.scrub(claim=claim)


@shared_task(autoretry_for=(OperationalError,), retry_backoff=30, max_retries=5, ignore_result=True)
def draft_next_claim(claim_id: int) -> None:
    """Safe to run twice: the second run finds the next payer's claim and leaves."""
    with contextlib.suppress(secondary.NothingToDraft):  # the claim's page says why
        secondary.draft_next(claim=Claim.objects.get(pk=claim_id), by=None)


@shared_task(ignore_result=True)
def sweep_next_claims(most: int = 500) -> None:
    """Draft what a lost bell left behind. Safe to run twice: what was drafted is not found."""
    for claim in secondary.waiting()[:most]:
        try:
            draft_next_claim(claim.pk)
        except Exception:  # one claim that cannot be drafted must not keep the others waiting
            log.exception("claim %s: its next payer's claim could not be drafted", claim.pk)


@shared_task(ignore_result=True)
def post_desk_money() -> None:
    """Safe to run twice, and at once: what is on the ledger is not found again, and each row's
    `source_key` is unique."""
    desk_money.post_desk_money()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=10, max_retries=5, ignore_result=True)
def apply_reply(reply_id: int) -> None:
    """Safe to run twice: a reply that was applied is left as it is."""
    replies.apply(reply=Reply.objects.get(pk=reply_id))


@shared_task(ignore_result=True)
def sweep_replies(most: int = 100) -> None:
    """Apply what a lost bell left waiting. Safe to run twice, as `apply_reply` is."""
    waiting = Reply.objects.filter(status=Reply.Status.WAITING).order_by("pk")
    for reply_id in waiting.values_list("pk", flat=True)[:most]:
        try:
            replies.apply(reply=Reply.objects.get(pk=reply_id))
        except Exception:  # one reply that fails must not keep the others waiting
            log.exception("reply %s could not be applied", reply_id)


@shared_task(ignore_result=True)
def send_batch(batch_id: int) -> None:
    """Never twice: SENDING is committed before a byte leaves, and only BUILT becomes SENDING."""
    sending.send(batch_id)


@shared_task(ignore_result=True)
def sweep_sends() -> None:
    """Try again what could not be reached, and what a lost bell left. As `send_batch`, never
    twice."""
    asked = Batch.objects.filter(status=Batch.Status.BUILT).exclude(send_asked_at=None)
    for batch_id in asked.order_by("pk").values_list("pk", flat=True):
        sending.send(batch_id)


@shared_task(ignore_result=True)
def fetch_replies() -> None:
    """Safe to run twice: a file is known by name, size and time, a reply by its bytes."""
    for partner in TradingPartner.objects.filter(delivery="sftp").exclude(sftp_inbox=""):
        try:
            sending.fetch(partner)
        except transport.NotReached:  # its page says why
            log.warning("partner %s: its replies could not be fetched", partner.pk)
    sweep_replies()


@shared_task(
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=5,
    ignore_result=True,
    soft_time_limit=30 * 60,
)
def make_audit_packet(packet_id: int) -> None:
    """Safe to run twice: the second run finds the packet made, or in other hands, and leaves. A
    failure ends on its row, which the case's packets and the page of all PDFs show."""
    packets.make(AuditPacket.objects.get(pk=packet_id))


@shared_task(ignore_result=True)
def sweep_audit_packets(most: int = 20) -> None:
    """Ring again for packets whose bell was missed or whose worker fell. Safe to run twice: so is
    what it rings for."""
    before = timezone.now() - packets.SIGN_OF_LIFE
    still = AuditPacket.objects.filter(
        Q(worked_at=None) | Q(worked_at__lt=before),
        status=AuditPacket.Status.WAITING,
        waiting_since__lt=before,
    ).order_by("waiting_since")
    for packet_id in still.values_list("pk", flat=True)[:most]:
        make_audit_packet.delay(packet_id)


@shared_task(
    autoretry_for=(OSError,),
    retry_backoff=30,
    max_retries=5,
    ignore_result=True,
    soft_time_limit=10 * 60,
)
def print_paper_batch(batch_id: int) -> None:
    """Safe to run twice: the second run finds the forms drawn, or in other hands, and leaves. A
    failure ends on the row, which its own page and the page of all PDFs show."""
    paper_batches.make(PaperBatch.objects.defer("file_bytes").get(pk=batch_id))


@shared_task(ignore_result=True)
def sweep_paper_batches(most: int = 20) -> None:
    """Ring again for forms whose bell was missed or whose worker fell. Safe to run twice: so is
    what it rings for."""
    before = timezone.now() - paper_batches.SIGN_OF_LIFE
    still = PaperBatch.objects.filter(
        Q(worked_at=None) | Q(worked_at__lt=before),
        status=PaperBatch.Status.WAITING,
        waiting_since__lt=before,
        withdrawn_at=None,
    ).order_by("waiting_since")
    for batch_id in still.values_list("pk", flat=True)[:most]:
        print_paper_batch.delay(batch_id)


@shared_task(autoretry_for=(OSError,), retry_backoff=30, max_retries=5, ignore_result=True)
def make_superbill(superbill_id: int) -> None:
    """Safe to run twice: the second run finds the PDF made and leaves."""
    issued_papers.make(Superbill.objects.get(pk=superbill_id), issued_papers.superbill_pdf)


@shared_task(autoretry_for=(OSError,), retry_backoff=30, max_retries=5, ignore_result=True)
def make_estimate(estimate_id: int) -> None:
    """Safe to run twice: the second run finds the PDF made and leaves."""
    issued_papers.make(Estimate.objects.get(pk=estimate_id), issued_papers.estimate_pdf)


@shared_task(ignore_result=True)
def sweep_issued_papers(most: int = 50) -> None:
    """Ring again for superbills and estimates whose bell was missed. Safe to run twice: so is what
    it rings for."""
    before = timezone.now() - BELL_LOST_AFTER
    for model, task in ((Superbill, make_superbill), (Estimate, make_estimate)):
        still = model.objects.filter(
            status=model.Status.WAITING, waiting_since__lt=before
        ).order_by("waiting_since")
        for pk in still.values_list("pk", flat=True)[:most]:
            task.delay(pk)


@shared_task(ignore_result=True)
def read_rule_file(load_id: int) -> None:
    """Safe to run twice: one run wins the waiting row, and it begins with an empty stage."""
    rule_loads.read(load_id)


@shared_task(ignore_result=True)
def sweep_rule_files(most: int = 5) -> None:
    """Ring again for files that wait to be read. Safe to run twice: so is what it rings for."""
    for load_id in rule_loads.put_back_what_stands_still()[:most]:
        read_rule_file.apply_async((load_id,), expires=BEFORE_THE_NEXT_SWEEP)
