"""Take in replies (999, TA1, 277CA) from files, and apply them at once.

The same file twice is harmless. Exit 1 when one of them could not be read; the others are applied.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing import replies
from billing.models import Reply


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="replies as they came")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for name in options["files"]:
            told, is_fine = _take_in(Path(name))
            failed += not is_fine
            self.stdout.write(f"{name}: {told}")
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} could not be read.")


def _take_in(path: Path) -> tuple[str, bool]:
    """What became of one file, and whether that is fine."""
    try:
        if path.stat().st_size > replies.MOST_BYTES:
            raise replies.TooLarge
        content = path.read_bytes()
        reply, is_new = replies.take_in(
            content=content, name=path.name, came_by=Reply.Way.COMMAND, by=None
        )
    except OSError as error:
        return f"cannot be read: {error.strerror}.", False
    except replies.TooLarge:
        return f"larger than {replies.MOST_BYTES // 1_000_000} MB: that is no reply.", False
    except replies.Empty:
        return "the file is empty.", False
    reply = replies.apply(reply=reply)
    if reply.status == Reply.Status.UNREAD:
        return reply.problem, False
    answers = reply.items.count()
    return f"{reply.kind_label}, {answers} answers" + ("" if is_new else " (taken in before)"), True
