"""One process that starts all others, starts a fallen one again, and ends them in order."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from types import FrameType

from pt_practice.embedded.processes import Program, adopt_orphans, spawn
from pt_practice.embedded.say import CannotStart, Voice

LONGEST_PAUSE = 30.0
STEADY = 60.0  # seconds after which an earlier fall is forgotten
LOG_SIZE = 10 * 1024 * 1024


class StopAsked(Exception):
    """Ctrl-C, TERM, or the terminal was closed."""


@dataclass
class Child:
    program: Program
    process: Popen[bytes]
    kept_up: bool  # started again when it falls
    begun_at: float = field(default_factory=time.monotonic)
    falls: int = 0
    again_at: float | None = None  # fallen; the moment of its next start

    @property
    def running(self) -> bool:
        return self.process.returncode is None


def how_it_ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def last_lines(log: Path, count: int = 12) -> str:
    try:
        with log.open("rb") as handle:
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - 8192))
            lines = handle.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def trim(log: Path) -> None:
    """Keep one old part. Children append, so emptying the file in place loses no later line."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_SIZE:
            old = log.with_suffix(".old.log")
            old.write_bytes(log.read_bytes())
            old.chmod(0o600)
            os.truncate(log, 0)


class Supervisor:
    """Used as a context: whatever was started inside is ended on the way out."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.children: list[Child] = []
        self.asked = 0
        self.ending = False
        self.at_terminal = False  # Ctrl-C is meant for a child
        self.trimmed_at = time.monotonic()

    def __enter__(self) -> "Supervisor":
        adopt_orphans()
        self.ear, self.mouth = os.pipe()
        os.set_blocking(self.ear, False)
        os.set_blocking(self.mouth, False)
        signal.set_wakeup_fd(self.mouth, warn_on_full_buffer=False)
        heard = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            heard.remove(signal.SIGHUP)  # nohup: to go on when the terminal closes
        self.before = {number: signal.signal(number, self.hear) for number in heard}
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        signal.set_wakeup_fd(-1)
        for number, handler in self.before.items():
            signal.signal(number, handler)
        os.close(self.ear)
        os.close(self.mouth)

    def hear(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGCHLD and not (self.at_terminal and number == signal.SIGINT):
            self.asked += 1

    # --- Time passes only here ------------------------------------------------------------------

    def pause(self, seconds: float) -> None:
        """Wait, or less long when a signal comes; take note of who ended."""
        select.select([self.ear], [], [], max(0.0, seconds))
        with contextlib.suppress(BlockingIOError):
            while os.read(self.ear, 512):
                pass
        self.bury()
        if self.asked and not self.ending:
            raise StopAsked

    def bury(self) -> None:
        by_number = {child.process.pid: child for child in self.children if child.running}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in by_number:  # else an adopted one
                by_number[pid].process.returncode = os.waitstatus_to_exitcode(status)
                # Its own children must not hold its port or its data when it starts again.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)

    # --- Starting -------------------------------------------------------------------------------

    def start(self, program: Program, *, kept_up: bool = True) -> Child:
        program.before()
        child = Child(program, spawn(program), kept_up)
        self.children.append(child)
        return child

    def run(self, program: Program) -> int:
        """Run something to its end while the others are looked after."""
        self.at_terminal = program.at_terminal
        child = self.start(program, kept_up=False)
        try:
            while child.running:
                self.look_after()
        except StopAsked:
            self.end_these([child])
            raise
        finally:
            self.at_terminal = False
            self.children.remove(child)
        return child.process.returncode

    def wait_until(self, ready: Callable[[], bool], child: Child, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            name, log = child.program.name, child.program.log
            if not child.running:
                how = how_it_ended(child.process.returncode)
                raise CannotStart(f"{name} {how}; {log} says why.\n{last_lines(log)}")
            if time.monotonic() > deadline:
                raise CannotStart(f"{name} was not ready after {seconds:.0f} s; see {log}.")
            self.pause(0.05)

    # --- Looking after --------------------------------------------------------------------------

    def look_after(self) -> None:
        now = time.monotonic()
        waiting = 5.0
        for child in self.children:
            if child.running or not child.kept_up:
                continue
            if child.again_at is None:
                self.note_fall(child, now)
            if child.again_at is not None and child.again_at <= now:
                self.start_again(child)
            elif child.again_at is not None:
                waiting = min(waiting, child.again_at - now)
        if now - self.trimmed_at > 60:
            self.trimmed_at = now
            for child in self.children:
                trim(child.program.log)
        self.pause(waiting)

    def note_fall(self, child: Child, now: float) -> None:
        if now - child.begun_at > STEADY:
            child.falls = 0
        rest = min(LONGEST_PAUSE, 2.0**child.falls)
        child.falls += 1
        child.again_at = now + rest
        name, how = child.program.name, how_it_ended(child.process.returncode)
        self.voice.say(f"{name} {how}; starting it again in {rest:.0f} s. {child.program.log}:")
        self.voice.say(last_lines(child.program.log, 4))

    def start_again(self, child: Child) -> None:
        try:
            child.program.before()
            child.process = spawn(child.program)
        except (OSError, CannotStart) as reason:
            self.voice.say(f"{child.program.name} cannot be started: {reason}")
            rest = min(LONGEST_PAUSE, 2.0**child.falls)
            child.falls += 1
            child.again_at = time.monotonic() + rest
            return
        child.begun_at = time.monotonic()
        child.again_at = None

    def watch(self) -> None:
        while True:
            self.look_after()

    # --- Ending ---------------------------------------------------------------------------------

    def end(self) -> None:
        """Last started, first ended, so that the servers see everyone else out."""
        self.ending = True
        servers = [child for child in self.children if child.program.is_server]
        self.end_these([child for child in self.children if not child.program.is_server])
        for child in reversed(servers):
            self.end_these([child])

    def end_these(self, children: Iterable[Child]) -> None:
        children = [child for child in children if child.running]
        before, self.ending = self.ending, True
        heard = self.asked
        for child in children:
            os.kill(child.process.pid, child.program.ask_to_end)
        deadline = time.monotonic() + max((c.program.patience for c in children), default=0)
        # A second Ctrl-C means: now.
        while any(c.running for c in children) and time.monotonic() < deadline:
            self.pause(0.1)
            if self.asked > max(heard, 1):
                break
        for child in children:
            if child.running:
                self.insist(child)
        self.ending = before

    def insist(self, child: Child) -> None:
        for number, patience in ((child.program.insist, 10.0), (signal.SIGKILL, 10.0)):
            self.voice.say(f"{child.program.name} takes too long; {number.name}.")
            os.kill(child.process.pid, number)
            deadline = time.monotonic() + patience
            while child.running and time.monotonic() < deadline:
                self.pause(0.1)
            if not child.running:
                return
