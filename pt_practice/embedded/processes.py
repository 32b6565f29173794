"""How a child is started so that it cannot outlive us, and how stragglers are found."""

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from typing import IO

from pt_practice.embedded.accounts import Account

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36

# Stands in the environment of every child but the two servers, which write over theirs.
MARK = "PT_RUN_FOLDER"


@dataclass(frozen=True)
class Program:
    """One child: what it is called, how it starts, and how it is asked to end."""

    name: str
    command: Sequence[str | os.PathLike[str]]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    account: Account | None = None
    ask_to_end: signal.Signals = signal.SIGTERM
    insist: signal.Signals = signal.SIGKILL
    patience: float = 15
    is_server: bool = False  # the others need it: ended last
    before: Callable[[], None] = field(default=lambda: None)
    typed: bytes = b""  # what it reads from its standard input; less than a pipe holds
    at_terminal: bool = False  # talks to the person, who ends it with Ctrl-C; no log


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become ours, so that someone is left to end them."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def open_log(path: Path) -> IO[bytes]:
    """Appended to, and closed to everybody else: a traceback may name a patient."""
    return open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab", buffering=0)


def spawn(program: Program) -> Popen[bytes]:
    parent = os.getpid()
    farewell = int(program.ask_to_end)

    def die_with_parent() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, farewell, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    account = program.account
    with ExitStack() as stack:
        log = None if program.at_terminal else stack.enter_context(open_log(program.log))
        child = Popen(
            program.command,
            stdin=None if program.at_terminal else PIPE if program.typed else DEVNULL,
            stdout=log,
            stderr=STDOUT if log else None,
            cwd=program.folder,
            env=dict(program.environment),
            # Ctrl-C reaches us alone; we end the children in order.
            start_new_session=not program.at_terminal,
            # After the change of account: the kernel forgets the wish when the account changes.
            preexec_fn=die_with_parent,  # noqa: PLW1509 -- we have no threads
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077 if account else -1,
        )
    if child.stdin:
        with suppress(BrokenPipeError), child.stdin as its_input:
            its_input.write(program.typed)
    return child


@dataclass(frozen=True)
class Seen:
    """A process as it was when we looked; a number used again later is another process."""

    pid: int
    born: int
    parent: int = field(compare=False)  # changes when the parent dies

    def alive(self) -> bool:
        return look(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def look(pid: int) -> Seen | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold anything; the fields after it are plain.
    state, parent, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else Seen(pid, int(rest[17]), int(parent))


def everyone() -> list[Seen]:
    numbers = (int(entry) for entry in os.listdir("/proc") if entry.isdigit())
    return [seen for seen in map(look, numbers) if seen]


def ancestors() -> set[int]:
    line = {os.getpid()}
    pid = os.getpid()
    while pid > 1 and (seen := look(pid)):
        pid = seen.parent
        line.add(pid)
    return line


def working_in(folder: Path) -> list[Seen]:
    """PostgreSQL and Redis step into their data folder; whoever stands there holds it."""
    place = os.path.realpath(folder)
    found = []
    for seen in everyone():
        try:
            if os.readlink(f"/proc/{seen.pid}/cwd") == place:
                found.append(seen)
        except OSError:
            continue
    return found


def started_from(folder: Path) -> list[Seen]:
    """What an earlier start of this folder left running, children's children included."""
    line = f"{MARK}={os.path.realpath(folder)}".encode()
    ours = ancestors()
    found = []
    for seen in everyone():
        if seen.pid in ours:
            continue
        try:
            lines = Path(f"/proc/{seen.pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if line in lines:
            found.append(seen)
    return found


def gone(people: Iterable[Seen], *, within: float) -> bool:
    deadline = time.monotonic() + within
    people = list(people)
    while any(seen.alive() for seen in people):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(people: Iterable[Seen], *, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Ask more and more firmly; the last step is one that cannot be refused."""
    people = list(people)
    for number, patience in (*steps, (signal.SIGKILL, 10.0)):
        for seen in people:
            seen.send(number)
        if gone(people, within=patience):
            return
