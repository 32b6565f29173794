"""Load CMS's own files: keep the bytes, read them into staged rows, take them in one step.

A load is a row first. Its bytes wait in pieces until a worker has read them; what concerns our
codes is staged; a person sees what would change and takes it, all or nothing. Until then, and if
the file is refused, the rules stay what they were.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import logging
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from billing import rule_changes, rule_files
from billing.models import RuleLoad, RuleLoadPart, StagedRow
from billing.rules.cms_files import Kept, WrongRow
from billing.rules.cms_quarters import start_in_name
from documentation.models import ProcedureCode
from people import audit
from people.models import User

log = logging.getLogger(__name__)

PART = 1024 * 1024
BATCH = 2000  # staged rows in one COPY
PATIENCE = dt.timedelta(minutes=10)  # 50,000 rows take a second or two
TOLD_EVERY = 50_000  # rows between two words on how far it is
Status = RuleLoad.Status


class CannotLoad(Exception):
    """The file is not taken in; `told` says what to do instead, `field` beside what."""

    def __init__(self, told: str, field: str = "file") -> None:
        super().__init__("the file cannot be loaded")
        self.told, self.field = told, field


class NotWaiting(Exception):
    """The load is not to be confirmed (any more): somebody took or dismissed it."""


def receive(
    *, kind: str, name: str, chunks: Iterable[bytes], holds_from: dt.date | None, by: User | None
) -> RuleLoad:
    """Keep a file's bytes, piece by piece, for a worker to read. Raises CannotLoad."""
    starts = holds_from or start_in_name(name)
    if starts is None:
        raise CannotLoad(
            "The file's name does not say from which day it holds: enter the day.", "holds_from"
        )
    with transaction.atomic():
        load = RuleLoad.objects.create(
            kind=kind, file_name=name[-120:], size=0, sha256="", holds_from=starts, uploaded_by=by
        )
        digest, size = hashlib.sha256(), 0
        for number, piece in enumerate(_pieces(chunks)):
            digest.update(piece)
            size += len(piece)
            if size > rule_files.MOST_BYTES:
                raise CannotLoad("This file is larger than 300 MB: that is no file of CMS.")
            RuleLoadPart.objects.create(load=load, number=number, content=zlib.compress(piece, 1))
        if not size:
            raise CannotLoad("This file is empty.")
        load.size, load.sha256 = size, digest.hexdigest()
        load.save(update_fields=["size", "sha256"])
        audit.record(by=by, action="rules.uploaded", target=load, kind=kind, sha256=load.sha256)
    return load


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size, so that no client decides how much is held at once."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def read(load_id: int) -> None:
    """Read a waiting load into staged rows, or refuse it with the row that is wrong.

    Only one reader wins a load; a load that a crash left being read is put back by the sweep.
    """
    won = RuleLoad.objects.filter(pk=load_id, status=Status.WAITING).update(
        status=Status.READING, worked_at=timezone.now(), rows_read=0, share_read=0
    )
    if not won:
        return
    load = RuleLoad.objects.get(pk=load_id)
    if not load.parts.exists():
        _refuse(load, WrongRow(None, "The command that read it was stopped: run it again."))
        return
    with tempfile.TemporaryFile() as file:
        for content in load.parts.order_by("number").values_list("content", flat=True).iterator(1):
            file.write(zlib.decompress(content))
        try:
            read_file(load, file)
        except OperationalError:
            raise  # the database went away; the sweep begins anew
        except Exception:
            log.exception("rule file %s could not be read", load_id)
            _refuse(load, WrongRow(None, "The file could not be read; the log says why."))


def put_back_what_stands_still() -> list[int]:
    """Loads that a crash left half read wait again; all that wait, for the sweep to ring for."""
    RuleLoad.objects.filter(status=Status.READING, worked_at__lt=timezone.now() - PATIENCE).update(
        status=Status.WAITING
    )
    return list(
        RuleLoad.objects.filter(status=Status.WAITING).order_by("pk").values_list("pk", flat=True)
    )


