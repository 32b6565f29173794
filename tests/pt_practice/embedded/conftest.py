"""Folders with real servers in them, for a handful of tests that kill them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from pt_practice.embedded import processes

PROJECT = Path(__file__).resolve().parents[3]
# What a developer's shell may say and a new machine does not.
SAID = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "PT_DEMO",
    "PORT",
    "HOST",
)
SAID += tuple(f"{name}_FILE" for name in SAID[:3])


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in SAID}


class Start:
    """One start of the servers, in a process that a test may kill."""

    def __init__(self, folder: Path, *more: Path, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("keep_servers.py"), folder, *more],
            cwd=PROJECT,
            env=plain_environment() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with self.process.stdout as output:
            line = output.readline()
        self.answer = json.loads(line) if line else {}

    @property
    def named(self) -> dict[str, str]:
        return self.answer["named"]

    @property
    def children(self) -> dict[str, int]:
        return self.answer["children"]

    def rows(self, sql: str) -> list[tuple]:
        connection = psycopg2.connect(self.named["DATABASE_URL"])
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


class Place:
    """A var folder. Below the open part of the file system, where any account may pass."""

    def __init__(self, top: Path, name: str = "practice") -> None:
        self.top = top
        self.project = top / name
        self.var = self.project / "var"
        self.starts: list[Start] = []
        self.project.mkdir(parents=True)
        for folder in (self.project, *self.project.parents):
            if folder == top.parent:
                break
            folder.chmod(0o711)

    @property
    def data(self) -> Path:
        return self.var / "servers" / "postgres"

    def start(self, *more: Path, **variables: str) -> Start:
        start = Start(self.var, *more, **variables)
        self.starts.append(start)
        return start

    def left_running(self) -> list[int]:
        people = processes.working_in(self.data) + processes.started_from(self.var)
        people += processes.working_in(self.var / "servers" / "redis")
        return [seen.pid for seen in people]

    def end_all(self) -> None:
        for start in self.starts:
            if start.process.poll() is None:
                start.end()
        processes.end(processes.working_in(self.data), steps=[(signal.SIGINT, 10)])

    def close(self) -> None:
        self.end_all()
        shutil.rmtree(self.top)


def new_place(name: str = "practice") -> Place:
    return Place(Path(tempfile.mkdtemp(prefix="pt-practice-test-")), name)


@pytest.fixture(scope="session")
def made_once():
    """Its database takes a second to make, so tests share it; its path is as bad as paths get."""
    place = new_place("a clinic with a long name/" * 4 + "practice")
    yield place
    place.close()


@pytest.fixture
def place(made_once):
    yield made_once
    made_once.end_all()


@pytest.fixture(scope="module")
def running(made_once):
    """For tests that only look."""
    yield made_once.start()
    made_once.end_all()


@pytest.fixture
def empty_place():
    place = new_place()
    yield place
    place.close()
