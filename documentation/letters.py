"""Write to a provider: a letter is a row here first, and is handed over at most once.

`queue` only writes the row, in the caller's transaction; a task and a sweep call `send`. What was
handed over without a clear answer is never tried again by itself: a person decides.

What is sent is a kind's own business: each kind registers how its paper is got, where its link
leads and whether it is still true (`register`, in `AppConfig.ready`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation import carriers, cover
from documentation.carriers import NoAnswer, Parcel, Refused, TryLater
from documentation.models import LetterSettings, ProviderLetter
from people import audit, links
from people.models import Patient, ReferringProvider, User

log = logging.getLogger(__name__)

Channel = ProviderLetter.Channel
Status = ProviderLetter.Status

ASK_FOR_PAPER_AFTER = dt.timedelta(minutes=1)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=2), dt.timedelta(hours=2)
MOST_ATTEMPTS = 12  # about half a day
NOT_REACHED = "The carrier could not take it yet; it is tried again."
NEVER_REACHED = "The carrier could not be reached."
NO_ANSWER = "No clear answer came from the carrier: nobody knows whether it went out."
NOT_MADE = "It could not be put together."
TAKEN_BACK = "It was taken back before it went."


class NoPaper(Exception):
    """The paper will not be made. `reason` is a sentence for whoever reads the list."""

    def __init__(self, reason: str) -> None:
        super().__init__(type(self).__name__)
        self.reason = reason


class NotUnsettled(Exception):
    """Nobody has to decide about this letter, or somebody just has."""


class NotWaiting(Exception):
    """The letter is on its way already, or has gone."""


class NoLongerTrue(Exception):
    """What the letter carries has changed since. `reason` says how."""

    def __init__(self, reason: str) -> None:
        super().__init__(type(self).__name__)
        self.reason = reason


@dataclass(frozen=True)
class Kind:
    """What one kind of letter carries.

    `paper` gives the PDF, None while it is being made, or raises `NoPaper`. `link` gives the
    address that an e-mail carries. `untrue` is a sentence why it must not go any more, or "".
    `handed_over` is called once when it is known to have gone, in the same transaction.
    """

    key: str
    title: Callable[[ProviderLetter], str]  # what it is, for the list
    page: Callable[[ProviderLetter], str]  # where staff read what it carries
    paper: Callable[[ProviderLetter], bytes | None]
    link: Callable[[ProviderLetter], str]
    untrue: Callable[[ProviderLetter], str]
    handed_over: Callable[[ProviderLetter], None] = lambda letter: None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.key] = kind


def kind_of(letter: ProviderLetter) -> Kind:
    return _kinds[letter.kind]


@transaction.atomic
def queue(
    *,
    kind: str,
    patient: Patient,
    provider: ReferringProvider,
    source_key: str,
    content_sha256: str,
    by: User | None,
    channel: str = "",
    **carries: Any,
) -> ProviderLetter:
    """The letter of this event; a second call with the same `source_key` returns the first.

    `carries` names the row it is about (`note=`). The channel is what the provider prefers unless
    named. Without an address the row fails at once and says so, so that a person sees it.
    """
    channel = channel or provider.channel or Channel.FAX
    to, problem = address_of(provider, channel)
    letter, is_new = ProviderLetter.objects.get_or_create(
        source_key=source_key,
        defaults={
            "kind": kind,
            "patient": patient,
            "provider": provider,
            "content_sha256": content_sha256,
            "channel": channel,
            "to": to,
            "status": Status.FAILED if problem else Status.WAITING,
            "problem": problem,
            "created_by": by,
            **carries,
        },
    )
    if is_new:
        _record("letter.queued", letter, by=by, channel=channel)
    return letter


def address_of(provider: ReferringProvider, channel: str) -> tuple[str, str]:
    """Where to send it, or why it cannot be sent."""
    to = provider.address_for(channel)
    if not to:
        what = "fax number" if channel == Channel.FAX else "e-mail address"
        return "", f"There is no {what} on file for this provider."
    return to, ""


# --- Handing over -------------------------------------------------------------------------------


def send(letter_id: int) -> None:
    """Hand one letter over, at most once; does nothing with one that does not wait."""
    try:
        taken = _take(letter_id)
    except Exception as error:
        # The kind of error only: its words may quote what the letter says.
        log.error("letter %s: %s while it was put together", letter_id, type(error).__name__)
        waiting = ProviderLetter.objects.filter(pk=letter_id, status=Status.WAITING)
        waiting.update(status=Status.FAILED, problem=NOT_MADE)
        return
    if taken is None:
        return  # another worker has it, or it is not time, or it is no longer true
    letter, parcel = taken
    try:
        receipt = carriers.of(letter.carrier).hand_over(parcel)
    except Refused as refusal:
        _write(letter, status=Status.FAILED, problem=refusal.reason)
    except TryLater:
        _wait_again(letter)
    except NoAnswer:
        _write(letter, problem=NO_ANSWER)
    except Exception as error:
        # Whatever broke, it may have gone out.
        log.error("letter %s: %s while it was sent", letter.pk, type(error).__name__)
        _write(letter, problem=NO_ANSWER)
    else:
        _arrived(letter, receipt)


def _take(letter_id: int) -> tuple[ProviderLetter, Parcel] | None:
    """The letter, SENDING and committed before a byte leaves; or `None`, when it is not to go."""
    with transaction.atomic(durable=True):
        letter = (
            ProviderLetter.objects.due()
            .select_for_update(of=("self",), no_key=True)
            .select_related("provider", "patient__clinic")
            .filter(pk=letter_id)
            .first()
        )
        if letter is None:
            return None
        kind = kind_of(letter)
        if untrue := kind.untrue(letter):
            _stop(letter, Status.WITHHELD, untrue)
            return None
        # The provider may have moved since it was written.
        letter.to, problem = address_of(letter.provider, letter.channel)
        if problem:
            _stop(letter, Status.FAILED, problem)
            return None
        try:
            paper = kind.paper(letter)
        except NoPaper as error:
            _stop(letter, Status.FAILED, error.reason)
            return None
        if paper is None:
            letter.not_before = timezone.now() + ASK_FOR_PAPER_AFTER
            letter.save(update_fields=["not_before"])
            return None
        parcel = _parcel(letter, kind, paper)
        letter.status, letter.sending_since, letter.problem = Status.SENDING, timezone.now(), ""
        letter.attempts += 1
        letter.save(
            update_fields=[
                "to", "status", "sending_since", "problem", "attempts", "carrier", "paper_sha256",
            ]
        )  # fmt: skip
    return letter, parcel


def _stop(letter: ProviderLetter, status: Status, problem: str) -> None:
    letter.status, letter.problem = status, problem
    letter.save(update_fields=["status", "problem"])


def _parcel(letter: ProviderLetter, kind: Kind, paper: bytes) -> Parcel:
    chosen = LetterSettings.current()
    letter.carrier = chosen.carrier_for(letter.channel)
    letter.paper_sha256 = hashlib.sha256(paper).hexdigest()
    sender = cover.sender_of(letter)
    is_fax = letter.channel == Channel.FAX
    return Parcel(
        name=f"letter-{letter.pk:06d}",
        channel=letter.channel,
        to=letter.to,
        to_name=str(letter.provider),
        from_name=sender.name,
        subject=cover.subject(sender),
        text=cover.sheet(letter, sender) if is_fax else cover.mail(sender, kind.link(letter)),
        gateway=chosen.gateway_for(letter.to) if is_fax else "",
        pdf=paper if is_fax else b"",
    )


def wait_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many tries: twice as long each time, never above two hours."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)


def _wait_again(letter: ProviderLetter) -> None:
    """Nothing has gone out, so trying again is safe; not for ever."""
    if letter.attempts >= MOST_ATTEMPTS:
        _write(letter, status=Status.FAILED, problem=NEVER_REACHED)
        return
    _write(
        letter,
        status=Status.WAITING,
        problem=NOT_REACHED,
        not_before=timezone.now() + wait_after(letter.attempts),
        sending_since=None,
    )


def _write(letter: ProviderLetter, **values: object) -> int:
    """What came of it. Only where it is still being sent: a person may have been faster."""
    mine = ProviderLetter.objects.filter(pk=letter.pk, status=Status.SENDING)
    return mine.update(**values)


@transaction.atomic
def _arrived(letter: ProviderLetter, receipt: str) -> None:
    now = timezone.now()
    if _write(letter, status=Status.SENT, sent_at=now, receipt=receipt[:200], problem=""):
        letter.refresh_from_db()
        _record("letter.sent", letter, by=None, carrier=letter.carrier)
        kind_of(letter).handed_over(letter)


# --- A person decides ---------------------------------------------------------------------------


@transaction.atomic
def withhold(*, letter: ProviderLetter, by: User) -> ProviderLetter:
    """Keep one that still waits from going. Raises `NotWaiting`."""
    letter = _locked(letter)
    if letter.status != Status.WAITING:
        raise NotWaiting
    letter.status, letter.problem = Status.WITHHELD, TAKEN_BACK
    letter.settled_at, letter.settled_by = timezone.now(), by
    letter.save(update_fields=["status", "problem", "settled_at", "settled_by"])
    _record("letter.withheld", letter, by=by)
    return letter


@transaction.atomic
def settle(*, letter: ProviderLetter, arrived: bool, by: User) -> ProviderLetter:
    """A person knows what became of it: it arrived after all (only where nobody knew), or it did
    not and has been dealt with in another way. Raises `NotUnsettled`."""
    letter = _locked(letter)
    if not (letter.is_unknown or (letter.is_open_failure and not arrived)):
        raise NotUnsettled
    _close(letter, Status.SENT if arrived else Status.FAILED, by=by)
    _record("letter.settled", letter, by=by, arrived=arrived)
    if arrived:
        kind_of(letter).handed_over(letter)
    return letter


@transaction.atomic
def resend(*, letter: ProviderLetter, by: User, channel: str = "") -> ProviderLetter:
    """A new letter that carries the same, in this one's place, by the same way or another; also of
    one that was sent and has not arrived. Of two at once one gets `NotUnsettled`. Raises
    `NoLongerTrue`."""
    letter = _locked(letter)
    is_closed = letter.status in (Status.SENT, Status.FAILED, Status.WITHHELD)
    if ProviderLetter.objects.filter(instead_of=letter).exists() or not (
        is_closed or letter.is_unknown
    ):
        raise NotUnsettled
    if untrue := kind_of(letter).untrue(letter):
        raise NoLongerTrue(untrue)
    carries = {name: getattr(letter, name) for name in CARRIES}
    again = queue(
        kind=letter.kind,
        patient=letter.patient,
        provider=letter.provider,
        source_key=f"again:{letter.pk}",
        content_sha256=letter.content_sha256,
        by=by,
        channel=channel or letter.channel,
        instead_of=letter,
        **carries,
    )
    if letter.needs_a_person:
        _close(letter, Status.FAILED, by=by)
    links.revoke(purpose=links.Purpose.LETTER, target=letter)  # it may lie in the wrong hands
    _record("letter.sent_again", letter, by=by, again=again.pk)
    return again


CARRIES = ("note", "sending")  # the keys of which a letter carries one


def _locked(letter: ProviderLetter) -> ProviderLetter:
    rows = ProviderLetter.objects.select_related("patient", "provider")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=letter.pk)


def _close(letter: ProviderLetter, status: Status, *, by: User) -> None:
    letter.status = status
    if status == Status.SENT:
        letter.problem, letter.sent_at = "", letter.sending_since
    letter.settled_at, letter.settled_by = timezone.now(), by
    letter.save(update_fields=["status", "problem", "sent_at", "settled_at", "settled_by"])


def _record(action: str, letter: ProviderLetter, *, by: User | None, **detail: Any) -> None:
    audit.record(by=by, action=action, patient=letter.patient, target=letter, **detail)