def read_file(
    load: RuleLoad, file: IO[bytes], *, tell: Callable[[RuleLoad], None] = lambda load: None
) -> None:
    """Stage what a file says of our codes; its pieces go, whatever comes of it."""
    StagedRow.objects.filter(load=load).delete()
    source = rule_files.Source(file, load.kind)
    codes = set(ProcedureCode.objects.values_list("code", flat=True))
    try:
        first, last = _stage(load, source, codes, tell)
        changes = rule_changes.of(load, reach=(first, last))
    except WrongRow as wrong:
        _refuse(load, wrong)
        return
    with transaction.atomic():
        load.parts.all().delete()
        load.status, load.share_read = Status.READ, 100
        load.rows_read, load.worked_at = source.rows_read, timezone.now()
        load.counts = changes.counts() | {"first": first, "last": last}
        load.samples = changes.samples()
        load.save(
            update_fields=["status", "share_read", "rows_read", "worked_at", "counts", "samples"]
        )


def _refuse(load: RuleLoad, wrong: WrongRow) -> None:
    with transaction.atomic():
        load.parts.all().delete()
        load.staged.all().delete()
        load.status, load.worked_at = Status.REFUSED, timezone.now()
        load.problem, load.problem_row = wrong.told[:300], wrong.row
        load.save(update_fields=["status", "worked_at", "problem", "problem_row"])


def _stage(
    load: RuleLoad,
    source: rule_files.Source,
    codes: set[str],
    tell: Callable[[RuleLoad], None],
) -> tuple[str, str]:
    """COPY the rows that concern us; the first and the last code the file reaches."""
    batch: list[Kept] = []
    first = last = ""
    told = 0
    for each in rule_files.read(source, load.kind, codes):
        code = each if isinstance(each, str) else each.key[:5]
        first, last = min(first or code, code), max(last, code)
        if isinstance(each, Kept):
            batch.append(each)
        if len(batch) >= BATCH:
            _copy(load, batch)
            batch = []
        if source.rows_read - told >= TOLD_EVERY:
            told = source.rows_read
            _tell(load, source)
            tell(load)
    _copy(load, batch)
    if not StagedRow.objects.filter(load=load).exists():
        raise WrongRow(None, "It names none of the practice's codes: nothing would be loaded.")
    return first, last


def _tell(load: RuleLoad, source: rule_files.Source) -> None:
    load.rows_read, load.share_read = source.rows_read, source.share_read
    load.worked_at = timezone.now()
    load.save(update_fields=["rows_read", "share_read", "worked_at"])


def _copy(load: RuleLoad, batch: list[Kept]) -> None:
    """Into the staging table as COPY takes it: one round trip for a batch."""
    if not batch:
        return
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerows((load.pk, kept.row, kept.key, json.dumps(kept.values)) for kept in batch)
    lines.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f'COPY {StagedRow._meta.db_table} (load_id, "row", "key", "values") '
            "FROM STDIN WITH (FORMAT csv)",
            lines,
        )


@transaction.atomic
def take(*, load: RuleLoad, by: User | None) -> RuleLoad:
    """Let the file hold, all of it or nothing. Taken again it changes nothing.

    Looks at what would change once more: another file may have been taken meanwhile. Raises
    NotWaiting, CannotLoad.
    """
    # One at a time per kind: two that change the same rows would meet in the middle.
    same_kind = RuleLoad.objects.select_for_update(no_key=True).filter(kind=load.kind)
    list(same_kind.order_by("pk").values_list("pk"))
    load = RuleLoad.objects.get(pk=load.pk)
    if load.status != Status.READ:
        raise NotWaiting
    try:
        changes = rule_changes.of(load, reach=(load.counts["first"], load.counts["last"]))
    except WrongRow as wrong:
        raise CannotLoad(wrong.told) from None
    changes.apply(load)
    load.counts |= changes.counts()
    load.samples = changes.samples()
    load.status, load.taken_at, load.taken_by = Status.TAKEN, timezone.now(), by
    load.save(update_fields=["counts", "samples", "status", "taken_at", "taken_by"])
    load.staged.all().delete()
    audit.record(
        by=by,
        action="rules.loaded",
        target=load,
        kind=load.kind,
        holds_from=load.holds_from.isoformat(),
        counts=changes.counts(),
    )
    return load


@transaction.atomic
def dismiss(*, load: RuleLoad, by: User) -> RuleLoad:
    """Leave the rules as they are. Raises NotWaiting."""
    load = RuleLoad.objects.select_for_update(no_key=True).get(pk=load.pk)
    if load.status not in (Status.READ, Status.WAITING):
        raise NotWaiting
    load.status = Status.DISMISSED
    load.save(update_fields=["status"])
    load.staged.all().delete()
    load.parts.all().delete()
    audit.record(by=by, action="rules.dismissed", target=load)
    return load
