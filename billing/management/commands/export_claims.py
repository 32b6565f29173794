"""Build every claim file that can be built and write the files that are not sent yet to a folder.

Running it again writes nothing twice: a file that is there with the same bytes is left. The files
stay "to be sent" until somebody says that they were, here with --mark-sent.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing import batches
from billing.models import Batch
from billing.x12.segments import X12ValueError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, metavar="DIR", help="the folder to write to")
        parser.add_argument(
            "--mark-sent", action="store_true", help="record the written files as sent"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["out"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.", returncode=2)
        failed = 0
        for row in batches.waiting():
            if row.partner is None:
                self.stdout.write(f"{len(row.claims)} claims wait: their payers name no receiver.")
                continue
            failed += not self._build(row)
        for batch in (
            Batch.objects.filter(status=Batch.Status.BUILT, send_asked_at=None)
            .select_related("file", "partner")
            .order_by("pk")
        ):
            path = folder / batch.file.file_name
            written = _write(path, bytes(batch.file.file_bytes))
            claims = batch.claims.count()
            self.stdout.write(
                f"{path}: {claims} claims for {batch.partner}" + ("" if written else " (was there)")
            )
            if options["mark_sent"]:
                batches.mark_sent(batch=batch, by=None)
        if failed:
            raise CommandError(f"{failed} files could not be built.")

    def _build(self, row: batches.Waiting) -> bool:
        """Build files of these claims until none is left; whether all of them are in one."""
        assert row.partner is not None
        try:
            for _ in range(0, len(row.claims), batches.MOST_CLAIMS):
                batches.build(partner=row.partner, payer=row.payer, by=None)
        except batches.NothingToSend:
            return True  # somebody else has built it meanwhile
        except (batches.FileNotSound, X12ValueError) as error:
            self.stderr.write(f"{row.partner}: {error}")
            return False
        return True


def _write(path: Path, content: bytes) -> bool:
    """Write the file whole or not at all; False when it is there already, byte for byte."""
    if path.is_file() and path.read_bytes() == content:
        return False
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.replace(path)
    return True
