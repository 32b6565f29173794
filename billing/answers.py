"""Go through a reply: find whose each part is, move claims, write down what came of it.

`billing.replies` opens the transaction and keeps what this notes. Nothing is invented: what names
no file or claim of ours is noted as such, and an answer to an earlier file of a claim changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Subquery

from billing import batches, reply_words
from billing.models import Batch, Claim, Finding, Reply, ReplyItem
from billing.reply_words import Said
from billing.x12.owners import OwnTransaction, owners_in
from billing.x12.read_277ca import (
    ClaimAcknowledgment,
    ClaimAnswer,
    FileAnswer,
    Statuses,
    Verdict,
)
from billing.x12.read_999 import Acknowledgment, GroupAnswer, InterchangeAnswer, TransactionAnswer
from billing.x12.reply import Reply as Read
from people import audit

Outcome, Effect, Level = ReplyItem.Outcome, ReplyItem.Effect, ReplyItem.Level

OUTCOMES = {
    Verdict.ACCEPTED: Outcome.ACCEPTED,
    Verdict.REJECTED: Outcome.REJECTED,
    Verdict.ON_ITS_WAY: Outcome.ON_ITS_WAY,
    Verdict.UNKNOWN: Outcome.UNKNOWN,
}
# From where an answer still moves a claim. A clearinghouse accepts first, the payer may yet refuse.
MOVED_BY = {
    Outcome.ACCEPTED: {Claim.Status.SENT: Claim.Status.ACCEPTED},
    Outcome.REJECTED: {
        Claim.Status.SENT: Claim.Status.REJECTED,
        Claim.Status.ACCEPTED: Claim.Status.REJECTED,
    },
}
# The file a claim went out in last: an answer to an earlier one says nothing of it any more.
LAST_BATCH = (
    Batch.objects.exclude(status=Batch.Status.WITHDRAWN)
    .filter(claims=OuterRef("pk"))
    .order_by("-pk")
    .values("pk")[:1]
)


@dataclass
class Answers:
    """Goes through a reply that was read, moves claims, and writes down what came of each part."""

    reply: Reply
    items: list[ReplyItem] = field(default_factory=list)
    # The claims of a file stay locked until the reply is through: one order, by pk.
    _claims: dict[int, dict[str, Any]] = field(default_factory=dict)

    def take(self, read: Read) -> None:
        self._acknowledged(read.acknowledgment)
        self._answered(read.claims)

    # --- 999 and TA1 -------------------------------------------------------------------------

    def _acknowledged(self, answer: Acknowledgment) -> None:
        for interchange in answer.interchanges:
            self._interchange(interchange)
        for group in answer.groups:
            self._group(group)

    def _interchange(self, answer: InterchangeAnswer) -> None:
        batch = self._batch(answer.control_number)
        said = [] if answer.is_taken else [reply_words.of_refusal("interchange", [answer.code])]
        outcome = Outcome.ACCEPTED if answer.is_taken else Outcome.REJECTED
        self._of_file(batch, outcome, answer.control_number, said)
        if batch is not None and not answer.is_taken:
            self._all_rejected(batch, said)

    def _group(self, answer: GroupAnswer) -> None:
        batch = self._batch(answer.control_number) if answer.function in ("HC", "") else None
        refused = [each for each in answer.transactions if each.outcome and not each.is_taken]
        outcome = Outcome.REJECTED
        if answer.is_taken and not refused:
            outcome = Outcome.ACCEPTED
        elif answer.is_partly_taken or answer.is_taken:
            outcome = Outcome.PARTLY
        elif not answer.outcome:
            outcome = Outcome.UNKNOWN
        wholly = outcome == Outcome.REJECTED
        said = [reply_words.of_refusal("group", answer.codes)] if wholly and answer.codes else []
        self._of_file(batch, outcome, answer.control_number, said)
        if batch is None:
            return
        own = owners_in(bytes(batch.file.file_bytes))
        for each in answer.transactions:
            self._transaction(batch, each, own.get(each.control_number.lstrip("0")))
        if wholly:
            # Whatever the transactions say of themselves: nothing of a refused group goes on.
            answered = {item.claim_id for item in self.items if item.outcome == Outcome.REJECTED}
            left = [claim for claim in self._of(batch).values() if claim.pk not in answered]
            self._reject_with_file(batch, left, said)

    def _transaction(
        self, batch: Batch, answer: TransactionAnswer, own: OwnTransaction | None
    ) -> None:
        if own is None or not answer.outcome:
            return
        claims = self._of(batch)
        faults: dict[str, list[tuple[str, Said]]] = {}
        for fault in answer.faults:
            owner = own.at(fault.position)
            number = fault.claim if fault.claim in own.claims else owner.claim
            faults.setdefault(number, []).append((owner.line, reply_words.of_fault(fault)))
        # Taken by a 999 means well-formed; whether the payer takes the claim, a 277CA says.
        outcome = Outcome.ON_ITS_WAY if answer.is_taken else Outcome.REJECTED
        for control_number in own.claims:
            found = faults.get(control_number, [])
            claim = claims.get(control_number)
            if claim is None or not found:
                continue
            self._of_claim(claim, batch, outcome, control_number, [said for _line, said in found])
            for line, said in found:
                if line:
                    self._note(
                        Level.LINE,
                        outcome,
                        Effect.NOTED,
                        line,
                        [said],
                        batch=batch,
                        claim=claim,
                        line_number=_line_number(line, claim),
                    )
        if answer.is_taken:
            return
        at_fault = {number for number in faults if number}
        of_nobody = [said for _line, said in faults.get("", [])]
        left = [claims[number] for number in own.claims if number in claims]
        self._reject_with_file(
            batch,
            [claim for claim in left if claim.control_number not in at_fault],
            of_nobody
            or ([reply_words.of_refusal("transaction", answer.codes)] if answer.codes else []),
        )

    def _reject_with_file(self, batch: Batch, claims: Iterable[Claim], said: list[Said]) -> None:
        words = Said("It came back with its file; nothing is said of this claim itself.", ())
        for claim in claims:
            self._of_claim(
                claim, batch, Outcome.REJECTED, claim.control_number, [words, *said], quiet=True
            )

    def _all_rejected(self, batch: Batch, said: list[Said]) -> None:
        self._reject_with_file(batch, self._of(batch).values(), said)

    # --- 277CA -------------------------------------------------------------------------------

    def _answered(self, answer: ClaimAcknowledgment) -> None:
        for file in answer.files:
            self._file(file)

    def _file(self, answer: FileAnswer) -> None:
        batch = self._batch_of_reference(answer.reference)
        named = [claim for provider in answer.providers for claim in provider.claims]
        if answer.statuses.codes or answer.reference:
            outcome = OUTCOMES[answer.statuses.verdict]
            unnamed = batch is None and bool(named)
            self._of_file(
                batch,
                outcome,
                answer.reference,
                _said(answer.statuses) if outcome == Outcome.REJECTED else [],
                # A clearinghouse gives our files numbers of its own: its claims tell whose it is.
                effect=Effect.NOTED if unnamed else None,
            )
        for provider in answer.providers:
            for claim in provider.claims:
                self._claim(claim, batch)
            refused = provider.statuses.verdict is Verdict.REJECTED
            if refused and not provider.claims and batch is not None:
                self._all_rejected(batch, _said(provider.statuses))
        refused = answer.statuses.verdict is Verdict.REJECTED
        if refused and not named and batch is not None:
            self._all_rejected(batch, _said(answer.statuses))

    def _claim(self, answer: ClaimAnswer, batch: Batch | None) -> None:
        claim, latest = self._find(answer.control_number, batch)
        outcome = OUTCOMES[answer.verdict]
        said = _said(answer.statuses)
        if claim is None:
            self._note(Level.CLAIM, outcome, Effect.UNMATCHED, answer.control_number, said)
            return
        for line in answer.lines:
            said += _said(line.statuses)
        self._of_claim(
            claim,
            batch or latest,
            outcome,
            answer.control_number,
            said if outcome == Outcome.REJECTED else [],
            payer_control_number=answer.payer_control_number,
        )
        for line in answer.lines:
            self._note(
                Level.LINE,
                OUTCOMES[line.statuses.verdict],
                Effect.NOTED,
                line.control_number or line.procedure,
                _said(line.statuses),
                batch=batch or latest,
                claim=claim,
                line_number=_line_number(line.control_number, claim),
            )

    def _find(self, number: str, batch: Batch | None) -> tuple[Claim | None, Batch | None]:
        """The claim of that number, locked, with the last file it went out in."""
        if batch is not None:
            return self._of(batch).get(number), batch
        latest = (
            Batch.objects.exclude(status=Batch.Status.WITHDRAWN)
            .filter(claims__control_number=number)
            .order_by("-pk")
            .first()
        )
        if latest is None:
            return None, None
        return self._of(latest).get(number), latest

    # --- What is written ---------------------------------------------------------------------

    def _batch(self, control_number: str) -> Batch | None:
        """The file of ours with this interchange (and group) number."""
        if not control_number.isascii() or not control_number.isdigit() or len(control_number) > 9:
            return None
        return self._was_sent(
            Batch.objects.filter(interchange_control_number=int(control_number)).first()
        )

    def _batch_of_reference(self, reference: str) -> Batch | None:
        """The file of ours with this BHT03 (`batches.build` writes B and nine digits)."""
        number = reference.upper().removeprefix("B")
        return self._batch(number.lstrip("0")) if reference.upper().startswith("B") else None

    def _was_sent(self, batch: Batch | None) -> Batch | None:
        """The batch, locked; an answer to a file proves that it went out."""
        if batch is None:
            return None
        batch = (
            Batch.objects.select_for_update(no_key=True, of=("self",))
            .select_related("file")
            .get(pk=batch.pk)
        )
        if batch.status in (Batch.Status.BUILT, Batch.Status.SENDING):
            batch = batches.close_as_sent(batch, by=None)
        return batch

    def _of(self, batch: Batch) -> dict[str, Claim]:
        """The batch's claims by their control numbers, locked."""
        if batch.pk not in self._claims:
            self._was_sent(batch)
            rows = batch.claims.select_for_update(no_key=True, of=("self",)).annotate(
                last_batch=Subquery(LAST_BATCH)
            )
            self._claims[batch.pk] = {
                claim.control_number: claim
                for claim in rows.select_related("patient").order_by("pk")
            }
        return self._claims[batch.pk]

    def _of_file(
        self,
        batch: Batch | None,
        outcome: str,
        reference: str,
        said: list[Said],
        effect: str | None = None,
    ) -> None:
        effect = effect or (Effect.UNMATCHED if batch is None else Effect.APPLIED)
        self._note(Level.FILE, outcome, effect, reference, said, batch=batch)

    def _of_claim(
        self,
        claim: Claim,
        batch: Batch | None,
        outcome: str,
        reference: str,
        said: list[Said],
        *,
        payer_control_number: str = "",
        quiet: bool = False,
    ) -> None:
        """Move the claim as the answer says, if the answer is to the file it went out in last."""
        effect = self._move(claim, batch, outcome, said, payer_control_number)
        if quiet and effect != Effect.APPLIED:
            return  # it was told of by name already
        self._note(Level.CLAIM, outcome, effect, reference, said, batch=batch, claim=claim)

    def _move(
        self,
        claim: Any,
        batch: Batch | None,
        outcome: str,
        said: list[Said],
        payer_control_number: str,
    ) -> str:
        if batch is not None and claim.last_batch != batch.pk:
            return Effect.LATE
        if payer_control_number and outcome == Outcome.ACCEPTED:
            claim.payer_control_number = payer_control_number[:50]
            claim.save(update_fields=["payer_control_number"])
        there = MOVED_BY.get(Outcome(outcome), {}).get(Claim.Status(claim.status))
        if there is None:
            return Effect.NOTED
        if there == Claim.Status.ACCEPTED and claim.frequency == Claim.Frequency.VOIDED:
            there = Claim.Status.VOID
        claim.move_to(there)
        if there == Claim.Status.REJECTED:
            self._write_findings(claim, said)
        audit.record(
            by=None, action=f"claim.{there.value}", patient=claim.patient, target=claim,
            reply=self.reply.pk,
        )  # fmt: skip
        return Effect.APPLIED

    def _write_findings(self, claim: Claim, said: list[Said]) -> None:
        """Put the reasons on the work list, each with the field to mend."""
        source = f"Reply {self.reply.name}, {self.reply.received_at:%Y-%m-%d}"[:200]
        claim.findings.all().delete()
        Finding.objects.bulk_create(
            Finding(
                claim=claim,
                check_id="turned_back",
                severity=Finding.Severity.ERROR,
                message=" ".join([each.words, *(f"[{code}]" for code in each.codes)]),
                field=each.field,
                source=source,
            )
            for each in said or [Said("The claim was turned back; no reason is given.", ())]
        )

    def _note(
        self,
        level: str,
        outcome: str,
        effect: str,
        reference: str,
        said: list[Said],
        *,
        batch: Batch | None = None,
        claim: Claim | None = None,
        line_number: int | None = None,
    ) -> None:
        self.items.append(
            ReplyItem(
                reply=self.reply,
                position=len(self.items) + 1,
                level=level,
                outcome=outcome,
                effect=effect,
                reference=reference[:50],
                batch=batch,
                claim=claim,
                line_number=line_number,
                words=[each.words for each in said],
                codes=list(_codes_of(said)),
            )
        )


def _said(statuses: Statuses) -> list[Said]:
    return reply_words.of_statuses(statuses.codes, statuses.words)


def _line_number(control_number: str, claim: Claim) -> int | None:
    """The number of the line that we gave this control number (`claims` writes …L1, …L2)."""
    number = control_number.removeprefix(f"{claim.control_number}L")
    is_ours = number != control_number and number.isascii() and number.isdigit()
    return int(number) if is_ours and len(number) <= 3 else None


def _codes_of(said: Iterable[Said]) -> Iterator[str]:
    for each in said:
        for code in each.codes:
            yield code[:40]
