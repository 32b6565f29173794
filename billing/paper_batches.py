"""Put released claims on paper, many in one PDF: for the mail, or copies.

The row stands first and names the frozen versions; a worker draws them one by one and tells the
row how far it is. Claims for the mail go with their batch: SENT on the day it was mailed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from billing.batches import released
from billing.frozen import claim_from_json
from billing.models import Claim, ClaimVersion, FormPrinter, PaperBatch
from billing.paper.cms1500 import Form, fill
from billing.paper.draw import Look, draw
from billing.paper_fit import takes_paper_only
from documentation import papers
from people import audit
from people.models import Payer, User, practice_zone

Status, Purpose = Claim.Status, PaperBatch.Purpose
MOST_CLAIMS = 1000  # a thicker pile is two
SIGN_OF_LIFE = dt.timedelta(minutes=2)
TELL_EVERY = 10  # claims; each takes a few milliseconds


class NothingToPrint(Exception):
    """No released claim is among those asked for, or none waits any more."""


class TooMany(Exception):
    """More claims than one PDF holds."""


class AlreadyBeingMade(Exception):
    """The very same PDF is in the making; `batch` is its row."""

    def __init__(self, batch: PaperBatch) -> None:
        super().__init__(batch.pk)
        self.batch = batch


class NotOpen(Exception):
    """The batch was mailed or withdrawn already, or is no batch for the mail."""


class NotReady(Exception):
    """Its PDF is not made yet."""


class NotThatDay(Exception):
    """A day that lies ahead, or before the forms were asked for."""


@dataclass(frozen=True)
class Waiting:
    """Released claims of one payer that takes them on paper."""

    payer: Payer
    claims: list[Claim]

    @property
    def total(self) -> Decimal:
        return sum((claim.total for claim in self.claims), Decimal(0))


def waiting() -> list[Waiting]:
    """What could be printed for the mail now, by payer."""
    by_payer: dict[Payer, list[Claim]] = {}
    known: dict[tuple[int | None, dt.date], bool] = {}
    for claim in released():
        key = (claim.payer_id, claim.visit.date_of_service)
        if key not in known:
            known[key] = takes_paper_only(claim)
        if known[key] and claim.payer is not None:
            by_payer.setdefault(claim.payer, []).append(claim)
    return sorted(
        (Waiting(payer, claims) for payer, claims in by_payer.items()),
        key=lambda row: row.payer.name,
    )


# --- Asked for ------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_mail(
    *, payer: Payer, by: User, background: bool = True, printer: FormPrinter | None = None
) -> PaperBatch:
    """One PDF of the payer's released claims; they wait in it until it is mailed or withdrawn.

    Raises NothingToPrint. Two at once: the second finds nothing left.
    """
    # One at a time per payer, or two piles could hold the same claim.
    payer = Payer.objects.select_for_update(no_key=True).get(pk=payer.pk)
    wanted = [claim.pk for row in waiting() if row.payer == payer for claim in row.claims]
    claims = list(
        Claim.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=wanted[:MOST_CLAIMS], status=Status.RELEASED)
        .order_by("pk")
    )
    batch = _ask(
        claims,
        PaperBatch(purpose=Purpose.MAIL, payer=payer, asked_by=by),
        background=background,
        printer=printer,
    )
    Claim.move_all(claims, Status.BATCHED)
    return batch


@transaction.atomic
def ask_for_copies(
    *,
    claims: Sequence[Claim],
    by: User,
    background: bool = True,
    printer: FormPrinter | None = None,
) -> PaperBatch:
    """One PDF of these claims as they were released last; those never released stay out.

    Raises NothingToPrint, TooMany, AlreadyBeingMade.
    """
    if len(claims) > MOST_CLAIMS:
        raise TooMany
    return _ask(
        claims,
        PaperBatch(purpose=Purpose.COPIES, asked_by=by),
        background=background,
        printer=printer,
    )


def _ask(
    claims: Sequence[Claim], batch: PaperBatch, *, background: bool, printer: FormPrinter | None
) -> PaperBatch:
    newest = dict(
        ClaimVersion.objects.filter(claim__in=[claim.pk for claim in claims])
        .order_by()
        .values_list("claim")
        .annotate(Max("pk"))
    )
    shown = [claim for claim in claims if claim.pk in newest]
    if not shown:
        raise NothingToPrint
    batch.versions = [newest[claim.pk] for claim in shown]
    batch.total = sum((claim.total for claim in shown), Decimal(0))
    batch.background = background
    if printer is not None and not background:  # our own ground moves with its text
        batch.printer_name, batch.right, batch.down = str(printer), printer.right, printer.down
    batch.inputs_sha256 = _fingerprint(batch)
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        raise AlreadyBeingMade(
            PaperBatch.objects.get(
                inputs_sha256=batch.inputs_sha256, status="waiting", withdrawn_at=None
            )
        ) from None
    batch.claims.set(shown)
    audit.record(
        by=batch.asked_by,
        action="paper_batch.asked",
        target=batch,
        purpose=batch.purpose,
        claims=len(shown),
    )
    return batch


def _fingerprint(batch: PaperBatch) -> str:
    inputs = [
        batch.purpose,
        batch.versions,
        batch.background,
        str(batch.right),
        str(batch.down),
    ]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


# --- Made -----------------------------------------------------------------------------------------


def make(batch: PaperBatch) -> None:
    """Draw the forms, once. A second call finds them drawn, or in other hands, and leaves."""
    rows = PaperBatch.objects.filter(pk=batch.pk)
    if _is_in_other_hands(rows):
        return
    row = papers.begin(rows)
    if row is None:
        return
    try:
        content, pages = _draw(row)
    except Exception as problem:
        rows.update(worked_at=None)
        papers.give_up_or_wait(rows, problem)
        raise
    with transaction.atomic():
        row = rows.select_for_update().defer("file_bytes").get()
        if row.status == PaperBatch.Status.WAITING:
            papers.keep(row, content, pages=pages, done=len(row.versions))
            audit.record(
                by=None,
                action="paper_batch.made",
                target=row,
                sha256=row.sha256,
                pages=pages,
            )


def redraw(batch: PaperBatch) -> bytes:
    """The forms once more, from what was frozen: the same bytes."""
    return _draw(batch)[0]


def _draw(batch: PaperBatch) -> tuple[bytes, int]:
    look = Look(background=batch.background, right=float(batch.right), down=float(batch.down))
    pages = 0

    def counted() -> Iterator[Form]:
        nonlocal pages
        for done, form in enumerate(_forms(batch), start=1):
            pages += form.pages
            if done % TELL_EVERY == 0:
                _tell(batch, done=done, pages=pages)
            yield form

    return draw(counted(), look), pages


def _forms(batch: PaperBatch) -> Iterator[Form]:
    """Each claim as it was frozen, a hundred read at a time, in the order asked for."""
    for start in range(0, len(batch.versions), 100):
        some = batch.versions[start : start + 100]
        versions = ClaimVersion.objects.select_related("claim__clinic").in_bulk(some)
        for pk in some:
            version = versions[pk]
            signed_on = timezone.localdate(version.made_at, timezone=version.claim.clinic.zone)
            yield fill(claim_from_json(version.content), signed_on=signed_on)


def _tell(batch: PaperBatch, *, done: int, pages: int) -> None:
    PaperBatch.objects.filter(pk=batch.pk, status=PaperBatch.Status.WAITING).update(
        done=done, pages=pages, worked_at=timezone.now()
    )


@transaction.atomic
def _is_in_other_hands(rows: models.QuerySet[PaperBatch]) -> bool:
    """Whether another worker is at it; when not, it is in ours from now on."""
    row = rows.select_for_update().only("pk", "worked_at", "status").get()
    now = timezone.now()
    if row.worked_at is not None and now - row.worked_at < SIGN_OF_LIFE:
        return True
    if row.status == PaperBatch.Status.WAITING:
        row.worked_at = now
        row.save(update_fields=["worked_at"])
    return False


def ask_again(*, batch: PaperBatch, by: User) -> bool:
    """Have a PDF that failed tried anew; whether there was one."""
    same = PaperBatch.objects.filter(
        inputs_sha256=batch.inputs_sha256, status=PaperBatch.Status.WAITING, withdrawn_at=None
    )
    if same.exists() or batch.withdrawn_at is not None:
        return False
    return papers.ask_again(
        PaperBatch.objects.filter(pk=batch.pk),
        by=by,
        action="paper_batch.asked_again",
        patient=None,
        target=batch,
    )


# --- Out of the house -----------------------------------------------------------------------------


def note_printed(batch: PaperBatch) -> None:
    """Write down when the forms were opened first."""
    PaperBatch.objects.filter(pk=batch.pk, printed_at=None).update(printed_at=timezone.now())


@transaction.atomic
def mark_mailed(*, batch: PaperBatch, on: dt.date, by: User) -> PaperBatch:
    """The pile has gone to the payer that day; its claims are SENT.

    Raises NotOpen, NotReady, NotThatDay.
    """
    batch = _locked(batch)
    if batch.status != PaperBatch.Status.READY:
        raise NotReady
    zone = practice_zone()
    if not timezone.localdate(batch.asked_at, zone) <= on <= timezone.localdate(timezone=zone):
        raise NotThatDay
    batch.mailed_on, batch.mailed_by = on, by
    batch.save(update_fields=["mailed_on", "mailed_by"])
    held = batch.claims.select_for_update(no_key=True).order_by("pk")
    Claim.move_all(list(held), Status.SENT)
    audit.record(by=by, action="paper_batch.mailed", target=batch, on=on.isoformat())
    return batch


@transaction.atomic
def withdraw(*, batch: PaperBatch, by: User) -> PaperBatch:
    """Take back a pile that was not mailed: its claims wait for the next one. Raises NotOpen."""
    batch = _locked(batch)
    batch.withdrawn_at = timezone.now()
    batch.save(update_fields=["withdrawn_at"])
    held = batch.claims.select_for_update(no_key=True).order_by("pk")
    Claim.move_all(list(held), Status.RELEASED)
    audit.record(by=by, action="paper_batch.withdrawn", target=batch)
    return batch


def _locked(batch: PaperBatch) -> PaperBatch:
    row = (
        PaperBatch.objects.select_for_update(no_key=True, of=("self",))
        .defer("file_bytes")
        .get(pk=batch.pk)
    )
    if not row.is_for_mail or not row.is_open:
        raise NotOpen
    return row
