"""How the start-up talks at the terminal: short lines, one sentence when it must stop."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class CannotStart(Exception):
    """Why nothing can be started, as one sentence that also says what to do about it."""


class Voice:
    """Where the lines go: stderr when a command is run for its output, else stdout."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout

    def say(self, line: str = "") -> None:
        try:
            self.stream.write(f"{line}\n")
            self.stream.flush()
        except OSError:
            # The terminal is gone (a closed window, a broken pipe); stopping cleanly matters more.
            return

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.say(f"  {step} ({time.monotonic() - begun:.1f} s)")
