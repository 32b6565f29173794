"""Say how a visit would be billed, and why: units, modifiers, findings, prices, proof."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.rules.visit_input import BadInput
from billing.what_if import explain_data


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a JSON file with one visit or a list; - for stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = (
                sys.stdin.read()
                if options["file"] == "-"
                else Path(options["file"]).read_text(encoding="utf-8")
            )
            data = json.loads(written)
        except OSError as error:
            raise CommandError(
                f"{options['file']} cannot be read: {error.strerror}.", returncode=2
            ) from None
        except UnicodeDecodeError:
            raise CommandError(f"{options['file']} is not UTF-8 text.", returncode=2) from None
        except json.JSONDecodeError as error:
            raise CommandError(
                f"This is not JSON: {error.msg} in line {error.lineno}.", returncode=2
            ) from None
        try:
            answer = explain_data(data)
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))
