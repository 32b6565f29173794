"""Load CMS's own files: NCCI pairs, MUE limits, relative values, geographic indices.

Shows what changes, then lets the file hold; --preview stops before that. A file that is wrong is
refused with its row, and the rules stay what they were. The same file twice is harmless.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing import rule_files, rule_loads
from billing.models import RuleLoad
from billing.rules.cms_quarters import start_in_name
from billing.rules.words import spoken


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--from takes a day such as 2026-07-01, not {text}.") from None


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_mutually_exclusive_group(required=True)
        for kind, label in RuleLoad.Kind.choices:
            kinds.add_argument(f"--{kind}", metavar="FILE", help=f"{label}, as CMS gives them out")
        parser.add_argument("--from", dest="starts", help="the first day it holds (2026-07-01)")
        parser.add_argument("--preview", action="store_true", help="show what would change only")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = next(kind for kind in RuleLoad.Kind.values if options[kind])
        path = Path(options[kind])
        starts = _day(options["starts"]) if options["starts"] else start_in_name(path.name)
        if starts is None:
            raise CommandError("The file's name does not say from which day it holds: add --from.")
        try:
            load = self._read(path, kind, starts)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        if load.status == RuleLoad.Status.REFUSED:
            where = f"Row {load.problem_row}: " if load.problem_row else ""
            raise CommandError(f"{where}{load.problem}")
        self._show(load)
        if options["preview"]:
            load.staged.all().delete()
            load.delete()
            return
        try:
            load = rule_loads.take(load=load, by=None)
        except rule_loads.CannotLoad as refused:
            raise CommandError(refused.told) from None
        self.stdout.write(f"It holds from {spoken(load.holds_from)} on.")

    def _read(self, path: Path, kind: str, starts: dt.date) -> RuleLoad:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = path.stat().st_size
            if not size:
                raise CommandError(f"{path} is empty.")
            if size > rule_files.MOST_BYTES:
                raise CommandError(f"{path} is larger than 300 MB: that is no file of CMS.")
            load = RuleLoad.objects.create(
                kind=kind,
                status=RuleLoad.Status.READING,
                file_name=path.name[-120:],
                size=size,
                sha256=digest,
                holds_from=starts,
                worked_at=timezone.now(),
            )
            rule_loads.read_file(load, file, tell=self._tell)
        load.refresh_from_db()
        return load

    def _tell(self, load: RuleLoad) -> None:
        self.stderr.write(f"{load.rows_read:,} rows, {load.share_read} %")

    def _show(self, load: RuleLoad) -> None:
        counts = load.counts
        self.stdout.write(
            f"{load.rows_read:,} rows read. Added {counts['added']}, changed {counts['changed']}, "
            f"ended {counts['ended']}, same {counts['same']}."
        )
        for sample in load.samples:
            where = f" (row {sample['row']})" if sample["row"] else ""
            self.stdout.write(f"  {sample['what']}: {sample['told']}{where}")
