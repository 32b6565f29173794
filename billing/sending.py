"""Hand a batch's file to its partner, at most once, and fetch what the partner has for us.

Asking is a row; the worker sends. SENDING is committed before a byte leaves. Whatever fails after
that is for a person: the file stays SENDING until somebody has asked the partner.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from billing import batches, replies, transport
from billing.models import Batch, FetchedFile, Reply, TradingPartner
from people import audit
from people.models import User

log = logging.getLogger(__name__)

GIVE_UP_AFTER = dt.timedelta(hours=24)
NO_ANSWER = "No clear answer came back: the partner may have it. Ask them, then say so here."


class NoSftp(Exception):
    """This partner's files are downloaded by a person."""


class NotStuck(Exception):
    """Nobody has to say what became of this file."""


@transaction.atomic
def ask_to_send(*, batch: Batch, by: User) -> Batch:
    """Put the file in line for the partner's server. Raises NoSftp, batches.NotBuilt."""
    batch = batches.locked(batch)
    if not batch.partner.has_sftp:
        raise NoSftp
    if batch.send_asked_at is None:
        batch.send_asked_at, batch.send_asked_by = timezone.now(), by
        batch.problem = ""
        batch.save(update_fields=["send_asked_at", "send_asked_by", "problem"])
        audit.record(by=by, action="batch.send_asked", target=batch)
    return batch


def send(batch_id: int) -> None:
    """Hand one file over, at most once; does nothing with one that does not wait for it."""
    batch = _take(batch_id)
    if batch is None:
        return  # another worker has it, or it was withdrawn, or it was sent by hand
    try:
        with transport.open_door(batch.partner) as door:
            door.put(batch.file.file_name, bytes(batch.file.file_bytes))
    except transport.NotReached as failure:
        _wait_again(batch, failure.reason)
    except transport.NoAnswer:
        _write(batch, problem=NO_ANSWER)
    except Exception as error:
        log.error("batch %s: %s while it was sent", batch.pk, type(error).__name__)
        _write(batch, problem=NO_ANSWER)
    else:
        _arrived(batch)


def _take(batch_id: int) -> Batch | None:
    """The batch, SENDING and committed before a byte leaves; None when it is not to go."""
    with transaction.atomic(durable=True):
        batch = (
            Batch.objects.select_for_update(no_key=True, of=("self",))
            .select_related("partner", "file", "send_asked_by")
            .filter(pk=batch_id, status=Batch.Status.BUILT)
            .exclude(send_asked_at=None)
            .first()
        )
        if batch is None:
            return None
        batch.status, batch.sending_since = Batch.Status.SENDING, timezone.now()
        batch.save(update_fields=["status", "sending_since"])
    return batch


def _wait_again(batch: Batch, reason: str) -> None:
    """Not a byte has left, so trying again is safe; not for ever."""
    assert batch.send_asked_at is not None
    gives_up = timezone.now() - batch.send_asked_at > GIVE_UP_AFTER
    _write(
        batch,
        status=Batch.Status.BUILT,
        sending_since=None,
        problem=reason,
        **({"send_asked_at": None, "send_asked_by": None} if gives_up else {}),
    )


def _write(batch: Batch, **values: object) -> None:
    """What came of it. Only where it is still being sent: a person may have been faster."""
    Batch.objects.filter(pk=batch.pk, status=Batch.Status.SENDING).update(**values)


def _arrived(batch: Batch) -> None:
    with transaction.atomic():
        locked = Batch.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.pk)
        if locked.status == Batch.Status.SENDING:
            batches.close_as_sent(locked, by=locked.send_asked_by)


@transaction.atomic
def settle(*, batch: Batch, arrived: bool, by: User) -> Batch:
    """Somebody has asked the partner: it arrived, or it did not and may be sent again. Raises
    NotStuck."""
    batch = Batch.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.pk)
    if batch.status != Batch.Status.SENDING:
        raise NotStuck
    audit.record(by=by, action="batch.settled", target=batch, arrived=arrived)
    if arrived:
        return batches.close_as_sent(batch, by=by)
    batch.status, batch.sending_since, batch.problem = Batch.Status.BUILT, None, ""
    batch.send_asked_at = batch.send_asked_by = None
    batch.save(
        update_fields=["status", "sending_since", "problem", "send_asked_at", "send_asked_by"]
    )
    return batch


def fetch(partner: TradingPartner) -> int:
    """Take in what lies in the partner's folder of replies; how many files were new. Nothing is
    removed there; a file is known again by its name, size and time. What went wrong is written on
    the partner, and raised as transport.NotReached."""
    try:
        new = _fetch(partner)
    except transport.NotReached as failure:
        _note_fetch(partner, problem=failure.reason)
        raise
    _note_fetch(partner, problem="")
    return new


def _note_fetch(partner: TradingPartner, *, problem: str) -> None:
    TradingPartner.objects.filter(pk=partner.pk).update(
        fetched_at=timezone.now(), fetch_problem=problem[:300]
    )


def _fetch(partner: TradingPartner) -> int:
    known = set(
        FetchedFile.objects.filter(partner=partner).values_list("name", "size", "modified_at")
    )
    new = 0
    with transport.open_door(partner) as door:
        for file in door.waiting():
            if (file.name[:200], file.size, file.modified_at) in known:
                continue
            reply = _take_in(door, file)
            FetchedFile.objects.get_or_create(
                partner=partner,
                name=file.name[:200],
                size=file.size,
                modified_at=file.modified_at,
                defaults={"reply": reply},
            )
            new += 1
    return new


def _take_in(door: transport.Door, file: transport.RemoteFile) -> Reply | None:
    """The reply; None for a file that is empty or larger than any reply."""
    if file.size > replies.MOST_BYTES:
        return None
    content = door.get(file.name, replies.MOST_BYTES + 1)
    if content and len(content) != file.size:
        raise transport.NotReached("A reply was still being written. It is fetched next time.")
    try:
        reply, _ = replies.take_in(
            content=content, name=file.name, came_by=Reply.Way.FETCH, by=None
        )
    except (replies.Empty, replies.TooLarge):
        return None
    return reply
