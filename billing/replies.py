"""Take in what payers and clearinghouses answer, and apply it: down to the claim and its lines.

The bytes are kept as they came and are one reply however often they come. A reply is applied once,
in one transaction; `billing.answers` says what each part of it does.
"""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils import timezone

from billing.answers import Answers
from billing.models import EdiFile, Reply, ReplyItem
from billing.x12.read import NotX12
from billing.x12.reply import read_reply
from people import audit
from people.models import User

MOST_BYTES = 25_000_000  # 5,000 claims answered line by line take about 6 MB


class TooLarge(Exception):
    """More bytes than any reply has."""


class Empty(Exception):
    """A file of no bytes."""


def take_in(*, content: bytes, name: str, came_by: str, by: User | None) -> tuple[Reply, bool]:
    """Keep a reply as it came; whether it is new. The same bytes again are the reply that is there.

    Raises TooLarge, Empty. Whether it can be read shows when it is applied.
    """
    if not content:
        raise Empty
    if len(content) > MOST_BYTES:
        raise TooLarge
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        file, is_new = EdiFile.objects.get_or_create(
            kind=EdiFile.Kind.REPLY,
            sha256=sha256,
            defaults={"file_name": f"reply-{sha256[:32]}.edi", "file_bytes": content},
        )
        if not is_new:
            return Reply.objects.get(file=file), False
        reply = Reply.objects.create(
            file=file,
            name=name.rpartition("/")[2][:200] or "reply",
            came_by=came_by,
            received_by=by,
        )
        audit.record(by=by, action="reply.taken_in", target=reply, sha256=sha256)
    return reply, True


@transaction.atomic
def set_aside(*, reply: Reply, by: User) -> Reply:
    """Take a reply that could not be placed from the list of those to look at."""
    reply = _locked(reply)
    if reply.set_aside_at is None:
        reply.set_aside_at, reply.set_aside_by = timezone.now(), by
        reply.save(update_fields=["set_aside_at", "set_aside_by"])
        audit.record(by=by, action="reply.set_aside", target=reply)
    return reply


@transaction.atomic
def apply(*, reply: Reply) -> Reply:
    """Do what the reply says, once: the second time finds it done and leaves."""
    reply = _locked(reply)
    if reply.status != Reply.Status.WAITING:
        return reply
    try:
        read = read_reply(bytes(reply.file.file_bytes))
    except NotX12:
        return _unread(reply, "There is no X12 interchange in this file.")
    reply.kinds, reply.sender = [kind[:10] for kind in read.kinds], read.sender[:15]
    if not read.is_read:
        kinds = ", ".join(read.kinds) or "nothing"
        return _unread(reply, f"It holds {kinds}: neither a 999, a TA1 nor a 277CA."[:300])
    if read.cut_off:
        return _unread(reply, "The file breaks off before its end. Ask for it again.")
    answers = Answers(reply)
    answers.take(read)
    ReplyItem.objects.bulk_create(answers.items)
    reply.status, reply.applied_at = Reply.Status.APPLIED, timezone.now()
    reply.save(update_fields=["status", "applied_at", "kinds", "sender"])
    audit.record(by=None, action="reply.applied", target=reply, answers=len(answers.items))
    return reply


def _locked(reply: Reply) -> Reply:
    return (
        Reply.objects.select_for_update(no_key=True, of=("self",))
        .select_related("file")
        .get(pk=reply.pk)
    )


def _unread(reply: Reply, problem: str) -> Reply:
    reply.status, reply.problem = Reply.Status.UNREAD, problem
    reply.save(update_fields=["status", "problem", "kinds", "sender"])
    audit.record(by=None, action="reply.unread", target=reply)
    return reply
